"""A total ratio is the ratio of the sums, never the mean of the rows' ratios.

Fair: 65 sales of 200 leads, 32.5 %. Search: 3 of 600, 0.5 %. Their mean is 16.5 %, the company converts 68 of 800,
8.5 %.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from tests.support.memory import MemoryReader, at


@pytest.fixture(scope="module")
def table() -> Measurement:
    leads = [
        {
            "lead_id": f"{source}{place}",
            "created_at": at("2026-11-02"),
            "lead_source": source,
            "is_won": place < won,
        }
        for source, count, won in (("fair", 200, 65), ("search", 600, 3))
        for place in range(count)
    ]
    spend = [
        {"day": at("2026-11-02").date(), "lead_source": source, "cost": cost}
        for source, cost in (("fair", 20_000), ("search", 6_000))
    ]
    facts = MemoryReader(Company(zone="UTC"), journeys=leads, spend=spend)
    return economics(facts, Question(by=("lead_source",)), ("leads", "lead_to_sale_cr", "cpl"))


def test_total_conversion_is_of_all_leads(table: Measurement) -> None:
    rows = [float(row.figures["lead_to_sale_cr"].value or 0) for row in table.rows]

    assert sum(rows) / len(rows) == pytest.approx(0.165)
    assert table.total.figures["lead_to_sale_cr"].value == 68 / 800 == 0.085


def test_total_cost_per_lead_is_of_all_leads(table: Measurement) -> None:
    rows = {row.keys[0]: row.figures["cpl"].value for row in table.rows}

    assert rows == {"search": Decimal(10), "fair": Decimal(100)}  # the mean of the two says 55
    assert table.total.figures["cpl"].value == Decimal("32.5")


def test_parts_of_the_rows_add_up_to_the_parts_of_the_total(table: Measurement) -> None:
    total = table.total.figures["lead_to_sale_cr"]
    rows = [row.figures["lead_to_sale_cr"] for row in table.rows]

    assert total.numerator == sum(row.numerator or 0 for row in rows) == 68
    assert total.denominator == sum(row.denominator or 0 for row in rows) == 800
