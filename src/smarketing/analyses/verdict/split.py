"""The gap of one month as parts: Owen's value with departments as unions, its chance, and the closing lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import erfc, sqrt

from smarketing.analyses.result import Note
from smarketing.analyses.verdict import notes
from smarketing.analyses.verdict.account import Split, Zoned
from smarketing.analyses.verdict.chain import Levels, Links, Segment
from smarketing.analyses.verdict.result import Cause, Part, Reading, ZonePart
from smarketing.facts.company import Zone
from smarketing.facts.money import KOPECK, share_out
from smarketing.metrics.kinds import Interval
from smarketing.stats.chain import ChainKeys, chain_factors, chain_levels, chain_model
from smarketing.stats.coalitions import Union
from smarketing.stats.decomposition import (
    Decomposition,
    ProductModel,
    lmdi,
    owen,
    unions_in_dispute,
)
from smarketing.stats.doubt import PlanDoubt
from smarketing.stats.errors import NotComputable
from smarketing.stats.multiplicity import holm
from smarketing.stats.proportions import normal_quantile
from smarketing.stats.uncertainty import Assessment, Chance, Label, Line, assess, label

KEYS = ChainKeys(
    volume=Cause.VOLUME,
    mix=Cause.MIX,
    rates=(Cause.QUALITY, Cause.HANDLING, Cause.CONVERSION),
    value=Cause.ORDER_VALUE,
)
MARKETING = (Cause.VOLUME, Cause.MIX, Cause.QUALITY)
SALES = (Cause.HANDLING, Cause.CONVERSION, Cause.ORDER_VALUE)
FACTORS = (*MARKETING, *SALES)  # in the order of the chain
__all__ = ["FACTORS", "KEYS", "Parts", "Split", "Zoned", "doubt_of", "model_of", "rounded", "split", "unions"]


@dataclass(frozen=True)
class Parts:
    parts: tuple[Part, ...]
    zones: tuple[ZonePart, ...]
    interval: Interval | None
    p_value: float | None
    label: Label | None
    depends_on_method: tuple[Zone, ...]
    notes: tuple[Note, ...] = ()


def unions(conversion_zone: Zoned) -> tuple[Union, ...]:
    """The departments with their causes; conversion stands where the company put it."""
    owners: dict[Zoned, list[str]] = {
        "marketing": [*MARKETING],
        "sales": [cause for cause in SALES if cause is not Cause.CONVERSION],
        "joint": [],
    }
    owners[conversion_zone].append(Cause.CONVERSION)
    order = list(KEYS.all)
    return tuple(Union(zone, tuple(sorted(owned, key=order.index))) for zone, owned in owners.items() if owned)


def split(account: Split) -> Parts:
    """Every part of the account; the effects of all parts sum to ``account.gap`` to the kopeck."""
    model = model_of(account)
    found = owen(model)
    if isinstance(found, NotComputable):
        return _nothing_due(model, account)
    chance = assess(model, KEYS, account.noise, seed=account.seed, draws=account.draws, doubt=doubt_of(account))
    if isinstance(chance, NotComputable):
        raise TypeError("a split gap always has its chance")  # owen() has refused an empty plan already
    judge = _Judge(model, chance, account)
    parts = _with_chance(rounded(account, found), account, chance, judge)
    other = lmdi(model)
    disputed = () if isinstance(other, NotComputable) else unions_in_dispute(found, other)
    whole = _whole(account, chance.of())
    return Parts(
        parts,
        tuple(_zone(union.key, parts, chance, judge) for union in model.unions),
        Interval(whole.interval.lo, whole.interval.hi, whole.interval.level),
        whole.p_plan,
        judge.label(whole),
        tuple(Zone(zone) for zone in disputed),
        (notes.DEPENDS_ON_METHOD,) if disputed else (),
    )


def _nothing_due(model: ProductModel, account: Split) -> Parts:
    """By the age of the leads no sale is due: what they brought came sooner than planned; chance is not told."""
    value = chain_levels(model.fact, KEYS)[-1]
    nothing = (Fraction(0),) * len(model.cells)
    effects = tuple(value if factor == Cause.CONVERSION else nothing for factor in model.factors)
    came = sum(value, Fraction(0))
    sooner = Decomposition("none", model.unions, model.factors, model.cells, Fraction(0), came, effects)
    parts = tuple(
        part
        if part.cause in (Cause.OUTSIDE, Cause.TIMING)
        else replace(part, reading=_reading(part.cause, account), label=Label.TOO_LITTLE_DATA)
        for part in rounded(account, sooner)
    )
    zones = tuple(
        ZonePart(zone, _of_zone(zone, parts), None, None, Label.TOO_LITTLE_DATA)
        for zone in (Zone(union.key) for union in model.unions)
    )
    return Parts(parts, zones, None, None, Label.TOO_LITTLE_DATA, ())


def _of_zone(zone: Zone, parts: tuple[Part, ...]) -> Decimal:
    return sum((part.effect for part in parts if part.zone is zone), Decimal(0))


def _whole(account: Split, chain: Chance) -> Chance:
    """The gap itself: the chance of the chain and of the sales past it, which come one by one like a Poisson law.

    Money of other months' leads is taken as known. A plan learnt from k months brings their chance, a k-th of it.
    """
    share = 1 + 1 / account.habit.months if account.habit else 1.0
    variance = share * sum(link.outside_squares for link in account.links.values())
    gap = float(account.gap)
    if not variance and abs(gap - chain.effect) < float(KOPECK):
        return chain
    error = sqrt(chain.se**2 + variance)
    half = normal_quantile(chain.interval.level) * error
    p_value = erfc(abs(gap) / error / sqrt(2)) if error else chain.p_plan
    interval = replace(chain.interval, lo=gap - half, hi=gap + half)
    return replace(chain, effect=gap, se=error, interval=interval, p_plan=p_value)


def model_of(account: Split) -> ProductModel:
    """Plan and fact of the chain as one product identity, undefined rates neutral."""
    cells = account.cells
    nothing: Levels = (Fraction(0),) * 6
    plan = [account.due.get(cell, nothing)[:-1] for cell in cells]
    fact = [_walked(account.links[cell]) if cell in account.links else nothing[:-1] for cell in cells]
    return chain_model(
        [_cell(cell) for cell in cells],
        unions(account.conversion_zone),
        KEYS,
        list(zip(*plan, strict=True)),
        list(zip(*fact, strict=True)),
    )


def doubt_of(account: Split) -> PlanDoubt | None:
    """The chance inside a learnt plan; None where the company gave every number of it."""
    habit = account.habit
    if habit is None or not habit.learnt or not any(levels[0] for levels in habit.levels.values()):
        return None
    nothing: Levels = (Fraction(0),) * 6
    rows = [[level * habit.months for level in habit.levels.get(cell, nothing)[:-1]] for cell in account.cells]
    stated = chain_factors(KEYS, list(zip(*rows, strict=True)))
    base = {key: tuple(Fraction(value or 0) for value in values) for key, values in stated.items()}
    learnt = {key: tuple((key, cell) in habit.learnt for cell in account.cells) for key in KEYS.all}
    learnt[KEYS.volume] = (any(learnt[KEYS.volume]),) * len(account.cells)
    return PlanDoubt(base, learnt, habit.keeps_revenue)


def _walked(link: Links) -> Levels:
    """A segment whose refunds outweigh its sales has no order value; its money is an account line."""
    return (*link.levels[:-2], max(link.levels[-2], Fraction(0)))


def _cell(segment: Segment) -> str:
    return "" if segment is None else f"={segment}"


def rounded(account: Split, found: Decomposition[Fraction]) -> tuple[Part, ...]:
    """Parts in kopecks, rounded together, so that every level sums to the gap."""
    exact: dict[tuple[Cause, Segment], Fraction] = {
        (Cause(factor), cell): found.factor(factor, _cell(cell))
        for factor in found.factors
        for cell in account.cells
    }
    for cell in account.cells:
        link, due = account.links.get(cell), account.due.get(cell)
        came = Fraction(link.all_revenue) - _walked(link)[-1] if link else Fraction(0)
        exact[Cause.OUTSIDE, cell] = came - (due[-1] if due else Fraction(0))
    if account.timing is not None:
        exact[Cause.TIMING, None] = account.timing
    money = share_out(
        account.gap, [Decimal(part.numerator) / Decimal(part.denominator) for part in exact.values()]
    )
    by_cause: dict[Cause, dict[Segment, Decimal]] = {}
    for (cause, cell), amount in zip(exact, money, strict=True):
        by_cause.setdefault(cause, {})[cell] = amount
    zones = _zones(account.conversion_zone)
    return tuple(
        Part(cause, zones[cause], sum(by_cause[cause].values(), Decimal(0)), by_cause[cause], Reading(None, None))
        for cause in Cause
        if cause in by_cause
    )


def _zones(conversion_zone: Zoned) -> dict[Cause, Zone]:
    owned = {Cause(factor): Zone(union.key) for union in unions(conversion_zone) for factor in union.factors}
    return {**dict.fromkeys(Cause, Zone.COMPANY), **owned}


def _with_chance(parts: tuple[Part, ...], account: Split, chance: Assessment, judge: _Judge) -> tuple[Part, ...]:
    return tuple(
        part if part.cause in (Cause.OUTSIDE, Cause.TIMING) else _judged(part, account, chance, judge)
        for part in parts
    )


def _judged(part: Part, account: Split, chance: Assessment, judge: _Judge) -> Part:
    own = chance.of(factor=part.cause)
    return replace(
        part,
        reading=_reading(part.cause, account),
        interval=Interval(own.interval.lo, own.interval.hi, own.interval.level),
        p_value=judge.p_value(own),
        label=judge.label(own),
    )


def _zone(key: str, parts: tuple[Part, ...], chance: Assessment, judge: _Judge) -> ZonePart:
    zone, own = Zone(key), chance.of(union=key)
    bounds = Interval(own.interval.lo, own.interval.hi, own.interval.level)
    return ZonePart(zone, _of_zone(zone, parts), bounds, judge.p_value(own), judge.label(own))


class _Judge:
    """Labels of all causes and zones as one family: with nothing wrong, a month names anybody in 10 % of cases."""

    def __init__(self, model: ProductModel, chance: Assessment, account: Split) -> None:
        lines = [Line(union.key, None) for union in model.unions] + [Line(None, key) for key in model.factors]
        adjusted = holm([chance.of(line.union, line.factor).p_plan for line in lines])
        self._p = dict(zip(lines, adjusted, strict=True))
        planned = sum(levels[-2] + levels[-1] for levels in account.due.values())
        came = sum(link.all_revenue for link in account.links.values())
        self._size = max(float(planned), float(came))
        self._whole_size = max(self._size, float(account.plan))
        self._min_sales = account.min_sales

    def p_value(self, chance: Chance) -> float:
        """Holm's p over the family; the gap itself is a question of its own."""
        return self._p.get(chance.line, chance.p_plan)

    def label(self, chance: Chance) -> Label:
        if chance.expected_wins < self._min_sales:
            return Label.TOO_LITTLE_DATA
        size = self._whole_size if chance.line == Line() else self._size
        return label(chance.interval, self.p_value(chance), chance.expected_wins, size)


def _reading(cause: Cause, account: Split) -> Reading:
    """The factor over all segments: leads, share of the largest planned segment, rates, order value."""
    plan = [sum(column) for column in zip(*(levels[:-1] for levels in account.due.values()), strict=True)]
    fact = [sum(column) for column in zip(*(_walked(link) for link in account.links.values()), strict=True)]
    if cause is Cause.VOLUME:
        return Reading(float(plan[0]), float(fact[0]))
    if cause is Cause.MIX:
        return _mix_reading(account, Fraction(plan[0]), Fraction(fact[0]))
    place = KEYS.all.index(cause) - 1
    planned, actual = (side[place] / side[place - 1] if side[place - 1] else None for side in (plan, fact))
    return Reading(None if planned is None else float(planned), None if actual is None else float(actual))


def _mix_reading(account: Split, planned_leads: Fraction, leads: Fraction) -> Reading:
    """Share of leads in the segment that the plan expects most money from."""
    richest = max(account.due, key=lambda segment: account.due[segment][-2])
    plan = account.due[richest][0] / planned_leads if planned_leads else None
    link = account.links.get(richest)
    fact = Fraction(link.leads if link else 0) / leads if leads else None
    return Reading(None if plan is None else float(plan), None if fact is None else float(fact))
