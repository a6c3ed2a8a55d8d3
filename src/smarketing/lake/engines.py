"""Do other engines give the same figures over the same files? Spark and ClickHouse, for a company that outgrew one
machine.

Both are optional: pyspark needs Java, ClickHouse runs here inside the process (chdb). A question is checked by the
rules of :mod:`smarketing.lake.dialect`, translated, and asked over the Parquet files of one pinned version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import sqlglot

from smarketing.facts.company import Company
from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text
from smarketing.facts.query import Reader, literal
from smarketing.facts.tables import TABLES
from smarketing.lake import counted
from smarketing.lake.batches import PART, stored_columns
from smarketing.lake.build import DERIVED, derived_columns
from smarketing.lake.dialect import Dialect, check, translate
from smarketing.lake.reader import LakeReader

Row = Mapping[str, Any]


class OtherEngine(Protocol):
    """An engine that answers translated questions over the files of one version."""

    @property
    def dialect(self) -> Dialect: ...

    def rows(self, statement: str) -> list[Row]:
        """The rows that answer a statement in the engine's own dialect."""
        ...

    def show_files(self, name: str, files: Sequence[str], columns: Sequence[str]) -> None:
        """Show these columns of Parquet files as a table."""
        ...

    def show_query(self, name: str, statement: str) -> None:
        """Show a statement in the engine's own dialect as a table."""
        ...


class RecordingReader:
    """A reader that remembers every question asked of it, each once, in order."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._asked: dict[str, None] = {}

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(self._asked)

    @property
    def version(self) -> int:
        return self._reader.version

    @property
    def known_until(self) -> datetime:
        return self._reader.known_until

    @property
    def company(self) -> Company:
        return self._reader.company

    def query(self, question: str) -> pa.Table:
        self._asked[question] = None
        return self._reader.query(question)


class SparkEngine:
    """Spark at ``master``: ``spark://host:port`` or ``local[2]``."""

    dialect: Dialect = "spark"

    def __init__(self, master: str, settings: Mapping[str, str] | None = None) -> None:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(master).appName("smarketing")
        fixed = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "false",  # a number divided by nothing is NULL, as NULLIF says
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "4",
        }
        for key, value in {**fixed, **(settings or {})}.items():
            builder = builder.config(key, value)
        self._session = builder.getOrCreate()

    def rows(self, statement: str) -> list[Row]:
        return [row.asDict() for row in self._session.sql(statement).collect()]

    def show_files(self, name: str, files: Sequence[str], columns: Sequence[str]) -> None:
        self._session.read.parquet(*files).select(*columns).createOrReplaceTempView(name)

    def show_query(self, name: str, statement: str) -> None:
        self._session.sql(statement).createOrReplaceTempView(name)

    def close(self) -> None:
        self._session.stop()


class ClickHouseEngine:
    """ClickHouse inside this process; NULL means there what it means everywhere else only with these settings."""

    dialect: Dialect = "clickhouse"
    _SETTINGS = (
        "join_use_nulls = 1, aggregate_functions_null_for_empty = 1, transform_null_in = 0, "
        "schema_inference_make_columns_nullable = 1, prefer_column_name_to_alias = 1, session_timezone = 'UTC'"
    )

    def __init__(self) -> None:
        from chdb.session import Session

        self._session = Session()

    def rows(self, statement: str) -> list[Row]:
        answer = self._session.query(f"{statement} SETTINGS {self._SETTINGS}", "ArrowStream")
        content = answer.bytes()
        if not content:
            return []
        rows: list[Row] = pa.ipc.open_stream(content).read_all().to_pylist()
        return [{key: _text(value) for key, value in row.items()} for row in rows]

    def show_files(self, name: str, files: Sequence[str], columns: Sequence[str]) -> None:
        # ClickHouse takes a pattern, not a list of files: all of the folder, less those of other versions.
        folder = Path(files[0]).parent.parent
        named, listed = ", ".join(f'"{column}"' for column in columns), ", ".join(map(literal, files))
        pattern = literal(f"{folder}/{PART}=*/*.parquet")
        self.show_query(name, f"SELECT {named} FROM file({pattern}, Parquet) WHERE _path IN ({listed})")

    def show_query(self, name: str, statement: str) -> None:
        self._session.query(f"CREATE OR REPLACE VIEW {name} AS {statement} SETTINGS {self._SETTINGS}")

    def close(self) -> None:
        self._session.close()


