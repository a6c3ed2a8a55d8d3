"""Which workspace do the pages speak of, and who does the work that they must not wait for?"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from smarketing.facts.company import Company
from smarketing.jobs.background import Background
from smarketing.jobs.deciding import follow
from smarketing.jobs.workspace import Workspace
from smarketing.web.planning.loaded import note_load


def workspace() -> Workspace:
    return Workspace(Path(settings.WORKSPACE))


def company() -> Company:
    """The settings, or those of nobody where the workspace is still empty."""
    here = workspace()
    return here.company if here.company_path.exists() else Company()


def background() -> Background:
    """The queue of the workspace; one for the process."""
    return _background(Path(settings.WORKSPACE), bool(settings.WORK_IMMEDIATELY))


def follow_what_was_said() -> None:
    """Figures follow a word that was kept: beside the pages, or now where no worker runs."""
    if background().has_worker():
        background().ask_follow()
    else:
        follow(workspace())


@lru_cache(maxsize=4)
def _background(root: Path, immediate: bool) -> Background:
    return Background(Workspace(root), immediate=immediate, loaded=note_load)
