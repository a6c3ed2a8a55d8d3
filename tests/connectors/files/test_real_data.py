"""The real data of ../shared/data against its expected.json, straight from the files."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.files.gathering import Count, Intake, Reading
from smarketing.connectors.files.mapping import Mapping, read_mapping, recognise, shipped
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company, parse_company
from tests.connectors.files.conftest import NOW

DATA = Path(__file__).parents[4] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not DATA.exists(), reason="../shared/data is absent: real data is not a part of the repository"
    ),
]


def expected(name: str) -> dict[str, Any]:
    content = json.loads((DATA / name / "expected.json").read_text(encoding="utf-8"))
    return {key: entry["value"] for key, entry in content.items()}


def read(company: Company, own: tuple[Mapping, ...], *paths: Path) -> Reading:
    with Workbench() as bench:
        intake = Intake(bench, company, NOW)
        for path in paths:
            sheet = bench.read(path)
            best = recognise(sheet.headings, own)[0]
            assert best.fits
            intake.add(sheet, best.mapping)
        return intake.finish()


def school(*names: str) -> Reading:
    company = parse_company(shipped()["zoho_deals"].company)
    return read(company, (), *(DATA / "school_crm" / name for name in names))


@pytest.fixture(scope="module")
def csv() -> Reading:
    return school("deals.csv", "spend.csv", "contacts.csv", "calls.csv.gz")


def values(reading: Reading, table: str, column: str) -> Counter[Any]:
    return Counter(reading.accepted[table][column].to_pylist())


def test_school_crm_is_read_by_shipped_mappings(csv: Reading) -> None:
    assert [file.mapping.name for file in csv.files] == ["zoho_deals", "zoho_spend", "zoho_contacts", "zoho_calls"]
    assert csv.counts == {
        "leads": Count(14855, 14853, 2),
        "stage_moves": Count(29706, 29706),  # a creation and a current stage for each
        "payments": Count(678, 678),
        "ad_spend": Count(14145, 14145),
        "activities": Count(10891 + 62204, 10891 + 62204),
        "clients": Count(12955, 12955),
    }


def test_school_crm_sets_aside_the_two_rows_without_an_id(csv: Reading) -> None:
    rows = csv.quarantined.to_pylist()
    assert [(row["row"], row["code"], row["ru"]) for row in rows] == [
        (14855, "missing", "Пусто обязательное поле «Id»."),
        (14856, "missing", "Пусто обязательное поле «Id»."),
    ]
    assert json.loads(rows[1]["raw"])["Education Type"] == "#REF!"


def test_school_crm_meets_the_totals_it_came_with(csv: Reading) -> None:
    told, totals = expected("school_crm"), csv.totals
    first, last = told["created_range"]
    assert totals.created == (date.fromisoformat(first[:10]), date.fromisoformat(last[:10]))
    assert (totals.leads, totals.won) == (told["deal_rows"]["deals"], told["paid_deals"])
    assert totals.paid == told["first_payment_sum"]["sum"]
    assert totals.payments == told["first_payment_sum"]["filled"]
    assert totals.spend == Decimal(str(told["spend"]["spend"]))
    assert (totals.clicks, totals.impressions) == (told["spend"]["clicks"], told["spend"]["impressions"])
    assert totals.spend_days == tuple(map(date.fromisoformat, told["spend"]["range"]))


def test_school_crm_meets_the_dimensions_it_came_with(csv: Reading) -> None:
    told = expected("school_crm")
    assert values(csv, "leads", "lead_source") == told["deals_by_source"]
    quality = {key or "(empty)": count for key, count in values(csv, "leads", "seller_quality").items()}
    assert quality == told["deals_by_quality"]
    product = {key or "(empty)": count for key, count in values(csv, "leads", "product").items()}
    assert product == told["deals_by_product"]
    moves = csv.accepted["stage_moves"].to_pylist()
    lost = Counter(move["loss_reason"] or "(empty)" for move in moves if move["stage"] == "lost")
    assert lost == told["lost_reasons"]
    words = shipped()["zoho_deals"].stages
    stages = {words[stage]: count for stage, count in told["deals_by_stage"].items() if words[stage] != "new"}
    assert {key: count for key, count in csv.totals.stages.items() if key != "new"} == stages


def test_school_crm_meets_the_waits_it_came_with(csv: Reading) -> None:
    told = expected("school_crm")["sla_seconds"]
    created = {lead["lead_id"]: lead["created_at"] for lead in csv.accepted["leads"].to_pylist()}
    waits = sorted(
        int((activity["at"] - created[activity["lead_id"]]).total_seconds())
        for activity in csv.accepted["activities"].to_pylist()
        if activity["kind"] == "first_response"
    )
    assert (len(waits), waits[len(waits) // 2], waits[-1]) == (told["n"], told["median"], told["max"])
    assert round(sum(wait <= 3600 for wait in waits) / len(waits), 6) == told["share_within_1h"]


def test_school_crm_tells_its_traps_as_findings(csv: Reading) -> None:
    told = expected("school_crm")
    campaigns, spend = told["campaign_reconciliation"], told["spend"]
    found = {finding.code: (finding.count, finding.amount) for finding in csv.findings}
    assert found["closing-before-creation"][0] == told["closing_before_created"]["deals"]
    assert found["sum-above"][0] == told["amount_errors"]
    assert found["symbolic-sums"][0] == told["first_payment_sum"]["symbolic_0_1_9"]
    assert found["repeated-spend"] == (spend["duplicate_rows"], spend["spend_in_duplicates"])
    assert found["spend-without-leads"] == (
        campaigns["in_spend"] - campaigns["both"],
        Decimal(str(campaigns["spend_unmatched"])),
    )
    assert found["leads-without-spend"][0] == campaigns["deals_unmatched"]
    assert found["spend-without-campaign"][1] == Decimal(str(campaigns["spend_without_campaign"]))


def test_school_crm_fill_rates_are_those_it_came_with(csv: Reading) -> None:
    told = expected("school_crm")["deal_fill"]
    written = {fill.field: fill.written for fill in csv.fills}
    mapping = shipped()["zoho_deals"].tables[0]
    pairs = {name: making.column for name, making in mapping.columns.items() if making.column}
    pairs |= {f"custom.{name}": making.column for name, making in mapping.custom.items() if making.column}
    assert {column: written[field] for field, column in pairs.items()} == {
        column: told[column] for column in pairs.values()
    }


def test_school_crm_workbooks_give_the_same_facts(csv: Reading) -> None:
    xlsx = school("deals.xlsx", "spend.xlsx")
    for table in ("leads", "stage_moves", "payments", "ad_spend"):
        assert sorted(map(repr, xlsx.accepted[table].to_pylist())) == sorted(
            map(repr, csv.accepted[table].to_pylist())
        )
    assert xlsx.quarantined["raw"].to_pylist() == csv.quarantined["raw"].to_pylist()
    assert xlsx.totals == csv.totals
    assert xlsx.findings == csv.findings


def test_x_education_counts_select_as_empty() -> None:
    mapping = read_mapping(MAPPINGS / "x_education.toml")
    reading = read(parse_company(mapping.company), (mapping,), DATA / "x_education" / "leads.csv")
    told = expected("x_education")
    assert (reading.totals.leads, reading.totals.won) == (told["leads"]["rows"], told["converted"])
    sources = {key or "(empty)": count for key, count in values(reading, "leads", "lead_source").items()}
    assert sources == {source: entry["leads"] for source, entry in told["by_Lead Source"].items()}
    written = {fill.field: fill.written for fill in reading.fills}
    fill = told["fill_select_as_empty"]
    assert (written["region"], written["custom.specialization"]) == (fill["City"], fill["Specialization"])
    moves = reading.accepted["stage_moves"].to_pylist()
    lost = Counter(move["loss_reason"] or "(empty)" for move in moves if move["stage"] == "lost")
    assert lost == {" ".join(tag.split(" ")): count for tag, count in told["tags_of_lost"].items()}


def test_olist_leads_deals_and_items() -> None:
    own = tuple(read_mapping(MAPPINGS / f"olist_{name}.toml") for name in ("leads", "deals", "items"))
    folder = DATA / "olist_funnel"
    reading = read(
        parse_company(own[0].company),
        own,
        folder / "olist_marketing_qualified_leads_dataset.csv",
        folder / "olist_closed_deals_dataset.csv",
        folder / "olist_order_items_dataset.csv.gz",
    )
    told = expected("olist_funnel")
    assert (reading.totals.leads, reading.totals.won) == (told["mqls"], told["deals"])
    assert (reading.totals.payments, reading.totals.paid) == (
        told["items"]["rows"],
        Decimal(str(told["items"]["price"])),
    )
    origins = {key or "(empty)": count for key, count in values(reading, "leads", "lead_source").items()}
    assert origins == told["mqls_by_origin"]
    assert reading.quarantined.num_rows == 0
    early = {finding.code: finding.count for finding in reading.findings}
    assert early["closing-before-creation"] == told["days_first_contact_to_won"]["negative"]
