"""Numbers of a plan: which stand where, what they come to, and which contradict each other."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from smarketing.analyses.measuring.monthly import monthly_sums
from smarketing.analyses.planning.numbers import (
    chain_cells,
    chain_revenue,
    check_plan,
    numbers_of,
    planned_total,
    stated,
)
from smarketing.analyses.question import Question
from smarketing.facts.errors import WrongInput
from smarketing.facts.period import Clock, Month
from tests.analyses.test_verdict import COMPANY, judge, plan_rows
from tests.support.memory import MemoryReader

MAY = Month(2026, 5)


def numbers(*rows):
    return {(metric, segment, source): Fraction(value) for segment, source, metric, value in rows}


def test_cells_of_the_chain_are_sources_where_a_segment_names_them():
    found = numbers(
        ("dealers", None, "leads", "60"), ("dealers", "ads", "leads", "20"), ("dealers", "fairs", "leads", "40"),
        ("private", None, "leads", "140"), ("private", "ads", "spend", "9"),
    )  # fmt: skip
    assert chain_cells(found) == (("dealers", "ads"), ("dealers", "fairs"), ("private", None))


def test_rate_of_a_source_is_its_own_then_of_its_segment_then_of_all():
    found = numbers(
        (None, None, "aov", "1"), ("dealers", None, "aov", "2"), ("dealers", "ads", "aov", "3"),
    )  # fmt: skip
    assert stated(found, "aov", ("dealers", "ads")) == 3
    assert stated(found, "aov", ("dealers", "fairs")) == 2
    assert stated(found, "aov", ("private", None)) == 1
    assert stated(found, "leads", ("private", None)) is None


def test_revenue_of_a_cell_is_the_product_of_its_chain():
    rows = [("dealers", None, metric, value) for _, metric, value in PLAYGROUND]
    # 60 × 0.6 × 0.9 × 0.35 × 500 000
    assert chain_revenue(numbers(*rows), ("dealers", None)) == 5_670_000
    assert chain_revenue(numbers(*rows[:-1]), ("dealers", None)) is None


PLAYGROUND = [
    ("dealers", "leads", "60"), ("dealers", "target_share", "0.6"), ("dealers", "handled_share", "0.9"),
    ("dealers", "handled_to_sale_cr", "0.35"), ("dealers", "aov", "500000"),
]  # fmt: skip


def test_planned_sum_counts_no_level_twice():
    found = numbers(
        (None, None, "spend", "100"), ("dealers", None, "spend", "30"), ("dealers", "ads", "spend", "30"),
        ("private", "ads", "spend", "25"), ("private", "fairs", "spend", "5"),
    )  # fmt: skip
    assert planned_total(found, "spend") == 60
    assert planned_total(numbers((None, None, "spend", "100")), "spend") == 100
    assert planned_total(numbers((None, "ads", "spend", "40"), (None, "fairs", "spend", "2")), "spend") == 42
    assert planned_total(found, "leads") is None


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        (
            [(None, "ads", "leads", "10")],
            "plan-source-without-segment",
            "План на май 2026, ads: источник запланирован без сегмента. План по источникам стоит внутри сегмента: "
            "укажите сегмент или уберите источник.",
        ),
        (
            [("dealers", None, "leads", "10"), ("dealers", "ads", "target_share", "0.4")],
            "plan-source-without-leads",
            "План на май 2026, Дилеры, ads: для источника задано «Доля целевых», а число лидов нет. Запишите, "
            "сколько лидов он приведёт.",
        ),
        (
            [("dealers", None, "leads", "60"), ("dealers", "ads", "leads", "55")],
            "plan-sources-differ",
            "План на май 2026, Дилеры: лидов в сегменте 60, а по его источникам вместе 55. Исправьте или уберите "
            "одно из двух.",
        ),
        (
            [("dealers", None, "target_share", "60")],
            "plan-value",
            "План на май 2026, Дилеры: «Доля целевых» не может быть 60: нужно число от 0 до 1.",
        ),
        (
            [("dealers", None, "aov", "-5")],
            "plan-value",
            "План на май 2026, Дилеры: «Средний чек» не может быть -5: нужно число от 0.",
        ),
    ],
)
def test_plan_that_contradicts_itself_is_refused_with_a_sentence(rows, code, said):
    with pytest.raises(WrongInput) as refused:
        check_plan(numbers(*rows), MAY, COMPANY)
    assert (refused.value.code, refused.value.text.ru) == (code, said)


def test_segment_and_its_sources_that_agree_are_no_contradiction():
    check_plan(numbers(("dealers", None, "leads", "60"), ("dealers", "ads", "leads", "60")), MAY)


def test_spend_and_revenue_may_be_planned_by_source_alone():
    check_plan(numbers((None, "ads", "spend", "10"), (None, "ads", "revenue", "90")), MAY)


def test_verdict_over_a_contradictory_plan_is_refused():
    rows = plan_rows()
    with pytest.raises(WrongInput):
        judge(plans=[*rows, {**rows[0], "lead_source": "ads", "value": 55}])


def test_numbers_of_rows_are_exact():
    assert numbers_of(plan_rows()[1:2]) == {("target_share", "dealers", None): Fraction(3, 5)}


@pytest.mark.parametrize(
    ("rows", "revenue"),
    [
        ([("dealers", "ads", 40), ("dealers", "fairs", 2), ("private", None, 100)], 142),
        ([("dealers", None, 42), ("dealers", "ads", 40), ("private", None, 100)], 142),
        ([("dealers", "ads", 40), ("dealers", None, 42), (None, None, 150)], 150),
        ([("dealers", None, 42), ("private", None, 100), (None, "ads", 9)], 142),
    ],
)
def test_planned_revenue_is_whole_where_one_segment_is_planned_by_source(rows, revenue):
    plans = [
        {"month": 202605, "metric": "revenue", "segment": segment, "lead_source": source, "value": Decimal(value)}
        for segment, source, value in rows
    ]
    reader = MemoryReader(COMPANY, plans=plans)
    question = Question(MAY.period, Clock.PERIOD)
    assert monthly_sums(reader, question, "plans")[1] == revenue
