"""Which transition differs from another period or segment by more than chance?"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.funnel import funnel
from smarketing.analyses.question import Question
from smarketing.facts.company import VerdictSettings
from smarketing.facts.period import Clock, Period
from smarketing.stats.uncertainty import Label
from tests.analyses.funnel_walks import COMPANY, NOVEMBER, OCTOBER, ask, many
from tests.support.memory import MemoryReader, at


def test_funnel_comparison_labels_only_the_transition_that_moved() -> None:
    """510 → 281 (55,1 %) against 446 → 289 (64,8 %): p = 0,0022, Holm over three 0,0067. The others are chance."""
    rows = [*many(10, (446, 289, 158, 61)), *many(11, (510, 281, 146, 53))]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    assert found.comparison is not None
    labels = [transition.label for transition in found.comparison.transitions]
    assert labels == [Label.CONFIRMED, Label.WITHIN_CHANCE, Label.WITHIN_CHANCE]
    first = found.comparison.transitions[0]
    assert first.shift is not None
    assert first.shift.difference == pytest.approx(281 / 510 - 289 / 446)
    assert first.shift.p_value == pytest.approx(0.0022, abs=5e-4)
    assert first.shift.p_adjusted == pytest.approx(3 * first.shift.p_value)  # type: ignore[operator]
    assert found.comparison.reached("new") == 446


def test_funnel_comparison_of_few_leads_is_too_little_data() -> None:
    found = ask(
        Question(period=NOVEMBER, compare=OCTOBER), rows=[*many(10, (9, 8, 7, 6)), *many(11, (90, 8, 7, 6))]
    )

    assert found.comparison is not None
    assert {transition.label for transition in found.comparison.transitions} == {Label.TOO_LITTLE_DATA}


def test_funnel_comparison_with_a_segment() -> None:
    rows = [row | {"segment": "dealers"} for row in many(10, (100, 80, 50, 40))]
    rows += [row | {"segment": "people", "lead_id": f"p{i}"} for i, row in enumerate(many(10, (100, 40, 20, 10)))]
    october = Question(period=OCTOBER)
    found = funnel(
        MemoryReader(COMPANY, journeys=rows),
        october.only("segment", "people"),
        against=october.only("segment", "dealers"),
    )

    assert found.comparison is not None
    assert [step.counts.reached for step in found.comparison.steps] == [100, 80, 50, 40]
    assert found.comparison.transitions[0].label is Label.CONFIRMED
    assert found.comparison.seen_at is None


def test_funnel_comparison_sees_the_older_cohort_at_the_same_age() -> None:
    """On 20 November 18:00 October's leads are seen as on 20 October 18:00: two of four sales came later."""
    rows = many(10, (20, 10, 8, 4))
    for row in rows[:2]:
        row |= {"at_won": at("2026-10-28"), "won_at": at("2026-10-28")}
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=[*rows, *many(11, (20, 10, 8, 4))])

    assert found.comparison is not None
    assert found.comparison.seen_at == at("2026-10-20 18:00")
    assert [step.counts.reached for step in found.comparison.steps] == [20, 10, 8, 2]
    said = {note.code: note.text for note in found.notes}["seen-at-same-age"]
    assert said.ru == "Прошлый период показан таким, каким он был в том же возрасте: на 20\xa0октября\xa02026."


def test_funnel_milestones_comparison_sees_the_older_cohort_at_the_same_age() -> None:
    rows = many(10, (20, 10, 8, 4))
    for row in rows[:2]:
        row |= {"won_at": at("2026-10-28"), "accepted_at": at("2026-10-03"), "deal_at": at("2026-10-03")}
    reader = MemoryReader(COMPANY, journeys=[*rows, *many(11, (20, 10, 8, 4))])
    found = funnel(reader, Question(period=NOVEMBER, compare=OCTOBER), "milestones")

    assert found.comparison is not None
    assert [step.counts.reached for step in found.comparison.steps] == [20, 20, 10, 8, 2]


