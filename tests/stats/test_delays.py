"""The curve against three things known otherwise: the chain ladder, plain counting, and a law we draw from."""

from __future__ import annotations

import numpy as np
import pytest

from smarketing.stats.delays import RipeningCurve, ripening_curve
from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.ripening import chain_ladder


def curve(delays, ages, counts=None) -> RipeningCurve:
    found = ripening_curve(delays, ages, counts)
    assert isinstance(found, RipeningCurve)
    return found


def test_curve_of_old_cases_is_plain_counting():
    found = curve([1, 2, 2, 5], [99, 99, 99, 99])
    assert found.ages == (1, 2, 5)
    assert found.shares == pytest.approx((1 / 4, 3 / 4, 1))
    assert [found.at(age) for age in (0, 1, 3, 100)] == pytest.approx([0, 1 / 4, 3 / 4, 1])


def test_curve_equals_the_chain_ladder():
    # Six cohorts, wins 8, 6, 4, 2 at age 1 to 4 (methods.md d): the triangle and the cut delays say the same.
    wins = (8, 6, 4, 2)
    triangle, delays, ages, counts = [], [], [], []
    for age in (6, 5, 4, 3, 2, 1):
        seen = wins[:age]
        row = np.cumsum(seen)
        triangle.append([*row.tolist(), *[float(row[-1])] * (age - len(row))])
        for delay, count in enumerate(seen, start=1):
            delays.append(delay)
            ages.append(age)
            counts.append(count)
    ladder = chain_ladder(triangle)
    found = curve(delays, ages, counts)
    assert [found.at(age) for age in (6, 5, 4, 3, 2, 1)] == pytest.approx(ladder.ripeness)
    assert found.at(1) == pytest.approx(0.4)


def test_curve_of_cut_delays_finds_the_law_behind_them():
    rng = np.random.default_rng(7)
    age = rng.uniform(0, 120, 60_000)
    delay = rng.exponential(20, age.size)
    seen = delay <= age
    found = curve(delay[seen], age[seen])
    naive = float(np.mean(delay[seen] <= 20))
    assert found.at(20) == pytest.approx(1 - np.exp(-1), abs=0.01)
    assert naive > found.at(20) + 0.04  # plain counting would call the young cohorts riper than they are


def test_longest_delay_that_only_one_case_could_show_does_not_undo_the_rest():
    # Three young cases sold at 1, 2 and 3 days; one old case at 200, and no other is 200 days old.
    found = curve([1, 2, 3, 200], [10, 10, 10, 365])
    assert found.ages == (1, 2, 3)
    assert found.shares == pytest.approx((1 / 3, 2 / 3, 1))
    assert found.events == 3


def test_mean_over_a_cohort_weighs_its_leads():
    found = curve([1, 3], [9, 9])
    assert found.mean_over([0, 2, 4]) == pytest.approx((0 + 0.5 + 1) / 3)
    assert found.mean_over([0, 2], weights=[3, 1]) == pytest.approx(0.125)
    assert found.mean_over([]) is NotComputable.EMPTY


def test_nothing_happened_has_a_name():
    assert ripening_curve([], []) is NotComputable.NO_EVENTS


def test_delay_longer_than_the_age_is_refused():
    with pytest.raises(StatsError):
        ripening_curve([5], [4])
