"""What may still come in the month, as it was known at the end of a day? Booked, open, to come, later payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.forecast.curves import AGES, Curve, Prices, curves_on, prices_on
from smarketing.analyses.forecast.gathering import STATES, Flow, Leads, Segment
from smarketing.facts.period import Month
from smarketing.stats.drawing import Cases, beta_factor, draw_arrivals, draw_cases, gamma_factor
from smarketing.stats.errors import NotComputable
from smarketing.stats.simulation import dispersion_index

RATE_DAYS = 56  # days that tell how many leads come
LATER_DAYS = 84  # days that tell how much comes beside first payments
BUCKETS = 12  # groups of open leads of like chance, in each state of each segment


@dataclass(frozen=True)
class Arrivals:
    """Sales of leads that have not come yet: their number is Poisson around ``sales``.

    ``leads`` come in the days that are left; ``seen`` is the number of leads behind the rate, less where they
    vary more than chance.
    """

    leads: float
    sales: float
    seen: float


@dataclass(frozen=True)
class Later:
    """Payments that are not a lead's first, refunds and money without a lead, in the days that are left."""

    mean: float
    sd: float
    has_refunds: bool  # a day of it may be below zero


@dataclass(frozen=True)
class Ahead:
    """One segment: what has come and everything that may. Means sum to the forecast's."""

    segment: Segment
    booked: float
    cases: tuple[tuple[int, Cases], ...]  # (state, like leads)
    open_leads: float
    arrivals: Arrivals
    later: Later
    curve: Curve
    prices: Prices

    @property
    def open(self) -> float:
        return sum(cases.expected for _, cases in self.cases)

    @property
    def to_come(self) -> float:
        return self.arrivals.sales * self.prices.order

    @property
    def mean(self) -> float:
        return self.booked + self.open + self.to_come + self.later.mean


@dataclass(frozen=True)
class Outlook:
    """The month at the end of ``day``; ``rest`` working days of it are left."""

    month: Month
    day: date
    rest: int
    segments: tuple[Ahead, ...]

    @property
    def booked(self) -> float:
        return sum(ahead.booked for ahead in self.segments)

    @property
    def mean(self) -> float:
        return sum(ahead.mean for ahead in self.segments)


def outlook(flow: Flow, month: Month, day: date) -> Outlook:
    """Everything that the end of ``day`` knew of ``month``: nothing dated later is looked at."""
    cut, end = day.toordinal(), month.period.end.toordinal()
    rest = flow.last_step(end - 1) - flow.last_step(cut)
    curves, prices, waiting = curves_on(flow, cut), prices_on(flow, cut), flow.leads.open_on(cut)
    booked = flow.received[:, flow.between(month.first.toordinal(), cut + 1)].sum(axis=1)
    return Outlook(month, day, rest, tuple(
        Ahead(
            segment, float(booked[place]), *_open(flow, waiting, place, cut, rest, curves[place], prices[place]),
            _arrivals(flow, place, cut, end, curves[place]), _later(flow, place, cut, end - 1 - cut),
            curves[place], prices[place],
        )
        for place, segment in enumerate(flow.segments)
    ))  # fmt: skip


