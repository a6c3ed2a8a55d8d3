"""How do the rows behind a figure leave the product? As CSV or XLSX, with the columns of the page.

Cells are values, not words: a number stays a number, a day a day. A text that would start a formula gets an
apostrophe in CSV and stays a text in XLSX.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from smarketing.facts.language import Language
from smarketing.jobs.export import csv_of

Cell = str | int | Decimal | date | datetime | None

MOST = 100_000  # rows of one file: beyond it a person filters, nobody reads


@dataclass(frozen=True)
class Sheet:
    """Heads in one language and rows as wide as they are; moments are local, without a mark of their zone."""

    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def to_csv(sheet: Sheet, language: Language) -> bytes:
    """UTF-8 with a mark; ``;`` and a decimal comma in Russian, as in the tables."""
    return csv_of([sheet.heads, *([_said(cell, language) for cell in row] for row in sheet.rows)], language)


def to_xlsx(sheet: Sheet, language: Language) -> bytes:  # noqa: ARG001 (heads carry the language)
    """A workbook of one table; numbers and days are numbers and days."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1})
        looks = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            Decimal: book.add_format({"num_format": "0.00"}),
        }
        looks[datetime] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for place, name in enumerate(sheet.heads):
            page.write_string(0, place, name, head)
        for line, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                _write(page, line, place, cell, looks.get(type(cell)))
        page.freeze_panes(1, 1)
        page.set_column(0, max(len(sheet.heads) - 1, 0), 18)
    return file.getvalue()


def _said(cell: Cell, language: Language) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell
    return str(cell).replace(".", ",") if language == "ru" else str(cell)


def _write(page: xlsxwriter.worksheet.Worksheet, line: int, place: int, cell: Cell, look: object) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(line, place, cell)
    elif isinstance(cell, date):  # a moment is one, too
        page.write_datetime(line, place, cell, look)
    else:
        page.write_number(line, place, float(cell), look)
