"""Weeks of a metric with limits by hand: individuals for sums, cases for shares, unripe weeks aside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.analyses.shares import share
from smarketing.analyses.weekly import WEEKS, weekly, weeks_until
from smarketing.facts.company import Company, Zone
from smarketing.facts.period import Period
from smarketing.metrics.kinds import Figure, Row, Unit
from smarketing.stats.control import Signal

MONDAY = date(2026, 9, 7)
COMPANY = Company()


def measured(*figures):
    """A measurement by week; None is a week without facts."""
    period = Period(MONDAY, MONDAY + timedelta(weeks=len(figures)))
    rows = tuple(
        Row(((MONDAY + timedelta(weeks=place)).isoformat(),), {figure.metric: figure})
        for place, figure in enumerate(figures)
        if figure is not None
    )
    return Measurement(
        "overview", Question(period, by=("week",)), 1, datetime(2026, 12, 1, tzinfo=UTC), "RUB", ("week",), (),
        rows, Row(()),
    )  # fmt: skip


def count(value, ripe=None):
    return Figure("leads", Unit.COUNT, value, value, ripe=ripe)


def test_weeks_are_whole_and_end_by_the_day_asked_for():
    # 20 November 2026 is a Friday: the last whole week is 9–15
    found = weeks_until(date(2026, 11, 20))
    assert (found.last_day, found.days) == (date(2026, 11, 15), 7 * WEEKS)
    assert weeks_until(date(2026, 11, 15)) == found  # a Sunday ends its week


def test_last_week_is_held_against_the_earlier_ones():
    # six weeks of 10, 14, …: mean 12, five ranges of 4: 12 ± 3 · 4 / 1.128 = 1.36 … 22.64
    found = weekly(measured(*map(count, (10, 14, 10, 14, 10, 14, 22))), "leads", COMPANY)
    assert (found.weeks[-1].limits.low, found.weeks[-1].limits.high) == pytest.approx((1.3617, 22.6383), abs=1e-4)
    assert (found.signal, found.is_judged) == (None, True)
    assert weekly(measured(*map(count, (10, 14, 10, 14, 10, 14, 23))), "leads", COMPANY).signal is Signal.ABOVE


def test_unripe_weeks_are_neither_judged_nor_counted():
    steady = [count(value, 1.0) for value in (10, 14, 10, 14, 10, 14, 12)]
    young = [count(1, 0.4), count(0, 0.1)]
    found = weekly(measured(*steady, *young), "leads", COMPANY)
    alone = weekly(measured(*steady), "leads", COMPANY)
    assert (found.signal, found.last.start) == (None, alone.last.start)
    assert found.last.limits == alone.last.limits
    assert [week.is_ripe for week in found.weeks[-3:]] == [True, False, False]


def test_share_has_the_limits_of_its_cases():
    # 60 of 600 before: 0.1 ± 3 · √(0.09 / 100) = 0.01 … 0.19
    weeks = [share("non_target_share", 10, 100, Zone.MARKETING) for _ in range(6)]
    inside = share("non_target_share", 19, 100, Zone.MARKETING)
    beyond = share("non_target_share", 20, 100, Zone.MARKETING)
    assert weekly(measured(*weeks, inside), "non_target_share", COMPANY).signal is None
    found = weekly(measured(*weeks, beyond), "non_target_share", COMPANY)
    assert found.signal is Signal.ABOVE
    assert (found.last.limits.low, found.last.limits.high) == pytest.approx((0.01, 0.19))


def test_week_without_facts_is_a_gap_and_few_weeks_are_not_judged():
    found = weekly(measured(*map(count, (10, 14, 10)), None, *map(count, (10, 14))), "leads", COMPANY)
    assert [week.value for week in found.weeks] == [10, 14, 10, None, 10, 14]
    assert (found.signal, found.is_judged, found.last.limits) == (None, False, None)
    empty = weekly(measured(None, None), "leads", COMPANY)
    assert (empty.last, empty.is_judged) == (None, False)


def test_count_has_no_limit_below_zero_and_a_loss_may_have():
    found = weekly(measured(*map(count, (0, 5, 0, 5, 0, 5, 2))), "leads", COMPANY)
    assert found.last.limits.low == 0
    money = [Figure("revenue", Unit.MONEY, value) for value in (-5, 5, -5, 5, -5, 5, 2)]
    assert weekly(measured(*money), "revenue", COMPANY).last.limits.low == pytest.approx(-3 * 10 / 1.128)
