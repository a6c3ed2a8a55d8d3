"""How is this text file written: in which encoding, with which delimiter, where does its table begin?

Everything decided here is told to the person in :class:`Sniffed`; what cannot be decided is an error.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from smarketing.connectors.files.reasons import wrong_file
from smarketing.facts.errors import WrongInput
from smarketing.facts.language import Text

SAMPLE_BYTES = 256 * 1024
CHUNK = 256 * 1024  # larger pieces get fresh memory from the system each time, and that takes longest
_PIECE = 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
_NEARLY_ALL = 0.9  # of the rows, split into two cells or more
HEADER_SEARCH = 30  # rows among which the header is looked for

Format = Literal["csv", "xlsx", "xls", "html", "parquet"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What people upload by mistake, by the first bytes.
_OTHERS = {
    b"%PDF": Text("документ PDF", "a PDF document"),
    b"\x89PNG": Text("картинка", "a picture"),
    b"\xff\xd8\xff": Text("картинка", "a picture"),
    b"GIF8": Text("картинка", "a picture"),
    b"Rar!": Text("архив RAR", "a RAR archive"),
    b"7z\xbc\xaf": Text("архив 7z", "a 7z archive"),
    b"{\\rtf": Text("документ RTF", "an RTF document"),
}
_DATA_LIKE = re.compile(
    r"[+\-−]?[\d\s\u00a0\u202f.,]*\d[\d\s\u00a0\u202f.,]*[%€$₽]?"  # a number or a sum
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([ T]\d{1,2}:\d{2}.*)?"  # a date
    r"|[^@\s]+@[^@\s]+\.\w+"  # an address
)


@dataclass(frozen=True)
class Sniffed:
    """What was recognised about one file; shown before anything is loaded."""

    file: str
    format: Format
    packed: bool
    size: int
    sha256: str
    headings: tuple[str, ...]
    header_row: int  # counted from 1 as a spreadsheet shows it
    titles: tuple[str, ...] = ()  # lines above the header
    totals: tuple[str, ...] = ()  # «Итого» lines below the table, not counted as rows
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    rows: int = 0
    repeated: tuple[str, ...] = ()  # headings that occur more than once
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Hints:
    """What a mapping says about the file, so that it need not be recognised."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True)
class Layout:
    """How a text table is laid out. ``lines`` is how many physical lines lie above the first row of data."""

    delimiter: str
    header_row: int
    lines: int
    titles: tuple[str, ...]
    headings: tuple[str, ...]


def sniff_format(path: Path, name: str) -> Format:
    """What a file is by its first bytes, whatever it is called; raises where it is locked."""
    with path.open("rb") as file:
        start = file.read(8)
    for mark, kind in _OTHERS.items():
        if start.startswith(mark):
            raise wrong_file("file-other-kind", file=name, kind=kind)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):  # the old container of Office: .xls, or a locked .xlsx
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise wrong_file("file-password", file=name)
        return "xls"
    return "csv"


