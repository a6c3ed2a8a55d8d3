"""The demo company «Игроград»: facts made up with causes planted in them, loaded like anybody's files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from smarketing.facts.language import Text
from smarketing.jobs.demo.generate import CLOSING, SEED, TODAY, demo_company, generate
from smarketing.jobs.demo.planning import keep_earlier, type_plan
from smarketing.jobs.demo.truths import TRUTHS, Truth
from smarketing.jobs.demo.write import write
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace

__all__ = ["SEED", "TODAY", "TRUTHS", "Truth", "demo_company", "generate", "make_demo", "write"]


def make_demo(workspace_root: Path, progress: Callable[[Text], None] | None = None) -> None:
    """A workspace with the demo company, its facts loaded from files and a few rows in quarantine, its plan typed.

    The load is dated on the evening of the demo's own today: nothing depends on the clock of the machine.
    """
    company = demo_company()
    workspace = Workspace.init(workspace_root, company)
    today = datetime.combine(TODAY, CLOSING, company.tz)
    with tempfile.TemporaryDirectory(prefix="smarketing-demo-") as folder:
        write(Path(folder))
        keep_earlier(Path(folder))
        load(workspace, [Path(folder)], known_until=today, now=today, progress=progress)
    type_plan(workspace)
