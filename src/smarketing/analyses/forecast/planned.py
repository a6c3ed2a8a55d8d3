"""What were the months to bring? The plan of the month as the verdict knows it, and the plans of past months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from smarketing.analyses.maturity import maturity
from smarketing.analyses.planning.numbers import WITHDRAWN, Key, planned_revenue
from smarketing.analyses.verdict.chain import gates
from smarketing.analyses.verdict.history import average_ripe_month
from smarketing.analyses.verdict.plan import make_plan, planned
from smarketing.analyses.verdict.result import PlanKind
from smarketing.facts.period import Month, local_day
from smarketing.facts.query import Reader, literal

PLANS = (
    "SELECT month, metric, segment, lead_source, SUM(value) AS value FROM plans "
    f"WHERE metric <> {literal(WITHDRAWN)} GROUP BY month, metric, segment, lead_source "
    "ORDER BY month, metric, segment NULLS LAST, lead_source NULLS LAST"
)


@dataclass(frozen=True)
class Planned:
    """Revenue that a month is to bring, and where it comes from."""

    revenue: Fraction
    kind: PlanKind


def plan_of(reader: Reader, month: Month, where: Mapping[str, tuple[str, ...]]) -> Planned | None:
    """The plan that the verdict of the month holds the fact against; for a part of the leads it is implied.

    Revenue alone is plan enough here, also where no ripe month tells how it should come about.
    """
    today = local_day(reader.known_until, reader.company.tz)
    gate, _ = gates(reader)
    average = average_ripe_month(reader, gate, month, maturity(reader, where), today, where)
    numbers = {} if where else planned(reader, month)[0]
    plan = make_plan(numbers, average.levels, average.months, gate)
    if plan is not None:
        return Planned(plan.revenue, plan.kind)
    revenue = planned_revenue(numbers)
    return Planned(revenue, PlanKind.GIVEN) if revenue else None


def given_plans(reader: Reader) -> dict[Month, float]:
    """Revenue of every month that was planned, by month."""
    by_month: dict[Month, dict[Key, Fraction]] = {}
    for row in reader.query(PLANS).to_pylist():
        numbers = by_month.setdefault(Month.from_number(row["month"]), {})
        numbers[row["metric"], row["segment"], row["lead_source"]] = Fraction(row["value"])
    gate, _ = gates(reader)
    found: dict[Month, float] = {}
    for month, numbers in by_month.items():
        plan = make_plan(numbers, {}, (), gate)
        revenue = plan.revenue if plan else planned_revenue(numbers)
        if revenue:
            found[month] = float(revenue)
    return found
