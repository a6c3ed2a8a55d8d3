"""The doors of the funnel and the losses open exactly the leads that were counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smarketing.analyses.doors import of_losses, of_step, values_of
from smarketing.analyses.funnel import Kind, funnel
from smarketing.analyses.losses import drill, losses
from smarketing.analyses.question import Question
from smarketing.analyses.records import Records
from smarketing.facts.errors import WrongQuestion
from tests.analyses.small_company import COHORT, LEADS, PERIOD, reader


def ids(found: Records) -> set[str]:
    return {str(row[0]) for row in found.rows}


@pytest.mark.parametrize("question", [COHORT, PERIOD], ids=["cohort", "period"])
@pytest.mark.parametrize("kind", list(Kind))
def test_as_many_leads_as_the_funnel_counts_at_every_step(question: Question, kind: Kind) -> None:
    facts = reader()
    for step in funnel(facts, question, kind).steps:
        found = of_step(facts, question, "stage_reached", step.key, kind)
        assert (step.key, found.count) == (step.key, step.counts.reached)


@pytest.mark.parametrize("kind", list(Kind))
def test_as_many_lost_and_open_leads_as_the_funnel_counts(kind: Kind) -> None:
    facts = reader()
    for step in funnel(facts, COHORT, kind).steps:
        lost = of_step(facts, COHORT, "stage_lost", step.key, kind).count
        still_open = of_step(facts, COHORT, "stage_open", step.key, kind).count
        assert (step.key, lost, still_open) == (step.key, step.counts.lost, step.counts.open)


def test_as_many_leads_as_every_cell_of_the_losses_counts() -> None:
    facts = reader()
    for reason in losses(facts, COHORT).reasons:
        for cell in reason.cells:
            asked = replace(COHORT, where={**COHORT.where, **cell.where})
            assert of_losses(facts, asked).count == cell.leads


def test_losses_open_by_reason() -> None:
    where = {key: value for key, value in drill("price", None).items() if key != "loss_stage"}
    assert ids(of_losses(reader(), replace(COHORT, where=where))) == {"L3", "L5"}


def test_page_of_records_is_a_part_and_the_count_is_of_all() -> None:
    found = of_step(reader(), COHORT, "stage_reached", "new", limit=2, offset=1)
    assert (len(found.rows), found.count) == (2, 11)


def test_unknown_step_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(WrongQuestion, match="unknown-step") as error:
        of_step(reader(), COHORT, "stage_reached", "acepted")
    assert "accepted" in error.value.text.ru


def test_values_of_a_filter_come_once_with_not_given_last() -> None:
    assert values_of(reader(), "segment", {}) == ("-", "dealers", "private", None)
    assert values_of(reader(), "segment", {"manager": ("Анна",)}) == ("dealers",)


def test_leads_of_no_known_stage_are_behind_the_first_step() -> None:
    """Two of the eleven lose their stage, L6 is open and L9 lost: the first step holds them both."""
    nowhere = {"furthest": 0, "stage": None, "loss_stage": None}
    rows = tuple(row | nowhere if row["lead_id"] in ("L6", "L9") else row for row in LEADS)
    facts = reader(journeys=rows)
    for step in funnel(facts, COHORT).steps:
        for metric, counted in (
            ("stage_reached", step.counts.reached), ("stage_lost", step.counts.lost),
            ("stage_open", step.counts.open),
        ):  # fmt: skip
            found = of_step(facts, COHORT, metric, step.key)
            assert (step.key, metric, found.count) == (step.key, metric, counted)
    assert {"L6", "L9"} <= ids(of_step(facts, COHORT, "stage_reached", "new"))
