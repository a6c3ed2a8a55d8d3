"""How is a sum of independent yes-or-no amounts distributed, exactly?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smarketing.stats.errors import StatsError

_DUST = 1e-12


@dataclass(frozen=True)
class GridSum:
    """A distribution on a grid: ``chances[i]`` of the value ``start + i * step``; they sum to 1."""

    start: float
    step: float
    chances: NDArray[np.float64]

    @property
    def values(self) -> NDArray[np.float64]:
        return np.asarray(self.start + self.step * np.arange(self.chances.size), dtype=np.float64)

    @property
    def mean(self) -> float:
        return float(self.values @ self.chances)

    @property
    def sd(self) -> float:
        return float(np.sqrt(((self.values - self.mean) ** 2) @ self.chances))

    def quantile(self, share: float) -> float:
        """Smallest value that is not exceeded with at least this chance; ``share`` in (0, 1)."""
        if not 0 < share < 1:
            raise StatsError(f"a quantile is asked for a share between 0 and 1, got {share}")
        place = int(np.searchsorted(np.cumsum(self.chances), share - _DUST, side="left"))
        return float(self.values[min(place, self.chances.size - 1)])

    def chance_of(self, at_least: float) -> float:
        """Chance that the sum reaches ``at_least``."""
        return float(self.chances[self.values >= at_least - _DUST * self.step].sum())


def sum_of_chances(
    amounts: ArrayLike, chances: ArrayLike, *, step: float = 1_000.0, start: float = 0.0
) -> GridSum:
    """``start`` plus each amount with its own chance, all independent: the exact convolution on a grid.

    Parameters: ``amounts``, shape (n,), >= 0, rounded to the grid; ``chances``, shape (n,), in [0, 1];
    ``step`` of the grid in the unit of the amounts.
    Errors: :class:`StatsError` for shapes that differ, a negative amount, or a chance outside [0, 1].
    """
    amount, chance = np.asarray(amounts, dtype=np.float64), np.asarray(chances, dtype=np.float64)
    if amount.shape != chance.shape or amount.ndim != 1:
        raise StatsError(f"{amount.size} amounts, {chance.size} chances")
    if not bool(np.all((amount >= 0) & (chance >= 0) & (chance <= 1))):
        raise StatsError("amounts are not negative and chances lie in [0, 1]")
    widths = np.rint(amount / step).astype(np.int64)
    found = np.zeros(int(widths.sum()) + 1)
    found[0], reached = 1.0, 1
    for width, p in zip(widths.tolist(), chance.tolist(), strict=True):
        before = found[:reached].copy()
        found[:reached] *= 1 - p
        found[width : width + reached] += p * before
        reached += width
    return GridSum(start, step, found)


def poisson_binomial(chances: ArrayLike) -> tuple[float, ...]:
    """How many of independent cases with unlike chances: P(0), P(1), …, P(n).

    >>> [round(p, 4) for p in poisson_binomial([0.7, 0.5, 0.35, 0.2])]
    [0.078, 0.3215, 0.3975, 0.1785, 0.0245]
    """
    chance = np.asarray(chances, dtype=np.float64)
    return tuple(sum_of_chances(np.ones_like(chance), chance, step=1.0).chances.tolist())
