"""The figures of methods.md (i), the bounds and symmetries of both distances, and how honest the interval is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import distance as scipy_distance

from smarketing.stats.distance import (
    Weights,
    divergence_interval,
    jensen_shannon,
    shares_of,
    total_variation,
    variation_interval,
)
from smarketing.stats.errors import NotComputable, StatsError

# Dealers, developers, individuals of the playground maker.
PLAYGROUND = {
    "spend": (0.05, 0.05, 0.90),
    "leads": (0.06, 0.04, 0.90),
    "effort": (0.15, 0.50, 0.35),
    "revenue": (0.82, 0.12, 0.06),
}
PAIRS = [
    ("spend", "leads", 0.01, 0.000730),
    ("spend", "effort", 0.55, 0.263354),
    ("spend", "revenue", 0.84, 0.625776),
    ("leads", "effort", 0.55, 0.271860),
    ("leads", "revenue", 0.84, 0.615194),
    ("effort", "revenue", 0.67, 0.355792),
]

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=4, max_size=4)


def above_zero(*distributions):
    return all(sum(one) > 1e-6 for one in distributions)


@pytest.mark.parametrize(("first", "second", "variation", "bits"), PAIRS)
def test_distances_of_the_playground_maker(first, second, variation, bits):
    p, q = PLAYGROUND[first], PLAYGROUND[second]
    assert total_variation(p, q) == pytest.approx(variation, abs=1e-12)
    assert jensen_shannon(p, q) == pytest.approx(bits, abs=5e-7)


def test_four_departments_together():
    assert jensen_shannon(*PLAYGROUND.values()) == pytest.approx(0.570365, abs=5e-7)


def test_unit_check_is_in_bits_and_not_a_root():
    assert total_variation((0.5, 0.5), (1, 0)) == 0.5
    assert jensen_shannon((0.5, 0.5), (1, 0)) == pytest.approx(0.311278, abs=5e-7)
    root = scipy_distance.jensenshannon((0.5, 0.5), (1, 0), base=2)
    assert jensen_shannon((0.5, 0.5), (1, 0)) == pytest.approx(root**2)


def test_largest_divergence_is_the_logarithm_of_the_kinds():
    apart = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert jensen_shannon(*apart) == pytest.approx(math.log2(3))  # 1.585
    assert jensen_shannon(*apart, apart[0]) < math.log2(3)


def test_amounts_need_not_be_shares():
    assert total_variation((50_000, 50_000), (3, 0)) == 0.5


def test_nothing_on_one_side_has_no_distance():
    assert total_variation((0, 0), (1, 2)) is NotComputable.EMPTY
    assert jensen_shannon((1, 2), (0, 0), (1, 1)) is NotComputable.EMPTY


def test_impossible_calls_are_refused():
    with pytest.raises(StatsError):
        shares_of((1, -1))
    with pytest.raises(StatsError):
        jensen_shannon((1, 2))
    with pytest.raises(StatsError):
        total_variation((1, 2), (1, 2, 3))


@given(AMOUNTS, AMOUNTS)
def test_distances_are_symmetric_and_bounded(p, q):
    assume(above_zero(p, q))
    variation, bits = total_variation(p, q), jensen_shannon(p, q)
    assert variation == pytest.approx(total_variation(q, p))
    assert bits == pytest.approx(jensen_shannon(q, p), abs=1e-12)
    # Lin 1991: the divergence in bits is never above the variation, and never below 1 - h((1 + V) / 2).
    assert 0 <= bits <= variation + 1e-9 <= 1 + 2e-9


@given(AMOUNTS, AMOUNTS)
@settings(max_examples=50)
def test_divergence_equals_the_square_of_the_library_that_roots_it(p, q):
    assume(above_zero(p, q))
    assert jensen_shannon(p, q) == pytest.approx(scipy_distance.jensenshannon(p, q, base=2) ** 2, abs=1e-6)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_no_way_round_is_shorter(p, q, r):
    assume(above_zero(p, q, r))
    assert total_variation(p, r) <= total_variation(p, q) + total_variation(q, r) + 1e-9


def test_spend_against_revenue_has_no_chance_in_it():
    spend, revenue = Weights(PLAYGROUND["spend"]), Weights(PLAYGROUND["revenue"])
    assert variation_interval(spend, revenue, seed=1) is NotComputable.NO_VARIANCE


def test_interval_repeats_with_its_seed_and_moves_with_another():
    spend, leads = Weights((5, 5, 90)), Weights((120, 180, 300), counted=True)
    assert variation_interval(spend, leads, seed=7) == variation_interval(spend, leads, seed=7)
    assert variation_interval(spend, leads, seed=7) != variation_interval(spend, leads, seed=8)


def test_interval_of_a_large_count_is_that_of_a_binomial():
    # Two kinds, all spend on the first: the variation is the share k / n of the second, 400 of 1 600.
    found = variation_interval(Weights((1, 0)), Weights((1200, 400), counted=True), seed=3, draws=20_000)
    se = math.sqrt(0.25 * 0.75 / 1600)
    assert found.lo == pytest.approx(0.25 - 1.645 * se, abs=0.001)
    assert found.hi == pytest.approx(0.25 + 1.645 * se, abs=0.001)


@pytest.mark.parametrize("far", [0.0, 0.03, 0.1, 0.5])
@pytest.mark.parametrize("cases", [40, 400])
def test_interval_holds_the_truth_as_often_as_it_says(far, cases):
    truth = np.array([0.5 - far, 0.3 + far, 0.2])
    spend = Weights((0.5, 0.3, 0.2))
    rng = np.random.default_rng(20261120)
    held = 0
    for place in range(200):
        drawn = Weights(tuple(map(float, rng.multinomial(cases, truth))), counted=True)
        found = variation_interval(spend, drawn, seed=place, draws=400)
        held += found.lo <= far + 1e-9 and far <= found.hi + 1e-9
    assert held / 200 >= 0.86  # 90 %, less two standard errors of 200 draws


def test_divergence_interval_holds_its_own_value():
    leads, sales = Weights((30, 40, 130), counted=True), Weights((20, 5, 5), counted=True)
    found = divergence_interval(leads, sales, seed=5)
    assert found.lo <= jensen_shannon(leads.amounts, sales.amounts) <= found.hi
    assert found.level == 0.90
