"""Plain rows get the lake's types, and a column nobody knows is an error of the connector."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from smarketing.connectors.outside.rows import fact_table, fact_tables

MOSCOW = timezone(timedelta(hours=3))


def test_moment_is_turned_to_utc_and_money_to_kopecks() -> None:
    row = {"lead_id": "1", "created_at": datetime(2026, 11, 1, 2, tzinfo=MOSCOW), "amount": Decimal("10.005")}
    [made] = fact_table("leads", [row]).to_pylist()
    assert made["created_at"] == datetime(2026, 10, 31, 23)  # noqa: DTZ001 the lake keeps UTC without a mark
    assert made["amount"] == Decimal("10.00")
    assert made["segment"] is None


def test_empty_custom_fields_are_left_out() -> None:
    rows = [
        {"lead_id": "1", "custom": {"city": "Омск", "site": "", "tags": []}},
        {"lead_id": "2", "custom": {"a": None}},
    ]
    assert fact_table("leads", rows)["custom"].to_pylist() == ['{"city": "Омск"}', None]


def test_column_that_the_facts_do_not_have_is_an_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        fact_table("payments", [{"payment_id": "1", "colour": "red"}])


def test_tables_without_rows_are_left_out() -> None:
    assert list(fact_tables({"leads": [{"lead_id": "1"}], "payments": []})) == ["leads"]
