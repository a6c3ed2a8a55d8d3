"""What may still come in the month, as it was known at the end of a day? Booked, open, to come, later payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.forecast.curves import AGES, Curve, Prices, curves_on, prices_on
from smarketing.analyses.forecast.gathering import STATES, Flow, Segment
from smarketing.facts.period import Month
from smarketing.stats.drawing import Cases, beta_factor, draw_arrivals, draw_cases, gamma_factor
from smarketing.stats.errors import NotComputable
from smarketing.stats.simulation import dispersion_index

RATE_DAYS = 56  # days that tell how many leads come
LATER_DAYS = 84  # days that tell how much comes beside first payments
BUCKETS = 12  # groups of open leads of like chance, in each state of each segment
NEXT_DAY = 1


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
class Ahead:
    """One segment: what has come and everything that may. Means sum to the forecast's."""

    segment: Segment
    booked: float
    cases: tuple[tuple[int, Cases], ...]  # (state, like leads)
    open_leads: float
    arrivals: Arrivals
    later: float  # mean of payments that are not a lead's first, and of money without a lead
    later_sd: float
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
        return self.booked + self.open + self.to_come + self.later


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
    curves, prices = curves_on(flow, cut), prices_on(flow, cut)
    booked = flow.received[:, flow.between(month.first.toordinal(), cut + 1)].sum(axis=1)
    return Outlook(month, day, rest, tuple(
        Ahead(
            segment, float(booked[place]), *_open(flow, place, cut, rest, curves[place], prices[place]),
            _arrivals(flow, place, cut, end, curves[place]), *_later(flow, place, cut, end - 1 - cut), curves[place],
            prices[place],
        )
        for place, segment in enumerate(flow.segments)
    ))  # fmt: skip


def drawn(found: Outlook, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Months as they may end, shape (segments, draws)."""
    return np.stack([_drawn(ahead, draws, rng) for ahead in found.segments])


def _drawn(ahead: Ahead, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    factors = [
        beta_factor(paid, float(to_end[-1]), draws, rng) if to_end[-1] > 0 else np.ones(draws)
        for paid, to_end in zip(ahead.curve.paid, ahead.curve.to_end, strict=True)
    ]
    total = np.full(draws, ahead.booked)
    for state, cases in ahead.cases:
        total += draw_cases(cases, factors[state], rng)
    coming = ahead.arrivals
    if coming.sales:
        factor = factors[0] * gamma_factor(coming.seen, draws, rng)
        total += draw_arrivals(coming.sales, ahead.prices.order, ahead.prices.order_sd, factor, rng)
    return total + rng.normal(ahead.later, ahead.later_sd, draws)


def _open(
    flow: Flow, place: int, cut: int, rest: int, curve: Curve, prices: Prices
) -> tuple[tuple[tuple[int, Cases], ...], float]:
    """The segment's open leads in groups of like chance, and how many leads are open."""
    leads = flow.leads
    here = (leads.segment == place) & (leads.entered[0] <= cut) & (leads.paid > cut) & (leads.lost > cut)
    found: list[tuple[int, Cases]] = []
    for state in range(len(STATES)):
        came = leads.entered[state]
        age = flow.last_step(cut) - leads.steps[state]
        rows = np.flatnonzero(here & (came <= cut) & (leads.entered[state + 1] > cut) & (age < AGES))
        chance = curve.within(state, rest)[np.maximum(age[rows], 0)]
        found += [(state, cases) for cases in _grouped(flow, rows, chance, prices, state)]
    return tuple(found), float(leads.count[here].sum())


def _grouped(
    flow: Flow, rows: NDArray[np.int64], chance: NDArray[np.float64], prices: Prices, state: int
) -> list[Cases]:
    """Leads of like chance as one group, whose mean is that of its leads to the kopeck."""
    leads = flow.leads
    rows, chance = rows[chance > 0], chance[chance > 0]
    if not rows.size:
        return []
    count, priced = leads.count[rows], leads.priced[rows]
    if not prices.per_card:
        money, squares = count * prices.order, count * (prices.order**2 + prices.order_sd**2)
    else:
        bare, per_card = count - priced, prices.per_card[state]
        money = leads.card[rows] * per_card + bare * prices.order
        squares = leads.card_squares[rows] * per_card**2 * (1 + prices.per_card_cv**2)
        squares = squares + bare * (prices.order**2 + prices.order_sd**2)
    bucket = np.minimum(np.floor(-2 * np.log2(chance / chance.max())), BUCKETS - 1).astype(np.int64)
    sums = [np.bincount(bucket, weight) for weight in (count, count * chance, chance * money, chance * squares)]
    return [
        Cases(round(number), happens / number, brings / happens, max(second / happens - (brings / happens) ** 2, 0) ** 0.5)
        for number, happens, brings, second in zip(*(row.tolist() for row in sums), strict=True)
        if number
    ]


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


def _later(flow: Flow, place: int, cut: int, rest: int) -> tuple[float, float]:
    """Payments after the first, refunds and money without a lead: the days to come are like the last ones."""
    start = max(cut + 1 - LATER_DAYS, flow.first)
    seen = flow.later[place, flow.between(start, cut + 1)]
    if not seen.size or not rest:
        return 0.0, 0.0
    return float(seen.mean()) * rest, float(seen.std() * (rest * (1 + rest / seen.size)) ** 0.5)
