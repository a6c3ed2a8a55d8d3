"""How far is the month from its plan? Fact, plan, gap, the month's end foretold or how ripe it is, its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from smarketing.analyses.forecast.result import Forecast
from smarketing.analyses.verdict.result import PlanKind, Verdict, VerdictState
from smarketing.analyses.verdict.words import clock_name, plan_name, standing_name
from smarketing.facts.language import LANGUAGES, Text
from smarketing.facts.period import Period
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import Scale, money_scale, money_unit, say_number, say_period
from smarketing.web.accounts.rights import Right, may
from smarketing.web.reports.cockpit import forecast as foreseen
from smarketing.web.reports.cockpit.saying import money
from smarketing.web.reports.page import Page, definition


@dataclass(frozen=True)
class Stat:
    """A figure of the strip; ``href`` leads to its records, or to what it is where it has none."""

    name: Text
    value: str
    unit: str
    caption: Text
    href: str


def strip(page: Page, verdict: Verdict, forecast: Forecast | None = None) -> list[Stat]:
    """Five figures without boxes; fact and forecast alone where nothing was judged.

    A month without a forecast shows its ripeness instead.
    """
    if verdict.state is not VerdictState.JUDGED:
        return _without_plan(page, forecast)
    scale = money_scale([verdict.fact, verdict.plan, verdict.full_plan])
    unit = page.say(money_unit(verdict.currency, scale))
    days = say_period(verdict.period, page.today)
    paid = replace(page, said=page.said.over(verdict.period)).records("revenue", {})
    return [
        Stat(
            Text(f"Факт, {days.ru}", f"Actual, {days.en}"), money(page, verdict.fact, scale), unit,
            clock_name(verdict), paid,
        ),
        Stat(
            Text("План на эти дни", "Plan for these days"), money(page, verdict.plan, scale), unit,
            _elapsed(verdict), definition("revenue"),
        ),
        Stat(
            Text("Отклонение", "Deviation"), money(page, verdict.gap, scale, signed=True), unit,
            _against(verdict), "#v",
        ),
        *([_forecast(page, forecast, scale, unit)] if forecast else []),
        Stat(
            Text("План месяца", "Plan of the month"), money(page, verdict.full_plan, scale), unit,
            _of_plan(verdict, forecast), _plan_page(page, verdict),
        ),
        *([] if forecast else [_ripeness(page, verdict)]),
    ]  # fmt: skip


def _without_plan(page: Page, forecast: Forecast | None) -> list[Stat]:
    """What is paid so far and how the month may end; nothing where neither is known."""
    if forecast is None or forecast.value is None:
        return []
    scale = money_scale([forecast.booked, forecast.value])
    unit = page.say(money_unit(forecast.currency, scale))
    days = Period(forecast.month.first, forecast.day + timedelta(days=1))
    said = say_period(days, page.today)
    paid = replace(page, said=page.said.over(days)).records("revenue", {})
    caption = Text("оплаты месяца", "payments of the month")
    name = Text(f"Факт, {said.ru}", f"Actual, {said.en}")
    return [
        Stat(name, money(page, forecast.booked, scale), unit, caption, paid),
        _forecast(page, forecast, scale, unit),
    ]


def _forecast(page: Page, forecast: Forecast, scale: Scale, unit: str) -> Stat:
    name, value, caption, href = foreseen.figure(page, forecast, scale)
    return Stat(name, value, unit if forecast.value is not None else "", caption, href)


def _of_plan(verdict: Verdict, forecast: Forecast | None) -> Text:
    """The chance to make the plan where it is known, who confirmed it, and that nobody gave it if so."""
    kind = plan_name(verdict) or Text("", "")
    chance = foreseen.chance(forecast)
    if chance is None:
        return kind
    if verdict.plan_kind is PlanKind.GIVEN:
        if verdict.standing is None:
            return chance
        kind = standing_name(verdict.standing)
    return Text(f"{chance.ru}; {kind.ru}", f"{chance.en}; {kind.en}")


def _ripeness(page: Page, verdict: Verdict) -> Stat:
    return Stat(
        Text("Зрелость лидов месяца", "Ripeness of the month's leads"),
        _share(verdict.ripe).say(page.language),
        "",
        Text(
            "такая доля их плановых денег успевает прийти к этому дню",
            "the share of their planned money that has time to come by this day",
        ),
        "#notes",
    )


def _plan_page(page: Page, verdict: Verdict) -> str:
    """The plan of the month for those who may see it."""
    if not may(page.request.user, Right.SEE_PLAN):
        return definition("revenue")
    return f"{reverse('plan')}?month={verdict.month}"


def _elapsed(verdict: Verdict) -> Text:
    return Text("прошло {share} рабочего времени", "{share} of working time has passed").fill(
        share=_share(verdict.elapsed)
    )


def _against(verdict: Verdict) -> Text:
    if not verdict.plan:
        return Text("плана нет", "no plan")
    share = _share(float(verdict.gap / verdict.plan), signed=True)
    return Text("{share} к плану", "{share} against plan").fill(share=share)


def _share(share: float, *, signed: bool = False) -> Text:
    exact = Decimal(str(share))
    ru, en = (say_number(exact, Unit.SHARE, one, signed=signed, digits=0) for one in LANGUAGES)
    return Text(ru, en)
