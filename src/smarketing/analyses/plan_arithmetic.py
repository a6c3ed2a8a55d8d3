"""What do marketing and sales owe each other, so that the revenue of the plan can come at all?

From the plan's revenue back along its own chain: sales, target leads answered in time, target leads accepted,
target leads, leads. Every count is rounded up, and each from the exact chain and not from the rounded one before
it: a plan that needs 88.235 sales needs 89, and 88.235 sales decide how many leads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from smarketing.analyses.maturity import Maturity, maturity
from smarketing.analyses.verdict.chain import Gates, Levels, Segment, gates
from smarketing.analyses.verdict.history import average_ripe_month
from smarketing.analyses.verdict.plan import Plan, make_plan, planned
from smarketing.analyses.verdict.result import PlanKind
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.money import to_kopecks
from smarketing.facts.period import Month, local_day
from smarketing.facts.query import Reader, literal

Number = int | Decimal | Fraction
_EVERY_GATE = Gates(target=True, handled=True)


@dataclass(frozen=True)
class Duty:
    """What one segment's planned revenue asks for; counts are rounded up, ``lead_value`` is revenue ÷ leads.

    Marketing owes ``leads`` and ``target`` leads, of which sales must be able to accept ``accepted`` (None where
    acceptance is not recorded). Sales owes a first contact to every one of the ``contacts`` (the target leads), an
    answer in time to ``answers`` of them, and ``sales``.
    """

    segment: Segment
    revenue: Decimal
    leads: int
    target: int
    accepted: int | None
    answers: int
    sales: int
    lead_value: Decimal | None
    target_value: Decimal | None
    source: str | None = None  # of a segment that is planned source by source

    @property
    def contacts(self) -> int:
        return self.target


@dataclass(frozen=True)
class PlanDuties:
    """The duties of a month by segment, as the verdict's plan has them, and within how many working minutes.

    ``by_source``: the same down to the source for segments planned so. ``handled`` and ``won`` are exact: the
    planned conversion of all segments is one over the other.
    """

    month: Month
    plan_kind: PlanKind
    duties: tuple[Duty, ...]
    answer_minutes: int
    gates: Gates
    asked: tuple[str, ...]
    by_source: tuple[Duty, ...] = ()
    handled: Fraction = Fraction(0)
    won: Fraction = Fraction(0)

    @property
    def revenue(self) -> Decimal:
        return sum((duty.revenue for duty in self.duties), Decimal(0))


@dataclass(frozen=True)
class Ground:
    """What the duties of every month rest on; asked once for many months."""

    gate: Gates
    curves: Maturity
    today: date
    asked: tuple[str, ...]


def ground(reader: Reader) -> Ground:
    gate, asked = gates(reader)
    return Ground(gate, maturity(reader), local_day(reader.known_until, reader.company.tz), (asked,))


def plan_duties(reader: Reader, month: Month, known: Ground | None = None) -> PlanDuties | None:
    """The duties behind the month's plan, or behind the ripe months in its place; None with neither."""
    base = known or ground(reader)
    numbers, asked_plan = planned(reader, month)
    # A promise stands as it was given, whether or not the facts can show each of its gates.
    plan = make_plan(numbers, {}, (), _EVERY_GATE)
    asked: tuple[str, ...] = ()
    if plan is None or plan.kind is not PlanKind.GIVEN:  # the months before are asked only where they are needed
        average = average_ripe_month(reader, base.gate, month, base.curves, base.today, {})
        plan, asked = make_plan(numbers, average.levels, average.months, _EVERY_GATE), average.asked
    if plan is None:
        return None
    accepted, asked_accepted = _accepted_shares(reader, month)
    return PlanDuties(
        month,
        plan.kind,
        duties(plan, accepted),
        reader.company.response_sla_minutes,
        base.gate,
        (*base.asked, *asked, asked_plan, asked_accepted),
        by_source=tuple(
            replace(_duty(segment, levels, accepted.get(segment)), source=source)
            for (segment, source), levels in plan.by_source.items()
        ),
        handled=sum((levels[2] for levels in plan.levels.values()), Fraction(0)),
        won=sum((levels[3] for levels in plan.levels.values()), Fraction(0)),
    )


