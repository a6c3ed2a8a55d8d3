"""Ten rows of one campaign, of which every cell opens its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation.behind import behind
from smarketing.facts.company import Company
from smarketing.facts.period import Period
from tests.support.memory import MemoryReader, at

DAY = Question(Period(date(2026, 11, 2), date(2026, 11, 3))).only("lead_source", "vk").only("campaign", "spring")


def lead(number, moment, **more):
    return {"lead_id": number, "created_at": at(f"2026-11-{moment}"), "lead_source": "vk", "campaign": "spring",
            **more}  # fmt: skip


ASIDE = {"is_counted": False, "is_duplicate": True}
LEADS = (
    lead("counted", "02 12:00"), lead("duplicate", "02 12:00", **ASIDE),
    lead("client", "02 12:00", is_repeat=True, **ASIDE),
    lead("test", "02 12:00", is_counted=False, is_test=True), lead("no campaign", "02 12:00", campaign=None),
    lead("no source", "02 12:00", lead_source=None, campaign=None), lead("night", "03 01:00"),
    lead("late", "05 12:00"), lead("too late", "06 12:00"), lead("other", "02 12:00", campaign="autumn"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "leads"),
    [
        ("crm_leads", {"counted"}),
        ("gap_unmatched", {"counted"}),
        ("gap_duplicate", {"duplicate"}),
        ("gap_existing_client", {"client"}),
        ("gap_test", {"test"}),
        ("gap_no_source", {"no campaign", "no source"}),
        ("gap_day_border", {"night"}),
        ("gap_delayed", {"night", "late"}),
    ],
)
def test_cell_of_leads_opens_them(metric, leads):
    found = behind(MemoryReader(Company(zone="UTC"), journeys=LEADS), metric, DAY)
    assert {row[0] for row in found.rows} == leads
    assert found.count == len(leads)


def test_leads_of_the_report_are_its_rows_forms_before_spend_before_typed_figures():
    spend = [{"day": date(2026, 11, 2), "lead_source": "vk", "campaign": "spring", "cost": 1, "reported_leads": 4}]
    typed = [{"month": 202611, "metric": "leads", "value": Decimal(9), "lead_source": "vk"}]
    forms = [{"touch_id": "T", "at": at("2026-11-02 12:00"), "lead_id": "counted", "channel": "vk",
              "campaign": "spring", "kind": "form"}]  # fmt: skip
    facts = {"reported": typed, "spend": spend, "touches": forms}
    tables = []
    for known in (("reported",), ("reported", "spend"), ("reported", "spend", "touches")):
        reader = MemoryReader(Company(zone="UTC"), **{table: facts[table] for table in known})
        found = behind(reader, "reported_leads", DAY)
        assert found.count == 1
        tables.append(found.table)
    assert tables == ["reported", "spend", "touches"]


def test_pages_of_records_follow_each_other():
    reader = MemoryReader(Company(zone="UTC"), journeys=LEADS)
    whole = Question()
    assert (
        behind(reader, "crm_leads", whole, limit=2, offset=2).rows == behind(reader, "crm_leads", whole).rows[2:4]
    )


def test_typed_figures_of_another_campaign_stay_out():
    typed = [
        {"month": 202611, "metric": "leads", "value": Decimal(9), "lead_source": "vk", "campaign": "spring"},
        {"month": 202611, "metric": "leads", "value": Decimal(4), "lead_source": "vk", "campaign": "autumn"},
    ]
    found = behind(MemoryReader(Company(zone="UTC"), reported=typed), "reported_leads", DAY)
    assert [row[4] for row in found.rows] == [9]
