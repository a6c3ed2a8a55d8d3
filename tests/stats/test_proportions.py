from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.proportions import (
    clopper_pearson,
    exact_binomial_p,
    exact_poisson_p,
    newcombe_difference,
    normal_quantile,
    two_proportion_test,
    wilson,
)

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def rounded(interval):
    return round(interval.lo, 4), round(interval.hi, 4)


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_newcombe_1998a(k, n, expected):
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (methods.md, d)."""
    assert rounded(wilson(k, n, 0.95).interval) == expected


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [
        (81, 263, (0.2527, 0.3676)),
        (15, 148, (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1684)),
        (1, 29, (0.0009, 0.1776)),
    ],
)
def test_clopper_pearson_newcombe_1998a(k, n, expected):
    """The same table, method 5 (methods.md, d)."""
    assert rounded(clopper_pearson(k, n, 0.95).interval) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ],
)
def test_newcombe_difference_newcombe_1998b(first, second, expected):
    """Newcombe 1998, Statistics in Medicine 17:873, table II, method 10 (methods.md, d)."""
    assert rounded(newcombe_difference(*first, *second, 0.95).interval) == expected


def test_a_share_travels_with_its_parts():
    share = wilson(12, 400)
    assert (share.k, share.n, share.estimate, share.interval.level) == (12, 400, 0.03, 0.90)


@settings(max_examples=50, deadline=None)
@given(COUNTS, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_agree_with_statsmodels_and_hold_the_estimate(counts, level):
    """An independent implementation: statsmodels.stats.proportion."""
    for ours, name in ((wilson, "wilson"), (clopper_pearson, "beta")):
        found = ours(*counts, level)
        lo, hi = proportion_confint(*counts, alpha=1 - level, method=name)
        assert found.interval.lo == pytest.approx(lo, abs=1e-9)
        assert found.interval.hi == pytest.approx(hi, abs=1e-9)
        assert found.interval.contains(found.estimate)


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_wilson_mirrors_when_successes_and_failures_swap(counts):
    k, n = counts
    one, other = wilson(k, n).interval, wilson(n - k, n).interval
    assert one.lo == pytest.approx(1 - other.hi, abs=1e-12)


def test_no_cases_has_a_name():
    assert wilson(0, 0) is NotComputable.EMPTY
    assert clopper_pearson(0, 0) is NotComputable.EMPTY
    assert newcombe_difference(1, 2, 0, 0) is NotComputable.EMPTY
    assert exact_binomial_p(0, 0, 0.5) is NotComputable.EMPTY
    assert exact_poisson_p(0, 0.0) is NotComputable.EMPTY
    assert two_proportion_test(0, 0, 1, 2) is NotComputable.EMPTY


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(5, 4),
        lambda: wilson(-1, 4),
        lambda: wilson(1, 4, level=95),
        lambda: clopper_pearson(1, 4, level=0),
        lambda: exact_binomial_p(1, 4, 1.5),
        lambda: exact_poisson_p(-1, 4),
        lambda: exact_poisson_p(1, float("nan")),
        lambda: two_proportion_test(5, 4, 1, 4),
    ],
)
def test_impossible_arguments_are_refused(call):
    with pytest.raises(StatsError):
        call()


@pytest.mark.parametrize(
    ("k", "n", "rate", "expected"),
    [
        (18, 25, 0.9, 0.009476),
        (71, 236, 0.4, 0.001754),
        (25, 44, 0.6, 0.758631),
        (7, 18, 0.35, 0.805893),
        (66, 71, 0.9, 0.551857),
        (18, 66, 0.25, 0.670467),
    ],
)
def test_exact_binomial_cells_of_the_worked_example(k, n, rate, expected):
    """methods.md (a), "Exact tests per cell"."""
    assert exact_binomial_p(k, n, rate) == pytest.approx(expected, abs=5e-7)


def test_exact_poisson_of_the_worked_example_and_by_hand():
    """methods.md (a): 44 leads against 60. By hand: none against 3 is 2 * exp(-3), all of it against 3 is 1."""
    assert exact_poisson_p(44, 60) == pytest.approx(0.037946, abs=5e-7)
    assert exact_poisson_p(0, 3.0) == pytest.approx(2 * math.exp(-3))
    assert exact_poisson_p(3, 3.0) == 1.0
    assert exact_poisson_p(1, 0.0) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 200), st.floats(0.1, 200))
def test_exact_poisson_doubles_the_smaller_tail(count, mean):
    """Second way: sums of the probabilities, by scipy.stats.poisson."""
    tails = stats.poisson.cdf(count, mean), stats.poisson.sf(count - 1, mean)
    assert exact_poisson_p(count, mean) == pytest.approx(min(1, 2 * min(tails)), rel=1e-9, abs=1e-300)


def test_few_cases_are_tested_exactly():
    """Fisher's tea lady, 3 of 4 against 1 of 4: p = 34/70 (1 + 16 + 16 + 1 of 70 orders)."""
    found = two_proportion_test(3, 4, 1, 4)
    assert (found.method, round(found.p_value, 12)) == ("fisher", round(34 / 70, 12))


def test_many_cases_are_tested_by_score():
    """Pearson's chi-squared without correction is the square of the score: 56/70 against 48/80."""
    found = two_proportion_test(56, 70, 48, 80)
    chi2 = stats.chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert found.method == "score"
    assert found.p_value == pytest.approx(chi2.pvalue, rel=1e-12)


def test_shares_that_cannot_differ_give_one():
    assert two_proportion_test(0, 500, 0, 500).p_value == 1.0
    assert two_proportion_test(500, 500, 500, 500).p_value == 1.0


def test_normal_quantile():
    """Any table of the normal law: 1.644854, 1.959964."""
    assert normal_quantile(0.90) == pytest.approx(1.644854, abs=5e-7)
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=5e-7)
