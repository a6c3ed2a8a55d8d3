from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Month, Period, local_day

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")


def test_month_walks_over_the_turn_of_the_year():
    assert Month(2025, 12).shift(1) == Month(2026, 1)
    assert Month(2026, 1).shift(-13) == Month(2024, 12)
    assert Month.parse("2026-11").number == 202611
    assert Month.from_number(202611) == Month(2026, 11)


@pytest.mark.parametrize("text", ["2026", "2026-13", "ноябрь", "2026-11-01", ""])
def test_month_that_is_none_says_how_to_write_one(text):
    with pytest.raises(WrongQuestion) as error:
        Month.parse(text)
    assert error.value.code == "bad-month"
    assert error.value.say("ru") == f"«{text}» не месяц: нужен вид ГГГГ-ММ, например 2026-11."


def test_month_of_a_year_no_company_has_is_refused() -> None:
    for text in ("0001-01", "1899-12", "2200-01", "9999-12"):
        with pytest.raises(WrongQuestion) as error:
            Month.parse(text)
        assert error.value.code == "year-out-of-range"
    assert Month.parse("1900-01").shift(-1) == Month(1899, 12)  # what it is compared with needs no allowance
    assert Month.parse("2199-12").period.end == date(2200, 1, 1)


def test_period_end_is_not_inside():
    november = Month(2026, 11).period
    assert november == Period(date(2026, 11, 1), date(2026, 12, 1))
    assert november.days == 30
    assert november.last_day == date(2026, 11, 30)


def test_period_before_whole_months_is_whole_months():
    quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    assert quarter.before() == Period(date(2025, 10, 1), date(2026, 1, 1))


def test_period_before_some_days_is_as_many_days():
    assert Period(date(2026, 11, 5), date(2026, 11, 20)).before() == Period(date(2026, 10, 21), date(2026, 11, 5))


def test_period_months_are_all_it_touches():
    assert Period(date(2026, 1, 31), date(2026, 3, 1)).months == (Month(2026, 1), Month(2026, 2))


def test_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(WrongQuestion, match="empty-period"):
        Period(date(2026, 11, 2), date(2026, 11, 2))


def test_period_moments_follow_the_clocks_of_the_zone():
    # Berlin leaves summer time on 25 October 2026: the month begins at 22:00 and ends at 23:00 UTC.
    start, end = Month(2026, 10).period.moments(BERLIN)
    assert start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert end == datetime(2026, 10, 31, 23, tzinfo=UTC)


def test_local_day_of_a_late_evening_is_tomorrow_in_moscow():
    assert local_day(datetime(2026, 11, 30, 21, 30, tzinfo=UTC), MOSCOW) == date(2026, 12, 1)


def test_moment_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        local_day(datetime(2026, 11, 30), MOSCOW)  # noqa: DTZ001
