"""How long does an event take, when the youngest cases have not had the time to show the slow ones?

Only cases that had the event are seen, and a case of age T can show a delay of T at most: the delays are cut
on the right. Read backwards in time the cut becomes late entry, and the product-limit curve applies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smarketing.stats.errors import NotComputable, StatsError


@dataclass(frozen=True)
class RipeningCurve:
    """Share of the events seen in the end that have happened by each age, among ages ever observed.

    ``ages`` ascending, shape (n,); ``shares`` in (0, 1], the last is 1; ``events`` is the number behind them.
    """

    ages: tuple[float, ...]
    shares: tuple[float, ...]
    events: int

    def at(self, age: float) -> float:
        """Share that has happened by ``age``: 0 before the first delay ever seen, 1 after the last."""
        place = int(np.searchsorted(np.asarray(self.ages), age, side="right"))
        return self.shares[place - 1] if place else 0.0

    def mean_over(self, ages: ArrayLike, weights: ArrayLike | None = None) -> float | NotComputable:
        """Ripeness of a cohort: the mean over its cases' ages, shape (n,), with optional weights."""
        age = np.asarray(ages, dtype=np.float64)
        weight = np.ones_like(age) if weights is None else np.asarray(weights, dtype=np.float64)
        if age.size == 0 or weight.sum() == 0:
            return NotComputable.EMPTY
        places = np.searchsorted(np.asarray(self.ages), age, side="right")
        shares = np.concatenate([[0.0], self.shares])[places]
        return float((shares * weight).sum() / weight.sum())


def ripening_curve(
    delays: ArrayLike, ages: ArrayLike, counts: ArrayLike | None = None
) -> RipeningCurve | NotComputable:
    """Distribution of delays that are cut on the right at each case's own age.

    F(t) = product over delays u > t of (1 - d_u / n_u); d_u events took u, n_u took u at most and are old
    enough to have shown u.
    Parameters: ``delays``, shape (n,), of cases that had the event; ``ages``, shape (n,), how old the same
    cases are today, same unit; ``counts``, how many cases stand behind each pair, default 1.
    Returns: the curve, relative to the longest age observed; ``NO_EVENTS`` without cases.
    Errors: :class:`StatsError` for a negative delay, one longer than its age, or shapes that differ.
    Reference: Lagakos, Barraj, De Gruttola 1988, Biometrika 75:515-523; Kalbfleisch, Lawless 1989.
    """
    delay, age = np.asarray(delays, dtype=np.float64), np.asarray(ages, dtype=np.float64)
    count = np.ones_like(delay) if counts is None else np.asarray(counts, dtype=np.float64)
    _check(delay, age, count)
    if count.sum() == 0:
        return NotComputable.NO_EVENTS
    points, places = np.unique(delay[count > 0], return_inverse=True)
    happened: NDArray[np.float64] = np.bincount(places, weights=count[count > 0]).astype(np.float64)
    at_risk = _at_risk(points, delay, age, count)
    # A delay that every case old enough has shown says nothing of the longer ones: the curve ends before it.
    certain = np.flatnonzero((happened >= at_risk) & (points > points[0]))
    if certain.size:
        points, happened, at_risk = (row[: certain[0]] for row in (points, happened, at_risk))
    kept = 1 - happened / at_risk
    shares = np.ones(points.size)
    shares[:-1] = np.cumprod(kept[:0:-1])[::-1]
    return RipeningCurve(tuple(points.tolist()), tuple(shares.tolist()), int(happened.sum()))


def _at_risk(
    points: NDArray[np.float64], delay: NDArray[np.float64], age: NDArray[np.float64], count: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Events with delay <= u whose case is at least u old, for each u: entered by u minus already too young."""
    by_delay, by_age = np.argsort(delay, kind="stable"), np.argsort(age, kind="stable")
    taken = np.concatenate([[0.0], np.cumsum(count[by_delay])])
    young = np.concatenate([[0.0], np.cumsum(count[by_age])])
    # A case whose age is under u has its delay under u too, so it is counted in both.
    within = taken[np.searchsorted(delay[by_delay], points, side="right")]
    too_young = young[np.searchsorted(age[by_age], points, side="left")]
    risk: NDArray[np.float64] = within - too_young
    return risk


def _check(delay: NDArray[np.float64], age: NDArray[np.float64], count: NDArray[np.float64]) -> None:
    if not delay.shape == age.shape == count.shape:
        raise StatsError(f"{delay.size} delays, {age.size} ages, {count.size} counts")
    if not bool(np.all((delay >= 0) & (delay <= age) & (count >= 0))):
        raise StatsError("a delay is not negative and not longer than the case's age")
