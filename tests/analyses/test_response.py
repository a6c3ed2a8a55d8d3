"""First response: the published-by-hand example, the small company, and what is censored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.response import (
    ELAPSED_COLUMNS,
    WORKING_COLUMNS,
    AnswerCurve,
    answer_curve,
    lagging,
    moved,
    response,
)
from smarketing.facts.company import Company
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import NoValue
from smarketing.stats.uncertainty import Label
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


def test_curve_is_the_one_its_table_is_read_from() -> None:
    """methods.md h: 0.1 by 3 minutes, 0.2 by 5, 0.3 by 12, 0.4 by 20, then of six at risk 0.52 by 45."""
    curve = answer_curve(_methods_example(), Question(by=("manager",)))
    by = dict(zip(curve.seconds, curve.shares, strict=True))

    assert curve.leads == 10
    assert [by[minutes * 60] for minutes in (0, 3, 5, 12, 20, 45, 60)] == pytest.approx(
        [0, 0.1, 0.2, 0.3, 0.4, 0.52, 0.52]
    )
    assert max(by) <= 2000 * 60  # nobody has waited longer


def test_curve_of_a_company_that_answered_everybody_stays_at_the_whole() -> None:
    facts = [{"lead_id": "A", "created_at": at("2026-11-03 10:00"), "response_working_seconds": 60}]
    curve = answer_curve(MemoryReader(Company(), journeys=facts), COHORT)

    assert (curve.shares[0], curve.shares[1], curve.shares[-1]) == (0.0, 1.0, 1.0)
    assert answer_curve(MemoryReader(Company(), journeys=[]), COHORT) == AnswerCurve()


def _answers(segment: str, in_time: int, late: int) -> list[dict[str, object]]:
    """Leads of a fortnight ago, answered in time or not."""
    return [
        {"lead_id": f"{segment}{number}", "created_at": at("2026-11-03 10:00"), "segment": segment,
         "is_handled": number < in_time, "response_working_seconds": 600 if number < in_time else 90_000}
        for number in range(in_time + late)
    ]  # fmt: skip


def test_row_answered_notably_less_often_than_the_others_is_told_and_the_luckier_one_is_not() -> None:
    """40 of 100 against 171 of 210: dealers lag; 81 of 100 against 130 of 210 is the others' lag, not theirs."""
    leads = [*_answers("dealers", 40, 60), *_answers("private", 81, 19), *_answers("builders", 90, 20)]
    found = response(MemoryReader(Company(), journeys=leads, known_until=NOW), COHORT.split("segment"))

    assert [row.keys for row in lagging(found)] == [("dealers",)]


def test_rows_within_chance_and_tiny_rows_lag_behind_nobody() -> None:
    """48 of 60 against 52 of 60 is ordinary; 1 of 5 is too few to say anything."""
    leads = [*_answers("dealers", 48, 12), *_answers("private", 52, 8), *_answers("builders", 1, 4)]
    found = response(MemoryReader(Company(), journeys=leads, known_until=NOW), COHORT.split("segment"))

    assert lagging(found) == ()


def test_share_in_time_is_compared_by_its_counts() -> None:
    now, before = (
        response(MemoryReader(Company(), journeys=_answers("a", *counts), known_until=NOW), COHORT)
        for counts in ((60, 40), (85, 15))
    )
    shift = moved(now, before)

    assert (shift.now, shift.before, shift.label) == ((60, 100), (85, 100), Label.CONFIRMED)
    assert shift.difference == pytest.approx(-0.25)


def test_without_any_activity_nobody_is_late() -> None:
    facts = [{"lead_id": "A", "created_at": at("2026-11-03 10:00"), "is_answered": None, "is_handled": None}]
    figure = response(MemoryReader(Company(), journeys=facts, known_until=NOW), COHORT).total.figures["sla_first"]

    assert (figure.value, figure.reason) == (None, NoValue.EMPTY_DENOMINATOR)
