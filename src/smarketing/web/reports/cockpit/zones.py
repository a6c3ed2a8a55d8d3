"""How is each department doing? Its metrics: now, planned, before, how far apart, and whether that is chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse

from smarketing.analyses.measuring import measure, measured_as
from smarketing.analyses.question import Question
from smarketing.analyses.response import response
from smarketing.analyses.result import Measurement
from smarketing.analyses.weekly import Weekly, weekly, weeks_until
from smarketing.facts.company import Milestone, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.record_export import Sheet
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Figure, Row, Unit
from smarketing.metrics.wording import (
    DASH,
    UNIT_NAMES,
    ZONE_NAMES,
    Scale,
    money_scale,
    money_unit,
    say_difference,
    say_no_value,
    say_number,
)
from smarketing.web.accounts.rights import Right, may
from smarketing.web.lists import list_sheet
from smarketing.web.reports.cockpit.judgement import Judgement
from smarketing.web.reports.cockpit.weeks import line_of, told
from smarketing.web.reports.drawing import Spark
from smarketing.web.reports.page import Page, definition
from smarketing.web.reports.sheets import percent
from smarketing.web.reports.tables import ZONE_CLASS, parts, say_cell

_MARKETING = (
    "leads", "target_leads", "non_target_share", "accepted_leads", "target_to_accepted_cr", "spend", "cpl",
    "cac_paid",
)  # fmt: skip
_SALES = (
    "revenue", "sales", "lead_to_sale_cr", "accepted_to_sale_cr", "aov", "response_median", "sla_first",
    "fill_rate",
)  # fmt: skip
_OF_RESPONSE = ("response_median", "response_p90")
# Metrics whose plan is made of numbers that open; a cost per thing is planned as such or not at all.
_OF_PLAN = {"leads": "leads", "target_leads": "target", "accepted_leads": "accepted", "sales": "sales",
            "revenue": "revenue", "spend": "spend", "aov": "aov"}  # fmt: skip
_LARGE = ("revenue", "spend")  # sums in the page's unit; costs per thing to the rouble
_NEEDS = {"accepted_leads": Milestone.ACCEPTED, "target_to_accepted_cr": Milestone.ACCEPTED,
          "accepted_to_sale_cr": Milestone.ACCEPTED}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One metric of a zone: now, planned, before, how far apart, whether by chance, the last weeks."""

    key: str
    name: Text
    unit: str
    definition: str
    tip: str
    text: str
    title: str
    why: str
    href: str
    plan: str
    plan_href: str
    before: str
    before_href: str
    difference: str
    judgement: Judgement
    spark: Spark | None
    weeks: Text | None  # what the line shows, in words


@dataclass(frozen=True)
class ZonePanel:
    zone: Text
    zone_class: str
    lines: tuple[Line, ...]
    has_plan: bool


@dataclass(frozen=True)
class Compared:
    """What the lines of both zones are made from."""

    now: Measurement
    before: Measurement | None
    weeks: Mapping[str, Weekly]
    planned: Mapping[str, Decimal]
    judged: Mapping[str, Judgement]

    @property
    def scale(self) -> Scale:
        return money_scale([_number(self.now.total, key) for key in _LARGE])


def measured(page: Page, question: Question) -> Measurement:
    """Every metric of both zones, response among them, at one sitting."""
    keys = _keys(page)
    counted = [key for key in keys if key not in _OF_RESPONSE]
    found = measured_as("overview", page.reader, question, measure(page.reader, question, counted, strict=False))
    answered = response(page.reader, question)
    times = {row.keys: row.figures for row in answered.rows}
    rows = tuple(_with(row, times.get(row.keys, {})) for row in found.rows)
    return replace(found, rows=rows, total=_with(found.total, answered.total.figures), metrics=keys)


def weeks_of(page: Page) -> Question:
    """The same leads over the last whole weeks of the period."""
    period = page.question.period
    until = min(period.last_day, page.today) if period else page.today
    return page.question.over(weeks_until(until)).split("week")


def weeks_by_metric(measured: Measurement, page: Page) -> Mapping[str, Weekly]:
    """The weeks of every metric of both zones with their control limits."""
    return {key: weekly(measured, key, page.company) for key in measured.metrics}


def panels(page: Page, found: Compared) -> list[ZonePanel]:
    """Marketing first, then sales, as everywhere."""
    return [_panel(page, zone, keys, found) for zone, keys in ((Zone.MARKETING, _MARKETING), (Zone.SALES, _SALES))]


