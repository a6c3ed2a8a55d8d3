"""One run over a connected system, from end to end: pages into the mirror, facts into the lake, a record of it.

In order: walk every stream from where the last run stopped, look what was deleted there once a week, take what the
account says of the company, make facts of what changed, hand them to the lake, and only then note how far facts
were delivered. Killed between any two steps it is simply run again: a page lies in the mirror with its cursor, and
the same facts twice change nothing. Facts are made only when every stream was read to its end, so that no page
shows new leads without their stages. A good run is followed by what a person switched on to be written back.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from smarketing.connectors.outside.http import MASK, Traffic
from smarketing.connectors.outside.kinds import Connection, Counted
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Connector
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.jobs import delivery, quarantine, writing_back
from smarketing.jobs.connections import Connections
from smarketing.jobs.deciding import settle
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.standing import RUN_PATIENCE, Desk, Doing, Outcome, Run, Standing, Trouble, retry_in, running
from smarketing.jobs.walking import Stop, Stopped, Walk, ask_again, never
from smarketing.jobs.workspace import Workspace
from smarketing.lake.lock import holding

_LONG = 8  # letters: shorter parts of an address are words of its scheme
log = logging.getLogger("smarketing.sync")
Progress = Callable[[Text], None]
_OURS = Text(
    "Ошибка на нашей стороне ({name}). Данные целы; запись есть в журнале сервера.",
    "An error on our side ({name}). The data are safe; the server's log has a record of it.",
)


@dataclass(frozen=True)
class Wish:
    """What a person asks of a run beyond the usual.

    ``since``: read from this day again. ``anew``: read everything again and make all facts again.
    ``sweep``: look now what was deleted there.
    """

    since: date | None = None
    anew: bool = False
    sweep: bool = False


def sync(
    workspace: Workspace,
    key: str,
    *,
    wish: Wish | None = None,
    now: datetime | None = None,
    who: str | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Run:
    """Run one connection; how it ended stands in the record, also where the other side failed.

    Raises :class:`WrongState` where a run of this connection is under way already, :class:`WrongQuestion` for an
    unknown one.
    """
    connection = Connections(workspace).get(key)
    desk = Desk(workspace, key)
    desk.folder.mkdir(parents=True, exist_ok=True)
    with holding(desk.lock_path, RUN_PATIENCE) as held:
        if not held:
            raise running(connection.title)
        made = _Run(workspace, connection, desk, now or datetime.now(UTC), who, progress, stop)
        run = made.whole(wish or Wish())
    if run.outcome == "done":
        writing_back.after_sync(workspace, key, now or datetime.now(UTC), stop or never)
    return run


class _Run:
    """The state of one run on its way."""

    def __init__(
        self,
        workspace: Workspace,
        connection: Connection,
        desk: Desk,
        now: datetime,
        who: str | None,
        progress: Progress | None,
        stop: Stop | None,
    ) -> None:
        self._workspace, self._connection, self._desk = workspace, connection, desk
        self._now, self._who = now.astimezone(UTC), who
        self._kind = kind_of(connection.kind)
        self._tell, self._stop = progress, stop or never
        self._began = datetime.now(UTC)
        self._traffic = Traffic()
        self._walk: Walk | None = None
        self._delivered = delivery.Delivered()
        self._secrets: Callable[[], Iterable[str]] = tuple

    def whole(self, wish: Wish) -> Run:
        """The run, its record and what follows from it for the schedule."""
        outcome: Outcome = "done"
        trouble, after = None, None
        self._desk.hint_path.unlink(missing_ok=True)
        try:
            self._go(wish)
        except Stopped:
            outcome = "stopped"
        except SmarketingError as error:
            outcome = "lasting" if isinstance(error, LastingTrouble) else "passing"
            after = error.after if isinstance(error, PassingTrouble) else None
            trouble = Trouble(error.code, error.text)
            log.warning("%s: %s", self._connection.key, error.code)
        except Exception as error:
            outcome = "failed"
            trouble = Trouble("our-error", _OURS.fill(name=type(error).__name__))
            log.error("%s:\n%s", self._connection.key, self._masked(traceback.format_exc()))
        finally:
            self._desk.does(None)
        return self._noted(outcome, trouble, after)

    def _go(self, wish: Wish) -> None:
        account = Connections(self._workspace).account(self._connection.key)
        # A token renewed on the way is a secret as much as the one it came in place of.
        self._secrets = lambda: {*account.secrets.values(), *account.reread().values()}
        with _opened(self._kind.open(account)) as connector, closing(Mirror(self._desk.mirror_path)) as mirror:
            if isinstance(connector, Counted):
                self._traffic = connector.traffic
            self._say(Text("Соединяемся", "Connecting"))
            if wish.anew or wish.since is not None:
                ask_again(connector, mirror, None if wish.anew else wish.since)
            self._walk = Walk(connector, mirror, self._now, self._say, self._stop)
            self._walk.streams()
            self._walk.sweep(always=wish.sweep or wish.anew)
            self._deliver(connector, mirror, anew=wish.anew)
            if self._delivered.facts:
                settle(self._workspace, self._now)
            quarantine.store_refused(
                self._workspace, self._connection.key, self._connection.title, mirror.refused()
            )

    def _deliver(self, connector: Connector, mirror: Mirror, *, anew: bool) -> None:
        self._say(Text("Записываем факты", "Writing the facts"))
        self._delivered = delivery.deliver(
            self._workspace,
            self._connection,
            connector,
            mirror,
            now=self._now,
            known_until=self._known_until() if self._kind.tells_time else None,
            anew=anew,
            who=self._who,
        )

    def _known_until(self) -> datetime:
        """The start of the run by the other side's clock, which wrote the moments in the facts."""
        return self._now + timedelta(seconds=self._traffic.ahead or 0)

    def _say(self, text: Text, received: int = 0, expected: int | None = None) -> None:
        self._desk.does(Doing(self._began, text, received, expected))
        if self._tell is not None:
            self._tell(text)

    def _noted(self, outcome: Outcome, trouble: Trouble | None, after: float | None) -> Run:
        before = self._desk.standing
        standing = self._standing(before, outcome, trouble, after)
        walk, made = self._walk, self._delivered
        run = Run(
            id=f"{self._connection.key}-{self._began:%Y%m%dT%H%M%S%f}",
            connection=self._connection.key,
            started_at=self._now,
            ended_at=self._now + (datetime.now(UTC) - self._began),
            outcome=outcome,
            streams=dict(walk.kept) if walk else {},
            facts=dict(made.facts),
            version=made.version,
            known_until=made.known_until,
            requests=self._traffic.requests,
            retries=self._traffic.retries,
            refused_requests=self._traffic.refused,
            waited_seconds=round(self._traffic.waited, 1),
            findings=(*(walk.findings if walk else ()), *made.findings),
            trouble=trouble,
            again_at=None if outcome == "lasting" else standing.next_at,
            who=self._who,
        )
        self._desk.ran(run)
        self._desk.stands(standing)
        return run

    def _standing(
        self, before: Standing, outcome: Outcome, trouble: Trouble | None, after: float | None
    ) -> Standing:
        schedule = timedelta(minutes=self._connection.minutes)
        if outcome == "done":
            return Standing(
                next_at=self._now + schedule,
                last_at=self._now,
                good_at=self._known_until(),
                waiting=self._delivered.waiting,
            )
        if outcome == "stopped":  # goes on at the next start of the server
            return replace(before, next_at=self._now, last_at=self._now)
        failures = before.failures + 1
        return replace(
            before,
            next_at=self._now + retry_in(failures, schedule, after),
            last_at=self._now,
            failures=failures,
            needs_person=outcome == "lasting",
            trouble=trouble,
        )

    def _masked(self, text: str) -> str:
        parts = {part for secret in self._secrets() if secret for part in _parts(secret)}
        for part in sorted(parts, key=len, reverse=True):
            text = text.replace(part, MASK)
        return text


