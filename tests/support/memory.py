"""A reader over a handful of rows written by hand, so that every expected figure can be checked by eye.

It fills the columns a test does not care about the way the journey builder would: a lead is counted, unknown
where nothing is said, and its days, weeks and months follow from its moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from smarketing.facts.campaigns import one_name
from smarketing.facts.company import Company
from smarketing.facts.journeys import (
    CUSTOMER_COLUMNS,
    CUSTOMER_RECEIPT_COLUMNS,
    DUTY_COLUMNS,
    MILESTONES,
    PLAIN_TABLES,
    RECEIPT_COLUMNS,
    SPEND_COLUMNS,
    journey_columns,
)
from smarketing.facts.tables import STORED, TABLES
from tests.support.customers import customers_of
from tests.support.duties import duties_of

Fact = Mapping[str, Any]
_BATCH = 200


class MemoryReader:
    """Implements ``facts.query.Reader`` over in-memory tables."""

    def __init__(
        self,
        company: Company,
        *,
        journeys: Iterable[Fact] = (),
        receipts: Iterable[Fact] = (),
        spend: Iterable[Fact] = (),
        known_until: datetime = datetime(2026, 11, 20, 18, tzinfo=UTC),
        **plain: Iterable[Fact],
    ) -> None:
        self.version = 1
        self.company = company
        self.known_until = known_until
        self.asked: list[str] = []
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._fill("journeys", journey_columns(company), [_journey(row, company) for row in journeys])
        paid = [_receipt(row) for row in receipts]
        self._fill("receipts", RECEIPT_COLUMNS, paid)
        customers, customer_receipts = customers_of(paid, plain.get("clients", ()), company.purchase)
        self._fill("customers", CUSTOMER_COLUMNS, customers)
        self._fill("customer_receipts", CUSTOMER_RECEIPT_COLUMNS, customer_receipts)
        self._fill("duties", DUTY_COLUMNS, duties_of(plain.get("tasks", ()), company))
        self._fill("spend", SPEND_COLUMNS, [_spend(row) for row in spend])
        for table in (*PLAIN_TABLES, "stage_moves"):  # the page of settings counts the stages that came
            columns = {column.name: STORED[column.kind] for column in TABLES[table].columns}
            self._fill(table, columns, [_named(table, row, company) for row in plain.get(table, ())])

    def query(self, question: str) -> pa.Table:
        self.asked.append(question)
        return self._connection.sql(question).to_arrow_table()

    def _fill(self, table: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self._connection.execute(f'CREATE TABLE "{table}" ({listed})')
        unknown = {column for row in rows for column in row} - set(columns)
        if unknown:
            raise KeyError(f"{table} has no column {sorted(unknown)}")
        for place in range(0, len(rows), _BATCH):
            batch = rows[place : place + _BATCH]
            marks = ", ".join("(" + ", ".join("?" for _ in columns) + ")" for _ in batch)
            values = [row.get(column) for row in batch for column in columns]
            self._connection.execute(f'INSERT INTO "{table}" VALUES {marks}', values)


def at(text: str) -> datetime:
    """A moment in UTC from ``2026-11-03`` or ``2026-11-03 10:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _named(table: str, row: Fact, company: Company) -> dict[str, Any]:
    """Campaigns under the name that people agreed on, as the lake shows them."""
    source = {"touches": "channel", "reported": "lead_source"}.get(table)
    names = one_name(company.campaign_pairs) if source else {}
    name = names.get((str(row.get(source or "")), str(row.get("campaign"))))
    return {**row, **({"campaign": name} if name else {})}


def _journey(row: Fact, company: Company) -> dict[str, Any]:
    filled: dict[str, Any] = {
        "is_test": False,
        "is_duplicate": False,
        "is_deleted": False,
        "is_counted": True,
        "is_repeat": False,
        "target_verdict": "unknown",
        "outcome": "open",
        "furthest": 0,
        "returns": 0,
        "reopenings": 0,
        "is_answered": row.get("response_working_seconds") is not None,
        "revenue": 0,
        "cost_of_goods": 0,
        "payments_count": 0,
        **{f"is_{milestone}": False for milestone in MILESTONES},
        **{f"in_{stage.key}": False for stage in company.stages},
        **row,
    }
    for prefix in ("created", *MILESTONES):
        _dates(filled, f"{prefix}_at", prefix, company)
    for key, value in filled.items():
        if isinstance(value, datetime):
            filled[key] = value.astimezone(UTC).replace(tzinfo=None)
    return filled


def _dates(row: dict[str, Any], moment: str, prefix: str, company: Company) -> None:
    value = row.get(moment)
    if isinstance(value, datetime):
        local = value.astimezone(company.tz)
        row.setdefault(f"{prefix}_day", local.date())
        row.setdefault(f"{prefix}_week", _monday(local.date()))
        row.setdefault(f"{prefix}_month", local.year * 100 + local.month)
        if prefix == "created":
            row.setdefault("created_hour", local.hour)
            row.setdefault("created_weekday", local.isoweekday())
            row.setdefault("in_working_hours", company.calendar.is_open(value))
            row.setdefault("created_working_clock", company.calendar.clock(value))


def _receipt(row: Fact) -> dict[str, Any]:
    filled = {"is_counted": True, "is_first": True, "cost": 0, **row}
    for prefix in ("paid", "created"):
        day = filled.get(f"{prefix}_day")
        if isinstance(day, date):
            filled.setdefault(f"{prefix}_week", _monday(day))
            filled.setdefault(f"{prefix}_month", day.year * 100 + day.month)
    return filled


def _spend(row: Fact) -> dict[str, Any]:
    filled = {"impressions": 0, "clicks": 0, **row}
    day = filled["day"]
    filled.setdefault("week", _monday(day))
    filled.setdefault("month", day.year * 100 + day.month)
    return filled


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
