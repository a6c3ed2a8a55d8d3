"""How would the forecast have done? Past months seen from their 5th, 10th, 15th, 20th and 25th, as known then.

The state of a past day is what was dated by then: leads that had come, milestones, losses and payments. What the
facts keep only in their latest form (the amount on a card, its segment, the judgement on it) cannot be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from smarketing.analyses.forecast.gathering import Flow
from smarketing.analyses.forecast.outlook import drawn, outlook
from smarketing.analyses.forecast.result import SHARES, Choice, CutScores, Method, Score
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Interval
from smarketing.stats.errors import NotComputable
from smarketing.stats.proportions import wilson
from smarketing.stats.scores import conformal_bound, crps_of_draws, pinball

CUTS = (5, 10, 15, 20, 25)
EDITION = 1  # of the model: what was tried by another one is tried again
WARM_UP = 3  # whole months that teach before the first one that is tried
MAX_MONTHS = 24  # the last ones tell enough, and a long history takes long
MIN_MONTHS = 6  # fewer past months do not tell which method is better
DRAWS = 1_000
TRUSTED = (0.65, 0.95)  # coverage outside of which the model's own interval is not believed


@dataclass(frozen=True)
class Past:
    """One month seen from one of its days. ``model`` is its 10, 50 and 90 %; money in the company's currency."""

    month: Month
    cut: int
    actual: float
    booked: float
    model: tuple[float, float, float]
    model_crps: float
    run_rate: float | None
    last_year: float | None
    plan: float | None


@dataclass(frozen=True)
class Backtest:
    """All past forecasts, by month and day."""

    pasts: tuple[Past, ...] = ()

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(sorted({past.month for past in self.pasts}))

    def at(self, cut: int) -> tuple[Past, ...]:
        return tuple(past for past in self.pasts if past.cut == cut)


def backtest(flow: Flow, today: date, plans: Mapping[Month, float], draws: int = DRAWS) -> Backtest:
    """Whole months from the fourth on, two years at most, on each of the days; ``plans`` where they are known."""
    months = _months(flow, today)
    return Backtest(tuple(_past(flow, month, cut, plans.get(month), draws) for month in months for cut in CUTS))


def scores(found: Backtest) -> tuple[CutScores, ...]:
    """Each day's scores and all of them together, every method on the months that run-rate knows, too."""
    if not found.pasts:
        return ()
    fair = [past for past in found.pasts if past.run_rate is not None]
    shown = {cut: [past for past in fair if past.cut == cut] for cut in CUTS}
    bounds = {past: _run_rate_bounds(past, shown[past.cut]) for past in fair}
    by_day = [_cut_scores(cut, pasts, bounds) for cut, pasts in shown.items()]
    return (*by_day, _cut_scores(0, fair, bounds))


def run_rate(flow: Flow, month: Month, day: date, booked: float) -> float | None:
    """Booked so far over the share of the month's working days that has passed; None while none has."""
    start, end = month.first.toordinal(), month.period.end.toordinal()
    passed = flow.worked(start, day.toordinal() + 1)
    return booked * flow.worked(start, end) / passed if passed and booked > 0 else None


def year_ago(flow: Flow, month: Month) -> float | None:
    """Revenue of the same month a year earlier; None where the facts had not begun."""
    before = month.shift(-12)
    return None if before.first.toordinal() < flow.first else _actual(flow, before)


def run_rate_ratios(pasts: Sequence[Past]) -> tuple[float, ...]:
    """What came over what run-rate said."""
    return tuple(past.actual / past.run_rate for past in pasts if past.run_rate)


def model_ratios(pasts: Sequence[Past]) -> tuple[float, ...]:
    """What came over the model's middle."""
    return tuple(past.actual / past.model[1] for past in pasts if past.model[1] > 0)


def conformal(ratios: Sequence[float]) -> tuple[float, float] | None:
    """Factors under and over which one of ten next outcomes falls, by the rank of n + 1; None with too few."""
    high = conformal_bound(ratios, SHARES[2])
    low = conformal_bound([-ratio for ratio in ratios], SHARES[2])
    if isinstance(high, NotComputable) or isinstance(low, NotComputable):
        return None
    return -low, high


