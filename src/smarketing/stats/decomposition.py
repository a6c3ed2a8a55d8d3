"""Which factor, which owner and which cell makes the gap between plan and fact, to the last kopeck?

The outcome is a sum over cells of a product of factors, R = sum_s x1_s * x2_s * ...; a factor may be shared
by all cells (the number of leads) or have a value in each (share, rates, order value). Money is exact
(`Fraction`); simulation runs the same formula in numpy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.coalitions import (
    Coalition,
    Union,
    Weights,
    all_factors,
    owen_weights,
    sequential_weights,
    shapley_weights,
    subsets,
)
from smarketing.stats.errors import NotComputable, StatsError

Number = int | float | Decimal | Fraction
FactorValues = Mapping[str, Number | Sequence[Number]]  # one number: shared by all cells
Exact = Mapping[str, tuple[Fraction, ...]]
Draws = Mapping[str, NDArray[np.float64]]  # shape (..., cells), or (..., 1) for a shared factor

T = TypeVar("T", Fraction, float)


@dataclass(frozen=True)
class ProductModel:
    """Plan and fact of one product identity. Build it by `product_model`.

    `plan[factor]` and `fact[factor]` hold one value per cell; a shared factor is repeated in each cell.
    """

    cells: tuple[str, ...]
    unions: tuple[Union, ...]
    plan: Exact
    fact: Exact

    @property
    def factors(self) -> tuple[str, ...]:
        return all_factors(self.unions)


@dataclass(frozen=True)
class Decomposition(Generic[T]):
    """The gap split by factor and cell: `effects[i][s]` belongs to `factors[i]` and `cells[s]`.

    `plan` and `fact` are the totals. With `Fraction` all sums are exact; LMDI gives floats.
    """

    method: str
    unions: tuple[Union, ...]
    factors: tuple[str, ...]
    cells: tuple[str, ...]
    plan: T
    fact: T
    effects: tuple[tuple[T, ...], ...]

    @property
    def gap(self) -> T:
        return self.fact - self.plan

    def factor(self, key: str, cell: str | None = None) -> T:
        """Effect of one factor, in all cells or in one."""
        row = self.effects[_index(self.factors, key, "factor")]
        return _sum(row) if cell is None else row[_index(self.cells, cell, "cell")]

    def union(self, key: str, cell: str | None = None) -> T:
        """Effect of one union (department), in all cells or in one."""
        keys = tuple(union.key for union in self.unions)
        members = self.unions[_index(keys, key, "union")].factors
        return _sum([self.factor(member, cell) for member in members])

    def cell(self, key: str) -> T:
        """Effect of all factors together in one cell: its own fact minus its own plan."""
        return _sum([self.factor(factor, key) for factor in self.factors])


@dataclass(frozen=True)
class Span:
    """Least and greatest effect of a factor over all orders of replacement."""

    least: Fraction
    greatest: Fraction


def product_model(
    cells: Sequence[str], unions: Sequence[Union], plan: FactorValues, fact: FactorValues
) -> ProductModel:
    """Check and take exactly the values of plan and fact.

    Parameters: `cells`, names; `unions`, the factors by owner; `plan` and `fact`, for each factor one number
    (shared) or one per cell. Give counts and rates as int, `Decimal` or `Fraction`; a float is taken at its
    exact binary value.
    Errors: `StatsError` for a factor without value, an unknown factor, or a wrong number of cells.
    """
    names = all_factors(unions)
    if len(set(cells)) != len(cells) or not cells:
        raise StatsError(f"cells are named once each, got {list(cells)}")
    sides = [_exact_side(names, len(cells), side) for side in (plan, fact)]
    return ProductModel(tuple(cells), tuple(unions), sides[0], sides[1])


def counterfactual(model: ProductModel, actual: Collection[str] = ()) -> tuple[Fraction, ...]:
    """v(S) per cell: the named factors at their actual values, the others at plan. Sum it for the total.

    Errors: `StatsError` for a factor that the model does not have.
    """
    for name in actual:
        _index(model.factors, name, "factor")
    sides = [(model.fact if name in actual else model.plan)[name] for name in model.factors]
    return tuple(math.prod(values, start=Fraction(1)) for values in zip(*sides, strict=True))


def owen(model: ProductModel) -> Decomposition[Fraction] | NotComputable:
    """The gap by Owen's value with the model's unions: the method of the verdict. `NO_PLAN` when plan is 0."""
    return decompose(model, owen_weights(model.unions))


def shapley(model: ProductModel) -> Decomposition[Fraction] | NotComputable:
    """The gap by Shapley's value (Das Gupta), owners disregarded. `NO_PLAN` when the plan is 0."""
    return decompose(model, shapley_weights(model.factors))


def sequential(model: ProductModel, order: Sequence[str]) -> Decomposition[Fraction] | NotComputable:
    """The gap by replacing factors in this order: what each department likes to quote."""
    if sorted(order) != sorted(model.factors):
        raise StatsError(f"an order names every factor once: {list(model.factors)}, got {list(order)}")
    return decompose(model, sequential_weights(order))


