"""Which transitions of the funnel moved, is it more than chance, and what is it worth?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarketing.analyses.funnel.counting import Counting
from smarketing.analyses.funnel.kinds import Kind, Row, Step, Transition, Worth
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.shares import LEVEL, Count, Shift, shifts
from smarketing.facts.money import Money, to_kopecks
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Interval
from smarketing.stats.proportions import normal_quantile


@dataclass(frozen=True)
class Value:
    """Revenue of the leads that reached a step: their number, mean and the variance of one lead's revenue."""

    leads: int
    mean: float
    variance: float


def transitions(
    now: Sequence[Step], before: Sequence[Step], clock: Clock, values: Sequence[Value], currency: str
) -> tuple[Transition, ...]:
    """Every step but the first against the same step of the comparison, judged together.

    ``values`` are those of every step in order, or empty where money is not asked.
    """
    pairs = [(_count(mine), _count(theirs)) for mine, theirs in zip(now[1:], before[1:], strict=True)]
    judged: Sequence[Shift | None] = shifts(pairs) if clock is Clock.COHORT else [None] * len(pairs)
    made = []
    for index, shift in enumerate(judged, start=1):
        mine, theirs = now[index].conversion, before[index].conversion
        assert mine is not None  # noqa: S101 - only the first step has none
        assert theirs is not None  # noqa: S101
        worth = None if shift is None or not values else worth_of(shift, values[index], currency)
        start, end = now[index - 1].key, now[index]
        made.append(Transition(start, end.key, end.step.zone, mine, theirs, shift, worth))
    return tuple(made)


def worth_of(shift: Shift, value: Value, currency: str) -> Worth | None:
    """Leads at the start × (rate before − rate now) × mean revenue of a lead that passed; delta method.

    Var = (leads × mean)² × (Var rate before + Var rate now) + (leads × difference)² × variance ÷ passed.
    None where a rate or the mean does not exist.
    """
    (_, n), (_, base) = shift.now, shift.before
    if n == 0 or base == 0 or value.leads == 0:
        return None
    difference = _rate(shift.before) - _rate(shift.now)
    effect = n * difference * value.mean
    rates = (n * value.mean) ** 2 * (_variance(shift.before) + _variance(shift.now))
    money = (n * difference) ** 2 * value.variance / value.leads
    half = normal_quantile(LEVEL) * math.sqrt(rates + money)
    amount = to_kopecks(Decimal(str(effect)))
    return Worth(Money(amount, currency), Interval(effect - half, effect + half, LEVEL))


def values_question(counting: Counting, question: Question) -> str:
    """Number, sum and sum of squares of the revenue of the leads that reached each step."""
    columns = []
    for index, condition in enumerate(_reached(counting)):
        columns += [
            f"COUNT(*) FILTER (WHERE {condition}) AS leads_{index}",
            f"SUM(CASE WHEN {condition} THEN 1.0 * revenue ELSE 0 END) AS revenue_{index}",
            f"SUM(CASE WHEN {condition} THEN CAST(revenue AS DOUBLE) * CAST(revenue AS DOUBLE) ELSE 0 END)"
            f" AS squares_{index}",
        ]
    condition = (
        f"is_counted AND {filter_condition(question.where)} AND {period_condition(question.period, 'created')}"
    )
    return f"SELECT {(',' + chr(10) + '  ').join(columns)}\nFROM journeys WHERE {condition}"


def values(counting: Counting, row: Row) -> tuple[Value, ...]:
    return tuple(_value(row, index) for index in range(len(counting.steps)))


def _reached(counting: Counting) -> list[str]:
    if counting.kind is Kind.STAGES:
        return [f"furthest >= {step.place}" for step in counting.steps]
    return [counting.nested(index) for index in range(len(counting.steps))]


def _value(row: Row, index: int) -> Value:
    leads, revenue, squares = (float(str(row[f"{what}_{index}"] or 0)) for what in ("leads", "revenue", "squares"))
    if leads == 0:
        return Value(0, 0.0, 0.0)
    mean = revenue / leads
    variance = max(squares - leads * mean * mean, 0.0) / (leads - 1) if leads > 1 else 0.0
    return Value(int(leads), mean, variance)


def _count(step: Step) -> Count:
    figure = step.conversion
    return (0, 0) if figure is None else (int(figure.numerator or 0), int(figure.denominator or 0))


def _rate(count: Count) -> float:
    return count[0] / count[1]


def _variance(count: Count) -> float:
    rate = _rate(count)
    return rate * (1 - rate) / count[1]
