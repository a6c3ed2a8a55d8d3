"""What of ``small_company`` is out of order: waiting are L6 and L10, L9 is lost; both have no segment."""

from __future__ import annotations

from decimal import Decimal

from smarketing.analyses.attention import Urgency, attention
from smarketing.analyses.records import records
from smarketing.facts.company import Company, Guardrail, VerdictSettings
from tests.analyses.small_company import COHORT, COMPANY, SPEND, lead, reader

NBSP = "\u00a0"


def company(**changed: object) -> Company:
    return COMPANY.model_copy(update=changed)


def test_open_leads_unanswered_beyond_the_norm_are_an_alert() -> None:
    (alert,) = [one for one in attention(reader(), COHORT) if one.code == "waiting"]
    assert alert.title.ru.replace("\u00a0", " ") == "2 лида без ответа дольше нормы"  # L6, L10; L9 is lost
    assert (alert.urgency, alert.metric) == (Urgency.BAD, "forgotten_leads")


def test_alert_of_unanswered_leads_counts_what_its_list_holds() -> None:
    """Of five unanswered leads one was accepted, one is lost and one still has time: two are forgotten."""
    rows = [
        lead("W1", "11-02 10:00", "site", "dealers"),
        lead("W2", "11-03 10:00", "site", "dealers"),
        lead("W3", "11-02 10:00", "site", "dealers", accepted="11-04"),
        lead("W4", "11-02 10:00", "site", "dealers", lost="11-05"),
        {**lead("W5", "11-02 10:00", "site", "dealers"), "is_handled": None},
    ]
    facts = reader(journeys=rows)
    (alert,) = [one for one in attention(facts, COHORT) if one.code == "waiting"]
    listed = records(facts, alert.metric, COHORT)
    place = listed.columns.index("lead_id")
    assert alert.title.en.replace(NBSP, " ") == "2 leads unanswered beyond the norm"
    assert (listed.count, sorted(row[place] for row in listed.rows)) == (2, ["W1", "W2"])


def test_broken_guardrail_is_an_alert_and_a_kept_one_is_not() -> None:
    rails = (
        Guardrail(metric="non_target_share", limit=Decimal("0.30")),  # 3 of 9
        Guardrail(metric="cpl", limit=Decimal(9_000)),  # 9 091
        Guardrail(metric="leads", limit=Decimal(11), side="below"),
    )
    found = attention(reader(company=company(guardrails=rails)), COHORT)
    assert [one.code for one in found if one.code.startswith("guardrail")] == [
        "guardrail-non_target_share",
        "guardrail-cpl",
    ]
    assert found[1].title.ru.replace("\u00a0", " ") == "Доля нецелевых: 33,3 % при пороге 30,0 %"


def test_unknown_segment_beyond_the_tolerance_is_an_alert_with_its_filter() -> None:
    strict = company(verdict=VerdictSettings(max_unknown_segment=Decimal("0.18")))  # 2 of 11 is 18.2 %
    (alert,) = [one for one in attention(reader(company=strict), COHORT) if one.code == "unknown-segment"]
    assert alert.title.ru == "Сегмент не указан у 2 из 11"
    assert dict(alert.where) == {"segment": ("",)}
    assert not [one for one in attention(reader(), COHORT) if one.code.startswith("unknown")]


def test_quarantine_comes_after_what_is_broken() -> None:
    found = attention(reader(), COHORT, quarantined=7)
    assert [one.code for one in found] == ["waiting", "quarantine"]
    assert found[-1].title.en == "7 rows in quarantine"


def test_large_counts_are_grouped_as_everywhere() -> None:
    """1 234 of 2 000 leads without a segment, and as many rows in quarantine."""
    rows = [lead(f"N{place}", "11-02 10:00", "site", None if place < 1234 else "dealers") for place in range(2000)]
    titles = {one.code: one.title for one in attention(reader(journeys=rows), COHORT, quarantined=1234)}
    assert titles["unknown-segment"].ru == f"Сегмент не указан у 1{NBSP}234 из 2{NBSP}000"
    assert titles["quarantine"].ru == f"В карантине 1{NBSP}234 строки"
    assert titles["unknown-segment"].en == "Segment is not given for 1,234 of 2,000"


def test_report_and_crm_apart_are_an_alert_that_names_the_campaign() -> None:
    spend = [{**row, "reported_leads": 12} for row in SPEND[1:2]]  # 12 against L1 and L2 of the day
    (alert,) = [one for one in attention(reader(spend=spend), COHORT) if one.code == "reconciliation"]
    assert alert.title.en == "Report and CRM differ: 12 and 2"
    assert not [one for one in attention(reader(), COHORT) if one.code == "reconciliation"]


def test_part_of_the_company_is_not_held_against_the_report_of_the_whole() -> None:
    spend = [{**row, "reported_leads": 12} for row in SPEND[1:2]]
    mine = COHORT.only("manager", "Анна")
    assert not [one for one in attention(reader(spend=spend), mine) if one.code == "reconciliation"]
