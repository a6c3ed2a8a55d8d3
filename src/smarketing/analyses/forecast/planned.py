"""What were the months to bring? The plan of the month as the verdict knows it, and the plans of past months."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from smarketing.analyses.maturity import maturity
from smarketing.analyses.verdict.chain import Segment, gates
from smarketing.analyses.verdict.history import average_ripe_month
from smarketing.analyses.verdict.plan import Plan, make_plan, planned, planned_revenue
from smarketing.facts.period import Month, local_day
from smarketing.facts.query import Reader

PLANS = (
    "SELECT month, metric, segment, SUM(value) AS value FROM plans WHERE lead_source IS NULL "
    "GROUP BY month, metric, segment ORDER BY month, metric, segment NULLS LAST"
)


def plan_of(reader: Reader, month: Month, where: Mapping[str, tuple[str, ...]]) -> Plan | None:
    """The plan that the verdict of the month holds the fact against; for a part of the leads it is implied."""
    today = local_day(reader.known_until, reader.company.tz)
    gate, _ = gates(reader)
    average = average_ripe_month(reader, gate, month, maturity(reader, where), today, where)
    numbers = {} if where else planned(reader, month)[0]
    return make_plan(numbers, average.levels, average.months, gate)


def given_plans(reader: Reader) -> dict[Month, float]:
    """Revenue of every month that was planned, by month."""
    by_month: dict[Month, dict[tuple[str, Segment], Fraction]] = {}
    for row in reader.query(PLANS).to_pylist():
        numbers = by_month.setdefault(Month.from_number(row["month"]), {})
        numbers[row["metric"], row["segment"]] = Fraction(row["value"])
    gate, _ = gates(reader)
    found: dict[Month, float] = {}
    for month, numbers in by_month.items():
        plan = make_plan(numbers, {}, (), gate)
        revenue = plan.revenue if plan else planned_revenue(numbers)
        if revenue:
            found[month] = float(revenue)
    return found
