"""A load that a page asked for, done beside the pages: how far is it, and what came of it?

The files lie in a folder under ``uploads``; a small file beside it says how the job stands, so that pages can look
and a crash loses nothing: what was not finished is done again.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from smarketing.connectors.files.gathering import Count
from smarketing.connectors.files.totals import Totals
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.facts.stored import read_back
from smarketing.jobs.journal import as_json
from smarketing.jobs.load import load
from smarketing.jobs.standing import Finding, Trouble
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.lock import holding

log = logging.getLogger("smarketing.load")
TOKEN = re.compile(r"[0-9a-f]{16}\Z")
REMEMBERED = timedelta(days=7)
_WAITING = Text("Ждём очереди", "Waiting for its turn")
_OURS = Text(
    "Ошибка на нашей стороне. Данные целы; запись есть в журнале сервера.",
    "An error on our side. The data are safe; the server's log has a record of it.",
)


@dataclass(frozen=True)
class LoadJob:
    """One load from the browser. ``counts``, ``totals`` and ``findings`` are there when it is done."""

    token: str
    asked_at: datetime
    who: str | None = None
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    text: Text = _WAITING
    version: int | None = None
    unchanged: bool = False
    plans: Mapping[str, int] = field(default_factory=dict)  # new versions of plans, by month
    counts: Mapping[str, Count] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    findings: tuple[Finding, ...] = ()
    quarantined: int = 0
    trouble: Trouble | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")


def ask_load(workspace: Workspace, token: str, who: str | None, now: datetime | None = None) -> LoadJob:
    """Note that the files of an upload are to be loaded; asked twice it is one job."""
    known = load_job(workspace, token)
    if known is not None and known.state != "failed":
        return known
    job = LoadJob(token, now or datetime.now(UTC), who)
    _keep(workspace, job)
    return job


def load_job(workspace: Workspace, token: str) -> LoadJob | None:
    """How the job stands; None where nobody asked for it."""
    if not TOKEN.match(token):
        return None
    try:
        return read_back(LoadJob, _path(workspace, token).read_text(encoding="utf-8"))
    except OSError:
        return None


def unfinished(workspace: Workspace) -> Iterator[LoadJob]:
    """Jobs that were asked for and are not over: after a crash they are done again."""
    for path in sorted(workspace.uploads_path.glob("*.json")):
        job = load_job(workspace, path.stem)
        if job is not None and not job.is_over:
            yield job


def do_load(workspace: Workspace, token: str, tell: Callable[[LoadJob], None] | None = None) -> LoadJob | None:
    """Load the files of a job and write down what came of it; one that is over or under way is left alone.

    ``tell`` hears once what came of it, before anybody else does.
    """
    folder = workspace.uploads_path / token
    with holding(workspace.uploads_path / f".{token}.lock", 0) as held:
        job = load_job(workspace, token)
        if not held or job is None or job.is_over:
            return job
        job = _done(workspace, replace(job, state="running"), folder)
        if tell is not None:
            tell(job)
        _keep(workspace, job)
    if job.state == "done":
        shutil.rmtree(folder, ignore_errors=True)
    return job


def forget_old(workspace: Workspace, now: datetime) -> None:
    """Let go of jobs that ended long ago, with the files of those that failed."""
    for path in workspace.uploads_path.glob("*.json"):
        job = load_job(workspace, path.stem)
        if job is not None and job.is_over and now - job.asked_at > REMEMBERED:
            shutil.rmtree(workspace.uploads_path / job.token, ignore_errors=True)
            (workspace.uploads_path / f".{job.token}.lock").unlink(missing_ok=True)
            path.unlink(missing_ok=True)


def _done(workspace: Workspace, job: LoadJob, folder: Path) -> LoadJob:
    def tell(text: Text) -> None:
        _keep(workspace, replace(job, text=text))

    tell(Text("Читаем файлы", "Reading the files"))
    try:
        report = load(workspace, sorted(folder.iterdir()), who=job.who, progress=tell)
    except SmarketingError as error:
        return replace(job, state="failed", trouble=Trouble(error.code, error.text))
    except Exception:
        log.exception("load of %s", job.token)
        return replace(job, state="failed", trouble=Trouble("our-error", _OURS))
    return replace(
        job,
        state="done",
        version=report.version,
        unchanged=report.unchanged,
        plans={str(month): version for month, version in report.plans.items()},
        counts=dict(report.counts),
        totals=report.totals,
        findings=tuple(Finding(one.code, one.text, one.red) for one in report.findings),
        quarantined=len(report.quarantined),
    )


def _keep(workspace: Workspace, job: LoadJob) -> None:
    write_whole(_path(workspace, job.token), as_json(job))


def _path(workspace: Workspace, token: str) -> Path:
    return workspace.uploads_path / f"{token}.json"
