"""The arithmetic of methods.md (h), with its published figures, and the duties behind a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from smarketing.analyses.plan_arithmetic import (
    lead_value,
    leads_for,
    needed,
    plan_duties,
    round_up,
    worth,
)
from smarketing.analyses.verdict.result import PlanKind
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Month
from tests.analyses.test_verdict import COMPANY, FACT, leads, plan_rows
from tests.support.memory import MemoryReader

JUNE = Month(2026, 6)


def duties_of(journeys=(), plans=None):
    reader = MemoryReader(
        COMPANY,
        journeys=journeys,
        plans=plan_rows() if plans is None else plans,
        known_until=datetime(2026, 11, 20, 15, tzinfo=UTC),
    )
    return plan_duties(reader, JUNE)


def test_value_of_a_lead_and_leads_of_a_quota_are_those_of_the_white_paper():
    # theweinbaumgroup.com 2017: 160 000 × 1 % = 1 600; a quota of 200 000 is 125 such leads.
    value = lead_value(Decimal("0.01"), 160_000)
    assert value == 1_600
    assert leads_for(200_000, value) == 125


def test_sales_of_a_plan_are_rounded_up():
    # 7 500 000 / 85 000 = 88.235; a published example says 88, which do not bring the revenue.
    assert leads_for(7_500_000, 85_000) == 89
    assert round_up(Fraction(176, 2)) == 88


def test_chain_backwards_is_that_of_roberge():
    # 100 leads → 50 connects → 30 calls → 15 demos → 5 customers; ten sellers need 1 000 leads.
    rates = (Fraction(1, 3), Fraction(1, 2), Fraction(3, 5), Fraction(1, 2))
    assert needed(5, rates) == (5, 15, 30, 50, 100)
    assert needed(50, rates)[-1] == 1_000


def test_every_count_is_rounded_from_the_exact_chain():
    # 88.235 / 0.3 = 294.118 → 295, though 89 / 0.3 = 296.67 would ask for 297.
    assert needed(Fraction(7_500_000, 85_000), (Decimal("0.3"),)) == (89, 295)


def test_worth_of_leads_adds_up_over_sources():
    # 100 leads at 1 600 and 20 at 9 000.
    assert worth({"ads": 100, "fair": 20}, {"ads": lead_value(Decimal("0.01"), 160_000), "fair": 9_000}) == 340_000


@pytest.mark.parametrize("rate", [0, Decimal("1.01")])
def test_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(WrongQuestion):
        needed(5, (rate,))


def test_worthless_leads_bring_no_plan():
    with pytest.raises(WrongQuestion):
        leads_for(1_000, 0)


def test_duties_of_the_playground_plan():
    found = duties_of(FACT)
    dealers, private = found.duties
    assert found.plan_kind is PlanKind.GIVEN
    assert found.revenue == 6_174_000
    # Dealers: 60 leads, 36 target, 32.4 answered, 11.34 sold.
    assert (dealers.leads, dealers.target, dealers.contacts, dealers.answers, dealers.sales) == (
        60,
        36,
        36,
        33,
        12,
    )
    # Private persons: 140, 56, 50.4, 12.6.
    assert (private.leads, private.target, private.answers, private.sales) == (140, 56, 51, 13)
    # 5 670 000 / 60 and / 36
    assert (dealers.lead_value, dealers.target_value) == (Decimal("94500.00"), Decimal("157500.00"))
    assert found.answer_minutes == 60
    assert dealers.accepted is None


def test_accepted_leads_follow_the_share_that_sales_has_accepted():
    # In May 20 dealers were target and 15 of them accepted: 36 × 0.75 = 27.
    may = [
        {**lead, "is_accepted": place < 15}
        for place, lead in enumerate(leads("dealers", 30, 20, 15, 5, 100, day="2026-05-10"))
    ]
    dealers, private = duties_of(may).duties
    assert (dealers.accepted, private.accepted) == (27, None)


def test_without_plan_and_months_there_are_no_duties():
    assert duties_of(plans=[]) is None
