"""How much working time lies between two moments?

The calendar is turned into one number: the count of working seconds since a fixed day. Two moments are then
subtracted as integers, in Python and in SQL alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

EPOCH = date(2000, 1, 1)
HORIZON = date(2060, 1, 1)


@dataclass(frozen=True)
class WorkingDay:
    """One local day: its working hours as seconds from local midnight, and the seconds worked before it."""

    day: date
    opens: int
    closes: int
    before: int


@dataclass(frozen=True)
class WorkingCalendar:
    """Working hours by weekday (1 Monday … 7 Sunday), days off, and days worked against the rule."""

    zone: ZoneInfo
    hours: dict[int, tuple[time, time]] = field(default_factory=dict)
    days_off: frozenset[date] = frozenset()
    days_worked: dict[date, tuple[time, time]] = field(default_factory=dict)

    def hours_of(self, day: date) -> tuple[int, int]:
        """Opening and closing in seconds from midnight; equal numbers on a day off."""
        if day in self.days_worked:
            opens, closes = self.days_worked[day]
        elif day in self.days_off or day.isoweekday() not in self.hours:
            return 0, 0
        else:
            opens, closes = self.hours[day.isoweekday()]
        end = _seconds(closes) or 86_400  # 00:00 as closing time means midnight
        return _seconds(opens), end

    def days(self, start: date = EPOCH, end: date = HORIZON) -> Iterator[WorkingDay]:
        """Every day of ``[start, end)`` with the working seconds that lie before it since 2000-01-01."""
        for index in range((start - EPOCH).days, (end - EPOCH).days):
            yield self._days[index]

    def clock(self, moment: datetime) -> int:
        """Working seconds from 2000-01-01 to the moment; the moment must carry a zone.

        On the day the clocks change, hours are read from the wall: a working day stays as long as its sign says.
        Nothing is worked before 2000 or after 2059.
        """
        if moment.tzinfo is None:
            raise TypeError("a moment without a zone")
        local = moment.astimezone(self.zone)
        if local.date() < EPOCH:
            return 0
        if local.date() >= HORIZON:
            last = self._days[-1]
            return last.before + last.closes - last.opens
        day = self._days[(local.date() - EPOCH).days]
        return day.before + min(max(_seconds(local.time()) - day.opens, 0), day.closes - day.opens)

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """Working seconds from ``start`` to ``end``; negative when ``end`` is earlier."""
        return self.clock(end) - self.clock(start)

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        opens, closes = self.hours_of(local.date())
        return opens <= _seconds(local.time()) < closes

    @cached_property
    def _days(self) -> tuple[WorkingDay, ...]:
        return _counted(tuple(self.hours.items()), self.days_off, tuple(self.days_worked.items()))


_Hours = tuple[time, time]


@lru_cache(maxsize=16)
def _counted(
    hours: tuple[tuple[int, _Hours], ...], days_off: frozenset[date], days_worked: tuple[tuple[date, _Hours], ...]
) -> tuple[WorkingDay, ...]:
    """Every day of a calendar; every page reads its settings anew, and they are nearly always the same."""
    calendar = WorkingCalendar(ZoneInfo("UTC"), dict(hours), days_off, dict(days_worked))
    days, before, day = [], 0, EPOCH
    while day < HORIZON:
        opens, closes = calendar.hours_of(day)
        days.append(WorkingDay(day, opens, closes, before))
        before += closes - opens
        day += timedelta(days=1)
    return tuple(days)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
