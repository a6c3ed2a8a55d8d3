"""Is the verdict calibrated here? Simulated company-months through the product's own split, on every processor.

The figures of ``docs/how-computed/calibration.md`` come from here: ``smarketing calibrate``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

from smarketing.analyses.verdict.calibration import DRAWS, SIZES, Scene, Score, scenes, score
from smarketing.stats.errors import NotComputable
from smarketing.stats.proportions import wilson
from smarketing.stats.uncertainty import MAX_P

CONTRACT = "smarketing.calibration"
CONTRACT_VERSION = 1
MONTHS = 500  # for each way of planning and size: 2 500 months for each way of planning
SEED = 1


@dataclass(frozen=True)
class Calibration:
    """The scores of all scenes, and what is needed to draw the same months again."""

    scores: tuple[Score, ...]
    months: int
    draws: int
    seed: int
    level: float = MAX_P

    @property
    def quiet(self) -> tuple[Score, ...]:
        """Months in which nothing changed."""
        return tuple(found for found in self.scores if found.scene.planted is None)

    @property
    def planted(self) -> tuple[Score, ...]:
        return tuple(found for found in self.scores if found.scene.planted is not None)


def calibrate(
    months: int = MONTHS, seed: int = SEED, *, sizes: Sequence[int] = SIZES, draws: int = DRAWS
) -> Calibration:
    """Judge ``months`` simulated months of every scene, a fifth of it where a cause is planted.

    Parameters: ``seed``, the same draws the same months on any machine; ``draws`` per month.
    """
    return Calibration(tuple(run(months, seed, sizes=sizes, draws=draws)), months, draws, seed)


def run(
    months: int = MONTHS, seed: int = SEED, *, sizes: Sequence[int] = SIZES, draws: int = DRAWS
) -> Iterator[Score]:
    """The scores of :func:`calibrate` one by one, in the order of the scenes, as they are ready."""
    judge = partial(_judged, months=months, seed=seed, draws=draws)
    # A process made anew does not inherit the threads of a database or a server.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield from pool.map(judge, scenes(sizes))


def calibration_json(found: Calibration) -> str:
    """The calibration as JSON; shares are fractions of one."""
    return json.dumps(calibration_data(found), ensure_ascii=False, indent=2)


def calibration_data(found: Calibration) -> dict[str, Any]:
    """The contract as plain data."""
    return {
        "contract": CONTRACT,
        "contract_version": CONTRACT_VERSION,
        "level": found.level,
        "months": found.months,
        "draws": found.draws,
        "seed": found.seed,
        "quiet": [_quiet(one) for one in found.quiet],
        "planted": [_planted(one) for one in found.planted],
    }


def share_of(count: int, months: int) -> tuple[float, float, float]:
    """A share of months with its Monte Carlo interval, Wilson's at 90 %."""
    found = wilson(count, months)
    if isinstance(found, NotComputable):
        raise TypeError("a scene has months")
    return found.estimate, found.interval.lo, found.interval.hi


def _judged(scene: Scene, months: int, seed: int, draws: int) -> Score:
    return score(scene, max(1, months // 5) if scene.planted else months, seed, draws)


def _quiet(one: Score) -> dict[str, Any]:
    share, low, high = share_of(one.named, one.months)
    return {
        "planning": one.scene.planning.value,
        "dispersion": one.scene.dispersion,
        "sales": one.scene.size,
        "months": one.months,
        "named": share,
        "named_low": low,
        "named_high": high,
        "coverage": {cause.value: round(value, 4) for cause, value in one.coverage.items()},
    }


def _planted(one: Score) -> dict[str, Any]:
    cause = one.scene.planted
    return {
        "cause": cause.value if cause else None,
        "sales": one.scene.size,
        "months": one.months,
        "found": one.found / one.months,
        "first": one.first / one.months,
        "zone": one.zone / one.months,
        "other_zone": one.other_zone / one.months,
        "error": one.error,
        "coverage": {cause.value: round(value, 4) for cause, value in one.coverage.items()},
    }
