"""Figures: methods.md (a), the worked example, "exact fractions, subset formula = average over orders"."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from smarketing.stats.coalitions import Union, owen_weights
from smarketing.stats.decomposition import (
    counterfactual,
    decompose,
    draw_effects,
    effect_spans,
    float_side,
    lmdi,
    owen,
    product_model,
    sequential,
    shapley,
    unions_in_dispute,
)
from smarketing.stats.errors import NotComputable, StatsError
from tests.stats.playground import UNIONS, playground

FACTORS = ("volume", "mix", "quality", "handling", "conversion", "aov")
OWEN = (1781577.974090, -2833792.755868, -426980.288645, -984419.429684, 527893.764938, -106279.264831)
SHAPLEY = (1799264.010367, -2834681.220469, -429448.478621, -1015365.896862, 548160.226205, -109928.640620)
LMDI = (1700568.108631, -2770764.441732, -413047.033673, -975132.786155, 521539.373277, -105163.220348)
SPANS = (
    (1065857, 2739927),
    (-4042909, -1926640),
    (-658533, -274968),
    (-1738703, -536625),
    (286786, 946145),
    (-195644, -56786),
)


def factor_effects(found):
    return tuple(float(found.factor(factor)) for factor in FACTORS)


def test_plan_fact_and_gap_are_whole_roubles():
    found = owen(playground())
    assert (found.plan, found.fact, found.gap) == (6_174_000, 4_132_000, -2_042_000)


@pytest.mark.parametrize(
    ("method", "factors", "marketing", "sales"),
    [
        (owen, OWEN, -1479195.070423, -562804.929577),
        (shapley, SHAPLEY, -1464865.688723, -577134.311277),
        (lmdi, LMDI, -1483243.366774, -558756.633226),
    ],
)
def test_worked_example_by_three_methods(method, factors, marketing, sales):
    found = method(playground())
    assert factor_effects(found) == pytest.approx(factors, abs=1e-6)
    assert float(found.union("marketing")) == pytest.approx(marketing, abs=1e-6)
    assert float(found.union("sales")) == pytest.approx(sales, abs=1e-6)
    assert float(found.union("marketing") + found.union("sales")) == pytest.approx(-2_042_000, abs=1e-6)


def test_worked_example_by_segment():
    """The line "By segment (Owen)"; the sums are exact."""
    found = owen(playground())
    dealers = (1578239.696970, -2946362.121212, -252727.575758, -1003805.833333, 475749.166667, -91093.333333)
    individuals = (203338.277120, 112569.365345, -174252.712887, 19386.403649, 52144.598271, -15185.931498)
    for cell, expected in (("dealers", dealers), ("individuals", individuals)):
        effects = tuple(float(found.factor(factor, cell)) for factor in FACTORS)
        assert effects == pytest.approx(expected, abs=1e-6)
    assert (found.cell("dealers"), found.cell("individuals")) == (-2_240_000, 198_000)


def test_department_totals_are_the_mean_of_the_two_orders():
    """Second way, by counterfactuals: ([v(M)-v(0)] + [v(N)-v(Sales)]) / 2."""
    model = playground()
    v = {key: sum(counterfactual(model, names)) for key, names in
         {"none": (), "m": FACTORS[:3], "s": FACTORS[3:], "all": FACTORS}.items()}  # fmt: skip
    marketing = (v["m"] - v["none"] + v["all"] - v["s"]) / 2
    assert owen(model).union("marketing") == marketing
    assert owen(model).union("sales") == owen(model).gap - marketing


def test_least_and_greatest_effect_over_all_orders():
    """The table's last column, printed in whole roubles, and all 720 orders one by one."""
    model = playground()
    spans = effect_spans(model)
    for factor, (least, greatest) in zip(FACTORS, SPANS, strict=True):
        assert (round(spans[factor].least), round(spans[factor].greatest)) == (least, greatest)
    values = {}
    for order in permutations(FACTORS):
        for place, factor in enumerate(order):
            before = frozenset(order[:place])
            for coalition in (before, before | {factor}):
                if coalition not in values:
                    values[coalition] = sum(counterfactual(model, coalition))
            values.setdefault(("effects", factor), set()).add(values[before | {factor}] - values[before])
    for factor in FACTORS:
        assert min(values["effects", factor]) == spans[factor].least
        assert max(values["effects", factor]) == spans[factor].greatest


def test_why_the_two_departments_never_agree():
    """Property 4: the sequential order and its reverse."""
    model = playground()
    forward, backward = sequential(model, FACTORS), sequential(model, FACTORS[::-1])
    assert factor_effects(forward) == pytest.approx((2469600, -3636000, -431100, -766500, 410000, -88000))
    assert factor_effects(backward) == pytest.approx(
        (1180571.43, -2142284.83, -399176.74, -1217182.59, 662072.73, -126000.00), abs=0.005
    )
    assert forward.gap == backward.gap == sum(forward.factor(factor) for factor in FACTORS) == -2_042_000


