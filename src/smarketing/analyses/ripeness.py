"""How much of a young cohort has had time to happen, and what will it come to in the end?

Chain ladder over the triangle «month of creation × months until the sale» (methods.md d). The triangle is one
GROUP BY over all months of history; only whole calendar months teach how fast cohorts ripen, the running month is
read between two of them by the share of its days that has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from smarketing.analyses.question import Question, filter_condition
from smarketing.analyses.result import Note
from smarketing.analyses.shares import share
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month, Period, local_day
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Interval, NoValue
from smarketing.stats.errors import NotComputable
from smarketing.stats.ripening import chain_ladder

MIN_HISTORY = 3  # whole months; a shorter history cannot show what the third month of a cohort brings
MIN_RIPE = 0.10  # of an unriper cohort the sales so far say next to nothing about the end

_NO_HISTORY = Note(
    "ripeness-unknown",
    Text(
        "Зрелость когорт не оценена: нужно не меньше трёх полных месяцев истории с продажами.",
        "Ripeness is not estimated: it takes at least three whole months of history with sales.",
    ),
)
_UNDATED = Text(
    "У {count} продаж дата неизвестна: они учтены как продажи, но не участвуют в оценке скорости созревания.",
    "{count} sales have no known date: they count as sales but teach nothing about how fast cohorts ripen.",
)


@dataclass(frozen=True)
class CohortRipeness:
    """One month's leads.

    ``ripe`` is the share of the sales it will bring that has had time to happen (None: cannot be told);
    ``expected_final_cr`` is won ÷ leads in the end, with an interval of the sample's error only;
    ``reason`` says why there is none.
    """

    month: Month
    leads: int
    won: int
    undated: int  # of them won nobody knows when
    ripe: float | None
    expected_final_cr: float | None
    interval: Interval | None = None
    reason: NoValue | None = None


@dataclass(frozen=True)
class Ripening:
    """Cohorts in order of time and what must be said beside them."""

    cohorts: tuple[CohortRipeness, ...]
    notes: tuple[Note, ...]
    asked: tuple[str, ...]
    by_days: float | None = None  # of the same leads by the daily curve, where that is known

    @property
    def ripe(self) -> float | None:
        """Ripeness of all cohorts together: by days, else the months weighted by their leads; None: not known."""
        if self.by_days is not None:
            return self.by_days
        leads = sum(cohort.leads for cohort in self.cohorts)
        if leads == 0 or any(cohort.ripe is None and cohort.leads for cohort in self.cohorts):
            return None
        return sum(cohort.leads * (cohort.ripe or 0.0) for cohort in self.cohorts) / leads


@dataclass
class _Cohort:
    leads: int = 0
    won: int = 0
    undated: int = 0
    by_age: dict[int, int] | None = None

    def add(self, leads: int, won: int, age: int | None) -> None:
        self.leads += leads
        self.won += won
        if won and age is None:
            self.undated += won
        elif age is not None:
            self.by_age = self.by_age or {}
            self.by_age[max(age, 0)] = self.by_age.get(max(age, 0), 0) + won

    def cumulative(self, ages: int) -> list[float]:
        found = self.by_age or {}
        return [float(sum(won for age, won in found.items() if age <= limit)) for limit in range(ages)]


def same_age_moment(reader: Reader, asked: Period | None, other: Period | None) -> datetime | None:
    """When the other, earlier period's leads were as old as the asked one's are now; None where nothing is to cut.

    This month's leads against last month's as they stand today would look worse for their age alone.
    """
    if asked is None or other is None or other.start >= asked.start:
        return None
    zone = reader.company.tz
    (start, _), (before, _) = asked.moments(zone), other.moments(zone)
    moment = before + (reader.known_until - start)
    return moment if moment < reader.known_until else None


def ripeness(reader: Reader, question: Question) -> tuple[CohortRipeness, ...]:
    """The cohorts of :func:`ripening`."""
    return ripening(reader, question).cohorts


def ripening(reader: Reader, question: Question) -> Ripening:
    """Ripeness and expected final conversion of every month of the question's period.

    The filters choose the leads; the period only chooses which months are shown: how fast cohorts ripen is
    learnt from all history. Months of creation, whatever the clock asked.
    """
    asked = _question(question)
    cohorts = _cohorts(reader.query(asked).to_pylist())
    today = local_day(reader.known_until, reader.company.tz)
    running, passed = Month.of(today), today.day / Month.of(today).days
    if passed == 1:  # the last day is known to its end, or nearly: the month is whole
        running, passed = running.shift(1), 0.0
    growth = _growth(cohorts, running)
    shown = [_shown(month, cohorts[month], growth, running, passed) for month in sorted(cohorts)]
    months = set(question.period.months) if question.period else set(cohorts)
    kept = tuple(cohort for cohort in shown if cohort.month in months)
    return Ripening(kept, _notes(kept, growth), (asked,))


def _question(question: Question) -> str:
    return (
        "SELECT created_month, won_month, COUNT(*) AS leads, COUNT(*) FILTER (WHERE is_won) AS won\n"
        f"FROM journeys WHERE is_counted AND {filter_condition(question.where)}\n"
        "GROUP BY created_month, won_month ORDER BY created_month NULLS LAST, won_month NULLS LAST"
    )


def _cohorts(rows: Sequence[Mapping[str, int | None]]) -> dict[Month, _Cohort]:
    cohorts: dict[Month, _Cohort] = {}
    for row in rows:
        created, won = row["created_month"], row["won_month"]
        if created is None:
            continue
        month = Month.from_number(created)
        age = None if won is None else _index(Month.from_number(won)) - _index(month)
        cohorts.setdefault(month, _Cohort()).add(int(row["leads"] or 0), int(row["won"] or 0), age)
    return cohorts


def _growth(cohorts: Mapping[Month, _Cohort], running: Month) -> list[float] | None:
    """Share of its final sales that a cohort has by the end of its own month, the next one, …; None: unknown."""
    if not cohorts:
        return None
    first = min(cohorts)
    width = _index(running) - _index(first)
    if width < MIN_HISTORY:
        return None
    triangle = [cohorts.get(first.shift(age), _Cohort()).cumulative(width - age) for age in range(width)]
    start, end = _taught_ages(triangle)
    found = chain_ladder([row[start:end] for row in triangle if len(row) > start])
    if end <= start or isinstance(found, NotComputable):
        return None
    by_age, reached = [], 1.0
    for factor in reversed(found.factors):
        by_age.append(reached)
        reached /= factor
    return [0.0] * start + [reached, *reversed(by_age)]


def _taught_ages(triangle: Sequence[Sequence[float]]) -> tuple[int, int]:
    """Ages ``[start, end)`` that history can teach: from the first sale on, as long as older cohorts had sales.

    Before the first sale nothing is ripe; after the last taught age cohorts are taken to grow no more.
    """
    width = len(triangle)
    bases = [sum(row[age] for row in triangle if len(row) > age + 1) for age in range(width - 1)]
    start = next((age for age, base in enumerate(bases) if base > 0), width)
    end = start
    while end < width - 1 and bases[end] > 0:
        end += 1
    return start, end + 1 if start < width else start


def _shown(
    month: Month, cohort: _Cohort, growth: Sequence[float] | None, running: Month, passed: float
) -> CohortRipeness:
    ripe = None if growth is None else _ripe(growth, _index(running) - _index(month), passed)
    if ripe is None or ripe < MIN_RIPE or cohort.leads == 0:
        reason = NoValue.EMPTY_DENOMINATOR if cohort.leads == 0 else NoValue.NOT_RIPE
        return CohortRipeness(
            month,
            cohort.leads,
            cohort.won,
            cohort.undated,
            ripe,
            None,
            reason=reason if growth else NoValue.TOO_FEW,
        )
    dated = cohort.won - cohort.undated
    final = (dated / ripe + cohort.undated) / cohort.leads
    return CohortRipeness(
        month, cohort.leads, cohort.won, cohort.undated, ripe, min(final, 1.0), _interval(cohort, ripe)
    )


def _interval(cohort: _Cohort, ripe: float) -> Interval | None:
    """Wilson's interval of what has been seen, stretched to the end as the estimate is."""
    seen = share("", cohort.won - cohort.undated, cohort.leads, Zone.SALES).interval
    if seen is None:
        return None
    known = cohort.undated / cohort.leads
    return Interval(min(seen.low / ripe + known, 1.0), min(seen.high / ripe + known, 1.0), seen.level)


def _ripe(growth: Sequence[float], whole_months: int, passed: float) -> float:
    """Ripeness after so many whole months and a part of the next, read along a straight line between the two."""
    before = _at(growth, whole_months - 1)
    return before + passed * (_at(growth, whole_months) - before)


def _at(growth: Sequence[float], age: int) -> float:
    if age < 0:
        return 0.0
    return growth[age] if age < len(growth) else 1.0


def _notes(cohorts: Sequence[CohortRipeness], growth: Sequence[float] | None) -> tuple[Note, ...]:
    undated = sum(cohort.undated for cohort in cohorts)
    notes = [] if growth else [_NO_HISTORY]
    if undated:
        notes.append(Note("undated-sales", _UNDATED.fill(count=undated)))
    return tuple(notes)


def _index(month: Month) -> int:
    return month.year * 12 + month.month
