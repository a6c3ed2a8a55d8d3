"""What do months of one plan come to: marketing's year in leads and spend, sales' quarter in answers and money?

Both horizons are read from the same duties of the same months: a quarter of one is the quarter of the other. Every
month's counts are rounded up; a sum is the sum of the months that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.plan_arithmetic import Duty, Ground, PlanDuties, ground, plan_duties
from smarketing.analyses.planning.numbers import planned_total
from smarketing.analyses.planning.record import Standing, numbers_in_force, standings
from smarketing.analyses.verdict.result import PlanKind
from smarketing.facts.period import Month
from smarketing.facts.query import Reader


@dataclass(frozen=True)
class MonthPlan:
    """What one month's plan asks for. Without a plan of its own a month has none of the figures.

    ``duties`` None: nothing was planned, whatever past months imply; ``accepted`` is None where acceptance was
    never recorded for a segment of the plan.
    """

    month: Month
    duties: PlanDuties | None
    spend: Decimal | None
    standing: Standing | None

    @property
    def is_planned(self) -> bool:
        return self.duties is not None


@dataclass(frozen=True)
class PlanSums:
    """The planned months of a horizon together. ``conversion`` is of answered leads into sales."""

    months: int
    revenue: Decimal
    leads: int
    target: int
    accepted: int | None
    answers: int
    sales: int
    spend: Decimal | None
    conversion: Fraction | None

    @property
    def contacts(self) -> int:
        return self.target


def horizon(reader: Reader, months: Sequence[Month], known: Ground | None = None) -> tuple[MonthPlan, ...]:
    """The plan of every month in order."""
    base = known or ground(reader)
    planned, confirmed = numbers_in_force(reader, months), standings(reader, months)
    return tuple(
        MonthPlan(
            month,
            _own(plan_duties(reader, month, base)) if month in planned else None,
            _money(planned_total(planned.get(month, {}), "spend")),
            confirmed.get(month),
        )
        for month in months
    )


def sums(plans: Sequence[MonthPlan]) -> PlanSums:
    """The planned months together; each month's figures are its segments' added up."""
    known = [plan.duties for plan in plans if plan.duties is not None]
    rows = [duty for one in known for duty in one.duties]
    spends = [plan.spend for plan in plans if plan.spend is not None and plan.is_planned]
    handled = sum((one.handled for one in known), Fraction(0))
    return PlanSums(
        months=len(known),
        revenue=sum((duty.revenue for duty in rows), Decimal(0)),
        leads=sum(duty.leads for duty in rows),
        target=sum(duty.target for duty in rows),
        accepted=_accepted(rows),
        answers=sum(duty.answers for duty in rows),
        sales=sum(duty.sales for duty in rows),
        spend=sum(spends, Decimal(0)) if spends else None,
        conversion=sum((one.won for one in known), Fraction(0)) / handled if handled else None,
    )


def year(month: Month) -> tuple[Month, ...]:
    return tuple(Month(month.year, number) for number in range(1, 13))


def quarter(month: Month) -> tuple[Month, ...]:
    first = (month.month - 1) // 3 * 3 + 1
    return tuple(Month(month.year, number) for number in range(first, first + 3))


def _own(duties: PlanDuties | None) -> PlanDuties | None:
    """Only what was planned: months that stand for a plan make no promise of either department."""
    return None if duties is None or duties.plan_kind is PlanKind.IMPLIED else duties


def _accepted(rows: Sequence[Duty]) -> int | None:
    known = [duty.accepted for duty in rows if duty.accepted is not None]
    return sum(known) if rows and len(known) == len(rows) else None


def _money(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
