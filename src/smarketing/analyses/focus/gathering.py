"""How much of every resource went to each segment? Each is summed on its own facts and then laid side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from smarketing.analyses.focus.result import Amounts, Effort, Resource, Segment
from smarketing.analyses.measuring import Measured, measure
from smarketing.analyses.measuring.asking import renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader, literal

ENOUGH_MINUTES = Decimal("0.9")  # with more actions lacking their minutes, actions are counted instead
MEASURED = {
    Resource.SPEND: "spend",
    Resource.LEADS: "leads",
    Resource.SALES: "sales",
    Resource.REVENUE: "revenue",
}


@dataclass(frozen=True)
class Actions:
    """Sellers' recorded actions on the leads of one segment."""

    count: int = 0
    timed: int = 0
    minutes: Decimal = Decimal(0)
    non_target: int = 0
    non_target_minutes: Decimal = Decimal(0)


@dataclass(frozen=True)
class Gathered:
    """Everything by segment; ``known`` are the resources whose facts are loaded."""

    segments: tuple[Amounts, ...]
    known: tuple[Resource, ...]
    effort: Effort | None
    untimed: int  # actions without minutes
    without_lead: int  # actions that belong to no lead
    measured: Measured
    asked: tuple[str, ...]


def gather(reader: Reader, question: Question) -> Gathered:
    """Resources by segment for one question, segments in the company's order."""
    asked = question.split("segment")
    found = measure(reader, asked, MEASURED.values(), strict=False)
    actions, of_actions = _actions(reader, question)
    loose, of_loose = _without_lead(reader, question)
    effort = _effort(actions)
    known = tuple(
        resource
        for resource in Resource
        if (effort is not None if resource is Resource.EFFORT else _is_known(found, MEASURED[resource]))
    )
    rows = {_segment(row.keys[0]): row.figures for row in found.rows}
    segments = tuple(
        _amounts(segment, {key: figure.value for key, figure in rows.get(segment, {}).items()}, actions, effort)
        for segment in _in_order(reader, {*rows, *actions})
    )
    untimed = sum(one.count - one.timed for one in actions.values())
    return Gathered(segments, known, effort, untimed, loose, found, (*found.asked, of_actions, of_loose))


def _segment(key: str | int | None) -> Segment:
    return None if key is None else str(key)


def _amounts(
    segment: Segment, values: Mapping[str, Any], actions: Mapping[Segment, Actions], effort: Effort | None
) -> Amounts:
    own = actions.get(segment, Actions())
    in_minutes = effort is Effort.MINUTES
    of = {resource: Decimal(str(values.get(key) or 0)) for resource, key in MEASURED.items()}
    of[Resource.EFFORT] = own.minutes if in_minutes else Decimal(own.count)
    non_target = own.non_target_minutes if in_minutes else Decimal(own.non_target)
    return Amounts(segment, of, own.minutes / 60, own.count, non_target)


def _actions(reader: Reader, question: Question) -> tuple[dict[Segment, Actions], str]:
    """By the cohort clock the actions on the period's leads, by the period clock those that happened in it."""
    by_lead = question.clock is Clock.COHORT
    leads = [
        "is_counted",
        period_condition(question.period, "created") if by_lead else "TRUE",
        filter_condition(renamed(question.where)),
    ]
    happened = "TRUE" if by_lead else _happened(reader, question)
    asked = f"""
SELECT j.segment AS segment, COUNT(*) AS actions, COUNT(a.minutes) AS timed, SUM(a.minutes) AS minutes,
  COUNT(*) FILTER (WHERE j.target_verdict = 'non_target') AS non_target,
  SUM(a.minutes) FILTER (WHERE j.target_verdict = 'non_target') AS non_target_minutes
FROM activities AS a
JOIN (
  SELECT lead_id, segment, target_verdict FROM journeys WHERE {" AND ".join(leads)}
) AS j ON a.lead_id = j.lead_id
WHERE {happened}
GROUP BY j.segment
ORDER BY segment NULLS LAST
""".strip()
    return {row["segment"]: _of_row(row) for row in reader.query(asked).to_pylist()}, asked


def _of_row(row: Mapping[str, Any]) -> Actions:
    return Actions(
        row["actions"],
        row["timed"],
        row["minutes"] or Decimal(0),
        row["non_target"],
        row["non_target_minutes"] or Decimal(0),
    )


def _without_lead(reader: Reader, question: Question) -> tuple[int, str]:
    asked = (
        "SELECT COUNT(*) AS actions FROM activities AS a "
        f"WHERE a.lead_id IS NULL AND {_happened(reader, question)}"
    )
    return int(reader.query(asked).to_pylist()[0]["actions"]), asked


def _happened(reader: Reader, question: Question) -> str:
    if question.period is None:
        return "TRUE"
    start, end = question.period.moments(reader.company.tz)
    return f"a.at >= {literal(start)} AND a.at < {literal(end)}"


def _effort(actions: Mapping[Segment, Actions]) -> Effort | None:
    count = sum(one.count for one in actions.values())
    if not count:
        return None
    timed = Decimal(sum(one.timed for one in actions.values()))
    minutes = sum((one.minutes for one in actions.values()), Decimal(0))
    return Effort.MINUTES if minutes and timed / count >= ENOUGH_MINUTES else Effort.ACTIONS


def _is_known(found: Measured, key: str) -> bool:
    return found.total.figures[key].value is not None


def _in_order(reader: Reader, keys: set[Segment]) -> list[Segment]:
    listed = [segment.key for segment in reader.company.segments]
    places = {key: place for place, key in enumerate(listed)}
    return sorted(keys, key=lambda key: (key is None, places.get(key or "", len(listed)), key or ""))
