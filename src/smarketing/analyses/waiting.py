"""Which leads wait for their first answer, one by one?

``waiting`` are those that the hand-over ledger counts as forgotten, at any moment: the ledger counts at the last
moment the facts know. ``unanswered`` are those that stand behind the metric ``waiting_leads``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from smarketing.analyses.question import Question, filter_condition, period_condition
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
    segment: str | None = None
    lead_source: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Unanswered:
    """How many leads nobody has answered, how many of them are still in work, and the first of the list."""

    count: int
    open: int
    leads: tuple[Waiting, ...]


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


def unanswered(reader: Reader, question: Question, limit: int = 20) -> Unanswered:
    """The leads of the question without an answer: those in work first, then by how long they have waited."""
    now = reader.company.calendar.clock(reader.known_until)
    period, filters = period_condition(question.period, "created"), filter_condition(question.where)
    where = f"is_counted AND NOT is_answered AND {period} AND {filters}"
    counting = (
        "SELECT COUNT(*) AS leads, COUNT(*) FILTER (WHERE outcome = 'open') AS in_work\n"
        f"FROM journeys\nWHERE {where}"
    )
    asked = (
        "SELECT lead_id, created_at, created_working_clock, manager, url, segment, lead_source, outcome\n"
        f"FROM journeys\nWHERE {where}\n"
        "ORDER BY CASE WHEN outcome = 'open' THEN 0 ELSE 1 END, created_working_clock NULLS LAST, created_at,"
        f" lead_id LIMIT {literal(limit)}"
    )
    (counts,) = reader.query(counting).to_pylist()
    leads = tuple(
        Waiting(
            row["lead_id"],
            row["created_at"].replace(tzinfo=UTC),
            0 if row["created_working_clock"] is None else max(now - row["created_working_clock"], 0),
            *(row[column] for column in ("manager", "url", "segment", "lead_source", "outcome")),
        )
        for row in reader.query(asked).to_pylist()
    )
    return Unanswered(int(counts["leads"]), int(counts["in_work"]), leads)
