"""How is a forecast told? The month's end with its doubt, the chance of the plan, what is missing; no blame."""

from __future__ import annotations

from decimal import Decimal

from smarketing.analyses.forecast.result import Forecast, ForecastState, LeadsNeeded, Method, OpenDeals
from smarketing.analyses.labels import say_key
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Text, plural
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import NBSP, Scale, money_scale, say_interval, say_month, say_number

FEW, MOST = 0.05, 0.95  # chances beyond these are not told to the point

NO_FORECAST: dict[ForecastState, Text] = {
    ForecastState.OVER: Text(
        "{month}: месяц закончился, его выручка {booked}.", "{month} is over: its revenue is {booked}."
    ),
    ForecastState.NOT_STARTED: Text(
        "{month}: месяц ещё не начался, данные кончаются раньше.",
        "{month} has not begun: the facts end before it.",
    ),
    ForecastState.NO_MONEY: Text(
        "Прогноза нет: не известно ни одной оплаты с её днём.",
        "There is no forecast: no payment is known with its day.",
    ),
    ForecastState.UNDATED: Text(
        "Прогноза нет: больше чем у десятой части денег неизвестен день оплаты.",
        "There is no forecast: the day of payment is unknown for over a tenth of the money.",
    ),
    ForecastState.TOO_LITTLE: Text(
        "Прогноза пока нет: модель не прошла проверку на прошлых месяцах, а оплат, чтобы увидеть темп, ещё нет.",
        "There is no forecast yet: the model has not passed its test on past months, and nothing is paid yet to "
        "show a run-rate.",
    ),
}
_COMES_TO = Text(
    "{month}: к концу месяца около {value}{interval}.", "{month}: about {value} by its end{interval}."
)
_BY_RATE = Text(
    "{month}: если темп сохранится, к концу месяца {value}{interval}.",
    "{month}: {value} by its end if the run-rate holds{interval}.",
)
_INTERVAL = Text(" (интервал 80{nbsp}%: {bounds})", " (80% interval: {bounds})")
_PLAN = Text("План {plan}, шанс выполнить {chance}.", "The plan is {plan}, the chance to make it {chance}.")
_PLAN_ALONE = Text("План {plan}.", "The plan is {plan}.")
_UNDER, _OVER = Text("меньше 5{nbsp}%", "under 5%"), Text("больше 95{nbsp}%", "over 95%")

_TARGET = (("целевой лид", "целевых лида", "целевых лидов"), ("target lead", "target leads"))
_ANY = (("лид", "лида", "лидов"), ("lead", "leads"))
_LEADS = Text(
    "Не хватает {count} {word} сегмента «{segment}»: пришедший завтра успевает оплатить в этом месяце с "
    "вероятностью {chance}.",
    "It would take {count} more {word} of “{segment}”: one that comes tomorrow pays within this month with a "
    "chance of {chance}.",
)
_USUAL = Text(
    "Обычно их приходит {usual} в месяц: новыми лидами этот месяц не закрыть.",
    "Usually {usual} of them come in a month: new leads cannot make this month.",
)
_TOO_LATE = Text(
    "Новый лид сегмента «{segment}» до конца месяца уже не созреет: он работает на следующий.",
    "A new lead of “{segment}” cannot ripen before the month ends: it works for the next one.",
)
_DEALS = Text(
    "В работе {count} {word} на {worth}, прогноз уже рассчитывает на {expected} из них.",
    "{count} {word} in work are worth {worth}; the forecast already counts on {expected} of it.",
)
_DEALS_CLOSE = Text(
    "Отставание закроют {needed} самых крупных, если оплатят до конца месяца.",
    "The {needed} largest close the shortfall if they pay before the month ends.",
)
_DEAL_CLOSES = Text(
    "Отставание закроет одна самая крупная, если оплатит до конца месяца.",
    "The largest one closes the shortfall if it pays before the month ends.",
)
_DEALS_DO_NOT = Text(
    "Даже если оплатят все, отставание останется.", "Even if all of them pay, the shortfall remains."
)
_NO_DEALS = Text("Открытых сделок нет.", "There are no open deals.")


