"""How is focus told? One sentence to remember, then what must be known beside the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from smarketing.analyses.focus.gathering import Gathered
from smarketing.analyses.focus.result import Amounts, Distance, Effort, Focus, FocusState, Resource
from smarketing.analyses.labels import say_key
from smarketing.analyses.result import Note
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Language, Text, plural
from smarketing.metrics.kinds import Number, Unit
from smarketing.metrics.wording import money_scale, say_interval, say_leads, say_number

CLOSE = 0.10  # a tenth lies within what segments shift by themselves: then they are said to go together

_APART: dict[Resource, Text] = {
    Resource.SPEND: Text(
        "{share} расходов маркетинга идёт не туда, откуда приходит выручка.",
        "{share} of marketing spend goes where the revenue does not come from.",
    ),
    Resource.LEADS: Text(
        "{share} лидов приходит не оттуда, откуда приходит выручка.",
        "{share} of leads come from where the revenue does not.",
    ),
}
_TOGETHER: dict[Resource, Text] = {
    Resource.SPEND: Text(
        "Расходы маркетинга идут туда же, откуда приходит выручка: расходится {share}.",
        "Marketing spend goes where the revenue comes from: {share} part ways.",
    ),
    Resource.LEADS: Text(
        "Лиды приходят оттуда же, откуда приходит выручка: расходится {share}.",
        "Leads come from where the revenue comes from: {share} part ways.",
    ),
}
_REFUSED = Text(
    "О фокусе судить рано: сегмент не указан у {share} {what} при допуске {limit}.",
    "Too early to speak of focus: the segment is not given for {share} of {what} against a tolerance of {limit}.",
)
_NO_REVENUE = Text("Выручки в этих данных нет: сравнивать не с чем.", "No revenue in these facts to compare with.")
_NOTHING = Text(
    "Нет ни расхода, ни лидов: сравнивать с выручкой нечего.",
    "There is neither spend nor leads to hold against the revenue.",
)
_OF_WHAT: dict[Resource, Text] = {
    Resource.SPEND: Text("расхода", "spend"),
    Resource.LEADS: Text("лидов", "leads"),
    Resource.EFFORT: Text("усилий продаж", "sellers' effort"),
    Resource.SALES: Text("продаж", "sales"),
    Resource.REVENUE: Text("выручки", "revenue"),
}
NAMES: dict[Resource, Text] = {
    Resource.SPEND: Text("расход", "spend"),
    Resource.LEADS: Text("лиды", "leads"),
    Resource.EFFORT: Text("усилия продаж", "sellers' effort"),
    Resource.SALES: Text("продажи", "sales"),
    Resource.REVENUE: Text("выручка", "revenue"),
}
_FOCUS = Text("Фокусный сегмент «{name}»: {shares}.", "The focus segment “{name}”: {shares}.")
_NO_FOCUS = Text(
    "Фокусный сегмент не назван: отметьте его в company.toml (focus = true).",
    "No focus segment is named: mark it in company.toml (focus = true).",
)
_DISTANCES = Text(
    "Сколько пришлось бы переложить (и расхождение в битах): {pairs}.",
    "What would have to move (and the divergence in bits): {pairs}.",
)
_ALL = Text(
    "Расход, лиды, усилия продаж и выручка вместе расходятся на {bits} бита.",
    "Spend, leads, sellers' effort and revenue together part by {bits} bits.",
)
_EFFORT = {
    Effort.MINUTES: Text(
        "Усилия продаж посчитаны в минутах действий.", "Effort is counted in minutes of actions."
    ),
    Effort.ACTIONS: Text(
        "Минуты есть не у всех действий: усилия продаж — в числе действий.",
        "Not all actions carry minutes: sellers' effort is in the number of actions.",
    ),
    None: Text(
        "Действия продавцов не загружены: усилия продаж неизвестны.",
        "Sellers' actions are not loaded: their effort is not known.",
    ),
}
_UNTIMED = Text("Без минут действий: {count}.", "Actions without minutes: {count}.")
_LOOSE = Text(
    "Действий без лида: {count}. Их не отнести ни к одному сегменту, здесь их нет.",
    "Actions without a lead: {count}. They belong to no segment and are not here.",
)
_UNDER_TEST = Text(
    "Проверяется отдельно и в доли не входит: {segments}.", "Under test, listed apart, in no share: {segments}."
)
_REFUNDS = Text(
    "Возвраты больше продаж, доля принята за ноль: {segments}.",
    "Refunds above sales, the share is taken as zero: {segments}.",
)


def told(answer: Focus, company: Company, found: Gathered) -> Focus:
    """The same answer with its headline and its notes."""
    said = replace(answer, headline=_headline(answer, company))
    notes = (*_notes(said, company, found), *answer.table.notes)
    return replace(said, table=replace(answer.table, notes=notes))


def _headline(answer: Focus, company: Company) -> Text:
    if answer.state is FocusState.NO_REVENUE:
        return _NO_REVENUE
    if answer.state is FocusState.NOTHING_TO_COMPARE:
        return _NOTHING
    if answer.state is FocusState.UNKNOWN_SEGMENT:
        return _refusal(answer, company)
    resource = Resource.SPEND if Resource.SPEND in answer.shares else Resource.LEADS
    found = answer.distance(resource, Resource.REVENUE)
    if found is None:
        return _NOTHING
    saying = _TOGETHER if found.variation < CLOSE else _APART
    return saying[resource].fill(share=_percent(found.variation))


def _refusal(answer: Focus, company: Company) -> Text:
    limit = company.verdict.max_unknown_segment
    order = (Resource.LEADS, Resource.SPEND, Resource.REVENUE)
    worst = next(one for one in order if answer.unknown.get(one, 0.0) > float(limit))
    return _REFUSED.fill(share=_percent(answer.unknown[worst]), what=_OF_WHAT[worst], limit=_percent(float(limit)))


def _notes(answer: Focus, company: Company, found: Gathered) -> Iterator[Note]:
    yield Note("focus", answer.headline)
    yield _focus_note(answer, company)
    if answer.distances:
        yield Note("distances", _DISTANCES.fill(pairs=_listed([_pair(one) for one in answer.distances])))
    if answer.together is not None:
        yield Note("together", _ALL.fill(bits=_bits(answer.together)))
    yield Note(f"effort-{answer.effort.value if answer.effort else 'none'}", _EFFORT[answer.effort])
    if found.untimed:
        yield Note("untimed-actions", _UNTIMED.fill(count=found.untimed))
    if found.without_lead:
        yield Note("actions-without-lead", _LOOSE.fill(count=found.without_lead))
    if answer.under_test:
        listed = _listed([_amounts(one, company) for one in answer.under_test])
        yield Note("under-test", _UNDER_TEST.fill(segments=listed))
    refunded = [one for one in answer.segments if one.of[Resource.REVENUE] < 0]
    if refunded:
        names = _listed([say_key(company, "segment", one.segment) for one in refunded])
        yield Note("refunds", _REFUNDS.fill(segments=names))


def _focus_note(answer: Focus, company: Company) -> Note:
    if answer.focus_segment is None:
        return Note("no-focus-segment", _NO_FOCUS)
    shares = [
        Text(
            f"{_percent(float(one.figure.value)).ru} {_OF_WHAT[one.resource].ru}",
            f"{_percent(float(one.figure.value)).en} of {_OF_WHAT[one.resource].en}",
        )
        for one in reversed(answer.focus_shares)
        if one.figure.value is not None
    ]
    name = say_key(company, "segment", answer.focus_segment)
    nothing = Text("в этих данных его нет", "it is not in these facts")
    return Note("focus-segment", _FOCUS.fill(name=name, shares=_listed(shares) if shares else nothing))


def _pair(one: Distance) -> Text:
    def say(language: Language) -> str:
        names = f"{NAMES[one.first].say(language)} → {NAMES[one.second].say(language)}"
        bounds = one.variation_interval
        interval = f", {say_interval(bounds, Unit.SHARE, language)}" if bounds else ""
        return f"{names} {_percent(one.variation).say(language)} ({_bits(one.bits).say(language)}{interval})"

    return _both(say)


def _amounts(one: Amounts, company: Company) -> Text:
    leads = int(one.of[Resource.LEADS])
    sales = int(one.of[Resource.SALES])
    sold = plural(sales, ("продажа", "продажи", "продаж"), ("sale", "sales"))
    name = say_key(company, "segment", one.segment)

    def money(amount: Number, language: Language) -> str:
        return say_number(amount, Unit.MONEY, language, company.currency, money_scale([amount]))

    return _both(
        lambda language: (
            f"{name.say(language)} ({NAMES[Resource.SPEND].say(language)} "
            f"{money(one.of[Resource.SPEND], language)}, {say_leads(leads).say(language)}, "
            f"{sales} {sold.say(language)}, {NAMES[Resource.REVENUE].say(language)} "
            f"{money(one.of[Resource.REVENUE], language)})"
        )
    )


def _listed(texts: Sequence[Text]) -> Text:
    return Text("; ".join(text.ru for text in texts), "; ".join(text.en for text in texts))


def _percent(value: float) -> Text:
    """A share in a sentence is whole: the sentence is to be remembered, the table to be looked up."""
    exact = Decimal(str(round(value, 6)))
    return _both(lambda language: say_number(exact, Unit.SHARE, language, digits=0))


def _bits(value: float) -> Text:
    return _both(lambda language: say_number(Decimal(str(round(value, 6))), Unit.RATIO, language, digits=3))


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