def duties(plan: Plan, accepted: Mapping[Segment, Fraction]) -> tuple[Duty, ...]:
    """The duties of a plan by segment; ``accepted`` is the share of target leads that sales accepts."""
    return tuple(_duty(segment, levels, accepted.get(segment)) for segment, levels in plan.levels.items())


def needed(goal: Number, rates: Sequence[Number]) -> tuple[int, ...]:
    """How many cases every stage before the goal needs.

    Parameters: ``rates``, from the goal backwards, each the share of a stage that reaches the next.
    Returns: the goal first, then one count for each rate, each rounded up from the exact chain.
    Errors: :class:`WrongQuestion` for a rate outside (0, 1].
    """
    exact = Fraction(goal)
    found = [round_up(exact)]
    for rate in rates:
        exact /= _checked(Fraction(rate))
        found.append(round_up(exact))
    return tuple(found)


def lead_value(conversion: Number, order_value: Number) -> Fraction:
    """What one lead of a source is worth: its conversion to a customer times revenue per customer."""
    return Fraction(conversion) * Fraction(order_value)


def leads_for(revenue: Number, value: Number) -> int:
    """Leads of one value that a revenue asks for, rounded up.

    Errors: :class:`WrongQuestion` where a lead is worth nothing: no number of them brings the revenue.
    """
    if Fraction(value) <= 0:
        raise WrongQuestion(
            "worthless-leads",
            Text(
                "Лид ничего не стоит: никакое их число не даст этой выручки.",
                "A lead is worth nothing: no number of them brings this revenue.",
            ),
        )
    return round_up(Fraction(revenue) / Fraction(value))


def worth(leads: Mapping[str, Number], values: Mapping[str, Number]) -> Fraction:
    """What leads of several sources are worth together: what marketing has brought of its share of the plan."""
    return sum((Fraction(count) * Fraction(values[source]) for source, count in leads.items()), Fraction(0))


def round_up(amount: Number) -> int:
    """Up, always: 88.235 sales are 89, since 88 do not bring the revenue."""
    return ceil(Fraction(amount))


def _duty(segment: Segment, levels: Levels, accepted: Fraction | None) -> Duty:
    leads, target, handled, won, revenue, outside = levels
    money = revenue + outside
    return Duty(
        segment,
        _money(money),
        leads=round_up(leads),
        target=round_up(target),
        accepted=None if accepted is None else round_up(target * accepted),
        answers=round_up(handled),
        sales=round_up(won),
        lead_value=_money(money / leads) if leads else None,
        target_value=_money(money / target) if target else None,
    )


def _accepted_shares(reader: Reader, before: Month) -> tuple[dict[Segment, Fraction], str]:
    """Share of target leads that sales accepted in the year before, by segment; no segment where none was."""
    question = (
        "SELECT segment, COUNT(*) AS target, COUNT(*) FILTER (WHERE is_accepted) AS accepted FROM journeys "
        f"WHERE is_counted AND target_verdict = 'target' AND created_month < {literal(before.number)} "
        f"AND created_month >= {literal(before.shift(-12).number)} GROUP BY segment ORDER BY segment NULLS LAST"
    )
    rows = reader.query(question).to_pylist()
    return {row["segment"]: Fraction(row["accepted"], row["target"]) for row in rows if row["accepted"]}, question


def _checked(rate: Fraction) -> Fraction:
    if not 0 < rate <= 1:
        raise WrongQuestion(
            "bad-rate",
            Text(
                f"Доля {float(rate):g} не годится: нужна больше 0 и не больше 1.",
                f"A share of {float(rate):g} will not do: it must be above 0 and not over 1.",
            ),
        )
    return rate


def _money(value: Fraction) -> Decimal:
    return to_kopecks(Decimal(value.numerator) / Decimal(value.denominator))
