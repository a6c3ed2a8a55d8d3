"""What may a number of uncertain cases bring together? Seeded draws, doubt about the rates themselves inside.

The doubt is a factor with mean 1 that all cases of one rate share: it widens the sum and does not move it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.errors import StatsError

_JEFFREYS = 0.5


@dataclass(frozen=True)
class Cases:
    """Like cases, each of which may happen: how many, with what chance, and what one of them brings.

    ``sd`` is that of the amount of one case that happens. Amounts are not negative.
    """

    count: int
    chance: float
    mean: float
    sd: float

    @property
    def expected(self) -> float:
        return self.count * self.chance * self.mean


def beta_factor(events: float, share: float, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draws of a share over its estimate, by Jeffreys' Beta posterior of as many events; shape (draws,).

    Parameters: ``events`` seen, >= 0; ``share`` that they were of all cases, in (0, 1].
    """
    if events < 0 or not 0 < share <= 1:
        raise StatsError(f"{events} events at a share of {share}")
    others = max(events / share - events, 0.0)
    drawn = rng.beta(events + _JEFFREYS, others + _JEFFREYS, draws)
    factor: NDArray[np.float64] = drawn * (events + others + 2 * _JEFFREYS) / (events + _JEFFREYS)
    return factor


def gamma_factor(events: float, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draws of a Poisson rate over its estimate, by the Gamma posterior of as many events; shape (draws,)."""
    if events < 0:
        raise StatsError(f"{events} events")
    shape = events + _JEFFREYS
    return rng.gamma(shape, 1 / shape, draws)


def draw_cases(cases: Cases, factor: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """What the cases bring together, one value per draw of ``factor``: binomial count, gamma amounts."""
    happened = rng.binomial(cases.count, np.minimum(cases.chance * factor, 1.0))
    return _amounts(happened, cases.mean, cases.sd, rng)


def draw_arrivals(
    expected: float, mean: float, sd: float, factor: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """What a Poisson number of events brings, each with a gamma amount; ``expected`` is that number's mean."""
    return _amounts(rng.poisson(expected * factor), mean, sd, rng)


def _amounts(happened: NDArray[np.int64], mean: float, sd: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A sum of k like gamma amounts is gamma with k times the shape."""
    brought: NDArray[np.float64] = happened.astype(np.float64) * mean
    if sd <= 0 or mean <= 0:
        return brought
    some = happened > 0
    shape = (mean / sd) ** 2
    brought[some] = rng.gamma(happened[some] * shape, mean / shape)
    return brought
