from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from smarketing.stats.errors import StatsError
from smarketing.stats.multiplicity import benjamini_hochberg, bonferroni, holm

# Benjamini, Hochberg 1995, JRSS B 57, the myocardial infarction example of section 4.
BH_1995 = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
)


@pytest.mark.parametrize(("adjust", "rejected"), [(benjamini_hochberg, 4), (bonferroni, 3), (holm, 3)])
def test_benjamini_hochberg_1995_rejects_as_printed(adjust, rejected):
    """methods.md (d): BH 4, Bonferroni 3, Holm 3 at 5 %."""
    assert sum(p <= 0.05 for p in adjust(BH_1995)) == rejected


def test_adjusted_values_by_hand():
    """Four values, by hand. Holm: 4*.01, 3*.02=.06, 2*.03=.06, .04 -> running maximum .06."""
    p = (0.04, 0.01, 0.03, 0.02)
    assert bonferroni(p) == pytest.approx((0.16, 0.04, 0.12, 0.08))
    assert holm(p) == pytest.approx((0.06, 0.04, 0.06, 0.06))
    assert benjamini_hochberg(p) == pytest.approx((0.04, 0.04, 0.04, 0.04))


@pytest.mark.parametrize("adjust", [benjamini_hochberg, bonferroni, holm])
def test_empty_family_stays_empty_and_nonsense_is_refused(adjust):
    assert adjust(()) == ()
    with pytest.raises(StatsError):
        adjust((0.5, 1.2))
    with pytest.raises(StatsError):
        adjust((0.5, float("nan")))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@pytest.mark.parametrize(
    ("adjust", "name"), [(benjamini_hochberg, "fdr_bh"), (bonferroni, "bonferroni"), (holm, "holm")]
)
def test_agrees_with_statsmodels(adjust, name, p):
    """An independent implementation: statsmodels.stats.multitest."""
    assert adjust(p) == pytest.approx(tuple(multipletests(p, method=name)[1]), abs=1e-12)
