from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.survival import conversion_curve, cumulative_incidence, kaplan_meier, log_rank
from tests.stats.waltons import CONTROL, MIR_137, cases

# Freireich et al. 1963, Blood 21:699: weeks of remission under 6-MP (+ still in remission) and placebo.
SIX_MP_WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SIX_MP_OPEN = {3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20}  # places of the weeks that carry a +
SIX_MP = SIX_MP_WEEKS, [place not in SIX_MP_OPEN for place in range(21)]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WAITING = [3, 5, 12, 20, 45, 70, 300, 1500, 30, 2000]  # minutes to the first answer; the last two are open
ANSWERED = [True] * 8 + [False] * 2

CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def test_freireich_6_mp_curve():
    """methods.md (d), as in any textbook (Kalbfleisch, Prentice; Klein, Moeschberger, example 4.2)."""
    curve = kaplan_meier(*SIX_MP)
    assert curve.times == (6, 7, 10, 13, 16, 22, 23)
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert [round(share, 4) for share in curve.survival] == expected
    assert curve.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert curve.events == (3, 1, 1, 1, 1, 1, 1)
    assert (curve.median(), curve.n, curve.last_age) == (23, 21, 35)


def test_freireich_log_rank_against_placebo():
    """methods.md (d): 16.793; its root is 4.1 standard errors, p 4e-5."""
    weeks, seen = [*SIX_MP[0], *PLACEBO], [*SIX_MP[1], *[True] * 21]
    test = log_rank(weeks, seen, ["6-MP"] * 21 + ["placebo"] * 21)
    assert (round(test.statistic, 3), test.degrees) == (16.793, 1)
    assert test.p_value == pytest.approx(4.17e-5, abs=5e-8)


def test_waltons_medians():
    """methods.md (d), lifelines: control 58 (129 flies), miR-137 26 (34 flies)."""
    control, mutant = kaplan_meier(*cases(CONTROL)), kaplan_meier(*cases(MIR_137))
    assert (control.n, control.median()) == (129, 58)
    assert (mutant.n, mutant.median()) == (34, 26)


def test_waiting_for_the_first_answer():
    """methods.md (h): mean of answered 244.375, their median 32.5, but KM median 45 and .52 within the hour."""
    answered = [minutes for minutes, seen in zip(WAITING, ANSWERED, strict=True) if seen]
    assert (np.mean(answered), np.median(answered)) == (244.375, 32.5)
    curve = kaplan_meier(WAITING, ANSWERED)
    assert curve.median() == 45
    assert curve.share_by(60) == pytest.approx(0.52, abs=1e-12)


def test_six_cohorts_of_a_hundred_leads():
    """methods.md (d): 8, 6, 4, 2 wins at ages 1..4 months; cohorts now 6, 5, 4, 3, 2, 1 months old."""
    converted, now = [], []
    for age in (6, 5, 4, 3, 2, 1):
        wins = [month for month, count in ((1, 8), (2, 6), (3, 4), (4, 2)) for _ in range(count)]
        converted += [month if month <= age else np.inf for month in wins] + [np.inf] * 80
        now += [age] * 100
    assert np.isfinite(converted).mean() == pytest.approx(0.166667, abs=5e-7)
    curve = conversion_curve(converted, now)
    assert [curve.share_by(month) for month in (1, 2, 3, 4)] == pytest.approx([0.08, 0.14, 0.18, 0.20])


def simulated_leads(n=40_000):
    """30 % convert, 40 % are lost, the rest stay open for ever; exponential times, ages from 0 to 60 days."""
    rng = np.random.default_rng(11)
    kind = rng.choice(["won", "lost", "never"], size=n, p=[0.3, 0.4, 0.3])
    at = np.where(kind == "never", np.inf, rng.exponential(20, n))
    now = rng.uniform(0, 60, n)
    return kind, at, now


def test_lost_leads_never_convert():
    """True conversion by 50 days: .3 * (1 - exp(-2.5)) = .27537. Censoring the lost at their loss says more,
    keeping them for ever (longer than open leads of their age) says less, both right ways say the truth.
    """
    kind, at, now = simulated_leads()
    truth = 0.3 * (1 - np.exp(-2.5))
    ended = at <= now
    won = (kind == "won") & ended
    right = conversion_curve(np.where(kind == "won", at, np.inf), now).share_by(50)
    outcomes = np.where(ended, kind, None).tolist()
    competing = cumulative_incidence(np.minimum(at, now), outcomes, "won").share_by(50)
    lost_for_ever = np.where(ended & (kind == "lost"), 1e9, np.minimum(at, now))
    assert right == pytest.approx(truth, abs=0.008)
    assert competing == pytest.approx(truth, abs=0.008)
    assert kaplan_meier(np.minimum(at, now), won).share_by(50) > truth + 0.05
    assert kaplan_meier(lost_for_ever, won).share_by(50) < truth - 0.02


