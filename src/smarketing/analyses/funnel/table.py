"""The funnel as rows of figures: the same for the terminal, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from smarketing.analyses.funnel.kinds import Counts, Key, Kind, Part, Step, StepName, Totals
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import share
from smarketing.facts.company import Zone
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Figure, NoValue, Row, Unit

STAGE_METRICS = (
    "stage_reached",
    "stage_skipped",
    "stage_conversion",
    "stage_from_first",
    "stage_lost",
    "stage_open",
    "stage_median_seconds",
    "stage_p90_seconds",
)
MILESTONE_METRICS = (
    "stage_reached",
    "stage_outside",
    "stage_conversion",
    "stage_from_first",
    "stage_lost",
    "stage_open",
)
_TOTAL_METRICS = ("lead_returns", "lead_reopenings")


@dataclass(frozen=True)
class Answer:
    """What was asked, what came, and the texts of the questions."""

    question: Question
    kind: Kind
    notes: tuple[Note, ...]
    asked: tuple[str, ...]


def steps_of(names: Sequence[StepName], counts: Sequence[Counts], clock: Clock) -> tuple[Step, ...]:
    """Steps with their conversions from the one before and from the first."""
    interval: Literal["wilson", None] = "wilson" if clock is Clock.COHORT else None
    made, before = [], None
    for name, count in zip(names, counts, strict=True):
        conversion = None
        if before is not None:
            conversion = share("stage_conversion", count.reached, before.reached, name.zone, interval=interval)
        first = share("stage_from_first", count.reached, counts[0].reached, name.zone, interval=interval)
        median = _seconds("stage_median_seconds", name, count.median_seconds, count)
        p90 = _seconds("stage_p90_seconds", name, count.p90_seconds, count)
        made.append(Step(name, count, conversion, first, median, p90))
        before = count
    return tuple(made)


def with_ripeness(steps: Sequence[Step], ripe: float | None) -> tuple[Step, ...]:
    """The same steps, their shares saying how ripe the cohort is."""
    return tuple(
        replace(
            step,
            conversion=step.conversion and replace(step.conversion, ripe=ripe),
            from_first=replace(step.from_first, ripe=ripe),
        )
        for step in steps
    )


def table(
    reader: Reader, answer: Answer, steps: Sequence[Step], totals: Totals, parts: Iterable[Part]
) -> Measurement:
    """One row per step, or per split value and step."""
    split = bool(answer.question.by)
    rows = [row for part in parts for row in _rows(part.keys, part.steps, answer)] if split else []
    metrics = STAGE_METRICS if answer.kind is Kind.STAGES else MILESTONE_METRICS
    return Measurement(
        what="funnel",
        question=answer.question,
        version=reader.version,
        known_until=reader.known_until,
        currency=reader.company.currency,
        by=(*answer.question.by, "stage" if answer.kind is Kind.STAGES else "milestone"),
        metrics=(*metrics, *_TOTAL_METRICS),
        rows=tuple(rows) if split else tuple(_rows((), steps, answer)),
        total=Row((), _total(steps, totals)),
        notes=answer.notes,
        asked=answer.asked,
    )


def _rows(keys: Key, steps: Sequence[Step], answer: Answer) -> list[Row]:
    return [Row((*keys, step.key), _figures(step, answer)) for step in steps]


def _figures(step: Step, answer: Answer) -> Mapping[str, Figure]:
    """What this clock can say of the step: a period knows no skips, nor where the leads of milestones stand."""
    counts, zone, by_cohort = step.counts, step.step.zone, answer.question.clock is Clock.COHORT
    figures = {
        "stage_reached": _count("stage_reached", counts.reached, zone),
        "stage_from_first": step.from_first,
    }
    if step.conversion is not None:
        figures["stage_conversion"] = step.conversion
    if by_cohort or answer.kind is Kind.STAGES:
        figures["stage_lost"] = _count("stage_lost", counts.lost, zone)
        figures["stage_open"] = _count("stage_open", counts.open, zone)
    if answer.kind is Kind.STAGES:
        figures["stage_median_seconds"] = step.median_seconds
        figures["stage_p90_seconds"] = step.p90_seconds
    if by_cohort:
        beside, count = (
            ("stage_skipped", counts.skipped) if answer.kind is Kind.STAGES else ("stage_outside", counts.outside)
        )
        figures[beside] = _count(beside, count, zone)
    return figures


def _total(steps: Sequence[Step], totals: Totals) -> Mapping[str, Figure]:
    """All leads, and the last step as a share of them."""
    return {
        "stage_reached": _count("stage_reached", totals.leads, Zone.JOINT),
        "stage_from_first": steps[-1].from_first,
        "stage_lost": _count("stage_lost", totals.lost, Zone.JOINT),
        "stage_open": _count("stage_open", totals.open, Zone.JOINT),
        "lead_returns": _count("lead_returns", totals.returns, Zone.SALES),
        "lead_reopenings": _count("lead_reopenings", totals.reopenings, Zone.SALES),
    }


def _count(metric: str, count: int, zone: Zone) -> Figure:
    return Figure(metric, Unit.COUNT, count, numerator=count, n=count, zone=zone)


def _seconds(metric: str, name: StepName, value: float | None, counts: Counts) -> Figure:
    reason = NoValue.TOO_FEW if value is None else None
    return Figure(metric, Unit.SECONDS, value, n=counts.finished, zone=name.zone, reason=reason)
