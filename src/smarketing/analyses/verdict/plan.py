"""What was the month supposed to be? The given plan, or the last ripe months in its place.

The plan's rates are final: a sale counts whenever it comes. The caller brings them to the age of the leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from smarketing.analyses.verdict.account import Habit
from smarketing.analyses.verdict.chain import Gates, Levels, Segment
from smarketing.analyses.verdict.result import Cause, PlanKind
from smarketing.facts.period import Month
from smarketing.facts.query import Reader, literal

FACTORS = ("leads", "target_share", "handled_share", "handled_to_sale_cr", "aov")
_RATES = (Cause.QUALITY, Cause.HANDLING, Cause.CONVERSION, Cause.ORDER_VALUE)  # the causes of FACTORS[1:]


@dataclass(frozen=True)
class Plan:
    """Levels by segment for the whole month, every sale counted whenever it comes.

    A given plan has nothing past the chain; months that stand for a plan had. ``habit`` tells which of its numbers
    come from past months and carry their chance.
    """

    kind: PlanKind
    levels: Mapping[Segment, Levels]
    implied_from: tuple[Month, ...] = ()
    habit: Habit | None = None

    @property
    def revenue(self) -> Fraction:
        return total_money(self.levels)


Planned = Mapping[tuple[str, Segment], Fraction]  # (metric, segment) → value


def plan_question(month: Month) -> str:
    return (
        "SELECT metric, segment, SUM(value) AS value FROM plans "
        f"WHERE month = {literal(month.number)} AND lead_source IS NULL "
        "GROUP BY metric, segment ORDER BY metric, segment NULLS LAST"
    )


def planned(reader: Reader, month: Month) -> tuple[dict[tuple[str, Segment], Fraction], str]:
    """Every planned number of the month that is not split by source, and the question that was asked."""
    question = plan_question(month)
    rows = reader.query(question).to_pylist()
    return {(row["metric"], row["segment"]): Fraction(row["value"]) for row in rows}, question


def make_plan(
    numbers: Planned, implied: Mapping[Segment, Levels], implied_from: tuple[Month, ...], gate: Gates
) -> Plan | None:
    """The plan of the month: given, scaled to the planned revenue, implied, or None when there is nothing.

    Parameters: ``numbers``, what was planned; ``implied``, levels of an average ripe month, complete.
    """
    given = _given(numbers, implied, gate)
    if given:
        borrowed = _borrowed(numbers, given)
        habit = Habit(implied, len(implied_from), borrowed) if borrowed and implied_from else None
        return Plan(PlanKind.GIVEN, given, habit=habit)
    revenue = planned_revenue(numbers)
    total = total_money(implied)
    if not total:
        return None
    learnt = {(cause, segment) for cause in (Cause.VOLUME, Cause.MIX, *_RATES) for segment in implied}
    habit = Habit(implied, len(implied_from), learnt, keeps_revenue=bool(revenue)) if implied_from else None
    if revenue:
        scaled = {
            segment: tuple(level * revenue / total for level in levels) for segment, levels in implied.items()
        }
        return Plan(PlanKind.SCALED, scaled, implied_from, habit)
    return Plan(PlanKind.IMPLIED, dict(implied), implied_from, habit)


def total_money(levels: Mapping[Segment, Levels]) -> Fraction:
    """Revenue of all segments, through the chain and past it."""
    return sum((row[-2] + row[-1] for row in levels.values()), Fraction(0))


def as_one(levels: Mapping[Segment, Levels]) -> dict[Segment, Levels]:
    """The same levels with all segments together."""
    columns = zip(*levels.values(), strict=True)
    return {None: tuple(sum(column, Fraction(0)) for column in columns)}


def _given(numbers: Planned, implied: Mapping[Segment, Levels], gate: Gates) -> dict[Segment, Levels]:
    """Segments for which the plan tells the whole chain; a missing rate is that of the ripe months."""
    segments = [segment for metric, segment in numbers if metric == "leads"]
    found: dict[Segment, Levels] = {}
    for segment in segments:
        factors = _factors(numbers, segment, implied.get(segment), gate)
        if factors is None:
            return {}
        found[segment] = _running(factors)
    # A plan by segment beside a total of all segments would count everything twice.
    named: dict[Segment, Levels] = {key: levels for key, levels in found.items() if key is not None}
    return named or found


def _borrowed(numbers: Planned, given: Mapping[Segment, Levels]) -> set[tuple[str, Segment]]:
    """Rates and order values that nobody planned; with revenue planned, order value follows from it."""
    return {
        (cause, segment)
        for segment in given
        for key, cause in zip(FACTORS[1:], _RATES, strict=True)
        if (key, segment) not in numbers and (key, None) not in numbers
        if key != "aov" or ("revenue", segment) not in numbers
    }


def _factors(numbers: Planned, segment: Segment, past: Levels | None, gate: Gates) -> list[Fraction] | None:
    values = [numbers.get((key, segment), numbers.get((key, None))) for key in FACTORS]
    values[0] = numbers.get(("leads", segment))
    revenue = numbers.get(("revenue", segment))
    own = [value if value is not None else _past_factor(past, place) for place, value in enumerate(values)]
    if own[4] is None and revenue is not None:
        own[4] = _order_value(own, revenue)
    if any(value is None for value in own):
        return None
    return _merged_gates([value for value in own if value is not None], gate)


def _order_value(own: list[Fraction | None], revenue: Fraction) -> Fraction | None:
    sales = Fraction(1)
    for value in own[:4]:
        if value is None:
            return None
        sales *= value
    return revenue / sales if sales else None


def _past_factor(past: Levels | None, place: int) -> Fraction | None:
    if past is None or place == 0 or not past[place - 1]:
        return None
    return past[place] / past[place - 1]


def _merged_gates(factors: list[Fraction], gate: Gates) -> list[Fraction]:
    """A gate the facts cannot show is passed by all; its planned share falls to the next rate."""
    leads, target, handled, sale, value = factors
    if not gate.target:
        handled, target = handled * target, Fraction(1)
    if not gate.handled:
        sale, handled = sale * handled, Fraction(1)
    return [leads, target, handled, sale, value]


def _running(factors: list[Fraction]) -> Levels:
    levels, product = [], Fraction(1)
    for factor in factors:
        product *= factor
        levels.append(product)
    return (*levels, Fraction(0))


def planned_revenue(numbers: Planned) -> Fraction:
    """The planned revenue alone, 0 where nobody planned it; by segment beside a total, the segments count."""
    by_segment = [
        value for (metric, segment), value in numbers.items() if metric == "revenue" and segment is not None
    ]
    return sum(by_segment, Fraction(0)) or numbers.get(("revenue", None), Fraction(0))
