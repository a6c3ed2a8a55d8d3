"""Eleven leads of November and one of October, with money by the kopeck, small enough to count by eye.

Times are UTC; the working day is 9-18, Monday to Friday; «now» is Friday 20 November, 18:00; the SLA is an hour.

    lead  created   source  segment  verdict / seller  walked to, date                  answer, s  paid
    L1    02 10:00  yandex  dealers  target / target   deal 4, won 12                   1800       500 000 on 12
    L2    02 10:00  yandex  dealers  target / target   accepted 3, deal 5, open         3000       card of 300 000
    L3    03 10:00  yandex  private  non / target      lost 6                           7200
    L4    03 10:00  yandex  private  non / non         lost 5                           600
    L5    04 10:00  yandex  private  target / –        accepted 5, deal 6, lost 13      3600
    L6    04 10:00  yandex  –        unknown / target  open                             waits
    L7    05 10:00  site    dealers  target / non      accepted 6, deal 9, won 11       900        200 000 on 12
    L8    20 17:30  site    private  target / target   open                             waits
    L9    06 10:00  site    «-»      non / –           accepted 9, lost 10              waits
    L10   07 12:00  site    –        unknown / –       open                             waits
    L11   09 10:00  site    private  target / –        accepted 10, deal 11, won 13     5400       60 000
    L12   Oct 28    yandex  dealers  target / –        accepted 29, deal 30, won Nov 3  1200       240 000 on 3

L1 went past the stage of accepted leads, L5 has no amount on its card, L7 is a repeat sale, L10 came on a
Saturday, L11 was answered after 25 hours by the clock on the wall, and 10 000 of its money were
paid back on 16.

Lost for the price: L3 (card of 20 000) and L5; to a competitor: L9; L4 (card of 10 000) nobody knows why. L2 went
back once, L11 was opened again once.

T (a test) and D (a duplicate) are won and paid, and must be seen nowhere. Cost of goods: 300, 100, 20 and 140
thousand. Ad spend of yandex: October 50 000; November 60 000 and 40 000. Payroll and tools of marketing and sales
in November: 120 + 150 + 30 thousand, beside 999 999 of production. Plan of November: 1 240 000, of it dealers
1 000 000.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from smarketing.analyses.question import Question
from smarketing.facts.company import Company, Milestone, SourceGroup, Stage
from smarketing.facts.criteria import Condition, CriteriaVersion, Names, Rule
from smarketing.facts.period import Clock, Month
from tests.support.memory import MemoryReader, at

NOVEMBER = Month(2026, 11).period
COHORT = Question(NOVEMBER, Clock.COHORT)
PERIOD = Question(NOVEMBER, Clock.PERIOD)
PATH = ("new", "accepted", "deal", "won")


def _names(text: str) -> Names:
    return Names(ru=text, en=text)


RULES = (
    Rule(key="small_order", name=_names("Мелкий заказ"), verdict="non_target",
         when=(Condition(field="segment", value="private"),)),
    Rule(key="no_answer", name=_names("Не дозвонились"), verdict="non_target",
         when=(Condition(field="seller_quality", value="dead"),)),
)  # fmt: skip

COMPANY = Company(
    zone="UTC",
    stages=(
        Stage(key="new", name=_names("Новый")),
        Stage(key="accepted", name=_names("Принят"), milestone=Milestone.ACCEPTED, required_fields=("segment",)),
        Stage(key="deal", name=_names("Сделка"), milestone=Milestone.DEAL, required_fields=("amount",)),
        Stage(key="won", name=_names("Продажа"), milestone=Milestone.WON),
        Stage(key="lost", name=_names("Потерян"), milestone=Milestone.LOST),
    ),
    source_groups=(
        SourceGroup(key="ads", name=_names("Реклама"), paid=True, sources=("yandex",)),
        SourceGroup(key="free", name=_names("Бесплатные"), sources=("site",)),
    ),
    criteria=(CriteriaVersion(version="1", valid_from=date(2026, 1, 1), rules=RULES),),
)


def lead(
    lead_id: str,
    created: str,
    lead_source: str,
    segment: str | None,
    verdict: str = "unknown",
    seller: str | None = None,
    *,
    accepted: str | None = None,
    deal: str | None = None,
    won: str | None = None,
    lost: str | None = None,
    answer: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One row of journeys; days are «MM-DD» and what happens on them happens at ten."""
    entered = {"new": created, "accepted": accepted, "deal": deal, "won": won, "lost": lost}
    moments = [(stage, at(day if " " in day else f"{day} 10:00")) for stage, day in _years(entered)]
    row: dict[str, Any] = {
        "lead_id": lead_id,
        "created_at": moments[0][1],
        "lead_source": lead_source,
        "source_group": "ads" if lead_source == "yandex" else "free",
        "segment": segment,
        "target_verdict": verdict,
        "seller_verdict": seller,
        "outcome": "won" if won else "lost" if lost else "open",
        "stage": moments[-1][0],
        "furthest": max(PATH.index(stage) + 1 for stage, _ in moments if stage in PATH),
        "response_working_seconds": answer,
        "response_seconds": answer,
        "is_handled": answer is not None and answer <= 3600,
    }
    for place, (stage, moment) in enumerate(moments):
        row |= {f"in_{stage}": True, f"at_{stage}": moment}
        if place:
            row |= {f"is_{stage}": True, f"{stage}_at": moment}
            before, since = moments[place - 1]
            row[f"sec_{before}"] = int((moment - since).total_seconds())
    if deal and not accepted:  # went past it
        row |= {"is_accepted": True, "accepted_at": row["deal_at"]}
    if won:
        row["won_seconds"] = int((row["won_at"] - row["created_at"]).total_seconds())
    if lost:
        row["loss_stage"] = moments[-2][0]
    return row | more


