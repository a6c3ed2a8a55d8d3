"""How are measured seconds told? As ratios, each with the seconds it stands for; nothing is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, get_args

from smarketing.jobs.bench.questions import THREE
from smarketing.jobs.bench.timing import Step

# How many times slower than us: (step, prefix of its question, heading).
_PEERS = (
    ("duckdb", "", "DuckDB, raw files"),
    ("polars", "", "polars, raw"),
    ("pandas", "", "pandas, raw"),
    ("postgres", "raw ", "PostgreSQL, raw"),
    ("postgres", "journey ", "PostgreSQL, journeys"),
    ("postgres", "asked ", "PostgreSQL, only the journeys' columns that are asked"),
)
# How many times slower than these we are.
_FLOORS = (("numpy", "", "numpy sum"), ("scan", "", "DuckDB scan"))
_VERDICTS = {
    "measurements": "by segment, then by segment and source",
    "judge": "by fifty cells of segment and source",
}
_NOTHING = "–"
CHECKED = ("our load", "sift")
By = Literal["clock", "processor"]


def ratio_table(results: Mapping[str, Step], disagreements: Mapping[str, str]) -> Iterator[str]:
    """Lines of Markdown: questions, then writing, then memory, then what did not run or did not agree."""
    yield from _questions(results, "clock")
    yield from _questions(results, "processor")
    yield from _verdicts(results)
    yield from _writing(results)
    yield from _memory(results)
    for name, step in results.items():
        if step.said:
            yield f"note, {name}: {step.said}"
        for question in (question for question, runs in step.runs.items() if runs == 0):
            yield f"note, {name}: no answer after {step.seconds[question]:.0f} s: {question}"
    yield from (f"DIFFERENT ROWS, {where}: {told}" for where, told in disagreements.items())
    if not disagreements:
        yield "All engines gave the same rows."


def _questions(results: Mapping[str, Step], by: By) -> Iterator[str]:
    """By the clock, or by what the processor did: on a machine with other work only this is the program's own."""
    heads = [f"by the {by}", "ours, s", "without the cache, s", "with figures and intervals, s"]
    heads += [f"ours to {head}" for *_, head in _FLOORS] + [f"{head} to ours" for *_, head in _PEERS]
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "| --- " * len(heads) + "|"
    for name in (*THREE, "page"):
        ours = _seconds(results, "ours", name, by)
        label = "page of twelve" if name == "page" else name
        cells = [_plain(ours), *(_plain(_seconds(results, step, name, by)) for step in ("files", "measurements"))]
        cells += [_ratio(ours, _seconds(results, step, prefix + name, by)) for step, prefix, _ in _FLOORS]
        cells += [_peer(results, step, prefix + name, by, ours) for step, prefix, _ in _PEERS]
        yield f"| {label} | " + " | ".join(cells) + " |"


def _verdicts(results: Mapping[str, Step]) -> Iterator[str]:
    yield ""
    yield "| verdict, every interval from 20,000 draws | seconds | of the processor, s |"
    yield "| --- | --- | --- |"
    for step, label in _VERDICTS.items():
        cells = " | ".join(_plain(_seconds(results, step, "verdict", by)) for by in get_args(By))
        yield f"| {label} | {cells} |"


def _writing(results: Mapping[str, Step]) -> Iterator[str]:
    bare, rebuilt = ("bare load", "load"), ("rebuild", "rebuild")
    lines: tuple[tuple[str, tuple[str, str], tuple[str, str] | None], ...] = (
        (
            "leads from CSV: every row checked, wrong ones in quarantine, to DuckDB reading and writing",
            CHECKED,
            bare,
        ),
        ("the same until the facts lie in the lake", ("our load", "facts"), bare),
        ("the same with each lead's journey", ("our load", "load"), bare),
        ("`--check` of the same file, which profiles every column", ("our check", "check"), bare),
        ("all facts into a new lake", ("lake", "lake"), None),
        ("the cache of the new lake, beside the pages", ("cache", "cache"), None),
        ("the newest hundredth of the leads changed, to a full rebuild", ("change", "change"), rebuilt),
        ("the cache after that", ("change cache", "cache"), None),
    )
    yield ""
    yield "| writing | seconds | ratio | of the processor, s | ratio |"
    yield "| --- " * 5 + "|"
    for label, what, other in lines:
        cells = []
        for by in get_args(By):
            took, compared = _seconds(results, *what, by), _seconds(results, *other, by) if other else None
            cells += [_plain(took), _ratio(took, compared)]
        yield f"| {label} | " + " | ".join(cells) + " |"


def growth_table(sizes: Sequence[int], results: Sequence[Mapping[str, Step]]) -> Iterator[str]:
    """How many times longer does the largest size take than the smallest? In one run, on one machine."""
    heads = ["growth", *(f"{size:,} leads, s" for size in sizes), f"{sizes[-1] / sizes[0]:g} times the leads take"]
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "| --- " * len(heads) + "|"
    for step, label in (("ours", ""), ("measurements", ", with figures and intervals")):
        for name in (*THREE, "page"):
            took = [_seconds(result, step, name) for result in results]
            if None not in took:
                told = [*map(_plain, took), _ratio(took[-1], took[0])]
                yield f"| {'page of twelve' if name == 'page' else name}{label} | " + " | ".join(told) + " |"


def _memory(results: Mapping[str, Step]) -> Iterator[str]:
    yield ""
    yield "| process | peak memory, MiB |"
    yield "| --- | --- |"
    for name, step in results.items():
        if step.peak:
            yield f"| {name} | {step.peak / 2**20:,.0f} |"


def _seconds(results: Mapping[str, Step], step: str, name: str, by: By = "clock") -> float | None:
    if step not in results:
        return None
    return (results[step].seconds if by == "clock" else results[step].cpu).get(name)


def _peer(results: Mapping[str, Step], step: str, name: str, by: By, ours: float | None) -> str:
    """How many times longer than we; at least so many, where the other one was stopped without an answer."""
    ratio = _ratio(_seconds(results, step, name, by), ours)
    return f"> {ratio}" if ratio != _NOTHING and results[step].runs.get(name) == 0 else ratio


def _plain(seconds: float | None) -> str:
    return _NOTHING if seconds is None else f"{seconds:.3f}"


def _ratio(top: float | None, bottom: float | None) -> str:
    if top is None or not bottom:
        return _NOTHING
    ratio = top / bottom
    return f"{ratio:.0f} ×" if ratio >= 20 else f"{ratio:.2g} ×" if ratio < 1 else f"{ratio:.1f} ×"
