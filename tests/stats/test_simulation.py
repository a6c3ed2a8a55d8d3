from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.simulation import Noise, coefficient_of_variation, dispersion_index, draw_chain
from tests.stats.playground import CV, KEYS, playground

DRAWS = 40_000


def drawn(noise, seed=5, draws=DRAWS):
    return draw_chain(playground().plan, KEYS, noise, draws, np.random.default_rng(seed))


def test_levels_have_the_plans_means():
    """Plan: 60, 140 leads; 36, 56; 32.4, 50.4; 11.34, 12.6 won; 5 670 000 and 504 000."""
    levels = drawn(Noise(CV))
    expected = [[60, 140], [36, 56], [32.4, 50.4], [11.34, 12.6], [5_670_000, 504_000]]
    for level, means in zip(levels, expected, strict=True):
        assert level.shape == (DRAWS, 2)
        assert level.mean(axis=0) == pytest.approx(means, rel=0.01)


def test_each_stage_is_at_most_the_one_before():
    *counts, value = drawn(Noise(CV), draws=2000)
    for before, after in pairwise(counts):
        assert (after <= before).all()
    assert ((value > 0) == (counts[-1] > 0)).all()


def test_thinned_poisson_counts_are_poisson():
    """Won is Poisson again: variance = mean; and the value's variance is won * a^2 * (1 + cv^2)."""
    *_, won, value = drawn(Noise(CV))
    assert won.var(axis=0) == pytest.approx([11.34, 12.6], rel=0.03)
    expected = [11.34 * 500_000**2 * 1.25, 12.6 * 40_000**2 * 1.16]
    assert value.var(axis=0) == pytest.approx(expected, rel=0.04)


def test_dispersion_widens_the_volume():
    """Negative binomial of dispersion 3: variance 600 around 200 leads; the mix stays."""
    cases = drawn(Noise(CV, dispersion=3.0))[0]
    assert cases.sum(axis=1).mean() == pytest.approx(200, rel=0.01)
    assert cases.sum(axis=1).var() == pytest.approx(600, rel=0.04)
    assert cases.mean(axis=0) == pytest.approx([60, 140], rel=0.01)


def test_without_spread_every_order_is_the_mean():
    *_, won, value = drawn(Noise((0.0, 0.4)), draws=500)
    assert value[:, 0] == pytest.approx(won[:, 0] * 500_000)


def test_the_same_seed_gives_the_same_months():
    for one, other in zip(drawn(Noise(CV), draws=50), drawn(Noise(CV), draws=50), strict=True):
        assert (one == other).all()


def test_a_side_without_volume_stays_empty():
    side = dict.fromkeys(KEYS.all, (0, 0))
    for level in draw_chain(side, KEYS, Noise(CV), 10, np.random.default_rng(1)):
        assert (level == 0).all()


@pytest.mark.parametrize(
    ("change", "cv"), [({"quality": (1.2, 0.4)}, CV), ({"mix": (-1, 2)}, CV), ({}, (0.5,)), ({}, (0.5, -1))]
)
def test_sides_that_cannot_be_drawn_are_refused(change, cv):
    with pytest.raises(StatsError):
        draw_chain({**playground().plan, **change}, KEYS, Noise(cv), 10, np.random.default_rng(1))


def test_refunds_may_outweigh_sales():
    *_, won, value = draw_chain(
        {**playground().plan, "aov": (-1000, 40_000)}, KEYS, Noise(CV), 4000, np.random.default_rng(1)
    )
    assert value.mean(axis=0) == pytest.approx([-11_340, 504_000], rel=0.03)
    assert ((value[:, 0] < 0) == (won[:, 0] > 0)).all()


def test_coefficient_of_variation():
    """By hand: 1, 2, 3 have mean 2 and standard deviation 1."""
    assert coefficient_of_variation([1, 2, 3]) == 0.5
    assert coefficient_of_variation([4]) is NotComputable.EMPTY
    assert coefficient_of_variation([-1, 1]) is NotComputable.ZERO_DENOMINATOR


def test_dispersion_index():
    """By hand: 90, 110 around 100: (100 + 100) / 100 / 1 = 2; against planned 100 each over 2: 1."""
    assert dispersion_index([90, 110]) == 2
    assert dispersion_index([90, 110], [100, 100]) == 1
    assert dispersion_index([5]) is NotComputable.EMPTY
    assert dispersion_index([0, 0]) is NotComputable.ZERO_DENOMINATOR
    poisson = np.random.default_rng(2).poisson(50, 5000)
    assert dispersion_index(poisson.tolist()) == pytest.approx(1, abs=0.06)
