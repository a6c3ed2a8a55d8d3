"""Marketing's year and sales' quarter of one plan, and the plan that the last ripe months imply."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from smarketing.analyses.plan_arithmetic import plan_duties
from smarketing.analyses.plan_horizons import horizon, quarter, sums, year
from smarketing.analyses.plan_implied import implied_plan
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Month
from tests.analyses.test_plan_arithmetic import JUNE
from tests.analyses.test_verdict import COMPANY, FACT, leads, plan_rows
from tests.analyses.test_verdict_sources import BY_SOURCE, PAST, source_rows
from tests.support.memory import MemoryReader

DECEMBER = Month(2026, 12)
NUMBERS_OF_A_YEAR = [
    {**row, "month": 202600 + month, "value": row["value"] * (month if row["metric"] == "leads" else 1)}
    for month in range(1, 12)  # December has no plan
    for row in plan_rows()
]


def reader(journeys=FACT, plans=NUMBERS_OF_A_YEAR, **more):
    return MemoryReader(
        COMPANY, journeys=journeys, plans=plans, known_until=datetime(2026, 11, 20, 15, tzinfo=UTC), **more
    )


def test_quarters_of_sales_are_the_year_of_marketing():
    asked = reader(
        [*FACT, *[{**lead, "is_accepted": True} for lead in leads("dealers", 9, 9, 1, 0, 0, day="2025-11-02")]],
        [*NUMBERS_OF_A_YEAR, {"month": 202603, "metric": "spend", "value": Decimal(700), "segment": "dealers"}],
    )
    whole = horizon(asked, year(JUNE))
    quarters = [horizon(asked, quarter(Month(2026, month))) for month in (1, 4, 7, 10)]
    assert [plan for part in quarters for plan in part] == list(whole)
    total, parts = sums(whole), [sums(part) for part in quarters]
    for figure in ("months", "revenue", "leads", "target", "contacts", "answers", "sales"):
        assert sum(getattr(part, figure) for part in parts) == getattr(total, figure), figure
    # 1 + 2 + … + 11 = 66 times 60 and 140 leads; 6 174 000 each time
    assert (total.months, total.leads, total.revenue, total.spend) == (11, 66 * 200, 66 * 6_174_000, 700)
    assert [part.spend for part in parts] == [700, None, None, None]


def test_planned_conversion_is_sales_of_answered_leads():
    # (11.34 + 12.6) sales of (32.4 + 50.4) answered
    assert sums(horizon(reader(), (Month(2026, 1),))).conversion == Fraction("23.94") / Fraction("82.8")


def test_month_without_a_plan_promises_nothing():
    (december,) = horizon(reader(), (DECEMBER,))
    assert not december.is_planned
    assert (december.standing, december.spend) == (None, None)
    empty = sums((december,))
    assert (empty.months, empty.revenue, empty.accepted, empty.conversion, empty.spend) == (0, 0, None, None, None)


def test_year_and_quarter_of_a_month():
    assert (year(JUNE)[0], year(JUNE)[-1], len(year(JUNE))) == (Month(2026, 1), DECEMBER, 12)
    assert quarter(JUNE) == (Month(2026, 4), Month(2026, 5), Month(2026, 6))
    assert quarter(DECEMBER)[0] == Month(2026, 10)


def test_duties_go_down_to_the_source_where_the_plan_does():
    found = plan_duties(reader(plans=source_rows(BY_SOURCE)), JUNE)
    # Ads 20 × 0.4 × 0.9 × 0.35 = 2.52 sales; fairs 40 × 0.7 = 28 target, 25.2 answered, 8.82 sales.
    assert [(duty.segment, duty.source, duty.leads, duty.target, duty.answers, duty.sales, duty.revenue)
            for duty in found.by_source] == [
        ("dealers", "ads", 20, 8, 8, 3, 1_260_000),
        ("dealers", "fairs", 40, 28, 26, 9, 4_410_000),
    ]  # fmt: skip
    assert found.revenue == 6_174_000


def test_implied_plan_is_the_average_of_the_ripe_months():
    spend = [
        {"day": date(2026, month, 3), "segment": segment, "cost": Decimal(cost)}
        for month in (4, 5)
        for segment, cost in (("dealers", 1_000), (None, 50))
    ]
    found = implied_plan(reader(PAST, [], spend=spend), JUNE)
    assert found.months == (Month(2026, 4), Month(2026, 5))  # March is the oldest: it may have begun before
    # 30 leads, 18 target, 14 of them answered, 8 sold for 100 each; 2 000 spent in two months
    assert {metric: value for (metric, segment, _), value in found.numbers.items() if segment == "dealers"} == {
        "leads": 30, "target_share": Fraction("0.6"), "handled_share": Fraction("0.778"),
        "handled_to_sale_cr": Fraction("0.571"), "aov": 100, "spend": 1_000,
    }  # fmt: skip


def test_growth_moves_leads_and_spend_alone():
    found = implied_plan(reader(PAST, []), JUNE, Fraction("1.1")).numbers
    assert (found["leads", "dealers", None], found["aov", "dealers", None]) == (33, 100)
    for growth in (Fraction(0), Fraction(11)):
        with pytest.raises(WrongQuestion):
            implied_plan(reader(PAST, []), JUNE, growth)


def test_what_a_plan_by_segment_cannot_hold_is_said():
    stray = leads("dealers", 1, 0, 0, 1, 70, day="2026-05-14")
    nameless = leads(None, 4, 0, 0, 0, 0, day="2026-05-14")
    found = implied_plan(reader([*PAST, *stray, *nameless], []), JUNE)
    assert (found.outside, found.nameless) == (35, 2)  # over two months
    assert {segment for _, segment, _ in found.numbers} == {"dealers"}


def test_without_ripe_months_nothing_is_implied():
    assert implied_plan(reader([], []), JUNE) is None
