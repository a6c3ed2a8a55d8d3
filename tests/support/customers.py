"""The tables of customers a second time: in plain Python, from receipts, without any SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from smarketing.facts.journeys import CUSTOMER_COLUMNS, CUSTOMER_RECEIPT_COLUMNS, LEAD_DIMENSIONS

Row = dict[str, Any]
EPOCH = date(1970, 1, 1)


def customers_of(
    receipts: Iterable[Mapping[str, Any]], clients: Iterable[Mapping[str, Any]] = (), purchase: str = "sale"
) -> tuple[list[Row], list[Row]]:
    """``customers`` and ``customer_receipts`` for these receipts and the latest versions of these clients."""
    said = {row["client_id"]: row for row in clients}
    owned = [{**row, "customer": _owner(row)} for row in receipts if row["is_counted"] and _owner(row)]
    owned.sort(key=lambda row: row["customer"])
    found: list[Row] = []
    payments: list[Row] = []
    for _, group in groupby(owned, key=lambda row: row["customer"]):
        _customer(list(group), said, purchase, found, payments)
    return found, sorted(payments, key=lambda row: row["payment_id"] or "")


def _owner(row: Mapping[str, Any]) -> str | None:
    if row.get("client_id"):
        return f"client {row['client_id']}"
    return f"lead {row['lead_id']}" if row.get("lead_id") else None


def _customer(
    rows: list[Row], said: Mapping[str, Row], purchase: str, found: list[Row], payments: list[Row]
) -> None:
    orders: dict[Any, list[Row]] = {}
    for row in rows:
        by_lead = purchase == "sale" and row.get("lead_id")
        orders.setdefault(("lead", row["lead_id"]) if by_lead else ("day", row.get("paid_day")), []).append(row)
    kept = [order for order in orders.values() if sum(row["amount"] for row in order) > 0]
    if not kept:
        return
    openings: dict[date, Row] = {}
    for order in kept:
        paid = [row for row in order if row["amount"] > 0 and row.get("paid_day")]
        if paid:
            day = min(row["paid_day"] for row in paid)
            rivals = [openings[day]] if day in openings else []
            openings[day] = min([*rivals, *(row for row in paid if row["paid_day"] == day)], key=_when)
    days = sorted(openings)
    origin = (
        openings[days[0]]
        if days
        else min((row for order in kept for row in order if row["amount"] > 0), key=_when)
    )
    client = said.get(origin.get("client_id") or "", {})
    who = {name: origin.get(name) for name in LEAD_DIMENSIONS}
    who["segment"] = who["segment"] or client.get("segment")
    base: Row = {
        "customer": origin["customer"],
        "client_id": origin.get("client_id"),
        "is_identified": bool(origin.get("client_id")),
        "left_no": _number(client.get("left_at")),
        "first_day": days[0] if days else None,
        "first_month": _month(days[0]) if days else None,
        **who,
    }
    found.append(_as_customer(base, origin, rows, kept, days, client.get("left_at")))
    payments += [_as_receipt(base, row, rows, openings, days) for row in rows]


def _as_customer(
    base: Row, origin: Row, rows: list[Row], kept: list[list[Row]], days: list[date], left: date | None
) -> Row:
    first = days[0] if days else None
    undated = [order for order in kept if not any(row["amount"] > 0 and row.get("paid_day") for row in order)]
    again = [
        row
        for order in kept
        for row in order
        if first
        and min((one["paid_day"] for one in order if one["amount"] > 0 and one.get("paid_day")), default=first)
        > first
    ]
    year = [row for row in rows if first and row.get("paid_day") and row["paid_day"] < first + timedelta(days=365)]
    row = {
        **base,
        "lead_id": origin.get("lead_id"),
        "left_day": left,
        "first_no": _number(first),
        "last_no": _number(days[-1]) if days else None,
        "purchases": len(days) + len(undated),
        "revenue": _sum(rows, "amount"),
        "cost_of_goods": _sum(rows, "cost"),
        "repeat_revenue": _sum(again, "amount"),
        "year_revenue": _sum(year, "amount"),
        "year_cost": _sum(year, "cost"),
    }
    for prefix, day in (
        ("created", origin.get("created_day")),
        ("first", first),
        ("second", days[1] if len(days) > 1 else None),
        ("last", days[-1] if days else None),
    ):
        row |= _dates(prefix, day)
    return {name: row[name] for name in CUSTOMER_COLUMNS}


def _as_receipt(base: Row, payment: Row, rows: list[Row], openings: Mapping[date, Row], days: list[date]) -> Row:
    day = payment.get("paid_day")
    opens = day in openings and openings[day] is payment
    place = days.index(day) if opens else None
    row = {
        **base,
        "payment_id": payment.get("payment_id"),
        "lead_id": payment.get("lead_id"),
        "amount": payment["amount"],
        "cost": payment.get("cost"),
        "is_purchase": opens,
        "purchase_number": None if place is None else place + 1,
        "day_no": _number(day) if opens else None,
        "gap_days": (days[place] - days[place - 1]).days if place else None,
        "next_no": _number(days[place + 1]) if place is not None and place + 1 < len(days) else None,
        "age_days": max((day - days[0]).days, 0) if day and days else None,
        "age_months": max(_index(day) - _index(days[0]), 0) if day and days else None,
        "year_amount": _sum(_of_year(rows, day), "amount") if opens else None,
        **_dates("paid", day),
    }
    return {name: row[name] for name in CUSTOMER_RECEIPT_COLUMNS}


def _of_year(rows: list[Row], day: date) -> list[Row]:
    return [row for row in rows if row.get("paid_day") and 0 <= (day - row["paid_day"]).days < 365]


def _when(row: Row) -> tuple[Any, ...]:
    return (row.get("paid_day") or date.max, row.get("paid_at") or datetime.max, row.get("payment_id") or "")  # noqa: DTZ901


def _sum(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(row.get(column) or 0) for row in rows), Decimal("0.00"))


def _dates(prefix: str, day: date | None) -> Row:
    return {
        f"{prefix}_day": day,
        f"{prefix}_week": day and day - timedelta(days=day.weekday()),
        f"{prefix}_month": day and _month(day),
    }


def _number(day: date | None) -> int | None:
    return None if day is None else (day - EPOCH).days


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _index(day: date) -> int:
    return day.year * 12 + day.month
