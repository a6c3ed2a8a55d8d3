"""Is the test on past months honest: known then, against rivals at their best, and told as it came out?"""

from __future__ import annotations

from datetime import date

import pytest

from smarketing.analyses.forecast.backtest import (
    CUTS,
    Backtest,
    Past,
    backtest,
    conformal,
    is_trusted,
    run_rate,
    scores,
    year_ago,
)
from smarketing.analyses.forecast.gathering import gather
from smarketing.analyses.forecast.result import Choice, Method, Score
from smarketing.facts.period import Month
from tests.analyses import steady

MONTHS = [Month(2025, 1).shift(place) for place in range(10)]


@pytest.fixture(scope="module")
def flow():
    return gather(steady.reader(), {}, steady.CUT)


def past(month: Month, cut: int = 15, **said: object) -> Past:
    known = {
        "actual": 100.0, "booked": 40.0, "model": (90.0, 100.0, 110.0), "model_crps": 1.0, "run_rate": 100.0,
        "last_year": None, "plan": None,
    }  # fmt: skip
    return Past(month, cut, **{**known, **said})


def test_every_whole_month_after_three_that_teach_is_tried(flow):
    found = backtest(flow, steady.CUT, {Month(2026, 5): 30_000.0}, draws=50)
    assert found.months == tuple(Month(2025, 12).shift(place) for place in range(6))
    assert [one.cut for one in found.at(10)] == [10] * 6
    may = next(one for one in found.pasts if (one.month, one.cut) == (Month(2026, 5), 15))
    # 21 working days of 1 000; eleven of them until 15 May, a Friday.
    assert (may.actual, may.booked, may.run_rate, may.plan) == (21_000, 11_000, 21_000, 30_000)
    assert may.model[0] <= 21_000 <= may.model[2]


def test_run_rate_goes_by_working_days_and_needs_one(flow):
    assert run_rate(flow, steady.JUNE, date(2026, 6, 13), 10_000.0) == 22_000  # a Saturday: ten days have passed
    assert run_rate(flow, Month(2026, 8), date(2026, 8, 2), 500.0) is None  # 1 August is a Saturday
    assert run_rate(flow, steady.JUNE, date(2026, 6, 15), 0.0) is None


def test_last_year_is_known_only_of_whole_months(flow):
    assert (
        year_ago(flow, Month(2026, 9)) == 17_000
    )  # of the 22 days of September 2025 the first five bring nothing
    assert year_ago(flow, Month(2026, 8)) is None


def test_the_model_is_shown_where_it_beats_run_rate_by_middle_and_interval():
    near = [past(month, run_rate=130.0 if place % 2 else 80.0) for place, month in enumerate(MONTHS)]
    far = [past(month, model=(90.0, 120.0, 125.0)) for month in MONTHS]
    wide = [past(month, model=(0.0, 100.0, 400.0), run_rate=101.0) for month in MONTHS]
    assert [scores(Backtest(tuple(pasts)))[2].choice for pasts in (near, far, wide)] == [
        Choice.BEATS, Choice.DOES_NOT_BEAT, Choice.DOES_NOT_BEAT,
    ]  # fmt: skip


def test_fewer_than_six_months_tell_nothing():
    few = Backtest(tuple(past(month, run_rate=500.0) for month in MONTHS[:5]))
    assert scores(few)[2].choice is Choice.UNTESTED
    assert scores(Backtest()) == ()


def test_methods_are_scored_on_the_months_that_run_rate_knows():
    pasts = [past(month, run_rate=None if place < 3 else 90.0) for place, month in enumerate(MONTHS)]
    found = scores(Backtest(tuple(pasts)))[2]
    assert [(score.method, score.n) for score in found.scores] == [(Method.MODEL, 7), (Method.RUN_RATE, 7)]


def test_scores_by_hand():
    """Outcome 100 against 90, 100, 110 and against the plan of 120.

    Pinball of the model: 0.1 × 10, 0, 0.1 × 10, mean 2/3; of the point 120: 0.9, 0.5 and 0.1 of 20, mean 10.
    """
    found = scores(Backtest(tuple(past(month, plan=120.0) for month in MONTHS)))[2]
    model, plan = found.of(Method.MODEL), found.of(Method.PLAN)
    assert (model.error, model.pinball, model.crps, model.covered) == pytest.approx((0, 2 / 3, 1, 10))
    assert (plan.error, plan.pinball, plan.crps, plan.covered) == pytest.approx((20, 10, 20, None))


def test_run_rate_gets_the_interval_of_its_own_errors_in_other_months():
    """Outcomes 100 … 109 against 100: for each month the other nine give the bounds, so it is no bare point."""
    pasts = tuple(past(month, actual=100.0 + place) for place, month in enumerate(MONTHS))
    rate = scores(Backtest(pasts))[2].of(Method.RUN_RATE)
    assert rate.covered == 8  # the lowest and the highest lie outside what the others have seen
    assert rate.n == 10


def test_conformal_factors_take_the_outer_ranks():
    ratios = [0.8 + place / 100 for place in range(24)]  # the 23rd from below is 1.02, the 2nd 0.81
    assert conformal(ratios) == pytest.approx((0.81, 1.02))
    assert conformal(ratios[:8]) is None


@pytest.mark.parametrize(("covered", "trusted"), [(12, False), (13, True), (19, True), (20, False)])
def test_interval_is_believed_between_65_and_95_per_cent(covered: int, trusted: bool):
    assert is_trusted(Score(Method.MODEL, 20, 0, 0, 0, covered)) is trusted


def test_all_days_together_come_last():
    found = scores(Backtest(tuple(past(month, cut) for month in MONTHS for cut in CUTS)))
    assert [one.cut for one in found] == [*CUTS, 0]
    assert found[-1].scores[0].n == 50
