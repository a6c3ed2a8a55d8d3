"""Every figure is a door to its rows, and behind the door there are as many as the figure says."""

from __future__ import annotations

import pytest

from smarketing.analyses.measuring import measure
from smarketing.analyses.question import Question
from smarketing.analyses.records import LEAD_COLUMNS, behind, records
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue import MEASURES, METRICS
from smarketing.metrics.kinds import Unit
from tests.analyses.small_company import COHORT, PERIOD, RECEIPTS, reader

COUNTS = [
    key
    for key, one in METRICS.items()
    if one.unit is Unit.COUNT and one.numerator and MEASURES[one.numerator[0]].table == "journeys"
]


@pytest.mark.parametrize("question", [COHORT, PERIOD, Question()], ids=["cohort", "period", "everything"])
@pytest.mark.parametrize("key", COUNTS)
def test_count_of_records_equals_the_figure(key: str, question: Question) -> None:
    figure = measure(reader(), question, [key]).total.figures[key]

    assert records(reader(), key, question).count == figure.value


def test_records_name_the_very_leads() -> None:
    found = records(reader(), "sales", COHORT)

    assert found.columns == LEAD_COLUMNS
    assert [row[0] for row in found.rows] == ["L11", "L7", "L1"]


def test_records_carry_no_personal_data() -> None:
    assert {"phone", "email", "name", "custom"} & set(LEAD_COLUMNS) == set()


def test_ratio_has_two_doors() -> None:
    won = records(reader(), "accepted_to_sale_cr", COHORT)
    accepted = records(reader(), "accepted_to_sale_cr", COHORT, side="denominator")

    assert (won.count, accepted.count) == (3, 6)


def test_records_come_by_pages() -> None:
    pages = [records(reader(), "leads", COHORT, limit=4, offset=offset) for offset in (0, 4, 8)]

    assert [len(page.rows) for page in pages] == [4, 4, 3]
    assert {page.count for page in pages} == {11}
    assert len({row[0] for page in pages for row in page.rows}) == 11


def test_money_opens_payments_and_spend() -> None:
    revenue, spend = records(reader(), "revenue", PERIOD), records(reader(), "cpl", COHORT)

    assert (revenue.table, revenue.count) == ("receipts", 5)
    assert sum(row[revenue.columns.index("amount")] for row in revenue.rows) == 990_000
    assert (spend.table, sum(row[spend.columns.index("cost")] for row in spend.rows)) == ("spend", 100_000)


def test_state_of_today_opens_its_leads_whatever_the_days() -> None:
    assert [row[0] for row in records(reader(), "open_pipeline", PERIOD).rows] == ["L2"]


def test_row_of_a_table_opens_its_own_records() -> None:
    question = Question(by=("month", "segment"))
    found = measure(reader(), question, ["leads"])

    assert [records(reader(), "leads", behind(question, row.keys)).count for row in found.rows] == [
        row.figures["leads"].value for row in found.rows
    ]


def test_row_of_a_week_is_cut_by_the_period() -> None:
    asked = behind(PERIOD.split("week"), ("2026-10-26",))

    assert asked.period is not None
    assert (str(asked.period.start), str(asked.period.last_day)) == ("2026-11-01", "2026-11-01")


def test_row_without_a_date_says_how_to_see_it() -> None:
    with pytest.raises(WrongQuestion) as error:
        behind(Question(clock=Clock.PERIOD, by=("month",)), (None,))

    assert error.value.code == "undated-row"


def test_figure_without_records_says_so() -> None:
    with pytest.raises(WrongQuestion) as curve:
        records(reader(), "response_median", COHORT)
    with pytest.raises(WrongQuestion) as impossible:
        records(reader(), "cpl", COHORT.only("manager", "Анна"))

    assert (curve.value.code, impossible.value.code) == ("no-records", "cannot-split")


def test_payments_of_tests_are_behind_no_figure() -> None:
    found = records(reader(), "revenue", Question(clock=Clock.PERIOD))

    assert found.count == len([row for row in RECEIPTS if row.get("is_counted", True)]) == 5
