"""The ledger of ``small_company``: eleven leads, six accepted, L3 and L4 returned, L6 and L10 forgotten."""

from __future__ import annotations

from smarketing.analyses.handover import COLUMNS, handover
from smarketing.facts.company import Company
from smarketing.metrics.kinds import NoValue
from tests.analyses.small_company import COHORT, LEADS, PERIOD, reader
from tests.support.memory import MemoryReader, at


def counts(row):
    keys = (
        "handed_over_leads", "handed_in_time_leads", "handed_accepted_leads", "returned_leads",
        "returned_unnamed_leads", "forgotten_leads",
    )  # fmt: skip
    return [row.figures[key].value for key in keys]


def test_ledger_by_source_counts_every_lead_once():
    table = handover(reader(), COHORT.split("lead_source"))
    found = {row.keys[0]: counts(row) for row in table.rows}
    # yandex: L1 to L6; site: L7 to L11. L5 was lost after it was accepted.
    assert found == {"yandex": [6, 4, 3, 2, 0, 1], "site": [5, 1, 3, 0, 0, 1]}
    assert counts(table.total) == [11, 5, 6, 2, 0, 2]
    assert table.metrics == COLUMNS


def test_ledger_by_day_keeps_the_day_of_the_lead_whatever_clock_is_asked():
    table = handover(reader(), PERIOD.split("day"))
    found = {row.keys[0]: row.figures["forgotten_leads"].value for row in table.rows}
    assert {day for day, forgotten in found.items() if forgotten} == {"2026-11-04", "2026-11-07"}
    assert [note.code for note in table.notes] == ["by-lead"]


def test_age_of_the_forgotten_is_working_time():
    rows = {row.keys[0]: row for row in handover(reader(), COHORT.split("lead_source")).rows}
    # L10 of Saturday waits since Monday the 9th, nine o'clock: ten working days of nine hours.
    assert rows["site"].figures["forgotten_oldest_age"].value == 90 * 3600
    assert rows["site"].figures["forgotten_median_age"].n == 1


def test_lead_lost_before_acceptance_without_a_criterion_is_counted_apart():
    lost = {"outcome": "lost", "is_lost": True, "response_working_seconds": 60, "is_handled": True}
    row = {"lead_id": "1", "created_at": at("2026-11-02 10:00"), **lost}
    judged = {**row, "lead_id": "2", "target_verdict": "non_target", "criterion": "small"}
    total = handover(MemoryReader(Company(), journeys=[row, judged]), COHORT).total
    assert counts(total) == [2, 2, 0, 1, 1, 0]
    assert total.figures["forgotten_oldest_age"].reason is NoValue.EMPTY_DENOMINATOR


def test_share_without_a_source_keeps_its_parts():
    rows = [{"lead_id": str(n), "created_at": at("2026-11-02 10:00"), "lead_source": source}
            for n, source in enumerate(("vk", None, None, "vk"))]  # fmt: skip
    figure = handover(MemoryReader(Company(), journeys=rows), COHORT).total.figures["no_source_share"]
    assert (figure.value, figure.numerator, figure.denominator) == (0.5, 2, 4)


def test_without_activities_nobody_is_called_forgotten():
    rows = [{**row, "is_answered": None, "is_handled": None} for row in LEADS]
    table = handover(reader(journeys=rows), COHORT)
    for key in ("handed_in_time_leads", "forgotten_leads", "forgotten_median_age"):
        assert (table.total.figures[key].value, table.total.figures[key].reason) == (None, NoValue.NOT_LOADED)
    assert counts(table.total)[0] == 11
    assert [note.code for note in table.notes] == ["no-activities"]
