"""How large is the error of each part of the gap, and could the part be mere chance?

Three answers, beside the effect and never instead of it: the delta method (fast), the parametric bootstrap
around the fact (interval), and months simulated from the plan (p: how often would a right plan miss like this?).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.chain import ChainKeys, chain_levels, draws_as_factors
from smarketing.stats.coalitions import Weights, owen_weights
from smarketing.stats.decomposition import Draws, Exact, ProductModel, draw_effects, float_side
from smarketing.stats.doubt import PlanDoubt, draw_plans
from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.proportions import LEVEL, Interval
from smarketing.stats.simulation import Noise, draw_chain

DRAWS = 20_000
MAX_P = 0.10  # at or over this the plan may well have been right
MIN_WINS = 5  # under so many expected wins nothing is said
_CHUNK = 100_000  # values handled at once, to stay in the processor's cache
_STEP = 1e-4  # relative step of the numerical gradient


class Label(StrEnum):
    """What may be said of a part of the gap."""

    CONFIRMED = "confirmed"
    WITHIN_CHANCE = "within_chance"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True)
class Line:
    """A part of the gap: of one union, or of one factor, or of all; in one group of cells, or in all."""

    union: str | None = None
    factor: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Chance:
    """One part of the gap with everything that chance has to say about it. Money in the model's unit.

    `se_delta` by the delta method, `se` and `interval` by the bootstrap around the fact; `p_plan` two-sided:
    how often months in which the plan is right show an effect this far out.
    """

    line: Line
    effect: float
    se_delta: float
    se: float
    interval: Interval
    p_plan: float
    expected_wins: float
    label: Label


@dataclass(frozen=True)
class Assessment:
    """All parts of a gap with their chance, and what is needed to draw the same again."""

    lines: tuple[Chance, ...]
    draws: int
    seed: int
    level: float

    def of(self, union: str | None = None, factor: str | None = None, group: str | None = None) -> Chance:
        """The part with this key; all None is the gap itself."""
        wanted = Line(union, factor, group)
        for chance in self.lines:
            if chance.line == wanted:
                return chance
        raise StatsError(f"the gap has no part {wanted}")


def assess(
    model: ProductModel,
    keys: ChainKeys,
    noise: Noise,
    *,
    seed: int,
    draws: int = DRAWS,
    level: float = LEVEL,
    groups: Mapping[str, Sequence[str]] | None = None,
    doubt: PlanDoubt | None = None,
) -> Assessment | NotComputable:
    """Owen's parts of the gap with standard error, interval, p under the plan, and label.

    Parameters: `model` of a chain with the factors `keys`; `noise`; `draws` per simulation (B >= 20 000 for
    a page); `groups`, names of sets of cells to report (segments, channels), by default each cell; `doubt`, the
    chance inside a plan that was learnt from past months (interval and p hold it; `se_delta` does not).
    Returns: a line for the gap, each union and each factor, in total and in each group; or `NO_PLAN`.
    Errors: `StatsError` for rates outside [0, 1], an unknown cell in a group, a wrong number of cv.
    """
    if not any(chain_levels(model.plan, keys)[-1]):
        return NotComputable.NO_PLAN
    parts, weights = _Parts.of(model, groups), owen_weights(model.unions)
    plan, fact = float_side(model.plan), float_side(model.fact)
    streams = [np.random.default_rng(source) for source in np.random.SeedSequence(seed).spawn(2)]
    if_plan, around = (
        _simulated(side, model.plan, keys, noise, weights, parts, draws, rng, doubt)
        for side, rng in zip((model.plan, model.fact), streams, strict=True)
    )
    effects = parts.values(draw_effects(weights, plan, {key: v[None, :] for key, v in fact.items()}))[:, 0]
    errors = _delta_errors(model, keys, noise, weights, parts)
    return Assessment(_chances(model, keys, parts, effects, errors, if_plan, around, level), draws, seed, level)


def delta_errors(
    model: ProductModel, keys: ChainKeys, noise: Noise, groups: Mapping[str, Sequence[str]] | None = None
) -> dict[Line, float]:
    """Standard errors of Owen's parts by the delta method around the fact: the fast path.

    Var volume = dispersion * L, mix multinomial given L, rates p(1-p)/n, mean value (cv * a)^2 / wins;
    gradient by central differences. A stage that nobody reached adds no error.
    Parameters, errors: as in `assess`. Returns: standard error by line.
    """
    parts = _Parts.of(model, groups)
    errors = _delta_errors(model, keys, noise, owen_weights(model.unions), parts)
    return {line: float(error) for line, error in zip(parts.lines, errors, strict=True)}


def label(interval: Interval, p_plan: float, expected_wins: float, plan_size: float) -> Label:
    """What may be said of an effect.

    `TOO_LITTLE_DATA` under 5 expected wins or when the interval is wider than the plan itself; else
    `CONFIRMED` when p < 0.10 and the interval excludes 0; else `WITHIN_CHANCE`.
    """
    if expected_wins < MIN_WINS or interval.width > abs(plan_size):
        return Label.TOO_LITTLE_DATA
    if p_plan < MAX_P and not interval.contains(0.0):
        return Label.CONFIRMED
    return Label.WITHIN_CHANCE


@dataclass(frozen=True)
class _Parts:
    """The lines to report and how each is summed from effects by factor and group."""

    lines: tuple[Line, ...]
    factors: tuple[tuple[int, ...], ...]  # per line, which factors
    groups: tuple[int, ...]  # per line, which column of `membership`
    names: tuple[str | None, ...]  # the columns; None is the total
    membership: NDArray[np.float64]  # (cells, groups)

    @staticmethod
    def of(model: ProductModel, groups: Mapping[str, Sequence[str]] | None) -> _Parts:
        sets = {cell: (cell,) for cell in model.cells} if groups is None else groups
        unknown = sorted({cell for members in sets.values() for cell in members} - set(model.cells))
        if unknown:
            raise StatsError(f"groups name unknown cells: {', '.join(unknown)}")
        names = (None, *sets)
        member = [[name is None or cell in sets[name] for name in names] for cell in model.cells]
        kinds = _kinds(model)
        lines = tuple(Line(union, factor, name) for name in names for union, factor, _ in kinds)
        indices = tuple(index for _ in names for _, _, index in kinds)
        columns = tuple(column for column in range(len(names)) for _ in kinds)
        return _Parts(lines, indices, columns, names, np.array(member, dtype=np.float64))

    def values(self, effects: NDArray[np.float64]) -> NDArray[np.float64]:
        """Effects of shape (factors, draws, cells) -> lines, shape (lines, draws)."""
        grouped = effects @ self.membership
        rows = zip(self.factors, self.groups, strict=True)
        return np.stack([grouped[list(factors), :, group].sum(axis=0) for factors, group in rows])

    def group_sums(self, per_cell: NDArray[np.float64]) -> dict[str | None, float]:
        return dict(zip(self.names, (per_cell @ self.membership).tolist(), strict=True))


def _kinds(model: ProductModel) -> list[tuple[str | None, str | None, tuple[int, ...]]]:
    """The gap, each union, each factor: with the indices of the factors that they sum."""
    place = {factor: index for index, factor in enumerate(model.factors)}
    unions = [(union.key, None, tuple(place[f] for f in union.factors)) for union in model.unions]
    factors = [(None, factor, (index,)) for factor, index in place.items()]
    return [(None, None, tuple(place.values())), *unions, *factors]


def _simulated(
    side: Exact, plan: Exact, keys: ChainKeys, noise: Noise,
    weights: Weights, parts: _Parts, draws: int, rng: np.random.Generator, doubt: PlanDoubt | None,
) -> NDArray[np.float64]:  # fmt: skip
    """Effects of months drawn from one side against the plan, or against plans drawn, shape (lines, draws)."""
    levels = draw_chain(side, keys, noise, draws, rng)
    fixed = {key: values[None, :] for key, values in float_side(plan).items()}
    plans: Draws = draw_plans(plan, keys, noise, doubt, draws, rng) if doubt else fixed
    months = draws_as_factors(levels, keys, dict(plans))
    size = max(1, _CHUNK // len(noise.value_cv))
    found = []
    for start in range(0, draws, size):
        chunk = {key: values[start : start + size] for key, values in months.items()}
        against = {key: values[start : start + size] for key, values in plans.items()} if doubt else plans
        found.append(parts.values(draw_effects(weights, against, chunk)))
    return np.concatenate(found, axis=1)


def _two_sided(simulated: NDArray[np.float64], effects: NDArray[np.float64], dust: float) -> NDArray[np.float64]:
    """Twice the smaller tail, the observed month counted in: never 0, never over 1."""
    seen = effects[:, None]
    above = (simulated >= seen - dust).sum(axis=1)
    below = (simulated <= seen + dust).sum(axis=1)
    p: NDArray[np.float64] = 2 * (1 + np.minimum(above, below)) / (1 + simulated.shape[1])
    return np.minimum(1.0, p)


def _chances(
    model: ProductModel, keys: ChainKeys, parts: _Parts,
    effects: NDArray[np.float64], errors: NDArray[np.float64],
    if_plan: NDArray[np.float64], around: NDArray[np.float64], level: float,
) -> tuple[Chance, ...]:  # fmt: skip
    """Put every line's figures together; `if_plan` and `around` have shape (lines, draws)."""
    *_, won, value = (np.array(row, dtype=np.float64) for row in chain_levels(model.plan, keys))
    size, wins = float(value.sum()), parts.group_sums(won)
    tail = (1 - level) / 2
    bounds = np.quantile(around, [tail, 1 - tail], axis=1).T.tolist()
    p_values = _two_sided(if_plan, effects, dust=1e-9 * abs(size)).tolist()
    spreads = around.std(axis=1, ddof=1).tolist()
    found = []
    for i, line in enumerate(parts.lines):
        interval = Interval(bounds[i][0], bounds[i][1], level)
        p, expected = p_values[i], wins[line.group]
        verdict = label(interval, p, expected, size)
        found.append(Chance(line, float(effects[i]), float(errors[i]), spreads[i], interval, p, expected, verdict))
    return tuple(found)


