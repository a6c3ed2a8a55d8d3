"""What does every page with figures share: its question, its addresses, its pickers, how fresh its facts are?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from smarketing.analyses.doors import values_of
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES, EMPTY, TIME_DIMENSIONS, Question
from smarketing.analyses.records import Door
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text, same
from smarketing.facts.period import Clock, Month, Period, local_day
from smarketing.facts.query import Reader
from smarketing.jobs.export import to_csv, to_json, to_xlsx
from smarketing.metrics.wording import CLOCK_NAMES, say_day, say_moment, say_month, say_period
from smarketing.web.accounts.models import Role, User
from smarketing.web.accounts.rights import scope
from smarketing.web.reports import asking, reading
from smarketing.web.reports.asking import Defaults
from smarketing.web.reports.tables import Group, Look, narrowed
from smarketing.web.shell import language_of

FORMATS: Mapping[str, tuple[Callable[[Measurement, Company, Language], str | bytes], str]] = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (to_json, "application/json; charset=utf-8"),
}
# The pages that show a second period beside the first.
COMPARING = ("cockpit", "funnel", "qualification", "response", "focus")
# Filters that have a picker; any other dimension may stand in an address and shows as a chip.
PICKED = ("segment", "source_group", "lead_source", "manager")
# What a page keeps in its address beside the question.
KEPT = (
    "sort",
    "metric",
    "side",
    "step",
    "kind",
    "draft",
    "losses",
    "report",
    "ledger",
    "cohorts",
    "age",
    "hour",
    "beside",
    "against",
    "now",
    "then",
    "columns",
)
MANY = 60  # a picker with more values than this is a text field in disguise: left out


@dataclass(frozen=True)
class Page:
    """One request for figures. ``said`` is what the address says, ``question`` adds what the person may see."""

    request: HttpRequest
    facts: reading.Facts
    language: Language
    defaults: Defaults
    said: Question
    question: Question

    @classmethod
    def of(
        cls, request: HttpRequest, by: tuple[str, ...] = (), clock: Clock = Clock.COHORT, months: int = 1
    ) -> Page:
        """Read the address against the page's defaults and the person's scope."""
        facts = reading.newest()
        today = last_day(facts.reader)
        defaults = Defaults(today, by, clock, months)
        said = asking.parse(request.GET, defaults)
        question = replace(said, where={**said.where, **scope(cast(User, request.user))})
        return cls(request, facts, language_of(request), defaults, said, question)

    @property
    def reader(self) -> Reader:
        return self.facts.reader

    @property
    def company(self) -> Company:
        return self.facts.reader.company

    @property
    def today(self) -> date:
        return self.defaults.today

    @property
    def compares(self) -> bool:
        """Whether this page shows a comparison; the others only carry it along to those that do."""
        found = self.request.resolver_match
        return found is not None and found.url_name in COMPARING

    @property
    def sort(self) -> str:
        return self.request.GET.get("sort", "")

    def say(self, text: Text) -> str:
        return text.say(self.language)

    def href(self, question: Question | None = None, **more: str) -> str:
        """This page with another question; what the page itself keeps in the address stays unless given."""
        query = asking.to_query(question or self.said, self.defaults, **{**self._own(), **more})
        return f"{self.request.path}?{query}" if query else self.request.path

    def records(self, metric: str, keys: Mapping[str, str | int | None], **more: str) -> str:
        """The records behind a figure of a row."""
        question = self.said.split()
        for dimension, key in keys.items():
            if dimension in TIME_DIMENSIONS and key is not None:
                question = question.over(narrowed(question.period, dimension, key))
            elif dimension == "hour" and key is not None:  # a filter of the records alone
                more["hour"] = str(key)
            elif dimension in asking.FILTERS:  # anything else the rows are not known by
                question = question.only(dimension, EMPTY if key is None else str(key))
        query = asking.to_query(question, Defaults(self.today), metric=metric, **more)
        return f"{reverse('records')}?{query}"

    def behind(self, door: Door) -> str:
        """The records of a door that an answer made, whatever the address of this page says."""
        side = "" if door.side == "numerator" else door.side
        query = asking.to_query(door.question, Defaults(self.today), metric=door.metric, side=side)
        return f"{reverse('records')}?{query}"

    def elsewhere(self, name: str) -> str:
        """Another page about the same days and filters."""
        kept = self._kept()
        return f"{reverse(name)}?{kept}" if kept else reverse(name)

    def look(self, caption: Text, groups: tuple[Group, ...] = (), sort: str = "") -> Look:
        return Look(
            company=self.company,
            language=self.language,
            caption=f"{self.say(caption)}, {self.say(say_period(self.question.period))}",
            drill=self.records,
            sort_href=lambda key: self.href(sort=key),
            definition=definition,
            sort=self.sort or sort,
            today=self.today,
            groups=groups,
        )

    def exported(self, measurement: Measurement) -> HttpResponse | None:
        """The measurement as a file where the address asks for one."""
        made = {
            name: partial(make, measurement, self.company, self.language) for name, (make, _) in FORMATS.items()
        }
        start = self.question.period.start if self.question.period else "all"
        return self.file(made, f"{measurement.what}-{start}")

    def file(self, made: Mapping[str, Callable[[], str | bytes]], name: str) -> HttpResponse | None:
        """An answer as a file of this name where the address asks for a format that it can be made in."""
        wanted = self.request.GET.get("format", "")
        if wanted not in made:
            return None
        response = HttpResponse(made[wanted](), content_type=FORMATS[wanted][1])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
        return response

    def context(self, **more: Any) -> dict[str, Any]:
        """The part of a template's context that every page with figures needs."""
        return {
            "page": self,
            "keep": self._kept(),
            "period": self._period(),
            "filters": self._filters(),
            "chips": self._chips(),
            "asked": self.carried("draft"),
            "exports": [(name.upper(), self.href(format=name)) for name in FORMATS],
            "fresh_text": self.say(freshness(self.reader)),
            "clock_text": self.say(CLOCK_NAMES[self.question.clock]),
            **more,
        }

    def _kept(self) -> str:
        """What the menu carries to the next page: period, filters and comparison; the split is a page's own."""
        own = self.said.clock is self.defaults.clock
        said = replace(self.said, by=(), clock=Clock.COHORT if own else self.said.clock)
        if said.period == self.defaults.period:  # nobody chose it: the next page has its own
            said = said.over(Defaults(self.today).period)
        return asking.to_query(said, Defaults(self.today))

    def _period(self) -> dict[str, Any]:
        said = self.said
        shown = said.period or Period(self.today, date.fromordinal(self.today.toordinal() + 1))
        months = [Month.of(self.today).shift(-back) for back in range(12)]
        return {
            "text": say_period(said.period),
            "presets": [
                (text, self.href(said.over(period)), period == said.period)
                for text, period in asking.presets(self.today)
            ],
            "months": [
                (say_month(month, self.today), self.href(said.over(month.period)), month.period == said.period)
                for month in months
            ],
            "from": shown.start.isoformat(),
            "to": shown.last_day.isoformat(),
            "compare": self._compare() if self.compares else [],
            "clocks": [(clock.value, CLOCK_NAMES[clock], clock is said.clock) for clock in Clock],
            "hidden": self.carried(
                "period", "month", "from", "to", "clock", *(("compare",) if self.compares else ())
            ),
        }

    def _compare(self) -> list[tuple[str, Text, bool]]:
        period, compare = self.said.period, self.said.compare
        offered: list[tuple[str, Text, bool]] = [("", Text("не сравнивать", "none"), compare is None)]
        if period is None:
            return offered
        for word, text, other in (
            (asking.PREVIOUS, Text("с прошлым периодом", "the period before"), asking.previous(period)),
            (asking.YEAR_AGO, Text("с прошлым годом", "a year ago"), asking.year_ago(period)),
        ):
            days = say_period(other, self.today)
            said = Text(f"{text.ru}: {days.ru}", f"{text.en}: {days.en}")
            offered.append((word, said, compare == other))
        known = any(chosen for *_, chosen in offered)
        if compare and not known:
            word = dict(asking.pairs(self.said, self.defaults))["compare"]
            offered.append((word, say_period(compare, self.today), True))
        return offered

    def _filters(self) -> dict[str, Any]:
        fields = [field for field in (self._filter(dimension) for dimension in PICKED) if field]
        return {"fields": fields, "hidden": self.carried(*PICKED), "count": len(self.said.where)}

    def _filter(self, dimension: str) -> dict[str, Any] | None:
        if dimension == "manager" and _is_seller(self.request):
            return None
        values = self.values(dimension)
        if len(values) > MANY or values in ((), (None,)):
            return None
        chosen = {asking.word_for(value) for value in self.said.where.get(dimension, ())}
        return {
            "name": dimension,
            "label": DIMENSION_NAMES[dimension],
            "options": [
                (word, text, word in chosen)
                for word, text in asking.filter_choices(
                    ((value, say_key(self.company, dimension, value)) for value in values), self.language
                )
            ],
        }

    def values(self, dimension: str) -> tuple[str | None, ...]:
        """What stands in a dimension of the leads that this person sees."""
        where = scope(cast(User, self.request.user))
        return self.facts.answer(
            f"values:{dimension}", repr(sorted(where.items())), lambda: values_of(self.reader, dimension, where)
        )

    def _chips(self) -> list[tuple[str, str]]:
        """Every filter in words, with the address that takes it off."""
        chips = []
        for dimension, values in sorted(self.said.where.items()):
            rest = {key: value for key, value in self.said.where.items() if key != dimension}
            said = ", ".join(self.say(say_key(self.company, dimension, value or None)) for value in values)
            name = self.say(DIMENSION_NAMES.get(dimension, same(dimension)))
            chips.append((f"{name}: {said}", self.href(replace(self.said, where=rest))))
        if hour := self.request.GET.get("hour", ""):
            said = self.say(say_key(self.company, "hour", hour)) if hour.isdecimal() else hour
            chips.append((f"{self.say(DIMENSION_NAMES['hour'])}: {said}", self.href(hour="")))
        if self.said.compare and self.compares:
            days = say_period(self.said.compare, self.today)
            text = Text(f"Сравнение: {days.ru}", f"Compared with {days.en}")
            chips.append((self.say(text), self.href(replace(self.said, compare=None))))
        return chips

    def _own(self) -> dict[str, str]:
        """What the page keeps in its address; what was ticked one by one becomes one word."""
        said = self.request.GET
        return {**{key: said.get(key, "") for key in KEPT}, "columns": ",".join(said.getlist("columns"))}

    def carried(self, *left_out: str) -> asking.Pairs:
        """What a form of one picker must carry along."""
        kept = [(key, value) for key, value in self._own().items() if value]
        return [pair for pair in asking.pairs(self.said, self.defaults) + kept if pair[0] not in left_out]


def last_day(reader: Reader) -> date:
    """The last day the facts know of: facts known until midnight end with the day before."""
    return local_day(reader.known_until - timedelta(microseconds=1), reader.company.tz)


def freshness(reader: Reader) -> Text:
    """Until when the facts are known; whole days are said without a time."""
    local = reader.known_until.astimezone(reader.company.tz)
    whole = local.time() == time() or local.time() >= time(23, 59)
    return say_day(last_day(reader)) if whole else say_moment(local, reader.company.tz)


def definition(metric: str) -> str:
    """Where a metric is defined."""
    return f"{reverse('metrics')}#{metric}"


def _is_seller(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.role == Role.SELLER
