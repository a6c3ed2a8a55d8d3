"""Verdicts by written criteria, the draft that is only tried, and the arbiter's queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from smarketing.analyses.qualification import agreement, arbiter, criteria_table, qualification, what_if
from smarketing.analyses.question import Question
from smarketing.facts.company import Company
from smarketing.facts.criteria import Condition, CriteriaVersion, Names, Rule, TargetVerdict
from smarketing.facts.period import Month
from smarketing.stats.uncertainty import Label
from tests.analyses.small_company import COHORT, reader
from tests.support.memory import MemoryReader, at

TARGET, NON_TARGET, UNKNOWN = TargetVerdict.TARGET, TargetVerdict.NON_TARGET, TargetVerdict.UNKNOWN


def test_non_target_share_stands_beside_the_unknown() -> None:
    found = qualification(reader(), COHORT.split("lead_source"))
    counts = ("leads", "target_leads", "non_target_leads", "unknown_leads")

    assert [(row.keys[0], *(row.figures[key].value for key in counts)) for row in found.rows] == [
        ("yandex", 6, 3, 2, 1), ("site", 5, 3, 1, 1),
    ]  # fmt: skip
    assert found.total.figures["non_target_share"].value == 3 / 9
    assert found.total.figures["unknown_share"].value == 2 / 11


def test_verdicts_split_by_criterion() -> None:
    found = qualification(reader(), COHORT.split("criterion"))

    assert [(row.keys, row.figures["non_target_leads"].value) for row in found.rows] == [
        (("small_order",), 2), ((None,), 1),
    ]  # fmt: skip


def test_criteria_table_has_a_row_for_no_criterion_and_shares_of_all_turned_down() -> None:
    rows = criteria_table(reader(), COHORT)

    assert [(row.criterion, row.name.en, row.leads, row.share.value) for row in rows] == [
        ("small_order", "Мелкий заказ", 2, 2 / 3), (None, "No criterion named", 1, 1 / 3),
    ]  # fmt: skip
    assert [row.shift for row in rows] == [None, None]


def test_criteria_table_judges_the_change_against_the_other_period() -> None:
    # October 10 of 40 for the price, November 30 of 40: a shift of half that no chance makes.
    facts = [
        {"lead_id": f"{month}-{place}", "created_at": at(f"2026-{month}-05"), "target_verdict": "non_target",
         "criterion": "price" if place < priced else "region"}
        for month, priced in (("10", 10), ("11", 30))
        for place in range(40)
    ]  # fmt: skip
    question = replace(COHORT, compare=Month(2026, 10).period)
    price, region = criteria_table(MemoryReader(Company(), journeys=facts), question)

    assert (price.criterion, price.leads, region.leads) == ("price", 30, 10)
    assert price.shift is not None
    assert (price.shift.now, price.shift.before, price.shift.difference) == ((30, 40), (10, 40), 0.5)
    assert price.shift.label is Label.CONFIRMED


def _draft(*rules: Rule) -> CriteriaVersion:
    return CriteriaVersion(version="draft", valid_from=date(2026, 12, 1), rules=rules)


def _rule(key: str, segment: str) -> Rule:
    names = Names(ru=key, en=key)
    return Rule(key=key, name=names, verdict="non_target", when=(Condition(field="segment", value=segment),))


def test_what_if_counts_every_pair_of_old_and_new_verdict() -> None:
    found = what_if(reader(), COHORT, _draft(_rule("dealers_only", "private")))

    # Private: L3 L4 stay non-target, L5 L8 L11 become it; «-» of L9 becomes target; L6 and L10 have no segment.
    assert {pair: leads for pair, leads in found.matrix.items() if leads} == {
        (NON_TARGET, NON_TARGET): 2, (TARGET, NON_TARGET): 3, (NON_TARGET, TARGET): 1, (TARGET, TARGET): 3,
        (UNKNOWN, UNKNOWN): 2,
    }  # fmt: skip
    assert len(found.matrix) == 9
    assert (found.leads, found.changed) == (11, 4)
    assert (found.before.value, found.after.value) == (3 / 9, 5 / 9)
    assert (found.unknown_before.value, found.unknown_after.value) == (2 / 11, 2 / 11)


def test_what_if_leaves_the_verdict_of_a_person_alone() -> None:
    facts: list[dict[str, Any]] = [
        {"lead_id": "A", "created_at": at("2026-11-03"), "segment": "private", "target_verdict": "target",
         "judged_by": "person"},
        {"lead_id": "B", "created_at": at("2026-11-03"), "segment": "private", "target_verdict": "target",
         "judged_by": "rule"},
    ]  # fmt: skip
    found = what_if(MemoryReader(Company(), journeys=facts), COHORT, _draft(_rule("dealers_only", "private")))

    assert (found.changed, found.matrix[TARGET, TARGET], found.matrix[TARGET, NON_TARGET]) == (1, 1, 1)


def test_agreement_counts_leads_judged_by_both() -> None:
    found = agreement(reader(), COHORT)

    assert (found.numerator, found.denominator, found.value) == (4, 6, 4 / 6)


def test_agreement_of_nobody_is_no_data() -> None:
    assert agreement(reader(), COHORT.only("lead_source", "nowhere")).value is None


def test_arbiter_gets_the_leads_that_the_seller_sees_otherwise_newest_first() -> None:
    queue = arbiter(reader(), COHORT)

    assert queue.count == 2
    assert [(lead.lead_id, lead.target_verdict, lead.seller_verdict) for lead in queue.leads] == [
        ("L7", TARGET, NON_TARGET), ("L3", NON_TARGET, TARGET),
    ]  # fmt: skip
    assert queue.leads[0].created_at == at("2026-11-05 10:00")


def test_arbiter_gives_one_page_and_the_whole_count() -> None:
    second = arbiter(reader(), COHORT, limit=1, offset=1)

    assert (second.count, [lead.lead_id for lead in second.leads]) == (2, ["L3"])


def test_arbiter_keeps_to_the_filters_and_the_days() -> None:
    assert arbiter(reader(), COHORT.only("lead_source", "site")).count == 1
    assert arbiter(reader(), Question(Month(2026, 10).period)).count == 0
