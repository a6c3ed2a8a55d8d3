"""By what age does it happen, when some cases are still open? Kaplan-Meier, log-rank, competing events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.proportions import LEVEL, Interval, normal_quantile

_TIE = 1e-12  # two shares closer than this are the same share: floating dust must not move a median


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan-Meier curve: at `times[i]` the share still without the event falls to `survival[i]`.

    Arrays of shape (number of distinct event ages,). `last_age` is the greatest age observed, open or not.
    """

    times: tuple[float, ...]
    survival: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    n: int
    last_age: float

    def survival_at(self, age: float) -> float:
        """Share still without the event at this age; flat after the last age observed."""
        return _step(self.times, self.survival, age, before=1.0)

    def share_by(self, age: float) -> float | NotComputable:
        """Share with the event by this age, or `BEYOND_DATA` when older than every case."""
        if age > self.last_age and self.survival_at(age) > _TIE:
            return NotComputable.BEYOND_DATA
        return 1.0 - self.survival_at(age)

    def quantile(self, share: float) -> float | NotComputable:
        """Smallest age by which at least `share` have had the event, or `NOT_REACHED`."""
        if not 0 < share < 1:
            raise StatsError(f"a quantile is asked for a share between 0 and 1, got {share}")
        for time, survival in zip(self.times, self.survival, strict=True):
            if survival <= 1 - share + _TIE:
                return time
        return NotComputable.NOT_REACHED

    def median(self) -> float | NotComputable:
        """Age by which half have had the event, or `NOT_REACHED`."""
        return self.quantile(0.5)

    def share_interval(self, age: float, level: float = LEVEL) -> Interval | NotComputable:
        """Interval of `share_by(age)`: Greenwood's variance on the log(-log) scale.

        Returns `NO_EVENTS` before the first event and `NO_VARIANCE` once nobody is left.
        Reference: Kalbfleisch, Prentice 2002, section 1.4.
        """
        survival, z = self.survival_at(age), normal_quantile(level)
        if age > self.last_age and survival > _TIE:
            return NotComputable.BEYOND_DATA
        if survival >= 1 - _TIE:
            return NotComputable.NO_EVENTS
        if survival <= _TIE:
            return NotComputable.NO_VARIANCE
        spread = float(np.exp(z * np.sqrt(self._greenwood(age)) / abs(np.log(survival))))
        return Interval(1 - survival ** (1 / spread), 1 - survival**spread, level)

    def _greenwood(self, age: float) -> float:
        rows = zip(self.times, self.events, self.at_risk, strict=True)
        return sum(d / (n * (n - d)) for time, d, n in rows if time <= age)


@dataclass(frozen=True)
class LogRank:
    """Log-rank test that several groups share one curve: chi-squared with `degrees` of freedom."""

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True)
class IncidenceCurve:
    """Aalen-Johansen: at `times[i]` the share that has had *this* event reaches `incidence[i]`."""

    times: tuple[float, ...]
    incidence: tuple[float, ...]
    last_age: float

    def share_by(self, age: float) -> float | NotComputable:
        """Share with this event by this age, or `BEYOND_DATA` when older than every case."""
        if age > self.last_age:
            return NotComputable.BEYOND_DATA
        return _step(self.times, self.incidence, age, before=0.0)

    @property
    def ultimate(self) -> float:
        """Share with this event by the last age observed: the most that the data can say."""
        return self.incidence[-1] if self.incidence else 0.0


def kaplan_meier(ages: ArrayLike, happened: ArrayLike) -> SurvivalCurve | NotComputable:
    """The share still without the event, by age, from cases of which some are still open.

    Parameters: `ages`, shape (n,), >= 0: age at the event, or age now of an open case; `happened`,
    shape (n,), true where the event was seen.
    Returns: the curve, or `EMPTY` when there are no cases.
    Errors: `StatsError` for negative ages or shapes that differ.
    Reference: Kaplan, Meier 1958, JASA 53:457-481.
    """
    age, seen = _cases(ages, happened)
    if age.size == 0:
        return NotComputable.EMPTY
    times, at_risk, events = _risk_table(age, seen)
    survival = np.cumprod(1 - events / at_risk)
    return SurvivalCurve(
        tuple(times.tolist()), tuple(survival.tolist()), tuple(at_risk.tolist()), tuple(events.tolist()),
        int(age.size), float(age.max()),
    )  # fmt: skip


def conversion_curve(converted_at: ArrayLike, age_now: ArrayLike) -> SurvivalCurve | NotComputable:
    """Conversion by age of a set of leads, in which a lost lead never converts.

    A lost lead stays among those who could have converted until *its own age today*: censoring it at the
    day of the loss would inflate conversion. It must not stay longer than that either: an open lead of
    the same age does not, and the older ages would be diluted.

    Parameters: `converted_at`, shape (n,), age at conversion, `inf` when it has not converted (open or
    lost); `age_now`, shape (n,), age at the day of the question.
    Returns: the curve (`share_by` is the conversion), or `EMPTY`.
    Errors: `StatsError` for negative ages or shapes that differ.
    Reference: Fine, Gray 1999, JASA 94:496-509, section on complete (administrative) censoring.
    """
    converted, now = _floats(converted_at), _floats(age_now)
    if converted.shape != now.shape:
        raise StatsError(f"{converted.size} conversions, {now.size} ages")
    happened = converted <= now
    return kaplan_meier(np.where(happened, converted, now), happened)


