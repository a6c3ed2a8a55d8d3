"""How is the overview made: the plan gap in a waterfall, the metrics of each zone, what needs attention?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from smarketing.analyses.attention import Alert, is_broken
from smarketing.analyses.measuring import measure, measured_as
from smarketing.analyses.question import Question
from smarketing.analyses.response import response
from smarketing.analyses.result import Measurement
from smarketing.analyses.shares import shifts
from smarketing.analyses.verdict.result import CAUSE_NAMES, Part, PlanKind, Verdict, VerdictState
from smarketing.analyses.verdict.words import LABEL_NAMES, PLAN_NAMES, question, sentence
from smarketing.charts.drawing import inline_svg
from smarketing.charts.picture import Picture, Size
from smarketing.charts.plan_fact import PlanFact, Point, plan_fact
from smarketing.charts.waterfall import waterfall, waterfall_of
from smarketing.facts.company import Milestone, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Figure, Interval, Row, Unit
from smarketing.metrics.wording import (
    DASH,
    ZONE_NAMES,
    Scale,
    money_scale,
    money_unit,
    say_difference,
    say_interval,
    say_level,
    say_month,
    say_no_value,
    say_number,
    say_period,
)
from smarketing.stats.uncertainty import Label
from smarketing.web.reports.drawing import Spark, spark
from smarketing.web.reports.page import Page, definition
from smarketing.web.reports.tables import ZONE_CLASS, parts, say_cell

WEEKS = 12
_MARKETING = (
    "leads", "target_leads", "non_target_share", "accepted_leads", "target_to_accepted_cr", "spend", "cpl",
    "cac_paid",
)  # fmt: skip
_SALES = (
    "revenue", "sales", "lead_to_sale_cr", "accepted_to_sale_cr", "aov", "response_median", "sla_first",
    "fill_rate",
)  # fmt: skip
_OF_RESPONSE = ("response_median", "response_p90")
_NEEDS = {"accepted_leads": Milestone.ACCEPTED, "target_to_accepted_cr": Milestone.ACCEPTED,
          "accepted_to_sale_cr": Milestone.ACCEPTED}  # fmt: skip
CHANCE = Text("Обычный разброс", "Ordinary variation")


@dataclass(frozen=True)
class Line:
    """One metric of a zone: now, before, how far apart, the last weeks."""

    key: str
    name: Text
    unit: str
    definition: str
    tip: str
    text: str
    title: str
    why: str
    href: str
    before: str
    difference: str
    label: Text | None
    urgency: str
    spark: Spark | None


@dataclass(frozen=True)
class ZonePanel:
    zone: Text
    zone_class: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Stat:
    name: Text
    value: str
    unit: str
    caption: Text


@dataclass(frozen=True)
class Cause:
    name: Text
    zone: Text
    zone_class: str
    value: str
    interval: str
    fact: Text
    question: Text | None
    is_quiet: bool


@dataclass(frozen=True)
class ZoneSum:
    zone: Text
    zone_class: str
    value: str
    interval: str
    label: Text | None


@dataclass(frozen=True)
class Fall:
    """The verdict as the page shows it; money in one unit."""

    unit: str
    level: Text | None
    plan: str
    fact: str
    gap: str
    drawing: SafeString
    causes: tuple[Cause, ...]
    zones: tuple[ZoneSum, ...]
    plan_kind: Text | None
    period: Text


def measured(page: Page, question: Question) -> Measurement:
    """Every metric of both zones, response among them, at one sitting."""
    keys = _keys(page)
    counted = [key for key in keys if key not in _OF_RESPONSE]
    found = measured_as("overview", page.reader, question, measure(page.reader, question, counted, strict=False))
    times = {row.keys: row.figures for row in response(page.reader, question).rows} if question.by else {}
    total = response(page.reader, question.split()).total.figures
    rows = tuple(_with(row, times.get(row.keys, {})) for row in found.rows)
    return replace(found, rows=rows, total=_with(found.total, total), metrics=keys)


def panels(page: Page, now: Measurement, before: Measurement | None, weeks: Measurement) -> list[ZonePanel]:
    """Marketing first, then sales, as everywhere."""
    scale = money_scale([_number(now.total, "revenue"), _number(now.total, "spend")])
    labels = _labels(now, before)
    return [
        ZonePanel(
            ZONE_NAMES[zone],
            ZONE_CLASS[zone],
            tuple(
                _line(page, key, now, before, weeks, scale, labels.get(key)) for key in keys if key in now.metrics
            ),
        )
        for zone, keys in ((Zone.MARKETING, _MARKETING), (Zone.SALES, _SALES))
    ]


def weeks_of(page: Page) -> Question:
    """The same leads over the last twelve whole weeks."""
    monday = page.today - timedelta(days=page.today.weekday())
    return page.question.over(Period(monday - timedelta(weeks=WEEKS), monday)).split("week")


def month_of(question: Question, page: Page) -> Month:
    """The month that the verdict judges: the last one the period touches."""
    period = question.period
    return Month.of(page.today if period is None else min(period.last_day, page.today))


def strip(page: Page, verdict: Verdict) -> list[Stat]:
    """Fact, plan, gap, the month's plan: 3 to 5 figures without boxes."""
    if verdict.state is not VerdictState.JUDGED:
        return []
    scale = money_scale([verdict.fact, verdict.plan, verdict.full_plan])
    unit = page.say(money_unit(verdict.currency, scale))
    elapsed = say_number(Decimal(str(verdict.elapsed)), Unit.SHARE, page.language, digits=0)
    share = verdict.gap / verdict.plan if verdict.plan else None
    of_plan = Text("плана нет", "no plan")
    if share is not None:
        said = {one: say_number(share, Unit.SHARE, one, signed=True, digits=0) for one in ("ru", "en")}
        of_plan = Text(f"{said['ru']} к плану", f"{said['en']} against plan")
    days = say_period(verdict.period, page.today)
    return [
        Stat(
            Text(f"Факт, {days.ru}", f"Actual, {days.en}"), _money(page, verdict.fact, scale), unit,
            Text("оплаты месяца", "payments of the month") if verdict.clock.value == "period"
            else Text("что принесли лиды месяца", "what the month's leads brought"),
        ),
        Stat(
            Text("План на эти дни", "Plan for these days"), _money(page, verdict.plan, scale), unit,
            Text(f"прошло {elapsed} рабочего времени", f"{elapsed} of working time has passed"),
        ),
        Stat(Text("Отклонение", "Deviation"), _money(page, verdict.gap, scale, signed=True), unit, of_plan),
        Stat(
            Text("План месяца", "Plan of the month"), _money(page, verdict.full_plan, scale), unit,
            PLAN_NAMES[verdict.plan_kind] if verdict.plan_kind else Text("", ""),
        ),
        Stat(
            Text("Зрелость лидов", "Ripeness of the leads"),
            say_number(Decimal(str(verdict.ripe)), Unit.SHARE, page.language, digits=0), "",
            Text("доля их продаж, что могла случиться", "share of their sales that could have happened"),
        ),
    ]  # fmt: skip