class EngineReader:
    """Answers the questions of one pinned version on another engine."""

    def __init__(self, engine: OtherEngine, reader: LakeReader) -> None:
        self._engine = engine
        for name in DERIVED:
            columns = {c: kind for c, kind in derived_columns(reader.company)[name].items() if c != PART}
            self._show(name, reader.files.get(name, ()), columns)
        said = [(row["one"], row["other"]) for row in reader.query(counted.SAID).to_pylist()]
        for name, rows in counted.names(reader.company, said).items():
            engine.show_query(name, sqlglot.transpile(counted.rows_of(name, rows), "duckdb", engine.dialect)[0])
        for name, table in TABLES.items():
            stored = {column: kind for column, kind in stored_columns(table).items() if column != PART}
            self._show(f"raw_{name}", reader.files.get(name, ()), stored)
            engine.show_query(
                name, sqlglot.transpile(counted.shown(table, f"raw_{name}"), "duckdb", engine.dialect)[0]
            )

    def rows(self, question: str) -> list[Row]:
        """The rows that answer a question; raises :class:`WrongQuestion` where engines could differ."""
        check(question)
        return self._engine.rows(translate(question, self._engine.dialect))

    def _show(self, name: str, files: Sequence[str], columns: Mapping[str, str]) -> None:
        if files:
            self._engine.show_files(name, files, list(columns))
            return
        nothing = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns.items())
        empty = sqlglot.transpile(f"SELECT {nothing} WHERE 1 = 0", "duckdb", self._engine.dialect)[0]
        self._engine.show_query(name, empty)


@contextmanager
def open_engine(address: str) -> Iterator[OtherEngine]:
    """The engine behind ``spark://…``, ``local[…]`` or ``clickhouse://`` (inside this process)."""
    engine: SparkEngine | ClickHouseEngine
    if address.startswith(("spark://", "local")):
        engine = SparkEngine(address)
    elif address.startswith("clickhouse"):
        engine = ClickHouseEngine()
    else:
        raise WrongSetting(
            "unknown-engine",
            Text(
                f"Движка «{address}» нет. Известны: spark://…, local[2], clickhouse://.",
                f"There is no engine “{address}”. Known: spark://…, local[2], clickhouse://.",
            ),
        )
    try:
        yield engine
    finally:
        engine.close()


def differing_cells(one: Sequence[Row], other: Sequence[Row], precision: float = 1e-6) -> list[str]:
    """Cells in which two answers differ, rows compared without regard to their order.

    Numbers are equal within a relative ``precision``: Spark divides decimals to six places, DuckDB does not.
    """
    if len(one) != len(other):
        return [f"{len(one)} rows against {len(other)}"]
    found = []
    for left, right in zip(sorted(one, key=_row_key), sorted(other, key=_row_key), strict=True):
        values = zip(left.items(), right.values(), strict=True)
        found += [f"{name}: {a!r} against {b!r}" for (name, a), b in values if not _equal(a, b, precision)]
    return found


def _equal(one: object, other: object, precision: float) -> bool:
    if isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal):
        a, b = float(one), float(other)
        return abs(a - b) <= precision * max(1.0, abs(a), abs(b))
    return _plain(one) == _plain(other)


def _plain(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _row_key(row: Row) -> list[tuple[int, str]]:
    """Texts, dates and whole numbers order rows; figures that may differ in the last digit come after them."""
    cells = [
        (1, f"{float(v):.3f}") if isinstance(v, float | Decimal) else (0, str(_plain(v))) for v in row.values()
    ]
    return sorted(cells, key=lambda cell: cell[0])


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
