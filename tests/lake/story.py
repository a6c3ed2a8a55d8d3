"""Ten tiny loads in a row, each changing what earlier ones brought: leads, their moves, their money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa

from smarketing.facts.company import Company, Milestone, Stage
from smarketing.lake.store import Change, Lake
from tests.lake.world import Facts, at, batches, named

SETTINGS = Company(
    stages=(
        Stage(key="new", name=named("new"), milestone=Milestone.ACCEPTED),
        Stage(key="paid", name=named("paid"), milestone=Milestone.WON),
        Stage(key="lost", name=named("lost"), milestone=Milestone.LOST),
    )
)
STEPS = 10
ORDERS = {
    "journeys": "lead_id",
    "receipts": "payment_id",
    "leads": "lead_id",
    "stage_moves": "lead_id, stage, entered_at",
    "payments": "payment_id",
}


def load_step(lake: Lake, step: int) -> Change:
    return lake.load(batches(_facts(step)), SETTINGS)


def state(lake: Lake, version: int | None = None) -> dict[str, pa.Table]:
    """Everything that a reader sees, derived tables and raw facts."""
    with lake.open(version) as reader:
        return {table: reader.query(f"SELECT * FROM {table} ORDER BY {order}") for table, order in ORDERS.items()}


def _facts(step: int) -> Facts:
    """Lead ``step`` comes; the one before is given another manager and wins; its payment is corrected."""
    created = at("2026-11-02") + timedelta(hours=step)
    before = max(step - 1, 0)
    return {
        "leads": [
            {"lead_id": f"L{step}", "created_at": created, "client_id": "C1", "manager": "Anna"},
            {"lead_id": f"L{before}", "created_at": created, "client_id": f"C{step % 3}", "manager": "Boris"},
        ][: step + 1],
        "stage_moves": [
            {"lead_id": f"L{step}", "stage": "new", "entered_at": created},
            {"lead_id": f"L{before}", "stage": "paid", "entered_at": created + timedelta(minutes=5)},
        ],
        "payments": [
            {"payment_id": f"P{step}", "amount": Decimal(100 + step), "lead_id": f"L{step}", "paid_at": created},
            {"payment_id": f"P{before}", "amount": Decimal(7), "lead_id": f"L{step}", "paid_at": created},
        ][: step + 1],
    }