def test_merging_own_stages_moves_shapley_but_not_owen():
    """Property 1: handling and conversion as one factor; marketing stays, plain Shapley moves."""
    model = playground()
    merged_sides = [
        {**{f: side[f] for f in ("volume", "mix", "quality", "aov")},
         "worked": [h * c for h, c in zip(side["handling"], side["conversion"], strict=True)]}
        for side in (model.plan, model.fact)
    ]  # fmt: skip
    merged = product_model(model.cells, (UNIONS[0], Union("sales", ("worked", "aov"))), *merged_sides)
    assert owen(merged).union("marketing") == owen(model).union("marketing")
    assert float(owen(merged).union("marketing")) == pytest.approx(-1479195.070423, abs=1e-6)
    assert float(shapley(merged).union("marketing")) == pytest.approx(-1458432.438170, abs=1e-6)


def test_swapping_plan_and_fact_flips_every_sign():
    """Property 2."""
    model = playground()
    swapped = product_model(model.cells, model.unions, model.fact, model.plan)
    for method in (owen, shapley):
        flipped = tuple(tuple(-effect for effect in row) for row in method(swapped).effects)
        assert flipped == method(model).effects


def test_no_department_changes_its_sign_under_the_cross_check():
    model = playground()
    assert unions_in_dispute(owen(model), lmdi(model)) == ()
    assert unions_in_dispute(owen(model), sequential(model, FACTORS[::-1])) == ()
    assert unions_in_dispute(sequential(model, ("mix", "volume", *FACTORS[2:])), owen(model)) == ()


def test_a_sign_that_depends_on_the_order_is_in_dispute():
    """1 * 10 -> 3 * 4 with (x, y): x then y gives +20, -18; y then x +8, -6. Against x = -1: disputed."""
    model = product_model(("one",), (Union("a", ("x",)), Union("b", ("y",))), {"x": 1, "y": 10}, {"x": 3, "y": 4})
    assert [owen(model).union(key) for key in "ab"] == [14, -12]
    other = product_model(("one",), model.unions, {"x": 3, "y": 4}, {"x": 1, "y": 10})
    assert unions_in_dispute(owen(model), owen(other)) == ("a", "b")


# Das Gupta 1993, as tabulated in the README of the R package DasGuptR 2.1.0 (methods.md, a).


def one_cell(before, after):
    names = [f"x{index}" for index in range(len(before))]
    one = (Union("all", tuple(names)),)
    return product_model(
        ("all",), one, dict(zip(names, before, strict=True)), dict(zip(names, after, strict=True))
    )


@pytest.mark.parametrize(
    ("before", "after", "effects", "total"),
    [
        (
            (51.78746, 0.45919, 0.52638),
            (84.90502, 0.75756, 0.51065),
            (10.4340333, 10.5608476, -0.6670084),
            20.3278726,
        ),
        (
            (25.3, 0.214, 0.279, 0.949),
            (32.7, 0.290, 0.473, 0.986),
            (0.6889411, 0.8125381, 1.3829055, 0.1047547),
            2.9891394,
        ),
        (
            (0.58, 0.76, 0.84, 0.66, 16.573),
            (0.72, 0.97, 0.97, 0.56, 16.158),
            (1.0909785, 1.2298438, 0.7278399, -0.8398707, -0.1290187),
            None,
        ),
    ],
)
def test_das_gupta_tables_of_3_4_and_5_factors(before, after, effects, total):
    found = shapley(one_cell(before, after))
    assert [float(found.factor(name)) for name in found.factors] == pytest.approx(effects, abs=6e-8)
    assert float(found.gap) == pytest.approx(sum(effects) if total is None else total, abs=2e-7)


def test_das_gupta_vector_factors_taiwan_1960_to_1970():
    """Sum over seven age groups: effects of marital fertility, married share and women's share."""
    before = {
        "bm": [393, 407, 369, 274, 184, 90, 16],
        "mw": [0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800],
        "wp": [0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018],
    }
    after = {
        "bm": [488, 452, 338, 156, 63, 22, 3],
        "mw": [0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876],
        "wp": [0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019],
    }
    ages = ("15", "20", "25", "30", "35", "40", "45")
    found = shapley(product_model(ages, (Union("all", ("bm", "mw", "wp")),), before, after))
    assert [float(found.factor(f)) for f in ("bm", "mw", "wp")] == pytest.approx(
        [-7.285632, -2.720633, -1.565181], abs=5e-7
    )
    assert (float(found.plan), float(found.fact)) == pytest.approx((38.77463, 27.20318), abs=5e-6)


