"""How good was a forecast, now that the outcome is known, and how wide must an honest interval be?"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from smarketing.stats.errors import NotComputable, StatsError

_DUST = 1e-9


def pinball(quantile: float, share: float, actual: float) -> float:
    """Loss of a forecast quantile: ``share`` of the distance under the outcome, the rest of it above.

    The true quantile has the smallest expected loss, so it cannot be talked up or down.

    >>> pinball(100.0, 0.9, 110.0), round(pinball(100.0, 0.9, 90.0), 9)
    (9.0, 1.0)
    """
    if not 0 < share < 1:
        raise StatsError(f"a quantile is of a share between 0 and 1, got {share}")
    return max(share * (actual - quantile), (share - 1) * (actual - quantile))


def crps_of_normal(mean: float, sd: float, actual: float) -> float:
    """Continuous ranked probability score of a normal forecast; the distance itself where ``sd`` is 0.

    Reference: Gneiting, Raftery 2007, JASA 102:359-378, section 4.2.
    """
    if sd < 0:
        raise StatsError(f"a standard deviation is not negative, got {sd}")
    if sd == 0:
        return abs(actual - mean)
    z = (actual - mean) / sd
    density = float(np.exp(-z * z / 2)) / sqrt(2 * pi)
    return sd * (z * (2 * float(special.ndtr(z)) - 1) + 2 * density - 1 / sqrt(pi))


def crps_of_draws(draws: ArrayLike, actual: float) -> float:
    """The same score of a forecast given by its draws, shape (n,): E|X - y| - E|X - X'| / 2.

    One draw is a point forecast: the score is its distance. Errors: :class:`StatsError` without draws.
    """
    drawn = np.sort(np.asarray(draws, dtype=np.float64))
    if drawn.size == 0:
        raise StatsError("a forecast has at least one draw")
    weights = 2 * np.arange(1, drawn.size + 1) - drawn.size - 1
    return float(np.abs(drawn - actual).mean() - (weights * drawn).sum() / drawn.size**2)


def conformal_rank(n: int, share: float) -> int:
    """Which of n past errors, sorted, a new one stays under with at least this chance: ceil((n + 1) * share).

    More than n where the errors are too few to say. Reference: Vovk, Gammerman, Shafer 2005, section 2.2.

    >>> conformal_rank(24, 0.9)
    23
    """
    return ceil((n + 1) * share - _DUST)


def conformal_bound(errors: Sequence[float], share: float) -> float | NotComputable:
    """The bound that a new error stays at or under with at least ``share``; ``NOT_REACHED`` with too few.

    The bound from below is that of the negative errors with its sign turned.
    """
    if not 0 < share < 1:
        raise StatsError(f"a bound is of a share between 0 and 1, got {share}")
    rank = conformal_rank(len(errors), share)
    return NotComputable.NOT_REACHED if rank > len(errors) else sorted(errors)[rank - 1]
