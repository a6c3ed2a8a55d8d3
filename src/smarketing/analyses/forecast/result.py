"""What does a forecast say? Its parts, which sum to it to the kopeck, how sure it is, and how it did before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from smarketing.analyses.result import Note
from smarketing.analyses.verdict.result import PlanKind
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Interval

LEVEL = 0.80  # of a forecast's interval
SHARES = (0.1, 0.5, 0.9)  # the quantiles that are told and scored


class Method(StrEnum):
    """In what way a month's end is foretold; the first two may be shown, the others are there to be beaten."""

    MODEL = "model"
    RUN_RATE = "run_rate"  # booked so far over the share of working days that has passed
    LAST_YEAR = "last_year"  # the same month a year ago
    PLAN = "plan"


METHOD_NAMES: dict[Method, Text] = {
    Method.MODEL: Text("модель", "model"),
    Method.RUN_RATE: Text("темп месяца", "run-rate"),
    Method.LAST_YEAR: Text("тот же месяц год назад", "same month last year"),
    Method.PLAN: Text("сам план", "the plan itself"),
}


class ForecastState(StrEnum):
    """Whether there is a forecast at all."""

    FORECAST = "forecast"
    OVER = "over"  # the month has ended: its fact is known
    NOT_STARTED = "not_started"
    NO_MONEY = "no_money"  # nobody's first payment is known with its day
    UNDATED = "undated"  # too much money has no day
    TOO_LITTLE = "too_little"  # the model is not tested or does not beat run-rate, and there is no run-rate yet


class Choice(StrEnum):
    """Why this method is shown."""

    BEATS = "beats"  # on past months, at this day of the month, by its middle and by its interval
    DOES_NOT_BEAT = "does_not_beat"
    UNTESTED = "untested"  # too few past months to tell


@dataclass(frozen=True)
class Score:
    """How a method did over ``n`` past forecasts, money in the company's currency.

    ``error`` is the mean distance of its middle from the outcome, ``pinball`` the mean loss of its 10, 50 and
    90 %, ``crps`` the continuous ranked probability score; a method without an interval of its own is a point in
    all of them. ``covered`` of the intervals held the outcome, None where it has none.
    """

    method: Method
    n: int
    error: float
    pinball: float
    crps: float
    covered: int | None = None
    coverage: Interval | None = None


@dataclass(frozen=True)
class CutScores:
    """Scores at one day of the month on the same past months, and which method is shown there; 0 is all days."""

    cut: int
    scores: tuple[Score, ...]
    choice: Choice

    def of(self, method: Method) -> Score | None:
        return next((score for score in self.scores if score.method is method), None)


@dataclass(frozen=True)
class SegmentForecast:
    """One segment's part. ``open``, ``to_come`` and ``later`` are None where run-rate is shown."""

    segment: str | None
    booked: Decimal
    open: Decimal | None
    to_come: Decimal | None
    later: Decimal | None
    value: Decimal
    interval: Interval | None
    open_leads: int


@dataclass(frozen=True)
class LeadsNeeded:
    """How many more leads of a segment would make the plan, if they came tomorrow.

    ``chance`` that one of them pays before the month ends, ``order`` what it then brings, ``usual`` how many such
    leads come in a month; ``count`` is None where none of them can pay in time. ``is_target`` is False where the
    company has no criteria and any lead is meant.
    """

    segment: str | None
    is_target: bool
    is_focus: bool
    count: int | None
    chance: float
    order: Decimal
    usual: int

    @property
    def can_help(self) -> bool:
        """Whether so many may come: no more than in a usual month."""
        return self.count is not None and self.count <= self.usual


@dataclass(frozen=True)
class OpenDeals:
    """Deals in work: what they are worth if all pay this month, and what the forecast counts on already.

    ``needed`` of the largest would close the shortfall; None where all of them together would not.
    """

    count: int
    worth: Decimal
    expected: Decimal
    needed: int | None


@dataclass(frozen=True)
class Missing:
    """What separates the forecast from the plan."""

    shortfall: Decimal
    leads: tuple[LeadsNeeded, ...]  # the segment that needs fewest first, then the focus segment
    deals: OpenDeals


@dataclass(frozen=True)
class Forecast:
    """Revenue of one month as the end of ``day`` sees it.

    ``value`` is the mean of the model (the parts sum to it) or the run-rate; ``quantiles`` are its 10, 50 and
    90 %, ``interval`` the first and the last of them. ``is_conformal`` says that they come from past errors.
    """

    state: ForecastState
    month: Month
    day: date
    version: int
    known_until: datetime
    currency: str
    method: Method | None = None
    choice: Choice | None = None
    booked: Decimal = Decimal(0)
    value: Decimal | None = None
    quantiles: tuple[Decimal, Decimal, Decimal] | None = None
    is_conformal: bool = False
    plan: Decimal | None = None
    plan_kind: PlanKind | None = None
    chance: float | None = None  # of reaching the plan
    run_rate: Decimal | None = None
    last_year: Decimal | None = None
    working_days_left: int = 0
    segments: tuple[SegmentForecast, ...] = ()
    missing: Missing | None = None
    tested: tuple[CutScores, ...] = ()  # the days of the month tried, then all of them together
    months_tested: tuple[Month, ...] = ()
    draws: int = 0
    seed: int = 0
    notes: tuple[Note, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def interval(self) -> Interval | None:
        if self.quantiles is None:
            return None
        return Interval(float(self.quantiles[0]), float(self.quantiles[2]), LEVEL)

    def part(self, name: str) -> Decimal | None:
        """The sum over segments of ``booked``, ``open``, ``to_come`` or ``later``."""
        found = [getattr(segment, name) for segment in self.segments]
        return None if not found or None in found else sum(found, Decimal(0))

    @property
    def tested_here(self) -> CutScores | None:
        """The scores of the tested day nearest to this one."""
        days = [scores for scores in self.tested if scores.cut]
        return min(days, key=lambda scores: abs(scores.cut - self.day.day)) if days else None
