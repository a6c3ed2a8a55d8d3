"""The page of customers: who came again, who left, what one is worth?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from smarketing.analyses.churn import churn
from smarketing.analyses.conclusions import of_customers
from smarketing.analyses.lifetime import lifetime
from smarketing.analyses.question import DIMENSION_NAMES
from smarketing.analyses.result import Measurement
from smarketing.analyses.retention import retention
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import (
    DASH,
    Scale,
    money_scale,
    money_unit,
    say,
    say_month,
    say_no_value,
    say_number,
    say_ripe,
)
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.reports.cockpit.strip import Stat
from smarketing.web.reports.lost import shade
from smarketing.web.reports.page import FORMATS, Page, definition
from smarketing.web.reports.tables import Group, parts, table

MONTHS = 12  # looked back over, and months of life shown
VIEWS: Mapping[str, tuple[str, Text]] = {
    "": ("cohort_repeat_share", Text("Купили снова", "Bought again")),
    "bought": ("cohort_bought_share", Text("Купили в этом месяце", "Bought in the month")),
    "alive": ("cohort_alive_share", Text("Остались клиентами", "Still customers")),
    "revenue": ("cohort_revenue", Text("Выручка на клиента", "Revenue per customer")),
}
SPLITS = ("segment", "lead_source", "product", "region", "manager")
CHURN = (
    Group(Text("Клиенты", "Customers"), ("customers_at_start", "arrived_customers", "returned_customers",
                                         "gone_customers", "customers_at_end")),
    Group(Text("Отток и удержание", "Churn and retention"), ("customer_churn", "revenue_churn", "nrr")),
)  # fmt: skip
LIFETIME = (
    Group(Text("Покупатели", "Customers"), ("known_customers", "repeat_customer_share", "lost_customer_share")),
    Group(Text("За первый год", "Over the first year"), ("ltv", "ltv_revenue", "ltv_cac", "ltv_cac_paid")),
    Group(Text("Год вперёд", "The year to come"), ("alive_share", "expected_purchases", "expected_revenue")),
)


@dataclass(frozen=True)
class CohortCell:
    text: str
    href: str = ""
    title: str = ""
    why: str = ""
    shade: int = 0
    is_young: bool = False


@dataclass(frozen=True)
class CohortRow:
    name: Text
    customers: str
    href: str
    cells: tuple[CohortCell, ...]


@dataclass(frozen=True)
class Cohorts:
    """Cohorts of customers by the months since they first bought."""

    heads: tuple[int, ...]
    rows: tuple[CohortRow, ...]
    total: str
    total_href: str
    unit: str
    definition: str
    has_young: bool


@needs(Right.SEE_FIGURES)
def customers(request: HttpRequest) -> HttpResponse:
    """Cohorts, churn and lifetime value; twelve months unless the address says otherwise."""
    page = Page.of(request, by=("segment",), clock=Clock.PERIOD, months=MONTHS)
    view = _view(page)
    asked = page.question.split()
    cohorts = page.facts.answer("retention", asked, lambda: retention(page.reader, asked))
    monthly = asked.split("month")
    leaving = page.facts.answer("churn", monthly, lambda: churn(page.reader, monthly))
    everyone = _of_everyone(page)
    worth = page.facts.answer("lifetime", everyone.question, lambda: lifetime(page.reader, everyone.question))
    exported = {"churn": leaving, "lifetime": worth}.get(request.GET.get("table", ""), cohorts)
    if file := page.exported(exported):
        return file
    by_name = name_of(metric(VIEWS[view][0]), page.company)
    return render(
        request,
        "reports/customers.html",
        page.context(
            conclusion=of_customers(leaving, worth),
            strip=_strip(page, leaving, everyone, worth),
            cohorts=_cohorts(page, cohorts, VIEWS[view][0]),
            cohort_metric=by_name,
            views=[(text, page.href(cohorts=word), word == view) for word, (_, text) in VIEWS.items()],
            leaving=table(leaving, page.look(Text("Отток по месяцам", "Churn by month"), CHURN)),
            worth=table(worth, everyone.look(Text("Чего стоит клиент", "What a customer is worth"), LIFETIME,
                                             sort="-known_customers")),
            splits=_splits(page),
            worth_of_all=page.said.period == page.defaults.period,
            cohort_notes=cohorts.notes,
            files={name: _exports(page, name) for name in ("cohorts", "churn", "lifetime")},
        ),
    )  # fmt: skip


def _view(page: Page) -> str:
    wanted = page.request.GET.get("cohorts", "")
    if wanted not in VIEWS:
        raise WrongQuestion(
            "bad-cohorts",
            Text("cohorts бывает bought, alive и revenue.", "cohorts is bought, alive or revenue."),
        )
    return wanted


def _of_everyone(page: Page) -> Page:
    """A first year takes a year: where nobody chose a period, what a customer is worth is asked of all of them."""
    if page.said.period != page.defaults.period:
        return page
    return replace(page, said=page.said.over(None), question=page.question.over(None))


def _strip(page: Page, leaving: Measurement, everyone: Page, worth: Measurement) -> list[Stat]:
    """Five figures of the whole company; none where nobody has bought."""
    if not worth.total.figures["known_customers"].value:
        return []
    total = leaving.total.figures
    months = Text("за выбранные дни", "in the days chosen")
    made = [
        (total, "customers_at_end", Text("на конец периода", "at the end of the period"), page),
        (total, "customer_churn", months, page),
        (total, "nrr", Text("выручка тех же клиентов к прежней", "of the same customers, to before"),
         page),
        (worth.total.figures, "repeat_customer_share", Text("купили снова", "bought again"), everyone),
        (worth.total.figures, "ltv", Text("маржа за первые 365 дней", "margin of the first 365 days"), everyone),
    ]  # fmt: skip
    return [_stat(one, figures[key], caption) for figures, key, caption, one in made]


def _stat(page: Page, figure: Figure, caption: Text) -> Stat:
    name = name_of(metric(figure.metric), page.company)
    if figure.value is None:
        return Stat(name, DASH, "", say_no_value(figure.reason), definition(figure.metric))
    scale = money_scale([figure.value]) if figure.unit is Unit.MONEY else Scale.ONE
    unit = page.say(money_unit(page.company.currency, scale)) if figure.unit is Unit.MONEY else ""
    said = say(figure, page.language, page.company.currency, scale, bare=bool(unit))
    return Stat(name, said, unit, caption, page.records(figure.metric, {}))


def _cohorts(page: Page, found: Measurement, key: str) -> Cohorts:
    by_month: dict[int, dict[int, Mapping[str, Figure]]] = {}
    for row in found.rows:
        month, age = (int(part or 0) for part in row.keys)
        by_month.setdefault(month, {})[age] = row.figures
    scale = (
        money_scale([row.figures[key].value for row in found.rows])
        if metric(key).unit is Unit.MONEY
        else Scale.ONE
    )
    shown = max((len(ages) for ages in by_month.values()), default=0)
    heads = tuple(range(min(shown, MONTHS + 1)))
    compared = [row for row in found.rows if row.keys[1] or key == "cohort_revenue"]  # at first everybody bought
    largest = max((float(row.figures[key].value or 0) for row in compared), default=0.0)
    rows = tuple(_cohort(page, month, by_month[month], key, (scale, largest, heads)) for month in sorted(by_month))
    return Cohorts(
        heads, rows, say_number(found.total.figures["cohort_customers"].value or 0, Unit.COUNT, page.language),
        page.records("cohort_customers", {}),
        page.say(money_unit(page.company.currency, scale)) if metric(key).unit is Unit.MONEY else "",
        definition(key), any(cell.is_young for row in rows for cell in row.cells),
    )  # fmt: skip


def _cohort(
    page: Page, month: int, ages: Mapping[int, Mapping[str, Figure]], key: str,
    look: tuple[Scale, float, tuple[int, ...]],
) -> CohortRow:  # fmt: skip
    scale, largest, heads = look
    cells = tuple(
        _cell(page, month, age, ages[age][key], (scale, largest)) if age in ages else CohortCell("")
        for age in heads
    )
    customers_of = ages[0]["cohort_customers"]
    return CohortRow(
        say_month(Month.from_number(month), page.today),
        say(customers_of, page.language),
        page.records("cohort_customers", {"month": month}),
        cells,
    )


def _cell(page: Page, month: int, age: int, figure: Figure, look: tuple[Scale, float]) -> CohortCell:
    if figure.value is None:
        return CohortCell(DASH, why=page.say(say_no_value(figure.reason)))
    scale, largest = look
    is_money, young = figure.unit is Unit.MONEY, figure.ripe is not None
    text = say(figure, page.language, page.company.currency, scale, bare=is_money)
    said = [parts(figure, page.language), page.say(say_ripe(figure.ripe)) if figure.ripe is not None else ""]
    whole = int(Decimal(str(figure.value)) * 10_000)
    return CohortCell(
        text,
        page.records(figure.metric, {"month": month}, age=str(age)),
        ", ".join(part for part in said if part),
        shade=shade(min(whole, round(largest * 10_000)), round(largest * 10_000)) if age or is_money else 0,
        is_young=young,
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
    return [(word.upper(), page.href(format=word, table=name)) for word in FORMATS]