def headline(found: Forecast, company: Company) -> Text:
    """The forecast in one or two sentences; where there is none, why."""
    month = _begun(say_month(found.month))
    if found.state is not ForecastState.FORECAST or found.value is None:
        return NO_FORECAST[found.state].fill(month=month, booked=_money(found.booked, company.currency))
    scale = money_scale([found.value, found.plan])
    said = _BY_RATE if found.method is Method.RUN_RATE else _COMES_TO
    first = said.fill(
        month=month, value=_money(found.value, company.currency, scale), interval=_bounds(found, scale)
    )
    if found.plan is None:
        return first
    plan = _money(found.plan, company.currency, scale)
    more = _PLAN_ALONE if found.chance is None else _PLAN
    second = more.fill(plan=plan, chance="" if found.chance is None else say_chance(found.chance))
    return Text(f"{first.ru} {second.ru}", f"{first.en} {second.en}")


def say_chance(chance: float) -> Text:
    """In whole per cent; near the ends only that it is under 5 % or over 95 %."""
    if chance < FEW:
        return _UNDER.fill(nbsp=NBSP)
    if chance > MOST:
        return _OVER.fill(nbsp=NBSP)
    return _share(chance, 0)


def missing(found: Forecast, company: Company) -> tuple[Text, ...]:
    """What would make up the shortfall, a sentence or two for each way; empty where nothing is missing."""
    if found.missing is None:
        return ()
    return (
        *(leads_needed(one, company) for one in found.missing.leads),
        open_deals(found.missing.deals, company.currency),
    )


def leads_needed(one: LeadsNeeded, company: Company) -> Text:
    """How many leads of a segment are missing, and whether so many ever come."""
    segment = say_key(company, "segment", one.segment)
    if one.count is None:
        return _TOO_LATE.fill(segment=segment)
    said = _LEADS.fill(
        count=_count(one.count), word=plural(one.count, *(_TARGET if one.is_target else _ANY)), segment=segment,
        chance=_share(one.chance, 1),
    )  # fmt: skip
    if one.can_help:
        return said
    usual = _USUAL.fill(usual=_count(one.usual))
    return Text(f"{said.ru} {usual.ru}", f"{said.en} {usual.en}")


def open_deals(deals: OpenDeals, currency: str) -> Text:
    """What sales could still close."""
    if not deals.count:
        return _NO_DEALS
    scale = money_scale([deals.worth, deals.expected])
    said = _DEALS.fill(
        count=_count(deals.count), word=plural(deals.count, ("сделка", "сделки", "сделок"), ("deal", "deals")),
        worth=_money(deals.worth, currency, scale), expected=_money(deals.expected, currency, scale),
    )  # fmt: skip
    more = _DEALS_DO_NOT
    if deals.needed is not None:
        more = _DEAL_CLOSES if deals.needed == 1 else _DEALS_CLOSE.fill(needed=_count(deals.needed))
    return Text(f"{said.ru} {more.ru}", f"{said.en} {more.en}")


def _bounds(found: Forecast, scale: Scale) -> Text:
    interval = found.interval
    if interval is None:
        return Text("", "")
    ru, en = (say_interval(interval, Unit.MONEY, one, found.currency, scale) for one in LANGUAGES)
    return _INTERVAL.fill(nbsp=NBSP, bounds=Text(ru, en))


def _money(amount: Decimal, currency: str, scale: Scale | None = None) -> Text:
    unit = scale or money_scale([amount])
    return Text(*(say_number(amount, Unit.MONEY, one, currency, unit) for one in LANGUAGES))


def _count(number: int) -> Text:
    return Text(*(say_number(number, Unit.COUNT, one) for one in LANGUAGES))


def _share(share: float, digits: int) -> Text:
    return Text(*(say_number(share, Unit.SHARE, one, digits=digits) for one in LANGUAGES))


def _begun(text: Text) -> Text:
    return Text(text.ru[:1].upper() + text.ru[1:], text.en[:1].upper() + text.en[1:])
