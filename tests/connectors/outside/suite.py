"""What every connector must hold, whichever system is behind it: one suite over real HTTP on loopback.

A connector joins with a :class:`System`: its fake server, and how to make things happen there. It adds one line to
``SYSTEMS`` in ``systems.py``; ``test_suite.py`` runs over all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from signal import SIGKILL
from threading import Timer
from typing import Any, Protocol

import pyarrow as pa

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.streams import Connector, Page, Record
from smarketing.facts.company import Company
from smarketing.facts.tables import TABLES

Fact = Mapping[str, Any]
Facts = dict[str, list[Fact]]
FAULTS = ("rate_limit", "broken", "unavailable", "torn", "torn_in_body", "garbage")


class System(ABC):
    """A fake outside system with some data in it, and what a test may do to it.

    Its server is up from the start. Every ``do_…`` changes something there at the moment of :meth:`now` and
    says what facts must tell.
    """

    company: Company = Company()
    deletes = True
    merges = True

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
    def do_change(self) -> tuple[str, str, str, Any]:
        """A record of long ago is changed: table, key, column and what it must tell now."""

    @abstractmethod
    def do_add(self) -> tuple[str, str]:
        """A new record comes to be: table and key of the fact that must appear."""

    def do_delete(self) -> str:
        """A card is deleted: the lead that must be told as deleted."""
        raise NotImplementedError

    def do_merge(self) -> tuple[str, str]:
        """Two cards are merged: the lead that stays and the one that is gone."""
        raise NotImplementedError

    @abstractmethod
    def a_moment(self) -> tuple[str, str, str, datetime]:
        """A moment near midnight that was written in another zone: table, key, column, the moment in UTC."""

    def counted(self, number: int) -> str | None:
        """Servers ask this once for every request."""
        self.requests = number
        return self.fault(number)


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
    """What a lake would hold after these deliveries: versions for keys, the first one for events."""

    rows: dict[str, dict[tuple[Any, ...], Fact]] = field(default_factory=dict)

    def take(self, facts: Facts) -> None:
        for name, rows in facts.items():
            table = TABLES[name]
            held = self.rows.setdefault(name, {})
            for row in rows:
                key = tuple(row[column] for column in table.key)
                if key not in held or (table.identity == "key" and not _older(row, held[key])):
                    held[key] = row

    def keyed(self) -> dict[str, list[Fact]]:
        """The tables whose rows have versions: they must tell the newest state whatever came before."""
        return {
            name: sorted(held.values(), key=_in_order)
            for name, held in sorted(self.rows.items())
            if TABLES[name].identity == "key" and held
        }

    def one(self, table: str, key: str) -> Fact:
        return next(row for row in self.rows[table].values() if row[TABLES[table].key[0]] == key)


def _older(row: Fact, held: Fact) -> bool:
    mine, theirs = row.get("updated_at"), held.get("updated_at")
    return mine is not None and theirs is not None and mine < theirs


# ── breaking off ──


class Killed(BaseException):
    """The process is gone: nothing that follows may run. No connector may catch it."""


class Mortal(Mirror):
    """A mirror whose process dies at the n-th page that brings something new: before it, inside or after it."""

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
        raise Killed

    def _put(self, stream: str, record: Record, at: datetime) -> Kept:
        if self._records_left is not None:
            self._records_left -= 1
            if self._records_left < 0:
                raise Killed
        return super()._put(stream, record, at)


def lives(make: Callable[[], Connector], path: Path, now: datetime, ways: Sequence[str]) -> int:
    """Sync, dying in one of ``ways`` by turns after one or two new pages, until a whole run comes through.

    How often it died: once for nearly every page there is.
    """
    died = 0
    while True:
        how = ways[died % len(ways)]
        mirror = Mortal(path, how, 1 if how == "after" else 2)
        try:
            sync(make(), mirror, now)
        except Killed:
            died += 1
        else:
            return died
        finally:
            mirror.close()


def shot(make: Callable[[], Connector], path: Path, system: System, times: int, seed: int = 1) -> int:
    """Sync in processes of their own and kill each with SIGKILL soon after one of its requests, until so many
    were hit: how many lives that took.

    The shot falls while an answer is awaited, read, or kept; nothing in the process learns of it.
    """
    random, context = Random(seed), get_context("fork")  # noqa: S311 - where shots fall
    hit = lived = 0
    while hit < times and lived < 4 * times:
        child = context.Process(target=_run, args=(make, path, system.now()), daemon=True)
        aim = system.requests + random.randrange(2, 22)
        system.fault = _trigger(child, aim, random.uniform(0, 0.03))
        child.start()
        child.join(60)
        lived += 1
        hit += child.exitcode == -SIGKILL
    system.fault = lambda _: None
    assert hit == times
    return lived


def _trigger(child: Any, aim: int, delay: float) -> Callable[[int], str | None]:
    def pull(number: int) -> str | None:
        if number == aim:
            Timer(delay, child.kill).start()
        return None

    return pull


def _run(make: Callable[[], Connector], path: Path, now: datetime) -> None:
    sync(make(), Mirror(path), now)
