"""How long did it take, how much memory was there, and what came out? The same for every engine."""

from __future__ import annotations

import json
import math
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[Any]]
RUNS = 5
PATIENCE = 30.0  # seconds after which a question is not asked again


@dataclass(frozen=True)
class Step:
    """What one process measured: seconds by name, by the clock and of the processor, peak memory in bytes."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    cpu: Mapping[str, float] = field(default_factory=dict)  # of all threads together
    runs: Mapping[str, int] = field(default_factory=dict)  # 0: stopped after these seconds, without an answer
    peak: int = 0
    said: str = ""

    def to_json(self) -> str:
        return json.dumps(vars(self))


@dataclass(frozen=True)
class Took:
    """One run: by the clock, and of the processor, which does not count the time that other programs had it."""

    seconds: float
    cpu: float
    answered: bool = True  # no: stopped after these seconds


def once(work: Callable[[], object], processor: Callable[[], float] = time.process_time) -> Took:
    start, start_cpu = time.perf_counter(), processor()
    work()
    return Took(time.perf_counter() - start, processor() - start_cpu)


def repeated(work: Callable[[], object], runs: int = RUNS) -> tuple[Took, int]:
    """The medians of the runs and their number: fewer where one alone takes very long."""
    found: list[Took] = []
    while len(found) < runs and sum(run.seconds for run in found) < PATIENCE:
        found.append(once(work))
    return middle(found), len(found)


def middle(found: Sequence[Took]) -> Took:
    """The medians, each by itself."""
    return Took(statistics.median(run.seconds for run in found), statistics.median(run.cpu for run in found))


class Watch:
    """What a step takes, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self.runs: dict[str, int] = {}

    def once(self, name: str, work: Callable[[], object]) -> None:
        self.note(name, once(work), 1)

    def repeated(self, name: str, work: Callable[[], object], runs: int = RUNS) -> None:
        self.note(name, *repeated(work, runs))

    def note(self, name: str, took: Took, runs: int) -> None:
        self.seconds[name], self.cpu[name], self.runs[name] = took.seconds, took.cpu, runs

    def add(self, name: str, parts: Iterable[str]) -> None:
        """A name for the sum of others; it has no answer where one of them has none."""
        listed = list(parts)
        for table in (self.seconds, self.cpu):
            table[name] = sum(table[part] for part in listed)
        self.runs[name] = min(self.runs[part] for part in listed)

    def step(self, said: str = "") -> Step:
        return Step(self.seconds, self.cpu, self.runs, peak_memory(), said)


def peak_memory() -> int:
    """Bytes this process held at most."""
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def keep_rows(folder: Path, engine: str, question: str, rows: Rows) -> None:
    """Leave an engine's answer for the comparison; rows in a fixed order whatever the engine's was."""
    plain = sorted(([_plain(value) for value in row] for row in rows), key=_order)
    path = folder / "answers" / f"{engine}--{question.replace(' ', '-')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain), encoding="utf-8")


def differences(folder: Path, engine: str, other: str, questions: Iterable[str]) -> dict[str, str]:
    """Question → what differs between the answers of two engines; empty when all agree to 1e-6."""
    found = {}
    for question in questions:
        name = question.replace(" ", "-")
        one, two = (folder / "answers" / f"{who}--{name}.json" for who in (engine, other))
        if one.exists() and two.exists():
            told = compare(json.loads(one.read_text("utf-8")), json.loads(two.read_text("utf-8")))
            if told:
                found[question] = told
    return found


def compare(one: Rows, two: Rows) -> str:
    """The first difference in words, or nothing."""
    if len(one) != len(two):
        return f"{len(one)} rows against {len(two)}"
    for number, (left, right) in enumerate(zip(one, two, strict=True)):
        if len(left) != len(right) or not all(map(_same, left, right)):
            return f"row {number}: {list(left)} against {list(right)}"
    return ""


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-6)
    return bool(left == right)


def _plain(value: Any) -> Any:
    """Numbers as numbers whatever an engine hands over, texts as texts, nothing as None."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str):
        return _number(value)
    return value.item() if hasattr(value, "item") else value


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _order(row: Sequence[Any]) -> tuple[tuple[bool, bool, Any], ...]:
    return tuple((value is None, isinstance(value, str), 0 if value is None else value) for value in row[:3])
