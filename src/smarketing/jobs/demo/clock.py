"""When does a piece of work end that starts now and takes so many working seconds? For whole arrays at once.

Moments are whole seconds on the company's wall clock since 1970; the demo company lives in Moscow, whose clocks
have not changed since 2014, so the wall and UTC differ by a constant.
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from smarketing.facts.calendar import WorkingCalendar

Seconds: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float64]

DAY = 86_400
MOSCOW = 3 * 3600
WORKING_DAY = 9 * 3600
EPOCH = date(1970, 1, 1)


class WorkingClock:
    """The working calendar of some years as arrays."""

    def __init__(self, calendar: WorkingCalendar, start: date, end: date) -> None:
        days = list(calendar.days(start, end))
        self._first = (start - EPOCH).days
        self._opens = np.array([day.opens for day in days], dtype=np.int64)
        self._length = np.array([day.closes - day.opens for day in days], dtype=np.int64)
        self._before = np.array([day.before for day in days], dtype=np.int64)

    def of(self, moments: Seconds) -> Seconds:
        """Working seconds before each moment; the same number as ``WorkingCalendar.clock``."""
        place = moments // DAY - self._first
        worked: Seconds = np.clip(moments % DAY - self._opens[place], 0, self._length[place])
        return self._before[place] + worked

    def moment(self, clock: Seconds) -> Seconds:
        """The first moment at which the working clock shows more than ``clock`` seconds."""
        place = np.searchsorted(self._before, clock, side="right") - 1
        moment: Seconds = (place + self._first) * DAY + self._opens[place] + clock - self._before[place]
        return moment

    def works(self, days: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each day (since 1970) is a working one."""
        return np.asarray(self._length[days - self._first] > 0)


def day_number(day: date) -> int:
    return (day - EPOCH).days