def _parts(secret: str) -> tuple[str, ...]:
    """A secret and, where it is an address, its long parts: one of them is the key."""
    return (secret, *(part for part in secret.split("/") if "/" in secret and len(part) >= _LONG))


def resume(workspace: Workspace, key: str) -> Connection:
    """A person has done what was asked: the schedule goes on at once."""
    connections, desk = Connections(workspace), Desk(workspace, key)
    connection = connections.get(key)
    if connection.paused:
        connection = connections.pause(key, paused=False)
    desk.stands(replace(desk.standing, next_at=None, failures=0, needs_person=False))
    return connection


def due(workspace: Workspace, now: datetime) -> tuple[Connection, ...]:
    """Which connections are to be run now: by their schedule, or because the other side hinted at a change."""
    found = []
    for connection in Connections(workspace).all():
        desk = Desk(workspace, connection.key)
        standing = desk.standing
        hinted = desk.hint_path.exists() and not standing.needs_person and not standing.failures
        if not connection.paused and (hinted or standing.is_due(now)) and not desk.is_busy:
            found.append(connection)
    return tuple(found)


@contextmanager
def _opened(connector: Connector) -> Iterator[Connector]:
    try:
        yield connector
    finally:
        with suppress(Exception):  # closing must not hide how the run ended
            connector.close()
