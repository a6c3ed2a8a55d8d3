"""Which workspace does a command speak of?"""

from __future__ import annotations

import os
from pathlib import Path

from smarketing.jobs.workspace import Workspace

VARIABLE = "SMARKETING_HOME"


def workspace(home: Path | None) -> Workspace:
    """The workspace named by the option, by ``SMARKETING_HOME``, or the current folder."""
    return Workspace(home or Path(os.environ.get(VARIABLE) or Path.cwd()))
