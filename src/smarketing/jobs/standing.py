"""How does a connection stand: when is it asked next, what went wrong, what is it at, what did its runs bring?

Plain files in the connection's folder: a person can read them, and a crash of anything leaves them as they were.
What is true of this moment only begins with a dot, and no backup takes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar

from smarketing.connectors.outside.mirror import Kept
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.facts.stored import read_back
from smarketing.jobs.journal import Journal, append_line, as_json
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.lock import holding

_T = TypeVar("_T")
KEPT_RUNS = 1000
_TRIMMED_AT = 2 * KEPT_RUNS
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=1)
RUN_PATIENCE = 2.0  # seconds: a look whether somebody runs holds the lock for a moment

# done: everything was walked and the facts are in the lake. passing: tried again by itself. lasting: a person is
# needed. stopped: the server went down in the middle. failed: our own mistake.
Outcome = Literal["done", "passing", "lasting", "stopped", "failed"]


@dataclass(frozen=True)
class Finding:
    """Something a person should know of a run."""

    code: str
    text: Text
    red: bool = False


@dataclass(frozen=True)
class Trouble:
    """Why a run broke off, in words."""

    code: str
    text: Text


@dataclass(frozen=True)
class Run:
    """One run of one connection. ``streams``: what came; received = accepted + refused in each."""

    id: str
    connection: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    streams: Mapping[str, Kept] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)  # table → rows added or updated
    version: int | None = None  # of the lake; None when it was not reached
    known_until: datetime | None = None
    requests: int = 0
    retries: int = 0
    refused_requests: int = 0
    waited_seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    trouble: Trouble | None = None
    again_at: datetime | None = None
    who: str | None = None

    @property
    def kept(self) -> Kept:
        return sum(self.streams.values(), Kept())

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, but records were refused or a finding is red, or it is tried again; 2 no way on."""
        if self.outcome in ("lasting", "failed"):
            return 2
        red = any(finding.red for finding in self.findings)
        return int(self.outcome != "done" or red or bool(self.kept.refused))


@dataclass(frozen=True)
class Standing:
    """What is known between the runs. ``good_at``: the newest moment up to which everything was read.

    ``needs_person``: lasting trouble stopped the schedule until somebody resumes it.
    """

    next_at: datetime | None = None
    last_at: datetime | None = None
    good_at: datetime | None = None
    failures: int = 0
    needs_person: bool = False
    trouble: Trouble | None = None
    waiting: int = 0  # records that were refused and not mended since

    def is_due(self, now: datetime) -> bool:
        return not self.needs_person and (self.next_at is None or self.next_at <= now)


@dataclass(frozen=True)
class Doing:
    """What a run is at, for whoever looks."""

    started_at: datetime
    text: Text
    received: int = 0
    expected: int | None = None


class Desk:
    """The files of one connection."""

    def __init__(self, workspace: Workspace, connection: str) -> None:
        self.folder = workspace.connection_folder(connection)

    @property
    def mirror_path(self) -> Path:
        return self.folder / "mirror.sqlite3"

    @property
    def lock_path(self) -> Path:
        return self.folder / ".run.lock"

    @property
    def hint_path(self) -> Path:
        """Stands there when the other side said that something has changed."""
        return self.folder / ".changed"

    @property
    def standing(self) -> Standing:
        """As it was last written down; a fresh one where nothing or nonsense is."""
        return _read(Standing, self.folder / "standing.json") or Standing()

    def stands(self, standing: Standing) -> None:
        write_whole(self.folder / "standing.json", as_json(standing))

    @property
    def doing(self) -> Doing | None:
        """What the run of this moment is at; None where nobody runs."""
        said = _read(Doing, self.folder / ".doing.json")
        return said if said is not None and self.is_busy else None

    def does(self, doing: Doing | None) -> None:
        if doing is None:
            (self.folder / ".doing.json").unlink(missing_ok=True)
        else:
            write_whole(self.folder / ".doing.json", as_json(doing))

    @property
    def is_busy(self) -> bool:
        if not self.lock_path.exists():
            return False
        with holding(self.lock_path, 0) as free:
            return not free

    def runs(self, newest: int = KEPT_RUNS) -> tuple[Run, ...]:
        """The newest first; one written by another version of the product is left out."""
        records = Journal(self.folder / "runs.jsonl").records(newest)
        found = [read_back(Run, record) for record in reversed(records)]
        return tuple(run for run in found if run is not None)

    def ran(self, run: Run) -> None:
        """Note a run; of very many the newest are kept."""
        path = self.folder / "runs.jsonl"
        append_line(path, json.loads(as_json(run)))
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) >= _TRIMMED_AT:
            write_whole(path, "\n".join(lines[-KEPT_RUNS:]) + "\n")

    def hint(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hint_path.touch()


def retry_in(failures: int, schedule: timedelta, after: float | None) -> timedelta:
    """How long to wait after so many failures: longer each time, never longer than the schedule or an hour.

    What the other side asked for (``after`` seconds) is kept in any case.
    """
    doubled: timedelta = FIRST_RETRY * (1 << min(failures - 1, 10))
    return max(min(doubled, schedule, LONGEST_RETRY), timedelta(seconds=after or 0))


def running(title: str) -> WrongState:
    """A run of this connection is under way."""
    return WrongState(
        "sync-running",
        Text(
            f"Подключение «{title}» сейчас загружается. Дождитесь конца этой загрузки.",
            f"“{title}” is being loaded. Wait until that run ends.",
        ),
    )


def _read(kind: type[_T], path: Path) -> _T | None:
    try:
        return read_back(kind, path.read_text(encoding="utf-8"))
    except OSError:
        return None
