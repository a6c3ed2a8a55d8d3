"""How would a plan look that was learnt from other past months of the same truth?

A plan taken from the average of a few months carries their chance. To call a month unusual it must be further out
than that chance and its own together, so both are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.chain import ChainKeys, draws_as_factors
from smarketing.stats.decomposition import Draws, Exact, float_side
from smarketing.stats.errors import StatsError
from smarketing.stats.simulation import Noise, draw_chain


@dataclass(frozen=True)
class PlanDoubt:
    """What stands behind a plan that was learnt.

    `base`: the factors as the past months showed them together, one value per cell; its volume is the number of
    cases in all those months. `learnt`: for each factor that the plan took from them, which cells did. Where
    `keeps_value`, the plan's total value was given and its volume follows from the learnt factors.
    """

    base: Exact
    learnt: Mapping[str, tuple[bool, ...]]
    keeps_value: bool = False


def draw_plans(
    plan: Exact, keys: ChainKeys, noise: Noise, doubt: PlanDoubt, draws: int, rng: np.random.Generator
) -> Draws:
    """Plans as other months of the same truth would have given them; a factor moves as it does in the base.

    Parameters: `plan` of a `ProductModel`; `draws`, their number B; `rng`, seeded by the caller.
    Returns: factor -> shape (B, cells); the volume has shape (B, 1).
    Errors: `StatsError` for a mask of another length than the cells, and as in `draw_chain`.
    """
    base, planned = float_side(doubt.base), float_side(plan)
    cells = planned[keys.mix].size
    if any(len(mask) != cells for mask in doubt.learnt.values()):
        raise StatsError(f"{cells} cells are planned; learnt says {doubt.learnt}")
    seen = draws_as_factors(draw_chain(doubt.base, keys, noise, draws, rng), keys, base)
    drawn = {key: np.broadcast_to(planned[key], (draws, cells)) for key in keys.all}
    for key, mask in doubt.learnt.items():
        drawn[key] = planned[key] * np.where(mask, _ratio(seen[key], base[key]), 1.0)
    for key in keys.rates:
        drawn[key] = np.minimum(drawn[key], 1.0)
    total = drawn[keys.mix].sum(axis=1, keepdims=True)
    drawn[keys.mix] = np.divide(drawn[keys.mix], total, out=drawn[keys.mix].copy(), where=total > 0)
    drawn[keys.volume] = drawn[keys.volume][:, :1]
    if doubt.keeps_value:
        drawn[keys.volume] = _volume_for(planned, drawn, keys)
    return drawn


def _ratio(over: NDArray[np.float64], under: NDArray[np.float64]) -> NDArray[np.float64]:
    """A factor of 0 in the base says nothing of its own spread: it stays as planned."""
    shape = np.broadcast_shapes(over.shape, under.shape)
    ratio: NDArray[np.float64] = np.ones(shape)
    np.divide(over, under, out=ratio, where=np.broadcast_to(under != 0, shape))
    return ratio


def _volume_for(planned: dict[str, NDArray[np.float64]], drawn: Draws, keys: ChainKeys) -> NDArray[np.float64]:
    """The volume that brings the planned value with the drawn factors."""
    value = float(np.prod(np.stack(list(planned.values())), axis=0).sum())
    per_case = np.prod(np.stack([drawn[key] for key in keys.all[1:]]), axis=0).sum(axis=1, keepdims=True)
    volume = drawn[keys.volume].copy()
    np.divide(value, per_case, out=volume, where=per_case > 0)
    return volume
