"""Who works now? One at a time; the lock goes with the process that held it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text

_PAUSE = 0.02


@contextmanager
def writing(root: Path, patience: float) -> Iterator[None]:
    """Hold the writer's lock of a lake; wait ``patience`` seconds for it, then raise :class:`WrongState`."""
    with holding(root / "writer.lock", patience) as held:
        if not held:
            raise WrongState(
                "lake-busy",
                Text(
                    f"В «{root.name}» уже идёт загрузка дольше {patience:g} с. Дождитесь её конца и повторите.",
                    f"Another load has been writing to “{root.name}” for over {patience:g} s. "
                    "Wait until it ends and try again.",
                ),
            )
        yield


@contextmanager
def holding(path: Path, patience: float) -> Iterator[bool]:
    """Hold a lock file; False where somebody else holds it for longer than ``patience`` seconds."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _wait(descriptor, patience)
    finally:
        os.close(descriptor)  # closing frees the lock, and so does being killed


def _wait(descriptor: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not _take(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
