"""Which records stand behind a figure, on a page and as a file?"""

from __future__ import annotations

from functools import partial
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from smarketing.analyses import customer_doors, doors
from smarketing.analyses.funnel import Kind
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation.behind import behind
from smarketing.analyses.records import Records, Side
from smarketing.analyses.records import records as find_records
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.record_export import MOST, to_csv, to_xlsx
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Metric, Unit
from smarketing.metrics.wording import say_number
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.reports import columns, rows, trying
from smarketing.web.reports.page import Page

PAGE = 50
PAGE_DIGITS = 6  # of the number of a page
RECORD_FORMATS = {"csv": to_csv, "xlsx": to_xlsx}
# What is computed over cases opens the cases: by who computes it, or by the metric.
_OF_CASES = {
    "lifetime": "known_customers",
    "forgotten_median_age": "forgotten_leads",
    "forgotten_oldest_age": "forgotten_leads",
}
TOO_MANY = Text(
    "Записей {count}, в файл помещается {most}. Сузьте период или добавьте отбор.",
    "There are {count} records, a file takes {most}. Narrow the period or add a filter.",
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
    shown = columns.shown(found, what.key, columns.asked(page.request))
    return render(
        request,
        "reports/records.html",
        page.context(
            count=say_number(found.count, Unit.COUNT, page.language),
            metric=what,
            metric_name=name_of(what, page.company),
            which=trying.draft_text(page),
            heads=rows.heads(shown),
            lines=rows.lines(shown, page.company, page.language),
            columns=columns.choice(page, found, shown),
            sides=_sides(page, what, side),
            number=number,
            pages=pages,
            earlier=page.href(page=str(int(number) - 1)) if offset else "",
            later=page.href(page=str(int(number) + 1)) if offset + PAGE < found.count else "",
            exports=[(name.upper(), page.href(format=name)) for name in RECORD_FORMATS],
        ),
    )


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
    if draft := page.request.GET.get("draft", ""):
        return trying.draft_records(page, draft, limit, offset)
    if what.computed_by == "funnel" and step:
        kind = Kind.MILESTONES if page.request.GET.get("kind") == Kind.MILESTONES else Kind.STAGES
        return doors.of_step(page.reader, question, what.key, step, kind, limit, offset)
    if what.key in doors.TURNED:
        return doors.of_turned(page.reader, question, what.key, limit, offset)
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
    key = _OF_CASES.get(what.computed_by or "") or _OF_CASES.get(what.key, what.key)
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
