"""How will the month end, and what is missing? A figure of the strip, a band of the chart, two or three sentences.

Only for the month that is running and for the whole company: a part of it is not tested on its past.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from smarketing.analyses.forecast.result import Forecast, ForecastState, Method
from smarketing.analyses.forecast.words import NO_FORECAST, missing, say_chance
from smarketing.analyses.verdict.result import Verdict, VerdictState
from smarketing.charts.plan_fact import Forecast as Foreseen
from smarketing.facts.language import LANGUAGES, Text
from smarketing.facts.period import Clock, Month
from smarketing.jobs.forecasting import forecast_of
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, NBSP, Scale, money_scale, say_interval, say_number
from smarketing.web.reports.cockpit.saying import money
from smarketing.web.reports.page import Page, definition

_NAME = Text("Прогноз месяца", "Forecast of the month")
_INTERVAL = Text("интервал 80{nbsp}%: {bounds}", "80% interval: {bounds}")
_RATE = Text("по темпу месяца", "by the run-rate")
_NO_BOUNDS = Text("для интервала мало прошлых месяцев", "too few past months for an interval")
_TOO_LITTLE = Text("мало данных", "too little data")
_CHANCE = Text("шанс выполнить {chance}", "chance to make it {chance}")
_BAND = Text(
    "Полоса — интервал 80{nbsp}% к концу месяца: открытые лиды, темп новых и их созревание.",
    "The band is the 80% interval for the end of the month: open leads, the rate of new ones, their ripening.",
)
_BAND_BY_ERRORS = Text(
    "Полоса — интервал 80{nbsp}% по ошибкам прогноза в прошлых месяцах. Прогноз: открытые лиды, темп новых и их "
    "созревание.",
    "The band is the 80% interval by the forecast's errors in past months. The forecast: open leads, the rate of "
    "new ones, their ripening.",
)
_BAND_BY_RATE = Text(
    "Прогноз — темп месяца: оплаченное на прошедшие рабочие дни. Модель проверку прошлыми месяцами не прошла.",
    "The forecast is the run-rate: what is paid over the working days passed. The model has not passed its test.",
)
_SHORT = Text("До плана не хватает {money}.", "{money} short of the plan.")


def foretold(page: Page, verdict: Verdict) -> Forecast | None:
    """The forecast beside a verdict; None for a month that is over and for some of the leads.

    A month without a plan has one as well: what will be paid does not hang on what was promised.
    """
    clock = verdict.clock if verdict.state is VerdictState.JUDGED else page.said.clock
    if verdict.month != Month.of(page.today) or clock is not Clock.PERIOD or page.question.where:
        return None
    workspace = Workspace(Path(settings.WORKSPACE))
    found = page.facts.answer(
        "forecast", str(verdict.month), lambda: forecast_of(workspace, page.reader, verdict.month)
    )
    return None if found.state is ForecastState.OVER else found


def figure(page: Page, found: Forecast, scale: Scale) -> tuple[Text, str, Text, str]:
    """Name, value, caption and link of the forecast in the strip."""
    href = definition("forecast_revenue")
    if found.value is None:
        return _NAME, DASH, _TOO_LITTLE, href
    return _NAME, money(page, found.value, scale), _bounds(found, scale), href


def chance(found: Forecast | None) -> Text | None:
    """The chance of the plan, said under the plan of the month."""
    return None if found is None or found.chance is None else _CHANCE.fill(chance=say_chance(found.chance))


def said(page: Page, found: Forecast | None) -> dict[str, object] | None:
    """What stands under the chart: what the band is, and what is missing for the plan."""
    if found is None:
        return None
    if found.value is None:
        return {"note": NO_FORECAST[found.state], "short": None, "missing": ()}
    own = _BAND_BY_ERRORS if found.is_conformal else _BAND
    note = _BAND_BY_RATE if found.method is Method.RUN_RATE else own.fill(nbsp=NBSP)
    return {"note": note, "short": _short(found), "missing": missing(found, page.company)}


def _short(found: Forecast) -> Text | None:
    """How much the forecast is short of the plan."""
    if found.missing is None:
        return None
    amount = found.missing.shortfall
    scale = money_scale([found.value, found.plan])
    return _SHORT.fill(
        money=Text(*(say_number(amount, Unit.MONEY, one, found.currency, scale) for one in LANGUAGES))
    )


def band(page: Page, found: Forecast | None) -> tuple[Foreseen, ...]:
    """From today's fact to the month's end in even steps of working time."""
    if found is None or found.value is None:
        return ()
    interval = found.interval
    low = Decimal(str(interval.low)) if interval else found.value
    high = Decimal(str(interval.high)) if interval else found.value
    days = list(page.company.calendar.days(found.day + timedelta(days=1), found.month.period.end))
    whole = sum(day.closes - day.opens for day in days)
    points, worked = [Foreseen(found.day, found.booked, found.booked, found.booked)], 0
    for place, day in enumerate(days, start=1):
        worked += day.closes - day.opens
        share = Decimal(worked) / whole if whole else Decimal(place) / len(days)
        ends = (found.booked + (end - found.booked) * share for end in (found.value, low, high))
        points.append(Foreseen(day.day, *ends))
    return tuple(points)


def _bounds(found: Forecast, scale: Scale) -> Text:
    if found.interval is None:
        bounds = _NO_BOUNDS
    else:
        interval = found.interval
        ru, en = (say_interval(interval, Unit.MONEY, one, found.currency, scale) for one in LANGUAGES)
        bounds = _INTERVAL.fill(nbsp=NBSP, bounds=Text(ru, en))
    if found.method is Method.MODEL:
        return bounds
    return Text(f"{_RATE.ru}; {bounds.ru}", f"{_RATE.en}; {bounds.en}")
