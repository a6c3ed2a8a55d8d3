"""The standing of a plan: which version is in force and who has confirmed it, and what the verdict says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from smarketing.analyses.planning.record import changes, standing, versions
from smarketing.analyses.verdict import verdict
from smarketing.analyses.verdict.words import plan_name
from smarketing.facts.company import Zone
from tests.analyses.test_verdict import COMPANY, FACT, JUNE, plan_rows, receipts_of
from tests.support.memory import MemoryReader

NOON = datetime(2026, 5, 20, 9, tzinfo=UTC).replace(tzinfo=None)  # as the lake keeps it


def reader(confirmed=(), version_rows=None, plans=None):
    log = [{"month": 202606, "version": 1, "act": "saved", "at": NOON, "person": "anna", "origin": "typed"}]
    log += [
        {"month": 202606, "version": 1, "act": "confirmed", "at": NOON, "person": who, "department": department}
        for department, who in confirmed
    ]
    rows = plan_rows() if version_rows is None else version_rows
    return MemoryReader(
        COMPANY,
        journeys=FACT,
        receipts=receipts_of(FACT),
        plans=plan_rows() if plans is None else plans,
        plan_versions=[{**row, "version": 1} for row in rows],
        plan_log=log if rows else (),
        known_until=datetime(2026, 11, 20, 15, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("confirmed", "by", "ru", "en"),
    [
        (
            [("sales", "sergey"), ("marketing", "maria")], (Zone.MARKETING, Zone.SALES),
            "план компании, подтверждён обоими руководителями", "the company's plan, confirmed by both heads",
        ),
        (
            [("sales", "sergey")], (Zone.SALES,), "план компании, подтверждён только руководителем продаж",
            "the company's plan, confirmed by the head of sales alone",
        ),
        (
            [("marketing", "maria")], (Zone.MARKETING,),
            "план компании, подтверждён только руководителем маркетинга",
            "the company's plan, confirmed by the head of marketing alone",
        ),
        ([], (), "план компании, никем не подтверждён", "the company's plan, confirmed by nobody"),
    ],
)  # fmt: skip
def test_verdict_says_who_confirmed_the_plan(confirmed, by, ru, en):
    found = verdict(reader(confirmed), JUNE, draws=200)
    assert found.standing.confirmed_by == by
    assert found.standing.is_confirmed is (len(by) == 2)
    assert (plan_name(found).ru, plan_name(found).en) == (ru, en)


def test_moments_carry_their_zone():
    (version,) = versions(reader([("sales", "sergey")]), (JUNE,))[JUNE]
    assert version.at == version.confirmations[0].at == NOON.replace(tzinfo=UTC)


def test_numbers_that_no_version_has_are_confirmed_by_nobody():
    told = reader([("sales", "sergey"), ("marketing", "maria")], version_rows=plan_rows()[:-1])
    assert standing(told, JUNE).version is None
    assert standing(told, JUNE).confirmed_by == ()
    assert standing(reader(version_rows=[]), JUNE).confirmed_by == ()


def test_implied_plan_has_no_standing():
    assert verdict(reader(plans=[]), JUNE, draws=200).standing is None
    assert standing(reader(plans=[]), JUNE) is None


def test_changes_are_told_segment_by_segment_in_the_order_of_the_chain():
    before = {
        ("aov", "b", None): Fraction(1),
        ("leads", "b", None): Fraction(2),
        ("leads", "a", None): Fraction(3),
    }
    after = {("leads", "b", None): Fraction(4), ("leads", "a", "ads"): Fraction(3)}
    assert [(one.key, one.before, one.after) for one in changes(before, after)] == [
        (("leads", "a", None), 3, None),
        (("leads", "a", "ads"), None, 3),
        (("leads", "b", None), 2, 4),
        (("aov", "b", None), 1, None),
    ]
