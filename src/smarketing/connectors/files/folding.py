"""Which rows of a file are one record written on several lines?

A CRM writes a deal with three products on three lines, each with the product's own sum; web analytics writes a
campaign once for every medium. Where a section says so (``together``), such lines become one row: sums are added,
texts are put side by side, or the one with the greatest sum stands for all, as it does for a connected system.
Lines that differ in anything else stay apart, to be settled like any repeated key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.facts.tables import STORED, TABLES

How = Literal["add", "list", "main"]


def folded(
    bench: Workbench, sheet: Sheet, relation: str, table: str, together: Mapping[str, How]
) -> tuple[str, int]:
    """The sifted relation with such rows made one, and how many rows vanished in others.

    A line that repeats another one of the file cell by cell is the same line twice: it adds nothing.
    """
    key = ", ".join(f'"{name}"' for name in TABLES[table].key)
    good = f"SELECT * FROM {relation} WHERE issue IS NULL"
    if not bench.one(f"SELECT EXISTS(SELECT 1 FROM ({good}) GROUP BY {key} HAVING COUNT(*) > 1)")[0]:
        return relation, 0
    columns = [*TABLES[table].names, *(("custom",) if TABLES[table].open else ())]
    same = ", ".join(f'"{name}"' for name in columns if name not in together)
    cells = ", ".join(f"r.c{place}" for place in range(len(sheet.headings)))
    added = [name for name in columns if together.get(name) == "add"]
    made = ", ".join(_made(table, name, together.get(name), added) for name in columns)
    name = f"folded_{bench.number()}"
    bench.run(
        f"CREATE TEMP TABLE {name} AS WITH marked AS (SELECT s.*, "
        f'ROW_NUMBER() OVER (PARTITION BY {cells} ORDER BY r."row") AS copy '
        f'FROM {relation} s JOIN {sheet.relation} r ON r."row" = s."row" WHERE s.issue IS NULL) '
        f'SELECT MIN("row") AS "row", ANY_VALUE(issue) AS issue, ANY_VALUE(issue_value) AS issue_value, {made} '
        f"FROM marked GROUP BY {same} UNION ALL BY NAME SELECT * FROM {relation} WHERE issue IS NOT NULL"
    )
    before, after = (int(bench.one(f"SELECT COUNT(*) FROM {one}")[0]) for one in (relation, name))
    return name, before - after


def _made(table: str, name: str, how: How | None, added: Sequence[str]) -> str:
    if how == "add":
        return f'CAST(SUM("{name}") FILTER (copy = 1) AS {STORED[TABLES[table].column(name).kind]}) AS "{name}"'
    if how == "list":
        return f'string_agg(DISTINCT "{name}", \', \' ORDER BY "{name}") AS "{name}"'
    if how == "main":
        order = ", ".join((*(f'"{one}" DESC NULLS LAST' for one in added), f'"{name}" NULLS LAST'))
        return f'FIRST("{name}" ORDER BY {order}) AS "{name}"'
    return f'"{name}"'