def fall(page: Page, verdict: Verdict) -> Fall | None:
    """The waterfall, its causes and the sums of the zones; None where nothing was judged."""
    if verdict.state is not VerdictState.JUDGED:
        return None
    scale = money_scale([verdict.fact, verdict.plan, *(part.effect for part in verdict.parts)])
    level = next((part.interval for part in verdict.parts if part.interval), None)
    return Fall(
        unit=page.say(money_unit(verdict.currency, scale)),
        level=say_level(level) if level else None,
        plan=_money(page, verdict.plan, scale),
        fact=_money(page, verdict.fact, scale),
        gap=_money(page, verdict.gap, scale, signed=True),
        drawing=_waterfall(page, verdict),
        causes=tuple(_cause(page, part, scale, verdict.currency) for part in verdict.parts),
        zones=_zone_sums(page, verdict, scale),
        plan_kind=PLAN_NAMES[verdict.plan_kind]
        if verdict.plan_kind in (PlanKind.IMPLIED, PlanKind.SCALED)
        else None,
        period=say_period(verdict.period, page.today),
    )


def running(page: Page, verdict: Verdict) -> SafeString | None:
    """Plan and fact of the month as they add up; the plan runs by working time. None where nothing was planned."""
    if verdict.state is not VerdictState.JUDGED or verdict.clock is not Clock.PERIOD or not verdict.full_plan:
        return None
    lines = PlanFact(_planned_days(page, verdict), _paid_days(page, verdict), currency=verdict.currency)
    return _drawn(page, "plan-fact", verdict, lambda size: plan_fact(lines, size, page.language))


