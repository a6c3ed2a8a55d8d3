"""The favourite orders of both departments and the counterfactuals, on the playground maker of methods.md (a)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.verdict import Cause, had, rival_splits
from smarketing.analyses.verdict.rivals import parse_causes
from smarketing.facts.company import VerdictSettings, Zone
from smarketing.facts.errors import WrongQuestion
from tests.analyses.test_verdict import COMPANY, FACT, judge, leads, receipts_of


@pytest.fixture(scope="module")
def playground():
    return judge()


# methods.md (a), property test 4: the order of the chain, and the reverse one.
@pytest.mark.parametrize(
    ("first", "effects"),
    [
        (Zone.MARKETING, ("2469600", "-3636000", "-431100", "-766500", "410000", "-88000")),
        (Zone.SALES, ("1180571.43", "-2142284.83", "-399176.74", "-1217182.59", "662072.73", "-126000.00")),
    ],
)
def test_rival_orders_give_the_published_figures(playground, first, effects):
    found = next(rival for rival in rival_splits(playground) if rival.first is first)
    for cause, effect in zip(Cause, effects, strict=False):
        assert abs(found.effects[cause] - Decimal(effect)) <= Decimal("0.01")
    assert sum(found.effects.values()) == sum(found.zones.values()) == playground.gap == -2_042_000


def test_zones_of_the_fair_split_lie_in_the_middle_of_the_rivals(playground):
    # With two departments Owen's total of a department is the mean of the two orders.
    first, second = rival_splits(playground)
    for zone in playground.zones:
        assert abs((first.zones[zone.zone] + second.zones[zone.zone]) / 2 - zone.effect) <= Decimal("0.02")


def test_joint_conversion_stands_between_the_departments():
    company = COMPANY.model_copy(update={"verdict": VerdictSettings(conversion_zone="joint")})
    along, back = rival_splits(judge(company=company))
    assert along.order == (
        Cause.VOLUME, Cause.MIX, Cause.QUALITY, Cause.CONVERSION, Cause.HANDLING, Cause.ORDER_VALUE,
    )  # fmt: skip
    assert back.order == along.order[::-1]
    assert sum(along.effects.values()) == -2_042_000


def test_rivals_keep_the_account_lines_of_the_fair_split():
    found = judge([*FACT, *leads("private", 1, 0, 0, 1, 100_000, day="2026-06-12")])
    for rival in rival_splits(found):
        assert rival.effects[Cause.OUTSIDE] == found.part(Cause.OUTSIDE).effect == 100_000
        assert sum(rival.effects.values()) == found.gap


# Fact: dealers 44 leads, 7 sales of 490 000; private persons 236 leads, 18 sales of 39 000.
@pytest.mark.parametrize(
    ("causes", "revenue"),
    [
        ((), "4132000.00"),
        # 200 leads of 280: 4 132 000 × 5/7
        ((Cause.VOLUME,), "2951428.57"),
        # 280 × 0.3 = 84 dealers: 84 × 7/44 × 490 000 = 6 548 181.82; 196 × 18/236 × 39 000 = 583 016.95
        ((Cause.MIX,), "7131198.77"),
        # 84 × 0.6 × 7/25 × 490 000 = 6 914 880; 196 × 0.4 × 18/71 × 39 000 = 775 166.20
        ((Cause.MIX, Cause.QUALITY), "7690046.20"),
        # 7 × 500 000 + 18 × 40 000
        ((Cause.ORDER_VALUE,), "4220000.00"),
        (tuple(Cause), "6174000.00"),
    ],
)
def test_revenue_had_some_causes_been_as_planned(playground, causes, revenue):
    found = had(playground, causes)
    assert found.revenue == Decimal(revenue)
    assert found.change == found.revenue - playground.fact
    assert found.causes == tuple(causes)


def test_interval_of_a_counterfactual_holds_it_and_is_nil_for_the_plan_itself(playground):
    mix = had(playground, [Cause.MIX]).interval
    assert mix.low < 7_131_198 < mix.high
    assert mix.level == 0.9
    everything = had(playground, tuple(Cause)).interval
    assert everything.low == pytest.approx(6_174_000)
    assert everything.high == pytest.approx(6_174_000)


def test_interval_of_no_cause_is_that_of_the_gap(playground):
    # Both are months drawn around the fact; two streams of 2 000 draws differ by chance.
    fact = had(playground, ()).interval
    plan = float(playground.plan)
    assert fact.low == pytest.approx(plan + playground.interval.low, abs=0.25e6)
    assert fact.high == pytest.approx(plan + playground.interval.high, abs=0.4e6)


def test_account_line_may_be_as_planned():
    # 250 000 came in June from a lead of April, which no plan expected.
    april = {
        "payment_id": "april",
        "amount": Decimal(250_000),
        "paid_day": date(2026, 6, 2),
        "created_day": date(2026, 4, 2),
    }
    found = judge(receipts=[*receipts_of(FACT), april])
    assert found.fact == 4_382_000
    assert had(found, [Cause.TIMING]).revenue == 4_132_000
    assert had(found, [Cause.ORDER_VALUE]).revenue == 4_470_000
    assert had(found, tuple(Cause)).revenue == found.plan == 6_174_000


def test_without_a_verdict_there_is_neither():
    found = judge(plans=[])
    assert rival_splits(found) == ()
    assert had(found, [Cause.MIX]) is None


def test_causes_are_read_from_words():
    assert parse_causes("mix, quality") == (Cause.MIX, Cause.QUALITY)
    with pytest.raises(WrongQuestion, match="volume"):
        parse_causes("volumes")
