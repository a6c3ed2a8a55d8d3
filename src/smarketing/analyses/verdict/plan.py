"""What was the month supposed to be? The given plan, or the last ripe months in its place.

The plan's rates are final: a sale counts whenever it comes. The caller brings them to the age of the leads.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from fractions import Fraction

from smarketing.analyses.planning.numbers import (
    FACTORS,
    Cell,
    Numbers,
    chain_cells,
    check_plan,
    numbers_of,
    plan_question,
    planned_revenue,
    stated,
)
from smarketing.analyses.verdict.account import Habit
from smarketing.analyses.verdict.chain import Gates, Levels, Segment
from smarketing.analyses.verdict.result import Cause, PlanKind
from smarketing.facts.period import Month
from smarketing.facts.query import Reader

_RATES = (Cause.QUALITY, Cause.HANDLING, Cause.CONVERSION, Cause.ORDER_VALUE)  # the causes of FACTORS[1:]


@dataclass(frozen=True)
class Plan:
    """Levels by segment for the whole month, every sale counted whenever it comes.

    A given plan has nothing past the chain; months that stand for a plan had. ``habit`` tells which of its numbers
    come from past months and carry their chance. ``by_source`` has the cells of the segments that were planned
    source by source; the levels of such a segment are the sums of its cells.
    """

    kind: PlanKind
    levels: Mapping[Segment, Levels]
    implied_from: tuple[Month, ...] = ()
    habit: Habit | None = None
    by_source: Mapping[Cell, Levels] = field(default_factory=dict)

    @property
    def revenue(self) -> Fraction:
        return total_money(self.levels)


def planned(reader: Reader, month: Month) -> tuple[Numbers, str]:
    """Every planned number of the month, and the question that was asked.

    Errors: :class:`WrongInput` with a sentence for a plan that contradicts itself.
    """
    question = plan_question(month)
    numbers = numbers_of(reader.query(question).to_pylist())
    check_plan(numbers, month, reader.company)
    return numbers, question


def make_plan(
    numbers: Numbers, implied: Mapping[Segment, Levels], implied_from: tuple[Month, ...], gate: Gates
) -> Plan | None:
    """The plan of the month: given, scaled to the planned revenue, implied, or None when there is nothing.

    Parameters: ``numbers``, what was planned; ``implied``, levels of an average ripe month, complete.
    """
    given = _given(numbers, implied, gate)
    if given:
        borrowed = _borrowed(numbers, {segment for segment, _ in given})
        habit = Habit(implied, len(implied_from), borrowed) if borrowed and implied_from else None
        sources = {cell: levels for cell, levels in given.items() if cell[1] is not None}
        return Plan(PlanKind.GIVEN, _by_segment(given), habit=habit, by_source=sources)
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


def sources_as_one(cells: Mapping[Cell, Levels], segments: Set[Segment]) -> dict[Cell, Levels]:
    """The planned sources with all segments together; nothing where a segment was planned whole."""
    if {segment for segment, _ in cells} != segments:
        return {}
    found: dict[Cell, Levels] = {}
    for (_, source), levels in cells.items():
        found[None, source] = _plus(found.get((None, source)), levels)
    return found


def _given(numbers: Numbers, implied: Mapping[Segment, Levels], gate: Gates) -> dict[Cell, Levels]:
    """Cells for which the plan tells the whole chain; a missing rate is that of the ripe months."""
    found: dict[Cell, Levels] = {}
    for cell in chain_cells(numbers):
        factors = _factors(numbers, cell, implied.get(cell[0]), gate)
        if factors is None:
            return {}
        found[cell] = _running(factors)
    # A plan by segment beside a total of all segments would count everything twice.
    named: dict[Cell, Levels] = {cell: levels for cell, levels in found.items() if cell[0] is not None}
    return named or found


def _by_segment(cells: Mapping[Cell, Levels]) -> dict[Segment, Levels]:
    found: dict[Segment, Levels] = {}
    for (segment, _), levels in cells.items():
        found[segment] = _plus(found.get(segment), levels)
    return found


def _plus(one: Levels | None, other: Levels) -> Levels:
    return other if one is None else tuple(a + b for a, b in zip(one, other, strict=True))


def _borrowed(numbers: Numbers, segments: Set[Segment]) -> set[tuple[str, Segment]]:
    """Rates and order values that nobody planned; with revenue planned, order value follows from it."""
    return {
        (cause, cell[0])
        for cell in chain_cells(numbers)
        if cell[0] in segments
        for key, cause in zip(FACTORS[1:], _RATES, strict=True)
        if stated(numbers, key, cell) is None
        if key != "aov" or ("revenue", *cell) not in numbers
    }


def _factors(numbers: Numbers, cell: Cell, past: Levels | None, gate: Gates) -> list[Fraction] | None:
    values = [numbers.get(("leads", *cell)), *(stated(numbers, key, cell) for key in FACTORS[1:])]
    own = [value if value is not None else _past_factor(past, place) for place, value in enumerate(values)]
    revenue = numbers.get(("revenue", *cell))
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