def alert_href(page: Page, alert: Alert) -> str:
    """The records behind an alert; waiting leads are looked for in all time."""
    if not alert.metric or metric(alert.metric).computed_by:
        return ""
    if alert.code == "waiting":
        whole = replace(page, said=page.said.over(None))
        return whole.records(alert.metric, {})
    keys = {dimension: values[0] or None for dimension, values in alert.where.items()}
    return page.records(alert.metric, keys)


def title_of(verdict: Verdict) -> Text:
    """«Из чего сложилось отставание», or what else the gap is."""
    if verdict.gap < 0:
        return Text("Из чего сложилось отставание", "What the shortfall is made of")
    return Text("Из чего сложилось отклонение", "What the deviation is made of")


def month_text(verdict: Verdict) -> Text:
    return say_month(verdict.month)


def _zone_sums(page: Page, verdict: Verdict, scale: Scale) -> tuple[ZoneSum, ...]:
    """A line per department and one for what belongs to none, so that the lines sum to the deviation."""
    sums = [
        ZoneSum(
            ZONE_NAMES[zone.zone],
            ZONE_CLASS[zone.zone],
            _money(page, zone.effect, scale, signed=True),
            _interval(page, zone.interval, scale, verdict.currency),
            LABEL_NAMES[zone.label] if zone.label else None,
        )
        for zone in verdict.zones
    ]
    rest = verdict.gap - sum((zone.effect for zone in verdict.zones), Decimal(0))
    if rest:
        company = Zone.COMPANY
        said = _money(page, rest, scale, signed=True)
        sums.append(ZoneSum(ZONE_NAMES[company], ZONE_CLASS[company], said, "", None))
    return tuple(sums)


def _waterfall(page: Page, verdict: Verdict) -> SafeString:
    return _drawn(page, "waterfall", verdict, lambda size: waterfall(waterfall_of(verdict), size, page.language))


def _drawn(page: Page, what: str, verdict: Verdict, make: Callable[[Size], Picture]) -> SafeString:
    key = f"{verdict.month} {verdict.clock} {sorted(page.question.where.items())}"
    found = page.facts.answer(f"{what}:{page.language}", key, lambda: inline_svg(make, what))
    return mark_safe(found)  # noqa: S308 - drawn here from figures and names, which the drawing escapes


def _planned_days(page: Page, verdict: Verdict) -> tuple[Point, ...]:
    calendar = page.company.calendar
    days = list(calendar.days(verdict.month.first, verdict.month.period.end))
    whole = sum(day.closes - day.opens for day in days)
    points, worked = [], 0
    for day in days:
        worked += day.closes - day.opens
        share = Decimal(worked) / whole if whole else Decimal((day.day - verdict.month.first).days + 1) / len(days)
        points.append(Point(day.day, verdict.full_plan * share))
    return tuple(points)


def _paid_days(page: Page, verdict: Verdict) -> tuple[Point, ...]:
    question = Question(verdict.period, Clock.PERIOD, ("day",), page.question.where)
    found = measure(page.reader, question, ("revenue",), strict=False)
    paid = {row.keys[0]: row.figures["revenue"].value for row in found.rows}
    points, total = [], Decimal(0)
    for place in range(verdict.period.days):
        day = verdict.period.start + timedelta(days=place)
        total += Decimal(str(paid.get(day.isoformat()) or 0))
        points.append(Point(day, total))
    return tuple(points)


def _cause(page: Page, part: Part, scale: Scale, currency: str) -> Cause:
    quiet = part.label is not None and not part.is_confirmed
    return Cause(
        name=CAUSE_NAMES[part.cause],
        zone=CHANCE if quiet else ZONE_NAMES[part.zone],
        zone_class="c" if quiet else ZONE_CLASS[part.zone],
        value=_money(page, part.effect, scale, signed=True),
        interval=_interval(page, part.interval, scale, currency),
        fact=sentence(part, page.company),
        question=question(part),
        is_quiet=quiet,
    )


