"""How is a question asked? Open, from a figure, of a process and not of a person."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import EMPTY
from smarketing.analyses.questions.refining import BySource, Where
from smarketing.analyses.verdict.result import Cause, Part
from smarketing.analyses.verdict.words import sentence
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import money_scale, say_number

NOTHING = Text("", "")

_LOST: dict[Cause, Text] = {
    Cause.VOLUME: Text(
        "Что изменилось в том, как приходят лиды{of}, и что вернёт их число?",
        "What has changed in how leads{of} come, and what would bring their number back?",
    ),
    Cause.MIX: Text(
        "Что вернёт долю лидов{of} среди всех обращений?",
        "What would bring back the share of leads{of} among all enquiries?",
    ),
    Cause.QUALITY: Text(
        "Какой критерий чаще всего не выполняется у лидов{of} и где это видно до заявки?",
        "Which criterion fails most often for leads{of}, and where does it show before the enquiry?",
    ),
    Cause.HANDLING: Text(
        "Что занимает время до первого ответа лидам{of} и что можно снять с менеджеров?",
        "What takes the time before the first answer to leads{of}, and what can be taken off the managers?",
    ),
    Cause.CONVERSION: Text(
        "Какая стадия удерживает обработанных лидов{of} и что поможет её пройти?",
        "Which stage holds handled leads{of} back, and what would help them through?",
    ),
    Cause.ORDER_VALUE: Text(
        "Что изменилось в составе заказов{of} и в скидках?",
        "What has changed in the contents of orders{of} and in discounts?",
    ),
}
_GAINED: dict[Cause, Text] = {
    Cause.VOLUME: Text(
        "Что привело больше лидов{of}, чем в плане, и что из этого закрепить?",
        "What brought more leads{of} than planned, and what of it is worth keeping?",
    ),
    Cause.MIX: Text(
        "Что подняло долю лидов{of} и как её удержать?",
        "What raised the share of leads{of}, and how can it be kept?",
    ),
    Cause.QUALITY: Text(
        "Что подняло долю целевых среди лидов{of} и как её удержать?",
        "What raised the share of target leads among those{of}, and how can it be kept?",
    ),
    Cause.HANDLING: Text(
        "Что ускорило первый ответ лидам{of} и как это закрепить?",
        "What made the first answer to leads{of} faster, and how can it be kept?",
    ),
    Cause.CONVERSION: Text(
        "Что помогло обработанным лидам{of} покупать чаще плана и как это закрепить?",
        "What helped handled leads{of} to buy more often than planned, and how can it be kept?",
    ),
    Cause.ORDER_VALUE: Text(
        "Что подняло средний чек заказов{of} и как его удержать?",
        "What raised the average value of orders{of}, and how can it be kept?",
    ),
}
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
        return _GAINED[part.cause].fill(of=of)
    if part.cause is Cause.QUALITY and criterion is not None:
        return _BY_CRITERION.fill(of=of, criterion=criterion)
    if part.cause is Cause.CONVERSION and stage is not None:
        named = say_key(company, "loss_stage", stage)
        if reason is None:
            return _BY_STAGE.fill(of=of, stage=named)
        return _BY_REASON.fill(of=of, stage=named, reason=say_key(company, "loss_reason", reason))
    return _LOST[part.cause].fill(of=of)


def fact(part: Part, company: Company, where: Where, source: BySource | None) -> Text:
    """The figures behind it: plan and fact, the segment's money, what stands out about the source."""
    said = sentence(part, company)
    # The mix of one segment alone means nothing in money: one share falls because another rises.
    if "segment" in where and part.cause is not Cause.MIX:
        key = where["segment"][0] or None
        effect = _money(part.by_segment[key], company.currency)
        said = _plus(said, _SEGMENT_FACT.fill(name=say_key(company, "segment", key), effect=effect))
    return said if source is None else _plus(said, _source_fact(company, source, part.cause))


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


def _number(value: float, unit: Unit) -> Text:
    exact = Decimal(str(round(value, 6)))
    digits = 0 if unit is Unit.COUNT else None
    return _both(lambda language: say_number(exact, unit, language, digits=digits))


def _money(amount: Decimal, currency: str) -> Text:
    scale = money_scale([amount])
    return _both(lambda language: say_number(amount, Unit.MONEY, language, currency, scale, signed=True))


def _plus(first: Text, second: Text) -> Text:
    return Text(first.ru + second.ru, first.en + second.en)


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
