"""The pages with figures. A view asks and renders; what is said and drawn is made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from smarketing.analyses import conclusions
from smarketing.analyses.economics import economics
from smarketing.analyses.funnel import Kind
from smarketing.analyses.funnel import funnel as find_funnel
from smarketing.analyses.losses import Losses
from smarketing.analyses.losses import losses as find_losses
from smarketing.analyses.qualification import agreement, arbiter, criteria_table
from smarketing.analyses.qualification import qualification as find_qualification
from smarketing.analyses.question import DIMENSION_NAMES, Question
from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict.words import headline
from smarketing.facts.company import Zone
from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.jobs.freshness import Concern, concerns
from smarketing.jobs.quarantine import waiting
from smarketing.jobs.record_export import Sheet, to_csv, to_xlsx
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.wording import money_unit, say_period, say_ripe
from smarketing.web.accounts.rights import Right, may, needs
from smarketing.web.lists import offered
from smarketing.web.reports import asking, dictionary, funnel_sheets, judging, path, trying
from smarketing.web.reports import lost as lost_shown
from smarketing.web.reports.asked import gone_lines
from smarketing.web.reports.cockpit import zones
from smarketing.web.reports.cockpit.alerts import alerts
from smarketing.web.reports.cockpit.fall import fall
from smarketing.web.reports.cockpit.forecast import foretold, said
from smarketing.web.reports.cockpit.judgement import by_weeks, judge
from smarketing.web.reports.cockpit.jumps import jumps
from smarketing.web.reports.cockpit.missing import missing
from smarketing.web.reports.cockpit.planned import planned
from smarketing.web.reports.cockpit.running import running
from smarketing.web.reports.cockpit.strip import strip
from smarketing.web.reports.page import FORMATS, Page
from smarketing.web.reports.sheets import FORMATS as SHEETS
from smarketing.web.reports.sheets import causes_sheet, criteria_sheet, sheet_file
from smarketing.web.reports.tables import Group, table
from smarketing.web.reports.verdicts import month_of, verdict_of
from smarketing.web.shell import language_of

ECONOMICS = (
    Group(Text("Маркетинг", "Marketing"), ("spend", "leads", "target_leads", "non_target_share"), Zone.MARKETING),
    Group(Text("Продажи", "Sales"), ("accepted_leads", "deals", "sales", "lead_to_sale_cr"), Zone.SALES),
    Group(Text("Стоимость", "Cost"), ("cpl", "cac_paid")),
    Group(Text("Деньги", "Money"), ("revenue", "aov", "romi", "roas_minus_one")),
    Group(Text("После продажи", "After the sale"), ("repeat_customer_share", "lost_customer_share"), Zone.SALES),
)
SPLITS: tuple[tuple[str, ...], ...] = (
    ("segment",),
    ("segment", "lead_source"),
    ("source_group", "lead_source"),
    ("lead_source", "campaign"),
    ("product",),
    ("region",),
    ("manager",),
    ("pipeline",),
    ("month",),
    ("week",),
)
PAGE = 50
SHOWN_ALERTS = 5  # design.md §3: the rest behind «Ещё»
RECORD_FORMATS = {"csv": to_csv, "xlsx": to_xlsx}
TOO_MANY = Text(
    "Записей {count}, в файл помещается {most}. Сузьте период или добавьте отбор.",
    "There are {count} records, a file takes {most}. Narrow the period or add a filter.",
)
JUDGED_BY: tuple[tuple[str, ...], ...] = (
    ("lead_source",), ("campaign",), ("segment",), ("criterion",), ("manager",), ("month",),
)  # fmt: skip
_KINDS = (
    (Kind.STAGES, Text("Стадии компании", "Company's stages")),
    (Kind.MILESTONES, Text("Лид → MQL → SQL → продажа", "Lead → MQL → SQL → sale")),
)


@needs(Right.SEE_FIGURES)
def analytics(request: HttpRequest) -> HttpResponse:
    page = Page.of(request, by=("segment", "lead_source"))
    question = page.question
    measured = page.facts.answer("economics", question, lambda: economics(page.reader, question))
    first = question.split(*question.by[:1])
    whole = (
        measured
        if first == question
        else page.facts.answer("economics", first, lambda: economics(page.reader, first))
    )
    if file := page.exported(measured if first == question else replace(measured, subtotals=whole.rows)):
        return file
    look = page.look(Text("От расхода до выручки", "From spend to revenue"), ECONOMICS, sort="-revenue")
    shown = table(measured, look, whole if len(question.by) == 2 else None)
    return render(
        request,
        "reports/analytics.html",
        page.context(
            conclusion=conclusions.of_economics(whole, page.company),
            table=shown,
            splits=_splits(page),
        ),
    )


@needs(Right.SEE_FIGURES)
def cockpit(request: HttpRequest) -> HttpResponse:
    page = Page.of(request, clock=Clock.PERIOD)
    question = page.question.split()
    now = _zones(page, question)
    if request.GET.get("table") == "causes":
        made = partial(causes_sheet, verdict_of(page, month_of(page)), page.company, page.language)
        if file := sheet_file(request, made, f"causes-{month_of(page)}", page.language):
            return file
    judged = verdict_of(page, month_of(page))
    other = question.compare or (asking.previous(question.period) if question.period else None)
    before = _zones(page, question.over(other)) if other else None
    plan = planned(page, question, judged)
    is_whole = judged.period == question.period
    words = judge(now, before, page.company, planned=plan, of_money=judged.label if is_whole else None)
    weeks = zones.weeks_by_metric(_zones(page, zones.weeks_of(page)), page)
    settled = {"revenue" if is_whole and judged.label else "", *(key for key in plan if key == "spend")}
    compared = zones.Compared(now, before, weeks, plan, by_weeks(words, weeks, settled=settled))
    quarantined, connected = (_quarantined(), _connected()) if may(request.user, Right.SEE_DATA) else (0, ())
    panels = zones.panels(page, compared)
    if file := _overview_file(page, now, compared):
        return file
    found = alerts(page, question, quarantined, connected)
    ahead, fallen = foretold(page, judged), fall(page, judged)
    return render(
        request,
        "reports/cockpit.html",
        page.context(
            conclusion=headline(judged, page.company),
            verdict=judged,
            fall=fallen,
            jumps=jumps(page, fallen, ahead, found),
            cause_exports=_exports(page, "causes", SHEETS),
            gone=gone_lines(page, judged),
            missing=missing(now, judged, page.company),
            running=running(page, judged, ahead),
            strip=strip(page, judged, ahead),
            ahead=said(page, ahead),
            panels=panels,
            before_text=page.say(say_period(other, page.today)) if other else "",
            alerts=found,
            alerts_left=len(found) - SHOWN_ALERTS,
        ),
    )


@needs(Right.SEE_FIGURES)
def funnel(request: HttpRequest) -> HttpResponse:
    page = Page.of(request)
    question, kind = page.question.split(), request.GET.get("kind", Kind.STAGES)
    if kind not in set(Kind):
        raise WrongQuestion("bad-kind", Text("kind бывает stages и milestones.", "kind is stages or milestones."))
    against = path.against(page)
    key = f"funnel:{kind}:{against.where if against else ''}"
    found = page.facts.answer(key, question, lambda: find_funnel(page.reader, question, kind, against))
    lost = _losses(page, question)
    lately = lost_shown.months_of(page)
    by_month = _losses(page, lately)
    heat, lost_months = lost_shown.heat_map(page, lost), lost_shown.month_table(page, lately, by_month)
    made = {
        "totals": partial(funnel_sheets.totals_sheet, found, page.language),
        "reasons": partial(funnel_sheets.reasons_sheet, lost, heat, page.company, page.language),
        "by_month": partial(funnel_sheets.months_sheet, lost_months, page.language),
    }
    tables = {"losses": lost.table, "months": by_month.table}
    file = _one_of(page, made) or page.exported(tables.get(request.GET.get("table", ""), found.table))
    if file:
        return file
    return render(
        request,
        "reports/funnel.html",
        page.context(
            conclusion=conclusions.of_funnel(found, lost),
            funnel=found,
            ripe=say_ripe(found.ripe) if found.ripe is not None else None,
            drawing=path.drawing(page, found),
            transitions=path.transitions(page, found),
            totals=path.totals(page, found),
            worth_unit=page.say(money_unit(page.company.currency, path.worth_scale(found))),
            heat=heat,
            lost_months=lost_months,
            losses=lost,
            compared=path.compared(page, found),
            rivals=path.rivals(page),
            against=against,
            kinds=[
                (text, page.href(kind=word if word != Kind.STAGES else ""), word == kind) for word, text in _KINDS
            ],
            files={name: _exports(page, name, SHEETS) for name in made},
        ),
    )


@needs(Right.SEE_FIGURES)
def qualification(request: HttpRequest) -> HttpResponse:
    page = Page.of(request, by=("lead_source",))
    question = page.question
    measured = page.facts.answer("qualification", question, lambda: find_qualification(page.reader, question))
    criteria = criteria_table(page.reader, question)
    what_if = judging.what_if_of(page)
    made = {"criteria": partial(criteria_sheet, criteria, page.language)}
    if what_if is not None:
        made["what-if"] = partial(trying.what_if_sheet, page, what_if)
    if file := _one_of(page, made) or page.exported(measured):
        return file
    look = page.look(Text("Квалификация лидов", "Qualification of leads"), sort="-leads")
    return render(
        request,
        "reports/qualification.html",
        page.context(
            conclusion=conclusions.of_qualification(measured, criteria),
            table=table(measured, look),
            criteria=judging.criteria_lines(page, criteria),
            criteria_exports=_exports(page, "criteria", SHEETS),
            agreement=judging.agreement_line(page, agreement(page.reader, question)),
            disputed=judging.disputed_lines(page, arbiter(page.reader, question, limit=20)),
            versions=judging.versions(page),
            what_if=trying.what_if_shown(page, what_if),
            what_if_exports=_exports(page, "what-if", SHEETS),
            splits=_splits(page, JUDGED_BY),
        ),
    )


@needs(Right.SEE_FIGURES)
def metrics(request: HttpRequest) -> HttpResponse:
    chapters, language = dictionary.chapters(), language_of(request)
    made = partial(dictionary.dictionary_sheet, chapters, language)
    if file := sheet_file(request, made, "metrics", language):
        return file
    context = {"chapters": chapters, "files": offered(request, "metrics")["metrics"]}
    return render(request, "reports/metrics.html", context)


def _losses(page: Page, question: Question) -> Losses:
    return page.facts.answer("losses", question, lambda: find_losses(page.reader, question))


def _exports(page: Page, table: str, formats: Iterable[str] = FORMATS) -> list[tuple[str, str]]:
    return [(name.upper(), page.href(format=name, table=table)) for name in formats]


def _one_of(page: Page, made: Mapping[str, Callable[[], Sheet]]) -> HttpResponse | None:
    """The table that the address names, as a file of the page's period."""
    name = page.request.GET.get("table", "")
    if name not in made:
        return None
    return sheet_file(page.request, made[name], f"{name}-{_since(page)}", page.language)


