"""The school's nine months against the figures that came with them, and the traps left in them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from smarketing.analyses.verdict import Verdict, VerdictState, verdict
from smarketing.facts.period import Clock, Month
from smarketing.facts.tables import TABLES
from smarketing.jobs.journal import Journal
from smarketing.jobs.load import load
from smarketing.jobs.quarantine import quarantine
from tests.proof.accounting import account, idle_rows
from tests.proof.loaded import NOW, Loaded
from tests.proof.school import FIGURES
from tests.proof.shared import DATA, keys, needs

pytestmark = needs("school_crm")

SCHOOL = DATA / "school_crm"
CSV = ("deals.csv", "spend.csv", "contacts.csv", "calls.csv.gz")
FROM_THE_FOURTH = [str(Month(2023, 10).shift(months)) for months in range(6)]


@pytest.mark.parametrize("key", keys("school_crm"))
def test_every_published_figure_is_met_or_explained(school: Loaded, key: str) -> None:
    account("school_crm", key, FIGURES, school)


def test_the_document_speaks_of_published_figures_only() -> None:
    assert idle_rows("school_crm") == []


def test_files_are_read_by_the_shipped_mappings(school: Loaded) -> None:
    names = [file.mapping.name for file in school.report.files]
    assert names == ["zoho_deals", "zoho_spend", "zoho_contacts", "zoho_calls"]
    assert school.report.settings_from == "zoho_deals"


def test_every_received_row_is_accepted_or_quarantined(school: Loaded, school_xlsx: Loaded) -> None:
    for report in (school.report, school_xlsx.report):
        for table, count in report.counts.items():
            assert count.received == count.accepted + count.quarantined, table
    rows = school.workspace.lake.versions()[-1].rows
    assert {table: count.accepted for table, count in school.report.counts.items()} == {
        table: rows[table] for table in school.report.counts
    }


def test_the_two_rows_without_id_wait_in_quarantine(school: Loaded) -> None:
    waiting = quarantine(school.workspace)
    assert [(row.file, row.row, row.column, row.code) for row in waiting] == [
        ("deals.csv", 14855, "lead_id", "missing"),
        ("deals.csv", 14856, "lead_id", "missing"),
    ]
    assert waiting[1].raw["Education Type"] == "#REF!"


def test_ids_of_nineteen_digits_survive(school: Loaded) -> None:
    (row,) = school.ask(
        "SELECT COUNT(*) AS leads, COUNT(DISTINCT lead_id) AS ids, MIN(LENGTH(lead_id)) AS shortest, "
        "MAX(LENGTH(lead_id)) AS longest FROM journeys"
    )
    assert row == {"leads": 14853, "ids": 14853, "shortest": 19, "longest": 19}


def test_the_other_traps_are_findings(school: Loaded) -> None:
    counts = {finding.code: finding.count for finding in school.report.findings}
    assert counts == {
        "sum-above": 26,
        "repeated-spend": 163,
        "closing-before-creation": 25,
        "payment-above-amount": 14,
        "symbolic-sums": 3,
        "spend-without-leads": 8,
        "leads-without-spend": 3995,
        "spend-without-campaign": 3726,
    }
    red = {finding.code for finding in school.report.findings if finding.red}
    assert red == {"spend-without-leads", "leads-without-spend"}  # 35 % of the money, 27 % of the leads
    assert school.report.exit_code == 1


def test_euro_signs_and_the_odd_mark_are_read_as_they_are_meant(school: Loaded) -> None:
    signed = "€ 3.500,00"
    (read,) = school.ask(
        "SELECT COUNT(*) AS leads, MIN(revenue) AS least, MAX(revenue) AS most FROM journeys "
        f"WHERE is_won AND custom_initial_amount_paid = '{signed}'"
    )
    assert (read["least"], read["most"]) == (3500, 3500), read
    (odd,) = school.ask(
        "SELECT COUNT(*) AS leads, COUNT(*) FILTER (WHERE target_verdict = 'unknown') AS unknown "
        "FROM journeys WHERE seller_quality = 'F'"
    )
    assert odd == {"leads": 3, "unknown": 3}


@pytest.mark.parametrize("table", ["leads", "stage_moves", "payments", "ad_spend"])
def test_workbooks_give_the_same_facts_as_csv(school: Loaded, school_xlsx: Loaded, table: str) -> None:
    from_csv, from_xlsx = (
        sorted(map(repr, found.reader.fact_rows(table).select(_columns(table)).to_pylist()))
        for found in (school, school_xlsx)
    )
    assert len(from_csv) == school.report.counts[table].accepted
    assert from_xlsx == from_csv


def test_workbooks_have_the_same_findings_and_quarantine(school: Loaded, school_xlsx: Loaded) -> None:
    assert school_xlsx.report.findings == school.report.findings
    assert [row.raw for row in school_xlsx.report.quarantined] == [row.raw for row in school.report.quarantined]
    assert school_xlsx.report.totals == school.report.totals


def test_loading_twice_changes_nothing(school: Loaded) -> None:
    workspace = school.workspace
    before = (workspace.lake.versions(), Journal(workspace.journal_path).records(), quarantine(workspace))
    again = load(workspace, [SCHOOL / name for name in CSV], now=NOW)
    assert (again.unchanged, again.version, again.counts) == (True, school.report.version, school.report.counts)
    assert (workspace.lake.versions(), Journal(workspace.journal_path).records(), quarantine(workspace)) == before


def test_the_workbooks_after_the_csv_change_no_fact(school_xlsx: Loaded) -> None:
    """The other way round too: the same rows in another format are the same facts."""
    again = load(school_xlsx.workspace, [SCHOOL / "deals.csv", SCHOOL / "spend.csv"], now=NOW)
    assert again.change is not None
    assert (again.change.is_empty, again.version) == (True, school_xlsx.report.version)


@pytest.mark.parametrize("clock", [None, Clock.PERIOD, Clock.COHORT])
@pytest.mark.parametrize("month", FROM_THE_FOURTH)
def test_the_verdict_of_every_month_sums_to_its_gap(school: Loaded, month: str, clock: Clock | None) -> None:
    found = verdict(school.reader, Month.parse(month), clock=clock)
    assert found.state is VerdictState.JUDGED
    _assert_sums(found)


def test_the_verdict_closes_before_there_is_a_plan_and_after_there_are_leads(school: Loaded) -> None:
    """July is the first month; in May 2024 nobody came; in July 2024 nothing is known yet."""
    states = {
        month: verdict(school.reader, Month.parse(month)).state for month in ("2023-07", "2024-05", "2024-07")
    }
    assert states == {
        "2023-07": VerdictState.NO_PLAN,
        "2024-05": VerdictState.NO_LEADS,
        "2024-07": VerdictState.NOT_STARTED,
    }


def _assert_sums(found: Verdict) -> None:
    assert sum((part.effect for part in found.parts), Decimal(0)) == found.gap == found.fact - found.plan
    for part in found.parts:
        assert sum(part.by_segment.values(), Decimal(0)) == part.effect, part.cause
    for zone in found.zones:
        owned = (part.effect for part in found.parts if part.zone is zone.zone and part.label is not None)
        assert sum(owned, Decimal(0)) == zone.effect, zone.zone


def _columns(table: str) -> list[str]:
    return [*TABLES[table].names, *(["custom"] if TABLES[table].open else [])]
