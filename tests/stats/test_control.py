"""Limits by hand, the examples of the NIST/SEMATECH handbook, and how often nothing is called something."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.stats.control import LEAST, RUN, Limits, Signal, individuals, proportions, signal
from smarketing.stats.errors import NotComputable, StatsError

# NIST/SEMATECH e-Handbook 6.3.2.2.1: ten flow rates.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# 6.3.3.2: defective chips on thirty wafers of fifty.
WAFERS = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
]  # fmt: skip
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=LEAST, max_size=20)


def of(found):
    assert not isinstance(found, NotComputable)
    return found


def test_individuals_give_the_limits_of_the_handbook():
    found = of(individuals(FLOW))
    assert (found.centre, found.low, found.high) == pytest.approx((50.81, 45.8159, 55.8041), abs=1e-4)


def test_individuals_by_hand():
    # mean (10+14+10+14+10+14)/6 = 12, five ranges of 4: 12 ± 3 · 4 / 1.128 = 12 ± 10.638
    found = of(individuals([10, 14, 10, 14, 10, 14]))
    assert (found.low, found.high) == pytest.approx((1.3617, 22.6383), abs=1e-4)
    assert found.high - found.centre == pytest.approx(2.66 * 4, abs=2e-3)


def test_unknown_point_makes_no_range_with_its_neighbours():
    # 100 stands after a gap: its only range is the one to 102; ranges 2, 2, 2, 2 of mean 2
    found = of(individuals([10, 12, 10, None, 100, 102, 100]))
    assert found.centre == pytest.approx(334 / 6)
    assert found.high - found.centre == pytest.approx(3 * 2 / 1.128)


def test_figure_that_cannot_be_negative_has_no_negative_limit():
    found = of(individuals([0, 5, 0, 5, 0, 5], floor=0.0))
    assert (found.low, found.centre) == (0.0, 2.5)


def test_proportions_give_the_limits_of_the_handbook():
    trials = [(k, 50) for k in WAFERS]
    found = of(proportions(trials, trials))
    assert (found[0].centre, found[0].low, found[0].high) == pytest.approx((0.2313, 0.0524, 0.4102), abs=1e-4)
    beyond = [place for place, (k, n) in enumerate(trials, start=1) if k / n > found[place - 1].high]
    assert beyond == [15, 23]  # the two wafers the handbook names


def test_point_of_more_cases_has_narrower_limits():
    # share 60/600 = 0.1; of 100: 0.1 ± 3 · 0.03 = 0.01 … 0.19; of 900: 0.1 ± 3 · 0.01 = 0.07 … 0.13
    found = of(proportions([(10, 100)] * 6, [(10, 100), (90, 900), None, (0, 0)]))
    assert (found[0].low, found[0].high) == pytest.approx((0.01, 0.19))
    assert (found[1].low, found[1].high) == pytest.approx((0.07, 0.13))
    assert found[2:] == (None, None)


def test_too_few_earlier_points_have_no_limits():
    assert individuals([1.0] * (LEAST - 1)) is NotComputable.EMPTY
    assert individuals([1, None, 1, None, 1, None, 1, None, 1, None, 1]) is NotComputable.EMPTY
    assert proportions([(1, 2)] * (LEAST - 1) + [None, (0, 0)], []) is NotComputable.EMPTY


def test_wrong_calls_are_errors():
    with pytest.raises(StatsError):
        proportions([(3, 2)] * LEAST, [])
    with pytest.raises(StatsError):
        signal([1.0], [])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([10, 21], Signal.ABOVE),
        ([10, 3], Signal.BELOW),
        ([10, 20], None),  # on the limit is within it
        ([11] * 8, Signal.RUN_ABOVE),
        ([12] * 3 + [9] * 8, Signal.RUN_BELOW),
        ([9] + [11] * 7, None),
        ([10] + [11] * 7, None),  # on the centre is on no side
        ([21, 10], None),  # a point beyond that is no longer the last
        ([21, None], Signal.ABOVE),
        ([None], None),
    ],
)
def test_shift_is_a_point_beyond_or_eight_on_one_side(values, told):
    assert signal(values, [Limits(10, 4, 20)] * len(values)) is told
    assert RUN == 8


@given(VALUES, st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_limits_move_with_the_figure(values, shift, scale):
    plain, moved = of(individuals(values)), of(individuals([value * scale + shift for value in values]))
    size = 1e-9 * (1 + max(map(abs, values)) * scale + abs(shift))
    assert moved.centre == pytest.approx(plain.centre * scale + shift, abs=size)
    assert moved.high == pytest.approx(plain.high * scale + shift, abs=10 * size)


def test_how_often_nothing_is_called_a_shift():
    """Twelve weeks of one law, the last judged by the eleven before: about one look in forty is called a shift.

    Eleven points do not know their law well, so this is more than the 0.3 % of limits known for certain.
    """
    rng = np.random.default_rng(20261120)
    looks = 4_000
    called = sum(_is_called(list(map(float, rng.normal(100, 10, 12)))) for _ in range(looks))
    assert 0.015 < called / looks < 0.035
    assert math.isclose(0.5**RUN * 2, 1 / 128)


def test_planted_shift_is_seen():
    """Five standard deviations in the last week are found in nine companies of ten."""
    rng = np.random.default_rng(7)
    weeks = [[*map(float, rng.normal(100, 10, 11)), 150.0] for _ in range(500)]
    assert sum(map(_is_called, weeks)) / 500 > 0.9


def _is_called(values):
    limits = of(individuals(values[:-1]))
    return signal(values, [limits] * len(values)) is not None
