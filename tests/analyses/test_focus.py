"""The playground maker of methods.md (i), fact by fact, and what may not be said of other companies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.focus import Effort, FocusState, Resource, focus
from smarketing.analyses.question import Question
from smarketing.facts.company import Company, Segment
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock, Month
from smarketing.lake.dialect import breaches
from smarketing.metrics.kinds import NoValue
from tests.support.memory import MemoryReader, at

NBSP = "\u00a0"
NOVEMBER = Question(Month(2026, 11).period)
COMPANY = Company(
    zone="UTC",
    segments=(
        Segment(key="dealers", name=Names(ru="Дилеры", en="Dealers"), focus=True),
        Segment(key="developers", name=Names(ru="Застройщики", en="Developers")),
        Segment(key="individuals", name=Names(ru="Частные лица", en="Individuals")),
    ),
)
# Of a hundred: spend in thousands, leads, minutes, revenue in thousands.
SPEND = {"dealers": 5, "developers": 5, "individuals": 90}
LEADS = {"dealers": 6, "developers": 4, "individuals": 90}
MINUTES = {"dealers": 15, "developers": 50, "individuals": 35}
REVENUE = {"dealers": 82, "developers": 12, "individuals": 6}


def lead_rows(leads=LEADS):
    return [
        {"lead_id": f"{segment}-{place}", "created_at": at("2026-11-02"), "segment": segment,
         "target_verdict": "non_target" if segment == "individuals" else "target", "is_won": place == 0,
         "won_at": at("2026-11-09") if place == 0 else None}
        for segment, count in leads.items() for place in range(count)
    ]  # fmt: skip


def spend_rows(spend=SPEND):
    return [
        {"day": date(2026, 11, 2), "lead_source": "ads", "segment": segment, "cost": Decimal(cost * 1000)}
        for segment, cost in spend.items()
    ]


def receipt_rows(revenue=REVENUE):
    return [
        {"payment_id": f"p-{segment}", "lead_id": f"{segment}-0", "segment": segment, "amount": Decimal(k * 1000),
         "paid_day": date(2026, 11, 9), "created_day": date(2026, 11, 2)}
        for segment, k in revenue.items()
    ]  # fmt: skip


def activity_rows(minutes=MINUTES):
    return [
        {"activity_id": f"a-{segment}", "at": at("2026-11-03"), "lead_id": f"{segment}-0", "kind": "call",
         "minutes": Decimal(of)}
        for segment, of in minutes.items()
    ]  # fmt: skip


def reader(company=COMPANY, **changed):
    facts = {
        "journeys": lead_rows(),
        "spend": spend_rows(),
        "receipts": receipt_rows(),
        "activities": activity_rows(),
    } | changed
    return MemoryReader(company, **facts)


def ask(question=NOVEMBER, company=COMPANY, **changed):
    return focus(reader(company, **changed), question)


@pytest.fixture(scope="module")
def playground():
    return ask()


@pytest.mark.parametrize(
    ("first", "second", "variation", "bits"),
    [
        ("spend", "leads", 0.01, 0.000730),
        ("spend", "effort", 0.55, 0.263354),
        ("spend", "revenue", 0.84, 0.625776),
        ("leads", "effort", 0.55, 0.271860),
        ("leads", "revenue", 0.84, 0.615194),
        ("effort", "revenue", 0.67, 0.355792),
    ],
)
def test_distances_between_departments_of_the_playground_maker(playground, first, second, variation, bits):
    found = playground.distance(Resource(first), Resource(second))
    assert found.variation == pytest.approx(variation, abs=1e-9)
    assert found.bits == pytest.approx(bits, abs=5e-7)


def test_four_departments_of_the_playground_maker_together(playground):
    assert playground.together == pytest.approx(0.570365, abs=5e-7)


def test_headline_is_built_from_the_data_in_both_languages(playground):
    assert playground.headline.ru == f"84{NBSP}% расходов маркетинга идёт не туда, откуда приходит выручка."
    assert playground.headline.en == "84% of marketing spend goes where the revenue does not come from."
    assert playground.table.notes[0].text == playground.headline


def test_headline_of_a_company_in_focus_says_that_they_go_together():
    said = ask(spend=spend_rows({"dealers": 80, "developers": 12, "individuals": 8})).headline
    assert said.ru == f"Расходы маркетинга идут туда же, откуда приходит выручка: расходится 2{NBSP}%."


def test_without_spend_the_headline_speaks_of_leads():
    found = ask(spend=[])
    assert found.headline.en == "84% of leads come from where the revenue does not."
    assert Resource.SPEND not in found.shares
    assert found.together is None  # not all four departments are there


def test_share_of_the_focus_segment_and_its_gap_to_revenue(playground):
    shares = {one.resource: one for one in playground.focus_shares}
    assert float(shares[Resource.SPEND].figure.value) == 0.05
    assert shares[Resource.SPEND].gap == pytest.approx(-0.77)  # 5 % of spend, 82 % of revenue
    assert shares[Resource.EFFORT].gap == pytest.approx(-0.67)
    assert (shares[Resource.LEADS].figure.numerator, shares[Resource.LEADS].figure.denominator) == (6, 100)
    assert shares[Resource.LEADS].figure.interval is not None
    assert shares[Resource.REVENUE].gap is None


def test_what_lies_beyond_revenue_sums_to_the_total_variation(playground):
    rows = {row.keys[0]: row.figures["spend_beyond_revenue"].value for row in playground.table.rows}
    assert rows == {"dealers": 0, "developers": 0, "individuals": pytest.approx(0.84)}
    assert playground.table.total.figures["spend_beyond_revenue"].value == pytest.approx(0.84)
    assert playground.table.total.figures["effort_beyond_revenue"].value == pytest.approx(0.67)


def test_hours_of_sellers_on_non_target_leads(playground):
    assert playground.effort is Effort.MINUTES
    assert float(playground.non_target_hours.value) == pytest.approx(35 / 60)  # the individuals
    assert (playground.non_target_effort.numerator, playground.non_target_effort.denominator) == (35, 100)


def test_actions_are_counted_where_minutes_are_missing_and_it_is_said():
    bare = [{**row, "minutes": None} for row in activity_rows()]
    more = [{**bare[2], "activity_id": f"more-{place}"} for place in range(7)]
    found = ask(activities=[*bare, *more])
    assert found.effort is Effort.ACTIONS
    assert found.shares[Resource.EFFORT] == {"dealers": 0.1, "developers": 0.1, "individuals": 0.8}  # of 10
    assert found.non_target_hours.reason is NoValue.NOT_LOADED
    assert float(found.non_target_effort.value) == 0.8
    assert found.table.total.figures["effort_actions"].value == 10
    assert "effort-actions" in {note.code for note in found.table.notes}


def test_few_missing_minutes_leave_the_minutes():
    many = [{**activity_rows()[0], "activity_id": f"m-{place}"} for place in range(20)]
    bare = {**activity_rows()[1], "activity_id": "bare", "minutes": None}
    found = ask(activities=[*many, bare])
    assert found.effort is Effort.MINUTES
    assert [note.text.en for note in found.table.notes if note.code == "untimed-actions"] == [
        "Actions without minutes: 1."
    ]


def test_without_actions_effort_is_unknown_and_not_zero():
    found = ask(activities=[])
    assert found.effort is None
    assert found.distance(Resource.SPEND, Resource.EFFORT) is None
    assert found.table.total.figures["effort_share"].reason is NoValue.NOT_LOADED
    assert found.non_target_effort.value is None


def test_actions_without_a_lead_are_told_and_not_counted():
    loose = {"activity_id": "loose", "at": at("2026-11-03"), "kind": "call", "minutes": Decimal(60)}
    found = ask(activities=[*activity_rows(), loose])
    assert found.shares[Resource.EFFORT]["dealers"] == pytest.approx(0.15)
    assert "actions-without-lead" in {note.code for note in found.table.notes}


def test_segment_under_test_is_listed_apart_and_out_of_every_distance(playground):
    schools = Segment(key="schools", name=Names(ru="Школы", en="Schools"), under_test=True)
    company = COMPANY.model_copy(update={"segments": (*COMPANY.segments, schools)})
    found = ask(
        company=company,
        spend=spend_rows(SPEND | {"schools": 100}),
        journeys=lead_rows(LEADS | {"schools": 3}),
        activities=activity_rows(MINUTES | {"schools": 120}),
    )
    assert found.distances == playground.distances
    assert found.headline == playground.headline
    (apart,) = found.under_test
    assert (apart.segment, apart.of[Resource.SPEND], apart.of[Resource.LEADS]) == ("schools", 100_000, 3)
    last = found.table.rows[-1]
    assert last.keys == ("schools",)
    assert set(last.figures) == {"effort_hours", "non_target_hours", "non_target_effort_share"}
    told = next(note.text.en for note in found.table.notes if note.code == "under-test")
    assert told.startswith(f"Under test, listed apart, in no share: Schools (spend ₽100k, 3{NBSP}leads, 1 sale")


def test_unknown_segment_within_the_tolerance_is_a_segment_of_its_own():
    found = ask(journeys=lead_rows(LEADS | {None: 25}))  # 25 of 125: exactly 20 %
    assert found.state is FocusState.JUDGED
    assert found.shares[Resource.LEADS][None] == 0.2
    # Leads .048 .032 .72 .2 against revenue .82 .12 .06 0
    assert found.distance(Resource.LEADS, Resource.REVENUE).variation == pytest.approx(0.86)


def test_above_the_tolerance_of_unknown_segments_there_is_no_verdict():
    found = ask(journeys=lead_rows(LEADS | {None: 26}))
    assert found.state is FocusState.UNKNOWN_SEGMENT
    assert found.distances == ()
    assert found.together is None
    assert found.headline.ru == (
        f"О фокусе судить рано: сегмент не указан у 21{NBSP}% лидов при допуске 20{NBSP}%."
    )
    assert found.table.total.figures["spend_beyond_revenue"].reason is NoValue.CANNOT_SPLIT


def test_spend_without_segments_is_refused_alone():
    found = ask(spend=[{**row, "segment": None} for row in spend_rows()])
    assert found.state is FocusState.UNKNOWN_SEGMENT
    assert found.refused == (Resource.SPEND,)
    assert found.headline.en.startswith("Too early to speak of focus: the segment is not given for 100% of spend")
    assert found.distance(Resource.EFFORT, Resource.REVENUE).variation == pytest.approx(0.67)


def test_without_revenue_there_is_nothing_to_compare_with():
    assert ask(receipts=[]).state is FocusState.NO_REVENUE
    assert ask(receipts=[], journeys=[], spend=[], activities=[]).state is FocusState.NO_REVENUE


def test_refunds_above_sales_are_a_share_of_zero_and_are_told():
    found = ask(receipts=receipt_rows(REVENUE | {"individuals": -6}))
    assert found.shares[Resource.REVENUE]["individuals"] == 0
    assert "refunds" in {note.code for note in found.table.notes}


def test_only_counted_things_have_an_interval_and_it_repeats(playground):
    has = {(one.first, one.second) for one in playground.distances if one.variation_interval}
    assert has == {
        (Resource.SPEND, Resource.LEADS), (Resource.SPEND, Resource.SALES), (Resource.LEADS, Resource.SALES),
    }  # fmt: skip
    assert ask().distances == playground.distances


def test_by_the_period_clock_actions_are_those_that_happened_in_it():
    old = {**activity_rows()[0], "activity_id": "old", "at": at("2026-10-30"), "minutes": Decimal(1000)}
    found = ask(Question(NOVEMBER.period, Clock.PERIOD), activities=[*activity_rows(), old])
    assert found.shares[Resource.EFFORT]["dealers"] == pytest.approx(0.15)
    by_lead = ask(activities=[*activity_rows(), old])  # the lead is of November, so is everything done for it
    assert by_lead.shares[Resource.EFFORT]["dealers"] == pytest.approx(1015 / 1100)


def test_filter_of_the_leads_filters_their_actions():
    rows = [{**row, "manager": "Анна" if row["segment"] == "dealers" else "Борис"} for row in lead_rows()]
    found = ask(NOVEMBER.only("manager", "Анна"), journeys=rows)
    assert found.shares[Resource.EFFORT] == {"dealers": 1.0}
    assert Resource.SPEND not in found.shares  # the ad accounts know no managers


def test_other_splits_are_refused():
    with pytest.raises(WrongQuestion) as error:
        ask(NOVEMBER.split("manager"))
    assert error.value.code == "focus-split"


def test_no_focus_segment_is_said():
    plain = COMPANY.model_copy(
        update={"segments": tuple(s.model_copy(update={"focus": False}) for s in COMPANY.segments)}
    )
    found = ask(company=plain)
    assert found.focus_shares == ()
    assert "no-focus-segment" in {note.code for note in found.table.notes}


def test_questions_keep_the_dialect(playground):
    assert [breach.where for asked in playground.table.asked for breach in breaches(asked)] == []
