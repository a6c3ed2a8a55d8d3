"""How far is the month from its plan? Fact, plan, gap, the month's plan and how much of it could have come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from smarketing.analyses.verdict.result import Verdict, VerdictState
from smarketing.analyses.verdict.words import PLAN_NAMES, clock_name
from smarketing.facts.language import LANGUAGES, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import money_scale, money_unit, say_number, say_period
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


def strip(page: Page, verdict: Verdict) -> list[Stat]:
    """Five figures without boxes; none where nothing was judged."""
    if verdict.state is not VerdictState.JUDGED:
        return []
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
        Stat(
            Text("План месяца", "Plan of the month"), money(page, verdict.full_plan, scale), unit,
            PLAN_NAMES[verdict.plan_kind] if verdict.plan_kind else Text("", ""), definition("revenue"),
        ),
        Stat(
            Text("Зрелость лидов месяца", "Ripeness of the month's leads"),
            _share(verdict.ripe).say(page.language), "",
            Text(
                "такая доля их плановых денег успевает прийти к этому дню",
                "the share of their planned money that has time to come by this day",
            ),
            "#notes",
        ),
    ]  # fmt: skip


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
