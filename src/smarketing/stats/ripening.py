"""How much of a young cohort has had time to happen? Chain ladder and the empirical curve of delays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smarketing.stats.errors import NotComputable, StatsError


@dataclass(frozen=True)
class ChainLadder:
    """What each cohort will come to if it ripens as the older ones did.

    `factors[j]` takes a cohort from age j to age j + 1, shape (ages - 1,). Per cohort, in the order of the
    triangle: `latest` seen so far, `ultimate` expected in the end, `ripeness` = the share of the ultimate
    that a cohort of this age has reached on average (over 1 only where amounts fall, as after refunds).
    """

    factors: tuple[float, ...]
    latest: tuple[float, ...]
    ultimate: tuple[float, ...]
    ripeness: tuple[float, ...]

    @property
    def reserves(self) -> tuple[float, ...]:
        """What is still to come per cohort: ultimate - latest."""
        return tuple(end - now for end, now in zip(self.ultimate, self.latest, strict=True))

    @property
    def reserve(self) -> float:
        """What is still to come in all cohorts together."""
        return sum(self.reserves)


@dataclass(frozen=True)
class DelayCurve:
    """The empirical distribution of delays (age at the event) among cohorts that are ripe.

    `delays` is sorted; `horizon` is the age at which a cohort counts as ripe.
    """

    delays: tuple[float, ...]
    horizon: float

    def ripeness_at(self, age: float) -> float:
        """Share of the expected events that have happened by this age; 1 from the horizon on."""
        if age >= self.horizon:
            return 1.0
        return int(np.searchsorted(np.asarray(self.delays), age, side="right")) / len(self.delays)

    def ripeness_of(self, ages: ArrayLike) -> float | NotComputable:
        """Ripeness of a cohort whose leads have these ages, shape (n,): the mean over its leads."""
        age = np.asarray(ages, dtype=np.float64)
        if age.size == 0:
            return NotComputable.EMPTY
        reached = np.searchsorted(np.asarray(self.delays), age, side="right") / len(self.delays)
        return float(np.where(age >= self.horizon, 1.0, reached).mean())

    def quantile(self, share: float) -> float:
        """Smallest age by which at least `share` of the delays have passed; `share` in (0, 1]."""
        if not 0 < share <= 1:
            raise StatsError(f"a share lies in (0, 1], got {share}")
        index = int(np.ceil(share * len(self.delays) - 1e-9)) - 1
        return self.delays[max(index, 0)]


def chain_ladder(triangle: Sequence[Sequence[float]]) -> ChainLadder | NotComputable:
    """Growth factors f_j = sum C_{j+1} / sum C_j over the cohorts old enough to show both ages.

    Parameters: `triangle`, one row per cohort from the oldest on, *cumulative* amounts by age; a younger
    cohort's row is shorter. The first row must be the longest (or as long as any).
    Returns: factors, ultimates and ripeness; `EMPTY` without cohorts; `ZERO_DENOMINATOR` when nothing at
    all has happened by some age, so that no growth can be told from it.
    Errors: `StatsError` when a row is empty, longer than the first, or negative.
    Reference: Mack 1993, ASTIN Bulletin 23:213-225.
    """
    if not triangle:
        return NotComputable.EMPTY
    _check_triangle(triangle)
    factors: list[float] = []
    for age in range(len(triangle[0]) - 1):
        pairs = [(row[age], row[age + 1]) for row in triangle if len(row) > age + 1]
        base = sum(now for now, _ in pairs)
        if base == 0:
            return NotComputable.ZERO_DENOMINATOR
        factors.append(float(sum(later for _, later in pairs) / base))
    return _projected(triangle, factors)


def delay_curve(delays: ArrayLike, ages: ArrayLike, horizon: float) -> DelayCurve | NotComputable:
    """How delays are spread among cases that came from cohorts at least `horizon` old.

    Young cohorts show only their quick events: they are left out. Delays over the horizon are left out
    too, so that every cohort is looked at for the same time.

    Parameters: `delays`, shape (n,), age at the event of each case that had it; `ages`, shape (n,), the
    age *today* of the same cases; `horizon` > 0, same unit.
    Returns: the curve, `EMPTY` when no case is old enough, `NO_EVENTS` when none fell within the horizon.
    Errors: `StatsError` for negative delays or shapes that differ.
    """
    delay, age = np.asarray(delays, dtype=np.float64), np.asarray(ages, dtype=np.float64)
    if delay.shape != age.shape:
        raise StatsError(f"{delay.size} delays, {age.size} ages")
    if not bool(np.all((delay >= 0) & (delay <= age))):
        raise StatsError("a delay is not negative and not longer than the case's age")
    ripe = age >= horizon
    if not ripe.any():
        return NotComputable.EMPTY
    kept: NDArray[np.float64] = np.sort(delay[ripe & (delay <= horizon)])
    return DelayCurve(tuple(kept.tolist()), float(horizon)) if kept.size else NotComputable.NO_EVENTS


def _projected(triangle: Sequence[Sequence[float]], factors: Sequence[float]) -> ChainLadder:
    to_end = [float(np.prod(factors[age:])) for age in range(len(factors) + 1)]
    growth = [to_end[len(row) - 1] for row in triangle]
    latest = tuple(float(row[-1]) for row in triangle)
    ultimate = tuple(now * more for now, more in zip(latest, growth, strict=True))
    return ChainLadder(tuple(factors), latest, ultimate, tuple(1 / more for more in growth))


def _check_triangle(triangle: Sequence[Sequence[float]]) -> None:
    width = len(triangle[0])
    for row in triangle:
        if not 0 < len(row) <= width:
            raise StatsError(f"a cohort has {len(row)} ages, the oldest has {width}")
        if min(row) < 0:  # it may fall, though: a refund takes revenue back
            raise StatsError(f"cumulative amounts are not negative: {list(row)}")
