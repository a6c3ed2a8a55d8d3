"""Six clients and somebody without a number, over a year, small enough to count by eye. «Now» is 30 June 2026.

    client  segment  source  buys                                            costs us     by
    R       dealers  yandex  100 on the 1st of every month, July to June     40 each      a lead each time
    S       private  site    200 on the 2nd of every month, July to June     50 each
    T       private  yandex  500 on 10 November                              100
    U       dealers  site    1000 on 15 January; the contract ended 20 March 100
    V       private  –       300 on 5 February, 600 on 6 May                 0
    W       private  site    50 on 10 June                                   0
    (none)  private  site    77 on 3 March, known by the lead alone

Gaps between purchases: twice 28, six times 30, fourteen times 31 days, and V's 90: of 23 the 95th percentile
is 31. So T is lost on 12 December (32 days), V on 9 March and again on 7 June; U left with the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from smarketing.analyses.question import Question
from smarketing.facts.company import Company, Milestone, SourceGroup, Stage
from smarketing.facts.criteria import Names
from smarketing.facts.period import Clock, Period
from tests.support.memory import MemoryReader, at

YEAR = Question(Period(date(2025, 7, 1), date(2026, 7, 1)), Clock.PERIOD)
HALF = Question(Period(date(2026, 1, 1), date(2026, 7, 1)), Clock.PERIOD)


def _names(text: str) -> Names:
    return Names(ru=text, en=text)


COMPANY = Company(
    zone="UTC",
    stages=(
        Stage(key="new", name=_names("new")),
        Stage(key="won", name=_names("won"), milestone=Milestone.WON),
    ),
    source_groups=(SourceGroup(key="ads", name=_names("ads"), paid=True, sources=("yandex",)),),
)
_WHO: Mapping[str, tuple[str, str | None]] = {
    "R": ("dealers", "yandex"),
    "S": ("private", "site"),
    "T": ("private", "yandex"),
    "U": ("dealers", "site"),
    "V": ("private", None),
    "W": ("private", "site"),
    "": ("private", "site"),
}
MONTHS = [date(2025, 7 + place, 1) for place in range(6)] + [date(2026, 1 + place, 1) for place in range(6)]


def bought(client: str, day: date, amount: int, cost: int = 0) -> dict[str, Any]:
    """One purchase, paid at once, of a lead of its own that came that day."""
    segment, lead_source = _WHO[client]
    return {
        "payment_id": f"{client or '?'} {day}",
        "lead_id": f"{client or '?'} {day}",
        "client_id": client or None,
        "paid_day": day,
        "created_day": day,
        "amount": Decimal(amount),
        "cost": Decimal(cost),
        "segment": segment,
        "lead_source": lead_source,
        "source_group": "ads" if lead_source == "yandex" else None,
    }


RECEIPTS = (
    *(bought("R", day, 100, 40) for day in MONTHS),
    *(bought("S", day.replace(day=2), 200, 50) for day in MONTHS),
    bought("T", date(2025, 11, 10), 500, 100),
    bought("U", date(2026, 1, 15), 1000, 100),
    bought("V", date(2026, 2, 5), 300),
    bought("V", date(2026, 5, 6), 600),
    bought("W", date(2026, 6, 10), 50),
    bought("", date(2026, 3, 3), 77),
)
CLIENTS = ({"client_id": "U", "left_at": date(2026, 3, 20)}, {"client_id": "R"})


def _sale(client: str, day: str) -> dict[str, Any]:
    segment, lead_source = _WHO[client]
    return {
        "lead_id": f"{client} {day}",
        "created_at": at(day),
        "lead_source": lead_source,
        "source_group": "ads" if lead_source == "yandex" else None,
        "segment": segment,
        "outcome": "won",
        "is_won": True,
        "won_at": at(day),
    }


# Of the leads only two sales matter here: what it cost to win R and S.
LEADS = (_sale("R", "2025-07-01"), _sale("S", "2025-07-02"))
SPEND = ({"day": date(2025, 7, 1), "lead_source": "yandex", "source_group": "ads", "cost": Decimal(300)},)
COSTS = ({"month": 202507, "department": "marketing", "amount": Decimal(60), "currency": "RUB"},)

# Due by now: T1 T2 T4; T3 has time left, T5 has no term. A task on a day without an hour may be done all that day.
TASKS = (
    {"task_id": "T1", "due_at": at("2026-06-01"), "done_at": at("2026-06-01 17:00"), "template": "every quarter"},
    {"task_id": "T2", "due_at": at("2026-06-02 12:00"), "done_at": at("2026-06-02 17:00"), "template": "monthly"},
    {"task_id": "T3", "due_at": at("2026-07-02"), "done_at": at("2026-06-02"), "template": "monthly"},
    {"task_id": "T4", "due_at": at("2026-06-05 12:00"), "done_at": at("2026-06-05 11:00"), "person": "Anna"},
    {"task_id": "T5", "done_at": at("2026-06-05 11:00"), "person": "Anna"},
)


def reader(**changed: Any) -> MemoryReader:
    """The shop's facts; a test may put others in their place."""
    facts: dict[str, Any] = {
        "journeys": LEADS,
        "receipts": RECEIPTS,
        "spend": SPEND,
        "costs": COSTS,
        "clients": CLIENTS,
        "tasks": TASKS,
        "known_until": at("2026-06-30 18:00"),
    } | changed
    company = facts.pop("company", COMPANY)
    return MemoryReader(company, **facts)
