"""The six steps over ``small_company`` and over the playground maker, each state brought about by the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.diagnosis import State, StepKey, diagnose
from smarketing.analyses.diagnosis.making import state_of
from smarketing.analyses.diagnosis.result import Evidence
from smarketing.analyses.diagnosis.words import FOLLOWS, NOTHING_TO_DO, TITLES, conclusion
from smarketing.analyses.records import records
from smarketing.analyses.verdict import verdict
from smarketing.facts.company import Guardrail, VerdictSettings, Zone
from smarketing.facts.language import same
from smarketing.facts.period import Month
from smarketing.lake.dialect import breaches
from smarketing.stats.uncertainty import Label
from tests.analyses import test_verdict as playground
from tests.analyses.small_company import COMPANY, LEADS, PLANS, reader
from tests.support.memory import MemoryReader, at

NBSP = "\u00a0"
NOVEMBER = Month(2026, 11)

ACTIVITIES = [
    {"activity_id": "a1", "at": at("2026-11-19"), "lead_id": "L1", "kind": "call", "minutes": Decimal(10)},
]
# L1, L7, L11 were won on 12, 11 and 13 November; L12 on 3.
TOUCHES = [
    {"touch_id": "t1", "at": at("2026-11-02"), "lead_id": "L1", "channel": "ads"},
    {"touch_id": "t2", "at": at("2026-11-05"), "lead_id": "L1", "channel": "mail"},
    {"touch_id": "t3", "at": at("2026-11-18"), "lead_id": "L1", "channel": "mail"},  # after the sale
    {"touch_id": "t4", "at": at("2026-11-09"), "lead_id": "L11", "channel": "ads"},
]


def look(month=NOVEMBER, **changed):
    lake = reader(**changed)
    return diagnose(lake, month, verdict(lake, month, draws=200))


def evidence(found, key, code):
    return next(one for one in found.step(key).evidence if one.code == code)


def company(**changed):
    return COMPANY.model_copy(update=changed)


def staged(**changed):
    """The company with every stage changed alike."""
    return company(stages=tuple(stage.model_copy(update=changed) for stage in COMPANY.stages))


@pytest.fixture(scope="module")
def small():
    return look(activities=ACTIVITIES, touches=TOUCHES)


@pytest.fixture(scope="module")
def june():
    """The playground maker's June: mix and handling are beyond chance, and against the plan."""
    lake = MemoryReader(
        playground.COMPANY, journeys=playground.FACT, receipts=playground.receipts_of(playground.FACT),
        plans=playground.plan_rows(), known_until=at("2026-11-20 15:00"),
    )  # fmt: skip
    return diagnose(lake, Month(2026, 6), verdict(lake, Month(2026, 6), draws=2_000))


def test_steps_come_in_the_order_of_the_article(small):
    assert [step.key for step in small.steps] == [
        "zones", "leads", "nurturing", "resources", "execution", "result",
    ]  # fmt: skip


def test_each_step_says_what_the_one_before_means_for_it_and_the_last_leads_to_the_first(small):
    states = [step.state for step in small.steps]
    for place, step in enumerate(small.steps):
        assert step.follows == FOLLOWS[step.key][states[place - 1]]
    assert small.steps[0].follows == FOLLOWS[StepKey.ZONES][small.step(StepKey.RESULT).state]


def test_every_step_has_its_words_for_every_state_in_both_languages():
    assert set(TITLES) == set(FOLLOWS) == set(StepKey)
    for said in FOLLOWS.values():
        assert set(said) == set(State)
        assert len({text.ru for text in said.values()}) == len({text.en for text in said.values()}) == 3


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([State.IN_ORDER, State.ATTENTION, State.CANNOT_JUDGE], State.ATTENTION),
        ([State.IN_ORDER, State.CANNOT_JUDGE, None], State.CANNOT_JUDGE),
        ([State.IN_ORDER, None], State.IN_ORDER),
    ],
)
def test_what_cannot_be_judged_is_never_called_in_order(states, expected):
    assert state_of([Evidence("x", same("x"), state) for state in states]) is expected


def test_zones_need_attention_where_all_stages_are_in_one(small):
    found = evidence(small, StepKey.ZONES, "stages")
    assert found.state is State.ATTENTION  # the small company names no zone: sales have them all
    assert found.text.en == "Zones of the stages: sales 4."
    stages = (COMPANY.stages[0].model_copy(update={"zone": Zone.MARKETING}), *COMPANY.stages[1:])
    again = evidence(look(company=company(stages=stages)), StepKey.ZONES, "stages")
    assert (again.state, again.text.en) == (State.IN_ORDER, "Zones of the stages: marketing 1, sales 3.")


