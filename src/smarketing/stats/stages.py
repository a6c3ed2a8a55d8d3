"""By when does a case reach the end of a row of stages, from each stage and each age, when some leave on the way?

Time is whole units (days). A stage is left by moving on or by leaving for good; cases still in it are cut on the
right at their age. The chance from a stage is that of moving on at each age, carried through the later stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smarketing.stats.errors import StatsError

_DUST = 1e-12


@dataclass(frozen=True)
class StageLaw:
    """How one stage is left. Arrays by whole age, shape (ages,).

    ``moves[u]``: chance, at entry, to move on at age u; ``stays[u]``: to be still in the stage after age u.
    """

    moves: NDArray[np.float64]
    stays: NDArray[np.float64]


def stage_law(moved: ArrayLike, left: ArrayLike, still: ArrayLike) -> StageLaw:
    """Aalen-Johansen of one stage from counts by whole age.

    Parameters, each of shape (ages,): ``moved``, cases that moved on at this age; ``left``, that left for good;
    ``still``, that are this old and in the stage today. After the last age seen the curve stays flat.
    Errors: :class:`StatsError` for negative counts or shapes that differ.
    Reference: Aalen, Johansen 1978, Scandinavian Journal of Statistics 5:141-150.
    """
    on, off, open_ = (np.asarray(counts, dtype=np.float64) for counts in (moved, left, still))
    if not on.shape == off.shape == open_.shape or on.ndim != 1:
        raise StatsError(f"{on.size} ages of moves, {off.size} of leaving, {open_.size} of staying")
    if not bool(np.all((on >= 0) & (off >= 0) & (open_ >= 0))):
        raise StatsError("counts are not negative")
    gone = on + off + open_
    at_risk = gone.sum() - np.concatenate(([0.0], np.cumsum(gone)[:-1]))
    safe = np.where(at_risk > _DUST, at_risk, 1.0)
    stays = np.asarray(np.cumprod(1 - (on + off) / safe), dtype=np.float64)
    before = np.concatenate(([1.0], stays[:-1]))
    return StageLaw(np.asarray(before * on / safe, dtype=np.float64), stays)


def reached(laws: Sequence[StageLaw]) -> list[NDArray[np.float64]]:
    """For each stage, the chance to have reached the end within t units of entering it; shape (ages,) each."""
    found: list[NDArray[np.float64]] = []
    for law in reversed(laws):
        later = found[-1] if found else np.ones(law.moves.size)
        found.append(np.convolve(law.moves, later)[: law.moves.size])
    return found[::-1]


def ripens_within(law: StageLaw, later: ArrayLike, rest: int) -> NDArray[np.float64]:
    """Chance to reach the end within the next ``rest`` units, for a case of each age that is still in the stage.

    Sum over ages u in (age, age + rest] of moves[u] * later[age + rest - u], over stays[age]; with one stage and
    nobody leaving it is (F(age + rest) - F(age)) / (1 - F(age)).
    Parameters: ``later``, shape (ages,), the chance to reach the end within t of moving on (1 where that is the
    end); ``rest`` >= 0. Returns: shape (ages,); 0 where nobody stays that long.
    """
    if rest < 0:
        raise StatsError(f"time does not run backwards: {rest}")
    ages = law.moves.size
    if rest == 0:
        return np.zeros(ages)
    ahead = _extended(np.asarray(later, dtype=np.float64), rest)[:rest][::-1]
    moves = np.concatenate((law.moves[1:], np.zeros(rest)))
    chance = np.correlate(moves, ahead, mode="valid")[:ages]
    found: NDArray[np.float64] = np.divide(chance, law.stays, out=np.zeros(ages), where=law.stays > _DUST)
    return np.minimum(found, 1.0)


def _extended(curve: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """A curve that stays flat after its last age."""
    return curve if curve.size >= size else np.concatenate((curve, np.full(size - curve.size, curve[-1])))
