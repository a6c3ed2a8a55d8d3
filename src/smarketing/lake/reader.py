"""How are questions answered over one pinned version?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

import pyarrow as pa

from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.query import literal
from smarketing.facts.tables import TABLES
from smarketing.lake.engine import Engine
from smarketing.lake.halves import halves
from smarketing.lake.quick import quick


class Answers:
    """Answers already given, by (version, question); the longest unused go first when room runs out."""

    def __init__(self, room: int = 64 * 1024 * 1024) -> None:
        self._room = room
        self._taken = 0
        self._kept: OrderedDict[tuple[str, str], pa.Table] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str, question: str) -> pa.Table | None:
        with self._lock:
            found = self._kept.get((version, question))
            if found is not None:
                self._kept.move_to_end((version, question))
            return found

    def put(self, version: str, question: str, answer: pa.Table) -> None:
        takes = _room_of(question, answer)
        if takes > self._room // 8:
            return
        with self._lock:
            if (version, question) in self._kept:
                return
            self._kept[(version, question)] = answer
            self._taken += takes
            while self._taken > self._room:
                (_, longest_unused), gone = self._kept.popitem(last=False)
                self._taken -= _room_of(longest_unused, gone)


_OF_ANY = 4_096  # bytes that the columns of an answer, its names and its place here take however few its rows are


def _room_of(question: str, answer: pa.Table) -> int:
    """Bytes of one answer: most are a handful of rows, and a question is longer than its answer."""
    return _OF_ANY + len(question) + int(answer.nbytes)


class LakeReader:
    """Implements ``facts.query.Reader``. Threads may share it; close it when done.

    Questions read ``journeys``, ``receipts``, ``spend`` and every table of facts in its latest state.
    """

    def __init__(
        self,
        engine: Engine,
        answers: Answers,
        *,
        version: int,
        made_at: datetime,
        known_until: datetime,
        company: Company,
        files: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._engine = engine
        self._answers = answers
        self._version = version
        self._pinned = f"{version} made {made_at}"  # a lake restored from a backup may repeat a number
        self._known_until = known_until
        self._company = company
        self.files = files  # Parquet files of each table, for other engines that read the same version

    @property
    def version(self) -> int:
        return self._version

    @property
    def known_until(self) -> datetime:
        return self._known_until

    @property
    def company(self) -> Company:
        return self._company

    def query(self, question: str) -> pa.Table:
        """The rows that answer one SELECT; raises :class:`WrongQuestion` for anything else."""
        found = self._answers.get(self._pinned, question)
        if found is None:
            found = self._asked(question)
            self._answers.put(self._pinned, question, found)
        return found

    def _asked(self, question: str) -> pa.Table:
        parts = halves(question)
        found = parts.asked(lambda half: self._engine.answer(quick(half))) if parts is not None else None
        return self._engine.answer(quick(question)) if found is None else found

    def explain(self, question: str) -> str:
        """The engine's plan for a question, as it prints it."""
        self._engine.answer(f"SELECT * FROM ({question}) LIMIT 0")
        return "\n".join(str(row[1]) for row in self._engine.rows(f"EXPLAIN {quick(question)}"))

    def fact_rows(self, table: str, **where: str | None) -> pa.Table:
        """The rows of a table of facts (latest versions) whose columns have these values."""
        if table not in TABLES:
            hint = did_you_mean(table, TABLES)
            raise WrongQuestion(
                "unknown-table",
                Text(f"Таблицы «{table}» нет. {hint.ru}", f"There is no table “{table}”. {hint.en}"),
            )
        conditions = " AND ".join(
            f'"{TABLES[table].column(column).name}" IS NOT DISTINCT FROM {literal(value)}'
            for column, value in where.items()
        )
        return self._engine.answer(f'SELECT * FROM "{table}" WHERE {conditions or "TRUE"}')

    def close(self) -> None:
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
