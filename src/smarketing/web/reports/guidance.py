"""The pages that lead: where the work is out of order, and whether the departments serve the same segment."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from smarketing.analyses.diagnosis.words import conclusion
from smarketing.analyses.focus import Focus
from smarketing.analyses.focus import focus as find_focus
from smarketing.analyses.question import Question
from smarketing.facts.period import Clock
from smarketing.jobs import guidance_export
from smarketing.jobs.record_export import to_xlsx
from smarketing.metrics.wording import say_period
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.reports import focusing
from smarketing.web.reports.beside import beside, beside_file, shown_beside
from smarketing.web.reports.page import Page
from smarketing.web.reports.sheets import FORMATS as SHEETS
from smarketing.web.reports.sheets import distances_sheet, focus_shares_sheet, sheet_file
from smarketing.web.reports.steps import step_lines
from smarketing.web.reports.verdicts import diagnosis_of, month_of


@needs(Right.SEE_COMPANY)
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Six steps in order, of the month that the period ends in and of the whole company."""
    page = Page.of(request, clock=Clock.PERIOD)
    month = month_of(page)
    found = diagnosis_of(page, month)
    made = {
        "json": lambda: guidance_export.as_json(guidance_export.diagnosis_data(found, page.language)).encode(),
        "csv": lambda: guidance_export.diagnosis_csv(found, page.language),
        "xlsx": lambda: to_xlsx(guidance_export.diagnosis_sheet(found, page.language), page.language),
    }
    told = beside(page, month)
    if file := beside_file(page, told, month) or page.file(made, f"diagnosis-{month}"):
        return file
    return render(
        request,
        "reports/diagnosis.html",
        page.context(
            conclusion=conclusion(found),
            steps=step_lines(page, found),
            first=found.first_to_mend,
            beside=shown_beside(page, told),
            exports=[(name.upper(), page.href(format=name)) for name in made],
        ),
    )


@needs(Right.SEE_COMPANY)
def focus(request: HttpRequest) -> HttpResponse:
    """Whom the departments work for, and where the revenue comes from."""
    page = Page.of(request, by=("segment",))
    found = _focus(page, page.question)
    sheets = {"shares": focus_shares_sheet, "distances": distances_sheet}
    wanted = request.GET.get("table", "")
    if wanted in sheets:
        make = partial(sheets[wanted], found, page.language)
        if file := sheet_file(request, make, f"focus-{wanted}", page.language):
            return file
    if file := page.exported(found.table):
        return file
    compare = page.question.compare
    before = _focus(page, page.question.over(compare)) if compare else None
    return render(
        request,
        "reports/focus.html",
        page.context(
            conclusion=found.headline,
            focus=found,
            share_exports=[(name.upper(), page.href(format=name, table="shares")) for name in SHEETS],
            distance_exports=[(name.upper(), page.href(format=name, table="distances")) for name in SHEETS],
            focus_note=focusing.note_of(found, "focus-segment"),
            strip=focusing.strip(page, found),
            drawing=focusing.drawing(page, found),
            heads=focusing.heads(page, found),
            rows=focusing.rows(page, found),
            total=focusing.total(page, found),
            tested=focusing.tested(page, found),
            shares=focusing.shares(page, found, before),
            distances=focusing.distances(page, found, before),
            together=focusing.together(page, found),
            notes=focusing.notes(found),
            compared=say_period(compare, page.today) if compare else None,
        ),
    )


def _focus(page: Page, question: Question) -> Focus:
    return page.facts.answer("focus", question, lambda: find_focus(page.reader, question))
