"""The verdict, step by step: what was planned, what came, the Owen split, its chance, and the account closed.

Formulas and the worked example: methods.md (a), told in prose in ``docs/how-computed/verdict.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.maturity import Maturity, maturity, ripeness_of
from smarketing.analyses.planning.record import standing
from smarketing.analyses.question import filter_condition
from smarketing.analyses.verdict import notes
from smarketing.analyses.verdict.account import Habit, Split
from smarketing.analyses.verdict.chain import Gates, Levels, Links, Segment, chain, gates, merged
from smarketing.analyses.verdict.history import (
    average_ripe_month,
    lead_dispersion,
    months_with_leads,
    order_value_spread,
    ripened,
)
from smarketing.analyses.verdict.plan import Plan, as_one, make_plan, planned, sources_as_one, total_money
from smarketing.analyses.verdict.result import SegmentShare, Verdict, VerdictState
from smarketing.analyses.verdict.split import split
from smarketing.facts.company import Company
from smarketing.facts.money import to_kopecks
from smarketing.facts.period import Clock, Month, Period, local_day
from smarketing.facts.query import Reader, literal
from smarketing.stats.simulation import Noise
from smarketing.stats.uncertainty import DRAWS

MAX_UNDATED = Decimal("0.10")  # more money without a day than this, and the period clock cannot be believed


@dataclass(frozen=True)
class _Frame:
    """The month as it stands today."""

    month: Month
    period: Period  # the days of it that have passed
    today: date
    elapsed: Fraction
    curves: Maturity
    clock: Clock
    undated: Decimal  # money whose day is not known, of the month's leads


def verdict(
    reader: Reader,
    month: Month,
    *,
    clock: Clock | None = None,
    where: Mapping[str, tuple[str, ...]] | None = None,
    draws: int = DRAWS,
) -> Verdict:
    """Where the plan of ``month`` was lost.

    Parameters: ``clock`` period compares the plan with the money that came in the month and closes the account
    with the line of other months' leads; cohort compares what the month's leads brought with what they should
    have by their age. By default period, unless the day is unknown for more than a tenth of the money.
    ``where`` narrows the leads (the plan is then implied); ``draws`` is the number of simulated months behind
    every interval.
    Returns: a :class:`Verdict`; ``state`` says when there is none and why.
    Source: methods.md (a); Owen 1977.
    """
    today = local_day(reader.known_until, reader.company.tz)
    filters = dict(where or {})
    empty = Verdict(
        VerdictState.NOT_STARTED, month, month.period, clock or Clock.PERIOD, reader.version, reader.known_until,
        reader.company.currency,
    )  # fmt: skip
    if month.first > today:
        return empty
    gate, asked_gates = gates(reader)
    period = Period(month.first, min(month.period.end, date.fromordinal(today.toordinal() + 1)))
    links, asked_links = chain(reader, gate, period, filters)
    curves = maturity(reader, filters)
    average = average_ripe_month(reader, gate, month, curves, today, filters)
    numbers, asked_plan = ({}, "") if filters else planned(reader, month)
    plan = make_plan(numbers, average.levels, average.months, gate)
    asked = tuple(filter(None, (asked_gates, asked_links, *average.asked, asked_plan)))
    known = standing(reader, month) if numbers else None
    empty = replace(empty, period=period, asked=asked, standing=known)
    if plan is None:
        return replace(empty, state=VerdictState.NO_PLAN, notes=(notes.NO_PLAN,))
    if not plan.revenue:
        return replace(empty, state=VerdictState.NO_PLAN, plan_kind=plan.kind)
    if not _elapsed(reader.company, month, period):
        return replace(empty, full_plan=_money(plan.revenue))
    if not links:
        earlier = months_with_leads(reader, month, filters)
        said = (notes.last_with_leads(earlier[-1]),) if earlier else ()
        return replace(empty, state=VerdictState.NO_LEADS, full_plan=_money(plan.revenue), notes=said)
    frame = _frame(reader, month, period, today, curves, clock, links, filters)
    return _judged(reader, empty, frame, gate, links, plan, filters, draws)


def _judged(
    reader: Reader, empty: Verdict, frame: _Frame, gate: Gates, links: dict[Segment, Links], plan: Plan,
    filters: Mapping[str, tuple[str, ...]], draws: int,
) -> Verdict:  # fmt: skip
    due = {segment: _due(segment, levels, frame) for segment, levels in plan.levels.items()}
    due_by_source = {cell: _due(cell[0], levels, frame) for cell, levels in plan.by_source.items()}
    ripe = float(total_money(due) / (plan.revenue * frame.elapsed)) if plan.revenue and frame.elapsed else 1.0
    said = [*notes.about(reader.company, gate, links, plan, frame.undated, ripe, frame.clock)]
    if notes.too_many_unknown_segments(reader.company, links) or set(due) == {None}:
        due_by_source = sources_as_one(due_by_source, due.keys())
        links, due = merged(links), as_one(due)
    to_date = plan.revenue * frame.elapsed
    walked = sum((link.all_revenue for link in links.values()), Decimal(0))
    paid = _paid_in(reader, frame.period, filters) if frame.clock is Clock.PERIOD else walked
    expected = total_money(due)
    planned_money = to_date if frame.clock is Clock.PERIOD else expected
    timing = Fraction(paid - walked) - (planned_money - expected)
    cells = _cells(reader.company, links, due)
    account = Split(
        cells=cells,
        links=links,
        due=due,
        conversion_zone=reader.company.verdict.conversion_zone,
        timing=timing if frame.clock is Clock.PERIOD else None,
        gap=paid - _money(planned_money),
        noise=Noise(
            _spreads(reader, gate, frame.month, filters, cells),
            *lead_dispersion(reader, frame.month, filters),
        ),
        seed=frame.month.number,
        draws=draws,
        min_sales=reader.company.verdict.min_expected_sales,
        habit=_habit(plan, as_one_segment=set(due) == {None}),
        plan=_money(planned_money),
        due_by_source=due_by_source,
    )
    found = split(account)
    return replace(
        empty, state=VerdictState.JUDGED, clock=frame.clock, plan_kind=plan.kind, implied_from=plan.implied_from,
        elapsed=float(frame.elapsed), ripe=ripe, full_plan=_money(plan.revenue),
        plan=_money(planned_money), fact=paid,
        parts=found.parts, zones=found.zones, interval=found.interval, p_value=found.p_value, label=found.label,
        draws=draws, seed=account.seed, depends_on_method=found.depends_on_method,
        segments=_segments(cells, links, due), notes=(*said, *found.notes), account=account,
    )  # fmt: skip


def _habit(plan: Plan, *, as_one_segment: bool) -> Habit | None:
    """What the plan was learnt from, with its segments together where those of the account are."""
    habit = plan.habit
    if habit is None or not as_one_segment or set(habit.levels) == {None}:
        return habit
    learnt: set[tuple[str, Segment]] = {(factor, None) for factor, _ in habit.learnt}
    return replace(habit, levels=as_one(habit.levels), learnt=learnt)


def _frame(
    reader: Reader, month: Month, period: Period, today: date, curves: Maturity, clock: Clock | None,
    links: Mapping[Segment, Links], filters: Mapping[str, tuple[str, ...]],
) -> _Frame:  # fmt: skip
    undated = _undated(reader, period, filters)
    money = sum((link.all_revenue for link in links.values()), Decimal(0))
    chosen = clock or (Clock.COHORT if undated > MAX_UNDATED * abs(money) else Clock.PERIOD)
    return _Frame(month, period, today, _elapsed(reader.company, month, period), curves, chosen, undated)


def _due(segment: Segment, levels: Levels, frame: _Frame) -> Levels:
    """What the plan's month should have brought by today: the days that passed, sales at their age."""
    ripe = Fraction(ripeness_of(frame.curves.of(segment), frame.period, frame.today))
    return ripened([level * frame.elapsed for level in levels], ripe)


