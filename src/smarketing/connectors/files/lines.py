"""Which rows does a text have below its header, and which place has each?

A place is counted from 0 as a spreadsheet counts its rows: an empty line has one, a line that begins inside quotes
has none of its own.
"""

from __future__ import annotations

import csv
from functools import partial
from itertools import islice
from pathlib import Path

from smarketing.connectors.files.sniffing import Layout

_PIECE = 1024 * 1024


def rows_apart(path: Path, layout: Layout) -> tuple[list[tuple[int, list[str]]], bool]:
    """The filled rows with their places, one by one; whether the last holds a quote that is never closed."""
    csv.field_size_limit(2**31 - 1)
    found: list[tuple[int, list[str]]] = []
    begins, above = 0, 0  # physical lines above the last filled row, and above the row read next
    with path.open(encoding="utf-8", newline="") as source:
        for _ in range(layout.lines):
            source.readline()
        reader = csv.reader(source, delimiter=layout.delimiter)
        for place, cells in enumerate(reader):
            if cells:
                found.append((place, cells))
                begins = above
            above = reader.line_num
    return found, _is_left_open(path, layout.lines + begins, layout.delimiter)


def _is_left_open(path: Path, lines: int, delimiter: str) -> bool:
    """Does the row that begins after so many lines hold a quote that is never closed?"""
    with path.open(encoding="utf-8", newline="") as source:
        for _ in range(lines):
            source.readline()
        try:
            for _ in csv.reader(source, delimiter=delimiter, strict=True):
                pass
        except csv.Error as error:
            return "unexpected end" in str(error)
    return False


def count_lines(path: Path) -> int:
    """How many lines end in a file, those that end inside quotes among them."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(partial(file.read, _PIECE), b""))


def empty_places(path: Path, lines: int) -> list[int]:
    """The places of empty lines above the last filled row, below ``lines`` lines of a head.

    Quotes stand in pairs in every row.
    """
    found, place, last, is_quoted = [], 0, 0, False
    with path.open("rb") as file:
        for line in islice(file, lines, None):
            if not is_quoted and not line.strip(b"\r\n"):
                found.append(place)
            else:
                is_quoted ^= line.count(b'"') % 2 == 1
                last = place
            place += not is_quoted
    return [empty for empty in found if empty < last]
