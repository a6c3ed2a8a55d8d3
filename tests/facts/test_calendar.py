from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.facts.calendar import WorkingCalendar

MOSCOW = ZoneInfo("Europe/Moscow")
WEEK = WorkingCalendar(
    zone=MOSCOW,
    hours=dict.fromkeys((1, 2, 3, 4, 5), (time(9), time(18))),
    days_off=frozenset({date(2026, 11, 4)}),
    days_worked={date(2026, 11, 7): (time(10), time(14))},
)


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (moscow(3, 10), moscow(3, 10, 40), 40),  # within one Tuesday
        (moscow(3, 17, 30), moscow(5, 9, 15), 45),  # 30 min, the holiday of the 4th, 15 min
        (moscow(6, 17), moscow(9, 10), 60 + 240 + 60),  # Friday, the worked Saturday 10-14, Monday
        (moscow(7, 20), moscow(9, 8), 0),  # all of it outside working hours
        (moscow(3, 3), moscow(3, 23), 9 * 60),  # a whole day is its nine hours
    ],
)
def test_working_minutes_between(start, end, minutes):
    assert WEEK.seconds_between(start, end) == minutes * 60


def test_working_time_backwards_is_negative():
    assert WEEK.seconds_between(moscow(3, 11), moscow(3, 10)) == -3600


def test_open_until_closing_time_but_not_at_it():
    assert WEEK.is_open(moscow(3, 9))
    assert not WEEK.is_open(moscow(3, 18))
    assert not WEEK.is_open(moscow(4, 12))
    assert WEEK.is_open(moscow(7, 12))


def test_closing_at_midnight_is_the_end_of_the_day():
    around_the_clock = WorkingCalendar(zone=MOSCOW, hours=dict.fromkeys(range(1, 8), (time(0), time(0))))
    assert around_the_clock.seconds_between(moscow(3, 0), moscow(5, 0)) == 2 * 86_400


def test_day_of_the_clock_change_keeps_its_working_hours():
    berlin = WorkingCalendar(zone=ZoneInfo("Europe/Berlin"), hours={7: (time(0), time(6))})
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)  # Sunday 25 October 00:00 in Berlin, 25 hours long
    end = datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert berlin.seconds_between(start, end) == 6 * 3600


def test_days_table_gives_the_same_clock():
    days = {day.day: day for day in WEEK.days(date(2026, 11, 1), date(2026, 11, 10))}
    monday = days[date(2026, 11, 9)]
    assert (monday.opens, monday.closes) == (9 * 3600, 18 * 3600)
    assert WEEK.clock(moscow(9, 12)) == monday.before + 3 * 3600


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
)
def test_working_time_adds_up(first, second, third):
    a, b, c = (moment.replace(tzinfo=UTC) for moment in (first, second, third))
    assert WEEK.seconds_between(a, b) + WEEK.seconds_between(b, c) == WEEK.seconds_between(a, c)


def test_nothing_is_worked_before_the_calendar_begins_or_after_it_ends():
    assert WEEK.clock(datetime(1999, 12, 30, 12, tzinfo=MOSCOW)) == 0
    assert WEEK.clock(datetime(1995, 5, 5, 12, tzinfo=MOSCOW)) == 0
    last = WEEK.clock(datetime(2059, 12, 31, 23, tzinfo=MOSCOW))
    assert WEEK.clock(datetime(2206, 1, 1, tzinfo=MOSCOW)) == last
