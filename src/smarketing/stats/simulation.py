"""What would a month look like if the plan (or the fact) were the truth? Seeded draws of a chain.

Volume is Poisson, or negative binomial when past months vary more than chance; it falls into cells by the
mix; each stage is binomial; the value of each case that passed all stages is gamma.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.chain import ChainKeys
from smarketing.stats.decomposition import Exact, float_side
from smarketing.stats.errors import NotComputable, StatsError

_NEARLY_POISSON = 1 + 1e-6


@dataclass(frozen=True)
class Noise:
    """How much chance there is beyond the rates themselves.

    `value_cv`: coefficient of variation of one case's value, per cell; `dispersion`: variance of the
    volume over its mean, 1 for Poisson (values under 1 are taken as 1); `freedom`: degrees of freedom behind
    that dispersion, None where it is known. A dispersion learnt from few months is drawn, too: dispersion *
    freedom / chi-squared(freedom).
    """

    value_cv: tuple[float, ...]
    dispersion: float = 1.0
    freedom: int | None = None


def draw_chain(
    side: Exact, keys: ChainKeys, noise: Noise, draws: int, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Simulated months around one side of a model.

    Parameters: `side`, plan or fact of a `ProductModel`; `draws`, their number B; `rng`, seeded by the caller.
    Returns: levels as arrays of shape (B, cells): cases, one per stage, and the value.
    Errors: `StatsError` for a rate outside [0, 1], a negative volume or mix, or a wrong number of cv.
    """
    values = float_side(side)
    _check_side(values, keys, noise)
    mix = values[keys.mix]
    volume = _draw_volume(float(values[keys.volume][0]), noise, draws, rng)
    shares = mix / mix.sum() if mix.sum() > 0 else np.full(mix.size, 1 / mix.size)
    levels = [rng.multinomial(volume, shares)]
    for key in keys.rates:
        levels.append(rng.binomial(levels[-1], values[key]))
    value = _draw_value(levels[-1], values[keys.value], np.asarray(noise.value_cv), rng)
    return [*(level.astype(np.float64) for level in levels), value]


def dispersion_index(counts: Sequence[float], expected: Sequence[float] | None = None) -> float | NotComputable:
    """How many times more the counts vary than Poisson would: Pearson's chi-squared over its freedom.

    Parameters: `counts`, say leads of the last 12 months; `expected`, the planned ones (default: their mean).
    Returns: about 1 for Poisson; `EMPTY` with fewer than two counts, `ZERO_DENOMINATOR` when 0 was expected.
    Reference: McCullagh, Nelder 1989, section 4.5.
    """
    seen = np.asarray(counts, dtype=np.float64)
    if seen.size < 2:
        return NotComputable.EMPTY
    mean = np.full(seen.size, seen.mean()) if expected is None else np.asarray(expected, dtype=np.float64)
    if not bool(np.all(mean > 0)):
        return NotComputable.ZERO_DENOMINATOR
    freedom = seen.size - 1 if expected is None else seen.size
    return float(((seen - mean) ** 2 / mean).sum() / freedom)


def coefficient_of_variation(values: Sequence[float]) -> float | NotComputable:
    """Sample standard deviation over the mean: `Noise.value_cv` from the order values of past months.

    Returns: >= 0; `EMPTY` with fewer than two values, `ZERO_DENOMINATOR` when their mean is not positive.
    """
    seen = np.asarray(values, dtype=np.float64)
    if seen.size < 2:
        return NotComputable.EMPTY
    if not seen.mean() > 0:
        return NotComputable.ZERO_DENOMINATOR
    return float(seen.std(ddof=1) / seen.mean())


def _draw_volume(mean: float, noise: Noise, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    if noise.dispersion <= 1 or mean == 0:
        return rng.poisson(mean, draws)
    spread = np.full(draws, noise.dispersion)
    if noise.freedom:
        spread = np.maximum(spread * noise.freedom / rng.chisquare(noise.freedom, draws), _NEARLY_POISSON)
    return rng.negative_binomial(mean / (spread - 1), 1 / spread)


def _draw_value(
    passed: NDArray[np.int64], mean: NDArray[np.float64], cv: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """The sum of `passed` independent gamma values is gamma again, with `passed` times the shape.

    A negative mean (refunds outweigh sales) keeps its sign.
    """
    steady = passed * mean
    random = np.broadcast_to(cv > 0, passed.shape) & (passed > 0)
    safe_cv = np.where(cv > 0, cv, 1.0)
    drawn = rng.gamma(np.where(random, passed, 1) / safe_cv**2, np.abs(mean) * safe_cv**2)
    return np.where(random, np.sign(mean) * drawn, steady)


def _check_side(values: dict[str, NDArray[np.float64]], keys: ChainKeys, noise: Noise) -> None:
    if len(noise.value_cv) != values[keys.mix].size or min(noise.value_cv) < 0:
        raise StatsError(f"one cv >= 0 per cell is needed, got {noise.value_cv}")
    for key in keys.all:
        low, high = float(values[key].min()), float(values[key].max())
        if (low < 0 and key != keys.value) or (key in keys.rates and high > 1):
            raise StatsError(f"factor {key} cannot be simulated: values from {low} to {high}")
