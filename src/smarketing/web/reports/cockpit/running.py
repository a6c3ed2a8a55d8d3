"""How do plan, fact and forecast of the month add up day by day? The plan runs by working time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils.safestring import SafeString

from smarketing.analyses.forecast.result import Forecast
from smarketing.analyses.measuring import measure
from smarketing.analyses.question import Question
from smarketing.analyses.verdict.result import Verdict, VerdictState
from smarketing.charts.plan_fact import PlanFact, Point, plan_fact
from smarketing.facts.period import Clock
from smarketing.web.reports.cockpit.fall import drawn
from smarketing.web.reports.cockpit.forecast import band
from smarketing.web.reports.page import Page


def running(page: Page, verdict: Verdict, forecast: Forecast | None = None) -> SafeString | None:
    """Plan, fact to date and the end foretold; None without a plan or where money is not dated by its day."""
    if verdict.state is not VerdictState.JUDGED or verdict.clock is not Clock.PERIOD or not verdict.full_plan:
        return None

    def lines() -> PlanFact:
        ahead = band(page, forecast)
        return PlanFact(planned_days(page, verdict), paid_days(page, verdict), ahead, currency=verdict.currency)

    found = page.facts.answer("plan-fact-lines", f"{verdict.month} {sorted(page.question.where.items())}", lines)
    return drawn(page, "plan-fact", verdict, lambda size: plan_fact(found, size, page.language))


def planned_days(page: Page, verdict: Verdict) -> tuple[Point, ...]:
    """The month's plan as it should have come by the end of each day; evenly where no day is worked."""
    calendar = page.company.calendar
    days = list(calendar.days(verdict.month.first, verdict.month.period.end))
    whole = sum(day.closes - day.opens for day in days)
    points, worked = [], 0
    for place, day in enumerate(days, start=1):
        worked += day.closes - day.opens
        share = Decimal(worked) / whole if whole else Decimal(place) / len(days)
        points.append(Point(day.day, verdict.full_plan * share))
    return tuple(points)


def paid_days(page: Page, verdict: Verdict) -> tuple[Point, ...]:
    """What was paid by the end of each day that has passed."""
    question = Question(verdict.period, Clock.PERIOD, ("day",), page.question.where)
    found = measure(page.reader, question, ("revenue",), strict=False)
    paid = {row.keys[0]: row.figures["revenue"].value for row in found.rows}
    points, total = [], Decimal(0)
    for place in range(verdict.period.days):
        day = verdict.period.start + timedelta(days=place)
        total += Decimal(str(paid.get(day.isoformat()) or 0))
        points.append(Point(day, total))
    return tuple(points)
