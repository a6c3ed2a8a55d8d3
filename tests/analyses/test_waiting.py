"""Leads of ``small_company`` that nobody took up: L6 and L10; L8 came half an hour before the day ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from smarketing.analyses.waiting import Waiting, unanswered, waiting
from tests.analyses.small_company import COHORT, LEADS, reader
from tests.support.memory import at

FRIDAY = at("2026-11-20 18:00")


def keys(now: datetime, since: str = "2026-11-01", limit: int = 9) -> list[str]:
    return [one.lead_id for one in waiting(reader(), at(since), now, limit)]


def test_waiting_are_the_forgotten_of_the_ledger_with_how_long_they_wait() -> None:
    assert waiting(reader(), at("2026-11-01"), FRIDAY) == (
        Waiting("L6", at("2026-11-04 10:00"), 116 * 3600),
        Waiting("L10", at("2026-11-07 12:00"), 90 * 3600),
    )


def test_norm_passes_in_working_time_and_not_before() -> None:
    monday = at("2026-11-23 09:30")  # half an hour of Friday and half an hour of Monday
    assert keys(monday) == ["L6", "L10"]
    assert keys(monday + timedelta(minutes=1)) == ["L6", "L10", "L8"]


def test_leads_that_came_before_are_left_out_and_the_list_ends() -> None:
    assert keys(FRIDAY, since="2026-11-05") == ["L10"]
    assert keys(FRIDAY, limit=1) == ["L6"]


def test_where_nobody_knows_who_answered_nobody_waits() -> None:
    rows = [{**row, "is_answered": None} for row in LEADS]
    assert waiting(reader(journeys=rows), at("2026-11-01"), FRIDAY) == ()


def test_unanswered_are_those_behind_the_metric_in_work_and_longest_first() -> None:
    """L9 was lost on the 10th without an answer: it stands last, whatever it has waited."""
    found = unanswered(reader(), COHORT)

    assert (found.count, found.open) == (4, 3)
    assert [(one.lead_id, one.outcome) for one in found.leads] == [
        ("L6", "open"), ("L10", "open"), ("L8", "open"), ("L9", "lost"),
    ]  # fmt: skip
    assert [one.seconds for one in found.leads][:3] == [116 * 3600, 90 * 3600, 1800]


def test_unanswered_keep_the_filters_and_the_list_ends() -> None:
    assert [one.lead_id for one in unanswered(reader(), COHORT.only("segment", "private")).leads] == ["L8"]
    found = unanswered(reader(), COHORT, limit=1)
    assert (found.count, len(found.leads)) == (4, 1)


def test_where_nobody_knows_who_answered_nobody_is_listed() -> None:
    rows = [{**row, "is_answered": None} for row in LEADS]
    assert unanswered(reader(journeys=rows), COHORT).count == 0
