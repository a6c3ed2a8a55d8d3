"""From amounts along a chain of stages to the factors of a product, and back.

A chain has levels per cell: cases, cases that passed stage 1, ... cases that passed the last stage, and the
value that these brought. Its factors are the volume (shared), the mix of cells, one rate per stage and the
mean value of a case that passed them all; their product is the value again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.coalitions import Union
from smarketing.stats.decomposition import Draws, Exact, ProductModel, product_model
from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.multiplicity import holm
from smarketing.stats.proportions import exact_binomial_p, exact_poisson_p

Amount = int | Decimal | Fraction
Levels = Sequence[Sequence[Amount]]  # levels[k][s]: level k of cell s; the last level is the value
Stated = Mapping[str, Sequence[Amount | None]]  # factor -> one value per cell, None where undefined


@dataclass(frozen=True)
class ChainKeys:
    """Names of a chain's factors: `volume`, `mix`, one of `rates` per stage, `value`."""

    volume: str
    mix: str
    rates: tuple[str, ...]
    value: str

    @property
    def all(self) -> tuple[str, ...]:
        return (self.volume, self.mix, *self.rates, self.value)


@dataclass(frozen=True)
class CellTest:
    """Exact test of one cell's count (factor = volume) or rate against the plan.

    `observed` of `n` (`n` is None for a volume); `expected` is the planned mean or rate.
    """

    factor: str
    cell: str
    observed: int
    n: int | None
    expected: float
    p_value: float
    p_holm: float


def chain_factors(keys: ChainKeys, levels: Levels) -> Stated:
    """The factors of one chain; `None` where a rate has a denominator of 0.

    Parameters: `levels[k][s]`, counts (a plan's may be fractions) and last the value, by cell.
    Returns: factor -> one value per cell; the volume, shared, is the same in each.
    Errors: `StatsError` for a wrong number of levels, negative counts, or amounts after an empty stage (a
    sale outside the process belongs to a cell of its own).
    """
    _check_levels(levels, len(keys.rates) + 2)
    cells = len(levels[0])
    volume = (sum((Fraction(amount) for amount in levels[0]), Fraction(0)),) * cells
    under: Levels = [volume, *levels[:-1]]
    ratios = [tuple(map(_ratio, *rows)) for rows in zip(levels, under, strict=True)]
    return {keys.volume: volume, **dict(zip(keys.all[1:], ratios, strict=True))}


def neutral_model(cells: Sequence[str], unions: Sequence[Union], plan: Stated, fact: Stated) -> ProductModel:
    """The product model of stated factors; an undefined one (`None`) has no effect of its own.

    It takes the other side's value, so that the whole effect lands on volume and mix; undefined on both
    sides it is 0, the cell being empty on both. A planned rate that is *stated* is used although no cases
    were planned in its cell.
    Errors: `StatsError` as in `product_model`.
    """
    pairs = (plan, fact), (fact, plan)
    filled = [{key: _filled(side[key], other.get(key, side[key])) for key in side} for side, other in pairs]
    return product_model(cells, unions, filled[0], filled[1])


def chain_model(
    cells: Sequence[str], unions: Sequence[Union], keys: ChainKeys, plan: Levels, fact: Levels
) -> ProductModel:
    """The product model of two chains given by their amounts, undefined rates being neutral.

    Parameters: `plan` and `fact` as the `levels` of `chain_factors`.
    Errors: `StatsError` as in `chain_factors` and `product_model`.
    """
    return neutral_model(cells, unions, chain_factors(keys, plan), chain_factors(keys, fact))


def chain_levels(side: Exact, keys: ChainKeys) -> tuple[tuple[Fraction, ...], ...]:
    """Levels of one side of a model, shape (rates + 2, cells): the running product of its factors.

    Errors: `StatsError` when the side has other factors than the chain names.
    """
    if set(side) != set(keys.all):
        raise StatsError(f"the chain names {', '.join(keys.all)}; the model has {', '.join(side)}")
    columns = zip(*(side[key] for key in keys.all), strict=True)
    running = [list(accumulate(column, mul))[1:] for column in columns]
    return tuple(zip(*running, strict=True))


