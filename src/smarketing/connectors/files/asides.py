"""What is kept of a row that is set aside: where it stood, which cell is to blame, what it said?

The cell is named as the file names it: whoever mends a row does not know the columns of our facts.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from smarketing.connectors.files.expressions import Cells
from smarketing.connectors.files.mapping import Mapping
from smarketing.connectors.files.reading import Misfit, Sheet
from smarketing.connectors.files.reasons import row_reason
from smarketing.facts.language import Text
from smarketing.facts.query import literal
from smarketing.facts.tables import TABLES

QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("table", pa.string()),
        ("column", pa.string()),
        ("heading", pa.string()),  # that column as the file calls it; NULL where no cell of the file makes it
        ("code", pa.string()),
        ("value", pa.string()),
        ("raw", pa.string()),  # the row as JSON: heading → cell
        ("ru", pa.string()),
        ("en", pa.string()),
    ]
)
_SHOWN = 120  # letters of a line that a sentence quotes


def set_aside(
    sheet: Sheet,
    row: int,
    table: str,
    code: str,
    text: Text,
    *,
    raw: str,
    column: str | None = None,
    heading: str | None = None,
    value: str | None = None,
) -> dict[str, Any]:
    """One row of :data:`QUARANTINE`."""
    return {
        "file": sheet.sniffed.file,
        "row": row,
        "table": table,
        "column": column,
        "heading": heading,
        "code": code,
        "value": value,
        "raw": raw,
        "ru": text.ru.strip(),
        "en": text.en.strip(),
    }


def raw_row(sheet: Sheet) -> str:
    """SQL of a row as JSON: heading → cell as it stood in the file."""
    pairs = ", ".join(f"{literal(heading)}, r.{sheet.cell(heading)}" for heading in sheet.headings)
    return f"CAST(json_object({pairs}) AS VARCHAR)"


def heading_of(sheet: Sheet, mapping: Mapping, section: int, column: str, raw: str) -> str | None:
    """The heading of the cells that a column of a fact is made of: of several spellings the one that is filled."""
    found = headings_of(sheet, mapping, section, column)
    if len(found) < 2 or mapping.tables[section].columns[column].first is None:
        return " + ".join(found) or None
    filled = [name for name in found if str(json.loads(raw).get(name) or "").strip()]
    return (filled or found)[0]


def headings_of(sheet: Sheet, mapping: Mapping, section: int, column: str) -> tuple[str, ...]:
    """The headings, as the file spells them, that a column of a fact is made of; none where no cell makes it."""
    making = mapping.tables[section].columns.get(column)
    if making is None:
        return ()
    cells = Cells(sheet, mapping)
    return tuple(name for wanted in making.columns if (name := cells.heading(wanted)) is not None)


def called(table: str, column: str, heading: str | None) -> Text | str:
    """How a sentence names a column: by its heading, else by the name of the fact's column."""
    return TABLES[table].column(column).label if heading is None else heading


def misfit_rows(sheet: Sheet, table: str) -> Iterable[dict[str, Any]]:
    """Rows with another number of cells than the header has names; they belong to the first table."""
    for misfit in sheet.misfits:
        cells, wanted = _cells(sheet, misfit), len(sheet.headings)
        line, lines = _first_line(misfit.line), misfit.line.strip().count("\n")
        if misfit.is_open or (lines and len(cells) < wanted):
            text = row_reason("open-quote", value=line, lines=lines)
            yield set_aside(sheet, misfit.row, table, "open-quote", text, raw=misfit.line)
        else:
            text = row_reason("wrong-cells", value=line, there=len(cells), wanted=wanted)
            yield set_aside(sheet, misfit.row, table, "wrong-cells", text, raw=_under_headings(sheet, cells))


def _cells(sheet: Sheet, misfit: Misfit) -> list[str]:
    if misfit.cells or sheet.sniffed.delimiter is None:
        return list(misfit.cells)
    rows = csv.reader(io.StringIO(misfit.line.strip("\r\n"), newline=""), delimiter=sheet.sniffed.delimiter)
    return next(rows, [])


def _under_headings(sheet: Sheet, cells: Sequence[str]) -> str:
    """Cells from the left under the headings, so that a person may put them right; the rest under no heading."""
    kept = {heading: cells[place] if place < len(cells) else None for place, heading in enumerate(sheet.headings)}
    beyond = [cell for cell in cells[len(sheet.headings) :] if cell.strip()]
    return json.dumps(kept | ({"": " | ".join(beyond)} if beyond else {}), ensure_ascii=False)


def _first_line(text: str) -> str:
    first = " ".join(text.strip().split("\n")[0].split())
    return first if len(first) <= _SHOWN else first[:_SHOWN] + "…"
