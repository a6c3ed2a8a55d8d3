from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from smarketing.stats.chain import (
    ChainKeys,
    chain_factors,
    chain_levels,
    chain_model,
    draws_as_factors,
    exact_cell_tests,
    neutral_model,
)
from smarketing.stats.coalitions import Union
from smarketing.stats.decomposition import float_side, lmdi, owen, product_model
from smarketing.stats.errors import NotComputable, StatsError
from tests.stats.playground import CELLS, FACT, KEYS, PLAN, UNIONS, playground

FACTORS = KEYS.all


def tenths(*values):
    return [Fraction(value).limit_denominator(1000) for value in values]


def stated(volume, mix, conversion):
    """Factors as a plan states them, of the zeros test: q = (.5, .3), h = (.9, .8), a = (100, 50)."""
    rates = (tenths(0.5, 0.3), tenths(0.9, 0.8), tenths(*conversion), (100, 50))
    return dict(zip(FACTORS, ((volume, volume), tenths(*mix), *rates), strict=True))


ONE_SEGMENT = stated(100, (1, 0), (0.4, 0.25))


def test_factors_and_levels_are_each_others_inverse():
    model = playground()
    assert model.plan["quality"] == (Fraction(3, 5), Fraction(2, 5))
    assert model.fact["conversion"] == (Fraction(7, 18), Fraction(18, 66))
    assert chain_levels(model.plan, KEYS) == tuple(map(tuple, PLAN))
    assert chain_levels(model.fact, KEYS) == tuple(map(tuple, FACT))


@pytest.mark.parametrize(
    "plan", [ONE_SEGMENT, chain_factors(KEYS, [[100, 0], [50, 0], [45, 0], [18, 0], [1800, 0]])]
)
def test_a_segment_absent_from_the_plan_lands_on_volume_and_mix(plan):
    """methods.md (a), "Zeros", first case: revenue 1800 -> 1800, volume +330, mix -330, rest 0.

    Once the plan states rates for the segment without leads, once they are undefined and taken from the fact.
    """
    found = owen(neutral_model(CELLS, UNIONS, plan, stated(120, (0.8, 0.2), (0.4, 0.25))))
    assert (found.plan, found.fact) == (1800, 1800)
    assert [found.factor(factor) for factor in FACTORS] == [330, -330, 0, 0, 0, 0]


def test_a_month_without_sales_lands_on_conversion():
    """Second case, fact c = (0, 0): revenue 0; the order value is undefined and keeps the plan's.

    The planned conversion of the segment without planned leads is the stated .25.
    """
    fact = {**stated(120, (0.8, 0.2), (0, 0)), "aov": (None, None)}
    model = neutral_model(CELLS, UNIONS, ONE_SEGMENT, fact)
    found = owen(model)
    assert (found.plan, found.fact) == (1800, 0)
    assert [found.factor(factor) for factor in FACTORS] == [165, -165, 0, 0, -1800, 0]
    assert lmdi(model) is NotComputable.ZERO_CELL


def test_a_month_without_sales_and_no_stated_rates():
    """The same from amounts: the absent segment's conversion is then the fact's 0, and only the first
    segment brings money, 18 per lead. By hand: volume (360 + 288) / 2 / 2, mix -(360 + 432) / 2 / 2.
    """
    plan = [[100, 0], [50, 0], [45, 0], [18, 0], [1800, 0]]
    fact = [[96, 24], [48, Fraction("7.2")], [Fraction("43.2"), Fraction("5.76")], [0, 0], [0, 0]]
    found = owen(chain_model(CELLS, UNIONS, KEYS, plan, fact))
    assert [found.factor(factor) for factor in FACTORS] == [162, -198, 0, 0, -1764, 0]


def test_a_month_without_leads_is_all_volume():
    fact = [[0, 0]] * 5
    found = owen(chain_model(CELLS, UNIONS, KEYS, PLAN, fact))
    assert [found.factor(factor) for factor in FACTORS] == [-6_174_000, 0, 0, 0, 0, 0]


def test_an_empty_plan_has_no_decomposition():
    assert owen(chain_model(CELLS, UNIONS, KEYS, [[0, 0]] * 5, FACT)) is NotComputable.NO_PLAN


