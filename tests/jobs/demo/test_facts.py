"""Are the demo company's facts the same every time, whole, and as large as they are said to be?"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa

from smarketing.facts.identity import email_plain, phone_e164
from smarketing.facts.tables import TABLES
from smarketing.jobs.demo.clock import MOSCOW, WorkingClock
from smarketing.jobs.demo.generate import TODAY, demo_company, generate
from tests.jobs.demo.reading import Fact, digest, month_of


def test_generate_is_the_same_for_the_same_seed_and_other_for_another() -> None:
    once = digest(generate(seed=3, until=date(2025, 7, 31)))

    assert digest(generate(seed=3, until=date(2025, 7, 31))) == once
    assert digest(generate(seed=4, until=date(2025, 7, 31))) != once


def test_generate_gives_at_least_20_000_leads_in_18_months(facts: dict[str, pa.Table]) -> None:
    months = {month_of(moment) for moment in facts["leads"]["created_at"].to_pylist()}

    assert facts["leads"].num_rows >= 20_000
    assert len(months) == 18
    assert (min(months), max(months)) == (202506, 202611)


def test_generate_gives_only_tables_and_columns_of_the_contract(facts: dict[str, pa.Table]) -> None:
    custom = {field.key for field in demo_company().custom_fields}

    for name, table in facts.items():
        extra = set(table.column_names) - set(TABLES[name].names)
        assert extra == (custom if name == "leads" else set())
        for column in TABLES[name].required:
            assert table[column].null_count == 0, (name, column)


def test_generate_knows_nothing_after_today(facts: dict[str, pa.Table]) -> None:
    for name, column in (
        ("leads", "created_at"),
        ("leads", "updated_at"),
        ("stage_moves", "entered_at"),
        ("payments", "paid_at"),
        ("touches", "at"),
        ("activities", "at"),
    ):
        latest = max(facts[name][column].to_pylist())
        assert latest.date() <= TODAY, (name, column)
        assert latest.date() >= TODAY - timedelta(days=1), (name, column)
    assert max(facts["ad_spend"]["day"].to_pylist()) == TODAY


def test_generate_keeps_keys_unique(facts: dict[str, pa.Table]) -> None:
    for name, table in facts.items():
        if TABLES[name].identity == "slice":
            continue
        keys = [column for column in TABLES[name].key if column in table.column_names]
        rows = list(zip(*(table[column].to_pylist() for column in keys), strict=True))
        assert len(set(rows)) == len(rows), name


def test_generate_points_only_at_what_exists(facts: dict[str, pa.Table]) -> None:
    leads = set(facts["leads"]["lead_id"].to_pylist())
    clients = set(facts["clients"]["client_id"].to_pylist())
    people = set(facts["people"]["person"].to_pylist())
    company = demo_company()

    for name in ("stage_moves", "payments", "touches", "activities"):
        assert set(facts[name]["lead_id"].to_pylist()) - {None} <= leads, name
    for name in ("leads", "payments", "touches"):
        assert set(facts[name]["client_id"].to_pylist()) - {None} <= clients, name
    assert set(facts["leads"]["duplicate_of"].to_pylist()) - {None} <= leads
    assert set(facts["leads"]["manager"].to_pylist()) <= people
    assert set(facts["stage_moves"]["stage"].to_pylist()) == {stage.key for stage in company.stages}
    assert set(facts["leads"]["segment"].to_pylist()) == {None, *(s.key for s in company.segments)}
    assert set(facts["leads"]["lead_source"].to_pylist()) == {
        source for group in company.source_groups for source in group.sources
    }
    assert set(facts["stage_moves"]["loss_reason"].to_pylist()) <= {None, *(r.key for r in company.loss_reasons)}


def test_stage_moves_have_skips_returns_and_reopenings(facts: dict[str, pa.Table]) -> None:
    path = {stage.key: place for place, stage in enumerate(demo_company().path)}
    walks: dict[str, list[str]] = defaultdict(list)
    for move in sorted(facts["stage_moves"].to_pylist(), key=lambda move: move["entered_at"]):
        walks[move["lead_id"]].append(move["stage"])
    steps = Counter(
        (path.get(before, 99), path.get(after, 99)) for walk in walks.values() for before, after in pairwise(walk)
    )

    assert all(walk[0] == "new" for walk in walks.values())
    assert sum(count for (a, b), count in steps.items() if a < b - 1 and b != 99) > 100  # skips
    assert sum(count for (a, b), count in steps.items() if b < a != 99) > 50  # returns
    assert sum(count for (a, b), count in steps.items() if a == 99) > 50  # reopened after a loss
    assert not any(a == path["won"] for a, _ in steps)


def test_payments_carry_vat_refunds_costs_and_money_without_a_lead(facts: dict[str, pa.Table]) -> None:
    payments = facts["payments"].to_pylist()
    won = {move["lead_id"] for move in facts["stage_moves"].to_pylist() if move["stage"] == "won"}

    for payment in payments:
        rate = 20 if payment["paid_at"].year < 2026 else 22
        assert abs(payment["vat"] - payment["amount"] * rate / (100 + rate)) <= Decimal("0.01")
        assert payment["lead_id"] is None or payment["lead_id"] in won
    assert 5 <= sum(payment["amount"] < 0 for payment in payments) <= 60
    assert sum(payment["lead_id"] is None for payment in payments) > 20
    sold = [payment for payment in payments if payment["amount"] > 0]
    costs = sum(payment["cost"] for payment in sold) / sum(payment["amount"] - payment["vat"] for payment in sold)
    assert Decimal("0.56") < costs < Decimal("0.66")


def test_clients_come_back_and_can_be_reached(facts: dict[str, pa.Table], leads: list[Fact]) -> None:
    counts = Counter(lead["client_id"] for lead in leads)
    clients = facts["clients"].to_pylist()
    wrong = {lead["client_id"] for lead in leads if lead["phone_check"] == "неверный"}

    assert sum(count > 1 for count in counts.values()) > 300
    for client in clients[:500]:
        number = phone_e164(client["phone"])
        assert (number is None) == (client["phone"] == "+7 111 111 11 11")
        assert number is None or client["client_id"] not in wrong or counts[client["client_id"]] > 1
        assert client["email"] is None or email_plain(client["email"]) == client["email"]


def test_working_clock_agrees_with_the_calendar_of_the_company() -> None:
    calendar = demo_company().calendar
    clock = WorkingClock(calendar, date(2026, 1, 1), date(2027, 1, 1))
    # Friday 30 October 2026, 17:50 in Moscow; the next working hour is Monday 9:00.
    moment = datetime(2026, 10, 30, 17, 50, tzinfo=calendar.zone)
    wall = int(moment.timestamp()) + MOSCOW

    found = clock.of(pa.array([wall]).to_numpy())[0]
    twenty_minutes_later = clock.moment(pa.array([found + 1200]).to_numpy())[0]

    assert found == calendar.clock(moment)
    assert datetime.fromtimestamp(twenty_minutes_later - MOSCOW, calendar.zone) == datetime(
        2026, 11, 2, 9, 10, tzinfo=calendar.zone
    )


# --- the plan ---------------------------------------------------------------------------------------------------


def test_plan_of_november_is_24_million_and_its_factors_multiply_out(facts: dict[str, pa.Table]) -> None:
    plan: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in facts["plans"].to_pylist():
        if row["month"] == 202611:
            plan[row["segment"]][row["metric"]] = row["value"]

    for of in plan.values():
        product = of["leads"] * of["target_share"] * of["handled_share"] * of["handled_to_sale_cr"] * of["aov"]
        assert of["revenue"] == round(product, 2)
    assert round(sum(of["revenue"] for of in plan.values()) / 1_000_000, 1) == Decimal("24.0")
    assert sum(of["leads"] for of in plan.values()) == 1306  # 1305 by segment, each rounded
    assert set(plan) == {segment.key for segment in demo_company().segments}


def test_plan_holds_every_metric_of_every_month_but_the_first(facts: dict[str, pa.Table]) -> None:
    rows = facts["plans"].to_pylist()

    assert len(rows) == 17 * 4 * 7
    assert min(row["month"] for row in rows) == 202507
    assert {row["metric"] for row in rows} == {
        "leads",
        "target_share",
        "handled_share",
        "handled_to_sale_cr",
        "aov",
        "revenue",
        "spend",
    }


def test_revenue_of_november_so_far_comes_near_the_mock(facts: dict[str, pa.Table]) -> None:
    """The mock shows 14.20 million by 20 November against a plan of 24.0 for the month."""
    paid = sum(
        payment["amount"] - payment["vat"]
        for payment in facts["payments"].to_pylist()
        if month_of(payment["paid_at"]) == 202611
    )

    assert Decimal("13.5") < paid / 1_000_000 < Decimal("14.9")
