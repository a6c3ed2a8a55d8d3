"""Which leads were handed over and nobody has taken them up within the norm of the first response?

The leads that the hand-over ledger counts as forgotten, one by one, and at any moment: the ledger counts at the
last moment the facts know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from smarketing.facts.query import Reader, literal
from smarketing.metrics.catalogue.handover import UNTAKEN


@dataclass(frozen=True)
class Waiting:
    """A lead without an answer. ``seconds``: working time since it came."""

    lead_id: str
    created_at: datetime
    seconds: int
    manager: str | None = None
    url: str | None = None


def waiting(reader: Reader, since: datetime, now: datetime, limit: int = 1000) -> tuple[Waiting, ...]:
    """Leads that came at or after a moment and wait beyond the norm now, those who wait longest first."""
    clock = reader.company.calendar.clock(now)
    came_before = clock - reader.company.response_sla_minutes * 60
    asked = (
        "SELECT lead_id, created_at, created_working_clock, manager, url\nFROM journeys\n"
        f"WHERE is_counted AND {UNTAKEN} AND created_working_clock < {literal(came_before)}"
        f" AND created_at >= {literal(since)}\n"
        f"ORDER BY created_at, lead_id LIMIT {literal(limit)}"
    )
    return tuple(
        Waiting(
            row["lead_id"],
            row["created_at"].replace(tzinfo=UTC),
            clock - row["created_working_clock"],
            row["manager"],
            row["url"],
        )
        for row in reader.query(asked).to_pylist()
    )