def test_lmdi_is_too_slow_for_small_value_substitutes():
    """methods.md (a): the second case with c -> 0, segment 1: volume + mix -12.15 at 1e-3, -0.32 at 1e-100."""
    sums = []
    for delta in (Fraction(1, 10**3), Fraction(1, 10**100)):
        plan = {"volume": 100, "mix": 1, "quality": Fraction(1, 2), "handling": Fraction(9, 10),
                "conversion": Fraction(2, 5), "aov": 100}  # fmt: skip
        fact = {**plan, "volume": 120, "mix": Fraction(4, 5), "conversion": delta}
        found = lmdi(product_model(("segment 1",), UNIONS, plan, fact))
        sums.append(round(found.factor("volume") + found.factor("mix"), 2))
    assert sums == [-12.15, -0.32]


def test_undefined_rates_take_the_other_side_and_a_ghost_is_refused():
    """One stage, cells: both defined, plan undefined, both undefined."""
    keys = ChainKeys("volume", "mix", (), "value")
    model = chain_model("abc", [Union("all", keys.all)], keys, [[2, 0, 0], [8, 0, 0]], [[3, 1, 0], [9, 5, 0]])
    assert model.plan["value"] == (4, 5, 0)
    assert model.fact["value"] == (3, 5, 0)
    with pytest.raises(StatsError, match="denominator of 0"):
        chain_factors(keys, [[0, 1], [7, 1]])


@pytest.mark.parametrize(
    "fact",
    [
        FACT[:4],
        [row[:1] for row in FACT],
        [[44, -1], *FACT[1:]],
        [[44, 0], [25, 0], [18, 0], [7, 0], [3_430_000, 702_000]],
    ],
)
def test_a_chain_that_breaks_is_refused(fact):
    with pytest.raises(StatsError):
        chain_model(CELLS, UNIONS, KEYS, PLAN, fact)


def test_levels_need_the_factors_of_the_chain():
    with pytest.raises(StatsError, match="volume, mix"):
        chain_levels({"volume": (Fraction(1),)}, KEYS)


def test_exact_tests_per_cell_with_holm_over_eight():
    """methods.md (a), "Exact tests per cell": 44 vs 60, 18/25 vs 0.9, 71/236 vs 0.4 and their Holm values."""
    found = {(test.factor, test.cell): test for test in exact_cell_tests(playground(), KEYS)}
    assert len(found) == 8
    expected = {
        ("volume", "dealers"): 0.037946,
        ("quality", "dealers"): 0.758631,
        ("quality", "individuals"): 0.001754,
        ("handling", "dealers"): 0.009476,
        ("handling", "individuals"): 0.551857,
        ("conversion", "dealers"): 0.805893,
        ("conversion", "individuals"): 0.670467,
    }
    assert {key: round(found[key].p_value, 6) for key in expected} == expected
    assert found["handling", "dealers"].p_holm == pytest.approx(0.056858, abs=5e-7)
    assert found["quality", "individuals"].p_holm == pytest.approx(0.012281, abs=5e-7)
    quality = found["quality", "individuals"]
    assert (quality.observed, quality.n, quality.expected) == (71, 236, 0.4)


def test_a_rate_nobody_reached_is_no_member_of_the_family():
    """No dealer lead was a target: dealers' handling and conversion are not tested, six tests remain."""
    fact = [[44, 236], [0, 71], [0, 66], [0, 18], [0, 702_000]]
    tests = exact_cell_tests(chain_model(CELLS, UNIONS, KEYS, PLAN, fact), KEYS)
    assert [(test.factor, test.cell) for test in tests if test.cell == "dealers"] == [
        ("volume", "dealers"),
        ("quality", "dealers"),
    ]
    assert len(tests) == 6


def test_exact_tests_need_whole_counts():
    with pytest.raises(StatsError, match="whole number"):
        exact_cell_tests(chain_model(CELLS, UNIONS, KEYS, FACT, PLAN), KEYS)


def test_draws_become_factors_with_the_plan_where_undefined():
    """Two months of (dealers, individuals): one ordinary, one in which nobody came."""
    month = [np.array([[44, 236], [0, 0]], dtype=float)]
    month += [np.array([row, [0, 0]], dtype=float) for row in FACT[1:]]
    plan = float_side(playground().plan)
    factors = draws_as_factors(month, KEYS, plan)
    assert factors["volume"].tolist() == [[280], [0]]
    for key in FACTORS[1:]:
        assert factors[key][0] == pytest.approx(np.array(playground().fact[key], dtype=float))
        assert factors[key][1] == pytest.approx(plan[key])
