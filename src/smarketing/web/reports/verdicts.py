"""Which month does a page judge, and what was found for it? Found once for a version of the facts."""

from __future__ import annotations

from dataclasses import replace

from smarketing.analyses.diagnosis import Diagnosis, diagnose
from smarketing.analyses.questions import AskedQuestion, questions
from smarketing.analyses.verdict import Verdict, verdict
from smarketing.facts.period import Clock, Month
from smarketing.web.reports.page import Page


def month_of(page: Page) -> Month:
    """The month that the verdict judges: the last one the period touches."""
    period = page.question.period
    return Month.of(page.today if period is None else min(period.last_day, page.today))


def verdict_of(page: Page, month: Month) -> Verdict:
    """By the period clock unless the address asks for the leads' own dates; filters make the plan implied."""
    where = page.question.where
    clock = None if page.said.clock is Clock.PERIOD else Clock.COHORT
    key = f"{month} {clock} {sorted(where.items())}"
    return page.facts.answer("verdict", key, lambda: verdict(page.reader, month, clock=clock, where=where))


def questions_of(page: Page, found: Verdict) -> tuple[AskedQuestion, ...]:
    """What that verdict asks of the heads."""
    where = page.question.where
    key = f"{found.month} {found.clock} {sorted(where.items())}"
    return page.facts.answer("questions", key, lambda: questions(page.reader, found, where))


def diagnosis_of(page: Page, month: Month) -> Diagnosis:
    """Of the whole company by its own clock, whatever the address filters: the six steps know no part of it."""
    return page.facts.answer(
        "diagnosis", str(month), lambda: diagnose(page.reader, month, verdict_of(of_company(page), month))
    )


def of_company(page: Page) -> Page:
    """The page's question without its filters, by the verdict's own clock."""
    asked = replace(page.question, where={}, clock=Clock.PERIOD)
    return replace(page, said=asked, question=asked)