def _elapsed(company: Company, month: Month, period: Period) -> Fraction:
    """Share of the month's working days that has passed; by calendar days where none is a working day."""

    def worked(part: Period) -> int:
        days = company.calendar.days(part.start, part.end)
        return sum(day.closes > day.opens for day in days)

    whole = worked(month.period)
    if not whole:
        return Fraction(period.days, month.days)
    return Fraction(worked(period), whole)


def _paid_in(reader: Reader, period: Period, filters: Mapping[str, tuple[str, ...]]) -> Decimal:
    question = (
        "SELECT SUM(amount) AS paid FROM receipts WHERE is_counted "
        f"AND paid_day >= {literal(period.start)} AND paid_day < {literal(period.end)} "
        f"AND {filter_condition(filters)}"
    )
    return _one_sum(reader, question)


def _undated(reader: Reader, period: Period, filters: Mapping[str, tuple[str, ...]]) -> Decimal:
    question = (
        "SELECT SUM(amount) AS paid FROM receipts WHERE is_counted AND paid_day IS NULL "
        f"AND created_day >= {literal(period.start)} AND created_day < {literal(period.end)} "
        f"AND {filter_condition(filters)}"
    )
    return abs(_one_sum(reader, question))


def _one_sum(reader: Reader, question: str) -> Decimal:
    paid: Decimal | None = reader.query(question).to_pylist()[0]["paid"]
    return paid or Decimal(0)


def _spreads(
    reader: Reader, gate: Gates, month: Month, filters: Mapping[str, tuple[str, ...]], cells: tuple[Segment, ...]
) -> tuple[float, ...]:
    spread = order_value_spread(reader, gate, month, filters)
    return tuple(spread.get(segment, spread[None]) for segment in cells)


def _cells(company: Company, links: Mapping[Segment, Links], due: Mapping[Segment, Levels]) -> tuple[Segment, ...]:
    """Segments as the company lists them, then the others by name, «not given» last."""
    listed = [segment.key for segment in company.segments]
    return tuple(
        sorted(
            {*links, *due},
            key=lambda segment: (
                segment is None,
                listed.index(segment) if segment in listed else len(listed),
                segment or "",
            ),
        )
    )


def _segments(
    cells: tuple[Segment, ...], links: Mapping[Segment, Links], due: Mapping[Segment, Levels]
) -> tuple[SegmentShare, ...]:
    return tuple(
        SegmentShare(
            key,
            _decimal(due[key][0]) if key in due else Decimal(0),
            links[key].leads if key in links else 0,
            _money(due[key][-2] + due[key][-1]) if key in due else Decimal(0),
            links[key].all_revenue if key in links else Decimal(0),
        )
        for key in cells
    )


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _money(value: Fraction) -> Decimal:
    return to_kopecks(_decimal(value))
