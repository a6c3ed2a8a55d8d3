"""How does an address become a question, and a question an address? Written and read here only.

The address holds what the person chose and nothing else::

    month=2026-11   or   from=2026-11-01&to=2026-11-20 (both days counted)   or   period=all
    clock=period         by the events' own dates; without it by the lead's date
    by=segment&by=lead_source
    segment=dealer&segment=~     a filter by dimension, values joined by «or»; ~ asks for «not given»
    compare=prev | year | 2026-10 | 2026-10-01..2026-10-20

A value that itself begins with ``~`` is written with two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms

from smarketing.analyses.question import EMPTY, TIME_DIMENSIONS, Question, check_dimensions
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.journeys import LEAD_DIMENSIONS
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Clock, Month, Period, askable

NOT_GIVEN = "~"
PREVIOUS, YEAR_AGO, ALL = "prev", "year", "all"
FILTERS = (*LEAD_DIMENSIONS, "loss_stage", "loss_reason", "criterion", "stage", "target_verdict", "outcome")
Pairs = list[tuple[str, str]]


class Words(forms.Field):
    """Every value of a repeated key, as it stands; empty ones are a select left alone."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(str(word)[:300] for word in value or () if word)


class AskForm(forms.Form):
    """The question as a form: every key an address may hold."""

    period = forms.ChoiceField(choices=[(ALL, ALL)], required=False)
    month = forms.CharField(max_length=7, required=False)
    clock = forms.ChoiceField(choices=[(clock.value, clock.value) for clock in Clock], required=False)
    by = Words(required=False)
    compare = forms.CharField(max_length=22, required=False)

    WRONG: ClassVar[Mapping[str, Text]] = {
        "from": Text("Начало периода: нужен вид ГГГГ-ММ-ДД.", "Start of the period: write YYYY-MM-DD."),
        "to": Text("Конец периода: нужен вид ГГГГ-ММ-ДД.", "End of the period: write YYYY-MM-DD."),
        "clock": Text("Часы бывают cohort и period.", "The clock is cohort or period."),
        "period": Text("Вместо period=… задайте month=ГГГГ-ММ.", "Instead of period=… write month=YYYY-MM."),
        "month": Text("Месяц пишется ГГГГ-ММ.", "A month is written YYYY-MM."),
        "compare": Text("Сравнение: prev, year или ГГГГ-ММ.", "Compare with prev, year or YYYY-MM."),
    }

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
        self.fields["to"] = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
        for dimension in FILTERS:
            self.fields[dimension] = Words(required=False)

    def said(self) -> dict[str, Any]:
        """What was written; raises :class:`WrongQuestion` with a sentence for the first wrong field."""
        if self.is_valid():
            return self.cleaned_data
        wrong = next(iter(self.errors))
        unclear = Text("Вопрос в адресе непонятен.", "The question in the address is not clear.")
        raise WrongQuestion("bad-address", self.WRONG.get(wrong, unclear))


@dataclass(frozen=True)
class Defaults:
    """What a page asks where the address says nothing; ``today`` is the last day the facts know of."""

    today: date
    by: tuple[str, ...] = ()
    clock: Clock = Clock.COHORT
    months: int = 1

    @property
    def period(self) -> Period:
        """The running month up to today, with the months before it where the page looks back further."""
        return Period(Month.of(self.today).shift(1 - self.months).first, self.today + timedelta(days=1))


def parse(data: Any, defaults: Defaults) -> Question:
    """The question of a query string; raises :class:`WrongQuestion` for what cannot be one."""
    said = AskForm(data).said()
    period = _period(said, defaults)
    by = said["by"] or defaults.by
    check_dimensions(by, (*TIME_DIMENSIONS, *FILTERS, "hour"))
    return Question(
        period=period,
        clock=Clock(said["clock"]) if said["clock"] else defaults.clock,
        by=by,
        where={dimension: _values(said[dimension]) for dimension in FILTERS if said[dimension]},
        compare=_compare(said["compare"], period),
    )


