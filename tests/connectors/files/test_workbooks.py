"""Is every broken or lying workbook told in a sentence, and is no cell lost between two pieces of a large one?"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from smarketing.connectors.files.reading import Workbench
from smarketing.connectors.files.workbooks import Limits, read_workbook
from smarketing.facts.errors import WrongInput

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PIECE = 1024 * 1024


def workbook(rows: int = 500) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["id", "name"])
        for row in range(1, rows):
            page.write_row(row, 0, [f"{row:019d}", f"name {row}"])
    return content.getvalue()


def entries(content: bytearray) -> list[tuple[int, str]]:
    """Where the directory of a pack speaks of which part."""
    found, at = [], content.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", content, at + 28)[0]
        found.append((at, content[at + 46 : at + 46 + length].decode()))
        at = content.find(b"PK\x01\x02", at + 4)
    return found


def spoilt_bytes(content: bytearray) -> None:
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as pack:
        start = pack.getinfo(SHEET).header_offset + 200
    for place in range(start, start + 200):
        content[place] ^= 0xFF


def unknown_packing(content: bytearray) -> None:
    for at, _ in entries(content):
        struct.pack_into("<H", content, at + 10, 99)


def part_under_a_password(content: bytearray) -> None:
    for at, _ in entries(content):
        content[at + 8] |= 1


def smaller_than_it_is(part: str) -> Callable[[bytearray], None]:
    """What a bomb would say of itself: a thousand bytes."""

    def lie(content: bytearray) -> None:
        (at,) = [at for at, name in entries(content) if name == part]
        struct.pack_into("<I", content, at + 24, 1000)

    return lie


@pytest.mark.parametrize(
    "spoil",
    [
        spoilt_bytes,
        unknown_packing,
        part_under_a_password,
        smaller_than_it_is(SHEET),
        smaller_than_it_is(STRINGS),
    ],
)
def test_spoilt_workbook_is_told_in_a_sentence(tmp_path: Path, spoil: Callable[[bytearray], None]) -> None:
    content = bytearray(workbook())
    spoil(content)
    path = tmp_path / "сделки.xlsx"
    path.write_bytes(content)
    with Workbench() as bench, pytest.raises(WrongInput) as caught:
        bench.read(path)
    assert caught.value.code == "file-unreadable"


@pytest.mark.parametrize("before_the_end", [100, 600, 2500])
def test_error_of_a_formula_is_seen_where_its_cell_lies_across_two_pieces(
    tmp_path: Path, before_the_end: int
) -> None:
    """The sheet is read piece by piece, and a long formula stands between a cell's beginning and its error."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(3))) as plain, zipfile.ZipFile(content, "w") as made:
        for name in plain.namelist():
            text = plain.read(name)
            if name == SHEET:
                start = text.index(b"</row>")
                room = b" " * (PIECE - start - before_the_end)
                cell = b'<c r="C1" t="e"><f>' + b"1+" * 1250 + b"1</f><v>#REF!</v></c>"
                text = text[:start] + room + cell + text[start:]
            made.writestr(name, text, zipfile.ZIP_DEFLATED)
    path = tmp_path / "long.xlsx"
    path.write_bytes(content.getvalue())
    assert read_workbook(path, path.name, None, Limits()).rows[0] == ["id", "name", "#REF!"]
