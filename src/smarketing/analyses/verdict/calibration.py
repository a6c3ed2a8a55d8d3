"""How often does the verdict accuse without cause, and how often does it find the cause that is there?

Months of a company whose truth is known go through the product's own split. Whatever the product learns from
earlier months (the plan where none is given, how leads vary, how order values differ) is learnt here from earlier
months too, drawn anew for each, so that its error is inside the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from statistics import median

import numpy as np

from smarketing.analyses.verdict.account import Habit, Split
from smarketing.analyses.verdict.chain import Levels, Links, Segment
from smarketing.analyses.verdict.history import HISTORY_MONTHS, IMPLIED_MONTHS
from smarketing.analyses.verdict.plan import total_money
from smarketing.analyses.verdict.result import Cause, Part
from smarketing.analyses.verdict.split import FACTORS, KEYS, MARKETING, Parts, split, unions
from smarketing.facts.company import Zone
from smarketing.facts.money import to_kopecks
from smarketing.stats.chain import chain_model
from smarketing.stats.decomposition import owen
from smarketing.stats.errors import NotComputable
from smarketing.stats.simulation import Noise, coefficient_of_variation, dispersion_index
from smarketing.stats.uncertainty import Label

SIZES = (15, 30, 60, 150, 600)  # expected sales a month
SEGMENTS: tuple[Segment, ...] = ("dealers", "developers", "private")
DRAWS = 800  # the smallest number whose p can meet Holm's step of 10 % over eight lines without loss
MIN_SALES = 5
SPARED_ORDERS = 10  # under so many orders their spread is not believed and 1 is taken


class Planning(StrEnum):
    """Where the plan of a simulated month comes from."""

    GIVEN = "given"  # the truth itself
    SCALED = "scaled"  # revenue is true, the rest is the average of three earlier months
    IMPLIED = "implied"  # the average of three earlier months


@dataclass(frozen=True)
class Truth:
    """A company as it is: mean leads, target, handled and sale rates, order value and its spread, by segment."""

    leads: tuple[float, ...] = (120.0, 90.0, 300.0)
    target: tuple[float, ...] = (0.60, 0.55, 0.40)
    handled: tuple[float, ...] = (0.90, 0.85, 0.90)
    sale: tuple[float, ...] = (0.40, 0.30, 0.25)
    value: tuple[float, ...] = (500_000.0, 300_000.0, 40_000.0)
    spread: tuple[float, ...] = (0.5, 0.5, 0.4)

    @property
    def sales(self) -> tuple[float, ...]:
        return tuple(float(levels[3]) for levels in self.levels.values())

    @cached_property
    def levels(self) -> dict[Segment, Levels]:
        """What a month is expected to bring."""
        rows = zip(SEGMENTS, self.leads, self.target, self.handled, self.sale, self.value, strict=True)
        return {segment: _running(factors) for segment, *factors in rows}

    def of_size(self, sales: float) -> Truth:
        """The same company with so many expected sales a month."""
        grown = sales / sum(self.sales)
        return replace(self, leads=tuple(mean * grown for mean in self.leads))


@dataclass(frozen=True)
class Scene:
    """What is simulated: a size, a way of planning, leads that vary so much, and a cause planted or none."""

    size: int
    planning: Planning = Planning.GIVEN
    dispersion: float = 1.0
    planted: Cause | None = None


@dataclass(frozen=True)
class Score:
    """How the verdict did in the months of one scene; all counts are of months.

    ``named``: any cause or department was called a notable change; ``found``: the planted cause was;
    ``first``: it was the largest named; ``zone``: the largest named stood in its zone; ``other_zone``: a cause
    of the other department, or that department, was named. ``error``: median distance of its money from the true
    effect, as a share of it. ``coverage``: share of the 90 % intervals of each cause that held its true effect.
    """

    scene: Scene
    months: int
    named: int
    found: int
    first: int
    zone: int
    other_zone: int
    error: float | None
    coverage: Mapping[Cause, float]


_THIRD_LESS = 0.7
CHANGES: Mapping[Cause, Mapping[str, tuple[float, ...]]] = {  # what is multiplied by what, by segment
    Cause.VOLUME: {"leads": (_THIRD_LESS,) * 3},
    Cause.MIX: {"leads": (0.5, 2 / 3, 1.3)},  # the total stays
    Cause.QUALITY: {"target": (_THIRD_LESS,) * 3},
    Cause.HANDLING: {"handled": (_THIRD_LESS,) * 3},
    Cause.CONVERSION: {"sale": (0.6,) * 3},
    Cause.ORDER_VALUE: {"value": (_THIRD_LESS,) * 3},
}
QUIET = (
    (Planning.GIVEN, 1.0), (Planning.SCALED, 1.0), (Planning.IMPLIED, 1.0),
    (Planning.GIVEN, 3.0), (Planning.IMPLIED, 3.0),
)  # fmt: skip


def scenes(sizes: Sequence[int] = SIZES) -> tuple[Scene, ...]:
    """Months in which nothing changed, for every way of planning; then each cause planted alone."""
    quiet = [Scene(size, planning, dispersion) for planning, dispersion in QUIET for size in sizes]
    return (*quiet, *(Scene(size, planted=cause) for cause in CHANGES for size in sizes))


def changed(truth: Truth, planted: Cause | None) -> Truth:
    """The company with one cause planted."""
    moves = CHANGES[planted] if planted else {}
    moved = {
        name: tuple(a * b for a, b in zip(getattr(truth, name), by, strict=True)) for name, by in moves.items()
    }
    return replace(truth, **moved)


def score(scene: Scene, months: int, seed: int, draws: int = DRAWS) -> Score:
    """Judge so many months of one scene; the same seed draws the same months."""
    rng = np.random.default_rng([seed, *map(ord, repr(scene))])
    before = Truth().of_size(scene.size)
    now = changed(before, scene.planted)
    true = _true_effects(before, now)
    judged = [split(_month(scene, before, now, rng, draws)) for _ in range(months)]
    named = [_named(parts) for parts in judged]
    return Score(
        scene,
        months,
        named=sum(bool(found or _zones(parts)) for found, parts in zip(named, judged, strict=True)),
        **_about_planted(scene.planted, judged, named),
        error=_error(scene.planted, judged, true),
        coverage={cause: _covered(cause, judged, effect) for cause, effect in true.items()},
    )


def drawn_month(truth: Truth, dispersion: float, rng: np.random.Generator) -> dict[Segment, Links]:
    """One month of the company: leads Poisson or negative binomial, stages binomial, order values gamma."""
    mean = sum(truth.leads)
    total = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion) if dispersion > 1 else rng.poisson(mean)
    came = rng.multinomial(total, [leads / mean for leads in truth.leads])
    target = rng.binomial(came, truth.target)
    handled = rng.binomial(target, truth.handled)
    won = rng.binomial(handled, truth.sale)
    links = {}
    for place, segment in enumerate(SEGMENTS):
        orders = _orders(truth, place, int(won[place]), rng)
        money = to_kopecks(Decimal(float(orders.sum())))
        leads, good, worked, sold = (int(level[place]) for level in (came, target, handled, won))
        links[segment] = Links(leads, good, worked, sold, money, money, 0, 0)
    return links


def _month(scene: Scene, before: Truth, now: Truth, rng: np.random.Generator, draws: int) -> Split:
    due, habit = _plan(scene, before, rng)
    links = drawn_month(now, scene.dispersion, rng)
    came = sum((link.all_revenue for link in links.values()), Decimal(0))
    planned = total_money(due)
    gap = came - to_kopecks(Decimal(planned.numerator) / Decimal(planned.denominator))
    noise = Noise(_learnt_spreads(before, rng), *_learnt_dispersion(before, scene.dispersion, rng))
    seed = int(rng.integers(2**31))
    return Split(SEGMENTS, links, due, "sales", None, gap, noise, seed, draws, MIN_SALES, habit)


def _plan(scene: Scene, before: Truth, rng: np.random.Generator) -> tuple[Mapping[Segment, Levels], Habit | None]:
    if scene.planning is Planning.GIVEN:
        return before.levels, None
    past = [drawn_month(before, scene.dispersion, rng) for _ in range(IMPLIED_MONTHS)]
    average = {
        segment: tuple(
            sum(column, Fraction(0)) / len(past)
            for column in zip(*(month[segment].levels for month in past), strict=True)
        )
        for segment in SEGMENTS
    }
    learnt = {(factor, segment) for factor in FACTORS for segment in SEGMENTS}
    if scene.planning is Planning.IMPLIED:
        return average, Habit(average, len(past), learnt)
    grown = total_money(before.levels) / total_money(average)
    scaled = {segment: tuple(level * grown for level in levels) for segment, levels in average.items()}
    return scaled, Habit(average, len(past), learnt, keeps_revenue=True)


def _learnt_dispersion(truth: Truth, dispersion: float, rng: np.random.Generator) -> tuple[float, int]:
    """From the leads of the months before, the oldest left out, as the product does."""
    mean, months = sum(truth.leads), HISTORY_MONTHS - 1
    seen = (
        rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, months)
        if dispersion > 1
        else rng.poisson(mean, months)
    )
    found = dispersion_index(seen.tolist())
    return (1.0, 0) if isinstance(found, NotComputable) else (max(1.0, found), months - 1)


def _learnt_spreads(truth: Truth, rng: np.random.Generator) -> tuple[float, ...]:
    found = []
    for place, sales in enumerate(truth.sales):
        orders = _orders(truth, place, int(rng.poisson(sales * HISTORY_MONTHS)), rng)
        spread = coefficient_of_variation(orders.tolist())
        known = len(orders) >= SPARED_ORDERS and not isinstance(spread, NotComputable)
        found.append(float(spread) if known else 1.0)
    return tuple(found)


def _orders(truth: Truth, place: int, count: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype]:
    shape = 1 / truth.spread[place] ** 2
    return rng.gamma(shape, truth.value[place] / shape, count)


def _running(factors: Sequence[float]) -> Levels:
    levels, product = [], Fraction(1)
    for factor in factors:
        product *= Fraction(factor)
        levels.append(product)
    return (*levels, Fraction(0))


def _true_effects(before: Truth, now: Truth) -> dict[Cause, float]:
    sides = [list(zip(*(levels[:-1] for levels in truth.levels.values()), strict=True)) for truth in (before, now)]
    found = owen(chain_model([str(segment) for segment in SEGMENTS], unions("sales"), KEYS, *sides))
    if isinstance(found, NotComputable):
        raise TypeError("the company of the calibration plans revenue")
    return {cause: float(found.factor(cause)) for cause in FACTORS}


def _named(parts: Parts) -> list[Part]:
    """The named causes, the largest first."""
    return sorted((part for part in parts.parts if part.is_confirmed), key=lambda part: -abs(part.effect))


def _zones(parts: Parts) -> set[Zone]:
    return {zone.zone for zone in parts.zones if zone.label is Label.CONFIRMED}


def _about_planted(
    planted: Cause | None, judged: Sequence[Parts], named: Sequence[Sequence[Part]]
) -> dict[str, int]:
    told: Counter[str] = Counter(found=0, first=0, zone=0, other_zone=0)
    if planted is None:
        return dict(told)
    owner, other = (Zone.MARKETING, Zone.SALES) if planted in MARKETING else (Zone.SALES, Zone.MARKETING)
    for parts, causes in zip(judged, named, strict=True):
        told["found"] += any(part.cause is planted for part in causes)
        told["first"] += bool(causes) and causes[0].cause is planted
        told["zone"] += bool(causes) and causes[0].zone is owner
        told["other_zone"] += other in {part.zone for part in causes} | _zones(parts)
    return dict(told)


def _error(planted: Cause | None, judged: Sequence[Parts], true: Mapping[Cause, float]) -> float | None:
    if planted is None or not judged:
        return None
    effect = true[planted]
    return median(abs(float(_part(parts, planted).effect) - effect) / abs(effect) for parts in judged)


def _covered(cause: Cause, judged: Sequence[Parts], effect: float) -> float:
    held = 0
    for parts in judged:
        interval = _part(parts, cause).interval
        held += interval is not None and interval.low <= effect <= interval.high
    return held / len(judged)


def _part(parts: Parts, cause: Cause) -> Part:
    return next(part for part in parts.parts if part.cause is cause)
