"""Which days does a figure cover, and by which date does a lead fall into them?"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text

FIRST_YEAR, LAST_YEAR = 1900, 2199  # a question's days; periods beside them still fit a calendar of four digits


def askable(day: date) -> date:
    """The day itself; raises :class:`WrongQuestion` for a year that no company's facts can have."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    raise WrongQuestion(
        "year-out-of-range",
        Text(
            f"Год {day.year:04d} вне календаря: бывают годы с {FIRST_YEAR} по {LAST_YEAR}.",
            f"The year {day.year:04d} is outside the calendar: take one from {FIRST_YEAR} to {LAST_YEAR}.",
        ),
    )


class Clock(StrEnum):
    """By which date an event is counted: the lead's own (cohort) or the event's (period)."""

    COHORT = "cohort"
    PERIOD = "period"


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; as a number it is yyyymm, the form in which the lake keeps it.

    >>> Month(2026, 1).shift(-1).number
    202512
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``; raises :class:`WrongQuestion` with the way out."""
        try:
            year, month = text.split("-")
            first = date(int(year), int(month), 1)
        except ValueError as error:
            raise WrongQuestion(
                "bad-month",
                Text(
                    f"«{text}» не месяц: нужен вид ГГГГ-ММ, например 2026-11.",
                    f"“{text}” is not a month: write YYYY-MM, for example 2026-11.",
                ),
            ) from error
        return cls.of(askable(first))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def from_number(cls, number: int) -> Month:
        return cls(number // 100, number % 100)

    @property
    def number(self) -> int:
        return self.year * 100 + self.month

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def period(self) -> Period:
        return Period(self.first, self.shift(1).first)

    def shift(self, months: int) -> Month:
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True)
class Period:
    """Whole local days from ``start`` up to but not including ``end``."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise WrongQuestion(
                "empty-period",
                Text(
                    f"Период с {self.start:%d.%m.%Y} по {self.end - timedelta(days=1):%d.%m.%Y} пуст: "
                    "начало должно быть раньше конца.",
                    f"The period from {self.start} to {self.end - timedelta(days=1)} is empty: "
                    "the start must come before the end.",
                ),
            )

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def months(self) -> tuple[Month, ...]:
        """Every month the period touches, in order."""
        months, month = [], Month.of(self.start)
        while month.first < self.end:
            months.append(month)
            month = month.shift(1)
        return tuple(months)

    def before(self) -> Period:
        """The period of the same shape just before: whole months by months, else the same number of days."""
        if self.start.day == 1 and self.end.day == 1:
            count = len(self.months)
            return Period(Month.of(self.start).shift(-count).first, self.start)
        return Period(self.start - timedelta(days=self.days), self.start)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The same bounds as moments in UTC."""
        start, end = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in (self.start, self.end))
        return start, end


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of a moment in the company's zone; the moment must carry a zone."""
    if moment.tzinfo is None:
        raise TypeError("a moment without a zone")
    return moment.astimezone(zone).date()
