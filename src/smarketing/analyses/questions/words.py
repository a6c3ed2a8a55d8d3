"""How is a question asked? Open, from a figure, of a process and not of a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import EMPTY
from smarketing.analyses.questions.memory import Asked, Remembered
from smarketing.analyses.questions.refining import BySource, Where
from smarketing.analyses.verdict.result import Cause, Part
from smarketing.analyses.verdict.words import open_question, sentence
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Language, Text, same
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import money_scale, say_day, say_number

NOTHING = Text("", "")

_BY_CRITERION = Text(
    "Что изменить в привлечении лидов{of}, чтобы среди них реже встречалось «{criterion}»?",
    "What could change in how leads{of} are won, so that “{criterion}” is met less often among them?",
)
_BY_STAGE = Text(
    "Что поможет обработанным лидам{of} пройти стадию «{stage}»?",
    "What would help handled leads{of} through the stage “{stage}”?",
)
_BY_REASON = Text(
    "Что поможет обработанным лидам{of} пройти стадию «{stage}», где чаще всего называют причину «{reason}»?",
    "What would help handled leads{of} through the stage “{stage}”, where “{reason}” is named most often?",
)
_OF_SEGMENT = Text(" сегмента «{name}»", " of the segment “{name}”")
_OF_NO_SEGMENT = Text(" без указанного сегмента", " without a segment given")
_OF_SOURCE = Text(" из источника «{name}»", " from the source “{name}”")
_OF_NO_SOURCE = Text(" без указанного источника", " without a source given")
_SEGMENT_FACT = Text(
    " Больше всего приходится на сегмент «{name}»: {effect}.", " Most of it is in the segment “{name}”: {effect}."
)
_NUMBER = Text(
    " Источник «{name}»: {now} при обычных {usual} за столько же дней.",
    " The source “{name}”: {now} where {usual} are usual in as many days.",
)
_RATE = Text(
    " Источник «{name}»: {now} при {usual} за три месяца до этого.",
    " The source “{name}”: {now} against {usual} in the three months before.",
)
_SETTLED = Text(
    "Уже спрошено {day}, цифра не сдвинулась с {value}.",
    "Asked already on {day}; the figure has not moved from {value}.",
)
_MOVED = Text(
    "Спрашивали {day} при {value}: с тех пор цифра сдвинулась.",
    "Asked on {day} at {value}: the figure has moved since.",
)
_GONE = Text(
    "Спрошено {day} при {value}: сейчас цифры этого не спрашивают.",
    "Asked on {day} at {value}: the figures do not ask it now.",
)
_ANSWER = Text("Ответ {day}: {answer}", "Answered on {day}: {answer}")
_OTHERS = Text(
    " Источник «{name}»: {now} при {usual} у остальных.",
    " The source “{name}”: {now} against {usual} of the rest.",
)


def asked(
    part: Part, company: Company, where: Where, criterion: Text | None, stage: str | None, reason: str | None
) -> Text:
    """The question itself, narrowed to what the data show."""
    of = _of(company, where)
    if part.effect >= 0:
        return open_question(part, of)
    if part.cause is Cause.QUALITY and criterion is not None:
        return _BY_CRITERION.fill(of=of, criterion=criterion)
    if part.cause is Cause.CONVERSION and stage is not None:
        named = say_key(company, "loss_stage", stage)
        if reason is None:
            return _BY_STAGE.fill(of=of, stage=named)
        return _BY_REASON.fill(of=of, stage=named, reason=say_key(company, "loss_reason", reason))
    return open_question(part, of)


def fact(part: Part, company: Company, where: Where, source: BySource | None) -> Text:
    """The figures behind it: plan and fact, the segment's money, what stands out about the source."""
    said = sentence(part, company)
    # The mix of one segment alone means nothing in money: one share falls because another rises.
    if "segment" in where and part.cause is not Cause.MIX:
        key = where["segment"][0] or None
        effect = _money(part.by_segment[key], company.currency)
        said = _plus(said, _SEGMENT_FACT.fill(name=say_key(company, "segment", key), effect=effect))
    return said if source is None else _plus(said, _source_fact(company, source, part.cause))


def standing(one: Remembered, company: Company) -> Text | None:
    """Whether the question was asked before, and at which figure; None where it never was."""
    if one.asked is None:
        return None
    return (_MOVED if one.has_moved else _SETTLED).fill(**_when(one.asked, company))


def gone_by(asked_before: Asked, company: Company) -> Text:
    """A question that was asked and that the figures do not ask today."""
    return _GONE.fill(**_when(asked_before, company))


def answered(asked_before: Asked, company: Company) -> Text | None:
    """What the head said, and when; None where no answer has been written down."""
    answer = asked_before.answer
    return None if answer is None else _ANSWER.fill(day=_day(answer.at, company), answer=same(answer.text))


def _when(asked_before: Asked, company: Company) -> dict[str, Text]:
    pinned = asked_before.pinned
    value = same("—") if pinned.value is None else _number(pinned.value, pinned.unit, company.currency)
    return {"day": _day(asked_before.at, company), "value": value}


def _day(moment: datetime, company: Company) -> Text:
    return say_day(moment.astimezone(company.tz).date())


def _source_fact(company: Company, source: BySource, cause: Cause) -> Text:
    counts = cause in (Cause.VOLUME, Cause.MIX)
    saying = _NUMBER if counts else _OTHERS if source.among_others else _RATE
    unit = Unit.COUNT if counts else Unit.SHARE
    now, usual = (_number(value, unit) for value in (source.now, source.usual))
    return saying.fill(name=say_key(company, "lead_source", source.source), now=now, usual=usual)


def _of(company: Company, where: Where) -> Text:
    segment = _narrowed(company, "segment", where, _OF_SEGMENT, _OF_NO_SEGMENT)
    return _plus(segment, _narrowed(company, "lead_source", where, _OF_SOURCE, _OF_NO_SOURCE))


def _narrowed(company: Company, dimension: str, where: Where, named: Text, unnamed: Text) -> Text:
    values = where.get(dimension)
    if not values:
        return NOTHING
    return unnamed if values[0] == EMPTY else named.fill(name=say_key(company, dimension, values[0]))


def _number(value: float, unit: Unit, currency: str = "RUB") -> Text:
    exact = Decimal(str(round(value, 6)))
    digits = 0 if unit is Unit.COUNT else None
    return _both(lambda language: say_number(exact, unit, language, currency, digits=digits))


def _money(amount: Decimal, currency: str) -> Text:
    scale = money_scale([amount])
    return _both(lambda language: say_number(amount, Unit.MONEY, language, currency, scale, signed=True))


def _plus(first: Text, second: Text) -> Text:
    return Text(first.ru + second.ru, first.en + second.en)


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