def test_missing_milestone_is_named(small):
    assert evidence(small, StepKey.ZONES, "milestones").state is State.IN_ORDER
    bare = tuple(stage for stage in COMPANY.stages if stage.key != "accepted")
    leads = [
        {k: v for k, v in row.items() if k not in ("in_accepted", "at_accepted", "sec_accepted")} for row in LEADS
    ]
    found = evidence(look(company=company(stages=bare), journeys=leads), StepKey.ZONES, "milestones")
    assert (found.state, found.text.en) == (State.ATTENTION, "No stage carries the milestone: accepted.")


def test_criteria_must_have_been_valid_in_the_month(small):
    assert evidence(small, StepKey.ZONES, "criteria").text.en.endswith("version 1, rules: 2.")
    late = company(criteria=(COMPANY.criteria[0].model_copy(update={"valid_from": date(2026, 12, 1)}),))
    found = evidence(look(company=late), StepKey.ZONES, "criteria")
    assert (found.state, found.action.en) == (
        State.ATTENTION, "Write down the criteria of a target lead together with both heads.",
    )  # fmt: skip


def test_norms_name_the_stages_without_a_time(small):
    found = evidence(small, StepKey.ZONES, "norms")
    assert (found.state, found.text.en.rpartition(": ")[2]) == (State.ATTENTION, "Новый, Принят, Сделка.")
    timed = evidence(look(company=staged(sla_minutes=60)), StepKey.ZONES, "norms")
    assert timed.state is State.IN_ORDER


def test_company_without_stages_is_told_to_describe_them():
    plain = [{k: v for k, v in row.items() if not k.startswith(("in_", "at_", "sec_"))} for row in LEADS]
    found = look(company=company(stages=()), journeys=plain)
    assert found.step(StepKey.ZONES).state is State.ATTENTION
    assert found.step(StepKey.ZONES).action.en == "Describe the stages in company.toml and name the zone of each."


def test_cause_beyond_chance_needs_attention_and_its_question_is_the_action(june):
    found = evidence(june, StepKey.LEADS, "mix")
    assert found.state is State.ATTENTION
    assert (found.figure.metric, found.figure.value, found.norm) == (
        "lead_share", pytest.approx(44 / 280), pytest.approx(60 / 200),
    )  # fmt: skip
    assert june.step(StepKey.LEADS).action.ru.startswith("Спросить руководителя маркетинга: Что вернёт долю")


def test_cause_within_chance_or_above_the_plan_is_in_order(june):
    assert evidence(june, StepKey.LEADS, "quality").state is State.IN_ORDER
    assert evidence(june, StepKey.LEADS, "volume").state is State.IN_ORDER  # 280 leads against 200


def test_cause_of_too_few_sales_cannot_be_judged(small):
    found = evidence(small, StepKey.EXECUTION, "conversion")
    assert found.state is State.CANNOT_JUDGE
    assert found.missing is not None


def test_without_a_plan_and_ripe_months_no_cause_can_be_judged():
    found = look(plans=[], journeys=[row for row in LEADS if row["lead_id"] != "L12"])
    for cause in ("volume", "mix", "quality"):
        one = evidence(found, StepKey.LEADS, cause)
        assert one.state is State.CANNOT_JUDGE
        assert "on the page of the plan" in one.missing.en


@pytest.mark.parametrize(("limit", "state"), [("0.30", State.ATTENTION), ("0.40", State.IN_ORDER)])
def test_non_target_share_is_held_against_the_companys_limit(limit, state):
    guarded = company(guardrails=(Guardrail(metric="non_target_share", limit=Decimal(limit)),))
    found = evidence(look(company=guarded), StepKey.LEADS, "non-target")
    assert found.state is state  # 3 of 9
    assert (found.figure.numerator, found.figure.denominator, found.norm) == (3, 9, float(limit))


def test_without_a_limit_the_non_target_share_is_only_to_know(small):
    found = evidence(small, StepKey.LEADS, "non-target")
    assert (found.state, found.text.ru) == (
        None, f"Доля нецелевых: 33,3{NBSP}%. Порог не задан: задайте его в guardrails.",
    )  # fmt: skip


def test_touches_before_the_sale_are_counted_and_those_after_it_are_not(small):
    found = evidence(small, StepKey.NURTURING, "touches")
    # Sales with touches: L1 with two before its sale, L11 with one.
    assert (found.figure.numerator, found.figure.denominator) == (1, 2)
    assert found.text.en == (
        "Touches before the sale are known for 2 of 4 sales; more than one for 50.0% of these, 1.5 on average."
    )
    assert found.state is State.IN_ORDER


