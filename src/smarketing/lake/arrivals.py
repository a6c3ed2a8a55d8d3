"""Which of the rows handed in are new, which newer, which known? By the identity of their table.

Every ``find`` leaves ``new_<table>``, a table or a view of the rows to append, and counts what became of the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smarketing.facts.errors import WrongInput
from smarketing.facts.language import Text
from smarketing.facts.tables import Table
from smarketing.lake.batches import (
    LOAD,
    PART,
    FactBatch,
    content_columns,
    key_has_its_part,
    part_expression,
    table_of,
    typed_columns,
)
from smarketing.lake.engine import Engine

POSITION = "rowid"  # rows lie in the order in which they were handed in


@dataclass(frozen=True)
class Counts:
    added: int
    updated: int
    same: int
    replaced: int  # valid rows that the updated ones took the place of

    @property
    def changed(self) -> int:
        return self.added + self.updated

    @property
    def grown(self) -> int:
        """By how many the valid rows of the table became more, or fewer: a slice may come back smaller."""
        return self.changed - self.replaced


def find(engine: Engine, table: Table, batches: Sequence[FactBatch]) -> Counts:
    """Compare the batches of one table with what is stored (view ``raw_<table>``)."""
    forget(engine, table)
    _gather(engine, table, batches)
    received = _count(engine, table)
    _require(engine, table)
    first = not engine.value(f"SELECT EXISTS (SELECT 1 FROM raw_{table.name})")
    if first and (table.identity == "slice" or not _has_repeats(engine, _columns(table.key), f"new_{table.name}")):
        return Counts(received, 0, 0, 0)  # nothing to compare with: the rows stay where the loader left them
    engine.run(f"CREATE OR REPLACE TABLE arrived AS SELECT * FROM new_{table.name}")
    forget(engine, table)
    finder = {"key": _find_by_key, "event": _find_events, "slice": _find_slices}[table.identity]
    added, updated, replaced = (_find_first if first else finder)(engine, table)
    engine.run("DROP TABLE arrived")
    return Counts(added, updated, received - added - updated, replaced)


def forget(engine: Engine, table: Table) -> None:
    """Give back what :func:`find` left of one table."""
    engine.run(f"DROP VIEW IF EXISTS temp.main.new_{table.name}")
    engine.run(f"DROP TABLE IF EXISTS memory.main.new_{table.name}")


def new_rows(table: Table, load: int) -> str:
    """The rows that :func:`find` decided to append, as they will lie in the lake."""
    columns = ", ".join(f'"{column}"' for column in content_columns(table))
    return f"SELECT {columns}, {load}::BIGINT AS {LOAD}, {PART} FROM new_{table.name}"


def _gather(engine: Engine, table: Table, batches: Sequence[FactBatch]) -> None:
    """``new_<table>`` is at first all rows as the lake will have them, without a copy of them."""
    pieces = []
    for index, batch in enumerate(batches):
        name = f"batch_{table.name}_{index}"
        engine.show(name, batch.rows)
        pieces.append(f"(SELECT {typed_columns(batch)} FROM {name})")
    engine.run(
        f"CREATE TEMP VIEW new_{table.name} AS SELECT *, {part_expression(table)} AS {PART} "
        f"FROM ({' UNION ALL '.join(pieces)})"
    )


def _require(engine: Engine, table: Table) -> None:
    """The loader quarantines rows without their required fields; one that comes here is its mistake."""
    counted = ", ".join(f'COUNT(*) - COUNT("{column}")' for column in table.required)
    found = engine.rows(f"SELECT {counted} FROM new_{table.name}")[0]
    for column, empty in zip(table.required, found, strict=True):
        if empty:
            raise WrongInput(
                "empty-required",
                Text(
                    f"В таблице «{table.name}» пуст обязательный столбец «{column}»: строк {empty}.",
                    f"Table “{table.name}”: the required column “{column}” is empty in {empty} rows.",
                ),
            )


def _find_first(engine: Engine, table: Table) -> tuple[int, int, int]:
    """Nothing is stored yet, but keys are repeated among the rows: one of each stays."""
    order = _newest_first(table) if table.identity == "key" else POSITION
    engine.run(f"CREATE TABLE new_{table.name} AS {_one_of_each(_columns(table.key), order)}")
    return _count(engine, table), 0, 0


def _find_by_key(engine: Engine, table: Table) -> tuple[int, int, int]:
    """The newest row of each key counts: by ``updated_at`` where there is one, else the last one that came."""
    aged = "updated_at" in table.names
    keys = _columns(table.key)
    older = "COALESCE(s.updated_at > a.updated_at, FALSE)" if aged else "FALSE"
    equal = " AND ".join(_same(column) for column in content_columns(table))
    engine.run(f"""
        CREATE TABLE new_{table.name} AS
        WITH latest AS (
            {_first_of_each(engine, keys, _newest_first(table))}
        ), newest AS (
            SELECT {keys}, MAX({LOAD}) AS newest_load FROM raw_{table.name} s
            WHERE EXISTS (SELECT 1 FROM latest a WHERE {_on(table)}) GROUP BY {keys}
        ), stored AS (
            SELECT s.* FROM raw_{table.name} s JOIN newest a ON {_on(table)} AND s.{LOAD} = a.newest_load
        )
        SELECT a.*, s.{LOAD} IS NOT NULL AS was_known
        FROM latest a LEFT JOIN stored s ON {_on(table)}
        WHERE s.{LOAD} IS NULL OR NOT ({older} OR ({equal}))
    """)
    added, updated = engine.rows(
        f"SELECT COUNT(*) FILTER (WHERE NOT was_known), COUNT(*) FILTER (WHERE was_known) FROM new_{table.name}"
    )[0]
    return added, updated, updated


def _find_events(engine: Engine, table: Table) -> tuple[int, int, int]:
    """What happened is told once: the first row of a key stays."""
    keys = _columns(table.key)
    engine.run(f"""
        CREATE TABLE new_{table.name} AS
        WITH first AS (
            {_first_of_each(engine, keys, POSITION)}
        ), known AS (
            SELECT DISTINCT {keys} FROM raw_{table.name} s
            WHERE {_in_same_parts(engine, table)} AND EXISTS (SELECT 1 FROM first a WHERE {_on(table)})
        )
        SELECT a.* FROM first a WHERE NOT EXISTS (SELECT 1 FROM known s WHERE {_on(table)})
    """)
    return _count(engine, table), 0, 0


def _find_slices(engine: Engine, table: Table) -> tuple[int, int, int]:
    """A slice whose rows are not exactly the stored ones comes whole, in the place of all its earlier rows."""
    keys, content = _columns(table.key), _columns(content_columns(table))
    engine.run(f"""
        CREATE TABLE new_{table.name} AS
        WITH slices AS (
            SELECT DISTINCT {keys} FROM arrived
        ), stored AS (
            SELECT * FROM raw_{table.name} s
            WHERE {_in_same_parts(engine, table)} AND EXISTS (SELECT 1 FROM slices a WHERE {_on(table)})
            QUALIFY {LOAD} = MAX({LOAD}) OVER (PARTITION BY {keys})
        ), came AS (
            SELECT {content}, COUNT(*) AS times FROM arrived GROUP BY ALL
        ), lay AS (
            SELECT {content}, COUNT(*) AS times FROM stored GROUP BY ALL
        ), differing AS (
            SELECT DISTINCT {keys} FROM (
                (SELECT * FROM came EXCEPT SELECT * FROM lay)
                UNION ALL (SELECT * FROM lay EXCEPT SELECT * FROM came)
            )
        ), known AS (
            SELECT DISTINCT {keys}, TRUE AS was_known FROM stored
        )
        SELECT a.*, COALESCE(s.was_known, FALSE) AS was_known
        FROM (SELECT * FROM arrived a WHERE EXISTS (SELECT 1 FROM differing s WHERE {_on(table)})) a
        LEFT JOIN known s ON {_on(table)}
    """)
    added, updated = engine.rows(
        f"SELECT COUNT(*) FILTER (WHERE NOT was_known), COUNT(*) FILTER (WHERE was_known) FROM new_{table.name}"
    )[0]
    return added, updated, _replaced(engine, table) if updated else 0


def _replaced(engine: Engine, table: Table) -> int:
    """How many valid rows lie in the slices that came anew."""
    again = f"EXISTS (SELECT 1 FROM new_{table.name} a WHERE {_on(table)})"
    valid = (
        f"SELECT {LOAD} FROM raw_{table.name} s WHERE {_in_same_parts(engine, table)} AND {again} "
        f"QUALIFY {LOAD} = MAX({LOAD}) OVER (PARTITION BY {_columns(table.key)})"
    )
    return int(engine.value(f"SELECT COUNT(*) FROM ({valid})"))


def _first_of_each(engine: Engine, keys: str, order: str) -> str:
    """The rows handed in, one of each key. Sorting wide rows is dear and most batches repeat no key."""
    return _one_of_each(keys, order) if _has_repeats(engine, keys, "arrived") else "SELECT * FROM arrived"


def _one_of_each(keys: str, order: str) -> str:
    return f"SELECT * FROM arrived QUALIFY ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY {order}) = 1"


def _newest_first(table: Table) -> str:
    aged = "updated_at DESC NULLS LAST, " if "updated_at" in table.names else ""
    return f"{aged}{POSITION} DESC"


def _has_repeats(engine: Engine, keys: str, relation: str) -> bool:
    """May a key stand in several rows? Numbers made of the keys are told apart faster than the keys; two keys with
    one number (rarer than one load in a million) only make the exact way be gone for nothing."""
    return bool(engine.value(f"SELECT COUNT(*) > COUNT(DISTINCT HASH({keys})) FROM {relation}"))


def _count(engine: Engine, table: Table) -> int:
    return int(engine.value(f"SELECT COUNT(*) FROM new_{table.name}"))


def _in_same_parts(engine: Engine, table: Table) -> str:
    if not key_has_its_part(table):
        return "TRUE"
    parts = [row[0] for row in engine.rows(f"SELECT DISTINCT {PART} FROM arrived")]
    return f"{PART} IN ({', '.join(map(str, parts or [0]))})"


def _columns(names: Sequence[str] | dict[str, str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _same(column: str) -> str:
    return f'a."{column}" IS NOT DISTINCT FROM s."{column}"'


def _on(table: Table) -> str:
    """Equal keys. Where a column is never empty, plain equality lets the engine leave files of others unread."""
    return " AND ".join(
        f'a."{column}" = s."{column}"' if column in table.required else _same(column) for column in table.key
    )


__all__ = ["Counts", "find", "new_rows", "table_of"]
