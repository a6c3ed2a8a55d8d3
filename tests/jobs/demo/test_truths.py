"""Is every planted truth visible in the raw rows?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

import pyarrow as pa
import pytest

from smarketing.facts.identity import phone_e164
from smarketing.facts.period import Month
from smarketing.jobs.demo.generate import TODAY, demo_company
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
from tests.jobs.demo.reading import Fact, between, day_of, month_of, share, verdict


def test_every_truth_is_written_down_for_the_reader_in_both_languages() -> None:
    guide = Path(__file__).parents[3] / "docs" / "guide"

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