def test_touches_of_a_client_before_there_was_a_lead_count():
    rows = [{**row, "client_id": row["lead_id"].replace("L", "c")} for row in LEADS]
    of_client = {"touch_id": "t9", "at": at("2026-10-30"), "client_id": "c11", "channel": "ads"}
    found = evidence(look(journeys=rows, touches=[*TOUCHES, of_client]), StepKey.NURTURING, "touches")
    assert (found.figure.numerator, found.figure.denominator) == (2, 2)


def test_sales_of_single_touches_need_attention():
    found = evidence(look(touches=[TOUCHES[0], TOUCHES[3]]), StepKey.NURTURING, "touches")
    assert (found.state, found.figure.numerator, found.figure.denominator) == (State.ATTENTION, 0, 2)


def test_nurturing_without_touches_and_actions_says_what_is_missing():
    step = look().step(StepKey.NURTURING)
    assert step.state is State.CANNOT_JUDGE
    assert [text.en for text in step.missing] == ["Touches are not loaded.", "Sellers' activities are not loaded."]
    assert step.action.en.startswith("Load the touches before a sale")


def test_old_open_leads_without_an_action_are_silent():
    old = [{**LEADS[5], "lead_id": f"old{n}", "created_at": at("2026-09-01")} for n in range(4)]
    acts = [{**ACTIVITIES[0], "activity_id": f"b{n}", "lead_id": f"old{n}"} for n in range(3)]
    acts.append({**ACTIVITIES[0], "activity_id": "b3", "lead_id": "old3", "at": at("2026-10-01")})
    found = evidence(look(journeys=[*LEADS, *old], activities=acts), StepKey.NURTURING, "silent")
    assert (found.figure.numerator, found.figure.denominator) == (1, 4)  # old3: nothing since 21 October
    assert found.state is State.ATTENTION  # a quarter, over a fifth


def test_no_old_open_leads_are_in_order(small):
    assert evidence(small, StepKey.NURTURING, "silent").state is State.IN_ORDER


def test_unknown_segments_are_held_against_the_tolerance(small):
    found = evidence(small, StepKey.RESOURCES, "unknown-segment")
    assert (found.state, found.figure.numerator, found.figure.denominator) == (State.IN_ORDER, 2, 11)
    strict = company(verdict=VerdictSettings(max_unknown_segment=Decimal("0.18")))
    assert evidence(look(company=strict), StepKey.RESOURCES, "unknown-segment").state is State.ATTENTION


def test_fill_rate_is_held_against_our_limit_where_there_is_none(small):
    found = evidence(small, StepKey.RESOURCES, "fill-rate")
    assert (found.state, found.norm) == (State.IN_ORDER, 0.8)  # 8 of 10
    assert "the limit is ours" in found.text.en


def test_costs_and_people_that_are_not_loaded_are_missing(small):
    assert evidence(small, StepKey.RESOURCES, "costs").state is State.IN_ORDER
    step = look(costs=[]).step(StepKey.RESOURCES)
    assert {"There are no departments' costs for this month.", "Who works in which department is not loaded."} <= {
        text.en for text in step.missing
    }


def test_plan_that_only_ripe_months_stand_for_needs_attention(june):
    assert evidence(june, StepKey.RESOURCES, "plan").state is State.IN_ORDER
    found = evidence(look(plans=PLANS[:1]), StepKey.RESOURCES, "plan")
    assert (found.state, found.action.en.startswith("Give the month's plan")) == (State.ATTENTION, True)


def test_response_in_time_is_to_know_or_held_against_a_limit(small):
    assert evidence(small, StepKey.EXECUTION, "sla").state is None
    guarded = company(guardrails=(Guardrail(metric="sla_first", limit=Decimal("0.9"), side="below"),))
    assert evidence(look(company=guarded), StepKey.EXECUTION, "sla").state is State.ATTENTION


def test_losses_without_a_reason_are_counted(small):
    found = evidence(small, StepKey.EXECUTION, "loss-reasons")
    assert (found.figure.numerator, found.figure.denominator) == (1, 4)  # L4 of L3 L4 L5 L9
    assert found.state is State.ATTENTION
    named = [{**row, "loss_reason": "price"} if row["lead_id"] == "L4" else row for row in LEADS]
    assert evidence(look(journeys=named), StepKey.EXECUTION, "loss-reasons").state is State.IN_ORDER


def test_gap_of_too_few_sales_cannot_be_judged(small):
    assert evidence(small, StepKey.RESULT, "gap").state is State.CANNOT_JUDGE


