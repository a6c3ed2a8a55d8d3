"""Does it matter in which portions facts came? A lake built step by step must equal one built from scratch."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.facts.company import Company
from smarketing.lake.batches import FactBatch
from smarketing.lake.store import Lake
from tests.lake.world import Facts, Row, World, at, batches, company

KNOWN = at("2026-05-28 09:00")
DERIVED = {
    "journeys": "lead_id",
    "receipts": "payment_id",
    "spend": "day, lead_source, campaign, cost, clicks",
    "customers": "customer",
    "customer_receipts": "payment_id",
    "duties": "task_id",
}


def derived(lake: Lake) -> dict[str, list[Row]]:
    with lake.open() as reader:
        return {
            table: reader.query(f"SELECT * FROM {table} ORDER BY {order}").to_pylist()
            for table, order in DERIVED.items()
        }


def from_scratch(folder: Path, facts: Facts, settings: Company) -> dict[str, list[Row]]:
    lake = Lake(folder)
    lake.load(batches(facts), settings, known_until=KNOWN)
    return derived(lake)


_VERSIONED = ("leads", "payments", "clients", "tasks")


def portions(world: World, seed: int, count: int) -> list[list[FactBatch]]:
    """The facts of a world in random order and portions; some rows come first in an older, other version."""
    chance = random.Random(seed)  # noqa: S311
    loads: list[Facts] = [{table: [] for table in world.facts} for _ in range(count)]
    for table, rows in world.facts.items():
        if table == "ad_spend":
            _slices(loads, rows, chance)
            continue
        for row in rows:
            place = chance.randrange(count)
            if table in _VERSIONED and place > 0 and chance.random() < 0.5:
                loads[chance.randrange(place)][table].append(_older(table, row, chance))
            loads[place][table].append(row)
            if chance.random() < 0.2:
                loads[min(place + 1, count - 1)][table].append(row)
    return [batches(load) for load in loads]


def _slices(loads: list[Facts], rows: list[Row], chance: random.Random) -> None:
    for key in sorted({(row["lead_source"], row["day"]) for row in rows}):
        slice_rows = [row for row in rows if (row["lead_source"], row["day"]) == key]
        place = chance.randrange(len(loads))
        if place > 0:
            loads[place - 1]["ad_spend"].append({**slice_rows[0], "cost": Decimal("1.00"), "campaign": "wrong"})
        loads[place]["ad_spend"].extend(slice_rows)


def _older(table: str, row: Row, chance: random.Random) -> Row:
    """The same row as it was before: other client, other money, fields that were cleared later, another month."""
    if table == "clients":
        return {**row, "segment": "cleared later", "left_at": date(2026, 1, 1 + chance.randrange(28))}
    if table == "tasks":
        return {**row, "done_at": None, "template": "cleared later"}
    other: dict[str, Any] = {
        "client_id": f"C{chance.randrange(60)}",
        "amount": Decimal("3.21"),
        "product": "was here",
    }
    if table == "leads":
        other |= {
            "manager": "Left",
            "segment": "cleared later",
            "created_at": row["created_at"] - timedelta(days=chance.randrange(40)),
        }
    else:
        other |= {"lead_id": f"L{chance.randrange(60):04d}", "currency": "USD"}
    return {**row, **other}


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_lake_built_in_portions_equals_lake_built_at_once(tmp_path: Path, seed: int) -> None:
    settings = company()
    world = World(seed, leads=120)
    lake = Lake(tmp_path / "steps")
    steps = portions(world, seed, count=6)
    for number, step in enumerate(steps):
        lake.load(step, settings, known_until=KNOWN - timedelta(hours=len(steps) - 1 - number))
    wanted = from_scratch(tmp_path / "once", world.facts, settings)
    got = derived(lake)
    for table in DERIVED:
        assert got[table] == wanted[table]


def test_rebuild_from_scratch_changes_no_cell(tmp_path: Path) -> None:
    settings = company()
    lake = Lake(tmp_path)
    for step in portions(World(21, leads=80), 21, count=4):
        lake.load(step, settings, known_until=KNOWN)
    before = derived(lake)
    change = lake.rebuild(settings)
    assert change.version == 5
    assert derived(lake) == before


def test_settings_changed_in_a_lake_equal_settings_given_at_first(tmp_path: Path) -> None:
    first, second = company("Europe/Moscow"), company("Asia/Novosibirsk", response_sla_minutes=5, criteria=())
    world = World(31, leads=60)
    lake = Lake(tmp_path / "changed")
    lake.load(batches(world.facts), first, known_until=KNOWN)
    lake.rebuild(second)
    assert derived(lake) == from_scratch(tmp_path / "once", world.facts, second)


def test_time_alone_makes_a_waiting_lead_an_unanswered_one(tmp_path: Path) -> None:
    # Monday 2 November 2026, 10:00 in Moscow; the company answers within 60 minutes of working time.
    settings = company()
    world: Facts = {
        "leads": [{"lead_id": "1", "created_at": at("2026-11-02 07:00")}],
        "activities": [{"activity_id": "a", "at": at("2026-11-02 06:00"), "lead_id": "other", "kind": "call"}],
    }
    lake = Lake(tmp_path)
    handled = []
    for known in ("2026-11-02 07:30", "2026-11-02 08:00", "2026-11-02 08:00:01"):
        lake.load(batches(world), settings, known_until=at(known))
        with lake.open() as reader:
            handled.append(reader.query("SELECT is_handled FROM journeys").to_pylist()[0]["is_handled"])
    assert handled == [None, None, False]


def test_first_activity_in_a_lake_tells_of_all_leads(tmp_path: Path) -> None:
    settings = company()
    lake = Lake(tmp_path)
    old = {"lead_id": "1", "created_at": at("2026-03-02 07:00")}
    lake.load(batches({"leads": [old]}), settings, known_until=KNOWN)
    lake.load(
        batches(
            {"activities": [{"activity_id": "a", "at": at("2026-05-02 06:00"), "lead_id": "2", "kind": "call"}]}
        ),
        settings,
        known_until=KNOWN,
    )
    with lake.open() as reader:
        answered = reader.query("SELECT is_answered, is_handled FROM journeys").to_pylist()
    assert answered == [{"is_answered": False, "is_handled": False}]
