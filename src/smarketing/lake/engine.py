"""How is SQL run here? The only module that touches DuckDB's own API.

One engine is one in-memory database. Nothing is ever fetched: extensions are neither installed nor loaded by
themselves, sessions count in UTC. Every call has a cursor of its own, so threads may share an engine. One that is
not shared asks where it also acts, and so sees the Arrow tables that were shown to it.
"""

from __future__ import annotations

import os
import stat
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.query import literal

_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
# Groups of source and month, or of stage, month and reason, are counted in a plain table of 2^16 places instead of
# a hash table wherever the engine knows the bounds of the keys: a third faster.
_COUNTING = {"perfect_ht_threshold": 16}


# The copy that it warns of is of an answer, and costs less than the second planning that a relation would need.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)

EngineError = duckdb.Error


class Engine:
    """A DuckDB of one process; ``threads`` and ``memory_limit`` (``"2GB"``) bound what it takes."""

    def __init__(
        self,
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        spill: Path | None = None,
        shared: bool = True,
    ) -> None:
        config: dict[str, Any] = {**_CLOSED, **_COUNTING, "temp_directory": str(spill or _spill_folder())}
        if threads is not None:
            config["threads"] = threads
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        self._shared = shared
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        self._connection.execute("SET enable_progress_bar = false")  # standard output belongs to whoever called

    def run(self, statement: str) -> None:
        """Do something that answers nothing."""
        self._connection.execute(statement)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self._asking().execute(question).fetchall()

    def _asking(self) -> duckdb.DuckDBPyConnection:
        return self._connection.cursor() if self._shared else self._connection

    def value(self, question: str) -> Any:
        """The only cell of an answer."""
        return self.rows(question)[0][0]

    def ask(self, question: str) -> pa.Table:
        """The whole answer; texts are plain even where the engine keeps them as numbers of a list."""
        return _plain(self._asking().sql(question).to_arrow_table())

    def answer(self, question: str) -> pa.Table:
        """The answer to somebody's question: one SELECT, else :class:`WrongQuestion`."""
        try:
            statements = duckdb.extract_statements(question)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise WrongQuestion(
                    "not-a-question",
                    Text("Вопрос должен быть одним SELECT.", "A question must be a single SELECT."),
                )
            # A relation would be planned twice, when it is made and when it is asked: a tenth of a page's time.
            return _plain(self._asking().execute(statements[0]).to_arrow_table())
        except duckdb.Error as error:
            raise _refused(error) from error

    def stream(self, question: str, rows: int = 100_000) -> pa.RecordBatchReader:
        """The answer in pieces of so many rows, for writing more than memory holds.

        Where the engine is not shared, it is to be read to its end before anything else is asked.
        """
        return self._asking().sql(question).to_arrow_reader(rows)

    def show(self, name: str, table: pa.Table) -> None:
        """Let the engine see an Arrow table under a name without copying it."""
        self._connection.register(name, table)

    def hide(self, name: str) -> None:
        self._connection.unregister(name)

    def fill(self, name: str, columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]) -> None:
        """A small table of plain values: settings of the company, a calendar."""
        columns_of_rows = list(zip(*rows, strict=True)) or [()] * len(columns)
        given = pa.table(dict(zip(columns, map(list, columns_of_rows), strict=True)))
        typed = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in columns.items())
        self.show("filled_from_outside", given)
        self.run(f'CREATE OR REPLACE TABLE "{name}" AS SELECT {typed} FROM filled_from_outside')
        self.hide("filled_from_outside")

    def lock_down(self, folder: Path) -> None:
        """From now on read nothing outside ``folder`` and change no setting."""
        self.run(f"SET GLOBAL allowed_directories = [{literal(str(folder.resolve()) + '/')}]")
        self.run("SET GLOBAL enable_external_access = false")
        self.run("SET GLOBAL lock_configuration = true")

    def close(self) -> None:
        self._connection.close()


def files_relation(files: Iterable[str], columns: Mapping[str, str], present: Iterable[str] | None = None) -> str:
    """SQL for the rows of Parquet files; with no file, the same columns and no row.

    ``present`` are the columns the files carry (None: all); the others read as NULL.
    """
    listed = ", ".join(literal(file) for file in files)
    if not listed:
        nothing = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns.items())
        return f"(SELECT {nothing} WHERE FALSE)"
    known = set(columns if present is None else present)
    chosen = ", ".join(
        f'"{column}"' if column in known else f'CAST(NULL AS {kind}) AS "{column}"'
        for column, kind in columns.items()
    )
    options = "hive_partitioning = true, hive_types = {'part': INTEGER}"
    if present is not None:
        options += ", union_by_name = true"
    return f"(SELECT {chosen} FROM read_parquet([{listed}], {options}))"


def _plain(table: pa.Table) -> pa.Table:
    for index, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(field.type.value_type))
    return table


def _spill_folder() -> Path:
    """What memory does not hold goes here: facts, so nobody else may read it or have made the folder.

    One folder for a user: the files in it carry the number of their process.
    """
    if os.name != "posix":
        return Path(tempfile.gettempdir()) / "smarketing-spill"  # the folder above is already the user's own
    folder = Path(tempfile.gettempdir()) / f"smarketing-spill-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    known = folder.lstat()
    if not stat.S_ISDIR(known.st_mode) or known.st_uid != os.getuid():
        return Path(tempfile.mkdtemp(prefix="smarketing-spill-"))
    folder.chmod(0o700)
    return folder


def _refused(error: Exception) -> SmarketingError:
    first = str(error).splitlines()[0]
    return WrongQuestion("question-refused", Text(f"Вопрос не выполнен: {first}", f"The question failed: {first}"))
