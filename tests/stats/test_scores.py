from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.scores import conformal_bound, conformal_rank, crps_of_draws, crps_of_normal, pinball


def test_crps_of_the_standard_normal_at_its_mean() -> None:
    """methods.md (g): (sqrt(2) - 1) / sqrt(pi)."""
    assert crps_of_normal(0.0, 1.0, 0.0) == pytest.approx(0.233695, abs=5e-7)
    assert crps_of_normal(10.0, 3.0, 10.0) == pytest.approx(3 * 0.233695, abs=2e-6)


def test_crps_of_draws_comes_to_that_of_their_law() -> None:
    drawn = special.ndtri((np.arange(20_000) + 0.5) / 20_000)
    assert crps_of_draws(drawn, 0.0) == pytest.approx(crps_of_normal(0.0, 1.0, 0.0), abs=1e-4)
    assert crps_of_draws(drawn, 1.3) == pytest.approx(crps_of_normal(0.0, 1.0, 1.3), abs=1e-4)


def test_crps_of_draws_by_hand() -> None:
    """Draws 1 and 3, outcome 2: mean distance 1, half the mean distance between draws 2 * 2 / 4 / 2 = 0.5."""
    assert crps_of_draws([3.0, 1.0], 2.0) == pytest.approx(0.5)


def test_crps_of_a_point_is_its_distance() -> None:
    assert crps_of_draws([5.0], 8.0) == crps_of_normal(5.0, 0.0, 8.0) == 3.0


def test_pinball_is_least_at_the_true_quantile() -> None:
    outcomes = np.arange(1, 101)
    loss = {q: np.mean([pinball(q, 0.9, float(y)) for y in outcomes]) for q in (80.0, 90.0, 98.0)}
    assert min(loss, key=loss.__getitem__) == 90.0


def test_conformal_bound_takes_the_rank_of_n_plus_one() -> None:
    """Of 24 errors the 23rd: ceil(25 * 0.9) = 23; of 9 the 9th; 8 are too few."""
    assert conformal_rank(24, 0.9) == 23
    assert conformal_bound([float(error) for error in range(1, 25)], 0.9) == 23.0
    assert conformal_bound([float(error) for error in range(1, 10)], 0.9) == 9.0
    assert conformal_bound([float(error) for error in range(1, 9)], 0.9) is NotComputable.NOT_REACHED


def test_scores_refuse_what_cannot_be() -> None:
    with pytest.raises(StatsError):
        pinball(1.0, 1.0, 1.0)
    with pytest.raises(StatsError):
        crps_of_draws([], 1.0)
    with pytest.raises(StatsError):
        crps_of_normal(0.0, -1.0, 0.0)
    with pytest.raises(StatsError):
        conformal_bound([1.0], 0.0)
