"""Under which ids and names do questions see facts that keep their own?

Journeys, receipts and spend are built by what people said. Facts that questions read as they are (touches, typed
figures of a report) are shown by the same two tables, so that a campaign or a client has one name everywhere:
``campaign_names`` (``lead_source``, ``campaign`` → ``name``) and ``same_clients`` (``id`` → ``same_as``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smarketing.facts.campaigns import one_name
from smarketing.facts.company import Company
from smarketing.facts.identity import one_id
from smarketing.facts.query import literal
from smarketing.facts.tables import Table
from smarketing.lake.batches import LOAD, content_columns

NAMES: Mapping[str, Mapping[str, str]] = {
    "campaign_names": {"lead_source": "VARCHAR", "campaign": "VARCHAR", "name": "VARCHAR"},
    "same_clients": {"id": "VARCHAR", "same_as": "VARCHAR"},
}
SAID = "SELECT one, other FROM identity WHERE kind = 'client' AND verdict = 'same' ORDER BY one, other"
_SOURCE_OF = {"touches": "channel", "reported": "lead_source"}
_CLIENTS = ("touches",)

Names = Mapping[str, list[tuple[str, ...]]]


def names(company: Company, said: Iterable[tuple[str, str]]) -> Names:
    """The rows of both tables; ``said``: (later, earlier) clients that are one, as :data:`SAID` finds them."""
    return {
        "campaign_names": [(*written, name) for written, name in one_name(company.campaign_pairs).items()],
        "same_clients": [*one_id(said).items()],
    }


def rows_of(table: str, rows: Iterable[tuple[str, ...]]) -> str:
    """SQL for one of the two tables where an engine is given no rows of its own."""
    columns = NAMES[table]
    listed = [
        "SELECT "
        + ", ".join(f'{literal(value)} AS "{column}"' for value, column in zip(row, columns, strict=True))
        for row in rows
    ]
    nothing = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns.items())
    return " UNION ALL ".join(listed) or f"SELECT {nothing} WHERE 1 = 0"


def shown(table: Table, raw: str) -> str:
    """SQL for the rows of a table of facts that are valid now, as figures count them."""
    source = _SOURCE_OF.get(table.name)
    if source is None:
        return latest(table, raw)
    named = {column: f't."{column}"' for column in content_columns(table)} | {
        "campaign": "COALESCE(n.name, t.campaign)"
    }
    joins = f'LEFT JOIN campaign_names n ON n.lead_source = t."{source}" AND n.campaign = t.campaign'
    if table.name in _CLIENTS:
        named["client_id"] = "COALESCE(c.same_as, t.client_id)"
        joins += " LEFT JOIN same_clients c ON c.id = t.client_id"
    columns = ", ".join(f'{expression} AS "{column}"' for column, expression in named.items())
    return f"SELECT {columns} FROM ({latest(table, raw)}) t {joins}"


def latest(table: Table, raw: str) -> str:
    """SQL for the rows of a table of facts that are valid now, as they were written."""
    columns = ", ".join(f'"{column}"' for column in content_columns(table))
    keys = ", ".join(f'"{column}"' for column in table.key)
    if table.identity == "event":
        return f"SELECT {columns} FROM {raw}"
    if table.identity == "slice":
        return f"SELECT {columns} FROM {raw} QUALIFY {LOAD} = MAX({LOAD}) OVER (PARTITION BY {keys})"
    newest = f"ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY {LOAD} DESC) = 1"
    return f"SELECT {columns} FROM {raw} QUALIFY {newest}"
