"""Counterfactuals of the worked example: exact value, and an interval that theory can check."""

from __future__ import annotations

from fractions import Fraction

import pytest

from smarketing.stats.doubt import PlanDoubt
from smarketing.stats.errors import StatsError
from smarketing.stats.simulation import Noise
from smarketing.stats.whatif import as_planned
from tests.stats.playground import KEYS, playground

NOISE = Noise((0.5, 0.4))


def supposed(*planned: str, doubt: PlanDoubt | None = None):
    return as_planned(playground(), KEYS, NOISE, planned, seed=5, draws=20_000, doubt=doubt)


def test_value_is_exact():
    # 84 × 7/44 × 490 000 + 196 × 18/236 × 39 000
    assert supposed("mix").value == Fraction(84 * 7 * 490_000, 44) + Fraction(196 * 18 * 39_000, 236)
    assert supposed().value == 4_132_000
    assert supposed(*KEYS.all).value == 6_174_000


def test_interval_is_that_of_the_chain_when_only_the_volume_is_free():
    # v = leads × 30 870 of plan; leads Poisson of 280: half-width 1.645 × √280 × 30 870.
    found = supposed(*KEYS.all[1:])
    half = 1.645 * 280**0.5 * 30_870
    assert float(found.value) == 280 * 30_870
    assert found.interval.lo == pytest.approx(280 * 30_870 - half, rel=0.01)
    assert found.interval.hi == pytest.approx(280 * 30_870 + half, rel=0.01)


def test_learnt_plan_is_not_sure_of_itself():
    assert supposed(*KEYS.all).interval.width == pytest.approx(0, abs=1e-6)
    base = {**playground().plan, KEYS.volume: tuple(3 * value for value in playground().plan[KEYS.volume])}
    doubt = PlanDoubt(base, dict.fromkeys(KEYS.all, (True, True)))
    assert supposed(*KEYS.all, doubt=doubt).interval.width > 2e6


def test_unknown_factor_is_refused():
    with pytest.raises(StatsError):
        supposed("weather")
