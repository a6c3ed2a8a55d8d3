"""Who does the work that a page must not wait for, and who starts it when its time has come?

Work waits in a queue beside the facts (SQLite); a worker takes it. What is due is read from the connections
themselves once a minute, so that a worker that crashed, or a server that was off for a night, loses no schedule.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from typing import Any

from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from smarketing.facts.errors import SmarketingError
from smarketing.jobs.deciding import follow, is_due
from smarketing.jobs.sync import Wish, due, sync
from smarketing.jobs.uploading import LoadJob, do_load, forget_old, unfinished
from smarketing.jobs.workspace import Workspace

log = logging.getLogger("smarketing.work")
WORKERS = 2
PATIENCE = 10.0  # seconds that a stop waits for work to come to a place where it can be left
_ALIVE = timedelta(minutes=3)
_NIGHT = range(2, 6)  # local hours in which small files of the lake are joined
_UPKEEP_EVERY = timedelta(hours=20)


class Background:
    """The queue of one workspace. ``immediate``: work is done at once, inside the call; for tests.

    ``loaded`` hears what came of a load from the browser, so that the audit log can have it.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        immediate: bool = False,
        loaded: Callable[[LoadJob], None] | None = None,
    ) -> None:
        self._workspace = workspace
        self._loaded = loaded
        self.stopping = Event()
        self._queue = SqliteHuey(
            "smarketing", filename=str(workspace.queue_path), immediate=immediate, results=False, timeout=30
        )
        self._sync = self._queue.task(name="sync")(self._do_sync)
        self._load = self._queue.task(name="load")(self._do_load)
        self._follow = self._queue.task(name="follow")(self._do_follow)
        self._queue.periodic_task(crontab(minute="*"), name="tick")(self.tick)

    @property
    def queue(self) -> SqliteHuey:
        return self._queue

    def ask_sync(self, key: str, wish: Wish | None = None, who: str | None = None) -> None:
        """Run a connection as soon as a worker is free."""
        said = asdict(wish or Wish())
        said["since"] = said["since"].isoformat() if said["since"] else None
        self._sync(key, said, who)

    def ask_load(self, token: str) -> None:
        """Load an upload as soon as a worker is free."""
        self._load(token)

    def ask_follow(self) -> None:
        """Bring the figures up to what was said of clients and campaigns; asked ten times it is one build."""
        if all(task.name != "follow" for task in self._queue.pending()):
            self._follow()

    def is_asked(self, key: str) -> bool:
        """Whether a run of this connection waits for a free worker."""
        return key in self._waiting("sync")

    def tick(self) -> None:
        """Start what is due. Runs each minute; run twice it starts nothing twice."""
        now = datetime.now(UTC)
        self.beat()
        try:
            waiting = self._waiting("sync")
            for connection in due(self._workspace, now):
                if connection.key not in waiting:
                    self.ask_sync(connection.key)
            if is_due(self._workspace):
                self.ask_follow()
            self.upkeep(now)
        except SmarketingError as error:  # settings that a person has just broken: told on the pages
            log.warning("tick: %s", error.code)

    def recover(self) -> None:
        """Take up what a crash left undone."""
        self.beat()
        waiting = self._waiting("load")
        for job in unfinished(self._workspace):
            if job.token not in waiting:
                self.ask_load(job.token)
        with suppress(SmarketingError):  # settings that a person has just broken: told on the pages
            if is_due(self._workspace):
                self.ask_follow()

    def beat(self) -> None:
        """A worker is there."""
        (self._workspace.root / ".worker.beat").touch()

    def has_worker(self, now: datetime | None = None) -> bool:
        """Whether somebody has been at work within the last minutes."""
        try:
            stamp = (self._workspace.root / ".worker.beat").stat().st_mtime
        except OSError:
            return bool(self._queue.immediate)
        return (now or datetime.now(UTC)) - datetime.fromtimestamp(stamp, UTC) < _ALIVE

    def _waiting(self, name: str) -> set[str]:
        """The first argument of each job of this kind that waits in the queue."""
        return {str(task.args[0]) for task in self._queue.pending() if task.name == name}

    def _do_sync(self, key: str, wish: dict[str, Any], who: str | None) -> None:
        since = date.fromisoformat(wish["since"]) if wish["since"] else None
        try:
            sync(
                self._workspace,
                key,
                wish=Wish(since, wish["anew"], wish["sweep"]),
                who=who,
                stop=self.stopping.is_set,
            )
        except SmarketingError as error:  # running already, or removed since it was asked for
            log.info("%s: %s", key, error.code)

    def _do_load(self, token: str) -> None:
        do_load(self._workspace, token, self._loaded)

    def _do_follow(self) -> None:
        follow(self._workspace)

    def upkeep(self, now: datetime) -> None:
        """Once a night in the company's zone: join small files, let go of what nobody needs."""
        mark = self._workspace.root / ".upkeep.beat"
        company = self._workspace.company
        if now.astimezone(company.tz).hour not in _NIGHT:
            return
        if mark.exists() and now - datetime.fromtimestamp(mark.stat().st_mtime, UTC) < _UPKEEP_EVERY:
            return
        mark.touch()
        forget_old(self._workspace, now)
        self._workspace.lake.compact()
        self._workspace.lake.vacuum()


@contextmanager
def working(background: Background, workers: int = WORKERS) -> Iterator[None]:
    """A worker beside whatever stands inside; it stops with it, leaving long runs where they can go on."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    consumer = Consumer(background.queue, workers=workers, max_delay=1.0, check_worker_health=True)
    consumer._signal_actions = {}  # signals belong to the server around us
    background.recover()
    thread = Thread(target=consumer.run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        background.stopping.set()
        consumer.stop_flag.set()
        end = time.monotonic() + PATIENCE
        for one in (*(worker for _, worker in consumer.worker_threads), consumer.scheduler, thread):
            one.join(max(end - time.monotonic(), 0))