def pairs(question: Question, defaults: Defaults) -> Pairs:
    """What an address must hold so that :func:`parse` gives the question back."""
    found = _period_pairs(question.period, defaults)
    if question.clock is not defaults.clock:
        found.append(("clock", question.clock.value))
    if question.by != defaults.by:
        found += [("by", dimension) for dimension in question.by]
    for dimension, values in sorted(question.where.items()):
        found += [(dimension, _written(value)) for value in values]
    if question.compare:
        found.append(("compare", _compare_word(question.compare, question.period)))
    return found


def to_query(question: Question, defaults: Defaults, **more: str) -> str:
    """The query string of a question, with page keys such as ``sort`` after it."""
    return urlencode(pairs(question, defaults) + [(key, value) for key, value in more.items() if value])


def previous(period: Period) -> Period:
    """The period to compare with: of a part of a month the same days of the month before, else the one before.

    The month before may be shorter: 1–31 March is compared with the whole of February.
    """
    month = Month.of(period.start)
    if period.start.day > 1 or len(period.months) > 1 or period == month.period:
        return period.before()
    return _same_days(period, month.shift(-1))


def year_ago(period: Period) -> Period:
    """The same days a year earlier; 29 February becomes the 28th."""
    return Period(_year_before(period.start), _year_before(period.end))


def presets(today: date) -> list[tuple[Text, Period | None]]:
    """Periods that a person picks with one press."""
    month = Month.of(today)
    return [
        (Text("Этот месяц", "This month"), Defaults(today).period),
        (Text("Прошлый месяц", "Last month"), month.shift(-1).period),
        (Text("3 месяца", "3 months"), Period(month.shift(-2).first, today + timedelta(days=1))),
        (Text("12 месяцев", "12 months"), Period(month.shift(-11).first, today + timedelta(days=1))),
        (Text("Всё время", "All time"), None),
    ]


def filter_choices(values: Iterable[tuple[str | None, Text]], language: Language) -> list[tuple[str, str]]:
    """Options of a filter: the word for the address and the word for the person."""
    return [(_written(EMPTY if value is None else value), text.say(language)) for value, text in values]


def word_for(value: str | int | None) -> str:
    """A row's key as it stands in an address."""
    return _written(EMPTY if value is None else str(value))


def _period(said: Mapping[str, Any], defaults: Defaults) -> Period | None:
    if said["from"] or said["to"]:
        start = askable(said["from"] or defaults.period.start)
        return Period(start, askable(said["to"] or max(defaults.today, start)) + timedelta(days=1))
    if said["month"]:
        return Month.parse(said["month"]).period
    return None if said["period"] == ALL else defaults.period


def _period_pairs(period: Period | None, defaults: Defaults) -> Pairs:
    if period is None:
        return [("period", ALL)]
    if period == defaults.period:
        return []
    if period == Month.of(period.start).period:
        return [("month", str(Month.of(period.start)))]
    return [("from", period.start.isoformat()), ("to", period.last_day.isoformat())]


def _compare(word: str, period: Period | None) -> Period | None:
    if not word:
        return None
    if word in (PREVIOUS, YEAR_AGO):
        if period is None:
            return None  # all time has nothing before it
        return previous(period) if word == PREVIOUS else year_ago(period)
    if ".." not in word:
        return Month.parse(word).period
    try:
        start, last = (date.fromisoformat(part) for part in word.split("..", 1))
    except ValueError as error:
        raise WrongQuestion("bad-address", AskForm.WRONG["compare"]) from error
    return Period(askable(start), askable(last) + timedelta(days=1))


def _compare_word(compare: Period, period: Period | None) -> str:
    if period is not None and compare == previous(period):
        return PREVIOUS
    if period is not None and compare == year_ago(period):
        return YEAR_AGO
    if compare == Month.of(compare.start).period:
        return str(Month.of(compare.start))
    return f"{compare.start.isoformat()}..{compare.last_day.isoformat()}"


def _values(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        EMPTY if word == NOT_GIVEN else word[1:] if word.startswith(NOT_GIVEN * 2) else word for word in words
    )


def _written(value: str) -> str:
    if value == EMPTY:
        return NOT_GIVEN
    return NOT_GIVEN + value if value.startswith(NOT_GIVEN) else value


def _same_days(period: Period, month: Month) -> Period:
    return Period(month.first, min(month.first + timedelta(days=period.days), month.shift(1).first))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