def overview_sheet(page: Page, found: Compared) -> Sheet:
    """A row for each metric of both zones: its value, its plan and what it was; shares in per cent."""
    heads = (
        Text("зона", "zone"), Text("показатель", "metric"), Text("единица", "unit"), Text("факт", "actual"),
        Text("план", "plan"), Text("было", "before"),
    )  # fmt: skip
    rows = []
    for zone, keys in ((Zone.MARKETING, _MARKETING), (Zone.SALES, _SALES)):
        for key in (key for key in keys if key in found.now.metrics):
            old = found.before.total if found.before else None
            values = (_number(found.now.total, key), found.planned.get(key), _number(old, key) if old else None)
            unit = metric(key).unit
            word = money_unit(found.now.currency) if unit is Unit.MONEY else UNIT_NAMES[unit]
            rows.append((ZONE_NAMES[zone], name_of(metric(key), page.company), word,
                         *(_plain(value, unit) for value in values)))  # fmt: skip
    return list_sheet(heads, rows, page.language)


def _plain(value: Decimal | float | None, unit: Unit) -> Decimal | None:
    if value is None:
        return None
    return percent(value) if unit is Unit.SHARE else percent(value / 100)


def _panel(page: Page, zone: Zone, keys: tuple[str, ...], found: Compared) -> ZonePanel:
    lines = tuple(_line(page, key, found) for key in keys if key in found.now.metrics)
    return ZonePanel(ZONE_NAMES[zone], ZONE_CLASS[zone], lines, any(line.plan for line in lines))


def _line(page: Page, key: str, found: Compared) -> Line:
    what = metric(key)
    figure = found.now.total.figures.get(key)
    old = found.before.total.figures.get(key) if found.before else None
    scale = found.scale if key in _LARGE else Scale.ONE
    return Line(
        key=key,
        name=name_of(what, page.company),
        unit=page.say(money_unit(found.now.currency, scale)) if what.unit is Unit.MONEY else "",
        definition=definition(key),
        tip=page.say(what.meaning),
        text=say_cell(figure, page.language, found.now.currency, scale) if figure else DASH,
        title=parts(figure, page.language) if figure else "",
        why="" if _is_known(figure) else page.say(say_no_value(figure.reason if figure else None)),
        href=page.records(key, {}),
        plan=_plan(page, key, found, scale),
        plan_href=_plan_href(page, key, found),
        before=say_cell(old, page.language, found.now.currency, scale) if old else DASH,
        before_href=_before_href(page, key, found) if _is_known(old) else "",
        difference=_difference(page, figure, old),
        judgement=found.judged[key],
        spark=line_of(found.weeks[key]),
        weeks=told(found.weeks[key], found.now.currency),
    )


def _plan(page: Page, key: str, found: Compared, scale: Scale) -> str:
    """The planned value as its column says it; nothing where nothing was planned."""
    value = found.planned.get(key)
    if value is None:
        return ""
    unit = metric(key).unit
    if unit is Unit.COUNT:
        return say_number(value, unit, page.language, digits=0)
    return say_number(value, unit, page.language, found.now.currency, scale, bare=True)


def _plan_href(page: Page, key: str, found: Compared) -> str:
    """The numbers of the month's plan behind a planned metric; nothing for whom the plan is none of the work."""
    what, period = _OF_PLAN.get(key), found.now.question.period
    if what is None or period is None or key not in found.planned or not may(page.request.user, Right.SEE_PLAN):
        return ""
    return f"{reverse('plan_figure')}?what={what}&month={Month.of(period.start)}"


def _before_href(page: Page, key: str, found: Compared) -> str:
    period = found.before.question.period if found.before else None
    return replace(page, said=replace(page.said, period=period, compare=None)).records(key, {})


def _keys(page: Page) -> tuple[str, ...]:
    company = page.company
    return tuple(
        key for key in (*_MARKETING, *_SALES)
        if not (company.stages and key in _NEEDS and company.order(_NEEDS[key]) is None)
    )  # fmt: skip


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


def _with(row: Row, more: Mapping[str, Figure]) -> Row:
    kept = {key: more[key] for key in _OF_RESPONSE if key in more}
    return Row(row.keys, {**row.figures, **kept})


def _is_known(figure: Figure | None) -> bool:
    return figure is not None and figure.value is not None


def _number(row: Row, key: str) -> float | None:
    figure = row.figures.get(key)
    return None if figure is None or figure.value is None else float(figure.value)
