"""What every connector must hold, whichever system is behind it: one suite over real HTTP on loopback.

A connector joins with a :class:`System`: its fake server, and how to make things happen there. It adds one line to
``SYSTEMS`` in ``systems.py``; ``test_suite.py`` runs over all of them. A question that makes no sense for a system
stands in its ``absent`` with the reason: there is no other way to leave one out.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIGKILL
from threading import Event
from typing import Any, ClassVar, Protocol

import pyarrow as pa

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.streams import Connector, Page, Record
from smarketing.facts.company import Company
from smarketing.facts.tables import TABLES

Fact = Mapping[str, Any]
Facts = dict[str, list[Fact]]
FAULTS = ("rate_limit", "broken", "unavailable", "torn", "torn_in_body", "garbage")


class Question(StrEnum):
    """What not every system can be asked."""

    LATE_CHANGE = "late_change"
    DELETION = "deletion"
    MERGE = "merge"
    ZONE = "zone"


@dataclass(frozen=True)
class Told:
    """Rows of a table of facts, known by ``where``, and what they must tell."""

    table: str
    where: Fact
    values: Fact = field(default_factory=dict)


class System(ABC):
    """A fake outside system with some data in it, and what a test may do to it.

    Its server is up from the start. Every ``do_…`` changes something there at the moment of :meth:`now` and
    says what facts must tell. ``tells``: the tables of facts that follow. ``final``: those of them whose events
    are the same whenever they are told. ``pages``: a first load can break off so often at least.
    ``absent``: question → why this system cannot be asked it.
    """

    company: Company = Company()
    tells: ClassVar[frozenset[str]]
    final: ClassVar[frozenset[str]] = frozenset()
    absent: ClassVar[Mapping[Question, str]] = {}
    pages = 20

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 9, tzinfo=UTC)
        self.fault: Callable[[int], str | None] = lambda _: None
        self.requests = 0  # counted by whoever plans a fault

    def now(self) -> datetime:
        return self.moment

    def wait(self, **time: float) -> None:
        self.moment += timedelta(**time)

    @property
    @abstractmethod
    def secret(self) -> str:
        """A word that no text may ever show."""

    @property
    @abstractmethod
    def holds(self) -> Mapping[str, int]:
        """Stream → how many records of it there are, for the streams that matter."""

    @abstractmethod
    def connect(self) -> Connector:
        """A new connector, as a new process would make it. It waits for nothing."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def revoke(self) -> None:
        """Access is taken away for good."""

    @abstractmethod
    def restore(self) -> None: ...

    @abstractmethod
    def do_add(self) -> Told:
        """A new record comes to be: the row that must appear."""

    def do_change(self) -> Told:
        """A record of a while ago is changed: the row and what it must tell now."""
        raise self._absent(Question.LATE_CHANGE)

    def do_delete(self) -> Told:
        """A record is deleted: the row that must be told as gone."""
        raise self._absent(Question.DELETION)

    def do_merge(self) -> tuple[Told, Told]:
        """Two cards are merged: the lead that stays and the one that is gone."""
        raise self._absent(Question.MERGE)

    def a_moment(self) -> Told:
        """A moment near midnight that was written in another zone: the row and its moment in UTC."""
        raise self._absent(Question.ZONE)

    def _absent(self, question: Question) -> AssertionError:
        """What a deed is that no system overrides: the suite must not ask it here."""
        return AssertionError(
            f"asked of {type(self).__name__}: {question}. {self.absent.get(question, 'No reason')}"
        )

    def counted(self, number: int) -> str | None:
        """Servers ask this once for every request."""
        self.requests = number
        return self.fault(number)


ASKED_BY: Mapping[Question, str] = {
    Question.LATE_CHANGE: "do_change",
    Question.DELETION: "do_delete",
    Question.MERGE: "do_merge",
    Question.ZONE: "a_moment",
}


# ── one run, as the job of syncing makes it ──


def sync(connector: Connector, mirror: Mirror, now: datetime, *, sweep: bool = False) -> Kept:
    """Every stream to its end; a look for deletions after it."""
    kept = Kept()
    for stream in connector.streams:
        cursor = None if stream.directory else mirror.cursor(stream.name)
        for page in connector.walk(stream.name, cursor, now=now):
            kept += mirror.keep(page, now)
    for stream in connector.streams:
        if sweep and stream.sweeps:
            kept += Kept(gone=mirror.sweep(stream.name, connector.keys(stream.name), now))
    return kept


class MakesFacts(Protocol):
    """All that is asked of a connector here."""

    def facts(
        self, mirror: Mirror, company: Company, *, after: int, upto: int, now: datetime
    ) -> Iterator[Mapping[str, pa.Table]]: ...


def everything(connector: MakesFacts, mirror: Mirror, company: Company, now: datetime, after: int = 0) -> Facts:
    """All facts of a mirror as plain rows, in an order that does not hang on batches."""
    found: Facts = {}
    for tables in connector.facts(mirror, company, after=after, upto=mirror.position, now=now):
        for name, table in tables.items():
            found.setdefault(name, []).extend(_rows(table))
    return {name: sorted(rows, key=_in_order) for name, rows in sorted(found.items())}


