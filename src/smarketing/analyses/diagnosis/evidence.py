"""How does a figure become evidence? Held against the plan, the company's own limit, or a limit of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from smarketing.analyses.attention import is_broken
from smarketing.analyses.diagnosis.result import Case, Evidence, State
from smarketing.analyses.measuring import measure
from smarketing.analyses.questions.kinds import KINDS, door
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause, Part
from smarketing.analyses.verdict.words import LABEL_NAMES, headline, question, sentence
from smarketing.facts.company import Guardrail, Zone
from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.metrics.catalogue import METRICS, name_of
from smarketing.metrics.kinds import Figure, Number, Unit
from smarketing.metrics.wording import say, say_number
from smarketing.stats.uncertainty import Label

_PART = Text("{cause}: {label}. {fact}", "{cause}: {label}. {fact}")
_ASK = {
    Zone.MARKETING: Text("Спросить руководителя маркетинга: {question}", "Ask the head of marketing: {question}"),
    Zone.SALES: Text("Спросить руководителя продаж: {question}", "Ask the head of sales: {question}"),
    Zone.JOINT: Text("Спросить обоих руководителей: {question}", "Ask both heads: {question}"),
    Zone.COMPANY: Text("Обсудить с основателем: {question}", "Discuss with the founder: {question}"),
}
_FEW = Text("{cause}: продаж слишком мало, чтобы судить.", "{cause}: too few sales to judge.")
_MORE_SALES = Text(
    "Подождать, пока дозреет больше продаж, или разобрать квартал целиком.",
    "Wait for more sales to ripen, or look at the whole quarter.",
)
_NO_CAUSE = Text(
    "{cause}: в этом месяце не выделяется, не хватает фактов.",
    "{cause}: cannot be told apart this month, facts are missing.",
)
_NOTES = Text("См. примечания к выводу.", "See the notes of the verdict.")
_LIMIT = Text("{name}: {value} при пороге {limit}", "{name}: {value} against a limit of {limit}")
_OURS = Text(" (порог наш: свой задаётся в guardrails)", " (the limit is ours: set your own in guardrails)")
_VALUE = Text("{name}: {value}", "{name}: {value}")


def of_cause(case: Case, cause: Cause) -> Evidence:
    """A cause of the verdict: beyond chance and against the plan needs attention, within chance is in order."""
    part, name = case.verdict.part(cause), CAUSE_NAMES[cause]
    if part is None:
        text = _NO_CAUSE.fill(cause=name)
        return Evidence(cause.value, text, State.CANNOT_JUDGE, missing=_why(case), action=_NOTES)
    kind = KINDS[cause]
    figure = Figure(kind.metric, kind.unit, part.reading.fact, zone=part.zone)
    seen = Evidence(
        cause.value, _FEW.fill(cause=name), State.CANNOT_JUDGE, figure, part.reading.plan, zone=part.zone,
        records=door(cause, part.effect, case.question),
    )  # fmt: skip
    if part.label is Label.TOO_LITTLE_DATA or part.label is None:
        return replace(seen, action=_MORE_SALES, missing=seen.text)
    fact = sentence(part, case.company)
    said = _PART.fill(cause=name, label=LABEL_NAMES[part.label], fact=fact)
    if part.is_confirmed and part.effect < 0:
        return replace(seen, text=said, state=State.ATTENTION, action=_ask(part))
    return replace(seen, text=said, state=State.IN_ORDER)


def of_limit(
    case: Case, code: str, metric: str, action: Text, missing: Text, ours: Guardrail | None = None
) -> Evidence:
    """A metric of the month against the company's own limit, else ``ours``; without either only to know."""
    company, figure = case.company, measure(case.reader, case.question, (metric,)).total.figures[metric]
    seen = Evidence(code, missing, None, figure, zone=figure.zone)
    if figure.value is None:
        return replace(seen, state=State.CANNOT_JUDGE, action=action, missing=missing)
    seen = replace(seen, records=Door(metric, case.question))
    name = name_of(METRICS[metric], company)
    value = said(lambda language: say(figure, language, company.currency))
    own = next((one for one in company.guardrails if one.metric == figure.metric), None)
    limit = own or ours
    if limit is None:
        return replace(seen, text=_sentence(_VALUE.fill(name=name, value=value)))
    bound = said(lambda language: say_number(limit.limit, figure.unit, language, company.currency))
    text = _LIMIT.fill(name=name, value=value, limit=bound)
    text = _sentence(text if own else _plus(text, _OURS))
    broken = is_broken(limit, figure)
    return replace(
        seen,
        text=text,
        state=State.ATTENTION if broken else State.IN_ORDER,
        norm=float(limit.limit),
        action=action if broken else None,
    )


def ratio(metric: str, top: Number, bottom: Number) -> Figure:
    """A share that no metric of the catalogue measures, with its parts."""
    value = None if not bottom else Decimal(top) / Decimal(bottom)
    return Figure(metric, Unit.SHARE, value, top, bottom, n=int(bottom))


def percent(value: Number | float) -> Text:
    exact = Decimal(str(round(float(value), 6)))
    return said(lambda language: say_number(exact, Unit.SHARE, language))


def number(count: int) -> Text:
    return said(lambda language: say_number(count, Unit.COUNT, language))


def said(say_it: Callable[[Language], str]) -> Text:
    """One figure in both languages."""
    ru, en = (say_it(language) for language in LANGUAGES)
    return Text(ru, en)


def _ask(part: Part) -> Text | None:
    asked = question(part)
    return None if asked is None else _ASK[part.zone].fill(question=asked)


def _why(case: Case) -> Text:
    found = next((note.text for note in case.verdict.notes), None)
    return found or headline(case.verdict, case.company)


def _plus(first: Text, second: Text) -> Text:
    return Text(first.ru + second.ru, first.en + second.en)


def _sentence(text: Text) -> Text:
    return Text(f"{text.ru}.", f"{text.en}.")
