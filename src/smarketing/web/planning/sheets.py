"""How do the tables of the plan leave? A horizon, who owes what, and the numbers as a file that loads back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.plan_arithmetic import PlanDuties
from smarketing.analyses.plan_horizons import MonthPlan, PlanSums, sums
from smarketing.analyses.planning.numbers import PLANNED, SHARES, Numbers, as_decimal, say_cell, say_metric
from smarketing.analyses.planning.numbers import Cell as PlanCell
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Month
from smarketing.jobs.record_export import Cell, Sheet
from smarketing.metrics.wording import money_unit
from smarketing.web.planning.boards import duties_total
from smarketing.web.reports.sheets import percent

_TOTAL = Text("Всего", "Total")


def horizon_sheet(plans: Sequence[MonthPlan], company: Company, language: Language) -> Sheet:
    """Both departments' columns by month, the months of the horizon together at the end."""
    unit = money_unit(company.currency)
    heads = (
        Text("месяц", "month"), Text("лиды", "leads"), Text("целевые лиды", "target leads"),
        Text(f"расход, {unit.ru}", f"spend, {unit.en}"), Text("принять", "to accept"),
        Text("связаться", "to contact"), Text("ответить вовремя", "to answer in time"),
        Text("конверсия в продажу, %", "conversion to sale, %"), Text("продажи", "sales"),
        Text(f"выручка, {unit.ru}", f"revenue, {unit.en}"),
    )  # fmt: skip
    empty = (None,) * (len(heads) - 1)
    rows = [(str(plan.month), *(_cells(sums((plan,))) if plan.is_planned else empty)) for plan in plans]
    whole = sums(plans)
    rows.append((_TOTAL.say(language), *(_cells(whole) if whole.months else empty)))
    return _sheet(heads, rows, language)


def duties_sheet(duties: PlanDuties, company: Company, language: Language) -> Sheet:
    """Who owes what, by segment and, where it is planned so, by source."""
    unit = money_unit(company.currency)
    heads = (
        Text("сегмент", "segment"), Text("лиды", "leads"), Text("целевые", "target"), Text("принять", "to accept"),
        Text("связаться", "to contact"), Text("ответить вовремя", "to answer in time"), Text("продажи", "sales"),
        Text(f"выручка, {unit.ru}", f"revenue, {unit.en}"),
        Text(f"ценность лида, {unit.ru}", f"worth of a lead, {unit.en}"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for duty in duties.duties:
        for one in (duty, *(one for one in duties.by_source if one.segment == duty.segment)):
            name = say_cell((one.segment, one.source), company).say(language)
            counts = (one.leads, one.target, one.accepted, one.contacts, one.answers, one.sales)
            rows.append((name, *counts, _money(one.revenue), _money(one.lead_value)))
    rows.append((_TOTAL.say(language), *duties_total(duties), _money(duties.revenue), None))
    return _sheet(heads, rows, language)


def planned_sheet(numbers: Numbers, cells: Sequence[PlanCell], company: Company, language: Language) -> Sheet:
    """The planned numbers as the page has them, a row for each cell; shares in per cent."""
    shown = [cell for cell in cells if any((metric, *cell) in numbers for metric in PLANNED)]
    rows = [
        (
            say_cell(cell, company).say(language),
            *(_planned(metric, numbers.get((metric, *cell))) for metric in PLANNED),
        )
        for cell in shown
    ]  # fmt: skip
    return _sheet((Text("сегмент", "segment"), *(say_metric(metric) for metric in PLANNED)), rows, language)


def _planned(metric: str, value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return percent(float(value)) if metric in SHARES else as_decimal(value)


def numbers_sheet(month: Month, numbers: Numbers) -> Sheet:
    """The planned numbers in the form of the table ``plans``: what is taken away can be loaded back."""
    rows = [
        (str(month), metric, Decimal(f"{as_decimal(value).normalize():f}"), segment, source)
        for (metric, segment, source), value in numbers.items()
    ]
    return Sheet(("month", "metric", "value", "segment", "lead_source"), rows)


def _cells(one: PlanSums) -> tuple[Cell, ...]:
    return (
        one.leads, one.target, _money(one.spend), one.accepted, one.contacts, one.answers,
        percent(float(one.conversion)) if one.conversion is not None else None, one.sales, _money(one.revenue),
    )  # fmt: skip


def _money(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"))


def _sheet(heads: Sequence[Text], rows: Sequence[Sequence[Cell]], language: Language) -> Sheet:
    return Sheet(tuple(head.say(language) for head in heads), rows)
