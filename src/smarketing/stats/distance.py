"""How far apart are two distributions over the same kinds, and how sure is that of counts?

Total variation is the share that would have to move for the two to be alike; Jensen-Shannon divergence tells the
same in bits, for two distributions or many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.proportions import LEVEL, Interval

Shares = NDArray[np.float64]
Metric = Callable[[Shares, Shares], Shares]

DRAWS = 4_000


@dataclass(frozen=True)
class Weights:
    """How much of something each kind has, shape (kinds,): dollars, hours, or things that were counted.

    ``counted`` says that the weights are numbers of independent cases, so that chance is in them; of spend nothing
    is left to chance.
    """

    amounts: tuple[float, ...]
    counted: bool = False


def shares_of(amounts: Sequence[float]) -> Shares | NotComputable:
    """Amounts as shares of their sum; `EMPTY` where the sum is 0.

    Errors: `StatsError` for an amount below zero.
    """
    found = np.asarray(amounts, dtype=np.float64)
    if (found < 0).any():
        raise StatsError(f"a share of a negative amount has no meaning: {found.min()}")
    total = found.sum()
    return found / total if total else NotComputable.EMPTY


def total_variation(first: Sequence[float], second: Sequence[float]) -> float | NotComputable:
    """Half the sum of |p − q|: the share of one that must move to make it the other, in [0, 1].

    Parameters: amounts of the same kinds, in any unit; they are taken as shares.
    Returns: the distance, or `EMPTY` when one side has nothing.
    Reference: methods.md (i); Levin, Peres, Wilmer 2009, Markov Chains and Mixing Times, section 4.1.
    """
    return _between(first, second, _variation)


def jensen_shannon(*distributions: Sequence[float]) -> float | NotComputable:
    """Jensen-Shannon divergence in bits (not its root, which some libraries return) of two or more distributions.

    All weigh alike. Two lie in [0, 1]; n in [0, log2 of the smaller of n and the number of kinds].
    Parameters: amounts of the same kinds, in any unit; they are taken as shares.
    Returns: the divergence, or `EMPTY` when one of them has nothing.
    Errors: `StatsError` for fewer than two, or for different numbers of kinds.
    Reference: Lin 1991, IEEE Transactions on Information Theory 37:145-151.
    """
    _check_alike(distributions)
    rows = [shares_of(one) for one in distributions]
    known = [row for row in rows if not isinstance(row, NotComputable)]
    if len(known) < len(rows):
        return NotComputable.EMPTY
    stacked = np.stack(known)
    return max(float(_entropy(stacked.mean(axis=0)) - _entropy(stacked).mean()), 0.0)


def variation_interval(
    first: Weights, second: Weights, seed: int, draws: int = DRAWS, level: float = LEVEL
) -> Interval | NotComputable:
    """Interval of the total variation, by a multinomial bootstrap of the sides that were counted.

    Drawing again only ever adds distance, so the low bound is the mirrored one (2 d − upper quantile), which takes
    that excess off, and 0 where two like distributions come out as far apart by chance; the high bound is the
    plain upper quantile. Wide rather than sure.
    Returns: the interval; `EMPTY` when a side has nothing, `NO_VARIANCE` when neither side was counted.
    Reference: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    return _interval(first, second, _variation, seed, draws, level)


def divergence_interval(
    first: Weights, second: Weights, seed: int, draws: int = DRAWS, level: float = LEVEL
) -> Interval | NotComputable:
    """The same for the Jensen-Shannon divergence of two distributions, in bits."""
    return _interval(first, second, _divergence, seed, draws, level)


def _between(first: Sequence[float], second: Sequence[float], metric: Metric) -> float | NotComputable:
    _check_alike((first, second))
    p, q = shares_of(first), shares_of(second)
    if isinstance(p, NotComputable) or isinstance(q, NotComputable):
        return NotComputable.EMPTY
    return float(metric(p, q))


def _interval(
    first: Weights, second: Weights, metric: Metric, seed: int, draws: int, level: float
) -> Interval | NotComputable:
    observed = _between(first.amounts, second.amounts, metric)
    if isinstance(observed, NotComputable):
        return observed
    if not (first.counted or second.counted):
        return NotComputable.NO_VARIANCE
    p, q = _known(first), _known(second)
    rng, edge = np.random.default_rng(seed), (1 + level) / 2
    upper = float(np.quantile(metric(_drawn(first, p, draws, rng), _drawn(second, q, draws, rng)), edge))
    like = _pooled(first, p, second, q)
    alike = float(np.quantile(metric(_drawn(first, like, draws, rng), _drawn(second, like, draws, rng)), edge))
    low = max(2 * observed - upper, 0.0) if observed > alike else 0.0
    return Interval(low, min(max(upper, observed), 1.0), level)


def _known(weights: Weights) -> Shares:
    shares = shares_of(weights.amounts)
    if isinstance(shares, NotComputable):
        raise StatsError("nothing to draw from")
    return shares


def _pooled(first: Weights, p: Shares, second: Weights, q: Shares) -> Shares:
    """What both would be if they were alike: a side without chance is what it is, two counts are added up."""
    if not first.counted:
        return p
    if not second.counted:
        return q
    cases = sum(first.amounts), sum(second.amounts)
    return (p * cases[0] + q * cases[1]) / sum(cases)


def _drawn(weights: Weights, shares: Shares, draws: int, rng: np.random.Generator) -> Shares:
    """Shape (draws, kinds); a side without chance is one row that stands for all."""
    if not weights.counted:
        return shares[np.newaxis, :]
    cases = round(sum(weights.amounts))
    return np.asarray(rng.multinomial(cases, shares, size=draws) / cases)


def _variation(p: Shares, q: Shares) -> Shares:
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)


def _divergence(p: Shares, q: Shares) -> Shares:
    return np.asarray(np.maximum(_entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2, 0.0))


def _entropy(shares: Shares) -> Shares:
    """In bits, over the last axis; 0 log 0 is 0."""
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * logs).sum(axis=-1))


def _check_alike(distributions: Sequence[Sequence[float]]) -> None:
    if len(distributions) < 2:
        raise StatsError("a distance is between two distributions or more")
    sizes = {len(one) for one in distributions}
    if len(sizes) > 1:
        raise StatsError(f"distributions over different numbers of kinds: {sorted(sizes)}")
