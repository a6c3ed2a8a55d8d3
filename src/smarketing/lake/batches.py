"""What is handed to a load, and what did the load change?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from smarketing.facts.errors import WrongInput, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.tables import STORED, TABLES, Kind, Table

CUSTOM = "custom"  # other columns of a lead as JSON text
LOAD = "load_number"  # the version of the lake that brought the row
PART = "part"  # yyyymm of the row's own date in UTC, 0 where it has none


@dataclass(frozen=True)
class FactBatch:
    """Rows of one table of facts, typed as ``facts.tables.STORED``; absent columns count as empty.

    ``leads`` may carry ``custom``: the source's other columns as JSON text.
    """

    table: str
    rows: pa.Table


@dataclass(frozen=True)
class Change:
    """What a load did, by table; added + updated + same is what was handed in.

    A load that changed nothing leaves ``version`` as it was.
    """

    version: int
    added: Mapping[str, int] = field(default_factory=dict)
    updated: Mapping[str, int] = field(default_factory=dict)
    same: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(self.added.values()) and not any(self.updated.values())


# The month by which a table is partitioned follows from this column; tables not named here are one part.
_DATED_BY = {
    "leads": "created_at",
    "stage_moves": "entered_at",
    "payments": "paid_at",
    "ad_spend": "day",
    "touches": "at",
    "activities": "at",
    "qualifications": "judged_at",
}


def content_columns(table: Table) -> dict[str, str]:
    """Column → stored type of a table's own columns, without what the lake adds."""
    columns = {column.name: STORED[column.kind] for column in table.columns}
    return {**columns, CUSTOM: "VARCHAR"} if table.open else columns


def stored_columns(table: Table) -> dict[str, str]:
    """Column → type as the rows lie in the lake."""
    return {**content_columns(table), LOAD: "BIGINT", PART: "INTEGER"}


def part_expression(table: Table) -> str:
    """SQL for the part a row belongs to."""
    dated = _DATED_BY.get(table.name)
    return f'COALESCE(YEAR("{dated}") * 100 + MONTH("{dated}"), 0)::INTEGER' if dated else "0"


def key_has_its_part(table: Table) -> bool:
    """Whether equal keys always lie in the same part, so that other parts need not be read."""
    dated = _DATED_BY.get(table.name)
    return dated is not None and dated in table.key


def typed_columns(batch: FactBatch) -> str:
    """The SELECT list that reads a batch as the lake's types; raises :class:`WrongInput` for wrong columns."""
    table = table_of(batch)
    known, given = content_columns(table), set(batch.rows.column_names)
    for column in sorted(given - set(known)):
        hint = did_you_mean(column, known)
        raise WrongInput(
            "unknown-column",
            Text(
                f"В таблице «{table.name}» нет столбца «{column}». {hint.ru}",
                f"Table “{table.name}” has no column “{column}”. {hint.en}",
            ),
        )
    return ", ".join(
        f'CAST("{column}" AS {kind}) AS "{column}"' if column in given else f'CAST(NULL AS {kind}) AS "{column}"'
        for column, kind in known.items()
    )


def table_of(batch: FactBatch) -> Table:
    try:
        return TABLES[batch.table]
    except KeyError as error:
        hint = did_you_mean(batch.table, TABLES)
        raise WrongInput(
            "unknown-table",
            Text(
                f"Таблицы фактов «{batch.table}» нет. {hint.ru}",
                f"There is no table of facts “{batch.table}”. {hint.en}",
            ),
        ) from error


def moment_columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind is Kind.MOMENT]
