"""The demo company: the same facts every time, whole, and with every planted truth visible in the raw rows.

Figures are counted here in plain Python from the fact tables alone, by the words of the written criteria.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.planning.record import Origin, numbers_in_force, standings, versions
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation.pairs import preview, proposed_pairs
from smarketing.analyses.verdict.answer import verdict as judge
from smarketing.analyses.verdict.result import Cause
from smarketing.facts.company import Milestone
from smarketing.facts.identity import email_plain, phone_e164
from smarketing.facts.period import Clock, Month
from smarketing.facts.tables import TABLES
from smarketing.jobs.deciding import say
from smarketing.jobs.demo import make_demo
from smarketing.jobs.demo.clock import MOSCOW, WorkingClock
from smarketing.jobs.demo.generate import TODAY, demo_company, generate
from smarketing.jobs.demo.market import SEGMENTS, planned_leads
from smarketing.jobs.demo.truths import (
    BROKEN_TAG,
    BROKEN_TAG_NAME,
    CHANCE_MONTH,
    FALLING_SOURCE,
    FEWER_DEALERS,
    MORE_PRIVATE,
    SKIPPED_FIELDS,
    SLOW_ANSWERS,
    TRUTHS,
    TWO_CARDS,
    TWO_CARDS_BOUGHT,
)
from smarketing.jobs.demo.write import BROKEN_ROWS, write
from smarketing.jobs.same_people import queue
from smarketing.jobs.workspace import Workspace
from smarketing.stats.uncertainty import Label

Fact = dict[str, Any]
FAR = {"Камчатский край", "Магаданская область", "Чукотский АО"}


@pytest.fixture(scope="module")
def facts() -> dict[str, pa.Table]:
    return generate()


@pytest.fixture(scope="module")
def leads(facts: dict[str, pa.Table]) -> list[Fact]:
    """Counted leads: neither tests nor duplicates."""
    return [lead for lead in facts["leads"].to_pylist() if not lead["is_test"] and lead["duplicate_of"] is None]


def day_of(lead: Fact) -> date:
    created: datetime = lead["created_at"]
    return created.date()


def month_of(moment: datetime) -> int:
    return moment.year * 100 + moment.month


def verdict(lead: Fact) -> str:
    """The written criteria of company.toml, read aloud."""
    if lead["phone_check"] == "неверный" or lead["region"] in FAR or lead["budget"] == "нет бюджета":
        return "non_target"
    segment, positions = lead["segment"], lead["positions"]
    few = 2 if day_of(lead) < date(2026, 3, 1) else 3
    if segment == "private" and positions is not None and int(positions) < few:
        return "non_target"
    if segment in ("dealers", "developers", "municipal") and lead["amount"] < 100_000:
        return "non_target"
    if segment == "private" and positions is None:
        return "unknown"
    if segment is None:
        # Either small order could be its case, unless both are excluded by what is known.
        is_small = positions is None or int(positions) < few or lead["amount"] < 100_000
        return "unknown" if is_small else "target"
    return "target"


def share(rows: Iterable[Fact], test: Callable[[Fact], bool]) -> float:
    kept = list(rows)
    return sum(map(test, kept)) / len(kept)


def between(leads: Iterable[Fact], start: date, end: date) -> list[Fact]:
    return [lead for lead in leads if start <= day_of(lead) < end]


def digest(facts: dict[str, pa.Table]) -> str:
    found = hashlib.sha256()
    for name, table in sorted(facts.items()):
        found.update(name.encode())
        for row in table.to_pylist():
            found.update(repr(sorted(row.items())).encode())
    return found.hexdigest()


# --- the same, whole, large enough ------------------------------------------------------------------------------


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


# --- the planted truths -----------------------------------------------------------------------------------------


def test_every_truth_is_written_down_for_the_reader_in_both_languages() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guide"

    for truth in TRUTHS:
        assert truth.key in (guide / "demo.md").read_text(encoding="utf-8"), truth.key
        assert truth.key in (guide / "demo.ru.md").read_text(encoding="utf-8"), truth.key


def test_falling_source_brings_fewer_target_leads(leads: list[Fact]) -> None:
    of_source = [lead for lead in leads if lead["lead_source"] == FALLING_SOURCE.lead_source]
    # The criteria did not change between March and the end.
    before = between(of_source, date(2026, 3, 1), FALLING_SOURCE.since)
    after = between(of_source, FALLING_SOURCE.since, date(2026, 12, 1))

    def is_target(lead: Fact) -> bool:
        return verdict(lead) == "target"

    def known(rows: list[Fact]) -> list[Fact]:
        return [lead for lead in rows if verdict(lead) != "unknown"]

    assert share(known(before), is_target) == pytest.approx(FALLING_SOURCE.before, abs=0.05)
    assert share(known(after), is_target) == pytest.approx(FALLING_SOURCE.after, abs=0.05)
    others = [lead for lead in leads if lead["lead_source"] == "Поиск без рекламы"]
    change = share(known(between(others, FALLING_SOURCE.since, date(2026, 12, 1))), is_target) - share(
        known(between(others, date(2026, 3, 1), FALLING_SOURCE.since)), is_target
    )
    assert abs(change) < 0.06


def test_broken_tag_parts_spend_from_its_leads(facts: dict[str, pa.Table], leads: list[Fact]) -> None:
    old = [lead for lead in leads if lead["campaign"] == BROKEN_TAG.campaign]
    new = [lead for lead in leads if lead["campaign"] == BROKEN_TAG_NAME]
    spend = [row for row in facts["ad_spend"].to_pylist() if row["campaign"] == BROKEN_TAG.campaign]

    assert max(day_of(lead) for lead in old) < BROKEN_TAG.since <= min(day_of(lead) for lead in new)
    assert max(row["day"] for row in spend) == TODAY
    assert sum(row["cost"] for row in spend if row["day"] >= BROKEN_TAG.since) > 400_000
    assert BROKEN_TAG_NAME not in facts["ad_spend"]["campaign"].to_pylist()
    # The account still counts its leads: about as many as the CRM has under the new name and without a tag.
    reported = sum(row["reported_leads"] for row in spend if row["day"] >= BROKEN_TAG.since)
    assert len(new) < reported < 1.25 * len(new)


def test_one_manager_skips_fields(leads: list[Fact]) -> None:
    by_manager: dict[str, list[Fact]] = defaultdict(list)
    for lead in leads:
        by_manager[lead["manager"]].append(lead)

    for manager, rows in by_manager.items():
        empty = share(rows, lambda lead: lead["segment"] is None)
        expected = SKIPPED_FIELDS.after if manager == SKIPPED_FIELDS.manager else 0
        assert empty == pytest.approx(expected, abs=0.03), manager
    mine = by_manager[str(SKIPPED_FIELDS.manager)]
    assert min(map(day_of, mine)) >= SKIPPED_FIELDS.since
    without = [lead for lead in mine if lead["segment"] is None]
    assert all(lead["positions"] is None and lead["city"] is None for lead in without)


def test_dealers_wait_longer_since_november(facts: dict[str, pa.Table], leads: list[Fact]) -> None:
    answered: dict[str, datetime] = {}
    for row in facts["activities"].to_pylist():
        if row["direction"] == "out":
            answered.setdefault(row["lead_id"], row["at"])
    calendar = demo_company().calendar

    def in_time(lead: Fact) -> bool:
        at = answered.get(lead["lead_id"])
        return at is not None and calendar.seconds_between(lead["created_at"], at) <= 3600

    def kept(segment: str, start: date, end: date) -> float:
        rows = [lead for lead in between(leads, start, end) if lead["segment"] == segment]
        return share((lead for lead in rows if verdict(lead) == "target"), in_time)

    since, week_ago = SLOW_ANSWERS.since, TODAY - timedelta(days=2)
    assert kept("dealers", date(2026, 5, 1), since) == pytest.approx(SLOW_ANSWERS.before, abs=0.03)
    assert kept("dealers", since, week_ago) == pytest.approx(SLOW_ANSWERS.after, abs=0.10)
    assert kept("private", since, week_ago) == pytest.approx(0.86, abs=0.04)


def test_mix_of_november_shifts_from_dealers_to_private_persons(leads: list[Fact]) -> None:
    november = between(leads, date(2026, 11, 1), date(2026, 12, 1))
    before = between(leads, date(2026, 5, 1), date(2026, 11, 1))

    assert share(before, lambda lead: lead["segment"] == "dealers") == pytest.approx(0.17, abs=0.015)
    assert share(november, lambda lead: lead["segment"] == "dealers") == pytest.approx(0.12, abs=0.015)
    assert share(november, lambda lead: lead["segment"] == "private") > 0.62
    mailing = [lead for lead in leads if lead["lead_source"] == FEWER_DEALERS.lead_source]
    a_day_before = len(between(mailing, date(2026, 5, 1), date(2026, 11, 1))) / 184
    a_day_now = len(between(mailing, date(2026, 11, 1), date(2026, 12, 1))) / 20
    assert a_day_now / a_day_before == pytest.approx(FEWER_DEALERS.after, abs=0.2)


def test_new_campaign_of_november_brings_small_orders(leads: list[Fact]) -> None:
    new = [lead for lead in leads if lead["campaign"] == MORE_PRIVATE.campaign]
    november = between(leads, date(2026, 11, 1), date(2026, 12, 1))
    planned = planned_leads(Month(2026, 11)) * next(model.mix for model in SEGMENTS if model.key == "private")

    assert min(map(day_of, new)) == MORE_PRIVATE.since
    assert {lead["hypothesis"] for lead in new} == {"Г-14"}
    # 42 % of the planned private persons, for about 0.7 of the month, less the 5 % without a tag.
    assert len(new) == pytest.approx(planned * MORE_PRIVATE.after * 0.70 * 0.95, rel=0.12)
    assert share(new, lambda lead: verdict(lead) == "non_target") > 0.55
    # Above the guardrail of 35 % and near the 45 % of the mock.
    assert share(november, lambda lead: verdict(lead) == "non_target") == pytest.approx(0.45, abs=0.03)


def test_february_misses_its_plan_though_nothing_was_changed_in_it(
    facts: dict[str, pa.Table], leads: list[Fact]
) -> None:
    """As many sales as planned and every rate near its parameter: only the orders were smaller by chance."""
    number = 202602
    plan = {
        (row["segment"], row["metric"]): row["value"]
        for row in facts["plans"].to_pylist()
        if row["month"] == number
    }
    february = {lead["lead_id"]: lead for lead in leads if month_of(lead["created_at"]) == number}
    revenue = sum(
        payment["amount"] - payment["vat"]
        for payment in facts["payments"].to_pylist()
        if payment["lead_id"] in february
    )
    planned = sum(value for (_, metric), value in plan.items() if metric == "revenue")

    assert Decimal("0.72") < revenue / planned < Decimal("0.88")
    assert not any(truth.holds(date(2026, 2, 15)) for truth in TRUTHS if truth is not CHANCE_MONTH)
    for model in SEGMENTS:
        rows = [lead for lead in february.values() if lead["segment"] == model.key]
        targets = share(rows, lambda lead: verdict(lead) == "target")
        error = (targets * (1 - targets) / len(rows)) ** 0.5
        assert abs(targets - float(plan[model.key, "target_share"])) < 2.5 * error, model.key
        assert abs(len(rows) - plan[model.key, "leads"]) < Decimal(2.5 * len(rows) ** 0.5), model.key


def test_some_clients_have_two_cards_of_one_phone(facts: dict[str, pa.Table]) -> None:
    cards: dict[str, list[Fact]] = defaultdict(list)
    for card in facts["clients"].to_pylist():
        if (number := phone_e164(card["phone"])) is not None:
            cards[number].append(card)
    twice = [sorted(found, key=lambda card: card["created_at"]) for found in cards.values() if len(found) > 1]
    paid = set(facts["payments"]["client_id"].to_pylist())

    assert [len(found) for found in twice] == [2] * int(TWO_CARDS.after)
    assert all(later["created_at"].date() >= TWO_CARDS.since for _, later in twice)
    assert all(one["name"] == other["name"] and one["phone"] != other["phone"] for one, other in twice)
    assert sum(all(card["client_id"] in paid for card in found) for found in twice) == TWO_CARDS_BOUGHT


def test_seller_opinion_differs_from_the_rule_in_one_lead_of_ten(leads: list[Fact]) -> None:
    said = {"целевой": "target", "нецелевой": "non_target"}
    both = [lead for lead in leads if lead["seller_quality"] in said and verdict(lead) != "unknown"]
    agree = share(both, lambda lead: said[lead["seller_quality"]] == verdict(lead))

    assert 0.86 < agree < 0.95


def test_sales_take_longer_for_larger_clients(facts: dict[str, pa.Table], leads: list[Fact]) -> None:
    """Private persons decide within a week, projects within a month: what ripening has to know."""
    won = {m["lead_id"]: m["entered_at"] for m in facts["stage_moves"].to_pylist() if m["stage"] == "won"}
    days: dict[str, list[float]] = defaultdict(list)
    for lead in leads:
        if lead["lead_id"] in won and lead["segment"]:
            days[lead["segment"]].append((won[lead["lead_id"]] - lead["created_at"]).total_seconds() / 86_400)

    assert 2 < median(days["private"]) < 8 < median(days["dealers"]) < 16 < median(days["developers"]) < 40


# --- the files --------------------------------------------------------------------------------------------------


def test_write_gives_a_file_per_table_with_seven_broken_rows(tmp_path: Path) -> None:
    counts = write(tmp_path, until=date(2025, 7, 31))

    assert sum(map(len, BROKEN_ROWS.values())) == 7
    assert {path.stem for path in tmp_path.iterdir()} == set(counts)
    for name, count in counts.items():
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == count
        assert None not in {key for row in rows for key in row}
    with (tmp_path / "plans.csv").open(encoding="utf-8") as file:
        assert next(csv.DictReader(file))["month"] == "2025-07"


def test_company_has_the_stages_and_milestones_of_the_funnel() -> None:
    company = demo_company()

    assert [stage.name.ru for stage in company.stages] == [
        "Новый лид",
        "Квалифицирован",
        "Принят в работу",
        "КП отправлено",
        "Согласование договора",
        "Продажа",
        "Отказ",
    ]
    assert [company.order(milestone) for milestone in (Milestone.ACCEPTED, Milestone.DEAL, Milestone.WON)] == [
        3,
        5,
        6,
    ]
    assert company.focus_segment is not None
    assert company.focus_segment.key == "dealers"
    # The mock of 20 November 2026 says: 14 of 20 working days.
    november = [date(2026, 11, 1) + timedelta(days=i) for i in range(30)]
    works = [company.calendar.hours_of(day) != (0, 0) for day in november]
    assert (sum(works[:20]), sum(works)) == (14, 20)


# --- the product finds it ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("demo") / "workspace"
    make_demo(root)
    return Workspace(root)


def test_make_demo_loads_everything_but_seven_rows(facts: dict[str, pa.Table], workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        for name, table in facts.items():
            if TABLES[name].identity != "slice":
                assert reader.fact_rows(name).num_rows == table.num_rows, name
        leads = reader.query("SELECT COUNT(*) AS n FROM journeys").to_pylist()
    kept = [path.read_text("utf-8").splitlines() for path in workspace.quarantine_path.glob("*.jsonl")]

    assert leads == [{"n": facts["leads"].num_rows}]
    assert sum(map(len, kept)) == 7


def test_two_cards_wait_for_a_word_and_joined_they_are_eight_new_customers_fewer(
    workspace: Workspace, tmp_path: Path
) -> None:
    copied = Workspace(tmp_path / "copy")
    shutil.copytree(workspace.root, copied.root)

    def new_customers() -> Any:
        with copied.lake.open() as reader:
            return economics(reader, Question(), ("new_customers",)).total.figures["new_customers"].value

    before = new_customers()
    with copied.lake.open() as reader:
        exact = queue(reader).exact
    assert [match.reason for match in exact] == ["phone"] * int(TWO_CARDS.after)
    say(copied, exact, "same", "founder", datetime(2026, 11, 20, 18, tzinfo=UTC))
    assert before - new_customers() == TWO_CARDS_BOUGHT


def test_regular_tasks_are_a_figure(facts: dict[str, pa.Table], workspace: Workspace) -> None:
    due = [task for task in facts["tasks"].to_pylist() if task["due_at"].date() < TODAY]
    in_time = [task for task in due if task["done_at"] and task["done_at"].date() <= task["due_at"].date()]
    with workspace.lake.open() as reader:
        asked = Question(clock=Clock.PERIOD)
        figure = economics(reader, asked, ("tasks_done",)).total.figures["tasks_done"]

    assert (len(in_time), len(due)) == (79, 95)
    assert (figure.numerator, figure.denominator) == (79, 95)


def test_broken_tag_is_found_with_its_cost_before_and_after(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        (pair,) = proposed_pairs(reader)
        seen = preview(reader, pair)

    assert pair.key == (BROKEN_TAG.lead_source, BROKEN_TAG.campaign, BROKEN_TAG_NAME)
    assert seen.crm["spend"].value is None  # free to look at, for the money stands under the other name
    assert seen.joined["spend"].value == seen.report["spend"].value
    for key in ("leads", "sales"):
        assert seen.joined[key].value == seen.report[key].value + seen.crm[key].value
    assert seen.joined["cac_paid"].value < seen.report["cac_paid"].value


def test_make_demo_ends_on_its_own_today(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        assert reader.known_until.astimezone(demo_company().tz) == datetime(
            2026, 11, 20, 20, tzinfo=demo_company().tz
        )


def test_rules_of_the_company_judge_as_read_aloud_here(leads: list[Fact], workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT lead_id, target_verdict FROM journeys WHERE is_counted").to_pylist()

    judged = {row["lead_id"]: row["target_verdict"] for row in rows}
    assert judged == {lead["lead_id"]: verdict(lead) for lead in leads}


def test_verdict_of_november_confirms_only_what_was_planted(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        found = judge(reader, Month(2026, 11))

    confirmed = {part.cause for part in found.parts if part.label is Label.CONFIRMED}
    assert {Cause.MIX, Cause.HANDLING} <= confirmed
    # Volume and quality were moved by the new campaign, conversion and order value by nobody.
    assert not confirmed & {Cause.CONVERSION, Cause.ORDER_VALUE}
    dealers = {part.cause: part.by_segment["dealers"] for part in found.parts if "dealers" in part.by_segment}
    assert dealers[Cause.MIX] < -500_000
    assert dealers[Cause.HANDLING] < -500_000


def test_verdict_of_february_blames_nobody(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        found = judge(reader, Month(2026, 2))

    assert found.fact - found.plan < -3_000_000
    assert [part.cause for part in found.parts if part.label is Label.CONFIRMED] == []


def test_make_demo_types_the_plan_of_the_year_and_both_heads_confirm_it(
    facts: dict[str, pa.Table], workspace: Workspace
) -> None:
    months = tuple(Month(2026, number) for number in range(1, 13))
    with workspace.lake.open() as reader:
        in_force, firm = numbers_in_force(reader, months), standings(reader, months)
        november, earlier = versions(reader, (Month(2026, 11),))[Month(2026, 11)]
        (of_file,) = versions(reader, (Month(2025, 12),))[Month(2025, 12)]
    # The plan in force is the one that the generator means: the truths are held against it.
    for month in months[:11]:
        assert in_force[month] == {
            (row["metric"], row["segment"], None): Fraction(row["value"])
            for row in facts["plans"].to_pylist()
            if row["month"] == month.number
        }
    assert all(firm[month].is_confirmed for month in months)
    assert (november.person, november.origin, earlier.person) == ("marketing", Origin.TYPED, "founder")
    # Autumn was first planned with a tenth fewer dealers: 200 of 222.
    assert (november.changes[0].before, november.changes[0].after) == (200, 222)
    assert {change.key[0] for change in november.changes} == {"leads", "revenue"}
    assert (of_file.origin, of_file.file) == (Origin.FILE, "plans.csv")
