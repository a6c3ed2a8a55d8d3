"""Would what a version names still be there after a loss of power?

Parquet files and the log entries of Delta are written through the memory of the system. A manifest that outlived
them would name files that are empty, so what a version adds is written through to the disk before it is named.
What earlier versions named was written through when they were published and is not touched again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_AT_ONCE = 8  # a disk takes several files in one turn: waiting for one after the other is several times slower


def write_through(files: Iterable[Path]) -> None:
    """Make files, and their names in their folders, last through a loss of power."""
    listed = list(files)
    with ThreadPoolExecutor(_AT_ONCE) as several:
        list(several.map(_sync_file, listed))
        list(several.map(sync_folder, {file.parent for file in listed}))


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a loss of power."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and the rename is already written through
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:  # Windows writes through only what is open for writing
        os.fsync(file.fileno())
