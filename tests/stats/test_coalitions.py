from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from smarketing.stats.coalitions import (
    Union,
    attribute,
    owen_weights,
    sequential_weights,
    shapley_weights,
    subsets,
)
from smarketing.stats.errors import StatsError

UNIONS = (Union("marketing", ("volume", "mix", "quality")), Union("sales", ("handling", "conversion", "aov")))


def test_owen_needs_only_28_of_64_coalitions():
    """One union moves in parts while the other is whole or absent: 2 * (8 + 8) - 4 counted twice."""
    assert len(owen_weights(UNIONS).coalitions) == 28
    assert len(shapley_weights("abcdef").coalitions) == 64


def glove(coalition):
    """One left glove, two right ones; a pair is worth 1."""
    return Fraction("left" in coalition and len(coalition) > 1)


def test_shapley_of_the_glove_game():
    """Any textbook of cooperative games: 2/3, 1/6, 1/6."""
    effects = attribute(shapley_weights(("left", "right1", "right2")), glove)
    assert effects == {"left": Fraction(2, 3), "right1": Fraction(1, 6), "right2": Fraction(1, 6)}


def test_owen_of_the_glove_game_with_the_right_gloves_in_one_union():
    """By hand: the unions have equal power (1/2 each), the two right gloves share theirs."""
    unions = (Union("one", ("left",)), Union("two", ("right1", "right2")))
    effects = attribute(owen_weights(unions), glove)
    assert effects == {"left": Fraction(1, 2), "right1": Fraction(1, 4), "right2": Fraction(1, 4)}


def test_capacity_that_caps_sales_is_split_too():
    """v = min(demand, capacity), 10 -> 20 and 10 -> 15: each alone brings 0, both bring 5: 2.5 each."""
    side = {"demand": (10, 20), "capacity": (10, 15)}
    effects = attribute(
        shapley_weights(tuple(side)),
        lambda actual: Fraction(min(values[name in actual] for name, values in side.items())),
    )
    assert effects == {"demand": Fraction(5, 2), "capacity": Fraction(5, 2)}


def test_owen_weights_are_the_mean_over_the_72_orders_that_keep_unions_together():
    """Second way: average the sequential weights over all 2! * 3! * 3! orders (methods.md, a)."""
    orders = [
        first + second
        for one, other in permutations([union.factors for union in UNIONS])
        for first in permutations(one)
        for second in permutations(other)
    ]
    assert len(orders) == 72
    rule = owen_weights(UNIONS)
    mean = dict.fromkeys([(f, c) for f in rule.factors for c in subsets(rule.factors)], Fraction(0))
    for order in orders:
        weights = sequential_weights(order)
        for factor, row in zip(weights.factors, weights.matrix, strict=True):
            for coalition, weight in zip(weights.coalitions, row, strict=True):
                mean[factor, coalition] += weight / 72
    ours = {
        (factor, coalition): weight
        for factor, row in zip(rule.factors, rule.matrix, strict=True)
        for coalition, weight in zip(rule.coalitions, row, strict=True)
    }
    assert {key: w for key, w in mean.items() if w} == {key: w for key, w in ours.items() if w}


def test_floats_and_fractions_are_one_matrix():
    rule = owen_weights(UNIONS)
    assert rule.floats().shape == rule.exact().shape == (6, 28)
    assert (rule.floats() == rule.exact().astype(float)).all()


@pytest.mark.parametrize(
    "unions", [(), (Union("empty", ()),), (Union("a", ("x",)), Union("b", ("x",))), (Union("a", ("x", "x")),)]
)
def test_a_factor_has_one_owner(unions):
    with pytest.raises(StatsError):
        owen_weights(unions)
