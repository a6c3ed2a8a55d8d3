"""Every figure of churn and of the cohorts counts the customers behind its door, on the small shop."""

from __future__ import annotations

import pytest

from smarketing.analyses.churn import churn
from smarketing.analyses.customer_doors import of_churn, of_cohort
from smarketing.analyses.question import Question
from smarketing.analyses.retention import retention
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock, Month
from tests.analyses.small_shop import HALF, YEAR, reader

COUNTS = ("customers_at_start", "arrived_customers", "returned_customers", "gone_customers", "customers_at_end")
CELLS = ("cohort_bought_share", "cohort_repeat_share", "cohort_alive_share")


def test_customers_who_left_in_march_are_named() -> None:
    """U's contract ended and V fell silent, as ``test_churn`` counts by hand."""
    found = of_churn(reader(), "gone_customers", Question(Month(2026, 3).period, Clock.PERIOD))
    assert (found.count, {row[0] for row in found.rows}) == (2, {"client U", "client V"})


def test_every_count_of_churn_is_the_number_of_customers_behind_it() -> None:
    ours = reader()
    table = churn(ours, HALF.split("month"))
    for row in table.rows:
        month = HALF.over(Month.from_number(int(str(row.keys[0]))).period)
        for key in COUNTS:
            assert of_churn(ours, key, month).count == row.figures[key].value, (row.keys, key)
        share = row.figures["customer_churn"]
        assert of_churn(ours, "customer_churn", month).count == share.numerator
        assert of_churn(ours, "customer_churn", month, side="denominator").count == share.denominator


def test_every_cell_of_the_cohorts_is_the_number_of_customers_behind_it() -> None:
    ours = reader()
    seen = 0
    for row in retention(ours, YEAR).rows:
        month, age = (int(str(key)) for key in row.keys)
        cohort = YEAR.over(Month.from_number(month).period)
        for key in CELLS:
            figure = row.figures[key]
            if figure.value is not None:
                assert of_cohort(ours, key, cohort, age).count == figure.numerator, (row.keys, key)
                seen += 1
        assert of_cohort(ours, "cohort_revenue", cohort, age).count == row.figures["cohort_customers"].value
    assert seen > 30


def test_doors_keep_the_filters_of_the_question() -> None:
    ours = reader()
    asked = Question(Month(2026, 3).period, Clock.PERIOD).only("lead_source", "site")
    (row,) = churn(ours, asked.split("month")).rows
    assert [of_churn(ours, key, asked).count for key in COUNTS] == [row.figures[key].value for key in COUNTS]


def test_churn_of_all_time_has_no_records_and_says_why() -> None:
    with pytest.raises(WrongQuestion, match="choose a period"):
        of_churn(reader(), "gone_customers", Question(None, Clock.PERIOD))
