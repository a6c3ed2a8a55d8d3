"""From which version of the facts is this page made? One reader per version, shared between threads.

Answers are kept beside the reader of their version: a new version begins with an empty shelf and nothing has to be
thrown away by hand.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import TypeVar, cast

from django.conf import settings

from smarketing.analyses.question import Question
from smarketing.facts.company import Company, read_company
from smarketing.facts.errors import SmarketingError, WrongState
from smarketing.facts.language import Text
from smarketing.facts.query import Reader
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import EngineError, Lake

_T = TypeVar("_T")
SHELF = 512
WORTH = 10_000  # fewer leads are answered from Parquet before anybody notices
log = logging.getLogger("smarketing.web")
_open: dict[Path, tuple[int, Facts]] = {}
_opening = Lock()


class Facts:
    """One version's reader and the answers already given from it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._answers: OrderedDict[tuple[str, str], object] = OrderedDict()
        self._lock = Lock()

    def answer(self, what: str, question: Question | str, make: Callable[[], _T]) -> _T:
        """The answer to a question about this version, computed once; errors are not kept."""
        key = (what, repr(question))
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast(_T, self._answers[key])
        found = make()
        with self._lock:
            self._answers[key] = found
            while len(self._answers) > SHELF:
                self._answers.popitem(last=False)
        return found


class NoFacts(WrongState):
    """Nothing has been loaded yet: a page says what to do first."""

    def __init__(self) -> None:
        super().__init__("no-facts", Text("Данных пока нет.", "There are no data yet."))


def newest() -> Facts:
    """The newest version of the workspace; raises :class:`NoFacts` where nothing is loaded.

    A look at one file says whether the version in hand is still the newest. The engine of an older version is let
    go, not closed: a page of another thread may be in the middle of a question.
    """
    workspace = Workspace(Path(settings.WORKSPACE))
    stamp = _stamp(workspace.lake_path / "current.json")
    if stamp is None:
        raise NoFacts
    with _opening:
        found = _open.get(workspace.root)
        if found is None or found[0] != stamp:
            found = (stamp, Facts(workspace.lake.open()))
            _open[workspace.root] = found
            Thread(target=quicken, args=(workspace, found[1]), name="quicken", daemon=True).start()
        return found[1]


def at_end_of(day: date) -> Facts:
    """The facts as they were known when a day of the company's zone ended; raises what the lake raises of none."""
    workspace = Workspace(Path(settings.WORKSPACE))
    moment = datetime.combine(day + timedelta(days=1), time(), workspace.company.tz)
    return Facts(workspace.lake.open(as_of=moment - timedelta(microseconds=1)))


def quicken(workspace: Workspace, facts: Facts, beyond: int = WORTH) -> None:
    """Beside the pages: make the cache of the newest version, if it has enough leads, and let them read from it.

    On one thread, so that the pages keep the rest of the machine. Nothing hangs on it: without a cache everything
    is only slower.
    """
    try:
        if Lake(workspace.lake_path, threads=1).make_cache(beyond=beyond) is not None:
            facts.reader = workspace.lake.open(facts.reader.version)
    except (SmarketingError, EngineError, OSError) as error:
        log.warning("the cache of version %s was not made: %s", facts.reader.version, error)


def company() -> Company | None:
    """The company of the workspace; None where nothing is set up yet."""
    path = Workspace(Path(settings.WORKSPACE)).company_path
    changed = _stamp(path)
    try:
        return None if changed is None else _company(path, changed)
    except SmarketingError:
        return None


@lru_cache(maxsize=8)
def _company(path: Path, _changed: int) -> Company:
    return read_company(path)


def _stamp(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
