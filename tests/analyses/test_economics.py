"""From ad spend to revenue in one table, on the small company."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.economics import compared, default_metrics, economics
from smarketing.analyses.question import Question
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock, Month
from smarketing.metrics.kinds import NoValue
from tests.analyses.small_company import COHORT, COMPANY, NOVEMBER, RECEIPTS, reader


def test_usual_columns_are_those_of_the_page() -> None:
    assert economics(reader(), COHORT).metrics == (
        "spend", "leads", "target_leads", "non_target_share", "accepted_leads", "deals", "sales",
        "lead_to_sale_cr", "cpl", "cac_paid", "revenue", "aov", "romi",
    )  # fmt: skip


def test_return_is_named_after_revenue_where_no_cost_is_known() -> None:
    free = reader(receipts=[{**row, "cost": 0} for row in RECEIPTS])

    assert default_metrics(free)[-1] == "roas_minus_one"
    assert economics(free, COHORT).total.figures["roas_minus_one"].value == Decimal("6.5")


def test_stages_that_the_company_does_not_have_are_no_columns() -> None:
    plain = COMPANY.model_copy(
        update={"stages": tuple(s for s in COMPANY.stages if s.key in ("new", "won", "lost"))}
    )
    bare = reader(company=plain, journeys=[])

    assert {"accepted_leads", "deals"} & set(default_metrics(bare)) == set()


def test_table_by_source_has_every_figure_worked_out_by_hand() -> None:
    yandex, site = economics(reader(), COHORT.split("lead_source")).rows

    counts = ("spend", "leads", "target_leads", "accepted_leads", "deals")
    assert [yandex.figures[key].value for key in counts] == [100_000, 6, 3, 3, 3]
    assert {key: yandex.figures[key].value for key in ("sales", "revenue", "aov", "cpl", "cac_paid", "romi")} == {
        "sales": 1, "revenue": 500_000, "aov": 500_000, "cpl": Decimal(100_000) / 6, "cac_paid": 100_000,
        "romi": Decimal(1),  # (500 - 300) / 100 - 1
    }  # fmt: skip
    assert (yandex.figures["non_target_share"].value, yandex.figures["lead_to_sale_cr"].value) == (2 / 5, 1 / 6)
    assert {key: figure.value for key, figure in site.figures.items()} == {
        "spend": None, "leads": 5, "target_leads": 3, "non_target_share": 1 / 4, "accepted_leads": 3, "deals": 2,
        "sales": 2, "lead_to_sale_cr": 2 / 5, "cpl": None, "cac_paid": None, "revenue": 250_000,
        "aov": 125_000, "romi": None,
    }  # fmt: skip


def test_table_by_month_and_source_sums_to_its_total() -> None:
    table = economics(reader(), Question(by=("month", "lead_source")))

    assert [(row.keys, row.figures["leads"].value, row.figures["spend"].value) for row in table.rows] == [
        ((202610, "yandex"), 1, 50_000), ((202611, "yandex"), 6, 100_000), ((202611, "site"), 5, None),
    ]  # fmt: skip
    assert (table.total.figures["leads"].value, table.total.figures["spend"].value) == (12, 150_000)


def test_usual_table_by_manager_leaves_the_money_of_ads_empty_with_a_reason() -> None:
    table = economics(reader(), COHORT.split("manager"))

    assert {row.figures["cpl"].reason for row in table.rows} == {NoValue.CANNOT_SPLIT}
    assert table.total.figures["cpl"].value == Decimal(100_000) / 11


def test_column_asked_by_name_must_be_possible() -> None:
    with pytest.raises(WrongQuestion):
        economics(reader(), COHORT.split("manager"), ["leads", "cpl"])


def test_comparison_asks_the_same_table_of_other_days() -> None:
    question = replace(COHORT.split("lead_source"), compare=Month(2026, 10).period)
    before = compared(reader(), question)

    assert before is not None
    assert [(row.keys, row.figures["leads"].value) for row in before.rows] == [(("yandex",), 1)]
    assert before.total.figures["revenue"].value == 240_000
    assert compared(reader(), COHORT) is None


def test_result_names_its_facts_and_its_questions() -> None:
    facts = reader()
    table = economics(facts, COHORT.split("lead_source"))

    assert (table.what, table.version, table.currency, table.by) == ("economics", 1, "RUB", ("lead_source",))
    assert table.known_until == facts.known_until
    assert all(asked in facts.asked for asked in table.asked)
    assert len(table.asked) == 6  # leads, payments and spend, each split and whole


def test_same_question_by_event_counts_the_sale_of_an_older_lead() -> None:
    by_event = economics(reader(), Question(NOVEMBER, Clock.PERIOD), ["sales", "revenue"]).total.figures

    assert (by_event["sales"].value, by_event["revenue"].value) == (4, 990_000)
    assert economics(reader(), COHORT, ["sales"]).total.figures["sales"].value == 3


def test_days_outside_the_period_are_no_rows() -> None:
    days = {row.keys[0] for row in economics(reader(), COHORT.split("day"), ["leads"]).rows}

    assert min(map(str, days)) == "2026-11-02"
    assert date.fromisoformat(max(map(str, days))) == date(2026, 11, 20)
