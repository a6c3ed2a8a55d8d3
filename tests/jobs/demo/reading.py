"""How do tests read the facts of the demo company? In plain Python, by the words of the written criteria."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import pyarrow as pa

Fact = dict[str, Any]
FAR = {"Камчатский край", "Магаданская область", "Чукотский АО"}


def day_of(lead: Fact) -> date:
    created: datetime = lead["created_at"]
    return created.date()


def month_of(moment: datetime) -> int:
    return moment.year * 100 + moment.month


def verdict(lead: Fact) -> str:
    """The written criteria of company.toml, read aloud."""
    if lead["phone_check"] == "неверный" or lead["region"] in FAR or lead["budget"] == "нет бюджета":
        return "non_target"
    segment, positions = lead["segment"], lead["positions"]
    few = 2 if day_of(lead) < date(2026, 3, 1) else 3
    if segment == "private" and positions is not None and int(positions) < few:
        return "non_target"
    if segment in ("dealers", "developers", "municipal") and lead["amount"] < 100_000:
        return "non_target"
    if segment == "private" and positions is None:
        return "unknown"
    if segment is None:
        # Either small order could be its case, unless both are excluded by what is known.
        is_small = positions is None or int(positions) < few or lead["amount"] < 100_000
        return "unknown" if is_small else "target"
    return "target"


def share(rows: Iterable[Fact], test: Callable[[Fact], bool]) -> float:
    kept = list(rows)
    return sum(map(test, kept)) / len(kept)


def between(leads: Iterable[Fact], start: date, end: date) -> list[Fact]:
    return [lead for lead in leads if start <= day_of(lead) < end]


def digest(facts: dict[str, pa.Table]) -> str:
    found = hashlib.sha256()
    for name, table in sorted(facts.items()):
        found.update(name.encode())
        for row in table.to_pylist():
            found.update(repr(sorted(row.items())).encode())
    return found.hexdigest()