def decompose(model: ProductModel, weights: Weights) -> Decomposition[Fraction] | NotComputable:
    """The gap by any linear rule of attribution, by factor and cell, exactly.

    Returns: the parts, or `NO_PLAN` when the plan is 0 in every cell.
    """
    plan = counterfactual(model)
    if not any(plan):
        return NotComputable.NO_PLAN
    values = np.array([counterfactual(model, c) for c in weights.coalitions], dtype=object)
    by_key = dict(zip(weights.factors, weights.exact() @ values, strict=True))
    effects = tuple(tuple(by_key[factor]) for factor in model.factors)
    fact = counterfactual(model, model.factors)
    return Decomposition(weights.method, model.unions, model.factors, model.cells, _sum(plan), _sum(fact), effects)


def effect_spans(model: ProductModel) -> dict[str, Span]:
    """Least and greatest total effect of each factor over all n! orders (found over the 2^n coalitions)."""
    names = model.factors
    value = {coalition: _sum(counterfactual(model, coalition)) for coalition in subsets(names)}
    steps = {
        name: [value[before | {name}] - v for before, v in value.items() if name not in before] for name in names
    }
    return {name: Span(min(found), max(found)) for name, found in steps.items()}


def lmdi(model: ProductModel) -> Decomposition[float] | NotComputable:
    """Logarithmic mean Divisia index, additive: the cross-check of Owen on data without zeros.

    Per cell w = (R1 - R0) / (ln R1 - ln R0) and effect_i = w * ln(x1_i / x0_i).
    Returns: the parts, `NO_PLAN`, or `ZERO_CELL` when a factor of a cell is 0 or below on either side.
    Reference: Ang 2005, Energy Policy 33:867-871.
    """
    plan, fact = counterfactual(model), counterfactual(model, model.factors)
    if not any(plan):
        return NotComputable.NO_PLAN
    sides = [values for side in (model.plan, model.fact) for values in side.values()]
    if any(value <= 0 for values in sides for value in values):
        return NotComputable.ZERO_CELL
    weights = [_logarithmic_mean(float(r1), float(r0)) for r0, r1 in zip(plan, fact, strict=True)]
    effects = tuple(
        tuple(w * _log_ratio(x1, x0) for w, x0, x1 in zip(weights, model.plan[f], model.fact[f], strict=True))
        for f in model.factors
    )
    totals = float(_sum(plan)), float(_sum(fact))
    return Decomposition("lmdi", model.unions, model.factors, model.cells, *totals, effects)


def unions_in_dispute(first: Decomposition[Any], second: Decomposition[Any]) -> tuple[str, ...]:
    """Unions whose effect has another sign under the second method: their verdict depends on the method."""
    keys = [union.key for union in first.unions]
    return tuple(key for key in keys if first.union(key) * second.union(key) < 0)


def draw_effects(weights: Weights, plan: Draws, fact: Draws) -> NDArray[np.float64]:
    """Effects of many simulated facts at once.

    Parameters: for each factor of `weights` an array of shape (..., cells), or (..., 1) if shared;
    plan and fact are broadcast against each other, so that one plan serves (draws, cells) of facts.
    Returns: shape (factors, ..., cells), in the order of `weights.factors`.
    """
    values = _coalition_values(weights, plan, fact)
    return np.tensordot(weights.floats(), values, axes=1)


def float_side(side: Exact) -> dict[str, NDArray[np.float64]]:
    """One side of a model as arrays of shape (cells,), for `draw_effects`."""
    return {name: np.array(values, dtype=np.float64) for name, values in side.items()}


def _coalition_values(weights: Weights, plan: Draws, fact: Draws) -> NDArray[np.float64]:
    """v(S) for each needed coalition, shape (coalitions, ..., cells); common beginnings multiplied once."""
    known: dict[Coalition, NDArray[np.float64]] = {frozenset(): np.ones(1)}
    passed: Coalition = frozenset()
    for name in weights.factors:
        passed |= {name}
        needed = {coalition & passed for coalition in weights.coalitions}
        known = {c: known[c - {name}] * (fact if name in c else plan)[name] for c in needed}
    shape = np.broadcast_shapes(*(values.shape for values in known.values()))
    stacked = np.empty((len(weights.coalitions), *shape))
    for index, coalition in enumerate(weights.coalitions):
        stacked[index] = known[coalition]
    return stacked


def _exact_side(names: Sequence[str], cells: int, side: FactorValues) -> dict[str, tuple[Fraction, ...]]:
    unknown = sorted(set(names) ^ set(side))
    if unknown:
        raise StatsError(f"factors of the unions and of the values differ in: {', '.join(unknown)}")
    return {name: _per_cell(name, cells, side[name]) for name in names}


def _per_cell(name: str, cells: int, value: Number | Sequence[Number]) -> tuple[Fraction, ...]:
    if isinstance(value, int | float | Decimal | Fraction):
        return (Fraction(value),) * cells
    if len(value) != cells:
        raise StatsError(f"factor {name} has {len(value)} values for {cells} cells")
    return tuple(Fraction(item) for item in value)


def _logarithmic_mean(a: float, b: float) -> float:
    ratio = math.log(a / b)
    return a if ratio == 0 else (a - b) / ratio


def _log_ratio(x1: Fraction, x0: Fraction) -> float:
    return math.log(x1 / x0)


def _sum(values: Sequence[T]) -> T:
    plus: Callable[[T, T], T] = lambda a, b: a + b  # noqa: E731
    return reduce(plus, values)


def _index(keys: Sequence[str], key: str, kind: str) -> int:
    if key not in keys:
        raise StatsError(f"no {kind} {key!r}; there are: {', '.join(keys)}")
    return keys.index(key)
