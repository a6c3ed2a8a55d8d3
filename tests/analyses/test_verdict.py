"""The playground maker of methods.md (a), lead by lead: what the formulas give there the product gives here.

| June 2026       | leads | target | handled | won | revenue   |
|-----------------|-------|--------|---------|-----|-----------|
| plan dealers    | 60    | 36     | 32.4    | ... | 5 670 000 |
| plan private    | 140   | 56     | 50.4    | ... |   504 000 |
| fact dealers    | 44    | 25     | 18      | 7   | 3 430 000 |
| fact private    | 236   | 71     | 66      | 18  |   702 000 |
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from smarketing.analyses.verdict import Cause, Verdict, VerdictState, verdict
from smarketing.analyses.verdict.history import lead_dispersion
from smarketing.analyses.verdict.result import PlanKind
from smarketing.analyses.verdict.rivals import had, rival_splits
from smarketing.analyses.verdict.words import headline
from smarketing.facts.company import Company, Segment, VerdictSettings, WorkingHours, Zone
from smarketing.facts.criteria import Names
from smarketing.facts.period import Clock, Month
from smarketing.stats.uncertainty import Label
from tests.support.memory import MemoryReader, at

JUNE = Month(2026, 6)
COMPANY = Company(
    segments=(
        Segment(key="dealers", name=Names(ru="Дилеры", en="Dealers"), focus=True),
        Segment(key="private", name=Names(ru="Частные лица", en="Private persons")),
    )
)
PLAN = [
    ("dealers", "leads", "60"),
    ("dealers", "target_share", "0.6"),
    ("dealers", "handled_share", "0.9"),
    ("dealers", "handled_to_sale_cr", "0.35"),
    ("dealers", "aov", "500000"),
    ("private", "leads", "140"),
    ("private", "target_share", "0.4"),
    ("private", "handled_share", "0.9"),
    ("private", "handled_to_sale_cr", "0.25"),
    ("private", "aov", "40000"),
]
DRAWS = 2_000


def plan_rows(rows=PLAN, month: int = 202606) -> list[dict[str, object]]:
    return [
        {"month": month, "segment": segment, "metric": metric, "value": Decimal(value)}
        for segment, metric, value in rows
    ]


def leads(
    segment, count, target, handled, won, order_value, *, day="2026-06-10", source="ads", spread="0"
) -> list[dict[str, object]]:
    made = []
    for place in range(count):
        sold = place < won
        made.append(
            {
                "lead_id": f"{segment}-{day}-{place}",
                "created_at": at(day),
                "segment": segment,
                "lead_source": source,
                "target_verdict": "target" if place < target else "non_target",
                "is_handled": place < handled,
                "is_won": sold,
                "outcome": "won" if sold else "lost",
                "won_seconds": 86_400 if sold else None,
                "revenue": order_value * (1 + _deviation(place, won, Decimal(spread))) if sold else Decimal(0),
            }
        )
    return made


def _deviation(place: int, won: int, spread: Decimal) -> Decimal:
    """Orders by turns above and below their mean; the odd one out is the mean."""
    if place == won - 1 and won % 2:
        return Decimal(0)
    return spread if place % 2 else -spread


FACT = leads("dealers", 44, 25, 18, 7, 490_000, spread="0.5") + leads(
    "private", 236, 71, 66, 18, 39_000, spread="0.4"
)


def receipts_of(journeys) -> list[dict[str, object]]:
    return [
        {
            "payment_id": lead["lead_id"],
            "lead_id": lead["lead_id"],
            "amount": lead["revenue"],
            "paid_day": lead["created_at"].date(),
            "created_day": lead["created_at"].date(),
        }
        for lead in journeys
        if lead["revenue"]
    ]


def judge(journeys=None, plans=None, receipts=None, company=COMPANY, month=JUNE, **options) -> Verdict:
    rows = FACT if journeys is None else journeys
    reader = MemoryReader(
        company,
        journeys=rows,
        receipts=receipts_of(rows) if receipts is None else receipts,
        plans=plan_rows() if plans is None else plans,
        known_until=options.pop("known_until", datetime(2026, 11, 20, 15, tzinfo=UTC)),
    )
    return verdict(reader, month, draws=DRAWS, **options)


@pytest.fixture(scope="module")
def playground() -> Verdict:
    return judge()


@pytest.mark.parametrize(
    ("cause", "effect", "dealers", "private"),
    [
        (Cause.VOLUME, "1781577.97", "1578239.70", "203338.28"),
        (Cause.MIX, "-2833792.76", "-2946362.12", "112569.37"),
        (Cause.QUALITY, "-426980.29", "-252727.58", "-174252.71"),
        (Cause.HANDLING, "-984419.43", "-1003805.83", "19386.40"),
        (Cause.CONVERSION, "527893.76", "475749.17", "52144.60"),
        (Cause.ORDER_VALUE, "-106279.26", "-91093.33", "-15185.93"),
    ],
)
def test_causes_are_those_of_the_worked_example(playground, cause, effect, dealers, private):
    part = playground.part(cause)
    assert abs(part.effect - Decimal(effect)) <= Decimal("0.02")
    assert abs(part.by_segment["dealers"] - Decimal(dealers)) <= Decimal("0.01")
    assert abs(part.by_segment["private"] - Decimal(private)) <= Decimal("0.01")


def test_zones_are_those_of_the_worked_example(playground):
    zones = {part.zone: part.effect for part in playground.zones}
    assert abs(zones[Zone.MARKETING] - Decimal("-1479195.07")) <= Decimal("0.02")
    assert abs(zones[Zone.SALES] - Decimal("-562804.93")) <= Decimal("0.02")


def test_plan_fact_and_gap(playground):
    assert (playground.plan, playground.fact, playground.gap) == (6_174_000, 4_132_000, -2_042_000)
    assert playground.plan_kind is PlanKind.GIVEN
    assert playground.elapsed == 1
    assert playground.ripe == 1


def test_every_level_sums_to_the_gap_to_the_kopeck(playground):
    assert sum(part.effect for part in playground.parts) == playground.gap
    assert all(sum(part.by_segment.values()) == part.effect for part in playground.parts)
    rest = sum(part.effect for part in playground.parts if part.zone is Zone.COMPANY)
    assert sum(zone.effect for zone in playground.zones) + rest == playground.gap


def test_reading_tells_plan_and_fact_of_each_factor(playground):
    volume, mix, quality = (playground.part(cause).reading for cause in (Cause.VOLUME, Cause.MIX, Cause.QUALITY))
    assert (volume.plan, volume.fact) == (200, 280)
    assert (mix.plan, mix.fact) == pytest.approx((60 / 200, 44 / 280))
    assert (quality.plan, quality.fact) == pytest.approx((92 / 200, 96 / 280))


def test_what_chance_explains_is_called_chance(playground):
    # methods.md (a): the plan of 24 sales misses by a third in one month of four though nothing is wrong;
    # the mix and the volume are real even so.
    assert playground.label is Label.WITHIN_CHANCE
    assert playground.part(Cause.MIX).label is Label.CONFIRMED
    assert playground.part(Cause.VOLUME).label is Label.CONFIRMED
    assert playground.part(Cause.ORDER_VALUE).label is not Label.CONFIRMED


def test_same_question_draws_the_same_chance(playground):
    again = judge()
    assert again.part(Cause.MIX).interval == playground.part(Cause.MIX).interval
    assert again.seed == 202606


def test_sale_past_the_process_has_its_own_line():
    # One private lead was never judged target, yet paid 100 000.
    stray = leads("private", 1, 0, 0, 1, 100_000, day="2026-06-12")
    found = judge([*FACT, *stray])
    assert found.part(Cause.OUTSIDE).effect == Decimal("100000.00")
    assert found.part(Cause.OUTSIDE).zone is Zone.COMPANY
    assert found.part(Cause.OUTSIDE).label is None
    assert sum(part.effect for part in found.parts) == found.gap == Decimal("-1942000.00")


def test_money_of_earlier_leads_has_its_own_line():
    # 250 000 came in June from a lead of April; 23 400 of June's leads came in July.
    receipts = receipts_of(FACT)
    late = next(row for row in receipts if row["lead_id"].startswith("private"))
    assert late["amount"] == 23_400  # the first private order, 40 % below the mean of 39 000
    late["paid_day"] = date(2026, 7, 3)
    receipts.append(
        {
            "payment_id": "april",
            "amount": Decimal(250_000),
            "paid_day": date(2026, 6, 2),
            "created_day": date(2026, 4, 2),
        }
    )
    found = judge(receipts=receipts)
    assert found.fact == 4_132_000 + 250_000 - 23_400
    assert found.part(Cause.TIMING).effect == 250_000 - 23_400
    assert sum(part.effect for part in found.parts) == found.gap


def test_cohort_clock_compares_the_leads_of_the_month():
    found = judge(clock=Clock.COHORT, receipts=[])
    assert found.fact == 4_132_000
    assert found.part(Cause.TIMING) is None
    assert sum(part.effect for part in found.parts) == found.gap == -2_042_000


def test_money_without_a_day_turns_the_clock_to_the_cohort():
    receipts = [{**row, "paid_day": None} for row in receipts_of(FACT)]
    found = judge(receipts=receipts)
    assert found.clock is Clock.COHORT
    assert "undated-money" in {note.code for note in found.notes}


def test_running_month_is_held_against_the_days_that_passed():
    # June 2026 has 22 working days, 10 of them until the 14th.
    found = judge(known_until=datetime(2026, 6, 14, 15, tzinfo=UTC))
    assert found.elapsed == pytest.approx(10 / 22)
    assert found.full_plan == 6_174_000
    assert found.plan == Decimal("2806363.64")
    assert sum(part.effect for part in found.parts) == found.gap


def test_plan_of_nought_is_no_plan():
    found = judge(plans=[{**row, "value": 0} if row["metric"] == "leads" else row for row in plan_rows()])
    assert (found.state, found.parts) == (VerdictState.NO_PLAN, ())
    assert headline(found, COMPANY).en == "The plan of June 2026 is nought: there is nothing to split the gap by."


def test_month_of_which_no_working_day_has_passed_is_not_judged():
    holidays = WorkingHours(days_off=tuple(date(2026, 6, day) for day in range(1, 15)))
    company = Company(segments=COMPANY.segments, working_hours=holidays)
    found = judge(company=company, known_until=datetime(2026, 6, 14, 15, tzinfo=UTC))
    assert (found.state, found.full_plan) == (VerdictState.NOT_STARTED, 6_174_000)
    assert headline(found, company).en == "It is early to judge June 2026: the facts hold no working day of it."
    worked = judge(company=company, known_until=datetime(2026, 6, 15, 15, tzinfo=UTC))
    assert (worked.state, worked.elapsed) == (VerdictState.JUDGED, pytest.approx(1 / 12))


def test_parts_sum_to_the_gap_where_no_sale_of_the_month_is_due_yet():
    # Sales took ten days in May; on 2 June, 2 of 22 working days in, the plan to date is 561 272.73.
    slow = [{**lead, "won_seconds": 864_000} for lead in leads("dealers", 40, 30, 25, 25, 100, day="2026-05-01")]
    for lead in slow:
        lead["won_day"] = date(2026, 5, 11)
    june = leads("dealers", 4, 3, 2, 0, 0, day="2026-06-01")
    early = leads("private", 1, 1, 1, 1, 30_000, day="2026-06-01")
    receipts = [*receipts_of(early), {"payment_id": "old", "amount": Decimal(200), "paid_day": date(2026, 6, 1)}]
    found = judge([*slow, *june, *early], receipts=receipts, known_until=datetime(2026, 6, 2, 15, tzinfo=UTC))
    effects = {part.cause: part.effect for part in found.parts if part.effect}
    assert (found.plan, found.fact) == (Decimal("561272.73"), 30_200)
    assert effects == {Cause.CONVERSION: 30_000, Cause.TIMING: Decimal("-561072.73")}
    assert sum(effects.values()) == found.gap
    assert {part.label for part in found.parts} == {Label.TOO_LITTLE_DATA, None}
    assert (rival_splits(found), found.label) == ((), Label.TOO_LITTLE_DATA)
    told = had(found, [Cause.CONVERSION])
    assert told is not None
    assert told.revenue == 200


def test_month_without_plan_and_history_says_so():
    found = judge(plans=[])
    assert found.state is VerdictState.NO_PLAN
    assert [note.code for note in found.notes] == ["no-plan"]
    assert found.parts == ()


def test_month_without_plan_is_held_against_ripe_months():
    # March is the oldest month and may be cut; April and May are the base: 30 leads, 10 sales of 100 each.
    months = [
        lead
        for day in ("2026-03-10", "2026-04-10", "2026-05-12")
        for lead in leads("dealers", 30, 20, 15, 10, 100, day=day)
    ]
    june = leads("dealers", 30, 20, 15, 5, 100)
    found = judge([*months, *june], plans=[])
    assert found.plan_kind is PlanKind.IMPLIED
    assert found.implied_from == (Month(2026, 4), Month(2026, 5))
    assert (found.plan, found.fact) == (1000, 500)
    assert found.part(Cause.CONVERSION).effect == -500
    assert "plan-implied" in {note.code for note in found.notes}


def test_plan_of_revenue_alone_scales_the_ripe_months():
    months = [
        lead
        for day in ("2026-03-10", "2026-04-10", "2026-05-12")
        for lead in leads("dealers", 30, 20, 15, 10, 100, day=day)
    ]
    june = leads("dealers", 60, 40, 30, 20, 100)
    found = judge([*months, *june], plans=plan_rows([(None, "revenue", "3000")]))
    assert found.plan_kind is PlanKind.SCALED
    assert found.plan == 3000
    assert found.part(Cause.VOLUME).effect == -1000
    assert "plan-scaled" in {note.code for note in found.notes}


def test_month_without_leads_says_so():
    found = judge([])
    assert (found.state, found.notes) == (VerdictState.NO_LEADS, ())


def test_month_without_leads_names_the_last_one_that_has_some():
    march, april = (leads("dealers", 30, 20, 15, 10, 100, day=day) for day in ("2026-03-10", "2026-04-10"))
    found = judge([*march, *april])
    assert found.state is VerdictState.NO_LEADS
    assert [note.text.ru for note in found.notes] == [
        "Последний месяц с лидами: апрель 2026. Выберите его: 2026-04."
    ]


def test_month_ahead_of_the_facts_is_not_judged():
    assert judge(month=Month(2026, 12)).state is VerdictState.NOT_STARTED


def test_too_few_sales_give_no_label():
    few = [("dealers", metric, value) for _, metric, value in PLAN[:5]]
    few[0] = ("dealers", "leads", "10")  # 10 × .6 × .9 × .35 = 1.9 sales expected
    found = judge(leads("dealers", 10, 1, 1, 0, 0), plans=plan_rows(few))
    assert {part.label for part in found.parts if part.label} == {Label.TOO_LITTLE_DATA}


def test_unknown_segments_beyond_the_setting_leave_no_mix():
    nameless = leads(None, 100, 40, 30, 5, 39_000)
    found = judge([*FACT, *nameless])
    assert "unknown-segment" in {note.code for note in found.notes}
    assert found.part(Cause.MIX).effect == 0
    assert sum(part.effect for part in found.parts) == found.gap


def test_company_without_criteria_or_answers_is_told_what_cannot_be_told_apart():
    blind = [{**lead, "target_verdict": "unknown", "is_handled": None} for lead in FACT]
    found = judge(blind)
    assert {"no-criteria", "no-answers"} <= {note.code for note in found.notes}
    assert found.part(Cause.QUALITY).effect == 0
    assert found.part(Cause.HANDLING).effect == 0
    assert sum(part.effect for part in found.parts) == found.gap == -2_042_000


def test_conversion_may_be_joint():
    company = COMPANY.model_copy(update={"verdict": VerdictSettings(conversion_zone="joint")})
    found = judge(company=company)
    assert {zone.zone for zone in found.zones} == {Zone.MARKETING, Zone.SALES, Zone.JOINT}
    assert found.part(Cause.CONVERSION).zone is Zone.JOINT
    assert sum(part.effect for part in found.parts) == found.gap


def test_months_in_place_of_a_plan_bring_their_sales_past_the_process():
    # Each ripe month had ten sales of 100 through the chain and one of 50 past it; June has one of 80.
    months = [
        lead
        for day in ("2026-03-10", "2026-04-10", "2026-05-12")
        for lead in [*leads("dealers", 30, 20, 15, 10, 100, day=day), *leads("private", 1, 0, 0, 1, 50, day=day)]
    ]
    june = [*leads("dealers", 30, 20, 15, 10, 100), *leads("private", 1, 0, 0, 1, 80)]
    found = judge([*months, *june], plans=[])
    assert (found.plan, found.fact) == (1050, 1080)
    assert found.part(Cause.OUTSIDE).effect == 30
    assert sum(part.effect for part in found.parts) == found.gap == 30


def test_gap_of_a_young_month_is_held_against_the_money_planned_and_not_against_what_is_due_of_its_leads():
    # By 14 June few of June's sales are due, but the plan of the days that passed is 2.8 million.
    old = leads("dealers", 40, 30, 28, 25, 490_000, day="2026-03-10")
    bought = {"won_seconds": 40 * 86_400, "won_at": at("2026-04-19")}
    slow = [{**lead, **bought} if lead["is_won"] else lead for lead in old]
    young = leads("dealers", 20, 12, 10, 0, 0, day="2026-06-03") + leads(
        "private", 64, 26, 23, 0, 0, day="2026-06-03"
    )
    found = judge([*slow, *young], known_until=datetime(2026, 6, 14, 15, tzinfo=UTC))
    assert found.ripe < 0.05
    assert found.account.plan == found.plan == Decimal("2806363.64")
    assert found.fact == 0


def test_dispersion_is_that_of_the_leads_within_the_filters():
    # March is the oldest month and left out. All: 40 and 20 about 30. Dealers: 30, 0. Private: 10, 20.
    history = [
        *leads("dealers", 5, 5, 5, 1, 100, day="2026-03-10"),
        *leads("dealers", 30, 20, 15, 5, 100, day="2026-04-10"),
        *leads("private", 10, 5, 5, 1, 100, day="2026-04-11"),
        *leads("private", 20, 5, 5, 1, 100, day="2026-05-11"),
    ]
    reader = MemoryReader(COMPANY, journeys=history)
    assert lead_dispersion(reader, JUNE) == (pytest.approx(200 / 30), 1)
    assert lead_dispersion(reader, JUNE, {"segment": ("dealers",)}) == (pytest.approx(30), 1)
    assert lead_dispersion(reader, JUNE, {"segment": ("private",)}) == (pytest.approx(50 / 15), 1)
    assert lead_dispersion(reader, JUNE, {"segment": ("nobody",)}) == (1.0, 0)
