"""How do plain rows become a table of facts with the types the lake stores?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

import pyarrow as pa

from smarketing.facts.tables import TABLES, Kind

Row = Mapping[str, Any]

CUSTOM = "custom"  # a lead's other columns, as JSON text
_ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.MOMENT: pa.timestamp("us"),
    Kind.DAY: pa.date32(),
    Kind.MONTH: pa.int32(),
    Kind.MONEY: pa.decimal128(18, 2),
    Kind.NUMBER: pa.decimal128(18, 6),
    Kind.COUNT: pa.int64(),
    Kind.FLAG: pa.bool_(),
}


def fact_table(name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of one table of facts; absent keys are empty, moments with a zone are turned to UTC.

    A lead's ``custom`` may be a mapping: its empty values are left out. Raises KeyError for an unknown column:
    a connector that writes one is wrong.
    """
    table = TABLES[name]
    columns = {column.name: _ARROW[column.kind] for column in table.columns}
    known = {*columns, CUSTOM} if table.open else set(columns)
    for row in rows:
        unknown = set(row) - known
        if unknown:
            raise KeyError(f"{name}: {', '.join(sorted(unknown))}")
    arrays = {column: pa.array(_values(rows, column, kind), kind) for column, kind in columns.items()}
    if table.open:
        arrays[CUSTOM] = pa.array([_custom(row.get(CUSTOM)) for row in rows], pa.string())
    return pa.table(arrays)


def fact_tables(rows: Mapping[str, Sequence[Row]]) -> dict[str, pa.Table]:
    """The same for several tables; a table without rows is left out."""
    return {name: fact_table(name, listed) for name, listed in rows.items() if listed}


def _values(rows: Iterable[Row], column: str, kind: pa.DataType) -> list[Any]:
    values = [row.get(column) for row in rows]
    if pa.types.is_timestamp(kind):
        return [None if value is None else value.astimezone(UTC).replace(tzinfo=None) for value in values]
    if pa.types.is_decimal(kind):
        return [None if value is None else round(value, kind.scale) for value in values]
    return values


def _custom(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise TypeError(f"custom: {type(value).__name__}")
    filled = {key: item for key, item in value.items() if item not in (None, "", [])}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True) if filled else None
