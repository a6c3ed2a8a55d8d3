"""Any facts, any splits: a total is the sum of its rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smarketing.analyses.measuring import measure
from smarketing.analyses.measuring.refusing import refusal
from smarketing.analyses.question import Question
from smarketing.facts.company import Company
from smarketing.facts.period import Clock, Period
from smarketing.metrics.catalogue import MEASURES, METRICS
from smarketing.metrics.kinds import Figure, Unit
from tests.analyses.small_company import SPEND
from tests.support.memory import MemoryReader, at

ADDITIVE = [
    key for key, one in METRICS.items()
    if one.numerator and not one.denominator and all(MEASURES[part].additive for part in one.measures)
]  # fmt: skip
SPLITS = ["lead_source", "segment", "month", "week", "manager", "campaign"]
_leads = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.integers(0, 60),
            "lead_source": st.sampled_from(["yandex", "vk", None]),
            "segment": st.sampled_from(["dealers", None]),
            "manager": st.sampled_from(["Анна", None]),
            "campaign": st.sampled_from(["a", "b", None]),
            "won_after": st.sampled_from([None, 1, 9, 40]),
            "verdict": st.sampled_from(["target", "non_target", "unknown"]),
            "paid": st.integers(-500, 5_000),
            "counted": st.booleans(),
        }
    ),
    max_size=12,
)
START = at("2026-09-15 10:00")


def _random(rows: list[dict[str, Any]]) -> MemoryReader:
    journeys, receipts = [], []
    for place, row in enumerate(rows):
        created = START + timedelta(days=row["day"])
        shared = {key: row[key] for key in ("lead_source", "segment", "manager", "campaign")}
        won = None if row["won_after"] is None else created + timedelta(days=row["won_after"])
        fact = {"lead_id": str(place), "created_at": created, "target_verdict": row["verdict"], **shared}
        fact |= {"is_counted": row["counted"], "outcome": "won" if won else "open", "amount": row["paid"]}
        if won:
            fact |= {"is_won": True, "won_at": won, "won_seconds": 86_400 * row["won_after"]}
            receipts.append(
                {"payment_id": str(place), "amount": row["paid"], "cost": 1, "paid_day": won.date(),
                 "created_day": created.date(), "is_counted": row["counted"], **shared}
            )  # fmt: skip
        journeys.append(fact)
    return MemoryReader(Company(zone="UTC"), journeys=journeys, receipts=receipts, spend=SPEND)


@settings(max_examples=15, deadline=None)
@given(
    rows=_leads,
    by=st.lists(st.sampled_from(SPLITS), min_size=1, max_size=2, unique=True),
    clock=st.sampled_from([Clock.COHORT, Clock.PERIOD]),
    period=st.sampled_from([None, Period(date(2026, 10, 1), date(2026, 11, 1))]),
)
def test_total_of_every_additive_metric_is_the_sum_of_its_rows(
    rows: list[dict[str, Any]], by: list[str], clock: Clock, period: Period | None
) -> None:
    facts, question = _random(rows), Question(period, clock, tuple(by))
    found = measure(facts, question, ADDITIVE, strict=False)

    for key in ADDITIVE:
        total = found.total.figures[key].value
        if refusal(METRICS[key], question, facts.company) is None and total is not None:
            assert _sum([row.figures[key] for row in found.rows]) == total, key


def _sum(figures: list[Figure]) -> object:
    # A row without ad spend of its own has no value; it adds nothing.
    return sum((figure.value for figure in figures if figure.value is not None), start=0)


def test_additive_metrics_are_those_of_counts_and_money() -> None:
    assert {"leads", "sales", "spend", "revenue", "margin"} <= set(ADDITIVE)
    assert {METRICS[key].unit for key in ADDITIVE} == {Unit.COUNT, Unit.MONEY}
