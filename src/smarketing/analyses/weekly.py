"""Has a metric shifted week by week, or does it vary as it always has? Control limits of its own earlier weeks.

Weeks whose leads have not had time to buy are shown and neither judged nor counted among the earlier ones. Told in
prose in ``docs/how-computed/weeks.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.period import Period
from smarketing.metrics.kinds import Figure, Unit
from smarketing.stats.control import Limits, Signal, Trials, individuals, proportions, signal
from smarketing.stats.errors import NotComputable

WEEKS = 26  # half a year: of twelve weeks the limits themselves would be too unsure
SHOWN = 12


@dataclass(frozen=True)
class Week:
    """One whole week of a metric; ``limits`` are those of its earlier weeks, None where they are too few."""

    start: date
    figure: Figure | None
    is_ripe: bool
    limits: Limits | None = None

    @property
    def value(self) -> float | None:
        figure = self.figure
        return None if figure is None or figure.value is None else float(figure.value)

    @property
    def period(self) -> Period:
        return Period(self.start, self.start + timedelta(days=7))


@dataclass(frozen=True)
class Weekly:
    """The weeks of a metric in order, and how its last ripe one has shifted, if it has."""

    metric: str
    weeks: tuple[Week, ...]
    signal: Signal | None

    @property
    def last(self) -> Week | None:
        """The week that is judged."""
        return next((week for week in reversed(self.weeks) if week.is_ripe and week.value is not None), None)

    @property
    def is_judged(self) -> bool:
        return self.last is not None and self.last.limits is not None


def weeks_until(day: date) -> Period:
    """The last whole weeks that ended by this day."""
    end = day + timedelta(days=1)
    monday = end - timedelta(days=end.weekday())
    return Period(monday - timedelta(weeks=WEEKS), monday)


def weekly(measured: Measurement, key: str, company: Company) -> Weekly:
    """One metric of a measurement split by week; a week without facts is a gap.

    Shares of one group of cases have the limits of their number of cases, everything else those of its own
    differences from week to week.
    """
    weeks = _weeks(measured, key, company)
    judged = [week for week in weeks if week.is_ripe and week.value is not None]
    if not judged:
        return Weekly(key, weeks, None)
    earlier = tuple(week for week in weeks if week.start < judged[-1].start)
    limits = _limits(earlier, weeks)
    made = tuple(
        Week(week.start, week.figure, week.is_ripe, limit) for week, limit in zip(weeks, limits, strict=True)
    )
    seen = [week.value if week.is_ripe else None for week in weeks]
    return Weekly(key, made, signal(seen, limits))


def _weeks(measured: Measurement, key: str, company: Company) -> tuple[Week, ...]:
    found = {str(row.keys[0]): row.figures.get(key) for row in measured.rows}
    period = measured.question.period
    if period is None:
        return ()
    starts = [period.start + timedelta(weeks=place) for place in range(period.days // 7)]
    figures = [found.get(start.isoformat()) for start in starts]
    return tuple(
        Week(start, figure, _is_ripe(figure, company)) for start, figure in zip(starts, figures, strict=True)
    )


def _is_ripe(figure: Figure | None, company: Company) -> bool:
    return figure is None or figure.ripe is None or figure.ripe >= float(company.verdict.ripe_share)


def _limits(earlier: Sequence[Week], weeks: Sequence[Week]) -> Sequence[Limits | None]:
    nothing = [None] * len(weeks)
    ripe = [week if week.is_ripe else None for week in earlier]
    if all(_trials(week) is not None for week in weeks if week.value is not None):
        shares = proportions([_trials(week) for week in ripe], [_trials(week) for week in weeks])
        return nothing if isinstance(shares, NotComputable) else shares
    values = [week.value if week else None for week in ripe]
    floor = None if any(value is not None and value < 0 for value in values) else 0.0
    found = individuals(values, floor=floor)
    return nothing if isinstance(found, NotComputable) else [found] * len(weeks)


def _trials(week: Week | None) -> Trials | None:
    """k of n of a share of one group of cases; None of anything else."""
    figure = week.figure if week else None
    if figure is None or figure.unit is not Unit.SHARE or figure.interval is None:
        return None
    return int(figure.numerator or 0), int(figure.denominator or 0)
