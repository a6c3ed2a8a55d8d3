"""Is the lake whole after its writer was killed anywhere? And does the next load make good what was cut off?"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pytest

from smarketing.lake.store import Lake
from tests.lake.nursery import CACHE
from tests.lake.story import STEPS, load_step, state

KILLS = 100
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills and forks as POSIX knows them")


class Nursery:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders: IO[str] = process.stdin
        self._answers: IO[str] = process.stdout

    def load(self, root: Path, step: int | str, kill_after: float | None) -> bool:
        """Load one step, or make the cache, in a child; True when it was killed before it ended by itself."""
        self._orders.write(f"{root} {step} {'-' if kill_after is None else kill_after}\n")
        self._orders.flush()
        status = int(self._answers.readline())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0
        return killed


@contextmanager
def nursery() -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.lake.nursery"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Nursery(process)
    finally:
        process.stdin.close()  # type: ignore[union-attr]
        process.wait(timeout=30)
        process.stdout.close()  # type: ignore[union-attr]


def put_back(before: Path, root: Path) -> Lake:
    """The lake as it was before the step."""
    shutil.rmtree(root)
    if before.exists():
        shutil.copytree(before, root)
    return Lake(root, threads=1)


def test_lake_is_whole_after_a_hundred_kills_and_every_cut_load_completes(tmp_path: Path) -> None:
    chance = random.Random(2026)  # noqa: S311
    root, whole = tmp_path / "killed", Lake(tmp_path / "whole", threads=1)
    lake = Lake(root, threads=1)
    states: dict[int, dict[str, pa.Table]] = {}
    kills = 0
    with nursery() as forks:
        for step in range(STEPS):
            started = time.monotonic()
            load_step(whole, step)
            usual = time.monotonic() - started
            states[step + 1] = state(whole)
            before = tmp_path / f"before-{step}"
            if root.exists():
                shutil.copytree(root, before)
            while kills < KILLS * (step + 1) / STEPS:
                if len(lake.versions()) > step:  # it was faster than the kill, or was killed when all was done
                    lake = put_back(before, root)
                    usual *= 0.9
                kills += forks.load(root, step, kill_after=chance.uniform(0, usual))
                for made in lake.versions()[-1:]:
                    assert made.number in (step, step + 1)
                    assert state(lake) == states[made.number]
            forks.load(root, step, kill_after=None)
            assert lake.versions()[-1].number == step + 1
            assert state(lake) == states[step + 1]
    assert {version: state(lake, version) for version in states} == states


def test_reader_never_reads_a_cache_whose_maker_was_killed(tmp_path: Path) -> None:
    chance = random.Random(2027)  # noqa: S311
    root, whole = tmp_path / "killed", Lake(tmp_path / "whole", threads=1)
    lake = Lake(root, threads=1)
    kills = 0
    with nursery() as forks:
        for step in range(STEPS):
            load_step(whole, step)
            started = time.monotonic()
            whole.make_cache()
            usual = time.monotonic() - started
            load_step(lake, step)
            while kills < 2 * (step + 1):
                killed = forks.load(root, CACHE, kill_after=chance.uniform(0, usual))
                assert state(lake) == state(whole)
                if not killed:  # a made one is not made again
                    (root / "cache" / f"cache-{step + 1}.duckdb").unlink()
                kills, usual = kills + killed, usual if killed else 0.9 * usual
            forks.load(root, CACHE, kill_after=None)
            assert sorted(path.name for path in (root / "cache").iterdir()) == [
                f"cache-{step + 1}.duckdb",
                "writer.lock",
            ]
            assert state(lake) == state(whole)
