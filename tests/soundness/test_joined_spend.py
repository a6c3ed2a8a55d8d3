"""Joining facts first multiplies money; summing each on its own table does not.

One source, two days of ad spend (100 and 50), three leads, of which one has two payments (700 and 300). Joined by
source: 2 rows of spend × 3 leads × 2 payments = 12 rows, spend 900 instead of 150 (6 times), revenue 6 000 instead
of 1 000 (6 times).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.facts.company import Company
from smarketing.facts.period import Clock
from tests.support.memory import MemoryReader, at

JOINED = """
SELECT SUM(spend.cost) AS spend, SUM(receipts.amount) AS revenue, COUNT(*) AS rows
FROM journeys
JOIN spend ON spend.lead_source = journeys.lead_source
JOIN receipts ON receipts.lead_source = journeys.lead_source
"""


@pytest.fixture
def facts() -> MemoryReader:
    leads = [
        {"lead_id": str(place), "created_at": at("2026-11-02"), "lead_source": "vk", "campaign": "autumn",
         "is_won": place == 1, "won_at": at("2026-11-05") if place == 1 else None}
        for place in (1, 2, 3)
    ]  # fmt: skip
    payments = [
        {"payment_id": str(amount), "lead_id": "1", "client_id": "c", "amount": amount, "lead_source": "vk",
         "campaign": "autumn", "paid_day": date(2026, 11, 5), "created_day": date(2026, 11, 2)}
        for amount in (700, 300)
    ]  # fmt: skip
    spend = [
        {"day": date(2026, 11, day), "lead_source": "vk", "campaign": "autumn", "cost": cost}
        for day, cost in ((1, 100), (2, 50))
    ]
    return MemoryReader(Company(zone="UTC"), journeys=leads, receipts=payments, spend=spend)


def test_joining_first_multiplies_six_times(facts: MemoryReader) -> None:
    assert facts.query(JOINED).to_pylist() == [{"spend": Decimal(900), "revenue": Decimal(6000), "rows": 12}]


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("by", [(), ("lead_source",), ("campaign", "lead_source"), ("month", "campaign")])
def test_every_fact_is_summed_on_its_own_table(facts: MemoryReader, by: tuple[str, ...], clock: Clock) -> None:
    columns = ("spend", "leads", "sales", "revenue", "cpl", "aov")
    table = economics(facts, Question(clock=clock, by=by), columns)

    for row in (table.total, *table.rows):
        assert [row.figures[key].value for key in columns] == [150, 3, 1, 1000, 50, 1000]
    assert len(table.rows) == (1 if by else 0)


def test_no_question_of_a_measurement_joins(facts: MemoryReader) -> None:
    asked = economics(facts, Question(by=("lead_source", "month"))).asked

    assert [text for text in asked if "JOIN" in text.upper()] == []
