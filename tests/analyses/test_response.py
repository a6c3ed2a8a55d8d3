"""First response: the published-by-hand example, the small company, and what is censored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.response import ELAPSED_COLUMNS, WORKING_COLUMNS, response
from smarketing.facts.company import Company
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import NoValue
from tests.analyses.small_company import COHORT, PERIOD, reader
from tests.support.memory import MemoryReader, at

ALWAYS_OPEN = Company.model_validate(
    {"zone": "UTC", "working_hours": {"days": [1, 2, 3, 4, 5, 6, 7], "opens": "00:00", "closes": "00:00"}}
)
NOW = at("2026-11-20 18:00")


def _methods_example() -> MemoryReader:
    """methods.md h: answered after 3 5 12 20 45 70 300 1500 minutes, waiting for 30 and 2000."""
    answered = [
        {"lead_id": f"a{minutes}", "created_at": NOW - timedelta(days=3), "response_working_seconds": minutes * 60,
         "response_seconds": minutes * 60, "is_handled": minutes <= 60}
        for minutes in (3, 5, 12, 20, 45, 70, 300, 1500)
    ]  # fmt: skip
    waiting = [
        {"lead_id": f"w{minutes}", "created_at": NOW - timedelta(minutes=minutes)} for minutes in (30, 2000)
    ]
    return MemoryReader(ALWAYS_OPEN, journeys=[*answered, *waiting], known_until=NOW)


def test_published_example_has_its_median_and_share_with_the_unanswered_censored() -> None:
    total = response(_methods_example(), Question()).total.figures

    assert total["response_median"].value == 45 * 60
    assert total["answered_within_60m"].value == pytest.approx(0.52)
    assert (total["answered_leads"].value, total["waiting_leads"].value) == (8, 2)


def test_published_example_shows_how_pretty_answers_alone_look() -> None:
    total = response(_methods_example(), Question(), hours="elapsed").total.figures

    assert total["elapsed_mean"].value == pytest.approx(244.375 * 60)
    assert total["elapsed_median"].value == pytest.approx(32.5 * 60)


def test_sla_is_asked_only_of_leads_whose_time_has_passed() -> None:
    figure = response(_methods_example(), Question()).total.figures["sla_first"]

    assert (figure.numerator, figure.denominator) == (5, 9)  # the lead of half an hour ago still has time


def test_rows_carry_their_own_curves_by_source() -> None:
    found = response(reader(), COHORT.split("lead_source"))
    yandex, site = found.rows

    # yandex: 600 1800 3000 3600 7200 answered, L6 waits: S = 5/6 4/6 3/6 -> the median is 3000.
    assert (yandex.keys, yandex.figures["response_median"].value) == (("yandex",), 3000)
    # site: 900 and 5400 answered, L8 waits 1800, L9 and L10 for days: S = 4/5 after 900, 8/15 after 5400.
    assert (site.figures["response_median"].value, site.figures["response_median"].reason) == (
        None,
        NoValue.NOT_RIPE,
    )
    assert site.figures["answered_within_60m"].value == pytest.approx(1 / 5)
    assert found.metrics == WORKING_COLUMNS


def test_rows_by_hour_of_arrival_stand_in_order_of_the_day() -> None:
    rows = response(reader(), COHORT.split("hour")).rows

    assert [(row.keys, row.figures["leads"].value) for row in rows] == [((10,), 9), ((12,), 1), ((17,), 1)]
    assert [row.figures["outside_hours_leads"].value for row in rows] == [0, 1, 0]


def test_rows_by_manager_keep_the_leads_of_nobody() -> None:
    rows = response(reader(), COHORT.split("manager")).rows

    assert [row.keys for row in rows] == [("Анна",), ("Борис",), (None,)]
    assert rows[0].figures["response_median"].value == 1800


def test_filter_by_segment_reaches_the_curve() -> None:
    total = response(reader(), COHORT.only("segment", "dealers")).total.figures

    assert (total["leads"].value, total["response_median"].value) == (3, 1800)  # 900 1800 3000


def test_elapsed_columns_are_plain_and_of_answered_leads() -> None:
    found = response(reader(), COHORT.split("lead_source"), hours="elapsed")
    yandex = found.rows[0].figures

    assert found.metrics == ELAPSED_COLUMNS
    assert (yandex["elapsed_median"].value, yandex["elapsed_median"].n) == (3000, 5)  # 600 1800 3000 3600 7200
    assert yandex["elapsed_p90"].value == pytest.approx(3600 + 0.6 * 3600)
    assert (yandex["elapsed_within_1h"].numerator, yandex["elapsed_within_1h"].denominator) == (4, 5)


def test_question_by_event_is_answered_by_lead_with_a_note() -> None:
    found = response(reader(), PERIOD)

    assert found.question.clock is Clock.COHORT
    assert [note.code for note in found.notes] == ["by-lead"]
    assert found.total.figures["leads"].value == 11


def test_answer_of_unknown_time_is_counted_and_said() -> None:
    facts = [
        {"lead_id": "A", "created_at": at("2026-11-03 10:00"), "is_answered": True},
        {"lead_id": "B", "created_at": at("2026-11-03 10:00"), "response_working_seconds": 60},
    ]
    found = response(MemoryReader(Company(), journeys=facts), COHORT)

    assert found.total.figures["answered_leads"].value == 2
    assert found.total.figures["response_median"].value == 60
    assert [note.code for note in found.notes] == ["untimed-answers"]


def test_nobody_asked_is_no_data() -> None:
    total = response(reader(), COHORT.only("lead_source", "nowhere")).total.figures

    assert (total["response_median"].value, total["response_median"].reason) == (None, NoValue.EMPTY_DENOMINATOR)
    assert total["sla_first"].value is None


def test_waiting_share_within_an_hour_has_an_interval() -> None:
    interval = response(_methods_example(), Question()).total.figures["answered_within_60m"].interval

    assert interval is not None
    assert interval.low < 0.52 < interval.high