def cumulative_incidence(
    ages: ArrayLike, outcomes: Sequence[str | None], event: str
) -> IncidenceCurve | NotComputable:
    """Share that has had `event` by age when other outcomes (a loss) end the wait as well.

    Parameters: `ages`, shape (n,), age at the outcome or age now; `outcomes`, length n, the outcome's
    name, `None` while the case is open; `event`, the outcome to count.
    Returns: the curve, `EMPTY` without cases, `NO_EVENTS` when the event never happened.
    Errors: `StatsError` for negative ages or lengths that differ.
    Reference: Aalen, Johansen 1978, Scandinavian Journal of Statistics 5:141-150.
    """
    ended = np.array([outcome is not None for outcome in outcomes], dtype=bool)
    wanted = np.array([outcome == event for outcome in outcomes], dtype=bool)
    age, _ = _cases(ages, ended)
    if age.size == 0:
        return NotComputable.EMPTY
    if not wanted.any():
        return NotComputable.NO_EVENTS
    times, at_risk, all_events = _risk_table(age, ended)
    before = np.concatenate(([1.0], np.cumprod(1 - all_events / at_risk)[:-1]))
    here = np.array([np.count_nonzero(wanted & (age == time)) for time in times])
    incidence = np.cumsum(before * here / at_risk)
    return IncidenceCurve(tuple(times.tolist()), tuple(incidence.tolist()), float(age.max()))


def log_rank(ages: ArrayLike, happened: ArrayLike, groups: Sequence[str]) -> LogRank | NotComputable:
    """Do the groups differ in how soon the event happens? The log-rank (Mantel-Haenszel) test.

    Parameters: `ages` and `happened` as in `kaplan_meier`; `groups`, length n, the name of each case's group.
    Returns: the test; `EMPTY` with fewer than two groups, `NO_EVENTS`, or `NO_VARIANCE` when the groups
    were never at risk together.
    Errors: `StatsError` for negative ages or lengths that differ.
    Reference: Mantel 1966; Peto, Peto 1972, JRSS A 135:185-207.
    """
    age, seen = _cases(ages, happened)
    names = sorted(set(groups))
    if len(groups) != age.size:
        raise StatsError(f"{age.size} cases, {len(groups)} groups named")
    if len(names) < 2:
        return NotComputable.EMPTY
    if not seen.any():
        return NotComputable.NO_EVENTS
    member = np.array([[group == name for group in groups] for name in names])
    excess, covariance = _log_rank_parts(age, seen, member)
    return _chi_squared(excess, covariance)


def _log_rank_parts(
    age: NDArray[np.float64], seen: NDArray[np.bool_], member: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    excess = np.zeros(len(member))
    covariance = np.zeros((len(member), len(member)))
    for time in np.unique(age[seen]):
        risk = (member & (age >= time)).sum(axis=1).astype(np.float64)
        events = (member & seen & (age == time)).sum(axis=1)
        n, d = risk.sum(), events.sum()
        excess += events - d * risk / n
        if n > 1:
            scale = d * (n - d) / (n - 1) / n
            covariance += scale * (np.diag(risk) - np.outer(risk, risk) / n)
    return excess, covariance


def _chi_squared(excess: NDArray[np.float64], covariance: NDArray[np.float64]) -> LogRank | NotComputable:
    degrees = int(np.linalg.matrix_rank(covariance))
    if degrees == 0:
        return NotComputable.NO_VARIANCE
    statistic = float(excess @ np.linalg.pinv(covariance) @ excess)
    return LogRank(statistic, degrees, float(special.chdtrc(degrees, statistic)))


def _risk_table(
    age: NDArray[np.float64], ended: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct ages at which something ended, how many were at risk then, and how many ended."""
    times, events = np.unique(age[ended], return_counts=True)
    at_risk = age.size - np.searchsorted(np.sort(age), times, side="left")
    return times, at_risk.astype(np.int64), events.astype(np.int64)


def _cases(ages: ArrayLike, happened: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    age, seen = _floats(ages), np.asarray(happened, dtype=bool)
    if age.shape != seen.shape or age.ndim != 1:
        raise StatsError(f"{age.size} ages, {seen.size} outcomes")
    if not bool(np.all(np.isfinite(age))):
        raise StatsError("an age is a finite number: an open case has its age today")
    return age, seen


def _floats(ages: ArrayLike) -> NDArray[np.float64]:
    age = np.asarray(ages, dtype=np.float64)
    if not bool(np.all(age >= 0)):
        raise StatsError("an age is not negative")
    return age


def _step(times: Sequence[float], values: Sequence[float], age: float, before: float) -> float:
    index = int(np.searchsorted(np.asarray(times), age, side="right"))
    return values[index - 1] if index else before