def exact_cell_tests(model: ProductModel, keys: ChainKeys) -> tuple[CellTest, ...]:
    """Each cell's volume (Poisson) and rates (binomial) against the plan, with Holm over all that exist.

    A rate whose denominator is 0 is no test and not a member of the family.
    Errors: `StatsError` when the fact's levels are not whole numbers or a planned rate is outside [0, 1].
    """
    counts = [[_whole(amount) for amount in level] for level in chain_levels(model.fact, keys)[:-1]]
    planned = chain_levels(model.plan, keys)[0]
    tests = [
        _Trial(keys.volume, cell, k, None, float(mean), exact_poisson_p(k, float(mean)))
        for cell, k, mean in zip(model.cells, counts[0], planned, strict=True)
    ]
    for stage, key in enumerate(keys.rates):
        rows = zip(model.cells, counts[stage + 1], counts[stage], model.plan[key], strict=True)
        tests += [_Trial(key, cell, k, n, float(p), exact_binomial_p(k, n, float(p))) for cell, k, n, p in rows]
    return _with_holm(tests)


def draws_as_factors(
    levels: Sequence[NDArray[np.float64]], keys: ChainKeys, other: dict[str, NDArray[np.float64]]
) -> Draws:
    """Factors of simulated chains; undefined rates are taken from `other` (the plan), as in `chain_model`.

    Parameters: `levels`, arrays of shape (draws, cells), last the value; `other`, factor -> shape (cells,).
    Returns: factor -> shape (draws, cells); the volume has shape (draws, 1).
    """
    volume = levels[0].sum(axis=-1, keepdims=True)
    under = [volume, *levels[:-1]]
    ratios = [_ratio_or(a, b, other[key]) for key, a, b in zip(keys.all[1:], levels, under, strict=True)]
    return {keys.volume: volume, **dict(zip(keys.all[1:], ratios, strict=True))}


class _Trial(NamedTuple):
    factor: str
    cell: str
    observed: int
    n: int | None
    expected: float
    p_value: float | NotComputable


def _with_holm(trials: Sequence[_Trial]) -> tuple[CellTest, ...]:
    kept = [(trial, trial.p_value) for trial in trials if not isinstance(trial.p_value, NotComputable)]
    adjusted = holm([p for _, p in kept])
    return tuple(
        CellTest(trial.factor, trial.cell, trial.observed, trial.n, trial.expected, p, p_holm)
        for (trial, p), p_holm in zip(kept, adjusted, strict=True)
    )


def _ratio(over: Amount, under: Amount) -> Fraction | None:
    if under:
        return Fraction(over) / Fraction(under)
    if over:
        raise StatsError(f"{over} stands over a denominator of 0")
    return None


def _filled(values: Sequence[Amount | None], others: Sequence[Amount | None]) -> list[Amount]:
    """Each value, else the other side's, else 0."""
    if len(values) != len(others):
        raise StatsError(f"plan and fact differ in cells: {len(values)} and {len(others)}")
    pairs = zip(values, others, strict=True)
    return [value if value is not None else other if other is not None else 0 for value, other in pairs]


def _ratio_or(
    over: NDArray[np.float64], under: NDArray[np.float64], otherwise: NDArray[np.float64]
) -> NDArray[np.float64]:
    out = np.broadcast_to(otherwise, over.shape).copy()
    return np.divide(over, under, out=out, where=np.broadcast_to(under > 0, over.shape))


def _check_levels(levels: Levels, depth: int) -> None:
    if len(levels) != depth or len({len(level) for level in levels}) != 1:
        raise StatsError(f"{depth} levels of equal length are needed, got {[len(level) for level in levels]}")
    if any(amount < 0 for level in levels[:-1] for amount in level):
        raise StatsError("counts along a chain are not negative")


def _whole(amount: Fraction) -> int:
    if amount.denominator != 1:
        raise StatsError(f"an observed count is a whole number, got {amount}")
    return amount.numerator
