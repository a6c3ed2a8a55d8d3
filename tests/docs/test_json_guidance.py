"""Is every key of the contracts of questions and of a diagnosis documented, and nothing else?"""

from __future__ import annotations

import pytest

from smarketing.analyses.diagnosis import State, StepKey, diagnose
from smarketing.analyses.questions import Step, questions
from smarketing.analyses.questions.memory import remember
from smarketing.analyses.verdict import Cause, VerdictState, verdict
from smarketing.facts.period import Month
from smarketing.jobs import guidance_export
from tests.analyses import test_verdict as example
from tests.docs.pages import first_words, read, section, words
from tests.docs.test_json import table
from tests.support.memory import MemoryReader, at

PAGE = read("docs/reference/json.md")
QUESTIONS, DIAGNOSIS = section(PAGE, "Questions"), section(PAGE, "A diagnosis")
JUNE = Month(2026, 6)


@pytest.fixture(scope="module")
def judged():
    reader = MemoryReader(
        example.COMPANY, journeys=example.FACT, receipts=example.receipts_of(example.FACT),
        plans=example.plan_rows(), known_until=at("2026-11-20 15:00"),
    )  # fmt: skip
    return reader, verdict(reader, JUNE, draws=2_000)


@pytest.fixture(scope="module")
def asked(judged):
    reader, found = judged
    return guidance_export.questions_data(remember(questions(reader, found), {}), found, "en")


@pytest.fixture(scope="module")
def walked(judged):
    reader, found = judged
    return guidance_export.diagnosis_data(diagnose(reader, JUNE, found), "en")


def listed(text: str, name: str) -> list[str]:
    """The keys of the line that tells of one object: those that stand before brackets, and no words of theirs."""
    line = next(part for part in text.split("\n\n") if part.startswith(f"`{name}`:"))
    return line.split("`")[3::2]


def test_keys_of_questions_are_those_of_the_page(asked):
    assert table(QUESTIONS, "contract") == list(asked)
    assert table(QUESTIONS, "key") == list(asked["questions"][0])
    for name in ("pinned", "records"):
        assert set(asked["questions"][0][name]) <= set(listed(QUESTIONS, name))


def test_keys_of_a_diagnosis_are_those_of_the_page(walked):
    assert table(DIAGNOSIS, "contract") == list(walked)
    assert table(DIAGNOSIS, "step") == list(walked["steps"][0])
    assert table(DIAGNOSIS, "code") == list(walked["steps"][0]["evidence"][0])


def test_every_word_that_a_value_may_be_is_documented(asked):
    assert {*Step, *VerdictState} <= words(QUESTIONS)
    assert {*StepKey, *State} <= words(DIAGNOSIS)
    causes = {*Cause} - {Cause.OUTSIDE, Cause.TIMING}
    metrics = {one["pinned"]["metric"] for one in asked["questions"]}
    assert metrics <= words(QUESTIONS)
    assert len([word for word in listed(QUESTIONS, "pinned") if word in {"leads", "lead_share", "target_share",
                "handled_share", "handled_to_sale_cr", "aov"}]) == len(causes)  # fmt: skip


def test_names_and_versions_of_the_contracts_are_documented():
    for contract, told in ((guidance_export.QUESTIONS, QUESTIONS), (guidance_export.DIAGNOSIS, DIAGNOSIS)):
        assert {contract, str(guidance_export.CONTRACT_VERSION)} <= words(told)


def test_questions_come_by_money_with_money_as_text(asked):
    effects = [abs(float(one["effect"])) for one in asked["questions"]]
    assert effects == sorted(effects, reverse=True)
    assert all(isinstance(one["effect"], str) for one in asked["questions"])


def test_steps_of_the_table_in_the_documents_are_those_of_the_diagnosis(walked):
    told = section(read("docs/how-computed/diagnosis.md"), "The diagnosis")
    assert [step["step"] for step in walked["steps"]] == list(StepKey)
    assert all(f"| {key} |" in told for key in StepKey)
    assert first_words(DIAGNOSIS)


def test_keys_of_a_plan_are_those_of_the_page():
    from smarketing.analyses.plan_horizons import horizon
    from smarketing.analyses.planning.record import numbers_in_force, versions
    from smarketing.jobs import plan_export
    from tests.analyses.test_planning_record import reader as saved

    told, page = saved([("sales", "sergey")]), section(PAGE, "A plan")
    (plan,) = horizon(told, (JUNE,))
    data = plan_export.plan_data(plan, numbers_in_force(told, (JUNE,))[JUNE], versions(told, (JUNE,))[JUNE], told)
    assert table(page, "contract") == list(data)
    assert table(page, "segment") == list(data["duties"][0])
    assert table(page, "version") == list(data["versions"][0])
    assert data["versions"][0]["confirmed"][0].keys() == {"department", "at", "person"}
    assert data["numbers"][0].keys() == {"metric", "segment", "lead_source", "value"}
    assert {plan_export.CONTRACT, str(plan_export.CONTRACT_VERSION)} <= words(page)
