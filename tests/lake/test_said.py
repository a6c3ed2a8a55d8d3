"""What people say of two clients, two leads, two names of a campaign: only what it touches is built anew.

Three months. September: Anna (c1) buys for 100 from «vesna» and is known by the visit t1. October: c2, who is Anna
by another number, buys for 50 from «vesna_new». November: c3 buys for 70 from «other», twice enquired.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
import sqlglot

from smarketing.facts.company import CampaignPair, Company, Stage
from smarketing.facts.tables import TABLES
from smarketing.lake import counted
from smarketing.lake.store import FactBatch, Lake

DERIVED = {
    "journeys": "lead_id",
    "receipts": "payment_id",
    "spend": "day, campaign",
    "customers": "customer",
    "customer_receipts": "payment_id",
    "touches": "touch_id",
    "reported": "day",
}
MONTHS = ("202609", "202610", "202611")
COMPANY = Company(
    zone="UTC",
    stages=(
        Stage(key="new", name={"ru": "Новый", "en": "New"}),
        Stage(key="won", name={"ru": "Продажа", "en": "Won"}, milestone="won"),
    ),
)


def on(month, day):
    return datetime(2026, month, day, 12, tzinfo=UTC)


def money(*amounts):
    return pa.array([Decimal(amount) for amount in amounts], pa.decimal128(18, 2))


FACTS = {
    "leads": pa.table(
        {
            "lead_id": ["1", "2", "3", "4"],
            "created_at": [on(9, 2), on(10, 2), on(11, 2), on(11, 3)],
            "client_id": ["c1", "c2", "c3", "c3"],
            "lead_source": ["vk"] * 4,
            "campaign": ["vesna", "vesna_new", "other", "other"],
        }
    ),
    "stage_moves": pa.table(
        {"lead_id": ["1", "2", "3"], "stage": ["won"] * 3, "entered_at": [on(9, 5), on(10, 5), on(11, 5)]}
    ),
    "payments": pa.table(
        {
            "payment_id": ["p1", "p2", "p3"],
            "paid_at": [on(9, 6), on(10, 6), on(11, 6)],
            "lead_id": ["1", "2", "3"],
            "amount": money(100, 50, 70),
        }
    ),
    "ad_spend": pa.table(
        {
            "day": [date(2026, 9, 2), date(2026, 10, 2), date(2026, 11, 2)],
            "lead_source": ["vk"] * 3,
            "campaign": ["vesna", "vesna", "other"],
            "cost": money(10, 20, 30),
        }
    ),
    "touches": pa.table(
        {
            "touch_id": ["t1", "t2"],
            "at": [on(9, 1), on(9, 30)],
            "client_id": ["c1", "c2"],
            "channel": ["vk", "vk"],
            "campaign": ["vesna", "vesna_new"],
        }
    ),
    "reported": pa.table(
        {
            "day": [date(2026, 9, 2), date(2026, 10, 2)],
            "metric": ["leads"] * 2,
            "value": money(1, 1),
            "lead_source": ["vk"] * 2,
            "campaign": ["vesna", "vesna_new"],
        }
    ),
}
PAIR = CampaignPair(lead_source="vk", report="vesna", crm="vesna_new")


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path / "lake")
    lake.load([FactBatch(name, rows) for name, rows in FACTS.items()], COMPANY)
    return lake


def word(kind, one, other, verdict="same"):
    rows = {"kind": [kind], "one": [one], "other": [other], "verdict": [verdict]}
    return [FactBatch("identity", pa.table(rows))]


def state(lake):
    with lake.open() as reader:
        return {table: reader.query(f"SELECT * FROM {table} ORDER BY {by}").to_pylist()
                for table, by in DERIVED.items()}  # fmt: skip


def column(lake, table, key, of):
    return {row[key]: row[of] for row in state(lake)[table]}


def written(lake, version):
    """Months of journeys whose files are others than in the version before."""
    with lake.open(version) as reader, lake.open(version - 1) as before:
        changed = set(reader.files["journeys"]) ^ set(before.files["journeys"])
    return sorted({month for month in MONTHS for file in changed if month in file})


def assert_as_from_scratch(lake, company=COMPANY):
    said = state(lake)
    lake.rebuild(company)
    assert said == state(lake)


def test_word_on_two_clients_builds_their_months_alone(lake):
    before = state(lake)
    change = lake.load(word("client", "c2", "c1"), COMPANY)
    assert written(lake, change.version) == ["202609", "202610"]
    assert column(lake, "journeys", "lead_id", "client_id") == {"1": "c1", "2": "c1", "3": "c3", "4": "c3"}
    assert column(lake, "journeys", "lead_id", "is_repeat")["2"] is True
    assert column(lake, "receipts", "payment_id", "is_first") == {"p1": True, "p2": False, "p3": True}
    assert column(lake, "customers", "customer", "revenue") == {"client c1": 150, "client c3": 70}
    assert column(lake, "touches", "touch_id", "client_id") == {"t1": "c1", "t2": "c1"}
    assert_as_from_scratch(lake)
    lake.load(word("client", "c2", "c1", "other"), COMPANY)
    assert state(lake) == before


def test_word_in_a_chain_moves_everybody_who_hung_on_it(lake):
    lake.load(word("client", "c3", "c2"), COMPANY)
    change = lake.load(word("client", "c2", "c1"), COMPANY)
    # c3 counted for c2 and counts for c1 now, though nothing new was said of c3.
    assert column(lake, "customers", "customer", "revenue") == {"client c1": 220}
    assert written(lake, change.version) == list(MONTHS)
    assert_as_from_scratch(lake)
    lake.load(word("client", "c2", "c1", "other"), COMPANY)
    assert column(lake, "customers", "customer", "revenue") == {"client c1": 100, "client c2": 120}
    assert_as_from_scratch(lake)


def test_word_on_two_leads_builds_the_leads_of_their_client(lake):
    change = lake.load(word("lead", "3", "4"), COMPANY)
    assert column(lake, "journeys", "lead_id", "is_counted") == {"1": True, "2": True, "3": False, "4": True}
    assert written(lake, change.version) == ["202611"]
    assert_as_from_scratch(lake)


def test_word_that_changes_nothing_builds_nothing(lake):
    change = lake.load(word("client", "c2", "c1", "other"), COMPANY)
    assert written(lake, change.version) == []
    assert_as_from_scratch(lake)


def test_pair_of_names_builds_the_months_of_both_alone(lake):
    before = state(lake)
    company = COMPANY.model_copy(update={"campaign_pairs": (PAIR,)})
    change = lake.load((), company)
    assert written(lake, change.version) == ["202610"]  # the name of the report stays; the other one's lead moves
    names = {"1": "vesna", "2": "vesna", "3": "other", "4": "other"}
    assert column(lake, "journeys", "lead_id", "campaign") == names
    assert column(lake, "receipts", "payment_id", "campaign") == {"p1": "vesna", "p2": "vesna", "p3": "other"}
    assert column(lake, "customers", "customer", "campaign")["client c2"] == "vesna"
    assert column(lake, "touches", "touch_id", "campaign") == {"t1": "vesna", "t2": "vesna"}
    assert set(column(lake, "reported", "day", "campaign").values()) == {"vesna"}
    assert_as_from_scratch(lake, company)
    lake.load((), COMPANY)
    assert state(lake) == before


def test_pair_may_rename_what_was_paid_for(lake):
    pair = CampaignPair(lead_source="vk", report="vesna_new", crm="vesna")
    company = COMPANY.model_copy(update={"campaign_pairs": (pair,)})
    lake.load((), company)
    assert [(row["campaign"], row["cost"]) for row in state(lake)["spend"]] == [
        ("vesna_new", 10), ("vesna_new", 20), ("other", 30)
    ]  # fmt: skip
    assert_as_from_scratch(lake, company)


def test_new_facts_and_a_word_in_one_load_are_built_together(lake):
    late = pa.table(
        {"lead_id": ["5"], "created_at": [on(11, 9)], "client_id": ["c2"], "lead_source": ["vk"],
         "campaign": ["vesna_new"]}
    )  # fmt: skip
    company = COMPANY.model_copy(update={"campaign_pairs": (PAIR,)})
    lake.load([FactBatch("leads", late), *word("client", "c2", "c1")], company)
    assert [(row["client_id"], row["campaign"], row["is_repeat"]) for row in state(lake)["journeys"]] == [
        ("c1", "vesna", False), ("c1", "vesna", True), ("c3", "other", False), ("c3", "other", False),
        ("c1", "vesna", True),
    ]  # fmt: skip
    assert_as_from_scratch(lake, company)


@pytest.mark.parametrize("dialect", ["spark", "clickhouse"])
@pytest.mark.parametrize("said", [(), (("c2", "c1"),)])
def test_names_are_told_to_other_engines_by_the_same_rows(dialect, said):
    company = COMPANY.model_copy(update={"campaign_pairs": (PAIR,)})
    for name, rows in counted.names(company, said).items():
        (statement,) = sqlglot.transpile(counted.rows_of(name, rows), "duckdb", dialect)
        assert all(value in statement for row in rows for value in row)
    for table in ("touches", "reported"):
        (statement,) = sqlglot.transpile(counted.shown(TABLES[table], "raw"), "duckdb", dialect)
        assert "campaign_names" in statement