def test_funnel_comparison_by_period_judges_nothing() -> None:
    found = ask(
        Question(period=NOVEMBER, compare=OCTOBER, clock=Clock.PERIOD),
        rows=[*many(10, (50, 40, 30, 20)), *many(11, (50, 20, 10, 5))],
    )

    assert found.comparison is not None
    assert {transition.label for transition in found.comparison.transitions} == {None}
    assert {transition.worth for transition in found.comparison.transitions} == {None}


def test_funnel_warns_when_the_comparison_is_younger() -> None:
    rows = [*many(10, (20, 10, 8, 4)), *many(11, (20, 10, 8, 4))]
    found = ask(Question(period=OCTOBER, compare=NOVEMBER), rows=rows)

    assert "comparison-younger" in [note.code for note in found.notes]


def test_funnel_worth_of_a_returned_rate() -> None:
    """November: 100 leads, 40 talk. October: 100 leads, 50 talk, 10 of them paid 1000: a talk brings 200.

    Returning 50 %: 100 × 0.10 × 200 = +2000. Var = (100×200)² × (.25/100 + .24/100) + (100×.1)² × s²/50 with
    s² = (10×1000² − 50×200²)/49 = 163 265.3: sd = √(1 960 000 + 326 530.6) = 1512.1, × 1.6449 = 2487.2.
    """
    rows = [*many(10, (100, 50, 20, 10), revenue=1000), *many(11, (100, 40, 20, 10), revenue=700)]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    assert found.comparison is not None
    worth = found.comparison.transitions[0].worth
    assert worth is not None
    assert worth.amount.amount == Decimal("2000.00")
    assert worth.amount.currency == "RUB"
    half = 1.644854 * math.sqrt(20_000**2 * (0.25 / 100 + 0.24 / 100) + 100 * 163_265.3 / 50)
    assert (worth.interval.low, worth.interval.high) == pytest.approx((2000 - half, 2000 + half), rel=1e-4)
    assert not worth.is_certain


def test_funnel_of_a_young_cohort_says_so() -> None:
    """Sales came half at once and half a month later; November on the 20th is a third ripe (20/30 × 1/2)."""
    rows = []
    for month in range(5, 12):
        cohort = many(month, (20, 10, 8, 4))
        for row in cohort[:2]:
            row |= {"won_at": at(f"2026-{month + 1:02d}-10")} if month < 11 else {"is_won": False, "won_at": None}
        rows += cohort
    found = ask(Question(period=NOVEMBER), rows=rows)

    assert found.ripe == pytest.approx(20 / 30 * 0.5)
    assert found.steps[-1].from_first.ripe == found.ripe
    assert "young-cohort" in [note.code for note in found.notes]
    patient = COMPANY.model_copy(update={"verdict": VerdictSettings(ripe_share=Decimal("0.3"))})
    told = funnel(MemoryReader(patient, journeys=rows), Question(period=NOVEMBER))
    assert "young-cohort" not in [note.code for note in told.notes]  # ripe enough for this company


def test_funnel_compares_leads_that_had_come_by_the_same_age() -> None:
    # Now is 2 November, noon: of the leads of 1-2 October only those of before noon of the 2nd are looked at.
    walked = [
        {"lead_id": "now", "created_at": at("2026-11-02 09:00"), "furthest": 1},
        {"lead_id": "early", "created_at": at("2026-10-02 09:00"), "furthest": 1},
        {"lead_id": "late", "created_at": at("2026-10-02 15:00"), "furthest": 1},
    ]
    reader = MemoryReader(COMPANY, journeys=walked, known_until=at("2026-11-02 12:00"))
    question = Question(
        period=Period(date(2026, 11, 1), date(2026, 11, 3)), compare=Period(date(2026, 10, 1), date(2026, 10, 3))
    )
    found = funnel(reader, question)

    assert found.totals.leads == 1
    assert found.comparison is not None
    assert found.comparison.reached("new") == 1