def test_lmdi_arithmetic():
    """methods.md (a): output 50 -> 80, shares (.2, .8) -> (.5, .5), intensities (3, .5) -> (2, .4)."""
    unions = (Union("all", ("activity", "structure", "intensity")),)
    tenth = Fraction(1, 10)
    plan = {"activity": 50, "structure": [2 * tenth, 8 * tenth], "intensity": [3, Fraction(1, 2)]}
    fact = {"activity": 80, "structure": [5 * tenth, 5 * tenth], "intensity": [2, 4 * tenth]}
    found = lmdi(product_model(("one", "two"), unions, plan, fact))
    effects = [found.factor(key) for key in ("activity", "structure", "intensity")]
    assert effects == pytest.approx([32.384638, 38.284867, -24.669505], abs=5e-7)
    assert found.gap == pytest.approx(46)


def test_lmdi_of_a_cell_whose_product_is_unchanged():
    found = lmdi(one_cell((2, 3), (3, 2)))
    assert found.gap == 0
    assert found.factor("x0") == pytest.approx(-found.factor("x1"), rel=1e-12)
    assert found.factor("x0") == pytest.approx(6 * 0.4054651)  # R * ln(3/2)


def test_what_cannot_be_split_has_a_name():
    nothing, something = one_cell((0, 3), (2, 3)), one_cell((2, 3), (0, 3))
    assert [method(nothing) for method in (owen, shapley, lmdi)] == [NotComputable.NO_PLAN] * 3
    assert sequential(nothing, ("x0", "x1")) is NotComputable.NO_PLAN
    assert lmdi(something) is NotComputable.ZERO_CELL
    assert owen(something).factor("x0") == -6


def test_a_factor_that_did_not_change_has_no_effect():
    found = owen(one_cell((5, 7, 2), (6, 7, 3)))
    assert found.factor("x1") == 0


@pytest.mark.parametrize("shift", [0, 1000])
def test_draws_agree_with_fractions(shift):
    """The float path on one fact and on a stack of them, shape (draws, cells), against the exact one."""
    model = playground()
    weights = owen_weights(model.unions)
    plan, fact = float_side(model.plan), float_side(model.fact)
    fact["aov"] = fact["aov"] + shift
    stack = {key: np.stack([values, plan[key], values]) for key, values in fact.items()}
    effects = draw_effects(weights, plan, stack)
    moved = {**model.fact, "aov": tuple(value + shift for value in model.fact["aov"])}
    exact = owen(product_model(model.cells, model.unions, model.plan, moved))
    assert effects.shape == (6, 3, 2)
    assert effects[:, 0] == pytest.approx(np.array(exact.effects, dtype=float), rel=1e-9, abs=1e-6)
    assert effects[:, 1] == pytest.approx(np.zeros((6, 2)), abs=1e-6)
    assert draw_effects(weights, plan, fact) == pytest.approx(effects[:, 2], rel=1e-9, abs=1e-6)


def test_draws_take_a_shared_factor_of_one_column():
    model = playground()
    plan, fact = float_side(model.plan), float_side(model.fact)
    whole = draw_effects(owen_weights(model.unions), plan, fact)
    narrow = draw_effects(owen_weights(model.unions), plan, {**fact, "volume": fact["volume"][:1]})
    assert (whole == narrow).all()


@pytest.mark.parametrize(
    ("cells", "plan", "fact"),
    [
        ((), {"x": 1}, {"x": 1}),
        (("a", "a"), {"x": 1}, {"x": 1}),
        (("a", "b"), {"x": [1]}, {"x": 1}),
        (("a",), {}, {"x": 1}),
        (("a",), {"x": 1, "y": 2}, {"x": 1}),
    ],
)
def test_a_model_that_does_not_fit_is_refused(cells, plan, fact):
    with pytest.raises(StatsError):
        product_model(cells, (Union("all", ("x",)),), plan, fact)


def test_unknown_names_are_refused_with_those_that_exist():
    model = playground()
    found = owen(model)
    with pytest.raises(StatsError, match="dealers, individuals"):
        found.factor("mix", "dealer")
    with pytest.raises(StatsError, match="marketing, sales"):
        found.union("support")
    with pytest.raises(StatsError, match="volume, mix"):
        counterfactual(model, ["leads"])
    with pytest.raises(StatsError):
        sequential(model, FACTORS[:5])


def test_decompose_takes_any_rule_in_any_order_of_factors():
    """Weights may name the factors in another order than the model; effects keep the model's."""
    model = playground()
    turned = tuple(Union(union.key, union.factors[::-1]) for union in UNIONS[::-1])
    assert decompose(model, owen_weights(turned)).effects == owen(model).effects
