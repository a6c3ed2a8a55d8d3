"""What would the outcome be had some factors been as planned, and how sure is that?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from smarketing.stats.chain import ChainKeys, draws_as_factors
from smarketing.stats.decomposition import ProductModel, counterfactual, float_side
from smarketing.stats.doubt import PlanDoubt, draw_plans
from smarketing.stats.proportions import LEVEL, Interval
from smarketing.stats.simulation import Noise, draw_chain
from smarketing.stats.uncertainty import DRAWS


@dataclass(frozen=True)
class WhatIf:
    """The outcome with some factors at plan, exact, and the interval of such months drawn around the fact."""

    value: Fraction
    interval: Interval


def as_planned(
    model: ProductModel,
    keys: ChainKeys,
    noise: Noise,
    planned: Collection[str],
    *,
    seed: int,
    draws: int = DRAWS,
    level: float = LEVEL,
    doubt: PlanDoubt | None = None,
) -> WhatIf:
    """v of all factors but `planned`, which take their planned values.

    Parameters: as in `assess`; the planned factors are held fast unless `doubt` says that they were learnt.
    Returns: with no factor planned, the fact and its interval; with all planned and no doubt, the plan itself.
    Errors: `StatsError` for a factor that the model does not have.
    """
    actual = [factor for factor in model.factors if factor not in planned]
    value = sum(counterfactual(model, actual), Fraction(0))
    counterfactual(model, planned)  # refuses names that the model does not have
    rng = np.random.default_rng(seed)
    levels = draw_chain(model.fact, keys, noise, draws, rng)
    fixed = {key: np.broadcast_to(row, (draws, row.size)) for key, row in float_side(model.plan).items()}
    plans = draw_plans(model.plan, keys, noise, doubt, draws, rng) if doubt else fixed
    facts = draws_as_factors(levels, keys, dict(plans))
    outcome = np.ones((draws, len(model.cells)))
    for key in keys.all:
        outcome = outcome * (plans if key in planned else facts)[key]
    tail = (1 - level) / 2
    low, high = np.quantile(outcome.sum(axis=1), [tail, 1 - tail]).tolist()
    return WhatIf(value, Interval(low, high, level))
