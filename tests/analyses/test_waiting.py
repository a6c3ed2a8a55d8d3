"""Leads of ``small_company`` that nobody took up: L6 and L10; L8 came half an hour before the day ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from smarketing.analyses.waiting import Waiting, waiting
from tests.analyses.small_company import LEADS, reader
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