def _since(page: Page) -> str:
    return page.question.period.start.isoformat() if page.question.period else "all"


def _overview_file(page: Page, now: Measurement, compared: zones.Compared) -> HttpResponse | None:
    """The metrics of both zones as they stand on the page; JSON is the measurement itself."""
    made = partial(zones.overview_sheet, page, compared)
    return sheet_file(page.request, made, f"overview-{_since(page)}", page.language) or page.exported(now)


def _zones(page: Page, question: Question) -> Measurement:
    return page.facts.answer("overview", question, lambda: zones.measured(page, question))


def _connected() -> tuple[Concern, ...]:
    """Connections out of order; settings of connections that cannot be read are told on their own page."""
    try:
        return concerns(Workspace(Path(settings.WORKSPACE)), datetime.now(UTC))
    except SmarketingError:
        return ()


def _quarantined() -> int:
    """Rows that nobody has mended yet."""
    return len(waiting(Workspace(Path(settings.WORKSPACE))))


def _splits(page: Page, offered: tuple[tuple[str, ...], ...] = SPLITS) -> list[dict[str, Any]]:
    chosen = []
    for by in offered:
        if by == ("pipeline",) and len(page.values("pipeline")) < 2:
            continue  # most companies have one: nothing to split by
        names = [DIMENSION_NAMES[dimension] for dimension in by]
        text = Text(" → ".join(name.ru for name in names), " → ".join(name.en for name in names))
        href = page.href(replace(page.said, by=by), sort="")
        chosen.append({"text": text, "href": href, "chosen": by == page.said.by})
    return chosen
