"""A company in which nothing ever changes, so that every part of its forecast can be counted by hand.

On each working day (Monday to Friday) five leads of one segment come in; one of them, a target lead, pays 1 000
exactly five working days later, the others never. So each working day brings 1 000, and June 2026 with its 22
working days brings 22 000. Until Monday 15 June, 11 of them have passed:

    booked     11 days                                                                11 000
    open       the leads of the last five days, 5 × 5 at one of five                   5 000
    to come    leads of the next six working days; later ones cannot pay in June       6 000
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from smarketing.analyses.forecast import Backtest, Past
from smarketing.analyses.forecast.backtest import CUTS
from smarketing.facts.company import Company, Milestone, Segment, Stage
from smarketing.facts.criteria import Names
from smarketing.facts.period import Month
from tests.support.memory import MemoryReader, at

JUNE = Month(2026, 6)
CUT = date(2026, 6, 15)
FIRST = date(2025, 9, 1)
DELAY = 5
COMPANY = Company(
    name="Ровно", zone="UTC",
    segments=(Segment(key="shops", name=Names(ru="Магазины", en="Shops"), focus=True),),
    stages=(
        Stage(key="new", name=Names(ru="Новый", en="New")),
        Stage(key="deal", name=Names(ru="Сделка", en="Deal"), milestone=Milestone.DEAL),
        Stage(key="won", name=Names(ru="Продажа", en="Sale"), milestone=Milestone.WON),
    ),
)  # fmt: skip

# Nine months in which the model was nearer than run-rate and its interval held seven times.
PASTS = Backtest(
    tuple(
        Past(
            month,
            cut,
            120.0 if month.month in (3, 7) else 100.0,
            50.0,
            (95.0, 101.0, 106.0),
            1.0,
            150.0,
            None,
            None,
        )
        for month in (Month(2025, 1).shift(place) for place in range(9))
        for cut in CUTS
    )
)


def working_days(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return [day for day in days if day.isoweekday() <= 5]


def facts(until: date, known: date | None = None, first: date = FIRST) -> tuple[list[Any], list[Any]]:
    """Leads that came until a day and their payments, both as they were known on another."""
    days = working_days(first, until + timedelta(days=30))
    leads = list(_leads(days, until, known or until))
    paid = [
        {"payment_id": f"p{lead['lead_id']}", "lead_id": lead["lead_id"], "segment": "shops",
         "paid_day": lead["won_at"].date(), "created_day": lead["created_at"].date(), "amount": Decimal(1000)}
        for lead in leads if lead.get("won_at")
    ]  # fmt: skip
    return leads, paid


def _leads(days: list[date], until: date, known: date) -> Iterator[dict[str, Any]]:
    for place, day in enumerate(days):
        if day > until:
            return
        for number in range(5):
            pays_on = days[place + DELAY]
            is_won = number == 0 and pays_on <= known
            yield {
                "lead_id": f"{day:%y%m%d}-{number}", "created_at": at(f"{day} 10:00"), "segment": "shops",
                "target_verdict": "target" if number == 0 else "non_target",
                "is_won": is_won, "is_deal": is_won, "outcome": "won" if is_won else "open",
                "revenue": 1000 if is_won else 0,
                "won_at": at(f"{pays_on} 12:00") if is_won else None,
                "deal_at": at(f"{pays_on} 12:00") if is_won else None,
            }  # fmt: skip


def reader(
    until: date = CUT, first: date = FIRST, plan: int | None = 25_000, company: Company = COMPANY, **more: Any
) -> MemoryReader:
    leads, paid = facts(until, first=first)
    plans: list[Mapping[str, Any]] = [] if plan is None else [
        {"month": JUNE.number, "metric": "revenue", "value": Decimal(plan), "segment": None, "lead_source": None}
    ]  # fmt: skip
    known = {"journeys": leads, "receipts": paid, "plans": plans, **more}
    return MemoryReader(company, known_until=at(f"{until} 18:00"), **known)
