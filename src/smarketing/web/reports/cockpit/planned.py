"""What was each metric to be by now? Sums of the month's plan grow with its working time, rates do not grow."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.planning.numbers import Numbers, planned_total
from smarketing.analyses.question import Question
from smarketing.analyses.verdict.plan import planned as read_plan
from smarketing.analyses.verdict.result import Verdict, VerdictState
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.kinds import Unit
from smarketing.web.reports.page import Page


def planned(page: Page, question: Question, verdict: Verdict) -> Mapping[str, Decimal]:
    """The plan of each metric for the days of the verdict, by key; what nobody planned is left out.

    Nothing where the page asks for other days than the verdict's or for some of the leads: the plan is the whole
    company's.
    """
    judged = verdict.state is VerdictState.JUDGED and question.period == verdict.period
    if not judged or question.where:
        return {}
    numbers = page.facts.answer("plan", str(verdict.month), lambda: read_plan(page.reader, verdict.month)[0])
    found = {key: value for key in METRICS if (value := by_now(numbers, key, verdict.elapsed)) is not None}
    if "revenue" in found:
        found["revenue"] = verdict.plan
    return found


def by_now(numbers: Numbers, key: str, elapsed: float) -> Decimal | None:
    """The planned value of one metric; a sum may be planned by segment, a rate only for all leads together."""
    if METRICS[key].is_ratio or METRICS[key].unit not in (Unit.COUNT, Unit.MONEY):
        rate = numbers.get((key, None, None))
        return None if rate is None else _exact(rate)
    whole = planned_total(numbers, key)
    return None if whole is None else _exact(whole * Fraction(elapsed))


def _exact(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