def _months(flow: Flow, today: date) -> list[Month]:
    first = Month.of(date.fromordinal(flow.first))
    if date.fromordinal(flow.first).day > 1:
        first = first.shift(1)  # its beginning is not among the facts
    found, month = [], first.shift(WARM_UP)
    while month.period.last_day < today.replace(day=1):
        found.append(month)
        month = month.shift(1)
    return found[-MAX_MONTHS:]


def _past(flow: Flow, month: Month, cut: int, plan: float | None, draws: int) -> Past:
    day, actual = date(month.year, month.month, cut), _actual(flow, month)
    seen = outlook(flow, month, day)
    total = drawn(seen, draws, np.random.default_rng([month.number, cut])).sum(axis=0)
    low, middle, high = (float(value) for value in np.quantile(total, SHARES))
    rate = run_rate(flow, month, day, seen.booked)
    crps = crps_of_draws(total, actual)
    return Past(month, cut, actual, seen.booked, (low, middle, high), crps, rate, year_ago(flow, month), plan)


def _actual(flow: Flow, month: Month) -> float:
    return float(flow.received[:, flow.between(month.first.toordinal(), month.period.end.toordinal())].sum())


def _run_rate_bounds(past: Past, pasts: Sequence[Past]) -> tuple[float, float, float]:
    """Run-rate with the interval of its errors in the other months: it must not be beaten as a bare point."""
    said = past.run_rate or 0.0
    others = sorted(run_rate_ratios([other for other in pasts if other is not past]))
    if not others:
        return said, said, said
    low, high = conformal(others) or (others[0], others[-1])
    return said * low, said, said * high


def _cut_scores(cut: int, pasts: Sequence[Past], bounds: Mapping[Past, tuple[float, float, float]]) -> CutScores:
    if not pasts:
        return CutScores(cut, (), Choice.UNTESTED)
    model = _score(Method.MODEL, [(past, past.model) for past in pasts])
    rate = _score(Method.RUN_RATE, [(past, bounds[past]) for past in pasts])
    years = [(past, past.last_year) for past in pasts if past.last_year is not None]
    plans = [(past, past.plan) for past in pasts if past.plan is not None]
    points = [_points(Method.LAST_YEAR, years), _points(Method.PLAN, plans)]
    found = (model, rate, *(score for score in points if score is not None))
    if len({past.month for past in pasts}) < MIN_MONTHS:
        return CutScores(cut, found, Choice.UNTESTED)
    # A few months give run-rate a wide interval: the model has to be nearer by its middle, too.
    is_better = model.pinball < rate.pinball and model.error < rate.error
    return CutScores(cut, found, Choice.BEATS if is_better else Choice.DOES_NOT_BEAT)


def _score(method: Method, said: Sequence[tuple[Past, tuple[float, float, float]]]) -> Score:
    n = len(said)
    errors = [abs(middle - past.actual) for past, (_, middle, _) in said]
    losses = [
        pinball(quantile, share, past.actual)
        for past, quantiles in said
        for quantile, share in zip(quantiles, SHARES, strict=True)
    ]
    covered = sum(low <= past.actual <= high for past, (low, _, high) in said)
    crps = [
        past.model_crps if method is Method.MODEL else crps_of_draws(quantiles, past.actual)
        for past, quantiles in said
    ]
    within = wilson(covered, n)
    interval = None
    if not isinstance(within, NotComputable):
        interval = Interval(within.interval.lo, within.interval.hi, within.interval.level)
    return Score(method, n, sum(errors) / n, sum(losses) / len(losses), sum(crps) / n, covered, interval)


def _points(method: Method, said: Sequence[tuple[Past, float]]) -> Score | None:
    """A method that gives one number: all its quantiles are that number."""
    if not said:
        return None
    n = len(said)
    errors = [abs(value - past.actual) for past, value in said]
    losses = [pinball(value, share, past.actual) for past, value in said for share in SHARES]
    return Score(method, n, sum(errors) / n, sum(losses) / len(losses), sum(errors) / n)


def is_trusted(score: Score) -> bool:
    """Whether the interval held the outcome about as often as it says."""
    return score.covered is None or TRUSTED[0] <= score.covered / score.n <= TRUSTED[1]
