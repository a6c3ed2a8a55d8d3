"""How is a verdict told? Facts first, nobody is blamed, and what is within chance gets no question."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from smarketing.analyses.planning.record import Standing
from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause, Part, PlanKind, Verdict, VerdictState
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import LANGUAGES, Language, Text, same
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import money_scale, say_month, say_number, say_period
from smarketing.stats.uncertainty import Label

LABEL_NAMES: dict[Label, Text] = {
    Label.CONFIRMED: Text("заметный сдвиг", "notable change"),
    Label.WITHIN_CHANCE: Text("обычный разброс", "ordinary variation"),
    Label.TOO_LITTLE_DATA: Text("мало данных", "too little data"),
}
# Of two groups of the same days: nothing was before or after, so nothing has moved.
GROUP_LABEL_NAMES = LABEL_NAMES | {Label.CONFIRMED: Text("заметная разница", "notable difference")}

PLAN_NAMES: dict[PlanKind, Text] = {
    PlanKind.GIVEN: Text("план компании", "the company's plan"),
    PlanKind.SCALED: Text("план по выручке, доли из дозревших месяцев", "planned revenue, shares of ripe months"),
    PlanKind.IMPLIED: Text("вместо плана — дозревшие месяцы", "ripe months in place of a plan"),
}

_CONFIRMED: dict[tuple[Zone, ...], Text] = {
    (Zone.MARKETING, Zone.SALES): Text("подтверждён обоими руководителями", "confirmed by both heads"),
    (Zone.MARKETING,): Text(
        "подтверждён только руководителем маркетинга", "confirmed by the head of marketing alone"
    ),
    (Zone.SALES,): Text("подтверждён только руководителем продаж", "confirmed by the head of sales alone"),
    (): Text("никем не подтверждён", "confirmed by nobody"),
}

_NO_VERDICT: dict[VerdictState, Text] = {
    VerdictState.NO_PLAN: Text(
        "Сравнить {month} не с чем: плана нет, дозревших месяцев тоже.",
        "There is nothing to hold {month} against: no plan and no ripe months.",
    ),
    VerdictState.NO_LEADS: Text("В месяце {month} лидов нет.", "No leads came in {month}."),
    VerdictState.NOT_STARTED: Text(
        "Сравнивать {month} рано: в данных нет ни одного его рабочего дня.",
        "It is early to judge {month}: the facts hold no working day of it.",
    ),
}
_ZERO_PLAN = Text(
    "План на {month} — ноль: отклонение не на что разложить.",
    "The plan of {month} is nought: there is nothing to split the gap by.",
)
_BEHIND = Text("{when}: выручка на {amount} ниже плана.", "{when}: revenue {amount} below plan.")
_AHEAD = Text("{when}: выручка на {amount} выше плана.", "{when}: revenue {amount} above plan.")
_AS_PLANNED = Text("{when}: выручка ровно по плану.", "{when}: revenue exactly as planned.")
_MAIN = Text("Главная причина: {cause}, {effect}.", "The main cause is {cause}, {effect}.")
_AGAINST = Text("Против хода месяца заметен сдвиг: {cause}, {effect}.", "Against it stands {cause}, {effect}.")
_TIMING = Text(
    "Ещё {effect} дают оплаты по лидам других месяцев.",
    "Payments of other months' leads account for another {effect}.",
)
_CHANCE = Text(
    "Заметных сдвигов нет: такое отклонение бывает и при верном плане.",
    "Nothing has notably changed: a right plan misses like this, too.",
)
_TOO_FEW = Text("Продаж слишком мало, чтобы назвать причину.", "Too few sales to name a cause.")

_READINGS: dict[Cause, tuple[Unit, Text]] = {
    Cause.VOLUME: (Unit.COUNT, Text("Лидов {fact} при плане {plan}.", "{fact} leads against {plan} planned.")),
    Cause.MIX: (
        Unit.SHARE,
        Text(
            "Доля самого доходного по плану сегмента {fact} вместо {plan}.",
            "The segment planned to bring most money is {fact} of leads instead of {plan}.",
        ),
    ),
    Cause.QUALITY: (
        Unit.SHARE,
        Text("Целевых {fact} при плане {plan}.", "{fact} of leads are target against {plan} planned."),
    ),
    Cause.HANDLING: (
        Unit.SHARE,
        Text(
            "Вовремя отвечено {fact} целевых при плане {plan}.",
            "{fact} of target leads answered in time against {plan} planned.",
        ),
    ),
    Cause.CONVERSION: (
        Unit.SHARE,
        Text(
            "Из обработанных купили {fact} при плане {plan} к этому возрасту.",
            "{fact} of handled leads bought against {plan} planned by this age.",
        ),
    ),
    Cause.ORDER_VALUE: (
        Unit.MONEY,
        Text("Средний чек {fact} при плане {plan}.", "Average order {fact} against {plan} planned."),
    ),
}
_ACCOUNT_LINES: dict[Cause, Text] = {
    Cause.OUTSIDE: Text(
        "Продажи лидам, которые не прошли критерии или не были обработаны вовремя.",
        "Sales to leads that did not meet the criteria or were not handled in time.",
    ),
    Cause.TIMING: Text(
        "Оплаты по лидам других месяцев за вычетом оплат этих лидов, которые пришли или придут в другие месяцы.",
        "Payments of other months' leads less those of this month's leads that fall into other months.",
    ),
}
# The one wording of what is asked of a cause; «of» narrows it to a segment or a source.
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
_OF_ALL = same("")
# Of all leads together a share of leads would mean nothing.
_MIX_LOST = Text(
    "Что вернёт долю сегмента, от которого план ждёт больше всего выручки?",
    "What would bring back the segment the plan expects most revenue from?",
)
_MIX_GAINED = Text(
    "Что подняло долю сегмента, от которого план ждёт больше всего выручки, и как её удержать?",
    "What raised the share of the segment the plan expects most revenue from, and how can it be kept?",
)


def headline(verdict: Verdict, company: Company) -> Text:
    """The conclusion of a page: the gap, and its main cause if one is beyond chance."""
    if verdict.state is not VerdictState.JUDGED:
        is_zero = verdict.state is VerdictState.NO_PLAN and verdict.plan_kind is not None
        return (_ZERO_PLAN if is_zero else _NO_VERDICT[verdict.state]).fill(month=say_month(verdict.month))
    when = say_period(verdict.period)
    opening = _AS_PLANNED if not verdict.gap else (_BEHIND if verdict.gap < 0 else _AHEAD)
    said = opening.fill(when=_capital(when), amount=_money(abs(verdict.gap), company.currency, signed=False))
    sentences = [said, _why(verdict, company), *_timing(verdict, company)]
    return Text(" ".join(text.ru for text in sentences), " ".join(text.en for text in sentences))


def standing_name(standing: Standing) -> Text:
    """By whom a plan is confirmed: by both heads, by one, by nobody."""
    return _CONFIRMED[standing.confirmed_by]


def plan_name(verdict: Verdict) -> Text | None:
    """What the month was held against, and who confirmed it; None without a plan."""
    if verdict.plan_kind is None:
        return None
    name = PLAN_NAMES[verdict.plan_kind]
    if verdict.standing is None:
        return name
    said = standing_name(verdict.standing)
    return Text(f"{name.ru}, {said.ru}", f"{name.en}, {said.en}")


def main_cause(verdict: Verdict) -> Part | None:
    """The confirmed cause that pulls hardest the way the gap went; None when there is none."""
    sign = -1 if verdict.gap < 0 else 1
    pulling = [part for part in verdict.parts if part.is_confirmed and part.effect * sign > 0]
    return max(pulling, key=lambda part: abs(part.effect), default=None)


def sentence(part: Part, company: Company) -> Text:
    """The fact behind a cause, in one sentence."""
    if part.cause in _ACCOUNT_LINES:
        return _ACCOUNT_LINES[part.cause]
    unit, text = _READINGS[part.cause]
    return text.fill(
        plan=_value(part.reading.plan, unit, company.currency),
        fact=_value(part.reading.fact, unit, company.currency),
    )


def question(part: Part) -> Text | None:
    """What to ask the head whose zone it is; None within chance: there nobody is asked."""
    return open_question(part) if part.is_confirmed and part.cause in _LOST else None


def open_question(part: Part, of: Text = _OF_ALL) -> Text:
    """What is asked of a cause that lost revenue or brought it; ``of`` says of which leads."""
    if part.cause is Cause.MIX and not of.ru:
        return _MIX_GAINED if part.effect >= 0 else _MIX_LOST
    return (_GAINED if part.effect >= 0 else _LOST)[part.cause].fill(of=of)


def clock_name(verdict: Verdict) -> Text:
    """Which money the verdict speaks of."""
    if verdict.clock is Clock.PERIOD:
        return Text("оплаты месяца", "payments of the month")
    return Text("что принесли лиды месяца", "what the month's leads brought")


def _why(verdict: Verdict, company: Company) -> Text:
    cause, saying = main_cause(verdict), _MAIN
    if cause is None:
        against = [part for part in verdict.parts if part.is_confirmed]
        cause, saying = max(against, key=lambda part: abs(part.effect), default=None), _AGAINST
    if cause is not None:
        name = CAUSE_NAMES[cause.cause]
        effect = _money(cause.effect, company.currency, signed=True)
        return saying.fill(cause=Text(name.ru.lower(), name.en.lower()), effect=effect)
    labels = {part.label for part in verdict.parts if part.label is not None}
    return _TOO_FEW if labels == {Label.TOO_LITTLE_DATA} else _CHANCE


def _timing(verdict: Verdict, company: Company) -> list[Text]:
    """Said where it makes more of the gap than any cause: else the reader looks for the rest in vain."""
    line = verdict.part(Cause.TIMING)
    others = [abs(part.effect) for part in verdict.parts if part.cause is not Cause.TIMING]
    if line is None or line.effect * verdict.gap <= 0 or abs(line.effect) <= max(others, default=Decimal(0)):
        return []
    return [_TIMING.fill(effect=_money(line.effect, company.currency, signed=True))]


def _money(amount: Decimal, currency: str, *, signed: bool) -> Text:
    scale = money_scale([amount])
    return _said(lambda language: say_number(amount, Unit.MONEY, language, currency, scale, signed=signed))


def _value(value: float | None, unit: Unit, currency: str) -> Text:
    if value is None:
        return Text("—", "—")
    number = Decimal(str(round(value, 6)))
    digits = 0 if unit is Unit.COUNT else None
    return _said(lambda language: say_number(number, unit, language, currency, digits=digits))


def _said(say: Callable[[Language], str]) -> Text:
    ru, en = (say(language) for language in LANGUAGES)
    return Text(ru, en)


def _capital(text: Text) -> Text:
    return Text(text.ru[:1].upper() + text.ru[1:], text.en[:1].upper() + text.en[1:])
