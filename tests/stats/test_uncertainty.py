"""Figures: methods.md (a), "Chance", 200 000 draws there; tolerance .01 on p, 2 % on SE."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest

from smarketing.stats.chain import ChainKeys, chain_model
from smarketing.stats.coalitions import Union
from smarketing.stats.decomposition import owen
from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.proportions import Interval
from smarketing.stats.simulation import Noise, draw_chain
from smarketing.stats.uncertainty import Label, Line, assess, delta_errors, label
from tests.stats.playground import CELLS, CV, FACT, KEYS, PLAN, UNIONS, playground

NOISE = Noise(CV)
CONFIRMED, CHANCE, LITTLE = Label.CONFIRMED, Label.WITHIN_CHANCE, Label.TOO_LITTLE_DATA
# key: effect, SE delta, SE bootstrap, interval in millions, p under the plan, label
TABLE = {
    "volume": (1_781_578, 477_025, 480_433, (1.06, 2.62), 0.0004, CONFIRMED),
    "mix": (-2_833_793, 704_517, 723_217, (-4.13, -1.79), 0.0001, CONFIRMED),
    "quality": (-426_980, 597_659, 611_058, (-1.45, 0.55), 0.47, CHANCE),
    "handling": (-984_419, 539_725, 558_402, (-1.97, -0.16), 0.009, CONFIRMED),
    "conversion": (527_894, 1_412_744, 1_430_160, (-1.77, 2.92), 0.69, CHANCE),
    "aov": (-106_279, 845_543, 868_602, (-1.43, 1.41), 0.94, CHANCE),
    "marketing": (-1_479_195, 792_663, 815_245, (-2.87, -0.21), 0.11, CHANCE),
    "sales": (-562_805, 1_564_912, 1_574_309, (-2.97, 2.20), 0.77, CHANCE),
    "gap": (-2_042_000, 1_460_354, 1_462_319, (-4.22, 0.56), 0.27, CHANCE),
}


def place(key):
    if key == "gap":
        return {}
    return {"union": key} if key in ("marketing", "sales") else {"factor": key}


@pytest.fixture(scope="module")
def assessment():
    return assess(playground(), KEYS, NOISE, seed=20_240_601, draws=200_000)


@pytest.mark.parametrize("key", TABLE)
def test_worked_example(assessment, key):
    effect, se_delta, se, (lo, hi), p, verdict = TABLE[key]
    found = assessment.of(**place(key))
    assert round(found.effect) == effect
    assert round(found.se_delta) == se_delta
    assert found.se == pytest.approx(se, rel=0.02)
    assert (found.interval.lo / 1e6, found.interval.hi / 1e6) == pytest.approx((lo, hi), abs=0.03)
    assert found.p_plan == pytest.approx(p, abs=0.01)
    assert found.label is verdict


def test_delta_and_bootstrap_agree_within_four_percent(assessment):
    """methods.md (a): "agrees within 4 % of the bootstrap SE"."""
    for key in TABLE:
        found = assessment.of(**place(key))
        assert found.se_delta == pytest.approx(found.se, rel=0.04)


def test_delta_alone_is_the_same(assessment):
    errors = delta_errors(playground(), KEYS, NOISE)
    assert errors == {chance.line: chance.se_delta for chance in assessment.lines}


def test_lines_of_every_level_sum_to_the_gap(assessment):
    """Invariant of methods.md (a): sums at every level equal the gap to 0.01 rouble."""
    gap = assessment.of().effect
    assert gap == pytest.approx(-2_042_000, abs=0.01)
    assert sum(assessment.of(union=union.key).effect for union in UNIONS) == pytest.approx(gap, abs=0.01)
    assert sum(assessment.of(factor=key).effect for key in KEYS.all) == pytest.approx(gap, abs=0.01)
    assert sum(assessment.of(group=cell).effect for cell in CELLS) == pytest.approx(gap, abs=0.01)
    for cell in CELLS:
        parts = [assessment.of(factor=key, group=cell).effect for key in KEYS.all]
        assert sum(parts) == pytest.approx(assessment.of(group=cell).effect, abs=0.01)


def test_lines_are_the_exact_decomposition(assessment):
    found = owen(playground())
    for cell in (None, *CELLS):
        for union in UNIONS:
            line = assessment.of(union=union.key, group=cell)
            assert line.effect == pytest.approx(float(found.union(union.key, cell)), abs=0.01)
            for factor in union.factors:
                line = assessment.of(factor=factor, group=cell)
                assert line.effect == pytest.approx(float(found.factor(factor, cell)), abs=0.01)


def test_expected_wins_travel_with_the_line(assessment):
    """Plan: 11.34 dealers and 12.6 individuals."""
    wins = [assessment.of(group=group).expected_wins for group in (None, *CELLS)]
    assert wins == pytest.approx([23.94, 11.34, 12.6])


def test_groups_may_overlap_and_replace_the_cells():
    groups = {"everybody": CELLS, "dealers": CELLS[:1]}
    found = assess(playground(), KEYS, NOISE, seed=1, draws=500, groups=groups)
    assert {chance.line.group for chance in found.lines} == {None, "everybody", "dealers"}
    assert found.of(group="everybody").effect == found.of().effect
    assert found.of(group="everybody").p_plan == found.of().p_plan
    with pytest.raises(StatsError, match="no part"):
        found.of(group="individuals")
    with pytest.raises(StatsError, match="unknown cells"):
        assess(playground(), KEYS, NOISE, seed=1, draws=500, groups={"x": ["nobody"]})


def test_the_seed_repeats_the_figures():
    one, other = (assess(playground(), KEYS, NOISE, seed=3, draws=300) for _ in range(2))
    assert one == other
    assert (one.seed, one.draws, one.level) == (3, 300, 0.90)
    assert assess(playground(), KEYS, NOISE, seed=4, draws=300) != one


def test_an_empty_plan_has_no_assessment():
    empty = chain_model(CELLS, UNIONS, KEYS, [[0, 0]] * 5, FACT)
    assert assess(empty, KEYS, NOISE, seed=1, draws=100) is NotComputable.NO_PLAN


def test_a_month_without_sales_has_figures_everywhere():
    """No NaN: nobody won, so the order value is the plan's in every draw and moves nothing."""
    fact = [*FACT[:3], [0, 0], [0, 0]]
    found = assess(chain_model(CELLS, UNIONS, KEYS, PLAN, fact), KEYS, NOISE, seed=1, draws=2000)
    for chance in found.lines:
        figures = (
            chance.effect,
            chance.se,
            chance.se_delta,
            chance.interval.lo,
            chance.interval.hi,
            chance.p_plan,
        )
        assert np.isfinite(figures).all()
    assert found.of(factor="aov").effect == pytest.approx(0, abs=1e-6)
    assert found.of(factor="conversion").label is CONFIRMED


