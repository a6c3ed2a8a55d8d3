from __future__ import annotations

import numpy as np
import pytest

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.ripening import chain_ladder, delay_curve

# Taylor, Ashe 1983; the triangle of Mack 1993, cumulative rows (methods.md, d).
TAYLOR_ASHE = [
    [int(amount) for amount in row.split()]
    for row in """
    357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463
    352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085
    290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315
    310608 1418858 2195047 3757447 4029929 4381982 4588268
    443160 1136350 2128333 2897821 3402672 3873311
    396132 1333217 2180715 2985752 3691712
    440832 1288463 2419861 3483130
    359480 1421128 2864498
    376686 1363294
    344014
    """.strip().splitlines()
]
SIX_COHORTS = [[8, 14, 18, 20, 20, 20], [8, 14, 18, 20, 20], [8, 14, 18, 20], [8, 14, 18], [8, 14], [8]]


def test_taylor_ashe_factors_and_reserves():
    """Mack 1993, ASTIN Bulletin 23:213-225: factors, reserves by year and their sum."""
    found = chain_ladder(TAYLOR_ASHE)
    factors = [3.4906, 1.7473, 1.4574, 1.1739, 1.1038, 1.0863, 1.0539, 1.0766, 1.0177]
    assert [round(factor, 4) for factor in found.factors] == factors
    reserves = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
    assert [round(reserve) for reserve in found.reserves] == reserves
    assert round(found.reserve) == 18_680_856


def test_six_cohorts_of_a_hundred_leads():
    """methods.md (d): snapshot .166667, cohorts .20 .20 .20 .18 .14 .08, June's ultimate 20."""
    found = chain_ladder(SIX_COHORTS)
    assert sum(found.latest) / 600 == pytest.approx(0.166667, abs=5e-7)
    assert found.latest == (20, 20, 20, 18, 14, 8)
    assert found.ultimate == pytest.approx([20] * 6)
    assert found.ripeness == pytest.approx([1, 1, 1, 0.9, 0.7, 0.4])


def test_a_cohort_without_wins_yet_still_knows_its_ripeness():
    """The last cohort has none of its 8 yet: ultimate 0, but 40 % ripe, so nobody calls it a failure of all."""
    found = chain_ladder([*SIX_COHORTS[:5], [0]])
    assert (found.ultimate[-1], found.ripeness[-1]) == (0, pytest.approx(0.4))


def test_triangles_that_tell_nothing():
    assert chain_ladder([]) is NotComputable.EMPTY
    assert chain_ladder([[0, 5], [0]]) is NotComputable.ZERO_DENOMINATOR
    assert chain_ladder([[7]]).ripeness == (1.0,)


@pytest.mark.parametrize("triangle", [[[1, 2], []], [[1], [1, 2]], [[-1, 2]]])
def test_broken_triangles_are_refused(triangle):
    with pytest.raises(StatsError):
        chain_ladder(triangle)


def test_delay_curve_of_ripe_cohorts():
    """By hand: ten sales of leads over 90 days old; the 40 is from a young cohort, the 120 over the horizon."""
    delays = [5, 10, 10, 20, 20, 30, 30, 45, 60, 80, 40, 120]
    ages = [100] * 10 + [60, 150]
    curve = delay_curve(delays, ages, horizon=90)
    assert curve.delays == (5, 10, 10, 20, 20, 30, 30, 45, 60, 80)
    assert [curve.ripeness_at(age) for age in (0, 5, 29, 30, 79, 80, 90, 200)] == [0, 0.1, 0.5, 0.7, 0.9, 1, 1, 1]
    assert [curve.quantile(share) for share in (0.05, 0.5, 0.75, 1.0)] == [5, 20, 45, 80]


def test_ripeness_of_a_cohort_is_the_mean_over_its_leads():
    """Leads of 0, 30 and 90 days: (0 + .7 + 1) / 3."""
    curve = delay_curve([5, 10, 10, 20, 20, 30, 30, 45, 60, 80], [100] * 10, horizon=90)
    assert curve.ripeness_of([0, 30, 90]) == pytest.approx(1.7 / 3)
    assert curve.ripeness_of([]) is NotComputable.EMPTY


def test_young_cohorts_would_bend_the_curve():
    """Uniform delays over 100 days: half by 50. Taken from cohorts of any age, quick ones weigh too much."""
    rng = np.random.default_rng(3)
    delay, age = rng.uniform(0, 100, 20_000), rng.uniform(0, 200, 20_000)
    seen = delay <= age
    ripe = delay_curve(delay[seen], age[seen], horizon=100).ripeness_at(50)
    assert ripe == pytest.approx(0.5, abs=0.02)
    assert np.mean(delay[seen] <= 50) > 0.55


def test_delays_that_tell_nothing_or_are_wrong():
    assert delay_curve([], [], 30) is NotComputable.EMPTY
    assert delay_curve([5], [10], 30) is NotComputable.EMPTY
    assert delay_curve([35], [40], 30) is NotComputable.NO_EVENTS
    for delays, ages in (([5], [4]), ([-1], [4]), ([1, 2], [4])):
        with pytest.raises(StatsError):
            delay_curve(delays, ages, 30)
    with pytest.raises(StatsError):
        delay_curve([5], [40], 30).quantile(0)