def _rows(table: pa.Table) -> list[Fact]:
    return list(table.to_pylist())


def _in_order(row: Fact) -> str:
    return repr(sorted(row.items(), key=lambda pair: pair[0]))


@dataclass
class Ledger:
    """What a lake would hold after these deliveries: versions for keys, the first one for events, slices whole."""

    rows: dict[str, dict[tuple[Any, ...], Fact]] = field(default_factory=dict)
    slices: dict[str, dict[tuple[Any, ...], list[Fact]]] = field(default_factory=dict)

    def take(self, facts: Facts) -> None:
        for name, rows in facts.items():
            if TABLES[name].identity == "slice":
                self.slices.setdefault(name, {}).update(_by_key(name, rows))
                continue
            held = self.rows.setdefault(name, {})
            for row in rows:
                key = _key(name, row)
                if key not in held or (TABLES[name].identity == "key" and not _older(row, held[key])):
                    held[key] = row

    def all(self, table: str) -> list[Fact]:
        """The valid rows of a table."""
        if TABLES[table].identity == "slice":
            return [row for rows in self.slices.get(table, {}).values() for row in rows]
        return list(self.rows.get(table, {}).values())

    def there(self, table: str) -> list[Fact]:
        """The rows of what exists: a deleted lead is told with its moment of deletion."""
        return [row for row in self.all(table) if row.get("deleted_at") is None]

    def one(self, table: str, key: str) -> Fact:
        """The row with this key, also of what is gone."""
        return next(row for row in self.all(table) if row[TABLES[table].key[0]] == key)

    def find(self, told: Told) -> list[Fact]:
        return [row for row in self.there(told.table) if _fits(row, told.where)]

    def settled(self, events: frozenset[str]) -> dict[str, list[Fact]]:
        """The tables that must tell the newest state whatever came before, and ``events`` that never change."""
        names = {*self.rows, *self.slices}
        wanted = {name for name in names if TABLES[name].identity != "event"} | (names & events)
        return {name: sorted(self.all(name), key=_in_order) for name in sorted(wanted)}


def _by_key(name: str, rows: list[Fact]) -> dict[tuple[Any, ...], list[Fact]]:
    found: dict[tuple[Any, ...], list[Fact]] = {}
    for row in rows:
        found.setdefault(_key(name, row), []).append(row)
    return found


def _key(name: str, row: Fact) -> tuple[Any, ...]:
    return tuple(row[column] for column in TABLES[name].key)


def _fits(row: Fact, where: Fact) -> bool:
    return all(row[column] == value for column, value in where.items())


def _older(row: Fact, held: Fact) -> bool:
    mine, theirs = row.get("updated_at"), held.get("updated_at")
    return mine is not None and theirs is not None and mine < theirs


# ── breaking off ──

# Where a process is killed: an answer is awaited; a page is about to be kept, half kept, or kept.
STRIKES = ("asking", "before", "inside", "after")


class Mortal(Mirror):
    """A mirror whose process is killed at the n-th page that brings something new."""

    def __init__(self, path: Path, how: str, page: int) -> None:
        super().__init__(path)
        self._how, self._pages_left = how, page
        self._records_left: int | None = None

    def keep(self, page: Page, at: datetime) -> Kept:
        keys = [record.key for record in page.records]
        if len(self.has(page.stream, keys)) < len(keys):
            self._pages_left -= 1
            if self._pages_left == 0:
                return self._die(page, at)
        return super().keep(page, at)

    def _die(self, page: Page, at: datetime) -> Kept:
        if self._how == "inside":
            self._records_left = len(page.records) // 2
        if self._how != "before":
            super().keep(page, at)
        return _killed()

    def _put(self, stream: str, record: Record, at: datetime) -> Kept:
        if self._records_left is not None:
            self._records_left -= 1
            if self._records_left < 0:
                return _killed()
        return super()._put(stream, record, at)


def _killed() -> Kept:
    """Nothing in the process learns of it: no transaction is rolled back, nothing is closed."""
    os.kill(os.getpid(), SIGKILL)
    raise AssertionError("unreachable")


def lives(system: System, path: Path) -> int:
    """Sync in processes of their own, each killed by SIGKILL after one or two new pages, until one comes through.

    How often it was killed. Where the shot falls is said by what the process is at, never by a clock.
    """
    killed, context = 0, get_context("fork")
    while True:
        how = STRIKES[killed % len(STRIKES)]
        child = context.Process(target=_life, args=(system, path, how), daemon=True)
        started = Event()
        if how == "asking":
            system.fault = _aimed(child, started, system.requests + 2 + killed % 7)
        child.start()
        started.set()
        child.join()
        system.fault = lambda _: None
        if child.exitcode == 0:
            return killed
        assert child.exitcode == -SIGKILL
        killed += 1


def _aimed(child: BaseProcess, started: Event, aim: int) -> Callable[[int], str | None]:
    def pull(number: int) -> str | None:
        if number == aim:
            started.wait()
            child.kill()
        return None

    return pull


def _life(system: System, path: Path, how: str) -> None:
    mirror = Mirror(path) if how == "asking" else Mortal(path, how, 1 if how == "after" else 2)
    sync(system.connect(), mirror, system.now())