@pytest.mark.parametrize(
    ("label", "gap", "state"),
    [
        (Label.CONFIRMED, -1, State.ATTENTION),
        (Label.CONFIRMED, 1, State.IN_ORDER),
        (Label.WITHIN_CHANCE, -1, State.IN_ORDER),
        (Label.TOO_LITTLE_DATA, -1, State.CANNOT_JUDGE),
    ],
)
def test_gap_needs_attention_only_below_plan_and_beyond_chance(label, gap, state):
    lake = reader()
    found = replace(playground.judge(), label=label, plan=Decimal(100), fact=Decimal(100 + gap))
    assert evidence(diagnose(lake, NOVEMBER, found), StepKey.RESULT, "gap").state is state


def test_seller_and_criteria_that_disagree_need_attention(small):
    found = evidence(small, StepKey.RESULT, "agreement")
    assert (found.figure.numerator, found.figure.denominator, found.state) == (4, 6, State.ATTENTION)


def reported(*rows, **more):
    return [
        {"month": 202611, "metric": "leads", "lead_source": key, "value": Decimal(n)} | more for key, n in rows
    ]


def test_step_in_order_has_nothing_to_do_and_others_their_first_action(small):
    for step in small.steps:
        if step.state is State.IN_ORDER:
            assert step.action == NOTHING_TO_DO
        else:
            first = next(one for one in step.evidence if one.state is step.state and one.action)
            assert step.action == first.action


def test_first_to_mend_is_the_earliest_step_out_of_order(small):
    assert small.first_to_mend is small.steps[0]
    calm = replace(small, steps=tuple(replace(step, state=State.IN_ORDER) for step in small.steps))
    assert calm.first_to_mend is None


def test_no_name_of_a_person_is_said(small):
    said = " ".join(
        f"{one.text.ru} {one.action.ru if one.action else ''}" for s in small.steps for one in s.evidence
    )
    assert "Анна" not in said
    assert "Борис" not in said


def test_questions_keep_the_dialect():
    lake = reader(activities=ACTIVITIES, touches=TOUCHES, reported=reported(("yandex", 12)))
    found = verdict(lake, NOVEMBER, draws=200)
    lake.asked.clear()
    diagnose(lake, NOVEMBER, found)
    assert [breach.where for asked in lake.asked for breach in breaches(asked)] == []


def test_empty_company_can_be_asked():
    found = look(journeys=[], receipts=[], spend=[], costs=[], plans=[])
    assert found.step(StepKey.LEADS).state is State.CANNOT_JUDGE
    assert found.step(StepKey.EXECUTION).state is State.CANNOT_JUDGE


def test_conclusion_names_the_first_step_and_what_cannot_be_judged(small):
    """Built by hand from states: steps 2 and 5 need attention, 3 and 6 cannot be judged."""

    def walked(*states):
        steps = tuple(replace(step, state=state) for step, state in zip(small.steps, states, strict=True))
        return conclusion(replace(small, steps=steps))

    fine, mend, dark = State.IN_ORDER, State.ATTENTION, State.CANNOT_JUDGE
    assert walked(*[fine] * 6).ru == "Все шесть шагов в порядке."
    said = walked(fine, mend, dark, fine, mend, dark)
    assert said.ru == (
        "2 шага из шести требуют внимания. Начать с шага 2, «Число и качество лидов»: он стоит раньше остальных. "
        "Пока не оценить: шаги 3, 6."
    )
    assert walked(fine, fine, fine, fine, mend, fine).en == (
        "One step of six needs attention: 5, “Quality of execution”."
    )
    assert walked(dark, fine, fine, fine, fine, fine).ru == "Отклонений не видно. Пока не оценить: шаг 1."


def test_next_action_says_whose_it_is(small):
    """The seller's silence on old leads is for sales to mend; where all is in order nobody is named."""
    for step in small.steps:
        if step.state is State.IN_ORDER:
            assert step.zone is None
        else:
            decided = next(one for one in step.evidence if one.state is step.state and one.action)
            assert (step.action, step.zone) == (decided.action, decided.zone)
    assert evidence(small, StepKey.NURTURING, "silent").zone is Zone.SALES
    assert evidence(small, StepKey.LEADS, "non-target").zone is Zone.MARKETING


def test_records_behind_evidence_are_as_many_as_it_counts(small):
    """Losses of November without a reason: L4 alone of four; leads without a source: none."""
    unsaid = evidence(small, StepKey.EXECUTION, "loss-reasons")
    assert (unsaid.figure.numerator, unsaid.figure.denominator) == (1, 4)
    assert unsaid.records.question.where == {"loss_reason": ("",)}
    source = evidence(small, StepKey.RESOURCES, "unknown-lead-source")
    door = source.records
    assert records(reader(), door.metric, door.question, side=door.side).count == source.figure.numerator == 0
