"""How are measured seconds told? As ratios, each with the seconds it stands for; nothing is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from smarketing.jobs.bench.questions import THREE
from smarketing.jobs.bench.timing import Step

# How many times slower than us: (step, prefix of its question, heading).
_PEERS = (
    ("duckdb", "", "DuckDB, raw files"),
    ("polars", "", "polars, raw"),
    ("pandas", "", "pandas, raw"),
    ("postgres", "raw ", "PostgreSQL, raw"),
    ("postgres", "journey ", "PostgreSQL, journeys"),
)
# How many times slower than these we are.
_FLOORS = (("numpy", "", "numpy sum"), ("scan", "", "DuckDB scan"))
_NOTHING = "–"


def ratio_table(results: Mapping[str, Step], disagreements: Mapping[str, str]) -> Iterator[str]:
    """Lines of Markdown: questions, then writing, then memory, then what did not run or did not agree."""
    yield from _questions(results)
    yield from _verdicts(results)
    yield from _writing(results)
    yield from _memory(results)
    for name, step in results.items():
        if step.said:
            yield f"note, {name}: {step.said}"
    yield from (f"DIFFERENT ROWS, {where}: {told}" for where, told in disagreements.items())
    if not disagreements:
        yield "All engines gave the same rows."


def _questions(results: Mapping[str, Step]) -> Iterator[str]:
    heads = ["question", "ours, s", "without the cache, s", "with figures and intervals, s"]
    heads += [f"ours to {head}" for *_, head in _FLOORS] + [f"{head} to ours" for *_, head in _PEERS]
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "| --- " * len(heads) + "|"
    for name in (*THREE, "page"):
        ours = _seconds(results, "ours", name)
        label = "page of twelve" if name == "page" else name
        cells = [_plain(ours), *(_plain(_seconds(results, step, name)) for step in ("files", "measurements"))]
        cells += [_ratio(ours, _seconds(results, step, prefix + name)) for step, prefix, _ in _FLOORS]
        cells += [_ratio(_seconds(results, step, prefix + name), ours) for step, prefix, _ in _PEERS]
        yield f"| {label} | " + " | ".join(cells) + " |"


def _verdicts(results: Mapping[str, Step]) -> Iterator[str]:
    yield ""
    yield "| verdict, every interval from 20,000 draws | seconds |"
    yield "| --- | --- |"
    yield f"| by segment, then by segment and source | {_plain(_seconds(results, 'measurements', 'verdict'))} |"
    yield f"| by fifty cells of segment and source | {_plain(_seconds(results, 'judge', 'verdict'))} |"


def _writing(results: Mapping[str, Step]) -> Iterator[str]:
    bare, rebuilt = _seconds(results, "bare load", "load"), _seconds(results, "rebuild", "rebuild")
    checked, loaded = _seconds(results, "our load", "check"), _seconds(results, "our load", "load")
    changed = _seconds(results, "change", "change")
    yield ""
    yield "| writing | seconds | ratio |"
    yield "| --- | --- | --- |"
    lines = (
        ("leads from CSV, every row checked, to DuckDB reading and writing", checked, bare),
        ("the same with versions and journeys", loaded, bare),
        ("all facts into a new lake", _seconds(results, "lake", "lake"), None),
        ("the cache of the new lake, beside the pages", _seconds(results, "cache", "cache"), None),
        ("the newest hundredth of the leads changed, to a full rebuild", changed, rebuilt),
        ("the cache after that", _seconds(results, "change cache", "cache"), None),
    )
    yield from (f"| {label} | {_plain(took)} | {_ratio(took, other)} |" for label, took, other in lines)


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


def _seconds(results: Mapping[str, Step], step: str, name: str) -> float | None:
    return results[step].seconds.get(name) if step in results else None


def _plain(seconds: float | None) -> str:
    return _NOTHING if seconds is None else f"{seconds:.3f}"


def _ratio(top: float | None, bottom: float | None) -> str:
    if top is None or not bottom:
        return _NOTHING
    ratio = top / bottom
    return f"{ratio:.0f} ×" if ratio >= 20 else f"{ratio:.2g} ×" if ratio < 1 else f"{ratio:.1f} ×"