def drawn(found: Outlook, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Months as they may end, shape (segments, draws); segments that share a curve share the doubt about it."""
    doubts: dict[int, list[NDArray[np.float64]]] = {}
    rows = []
    for ahead in found.segments:
        curve = ahead.curve
        if id(curve) not in doubts:
            doubts[id(curve)] = [_doubt(curve, state, draws, rng) for state in range(len(STATES))]
        rows.append(_drawn(ahead, doubts[id(curve)], draws, rng))
    return np.stack(rows)


def _doubt(curve: Curve, state: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    share = float(curve.to_end[state][-1])
    return beta_factor(curve.paid[state], share, draws, rng) if share > 0 else np.ones(draws)


def _drawn(
    ahead: Ahead, doubts: Sequence[NDArray[np.float64]], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    total = np.full(draws, ahead.booked)
    for state, cases in ahead.cases:
        total += draw_cases(cases, doubts[state], rng)
    coming = ahead.arrivals
    if coming.sales:
        factor = doubts[0] * gamma_factor(coming.seen, draws, rng)
        total += draw_arrivals(coming.sales, ahead.prices.order, ahead.prices.order_sd, factor, rng)
    return total + _drawn_later(ahead.later, draws, rng)


def _drawn_later(later: Later, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Around its mean, and never below zero where nothing was ever paid back."""
    if later.has_refunds or later.mean <= 0 or later.sd <= 0:
        return rng.normal(later.mean, later.sd, draws)
    shape = (later.mean / later.sd) ** 2
    return rng.gamma(shape, later.mean / shape, draws)


def _open(
    flow: Flow, waiting: Leads, place: int, cut: int, rest: int, curve: Curve, prices: Prices
) -> tuple[tuple[tuple[int, Cases], ...], float]:
    """The segment's open leads in groups of like chance, and how many leads are open."""
    found: list[tuple[int, Cases]] = []
    for state in range(len(STATES)):
        rows = waiting.standing(cut, place, state)
        age = np.maximum(flow.last_step(cut) - waiting.steps[state][rows], 0)
        rows, age = rows[age < AGES], age[age < AGES]
        chance = curve.within(state, rest)[age]
        found += [
            (state, cases) for cases in _grouped(waiting, rows[chance > 0], chance[chance > 0], prices, state)
        ]
    return tuple(found), float(waiting.count[waiting.segment == place].sum())


def _grouped(
    leads: Leads, rows: NDArray[np.int64], chance: NDArray[np.float64], prices: Prices, state: int
) -> list[Cases]:
    """Leads of like chance as one group, whose mean is that of its leads."""
    if not rows.size or not prices.order:
        return []
    count, (money, squares) = leads.count[rows], prices.worth(leads, rows, state)
    bucket = np.minimum(np.floor(-2 * np.log2(chance / chance.max())), BUCKETS - 1).astype(np.int64)
    weights = (count, count * chance, chance * money, chance * squares)
    sums = zip(*(np.bincount(bucket, weight).tolist() for weight in weights), strict=True)
    return [_cases(*one) for one in sums if one[0]]


def _cases(count: float, happens: float, brings: float, squares: float) -> Cases:
    mean = brings / happens
    return Cases(round(count), happens / count, mean, max(squares / happens - mean**2, 0.0) ** 0.5)


def _arrivals(flow: Flow, place: int, cut: int, end: int, curve: Curve) -> Arrivals:
    """Leads by the rate of working days and days off of the last weeks, ripening until the month ends."""
    start = max(cut + 1 - RATE_DAYS, flow.first)
    arrived = flow.arrived[place, flow.between(start, cut + 1)]
    worked = flow.is_worked[flow.between(start, cut + 1)]
    ahead = flow.is_worked[flow.between(cut + 1, end)]
    rates = [float(arrived[worked == kind].mean()) if (worked == kind).any() else 0.0 for kind in (False, True)]
    expected = np.where(ahead, rates[1], rates[0])
    rest = flow.last_step(end - 1) - flow.step_of(np.arange(cut + 1, end))
    ripe = np.where(rest < 0, 0.0, curve.to_end[0][np.clip(rest, 0, AGES - 1)])
    varies = dispersion_index(arrived.tolist(), np.where(worked, rates[1], rates[0]).tolist())
    spread = 1.0 if isinstance(varies, NotComputable) else max(1.0, varies)
    return Arrivals(float(expected.sum()), float((expected * ripe).sum()), float(arrived.sum()) / spread)


def _later(flow: Flow, place: int, cut: int, rest: int) -> Later:
    """The days to come are like the last ones."""
    start = max(cut + 1 - LATER_DAYS, flow.first)
    seen = flow.later[place, flow.between(start, cut + 1)]
    if not seen.size or not rest:
        return Later(0.0, 0.0, has_refunds=False)
    sd = float(seen.std() * (rest * (1 + rest / seen.size)) ** 0.5)
    return Later(float(seen.mean()) * rest, sd, has_refunds=bool((seen < 0).any()))
