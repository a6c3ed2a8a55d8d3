"""How do options become a question?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smarketing.analyses.question import DIMENSION_NAMES, FILTERS, Question, check_dimensions
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period, askable


def make_question(
    by: str | None,
    where: list[str] | None,
    start: str | None,
    end: str | None,
    month: str | None,
    clock: str,
    compare: str | None,
    known: Period | None,
) -> Question:
    """The question of a command line; raises :class:`WrongQuestion` with the way out.

    Without dates it is about everything known. ``known`` is that whole period, for a one-sided ``--from``.
    """
    period = _period(start, end, month, known)
    split = tuple(part.strip() for part in by.split(",") if part.strip()) if by else ()
    check_dimensions(split, tuple(DIMENSION_NAMES))  # which of them it can split by, a measurement says itself
    return Question(
        period=period, clock=_clock(clock), by=split, where=_where(where or []), compare=_compare(compare, period)
    )


def other_group(compare: str | None, question: Question) -> Question | None:
    """The same question about another group where ``--compare`` names one (``segment=private``).

    Raises :class:`WrongQuestion` where the two groups share leads: those would be on both sides.
    """
    if not compare or "=" not in compare:
        return None
    ((dimension, values),) = _where([compare]).items()
    mine = question.where.get(dimension, ())
    if not mine or set(mine) & set(values):
        raise WrongQuestion(
            "compare-same-leads",
            Text(
                f"Одни лиды не сравнить с ними же: первую группу назовите отбором --where {dimension}=…, другим "
                f"значением.",
                f"Leads cannot be compared with themselves: name the first group by --where {dimension}=…, with "
                f"another value.",
            ),
        )
    return replace(question, compare=None).only(dimension, *values)


def _period(start: str | None, end: str | None, month: str | None, known: Period | None) -> Period | None:
    if month:
        if start or end:
            raise WrongQuestion(
                "month-and-days",
                Text("Укажите или --month, или --from и --to.", "Give either --month or --from and --to."),
            )
        return Month.parse(month).period
    if not start and not end:
        return None
    first = day_of(start) if start else (known.start if known else date(2000, 1, 1))
    last = day_of(end) if end else (known.last_day if known else date(2100, 1, 1))
    return Period(first, last + timedelta(days=1))


def day_of(text: str) -> date:
    """A day; raises :class:`WrongQuestion` for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise WrongQuestion(
            "bad-day",
            Text(
                f"«{text}» не дата: нужен вид ГГГГ-ММ-ДД, например 2026-11-01.",
                f"“{text}” is not a date: write YYYY-MM-DD, for example 2026-11-01.",
            ),
        ) from error
    return askable(day)


def end_of(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The last second of a local day; raises :class:`WrongQuestion` for what is no day."""
    return None if text is None else datetime.combine(day_of(text), time(23, 59, 59), tzinfo=zone)


def _clock(word: str) -> Clock:
    try:
        return Clock(word)
    except ValueError as error:
        raise WrongQuestion(
            "bad-clock",
            Text(
                f"Часов «{word}» нет: бывают cohort (по дате лида) и period (по дате события).",
                f"There is no clock “{word}”: choose cohort (the lead's date) or period (the event's date).",
            ),
        ) from error


def _where(conditions: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        dimension, sign, value = condition.partition("=")
        if not sign:
            raise WrongQuestion(
                "bad-filter",
                Text(
                    f"Отбор «{condition}» непонятен: нужен вид segment=дилеры.",
                    f"The filter “{condition}” is not clear: write segment=dealers.",
                ),
            )
        check_dimensions((dimension,), FILTERS)
        found[dimension] = (*found.get(dimension, ()), value)
    return found


def _compare(word: str | None, period: Period | None) -> Period | None:
    if not word or "=" in word:
        return None
    if word == "prev":
        if period is None:
            raise WrongQuestion(
                "compare-everything",
                Text("Чтобы сравнить, задайте период.", "Give a period to compare."),
            )
        return period.before()
    return Month.parse(word).period
