"""Can a figure on the derived tables be wrong without an error? Each is made a second time, in plain Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smarketing.facts.company import Company
from smarketing.facts.journeys import (
    CUSTOMER_COLUMNS,
    CUSTOMER_RECEIPT_COLUMNS,
    DUTY_COLUMNS,
    RECEIPT_COLUMNS,
    SPEND_COLUMNS,
    journey_columns,
)
from smarketing.lake.store import Lake
from tests.lake.oracle import Oracle
from tests.lake.world import World, at, batches, company
from tests.support.customers import customers_of
from tests.support.duties import duties_of

KNOWN = at("2026-05-28 09:00")
ORDERS = {
    "journeys": "lead_id",
    "receipts": "payment_id",
    "spend": None,
    "customers": "customer",
    "customer_receipts": "payment_id",
    "duties": "task_id",
}


def differences(lake: Lake, expected: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Every cell that differs, as a line to read."""
    found = []
    with lake.open() as reader:
        for table, order in ORDERS.items():
            rows = reader.query(f"SELECT * FROM {table}" + (f" ORDER BY {order}" if order else "")).to_pylist()
            wanted = expected[table]
            if order is None:
                columns = list(rows[0]) if rows else []
                rows = sorted(rows, key=repr)
                wanted = sorted(({column: row[column] for column in columns} for row in wanted), key=repr)
            assert len(rows) == len(wanted)
            for row, want in zip(rows, wanted, strict=True):
                assert set(row) == set(want)
                found += [
                    f"{table} {row.get(order or 'day')} {column}: {row[column]!r}, by hand {want[column]!r}"
                    for column in row
                    if row[column] != want[column]
                ]
    return found


def by_hand(world: World, settings: Company) -> dict[str, list[dict[str, Any]]]:
    oracle = Oracle(world.facts, settings, KNOWN)
    receipts = oracle.receipts()
    customers, customer_receipts = customers_of(receipts, world.facts["clients"], settings.purchase)
    return {
        "journeys": oracle.journeys(),
        "receipts": receipts,
        "spend": oracle.spend(),
        "customers": customers,
        "customer_receipts": customer_receipts,
        "duties": duties_of(world.facts["tasks"], settings),
    }


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Europe/Berlin", "America/New_York"])
def test_every_cell_of_the_derived_tables_follows_from_the_facts(tmp_path: Path, zone: str) -> None:
    settings = company(zone)
    for seed in (1, 2):
        world = World(seed, leads=200)
        lake = Lake(tmp_path / f"lake{seed}")
        lake.load(batches(world.facts), settings, known_until=KNOWN)
        assert differences(lake, by_hand(world, settings)) == []


def test_derived_tables_have_exactly_the_columns_of_the_contract(tmp_path: Path) -> None:
    settings = company()
    lake = Lake(tmp_path)
    lake.load(batches(World(3, leads=20).facts), settings, known_until=KNOWN)
    with lake.open() as reader:
        contract = {
            "journeys": journey_columns(settings),
            "receipts": RECEIPT_COLUMNS,
            "spend": SPEND_COLUMNS,
            "customers": CUSTOMER_COLUMNS,
            "customer_receipts": CUSTOMER_RECEIPT_COLUMNS,
            "duties": DUTY_COLUMNS,
        }
        for table, columns in contract.items():
            described = reader.query(f"SELECT * FROM {table} LIMIT 0").column_names
            assert described == list(columns)


def test_without_any_activity_nobody_is_called_unanswered(tmp_path: Path) -> None:
    settings = company()
    world = World(4, leads=30)
    world.facts["activities"] = []
    lake = Lake(tmp_path)
    lake.load(batches(world.facts), settings, known_until=KNOWN)
    with lake.open() as reader:
        counted = reader.query("SELECT COUNT(is_answered) AS a, COUNT(is_handled) AS h FROM journeys").to_pylist()
    assert counted == [{"a": 0, "h": 0}]
    assert differences(lake, by_hand(world, settings)) == []


def test_without_criteria_the_sellers_opinion_is_no_verdict(tmp_path: Path) -> None:
    settings = company(criteria=())
    world = World(5, leads=60)
    lake = Lake(tmp_path)
    lake.load(batches(world.facts), settings, known_until=KNOWN)
    assert differences(lake, by_hand(world, settings)) == []
    with lake.open() as reader:
        judged = reader.query("SELECT DISTINCT target_verdict FROM journeys WHERE judged_by IS NULL").to_pylist()
        by_rule = reader.query("SELECT COUNT(*) AS n FROM qualifications WHERE judged_by = 'rule'").to_pylist()
    assert judged == [{"target_verdict": "unknown"}]
    assert by_rule == [{"n": 0}]


def test_every_day_of_payment_is_a_purchase_where_the_company_says_so(tmp_path: Path) -> None:
    settings = company(purchase="payment")
    world = World(6, leads=120)
    lake = Lake(tmp_path)
    lake.load(batches(world.facts), settings, known_until=KNOWN)
    assert differences(lake, by_hand(world, settings)) == []