def test_aalen_johansen_by_hand():
    """Five cases: won at 1, lost at 2, open at 3, won at 4, open at 5.

    Won by 1: 1/5. Left after 2: 4/5 * 3/4 = 3/5. At 4 two are at risk: 1/5 + 3/5 * 1/2 = 1/2.
    """
    curve = cumulative_incidence([1, 2, 3, 4, 5], ["won", "lost", None, "won", None], "won")
    assert curve.share_by(0.5) == 0
    assert [curve.share_by(age) for age in (1, 3, 4)] == pytest.approx([0.2, 0.2, 0.5])
    assert curve.ultimate == pytest.approx(0.5)
    assert curve.share_by(6) is NotComputable.BEYOND_DATA


def test_incidences_and_those_left_sum_to_one():
    """Won + lost + still without any outcome = 1, at every age."""
    kind, at, now = simulated_leads(500)
    ages, outcomes = np.minimum(at, now), np.where(at <= now, kind, None).tolist()
    left = kaplan_meier(ages, at <= now)
    won, lost = (cumulative_incidence(ages, outcomes, name) for name in ("won", "lost"))
    for age in (5, 20, 50):
        assert won.share_by(age) + lost.share_by(age) + left.survival_at(age) == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(CASES)
def test_curve_and_interval_agree_with_statsmodels(rows):
    """An independent implementation: statsmodels.duration (times with events only)."""
    ages, seen = [age for age, _ in rows], [flag for _, flag in rows]
    curve = kaplan_meier(ages, seen)
    theirs = SurvfuncRight(np.array(ages, dtype=float), np.array(seen, dtype=int))
    known = dict(zip(theirs.surv_times, theirs.surv_prob, strict=True))
    assert curve.survival == pytest.approx([known[time] for time in curve.times])
    for time, error in zip(theirs.surv_times, theirs.surv_prob_se, strict=True):
        if 0 < curve.survival_at(time) < 1:
            ours = curve._greenwood(time) ** 0.5 * curve.survival_at(time)
            assert ours == pytest.approx(error)


@settings(max_examples=30, deadline=None)
@given(CASES, st.integers(2, 3))
def test_log_rank_agrees_with_statsmodels(rows, groups):
    ages, seen = [age for age, _ in rows], [flag for _, flag in rows]
    names = [f"g{index % groups}" for index in range(len(rows))]
    found = log_rank(ages, seen, names)
    if isinstance(found, NotComputable):
        assert len(set(names)) < 2 or not any(seen) or found is NotComputable.NO_VARIANCE
    elif found.degrees == len(set(names)) - 1:
        try:
            statistic, _ = survdiff(np.array(ages, dtype=float), np.array(seen, dtype=int), np.array(names))
        except np.linalg.LinAlgError:
            return
        assert found.statistic == pytest.approx(statistic, rel=1e-6, abs=1e-9)


def test_interval_of_a_share_holds_it_and_is_log_log():
    """6-MP at 10 weeks: R's survfit (conf.type = "log-log") gives .503 to .889 for S = .7529 [recalled]."""
    curve = kaplan_meier(*SIX_MP)
    interval = curve.share_interval(10, 0.95)
    assert (round(1 - interval.hi, 3), round(1 - interval.lo, 3)) == (0.503, 0.889)
    assert interval.contains(curve.share_by(10))


def test_what_is_not_known_has_a_name():
    curve = kaplan_meier([1, 2, 3, 4], [True, False, False, False])
    assert curve.median() is NotComputable.NOT_REACHED
    assert curve.share_by(4.5) is NotComputable.BEYOND_DATA
    assert curve.share_interval(4.5) is NotComputable.BEYOND_DATA
    assert curve.share_interval(0.5) is NotComputable.NO_EVENTS
    assert curve.share_by(0.5) == 0
    assert kaplan_meier([], []) is NotComputable.EMPTY
    done = kaplan_meier([1, 2], [True, True])
    assert done.share_by(9) == 1  # nobody is left: nothing can change any more
    assert done.share_interval(2) is NotComputable.NO_VARIANCE
    assert cumulative_incidence([], [], "won") is NotComputable.EMPTY
    assert cumulative_incidence([1], ["lost"], "won") is NotComputable.NO_EVENTS
    assert log_rank([1, 2], [True, True], ["a", "a"]) is NotComputable.EMPTY
    assert log_rank([1, 2], [False, False], ["a", "b"]) is NotComputable.NO_EVENTS
    assert log_rank([1, 2], [False, True], ["a", "b"]) is NotComputable.NO_VARIANCE


@pytest.mark.parametrize(
    "call",
    [
        lambda: kaplan_meier([-1], [True]),
        lambda: kaplan_meier([np.inf], [False]),
        lambda: kaplan_meier([float("nan")], [False]),
        lambda: kaplan_meier([1, 2], [True]),
        lambda: kaplan_meier([1], [True]).quantile(1.0),
        lambda: conversion_curve([1, 2], [3]),
        lambda: log_rank([1, 2], [True, True], ["a"]),
    ],
)
def test_impossible_arguments_are_refused(call):
    with pytest.raises(StatsError):
        call()