def _years(entered: dict[str, str | None]) -> list[tuple[str, str]]:
    return [(stage, f"2026-{day}") for stage, day in entered.items() if day]


LEADS = (
    lead("L1", "11-02 10:00", "yandex", "dealers", "target", "target", deal="11-04", won="11-12",
         answer=1800, amount=500_000, manager="Анна"),
    lead("L2", "11-02 10:00", "yandex", "dealers", "target", "target", accepted="11-03", deal="11-05", answer=3000,
         amount=300_000, manager="Борис", returns=1),
    lead("L3", "11-03 10:00", "yandex", "private", "non_target", "target", lost="11-06", answer=7200,
         amount=20_000, loss_reason="price", criterion="small_order"),
    lead("L4", "11-03 10:00", "yandex", "private", "non_target", "non_target", lost="11-05", answer=600,
         amount=10_000, criterion="small_order"),
    lead("L5", "11-04 10:00", "yandex", "private", "target", accepted="11-05", deal="11-06", lost="11-13",
         answer=3600, loss_reason="price"),
    lead("L6", "11-04 10:00", "yandex", None, "unknown", "target"),
    lead("L7", "11-05 10:00", "site", "dealers", "target", "non_target", accepted="11-06", deal="11-09",
         won="11-11", answer=900, amount=200_000, is_repeat=True),
    lead("L8", "11-20 17:30", "site", "private", "target", "target", is_handled=None),
    lead("L9", "11-06 10:00", "site", "-", "non_target", accepted="11-09", lost="11-10",
         loss_reason="competitor"),
    lead("L10", "11-07 12:00", "site", None),
    lead("L11", "11-09 10:00", "site", "private", "target", accepted="11-10", deal="11-11", won="11-13",
         answer=5400, amount=60_000, response_seconds=90_000, reopenings=1),
    lead("L12", "10-28 10:00", "yandex", "dealers", "target", accepted="10-29", deal="10-30", won="11-03",
         answer=1200, amount=240_000),
    lead("T", "11-05 10:00", "yandex", "dealers", "target", won="11-06", is_test=True, is_counted=False),
    lead("D", "11-05 10:00", "yandex", "dealers", "target", won="11-06", is_duplicate=True, is_counted=False),
)  # fmt: skip


def receipt(payment: str, of: str, day: date, amount: int, cost: int = 0, **more: Any) -> dict[str, Any]:
    """One payment with the dimensions of its lead."""
    row = next(one for one in LEADS if one["lead_id"] == of)
    dimensions = {key: row.get(key) for key in ("lead_source", "source_group", "segment", "manager")}
    return {
        "payment_id": payment,
        "lead_id": of,
        "client_id": of.replace("L", "c"),
        "paid_day": day,
        "amount": Decimal(amount),
        "cost": Decimal(cost),
        "created_day": row["created_at"].date(),
        **dimensions,
        **more,
    }


RECEIPTS = (
    receipt("P1", "L1", date(2026, 11, 12), 500_000, 300_000),
    receipt("P2", "L7", date(2026, 11, 12), 200_000, 100_000),
    receipt("P3", "L11", date(2026, 11, 13), 60_000, 20_000),
    receipt("P4", "L11", date(2026, 11, 16), -10_000),
    receipt("P5", "L12", date(2026, 11, 3), 240_000, 140_000),
    receipt("P6", "T", date(2026, 11, 6), 7_777, is_counted=False),
)

SPEND = tuple(
    {"day": day, "lead_source": "yandex", "source_group": "ads", "campaign": "context", "cost": Decimal(cost),
     "clicks": clicks, "impressions": clicks * 20}
    for day, cost, clicks in (
        (date(2026, 10, 20), 50_000, 400), (date(2026, 11, 2), 60_000, 500), (date(2026, 11, 3), 40_000, 300),
    )
)  # fmt: skip

COSTS = tuple(
    {"month": 202611, "department": department, "kind": kind, "amount": Decimal(amount), "currency": "RUB"}
    for department, kind, amount in (
        ("marketing", "payroll", 120_000), ("sales", "payroll", 150_000), ("Маркетинг", "tools", 30_000),
        ("production", "payroll", 999_999),
    )
)  # fmt: skip

PLANS = (
    {"month": 202611, "metric": "revenue", "value": Decimal(1_240_000)},
    {"month": 202611, "metric": "revenue", "value": Decimal(1_000_000), "segment": "dealers"},
    {"month": 202611, "metric": "leads", "value": Decimal(15)},
)


def reader(**changed: Any) -> MemoryReader:
    """The company's facts; a test may leave tables out or put others in."""
    facts: dict[str, Any] = {
        "journeys": LEADS,
        "receipts": RECEIPTS,
        "spend": SPEND,
        "costs": COSTS,
        "plans": PLANS,
    } | changed
    company = facts.pop("company", COMPANY)
    return MemoryReader(company, known_until=at("2026-11-20 18:00"), **facts)