def refuse_long_line(path: Path, name: str, limit: int) -> None:
    """Raise where a line is surely over twice the limit: the reader of tables drops such a row unseen."""
    with path.open("rb") as file:
        for start in range(0, path.stat().st_size - limit + 1, limit):
            file.seek(start)
            if not any(b"\n" in file.read(min(limit, _PIECE)) for _ in range(-(-limit // _PIECE))):
                file.seek(0)
                row = 1 + sum(file.read(min(limit, start - at)).count(b"\n") for at in range(0, start, limit))
                raise wrong_file("file-long-line", file=name, row=row)


def sniff_encoding(path: Path, name: str, hinted: str | None = None) -> str:
    """The encoding of a text file as Python calls it; raises :class:`WrongInput` where none fits."""
    if hinted is not None:
        _refuse_hinted(path, name, hinted)
        return hinted
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    marked = _by_mark(sample)
    written = marked or "utf-8"
    row = _misread(path, written)
    if row is None:
        return written
    if marked or _mostly_utf8(sample):
        called = "UTF-16" if written.startswith("utf-16") else "UTF-8"
        raise wrong_file("file-wrong-byte", file=name, encoding=called, row=row)
    encoding = _without_mark(sample)
    if encoding is None or _misread(path, encoding) is not None:
        raise wrong_file("file-encoding", file=name, row=row)
    return encoding


def _refuse_hinted(path: Path, name: str, hinted: str) -> None:
    """Raise where a file is not of the encoding that its mapping names, or there is no such encoding."""
    try:
        row = _misread(path, hinted)
    except LookupError:
        raise wrong_file("file-wrong-encoding", file=name, encoding=hinted, where="") from None
    if row is not None:
        where = Text(": мешает строка {row}", ": line {row} is in the way").fill(row=row)
        raise wrong_file("file-wrong-encoding", file=name, encoding=hinted, where=where)


def _mostly_utf8(sample: bytes) -> bool:
    """Are more of the letters beyond Latin whole in UTF-8 than broken? Of Windows-1251 hardly one is whole."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    broken = text.count("\ufffd")
    return sum(ord(letter) > 127 for letter in text) - broken > broken


def _by_mark(sample: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    # Latin letters in UTF-16 without a mark: every second byte is zero.
    even, odd = sample[0:2000:2].count(0), sample[1:2000:2].count(0)
    half = max(len(sample[:2000]) // 2, 1)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _without_mark(sample: bytes) -> str | None:
    text = sample.decode("cp1251", errors="replace")
    foreign = [letter for letter in text if ord(letter) > 127 and letter.isalpha()]
    russian = sum(1 for letter in foreign if "А" <= letter <= "я" or letter in "Ёё")
    return "cp1251" if foreign and russian >= 0.8 * len(foreign) and "\x00" not in text else None


def _misread(path: Path, encoding: str) -> int | None:
    """The line, counted from 1, of the first bytes that are not of the encoding; None where all are."""
    fine = 0
    try:
        for _ in decoded(path, encoding):
            fine += 1
    except UnicodeDecodeError as error:
        above = sum(piece.count("\n") for piece in islice(decoded(path, encoding), fine))
        return 1 + above + error.object[: error.start].decode(error.encoding).count("\n")
    return None


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text of a file in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def sample_text(path: Path, encoding: str) -> str:
    """The beginning of a file, cut at a whole character."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        return decoder.decode(file.read(SAMPLE_BYTES))


def refuse_spoilt(sample: str, name: str) -> None:
    """Raise when the text was spoilt by a wrong encoding."""
    spoilt = re.search(
        r"(?:[РС][\u00a0-\u00bf\u0402-\u040f\u0452-\u045f\u2010-\u203a\u20ac\u2116\u2122]){2,}", sample
    )
    if spoilt is not None and _unspoils(spoilt.group()):
        raise wrong_file("file-mojibake", file=name, sample=spoilt.group()[:12])


def _unspoils(text: str) -> bool:
    try:
        text.encode("cp1251").decode("utf-8")
    except UnicodeError:
        return False
    return True


def sniff_layout(sample: str, name: str, *, whole: bool, hints: Hints | None = None) -> Layout:
    """Delimiter, title lines and header of a text table. ``whole`` says that the sample is the entire file."""
    hints = hints or Hints()
    sample = sample.removeprefix("\ufeff")
    delimiters = [hints.delimiter] if hints.delimiter else _delimiters(sample, whole=whole)
    delimiter, rows, header = _headed(sample, delimiters, name, whole=whole, hinted=hints.header_row)
    cells, lines = rows[header]
    said = (" ".join(filled(row)) for row, _ in rows[:header])
    titles = tuple(line for line in said if any(map(str.isalnum, line)))  # «# -----» says nothing
    return Layout(delimiter, header + 1, lines, titles, tuple(cell.strip() for cell in cells))


def _headed(
    sample: str, delimiters: Sequence[str], name: str, *, whole: bool, hinted: int | None
) -> tuple[str, list[tuple[list[str], int]], int]:
    """The delimiter by which the table has the likeliest header, its rows and the header's place among them.

    Commas in sums or addresses may split the rows of a file of semicolons into more cells, but not its header.
    """
    found, refused = [], []
    for delimiter in delimiters:
        rows = _rows(sample, delimiter, whole=whole)
        try:
            found.append((delimiter, rows, find_header([cells for cells, _ in rows], name, hinted)))
        except WrongInput as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return max(found, key=lambda one: _likely([cells for cells, _ in one[1]], one[2]))


def _likely(rows: Sequence[Sequence[str]], header: int) -> int:
    """2: the header is as wide as the row below it and stands first; 1: it is only as wide; 0: neither."""
    below = next((row for row in rows[header + 1 :] if filled(row)), rows[header])
    is_first = not any(map(filled, rows[_comments(rows) : header]))
    return 1 + is_first if len(below) == len(rows[header]) else 0


def _delimiters(sample: str, *, whole: bool) -> list[str]:
    """The best delimiter, then others that split nearly every row alike."""

    def score(delimiter: str) -> tuple[float, int]:
        read = [cells for cells, _ in _rows(sample, delimiter, whole=whole)]
        rows = [cells for cells in read[_comments(read) :] if filled(cells)]
        widths = Counter(map(len, rows))
        if not widths:
            return 0.0, 0
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        # Between equals the one that splits the first row, where the names are, into more cells.
        return (width - 1) * times / widths.total(), len(rows[0])

    scores = {delimiter: score(delimiter) for delimiter in DELIMITERS}
    best, *others = sorted(DELIMITERS, key=scores.__getitem__, reverse=True)
    return [best, *(other for other in others if scores[other][0] >= _NEARLY_ALL)]


def _rows(sample: str, delimiter: str, *, whole: bool) -> list[tuple[list[str], int]]:
    """Rows of the sample with the physical line each one ends on; the last one may be cut and is left out."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[tuple[list[str], int]] = []
    try:
        for cells in reader:
            rows.append((cells, reader.line_num))
            if len(rows) > 500:
                return rows
    except csv.Error:
        return rows
    return rows if whole or len(rows) < 2 else rows[:-1]


def find_header(rows: Sequence[Sequence[str]], name: str, hinted: int | None = None) -> int:
    """Index of the row with the column names: the first one about as wide as the table and not made of data."""
    if hinted is not None and hinted <= len(rows):
        return hinted - 1
    above = _comments(rows)
    widths = Counter(len(filled(row)) for row in rows[above:200] if filled(row))
    if not widths:
        raise wrong_file("file-empty", file=name)
    usual = max(len(row) for row in rows[:200])
    typical = max(widths, key=lambda width: (widths[width], width))
    needed = min(max(2, round(0.6 * typical)), usual)
    for index, row in enumerate(rows[above : above + HEADER_SEARCH], start=above):
        if len(filled(row)) >= needed:
            if _looks_like_data(row):
                raise wrong_file("file-no-header", file=name, sample=", ".join(filled(row)[:3]))
            return index
    raise wrong_file("file-unreadable", file=name)


def _comments(rows: Sequence[Sequence[str]]) -> int:
    """How many rows at the top are comments behind a #. A single one may be a header whose first column is «#»."""
    marked = [index for index, row in enumerate(rows[:HEADER_SEARCH]) if row and row[0].startswith("#")]
    block = next((index for index, row in enumerate(rows) if filled(row) and not row[0].startswith("#")), 0)
    return block if sum(index < block for index in marked) > 1 else 0


def _looks_like_data(row: Sequence[str]) -> bool:
    cells = filled(row)
    return sum(1 for cell in cells if _DATA_LIKE.fullmatch(cell)) * 4 >= len(cells)


def filled(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]


def unique_headings(headings: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headings made unique for storage, and those that were repeated; nameless ones get a number."""
    seen: Counter[str] = Counter()
    unique = []
    for place, heading in enumerate(headings, start=1):
        plain = " ".join(heading.split()) or f"№ {place}"
        seen[plain] += 1
        unique.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return tuple(unique), tuple(name for name, times in seen.items() if times > 1)
