"""The pages with figures. A view asks and renders; what is said and drawn is made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from smarketing.analyses import conclusions, customer_doors, doors
from smarketing.analyses.economics import economics
from smarketing.analyses.funnel import Kind
from smarketing.analyses.funnel import funnel as find_funnel
from smarketing.analyses.losses import Losses
from smarketing.analyses.losses import losses as find_losses
from smarketing.analyses.qualification import agreement, arbiter, criteria_table
from smarketing.analyses.qualification import qualification as find_qualification
from smarketing.analyses.question import DIMENSION_NAMES, Question
from smarketing.analyses.reconciliation.behind import behind
from smarketing.analyses.records import Records, Side
from smarketing.analyses.records import records as find_records
from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict.words import headline
from smarketing.facts.company import Zone
from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.jobs.freshness import Concern, concerns
from smarketing.jobs.quarantine import quarantine
from smarketing.jobs.record_export import MOST, to_csv, to_xlsx
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Metric, Unit
from smarketing.metrics.wording import money_unit, say_number, say_period, say_ripe
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, may, needs
from smarketing.web.reports import asking, dictionary, judging, path, rows
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
PAGE_DIGITS = 6  # of the number of a page
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
    if file := page.exported(measured):
        return file
    first = question.split(*question.by[:1])
    whole = (
        measured
        if first == question
        else page.facts.answer("economics", first, lambda: economics(page.reader, first))
    )
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
    if file := page.exported(now):
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
            panels=zones.panels(page, compared),
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
    tables = {"losses": lost.table, "months": by_month.table}
    if file := page.exported(tables.get(request.GET.get("table", ""), found.table)):
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
            heat=lost_shown.heat_map(page, lost),
            lost_months=lost_shown.month_table(page, lately, by_month),
            losses=lost,
            compared=path.compared(page, found),
            rivals=path.rivals(page),
            against=against,
            kinds=[
                (text, page.href(kind=word if word != Kind.STAGES else ""), word == kind) for word, text in _KINDS
            ],
            loss_exports=_exports(page, "losses"),
            month_exports=_exports(page, "months"),
        ),
    )


@needs(Right.SEE_FIGURES)
def qualification(request: HttpRequest) -> HttpResponse:
    page = Page.of(request, by=("lead_source",))
    question = page.question
    measured = page.facts.answer("qualification", question, lambda: find_qualification(page.reader, question))
    criteria = criteria_table(page.reader, question)
    name = f"criteria-{_since(page)}"
    made = partial(criteria_sheet, criteria, page.language)
    is_criteria = request.GET.get("table") == "criteria"
    file = sheet_file(request, made, name, page.language) if is_criteria else page.exported(measured)
    if file:
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
            what_if=judging.what_if_of(page, request.GET.get("draft", "")),
            splits=_splits(page, JUDGED_BY),
        ),
    )


@needs(Right.SEE_FIGURES)
def records(request: HttpRequest) -> HttpResponse:
    """The rows behind a figure."""
    page = Page.of(request)
    what = metric(request.GET.get("metric", "leads"))
    side: Side = "denominator" if request.GET.get("side") == "denominator" else "numerator"
    if file := _records_file(page, what, side):
        return file
    number = request.GET.get("page", "1")
    if not number.isdecimal() or len(number) > PAGE_DIGITS or not int(number):
        raise WrongQuestion("bad-page", Text("Номер страницы — целое число.", "A page is a whole number."))
    offset = (int(number) - 1) * PAGE
    found = _records(page, what, side, PAGE, offset)
    pages = max(-(-found.count // PAGE), 1)
    if int(number) > pages:  # an old address: the figure has fewer records by now
        return redirect(page.href(page=str(pages)))
    return render(
        request,
        "reports/records.html",
        page.context(
            count=say_number(found.count, Unit.COUNT, page.language),
            metric=what,
            metric_name=name_of(what, page.company),
            heads=rows.heads(found),
            lines=rows.lines(found, page.company, page.language),
            sides=_sides(page, what, side),
            number=number,
            pages=pages,
            earlier=page.href(page=str(int(number) - 1)) if offset else "",
            later=page.href(page=str(int(number) + 1)) if offset + PAGE < found.count else "",
            exports=[(name.upper(), page.href(format=name)) for name in RECORD_FORMATS],
        ),
    )


@needs(Right.SEE_FIGURES)
def metrics(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/metrics.html", {"chapters": dictionary.chapters()})


def _losses(page: Page, question: Question) -> Losses:
    return page.facts.answer("losses", question, lambda: find_losses(page.reader, question))


def _exports(page: Page, table: str, formats: Iterable[str] = FORMATS) -> list[tuple[str, str]]:
    return [(name.upper(), page.href(format=name, table=table)) for name in formats]


def _since(page: Page) -> str:
    return page.question.period.start.isoformat() if page.question.period else "all"


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
    return sum(not row.resolved for row in quarantine(Workspace(Path(settings.WORKSPACE))))


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


def _records_file(page: Page, what: Metric, side: Side) -> HttpResponse | None:
    """All rows behind the figure as a file where the address asks for one."""
    start = page.question.period.start if page.question.period else "all"
    made = {name: partial(_records_made, page, what, side, name) for name in RECORD_FORMATS}
    return page.file(made, f"{what.key}-records-{start}")


def _records_made(page: Page, what: Metric, side: Side, name: str) -> bytes:
    """The file, written down in the audit log: rows are of persons."""
    found = _records(page, what, side, MOST, 0)
    if found.count > MOST:
        raise WrongQuestion("too-many-records", TOO_MANY.fill(count=found.count, most=MOST))
    period, where = page.question.period, sorted(page.question.where.items())
    audit(
        cast(User, page.request.user),
        "records_exported",
        what.key,
        format=name,
        rows=found.count,
        period=f"{period.start.isoformat()}..{period.last_day.isoformat()}" if period else "all",
        filters=[f"{dimension}={value or '~'}" for dimension, values in where for value in values],
    )
    return RECORD_FORMATS[name](rows.sheet(found, page.company, page.language), page.language)


def _records(page: Page, what: Metric, side: Side, limit: int, offset: int) -> Records:
    step, question = page.request.GET.get("step", ""), page.question
    if what.computed_by == "funnel" and step:
        kind = Kind.MILESTONES if page.request.GET.get("kind") == Kind.MILESTONES else Kind.STAGES
        return doors.of_step(page.reader, question, what.key, step, kind, limit, offset)
    if what.computed_by == "reconciliation":
        return behind(page.reader, what.key, question, limit, offset)
    if what.computed_by == "churn":
        return customer_doors.of_churn(page.reader, what.key, question, limit, offset, side)
    if what.computed_by == "retention":
        age = page.request.GET.get("age", "")
        months = int(age) if age.isdecimal() and len(age) < 4 else None
        return customer_doors.of_cohort(page.reader, what.key, question, months, limit, offset, side)
    if what.computed_by == "losses":
        return doors.of_losses(page.reader, question, limit, offset)
    question = _of_hour(page)
    if what.computed_by == "response":
        return doors.of_response(page.reader, question, what.key, limit, offset)
    key = {"lifetime": "known_customers"}.get(what.computed_by or "", what.key)
    return find_records(page.reader, key, question, limit, offset, side)


def _of_hour(page: Page) -> Question:
    """The question, of the leads of one hour of the day where the address says which."""
    hour = page.request.GET.get("hour", "")
    if not hour:
        return page.question
    if not hour.isdecimal() or len(hour) > 2 or int(hour) > 23:
        raise WrongQuestion("bad-hour", Text("hour бывает от 0 до 23.", "hour is from 0 to 23."))
    return page.question.only("hour", hour)


def _sides(page: Page, what: Metric, side: Side) -> list[tuple[Text, str, bool]]:
    """The two doors of a ratio."""
    if not what.is_ratio and not what.product_of:
        return []
    return [
        (Text("Числитель", "Numerator"), page.href(side=""), side == "numerator"),
        (Text("Знаменатель", "Denominator"), page.href(side="denominator"), side == "denominator"),
    ]
