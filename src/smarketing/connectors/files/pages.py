"""Which table stands in a web page that was saved as an export?

Some CRMs write «Excel» as a page with one table in it and call it .xls. Only text is taken: nothing is fetched, no
script is run, and a sign-in form or a page without a table of data is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from smarketing.connectors.files.reasons import wrong_file
from smarketing.connectors.files.workbooks import Grid
from smarketing.facts.language import Text

_PAGE = re.compile(
    r"\s*<(!doctype\s+html|!--|(html|head|body|table|thead|tr|meta|div|style|title|script|link|form|p|h[1-6])\b)",
    re.IGNORECASE,
)
_SILENT = {"script", "style", "template", "noscript"}  # what stands in them is nobody's text
_BREAKS = {"br", "p", "div", "li"}
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def is_page(sample: str) -> bool:
    """Does a text begin like a web page?"""
    return _PAGE.match(sample.lstrip("\ufeff")) is not None or _is_xml(sample)


def read_page(pieces: Iterable[str], name: str, limit: int) -> Grid:
    """The longest table of a page, cell by cell; raises :class:`WrongInput`. ``limit``: cells of all tables."""
    reader = _Reader(name, limit)
    for piece in pieces:
        reader.feed(piece)
    reader.close()
    if reader.is_spreadsheet:
        raise wrong_file("file-xml", file=name)
    tables = [table for table in reader.tables if _holds_data(table)]
    if not tables or reader.asks_password:
        raise wrong_file("file-html", file=name)
    chosen = max(tables, key=len)
    return Grid("", chosen, _notes(len(tables)))


def _holds_data(table: list[list[str]]) -> bool:
    """A header and rows below it, most of them alike in width; a page laid out by a table has none."""
    widths = Counter(map(len, table))
    usual, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return len(table) > 1 and usual > 1 and 2 * times > len(table)


def _notes(tables: int) -> tuple[Text, ...]:
    notes = [
        Text(
            "Файл — веб-страница с таблицей, её и прочли. Надёжнее выгружать CSV.",
            "The file is a web page with a table, which was read. Exporting CSV is safer.",
        )
    ]
    if tables > 1:
        said = Text(
            f"Таблиц на странице: {tables}. Взята самая длинная.",
            f"Tables in it: {tables}. The longest was taken.",
        )
        notes.append(said)
    return tuple(notes)


def _is_xml(sample: str) -> bool:
    return sample.lstrip("\ufeff \t\r\n").startswith("<?xml")


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] | None = None  # pieces of the open cell


class _Reader(HTMLParser):
    """Collects the cells of the outer tables. A table inside a cell is a part of that cell's text."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.limit, self.cells = name, limit, 0
        self.tables: list[list[list[str]]] = []
        self.asks_password = self.is_spreadsheet = False
        self._open: _Table | None = None
        self._inner = self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: (value or "").strip().lower() for key, value in attrs}
        self.asks_password |= tag == "input" and said.get("type") == "password"
        self.is_spreadsheet |= tag == "workbook" and _SPREADSHEET in said.values()
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._begin_table()
        elif self._open is not None and self._inner:
            self.handle_data(" ")  # cells of a table inside a cell stay apart
        elif self._open is not None:
            self._begin(tag, said, self._open)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _SILENT:
            self._silent -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "table" and self._inner:
            self._inner -= 1
        elif tag == "table":
            self._finish_table()
        elif self._open is not None and not self._inner and tag in ("td", "th", "tr"):
            self._end_cell(self._open)

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._open.cell is not None and not self._silent:
            self._open.cell.append(data)

    def close(self) -> None:
        super().close()
        self._inner = 0
        self._finish_table()

    def _begin_table(self) -> None:
        if self._open is None:
            self._open = _Table()
        else:
            self._inner += 1

    def _begin(self, tag: str, said: dict[str, str], table: _Table) -> None:
        if tag == "tr":
            self._end_cell(table)
            table.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell(table)
            self._refuse_spans(said)
            self._count()
            table.rows = table.rows or [[]]
            table.cell = []
        elif tag in _BREAKS and table.cell is not None:
            table.cell.append(" ")

    def _refuse_spans(self, said: dict[str, str]) -> None:
        """A cell over several columns would move all that follow it under other headings."""
        if any(said.get(span, "1") not in ("", "0", "1") for span in ("colspan", "rowspan")):
            raise wrong_file("file-spans", file=self.name)

    def _count(self) -> None:
        self.cells += 1
        if self.cells > self.limit:
            limit = f"{self.limit:,}".replace(",", "\u00a0")
            cells = Text(f"больше {limit} ячеек", f"more than {self.limit:,} cells")
            raise wrong_file(
                "file-bomb", file=self.name, unpacked=cells, limit=Text(f"{limit} ячеек", f"{self.limit:,} cells")
            )

    def _end_cell(self, table: _Table) -> None:
        if table.cell is not None:
            table.rows[-1].append(" ".join("".join(table.cell).split()))
            table.cell = None

    def _finish_table(self) -> None:
        if self._open is not None:
            self._end_cell(self._open)
            self.tables.append([row for row in self._open.rows if row])
            self._open = None


__all__ = ["is_page", "read_page"]