def _delta_errors(
    model: ProductModel, keys: ChainKeys, noise: Noise, weights: Weights, parts: _Parts
) -> NDArray[np.float64]:
    point, covariance = _estimates(model.fact, keys, noise)
    step = _STEP * np.maximum(np.abs(point), 1e-3 * np.abs(point).max(axis=1, keepdims=True) + 1e-12)
    moves = (np.eye(point.size) * step.ravel()).reshape(point.size, *point.shape)
    plan = float_side(model.plan)
    sides = [_moved(point + sign * moves, keys, plan) for sign in (1, -1)]
    up, down = (parts.values(draw_effects(weights, plan, side)) for side in sides)
    gradient = (up - down) / (2 * step.ravel())
    variances: NDArray[np.float64] = ((gradient @ covariance) * gradient).sum(axis=1)
    return np.sqrt(np.maximum(variances, 0.0))


def _estimates(side: Exact, keys: ChainKeys, noise: Noise) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimated cases, rates and mean value, shape (rates + 2, cells), and the covariance of all of them."""
    levels = np.array(chain_levels(side, keys), dtype=np.float64)
    factors = float_side(side)
    rates = np.array([factors[key] for key in keys.rates]).reshape(-1, levels.shape[1])
    value, cases, dispersion = factors[keys.value], levels[0], max(1.0, noise.dispersion)
    variances = [rates * (1 - rates), ((np.asarray(noise.value_cv) * value) ** 2)[None, :]]
    reached = levels[:-1]
    spread = np.divide(np.vstack(variances), reached, out=np.zeros_like(reached), where=reached > 0)
    covariance = np.diag(np.concatenate([cases, spread.ravel()]))
    if cases.sum() > 0:
        covariance[: cases.size, : cases.size] += (dispersion - 1) * np.outer(cases, cases) / cases.sum()
    return np.vstack([cases, rates, value]), covariance


def _moved(points: NDArray[np.float64], keys: ChainKeys, plan: dict[str, NDArray[np.float64]]) -> Draws:
    """Factors of points of shape (moves, rates + 2, cells)."""
    cases, volume = points[:, 0], points[:, 0].sum(axis=1, keepdims=True)
    even = np.broadcast_to(plan[keys.mix], cases.shape).copy()
    mix = np.divide(cases, volume, out=even, where=np.broadcast_to(volume != 0, cases.shape))
    rest = {key: points[:, index + 1] for index, key in enumerate((*keys.rates, keys.value))}
    return {keys.volume: volume, keys.mix: mix, **rest}
