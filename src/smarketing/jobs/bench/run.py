"""From sizes to a table of ratios: runs every step in a process of its own and puts the answers side by side."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from smarketing.jobs.bench.questions import PAGE, THREE
from smarketing.jobs.bench.steps import STEPS, THREADS
from smarketing.jobs.bench.table import growth_table, ratio_table
from smarketing.jobs.bench.timing import Step, differences

_WRITING = ("change", "change cache", "rebuild")  # last: they make other versions of the lake
ORDER = (*(name for name in STEPS if name not in _WRITING), "cells", "judge", "postgres", *_WRITING)
_PEERS = ("files", "duckdb", "pandas", "polars", "postgres raw", "postgres journey", "postgres asked")

Say = Callable[[str], None]


def bench(leads: Sequence[int], folder: Path | None = None, say: Say | None = None) -> None:
    """Measure each size and print its ratios. ``folder`` keeps the generated files, else they are thrown away."""
    tell = say or _print
    found: list[dict[str, Step]] = []
    for count in leads:
        with _folder(folder, count) as place:
            tell(f"\n{count:,} leads, {THREADS} threads, load average {os.getloadavg()[0]:.1f}")
            results = _measure(place, count, tell)
            found.append(results)
            for line in ratio_table(results, _disagreements(place)):
                tell(line)
    if len(found) > 1:
        for line in growth_table(leads, found):
            tell(line)


def _measure(place: Path, leads: int, tell: Say) -> dict[str, Step]:
    results: dict[str, Step] = {}
    for name in ORDER:
        results[name] = run_step(name, place, leads)
        took = ", ".join(f"{key} {value:.3f} s" for key, value in _shown(results[name].seconds).items())
        tell(f"  {name}: {took or results[name].said}")
    return results


def _shown(seconds: Mapping[str, float]) -> dict[str, float]:
    """Without the twelve tiles one by one."""
    return {name: value for name, value in seconds.items() if name.removeprefix("raw ") not in PAGE}


def run_step(name: str, place: Path, leads: int) -> Step:
    """One step in its own process; what went wrong is said, the benchmark goes on."""
    command = [sys.executable, "-m", "smarketing.jobs.bench", "--step", name, "--leads", str(leads)]
    threads = {"POLARS_MAX_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS)}
    done = subprocess.run(  # noqa: S603 (our own words)
        [*command, "--folder", str(place)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **threads},
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
        return Step(said=f"failed: {last[0]}")
    return _told(done.stdout)


def _told(printed: str) -> Step:
    """What a step found: the last line that it printed."""
    last = (printed.strip().splitlines() or [""])[-1]
    try:
        return Step(**json.loads(last))
    except (ValueError, TypeError):
        return Step(said=f"failed: {last[:200]!r} is no answer")


def _disagreements(place: Path) -> dict[str, str]:
    """Engine and question → difference from our answer."""
    return {
        f"{engine}, {question}": told
        for engine in _PEERS
        for question, told in differences(place, engine, "ours", (*THREE, *PAGE)).items()
    }


@contextmanager
def _folder(folder: Path | None, leads: int) -> Iterator[Path]:
    if folder is not None:
        kept = folder / str(leads)
        kept.mkdir(parents=True, exist_ok=True)
        _readable(kept)
        yield kept
        return
    made = Path(tempfile.mkdtemp(prefix="smarketing-bench-"))
    _readable(made)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _readable(folder: Path) -> None:
    """The database server runs as another user and reads our CSV files."""
    folder.chmod(0o755)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
