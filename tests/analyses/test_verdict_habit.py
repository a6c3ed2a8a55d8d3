"""A plan that was learnt from past months carries their chance into interval and p."""

from __future__ import annotations

from decimal import Decimal

import pytest

from smarketing.analyses.verdict import Cause
from smarketing.analyses.verdict.result import PlanKind
from tests.analyses.test_verdict import judge, leads, plan_rows

MONTHS = [
    lead
    for day in ("2026-03-10", "2026-04-10", "2026-05-12")
    for lead in leads("dealers", 60, 36, 30, 12, 100, day=day, spread="0.5")
]
JUNE = leads("dealers", 60, 36, 30, 8, 100, spread="0.5")
SAME = [
    ("dealers", "leads", "60"),
    ("dealers", "target_share", "0.6"),
    ("dealers", "handled_share", "0.8333333333"),
    ("dealers", "handled_to_sale_cr", "0.4"),
    ("dealers", "aov", "100"),
]


def width(found, cause: Cause) -> float:
    interval = found.part(cause).interval
    return interval.high - interval.low


def test_given_plan_has_no_doubt():
    found = judge([*MONTHS, *JUNE], plans=plan_rows(SAME))
    assert found.plan_kind is PlanKind.GIVEN
    assert found.account.habit is None


def test_implied_plan_is_less_sure_than_the_same_plan_given():
    given = judge([*MONTHS, *JUNE], plans=plan_rows(SAME))
    implied = judge([*MONTHS, *JUNE], plans=[])
    assert implied.account.habit.months == 2
    assert abs(implied.plan - given.plan) < Decimal("0.01")
    for cause in (Cause.VOLUME, Cause.QUALITY, Cause.CONVERSION):
        # One month against an average of two: variance 1 + 1/2, width × 1.22.
        assert width(implied, cause) / width(given, cause) == pytest.approx(1.22, abs=0.14)
        assert implied.part(cause).p_value >= given.part(cause).p_value


def test_scaled_plan_keeps_its_revenue():
    found = judge([*MONTHS, *JUNE], plans=plan_rows([(None, "revenue", "2400")]))
    assert found.plan_kind is PlanKind.SCALED
    assert found.account.habit.keeps_revenue
    assert found.plan == 2400


def test_only_the_borrowed_rate_of_a_given_plan_is_doubted():
    rows = [row for row in SAME if row[1] != "handled_to_sale_cr"]
    found = judge([*MONTHS, *JUNE], plans=plan_rows(rows))
    assert found.plan_kind is PlanKind.GIVEN
    assert set(found.account.habit.learnt) == {(Cause.CONVERSION, "dealers")}
    given = judge([*MONTHS, *JUNE], plans=plan_rows(SAME))
    assert width(found, Cause.CONVERSION) > 1.08 * width(given, Cause.CONVERSION)
    assert width(found, Cause.VOLUME) == pytest.approx(width(given, Cause.VOLUME), rel=0.08)


def test_order_value_from_planned_revenue_is_not_borrowed():
    rows = [*(row for row in SAME if row[1] != "aov"), ("dealers", "revenue", "1200")]
    found = judge([*MONTHS, *JUNE], plans=plan_rows(rows))
    assert found.account.habit is None


def test_segments_judged_as_one_are_doubted_as_one():
    nameless = leads(None, 40, 24, 20, 5, 100)
    found = judge([*MONTHS, *JUNE, *nameless], plans=[])
    assert "unknown-segment" in {note.code for note in found.notes}
    assert set(found.account.habit.levels) == {None}
    assert sum(part.effect for part in found.parts) == found.gap