def _keys(page: Page) -> tuple[str, ...]:
    company = page.company
    return tuple(
        key for key in (*_MARKETING, *_SALES)
        if not (company.stages and key in _NEEDS and company.order(_NEEDS[key]) is None)
    )  # fmt: skip


def _line(
    page: Page, key: str, now: Measurement, before: Measurement | None, weeks: Measurement, scale: Scale,
    label: Label | None,
) -> Line:  # fmt: skip
    what = metric(key)
    figure = now.total.figures.get(key)
    old = before.total.figures.get(key) if before else None
    large = scale if key in ("revenue", "spend") else Scale.ONE
    broken = any(is_broken(rail, figure) for rail in page.company.guardrails if figure and rail.metric == key)
    return Line(
        key=key,
        name=name_of(what, page.company),
        unit=page.say(money_unit(now.currency, large)) if what.unit is Unit.MONEY else "",
        definition=definition(key),
        tip=page.say(what.meaning),
        text=say_cell(figure, page.language, now.currency, large) if figure else DASH,
        title=parts(figure, page.language) if figure else "",
        why=page.say(say_no_value(figure.reason if figure else None))
        if not figure or figure.value is None
        else "",
        href=page.records(key, {}),
        before=say_cell(old, page.language, now.currency, large) if old else DASH,
        difference=_difference(page, figure, old),
        label=Text("порог превышен", "beyond the threshold") if broken else LABEL_NAMES[label] if label else None,
        urgency="bad" if broken else "",
        spark=spark([_number(row, key) for row in _filled(weeks, page)]),
    )


def _filled(weeks: Measurement, page: Page) -> list[Row]:
    """A row for every week: one without leads is a gap in the line, not a shorter line."""
    found = {row.keys[0]: row for row in weeks.rows}
    start = weeks.question.period.start if weeks.question.period else page.today
    mondays = [(start + timedelta(weeks=place)).isoformat() for place in range(WEEKS)]
    return [found.get(monday, Row((monday,), {})) for monday in mondays]


def _difference(page: Page, now: Figure | None, before: Figure | None) -> str:
    """Shares in points, durations in time, everything else in per cent of what it was."""
    if now is None or before is None or now.value is None or before.value is None:
        return DASH
    change = Decimal(str(now.value)) - Decimal(str(before.value))
    if now.unit in (Unit.SHARE, Unit.SECONDS):
        return say_difference(change, now.unit, page.language)
    if not before.value:
        return DASH
    return say_number(change / Decimal(str(before.value)), Unit.SHARE, page.language, signed=True, digits=0)


def _labels(now: Measurement, before: Measurement | None) -> Mapping[str, Label]:
    """Which shares moved more than chance, judged together; only shares of one group of leads can be judged."""
    if before is None:
        return {}
    judged = {key: pair for key in now.metrics if (pair := _counts(now.total, before.total, key))}
    return {key: shift.label for key, shift in zip(judged, shifts(judged.values()), strict=True)}


def _counts(now: Row, before: Row, key: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    figures = now.figures.get(key), before.figures.get(key)
    counts = []
    for figure in figures:
        if figure is None or figure.interval is None or figure.numerator is None or figure.denominator is None:
            return None
        counts.append((int(figure.numerator), int(figure.denominator)))
    return counts[0], counts[1]


def _with(row: Row, more: Mapping[str, Figure]) -> Row:
    kept = {key: more[key] for key in _OF_RESPONSE if key in more}
    return Row(row.keys, {**row.figures, **kept})


def _number(row: Row, key: str) -> float | None:
    figure = row.figures.get(key)
    return None if figure is None or figure.value is None else float(figure.value)


def _money(page: Page, amount: Decimal, scale: Scale, *, signed: bool = False) -> str:
    return say_number(amount, Unit.MONEY, page.language, "", scale, signed=signed, bare=True)


def _interval(page: Page, interval: Interval | None, scale: Scale, currency: str) -> str:
    if interval is None:
        return ""
    return say_interval(interval, Unit.MONEY, page.language, currency, scale, signed=True)
