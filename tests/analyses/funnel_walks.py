"""A company of a few stages, leads that walked through them, and the funnel of both."""

from __future__ import annotations

from typing import Any

from smarketing.analyses.funnel import Funnel, Kind, funnel
from smarketing.analyses.question import Question
from smarketing.facts.company import Company, Milestone, Stage, Zone
from smarketing.facts.criteria import Names
from smarketing.facts.period import Month
from tests.support.memory import MemoryReader, at


def named(text: str) -> Names:
    return Names(ru=text, en=text)


COMPANY = Company(
    zone="UTC",
    stages=(
        Stage(key="new", name=named("Новый"), zone=Zone.MARKETING, sla_minutes=60),
        Stage(key="talk", name=named("Разговор"), milestone=Milestone.ACCEPTED),
        Stage(key="offer", name=named("КП"), milestone=Milestone.DEAL),
        Stage(key="won", name=named("Продажа"), milestone=Milestone.WON),
        Stage(key="lost", name=named("Потерян"), milestone=Milestone.LOST),
    ),
)
PLACES = {"new": 1, "talk": 2, "offer": 3, "won": 4}
OCTOBER, NOVEMBER = Month(2026, 10).period, Month(2026, 11).period
HOUR = 3600


def walk(
    number: int, entered: str = "", outcome: str = "open", verdict: str = "target", **more: Any
) -> dict[str, Any]:
    """One lead of 2 October that enters a stage each following day and spends an hour in each it left."""
    stages = entered.split()
    furthest = max((PLACES[stage] for stage in stages), default=0)
    row: dict[str, Any] = {
        "lead_id": str(number), "created_at": at("2026-10-02"), "outcome": outcome, "furthest": furthest,
        "target_verdict": verdict, "is_accepted": furthest >= 2, "is_deal": furthest >= 3, "is_won": furthest >= 4,
        "stage": {"lost": "lost"}.get(outcome, stages[-1] if stages else None), "is_lost": outcome == "lost",
    }  # fmt: skip
    for day, stage in enumerate(stages, start=2):
        row.setdefault(f"in_{stage}", True)
        row.setdefault(f"at_{stage}", at(f"2026-10-{day:02d}"))
    left = stages if outcome == "lost" else stages[:-1]
    row |= {f"sec_{stage}": HOUR for stage in left}
    if outcome == "lost":
        row |= {"loss_stage": stages[-1] if stages else None, "lost_at": at("2026-10-20")}
    return row | more


def walks() -> list[dict[str, Any]]:
    won_at = {"won_at": at("2026-10-05"), "won_seconds": 3 * 86400}
    return [
        walk(1, "new talk offer won", "won", revenue=1000, sec_new=2 * HOUR, sec_talk=5 * HOUR, **won_at),
        walk(2, "new offer won", "won", revenue=2000, sec_new=4 * HOUR, **won_at),
        walk(3, "new talk offer won", "won", "non_target", revenue=3000, sec_new=6 * HOUR, **won_at),
        walk(4, "new talk offer"),
        walk(5, "new talk offer", stage="talk", returns=1, sec_offer=HOUR),
        walk(6, "new talk offer", "lost"),
        walk(7, "new talk", "lost"),
        walk(8, "new talk", verdict="unknown", reopenings=1),
        walk(9, "new", "lost", "non_target"),
        walk(10, "new", "lost", "non_target"),
        walk(11, "new", verdict="unknown"),
        walk(12, verdict="unknown"),
    ]


def ask(
    question: Question | None = None, kind: Kind = Kind.STAGES, rows: list[dict[str, Any]] | None = None
) -> Funnel:
    reader = MemoryReader(COMPANY, journeys=walks() if rows is None else rows)
    return funnel(reader, question or Question(period=OCTOBER), kind)


def many(month: int, reached: tuple[int, int, int, int], revenue: int = 0) -> list[dict[str, Any]]:
    """As many leads of a month as ``reached`` says of new, talk, offer, won; all moves on the next day."""
    rows = []
    for index in range(reached[0]):
        furthest = sum(index < count for count in reached)
        stages = list(PLACES)[:furthest]
        day = f"2026-{month:02d}-03"
        rows.append(
            walk(
                month * 10_000 + index, " ".join(stages), "won" if furthest == 4 else "open",
                created_at=at(f"2026-{month:02d}-02"), revenue=revenue if furthest == 4 else 0,
                **{f"at_{stage}": at(day) for stage in stages},
                **({"won_at": at(day)} if furthest == 4 else {}),
            )
        )  # fmt: skip
    return rows
