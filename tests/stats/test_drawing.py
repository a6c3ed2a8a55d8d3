from __future__ import annotations

import numpy as np
import pytest

from smarketing.stats.drawing import Cases, beta_factor, draw_arrivals, draw_cases, gamma_factor
from smarketing.stats.errors import StatsError

DRAWS = 200_000
SURE = np.ones(DRAWS)


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_cases_without_doubt_are_binomial_with_gamma_amounts() -> None:
    """20 at 0.3 with 100 ± 40: mean 600, variance 6 * 40² + 20 * 0.3 * 0.7 * 100² = 51 600."""
    brought = draw_cases(Cases(20, 0.3, 100.0, 40.0), SURE, rng())
    assert brought.mean() == pytest.approx(600, rel=0.01)
    assert brought.var() == pytest.approx(51_600, rel=0.02)
    assert brought.min() >= 0


def test_equal_amounts_are_counted_exactly() -> None:
    brought = draw_cases(Cases(3, 0.5, 7.0, 0.0), SURE, rng())
    assert set(brought.tolist()) == {0.0, 7.0, 14.0, 21.0}


def test_arrivals_are_compound_poisson() -> None:
    """Poisson 5 with 100 ± 50: mean 500, variance 5 * (100² + 50²) = 62 500."""
    brought = draw_arrivals(5.0, 100.0, 50.0, SURE, rng())
    assert brought.mean() == pytest.approx(500, rel=0.01)
    assert brought.var() == pytest.approx(62_500, rel=0.02)


def test_doubt_about_a_share_widens_and_does_not_move() -> None:
    """Posterior Beta(10.5, 90.5): coefficient of variation sqrt(90.5 / 10.5 / 102)."""
    factor = beta_factor(10, 0.1, DRAWS, rng())
    assert factor.mean() == pytest.approx(1, abs=0.005)
    assert factor.std() == pytest.approx((90.5 / 10.5 / 102) ** 0.5, rel=0.02)


def test_doubt_about_a_rate_widens_and_does_not_move() -> None:
    factor = gamma_factor(24, DRAWS, rng())
    assert factor.mean() == pytest.approx(1, abs=0.005)
    assert factor.std() == pytest.approx(24.5**-0.5, rel=0.02)


def test_shared_doubt_is_wider_than_chance_alone() -> None:
    cases = Cases(400, 0.1, 1.0, 0.0)
    alone = draw_cases(cases, SURE, rng()).var()
    doubted = draw_cases(cases, beta_factor(10, 0.1, DRAWS, rng()), rng()).var()
    assert alone == pytest.approx(36, rel=0.02)
    assert doubted > 4 * alone


def test_drawing_refuses_what_cannot_be() -> None:
    with pytest.raises(StatsError):
        beta_factor(3, 0.0, 10, rng())
    with pytest.raises(StatsError):
        gamma_factor(-1, 10, rng())