def test_fact_equal_to_plan_is_within_chance():
    """Counts of 40 times the plan's smallest whole multiple; every effect is 0 and p is 1 or near."""
    plan = [[600, 1400], [360, 560], [324, 504], [108, 126], [54_000_000, 5_040_000]]
    found = assess(chain_model(CELLS, UNIONS, KEYS, plan, plan), KEYS, NOISE, seed=1, draws=4000)
    for chance in found.lines:
        assert chance.effect == pytest.approx(0, abs=1e-3)
        assert chance.label is CHANCE
        assert chance.p_plan > 0.85


def test_overdispersed_leads_by_hand():
    """One cell, no stages, value 10 without spread, 100 leads: the error is 10 * sqrt(dispersion * 100)."""
    keys = ChainKeys("volume", "mix", (), "value")
    model = chain_model(("all",), (Union("all", keys.all),), keys, [[100], [1000]], [[100], [1000]])
    for dispersion, error in ((0.5, 100), (1.0, 100), (4.0, 200)):
        noise = Noise((0.0,), dispersion)
        assert delta_errors(model, keys, noise)[Line(factor="volume")] == pytest.approx(error)
        found = assess(model, keys, noise, seed=2, draws=20_000).of(factor="volume")
        assert found.se == pytest.approx(error, rel=0.03)


def test_overdispersed_leads_are_less_surprising():
    """Leads that vary 4 times more than Poisson: volume's p was .0004; delta and bootstrap agree again."""
    noise = Noise(CV, dispersion=4.0)
    found = assess(playground(), KEYS, noise, seed=1, draws=20_000).of(factor="volume")
    assert found.se_delta == pytest.approx(found.se, rel=0.05)
    assert 0.02 < found.p_plan < 0.10


def test_chance_is_calibrated():
    """DESIGN.md, 7: in months in which nothing changed at most the stated share (10 %) is called confirmed.

    240 months drawn from a plan ten times the example's; by line, at most 10 % and three standard errors.
    """
    plan = [[Fraction(amount) * 10 for amount in level] for level in PLAN]
    truth = chain_model(CELLS, UNIONS, KEYS, plan, plan)
    *counts, value = draw_chain(truth.plan, KEYS, NOISE, 240, np.random.default_rng(8))
    called = dict.fromkeys(TABLE, 0)
    for month in range(240):
        fact = [[int(amount) for amount in level[month]] for level in counts]
        fact.append([Fraction(float(amount)) for amount in value[month]])
        found = assess(chain_model(CELLS, UNIONS, KEYS, plan, fact), KEYS, NOISE, seed=month, draws=400)
        for key in TABLE:
            called[key] += found.of(**place(key)).label is CONFIRMED
    bound = 0.10 + 3 * (0.10 * 0.90 / 240) ** 0.5
    assert max(called.values()) / 240 <= bound
    assert sum(called.values()) / 240 / len(TABLE) <= 0.11


@pytest.mark.parametrize(
    ("interval", "p", "wins", "plan", "expected"),
    [
        ((1, 3), 0.09, 5, 10, CONFIRMED),
        ((1, 3), 0.10, 5, 10, CHANCE),
        ((-1, 3), 0.01, 5, 10, CHANCE),
        ((0, 3), 0.01, 5, 10, CHANCE),
        ((1, 3), 0.01, 4.9, 10, LITTLE),
        ((1, 12), 0.01, 50, 10, LITTLE),
        ((1, 11), 0.01, 50, 10, CONFIRMED),
    ],
)
def test_labels(interval, p, wins, plan, expected):
    """methods.md (a), "Chance" 3: p < .10 and 0 excluded; 5 wins; no wider than the plan."""
    assert label(Interval(*interval, 0.9), p, wins, plan) is expected


def test_fifty_cells_and_20_000_draws_run_in_seconds():
    """Fifty cells, six factors, every factor in every cell: about 3 seconds on two idle cores."""
    leads = np.random.default_rng(0).integers(20, 200, 50).tolist()
    plan = [[Fraction(n, share) for n in leads] for share in (1, 2, 3, 8)] + [[n * 1000 for n in leads]]
    cells = [f"cell {index}" for index in range(50)]
    started = time.perf_counter()
    found = assess(chain_model(cells, UNIONS, KEYS, plan, plan), KEYS, Noise((0.5,) * 50), seed=1)
    assert len(found.lines) == 9 * 51
    assert time.perf_counter() - started < 30
