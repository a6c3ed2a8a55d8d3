"""A process that has everything imported and forks a child for each load, so that a child can be killed cheaply.

Reads lines of ``root step delay``, where step may be ``cache``; kills the child after ``delay`` seconds («-»:
never) and answers with its wait status. The child is killed before it is waited for, so its number cannot belong
to anybody else by then.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from smarketing.lake.store import Lake
from tests.lake.story import SETTINGS, load_step

CACHE = "cache"


def main() -> None:
    for line in sys.stdin:
        root, step, delay = line.rsplit(maxsplit=2)
        child = os.fork()
        if child == 0:
            lake = Lake(Path(root), threads=1)
            if step == CACHE:
                lake.make_cache()
            else:
                load_step(lake, int(step))
            os._exit(0)
        if delay != "-":
            time.sleep(float(delay))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(status, flush=True)  # noqa: T201


if __name__ == "__main__":
    assert SETTINGS.stages
    main()
