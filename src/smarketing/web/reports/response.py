"""The page of response: how soon does a lead hear from a person, whom, at which hour, and who still waits?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from smarketing.analyses.conclusions import of_response
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES, Question
from smarketing.analyses.response import WITHIN, AnswerCurve, answer_curve, moved
from smarketing.analyses.response import response as find_response
from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.analyses.waiting import Unanswered, Waiting, unanswered
from smarketing.charts.answer_line import AnswerLines, answer_line
from smarketing.charts.drawing import inline_svg
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Figure, Row, Unit
from smarketing.metrics.wording import (
    DASH,
    say_day,
    say_interval,
    say_no_value,
    say_number,
    say_period,
    say_working,
)
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.reports.cockpit.strip import Stat
from smarketing.web.reports.page import FORMATS, Page, definition
from smarketing.web.reports.rows import safe_url
from smarketing.web.reports.sheets import FORMATS as SHEETS
from smarketing.web.reports.sheets import answers_sheet, sheet_file
from smarketing.web.reports.tables import Group, parts, say_cell, table

SPLITS = ("manager", "segment", "hour", "lead_source", "campaign", "region", "week", "month")
LISTED = 20
WORKING = (
    Group(Text("Лиды", "Leads"), ("leads", "answered_leads", "waiting_leads", "outside_hours_leads")),
    Group(Text("В рабочее время", "In working time"), ("sla_first", "response_median", "response_p90")),
    Group(Text("Ответили за", "Answered within"), tuple(WITHIN)),
)
ELAPSED = (
    Group(Text("Лиды", "Leads"), ("leads", "answered_leads")),
    Group(
        Text("По часам на стене", "By the clock on the wall"),
        ("elapsed_median", "elapsed_mean", "elapsed_p90", "elapsed_within_1h"),
    ),
)


@dataclass(frozen=True)
class ReachLine:
    """Which share was answered within a time, and which share it was before."""

    name: Text
    href: str
    definition: str
    text: str
    why: str
    interval: str
    before: str


@dataclass(frozen=True)
class WaitingLine:
    lead: str
    href: str
    created: Text
    waits: Text
    is_late: bool
    manager: Text
    segment: Text
    source: Text
    outcome: Text


@needs(Right.SEE_FIGURES)
def response(request: HttpRequest) -> HttpResponse:
    """First response by manager, segment, hour …; leads by the day they came, whatever clock the address says."""
    page = Page.of(request, by=("manager",))
    page = replace(page, said=_by_lead(page.said), question=_by_lead(page.question))
    found, before = _measured(page, page.question), _before(page)
    now, then = _curve(page, page.question), _curve(page, page.question.over(page.question.compare), before)
    round_the_clock = _elapsed(page)
    if request.GET.get("table") == "curve":
        name = f"answers-{page.question.period.start if page.question.period else 'all'}"
        if file := sheet_file(request, partial(answers_sheet, now, then, page.language), name, page.language):
            return file
    if file := page.exported(round_the_clock if request.GET.get("table") == "elapsed" else found):
        return file
    caption = Text("Скорость первого ответа", "First response")
    look = replace(page.look(caption, WORKING), intervals=frozenset({"sla_first"}))
    wall = page.look(Text("Ожидание круглые сутки", "The wait round the clock"), ELAPSED)
    waiting = unanswered(page.reader, page.question, LISTED)
    return render(
        request,
        "reports/response.html",
        page.context(
            conclusion=of_response(found, page.company, before),
            strip=_strip(page, found, before),
            drawing=_drawing(page, found, now, then),
            norm=say_working(_norm(page)),
            reached=_reached(page, found, before),
            table=table(found, look),
            wall=table(round_the_clock, wall),
            waiting=waiting,
            waiting_counts=_counts(page, waiting),
            waiting_lines=[_waiting(page, one) for one in waiting.leads],
            compared=say_period(page.question.compare, page.today) if before else None,
            splits=_splits(page),
            files={name: _exports(page, name) for name in ("curve", "elapsed")},
        ),
    )


def _by_lead(question: Question) -> Question:
    return replace(question, clock=Clock.COHORT)


def _measured(page: Page, question: Question) -> Measurement:
    return page.facts.answer("response", question, lambda: find_response(page.reader, question))


def _before(page: Page) -> Measurement | None:
    compare = page.question.compare
    return None if compare is None else _measured(page, page.question.over(compare).split())


def _elapsed(page: Page) -> Measurement:
    make = partial(find_response, page.reader, page.question, "elapsed")
    return page.facts.answer("response:elapsed", page.question, make)


def _curve(page: Page, question: Question, *compared: Measurement | None) -> AnswerCurve:
    """The curve of these days; empty where they are to be compared with and nothing is."""
    if None in compared:
        return AnswerCurve()
    asked = replace(question, compare=None).split()
    return page.facts.answer("answer-curve", asked, lambda: answer_curve(page.reader, asked))


def _norm(page: Page) -> int:
    return page.company.response_sla_minutes * 60


def _strip(page: Page, found: Measurement, before: Measurement | None) -> list[Stat]:
    """Five figures of all leads of the question; none where there is no lead."""
    figures = found.total.figures
    if not figures["leads"].value:
        return []
    calendar = Text("рабочего времени", "of working time")
    captions = {
        "sla_first": _in_time(found, before),
        "response_median": _was("response_median", before) or calendar,
        "response_p90": _was("response_p90", before) or calendar,
        "waiting_leads": Text("без ответа по сей день", "without an answer to this day"),
        "outside_hours_leads": Text(
            "их время идёт с начала рабочего дня", "their time begins with the working day"
        ),
    }
    return [_stat(page, figures[key], caption) for key, caption in captions.items()]


def _stat(page: Page, figure: Figure, caption: Text) -> Stat:
    name = name_of(metric(figure.metric), page.company)
    if figure.value is None:
        return Stat(name, DASH, "", say_no_value(figure.reason), definition(figure.metric))
    return Stat(name, say_cell(figure, page.language, ""), "", caption, page.records(figure.metric, {}))


def _in_time(found: Measurement, before: Measurement | None) -> Text:
    """What the share is made of; beside another period what it was and whether that is chance."""
    figure = found.total.figures["sla_first"]
    was = before.total.figures["sla_first"] if before else None
    if before is None or was is None or was.value is None:
        said = parts(figure, "ru"), parts(figure, "en")
        return Text(*said)
    judged = LABEL_NAMES[moved(found, before).label]
    return Text(f"было {say_cell(was, 'ru', '')}: {judged.ru}", f"was {say_cell(was, 'en', '')}: {judged.en}")


def _was(key: str, before: Measurement | None) -> Text | None:
    figure = before.total.figures[key] if before else None
    if figure is None:
        return None
    return Text(f"было {say_cell(figure, 'ru', '')}", f"was {say_cell(figure, 'en', '')}")


def _drawing(page: Page, found: Measurement, now: AnswerCurve, then: AnswerCurve) -> SafeString:
    """The curve; the same figures stand in the list beside it."""
    lines = AnswerLines.of(found, page.company, now, then)
    made = page.facts.answer(
        f"answer-drawing:{page.language}",
        page.question.split(),
        lambda: inline_svg(lambda size: answer_line(lines, size, page.language), "answers"),
    )
    return mark_safe(made)  # noqa: S308 - drawn here from figures


def _reached(page: Page, found: Measurement, before: Measurement | None) -> list[ReachLine]:
    return [_reach(page, found.total, key, before) for key in ("sla_first", *WITHIN)]


def _reach(page: Page, total: Row, key: str, before: Measurement | None) -> ReachLine:
    figure = total.figures[key]
    interval = figure.interval
    return ReachLine(
        name_of(metric(key), page.company),
        page.records(key, {}),
        definition(key),
        say_cell(figure, page.language, ""),
        page.say(say_no_value(figure.reason)) if figure.value is None else "",
        say_interval(interval, Unit.SHARE, page.language) if interval else "",
        say_cell(before.total.figures[key], page.language, "") if before else "",
    )


def _counts(page: Page, found: Unanswered) -> dict[str, str]:
    return {
        "all": say_number(found.count, Unit.COUNT, page.language),
        "open": say_number(found.open, Unit.COUNT, page.language),
        "records": page.records("waiting_leads", {}),
        "open_records": page.records("waiting_leads", {"outcome": "open"}),
    }


def _waiting(page: Page, lead: Waiting) -> WaitingLine:
    company = page.company
    named = {
        key: say_key(company, key, getattr(lead, key)) for key in ("manager", "segment", "lead_source", "outcome")
    }
    return WaitingLine(
        lead=lead.lead_id,
        href=safe_url(lead.url),
        created=say_day(lead.created_at.astimezone(company.tz).date(), page.today),
        waits=say_working(lead.seconds),
        is_late=lead.seconds > _norm(page),
        manager=named["manager"],
        segment=named["segment"],
        source=named["lead_source"],
        outcome=named["outcome"],
    )


def _splits(page: Page) -> list[dict[str, Any]]:
    return [
        {
            "text": DIMENSION_NAMES[dimension],
            "href": page.href(replace(page.said, by=(dimension,)), sort=""),
            "chosen": page.said.by == (dimension,),
        }
        for dimension in SPLITS
    ]


def _exports(page: Page, name: str) -> list[tuple[str, str]]:
    formats = SHEETS if name == "curve" else FORMATS
    return [(word.upper(), page.href(format=word, table=name)) for word in formats]
