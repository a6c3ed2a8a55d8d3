"""Cohorts of customers, on the small shop."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.retention import COLUMNS, retention
from smarketing.facts.errors import WrongQuestion
from smarketing.metrics.kinds import Figure, NoValue
from tests.analyses.small_shop import RECEIPTS, YEAR, bought, reader
from tests.support.memory import at


def cell(month: int, age: int, **changed: object) -> dict[str, Figure]:
    rows = {row.keys: row.figures for row in retention(reader(**changed), YEAR).rows}
    return dict(rows[(month, age)])


def column(key: str, month: int) -> list[object]:
    table = retention(reader(), YEAR)
    return [row.figures[key].value for row in table.rows if row.keys[0] == month]


def test_cohort_that_came_again_after_three_months_equals_the_one_by_hand() -> None:
    # V: 300 in February, 600 in May.
    assert column("cohort_customers", 202602) == [1, 1, 1, 1, 1]
    assert column("cohort_bought_share", 202602) == [1, 0, 0, 1, 0]
    assert column("cohort_repeat_share", 202602) == [0, 0, 0, 1, 1]
    assert column("cohort_revenue_retention", 202602) == [1, 0, 0, 2, 0]
    assert column("cohort_revenue", 202602) == [300, 300, 300, 900, 900]
    # At the end of February nobody could have been silent too long yet; lost 9 March, back in May, lost 7 June.
    assert column("cohort_alive_share", 202602) == [None, 0, 0, 1, 0]
    assert cell(202602, 0)["cohort_alive_share"].reason is NoValue.NOT_RIPE


def test_cohort_of_two_has_shares_of_two_with_intervals() -> None:
    # R and S, every month: margin (100 - 40) + (200 - 50) a month for two.
    assert column("cohort_bought_share", 202507) == [1] * 12
    assert column("cohort_margin", 202507) == [Decimal(105) * (age + 1) for age in range(12)]
    figure = cell(202507, 1)["cohort_repeat_share"]
    assert (figure.value, figure.n) == (1, 2)
    assert figure.interval is not None and figure.interval.high == pytest.approx(1) and figure.interval.low < 0.5


def test_total_is_of_all_customers_as_of_now() -> None:
    total = retention(reader(), YEAR).total.figures
    assert total["cohort_customers"].value == 6
    assert total["cohort_repeat_share"].value == 3 / 6  # R S V
    assert total["cohort_alive_share"].value == 3 / 6  # R S W; T U V have left
    assert total["cohort_revenue"].value == Decimal(1200 + 2400 + 500 + 1000 + 900 + 50) / 6
    assert total["cohort_bought_share"].reason is NoValue.CANNOT_SPLIT


def test_young_cells_say_that_their_month_is_not_over() -> None:
    young = {"known_until": at("2026-06-15 18:00")}
    assert cell(202602, 4, **young)["cohort_bought_share"].ripe == pytest.approx(15 / 30)
    assert cell(202602, 3, **young)["cohort_bought_share"].ripe is None
    notes = {note.code: note.text.en for note in retention(reader(**young), YEAR).notes}
    assert notes["young-cohort"] == "Cells whose month is not over: 5. They will still grow."


def test_alive_share_says_how_many_could_have_left() -> None:
    # X joins V's cohort on 27 February and contract-free: by the end of March only V could have fallen silent.
    late = {**bought("V", date(2026, 2, 28), 10), "client_id": "X", "payment_id": "X", "lead_id": "X"}
    figure = cell(202602, 1, receipts=(*RECEIPTS, late))["cohort_alive_share"]
    assert (figure.value, figure.ripe) == (1 / 2, 1 / 2)


def test_filter_keeps_the_cohorts_of_its_customers() -> None:
    table = retention(reader(), YEAR.only("segment", "dealers"))
    assert {row.keys[0] for row in table.rows} == {202507, 202601}
    assert table.total.figures["cohort_customers"].value == 2


def test_without_cost_there_is_no_margin_and_revenue_stays() -> None:
    free = [{**row, "cost": Decimal()} for row in RECEIPTS]
    table = retention(reader(receipts=free), YEAR)
    assert table.total.figures["cohort_margin"].reason is NoValue.NOT_LOADED
    assert table.total.figures["cohort_revenue"].value is not None
    assert "no-cost" in {note.code for note in table.notes}


def test_customer_without_a_number_or_a_day_stands_beside_the_cohorts() -> None:
    undated = {**bought("W", date(2026, 6, 10), 5), "client_id": "Z", "lead_id": "Z", "paid_day": None}
    notes = {note.code: note.text.en for note in retention(reader(receipts=(*RECEIPTS, undated)), YEAR).notes}
    assert notes["unknown-customers"].startswith("1 of 8 customers")
    assert notes["undated-customers"].startswith("Customers whose first day of purchase is not known: 1")


def test_nobody_bought_is_an_empty_table() -> None:
    table = retention(reader(receipts=()), Question())
    assert table.rows == ()
    assert table.total.figures["cohort_customers"].value == 0
    assert set(table.total.figures) == set(COLUMNS)


def test_retention_splits_by_nothing_else() -> None:
    with pytest.raises(WrongQuestion):
        retention(reader(), YEAR.split("segment"))
