"""What do the cells of an Excel workbook say, as text?

Sizes are checked before anything is unpacked: a few kilobytes of XLSX can claim a billion rows.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO

import python_calamine as calamine

from smarketing.connectors.files.reasons import wrong_file
from smarketing.facts.errors import did_you_mean
from smarketing.facts.language import Text

# Above 2**53 a spreadsheet has already rounded the number: the last digits of a 19-digit id are gone.
EXACT = 2**53
NBSP = "\u00a0"
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
# calamine reads a cell with a formula error as an empty one; a hidden error would become a silent gap.
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]*)</v>'
)
_SHEET = re.compile(r'<sheet\b[^>]*\bname="([^"]*)"[^>]*\br:id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_TAIL = 64 * 1024  # a cell begins at most so far above its end: Excel takes no longer formula than 8192 characters
_PIECE = 1024 * 1024
# Not what the directory says, spoilt bytes, an unknown packing, a part under a password.
_BROKEN_PACK = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

ErrorCells = dict[tuple[int, int], str]  # (row, column) from 1 → the error as Excel prints it


@dataclass(frozen=True)
class Limits:
    """How much a packed file may hold. The default fits a million rows of forty columns."""

    unpacked: int = 4 * 1024**3
    ratio: int = 150
    ratio_from: int = 256 * 1024**2
    cells: int = 60_000_000
    line: int = 64 * 1024**2  # of a text file
    page_cells: int = 5_000_000  # of a web page, whose cells are read one by one


@dataclass(frozen=True)
class Grid:
    """All cells of one sheet as text, from A1 on."""

    sheet: str
    rows: list[list[str]]
    notes: tuple[Text, ...]


def read_workbook(path: Path, name: str, sheet: str | None, limits: Limits) -> Grid:
    """The named sheet, or the first one that holds anything; raises :class:`WrongInput`."""
    try:
        errors = refuse_bomb(path, name, limits)
    except (*_BROKEN_PACK, OSError) as error:
        raise wrong_file("file-unreadable", file=name) from error
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        chosen, others = _choose(book, name, sheet)
        cells = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except calamine.PasswordError as error:
        raise wrong_file("file-password", file=name) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise wrong_file("file-unreadable", file=name) from error
    notes = _notes(chosen, others, cells)
    rows = [[cell if isinstance(cell, str) else cell_text(cell) for cell in row] for row in cells]
    for (row, column), said in errors.get(chosen, {}).items():
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = said
    while rows and not any(rows[-1]):
        rows.pop()
    return Grid(chosen, rows, notes)


def refuse_bomb(path: Path, name: str, limits: Limits) -> dict[str, ErrorCells]:
    """Raise when a zipped workbook would unpack to more than the limits allow; else its error cells by sheet."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as pack:
        names = {entry.filename for entry in pack.infolist()}
        if "xl/workbook.xml" not in names:
            office = any(entry.startswith(("word/", "ppt/")) for entry in names)
            raise wrong_file("file-unreadable" if office else "file-archive", file=name)
        size = sum(entry.file_size for entry in pack.infolist())
        ratio = size / max(path.stat().st_size, 1)
        if size > limits.unpacked or (size > limits.ratio_from and ratio > limits.ratio):
            raise wrong_file("file-bomb", file=name, unpacked=_gb(size), limit=_gb(limits.unpacked))
        sheets = _sheet_parts(pack, names)
        found = {}
        for part in sorted(part for part in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part)):
            with pack.open(part) as stream:
                found[sheets.get(part, part)] = _scan_sheet(stream, name, limits)
        return found


def _sheet_parts(pack: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Which part of the pack holds which sheet: part → name of the sheet."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in names:
        return {}
    targets = {}
    for relation in _RELATION.findall(pack.read(relations).decode("utf-8", "replace")):
        key, target = (re.search(rf'\b{word}="([^"]*)"', relation) for word in ("Id", "Target"))
        if key and target:
            targets[key.group(1)] = "xl/" + target.group(1).removeprefix("/xl/")
    book = pack.read("xl/workbook.xml").decode("utf-8", "replace")
    return {targets.get(key, ""): html.unescape(sheet) for sheet, key in _SHEET.findall(book)}


def _scan_sheet(stream: IO[bytes], name: str, limits: Limits) -> ErrorCells:
    """The error cells of a sheet. A cell in a far corner takes the memory of the whole rectangle: refused."""
    rows = columns = 0
    errors: ErrorCells = {}
    tail = b""
    while chunk := stream.read(_PIECE):
        text = tail + chunk
        cells = _CELL.findall(text)
        if cells:
            rows = max(rows, max(int(row) for _, row in cells))
            columns = max(columns, max(_column(letters) for letters in {letters for letters, _ in cells}))
        if rows * columns > limits.cells:
            unpacked = Text(f"{rows:,} × {columns:,} ячеек".replace(",", NBSP), f"{rows:,} × {columns:,} cells")
            limit = Text(f"{limits.cells:,} ячеек".replace(",", NBSP), f"{limits.cells:,} cells")
            raise wrong_file("file-bomb", file=name, unpacked=unpacked, limit=limit)
        for letters, row, error in _ERROR.findall(text):
            errors[int(row), _column(letters)] = error.decode("utf-8", "replace")
        tail = text[max(text.rfind(b"<c "), len(text) - _TAIL, 0) :]  # from the cell that may go on
    return errors


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _gb(size: int) -> Text:
    number = f"{size / 1024**3:.1f}"
    return Text(f"{number.replace('.', ',')} ГБ", f"{number} GB")


def megabytes(size: int, before: str = "") -> Text:
    """A size as a person reads it."""
    return Text(f"{before}{size // 1024**2} МБ", f"{before}{size // 1024**2} MB")


def _choose(book: calamine.CalamineWorkbook, name: str, wanted: str | None) -> tuple[str, list[str]]:
    if wanted is not None:
        if wanted not in book.sheet_names:
            hint = did_you_mean(wanted, book.sheet_names)
            raise wrong_file("file-no-sheet", file=name, sheet=wanted, hint=hint)
        return wanted, []
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    full = [sheet for sheet in visible if book.get_sheet_by_name(sheet).total_height > 0]
    if not full:
        raise wrong_file("file-empty", file=name)
    return full[0], full[1:]


def _notes(chosen: str, others: Sequence[str], rows: Sequence[Sequence[object]]) -> tuple[Text, ...]:
    notes = []
    if others:
        listed = ", ".join(others)
        notes.append(
            Text(
                f"Взят лист «{chosen}»; не взяты: {listed}.",
                f"The sheet “{chosen}” was taken; not taken: {listed}.",
            )
        )
    rounded = sum(1 for row in rows for cell in row if isinstance(cell, float) and abs(cell) >= EXACT)
    if rounded:
        notes.append(
            Text(
                f"Excel уже округлил длинные числа: {rounded} шт. Номера из 16 и более цифр храните как текст.",
                f"Excel has already rounded long numbers: {rounded}. Keep ids of 16 and more digits as text.",
            )
        )
    return tuple(notes)


def cell_text(cell: object) -> str:
    """A cell as a person reads it: whole numbers without a point, moments in ISO, durations as HH:MM:SS.

    >>> from datetime import timedelta
    >>> cell_text(6.0), cell_text(0.5), cell_text(timedelta(days=1, minutes=5))
    ('6', '0.5', '1 day, 0:05:00')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
