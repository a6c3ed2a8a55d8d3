"""Does the funnel count each lead once per stage, with its parts, its times and its milestones?"""

from __future__ import annotations

import pytest

from smarketing.analyses.funnel import Kind, funnel
from smarketing.analyses.question import Question
from smarketing.facts.company import Zone
from smarketing.metrics.kinds import NoValue
from smarketing.stats.proportions import Proportion, wilson
from tests.analyses.funnel_walks import COMPANY, HOUR, OCTOBER, ask, walk, walks
from tests.support.memory import MemoryReader, at


def test_funnel_counts_each_lead_once_per_stage_and_a_skip_as_reached() -> None:
    """12 leads, all in new (12, of no known stage, too); talk: 1-8 (2 skipped it); offer: 1-6; won: 1-3."""
    found = ask()

    assert [step.key for step in found.steps] == ["new", "talk", "offer", "won"]
    assert [step.counts.reached for step in found.steps] == [12, 8, 6, 3]
    assert [step.counts.skipped for step in found.steps] == [0, 1, 0, 0]


def test_funnel_lost_and_open_leads_stand_where_they_stand() -> None:
    """Lost: 9, 10 in new, 7 in talk, 6 in offer. Open: 11 in new, and 12 of no stage; 5, 8 in talk, 4 in offer."""
    found = ask()

    assert [step.counts.lost for step in found.steps] == [2, 1, 1, 0]
    assert [step.counts.open for step in found.steps] == [2, 2, 1, 0]
    assert found.totals.lost + found.totals.open + found.totals.won == found.totals.leads == 12


def test_funnel_conversion_keeps_its_parts_and_wilson_interval() -> None:
    """talk → offer is 6 of 8; offer from the first is 6 of 12."""
    offer = ask().step("offer")
    expected = wilson(6, 8)

    assert offer.conversion is not None
    assert isinstance(expected, Proportion)
    assert (offer.conversion.numerator, offer.conversion.denominator, offer.conversion.value) == (6, 8, 0.75)
    assert offer.conversion.interval is not None
    assert offer.conversion.interval.low == pytest.approx(expected.interval.lo)
    assert (offer.from_first.numerator, offer.from_first.denominator) == (6, 12)
    assert ask().steps[0].conversion is None


def test_funnel_time_in_stage_is_of_finished_stays() -> None:
    """Hours in new: leads 1-3 2, 4, 6; 4-8, 9, 10 1 each: 1 ×7, 2, 4, 6; median 1; p90 at 9 × 0.9 = 8.1 → 4.2.

    Lead 11 has not left it yet, lead 12 has no stage: 10 finished, 2 open.
    """
    new = ask().step("new")

    assert (new.counts.finished, new.counts.open) == (10, 2)
    assert new.median_seconds.value == HOUR
    assert new.p90_seconds.value == pytest.approx(4.2 * HOUR)
    assert new.step.sla_minutes == 60
    assert new.step.zone is Zone.MARKETING


def test_funnel_time_nobody_finished_is_no_value() -> None:
    won = ask().step("won")

    assert won.median_seconds.value is None
    assert won.median_seconds.reason is NoValue.TOO_FEW


def test_funnel_returns_and_reopenings_are_counted() -> None:
    """Lead 5 went back once, lead 8 was reopened once."""
    totals = ask().totals

    assert (totals.returned, totals.returns, totals.reopened, totals.reopenings) == (1, 1, 1, 1)


def test_funnel_where_every_lead_is_in_the_first_stage_has_no_row_twice() -> None:
    found = ask(rows=walks()[:11])

    assert [step.key for step in found.steps] == ["new", "talk", "offer", "won"]
    assert found.steps[0].counts.reached == found.totals.leads == 11
    assert found.steps[0].conversion is None


def test_funnel_merged_first_row_holds_those_of_no_known_stage() -> None:
    """Lead 99 passed the first stage and stands in a stage the company does not know: it stays in the sums."""
    found = ask(rows=[*walks()[:11], walk(99, "new", stage="archive")])

    assert found.steps[0].counts.open == 2
    assert sum(step.counts.lost + step.counts.open for step in found.steps) + found.totals.won == 12


def test_funnel_of_milestones_nests_and_names_what_is_outside() -> None:
    """Target: 1 2 4 5 6 7; of them accepted all 6; deal 1 2 4 5 6; won 1 2.

    Outside: accepted without being target 3 and 8, deal and won without it 3.
    """
    found = ask(kind=Kind.MILESTONES)

    assert [step.key for step in found.steps] == ["lead", "target", "accepted", "deal", "won"]
    assert [step.counts.reached for step in found.steps] == [12, 6, 6, 5, 2]
    assert [step.counts.outside for step in found.steps] == [0, 0, 2, 1, 1]


def test_funnel_of_milestones_accounts_for_every_lead() -> None:
    """Stopped as leads: 3 won outside, 8 11 12 open, 9 10 lost; at SQL: 7 lost; at the deal: 4 5 open, 6 lost."""
    found = ask(kind=Kind.MILESTONES)

    assert [step.counts.lost for step in found.steps] == [2, 0, 1, 1, 0]
    assert [step.counts.open for step in found.steps] == [3, 0, 0, 2, 0]
    outside = found.totals.won - found.steps[-1].counts.reached
    assert sum(step.counts.lost + step.counts.open for step in found.steps) + outside + 2 == 12
    assert [note.code for note in found.notes if note.code == "unknown-target"] == ["unknown-target"]
    assert found.totals.unknown_target == 3


def test_funnel_of_milestones_has_no_target_step_where_every_lead_is_mql() -> None:
    company = COMPANY.model_copy(update={"mql": "all"})
    found = funnel(MemoryReader(company, journeys=walks()), Question(period=OCTOBER), Kind.MILESTONES)

    assert [step.key for step in found.steps] == ["lead", "accepted", "deal", "won"]
    assert [step.counts.reached for step in found.steps] == [12, 8, 6, 3]


def test_funnel_split_sums_to_the_whole_and_unknown_is_a_row() -> None:
    rows = [{**row, "segment": "dealers" if index < 4 else None} for index, row in enumerate(walks())]
    found = ask(Question(period=OCTOBER, by=("segment",)), rows=rows)

    assert [part.keys for part in found.parts] == [("dealers",), (None,)]
    assert [step.counts.reached for step in found.parts[0].steps] == [4, 4, 4, 3]
    summed = [sum(part.steps[i].counts.reached for part in found.parts) for i in range(4)]
    assert summed == [step.counts.reached for step in found.steps]
    assert [row.keys for row in found.table.rows][:2] == [("dealers", "new"), ("dealers", "talk")]


def test_funnel_leaves_out_tests_and_other_months() -> None:
    rows = [*walks(), walk(13, "new", is_counted=False), walk(14, "new", created_at=at("2026-11-02"))]

    assert ask(rows=rows).totals.leads == 12


def test_funnel_of_nothing_has_no_values() -> None:
    found = ask(rows=[])

    assert found.totals.leads == 0
    assert {step.from_first.reason for step in found.steps} == {NoValue.EMPTY_DENOMINATOR}
    assert {step.from_first.value for step in found.steps} == {None}
