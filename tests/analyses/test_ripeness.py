"""Six cohorts of 100 leads, wins in the months 0, 1, 2, 3 after creation = 8, 6, 4, 2 (methods.md d)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.ripeness import ripeness, ripening, same_age_moment
from smarketing.facts.company import Company
from smarketing.facts.period import Month, Period
from smarketing.metrics.kinds import NoValue
from tests.support.memory import MemoryReader, at

COMPANY = Company(zone="UTC")
WINS = (8, 6, 4, 2)
END_OF_JUNE = datetime(2026, 6, 30, 18, tzinfo=UTC)


def cohort(month: int, leads: int = 100, wins: tuple[int, ...] = WINS, until: int = 6) -> list[dict[str, Any]]:
    """Leads of one month of 2026; the wins that fall after ``until`` have not happened yet."""
    rows = []
    for age, count in enumerate(wins):
        if month + age <= until:
            moment = at(f"2026-{month + age:02d}-20")
            rows += [{"is_won": True, "outcome": "won", "won_at": moment} for _ in range(count)]
    rows += [{} for _ in range(leads - len(rows))]
    return [
        {"lead_id": f"{month}-{i}", "created_at": at(f"2026-{month:02d}-05"), **row} for i, row in enumerate(rows)
    ]


def six_cohorts() -> list[dict[str, Any]]:
    return [row for month in range(1, 7) for row in cohort(month)]


def test_ripeness_of_six_cohorts_meets_the_published_figures() -> None:
    """By the end of June: Jan-Mar won 20 of 100, April 18, May 14, June 8; all were born alike and end at 20.

    Growth 14/8, 18/14, 20/18, 1, 1: June is 8/20 = 40 % ripe, May 14/20 = 70 %, April 18/20 = 90 %.
    """
    found = ripeness(MemoryReader(COMPANY, journeys=six_cohorts(), known_until=END_OF_JUNE), Question())

    assert [cohort.won / cohort.leads for cohort in found] == [0.20, 0.20, 0.20, 0.18, 0.14, 0.08]
    assert [cohort.ripe for cohort in found] == pytest.approx([1, 1, 1, 0.9, 0.7, 0.4])
    assert [cohort.expected_final_cr for cohort in found] == pytest.approx([0.20] * 6)
    assert found[-1].expected_final_cr * found[-1].leads == pytest.approx(20)


def test_ripening_of_all_cohorts_weighs_them_by_leads() -> None:
    """(1 + 1 + 1 + 0.9 + 0.7 + 0.4) / 6 = 5/6."""
    found = ripening(MemoryReader(COMPANY, journeys=six_cohorts(), known_until=END_OF_JUNE), Question())

    assert found.ripe == pytest.approx(5 / 6)
    assert found.notes == ()


def test_ripeness_interval_stretches_wilson_by_ripeness() -> None:
    """June: 8 of 100, Wilson at 90 % is 0.0458-0.1359; divided by 0.4: 0.1146-0.3399."""
    june = ripeness(MemoryReader(COMPANY, journeys=six_cohorts(), known_until=END_OF_JUNE), Question())[-1]

    assert june.interval is not None
    assert (june.interval.low, june.interval.high) == pytest.approx((0.1146, 0.3399), abs=2e-3)


def test_ripeness_period_chooses_months_but_learns_from_all_history() -> None:
    reader = MemoryReader(COMPANY, journeys=six_cohorts(), known_until=END_OF_JUNE)

    (june,) = ripeness(reader, Question(period=Month(2026, 6).period))

    assert june.month == Month(2026, 6)
    assert june.ripe == pytest.approx(0.4)


def test_ripeness_running_month_is_read_by_the_days_that_passed() -> None:
    """On 15 July (15 of 31 days): July's leads have 15/31 of the first month's 40 % behind them.

    June is between its 40 % and May's 70 %: 0.4 + 15/31 × 0.3.
    """
    rows = [*six_cohorts(), *cohort(7, until=6)]
    found = ripeness(MemoryReader(COMPANY, journeys=rows, known_until=at("2026-07-15 12:00")), Question())

    assert found[-1].ripe == pytest.approx(15 / 31 * 0.4)
    assert found[-2].ripe == pytest.approx(0.4 + 15 / 31 * 0.3)


def test_ripeness_barely_born_cohort_has_no_expected_conversion() -> None:
    """On 2 July July's leads are 2/31 × 40 % = 2.6 % ripe: nothing can be said."""
    rows = [*six_cohorts(), *cohort(7, until=6)]
    july = ripeness(MemoryReader(COMPANY, journeys=rows, known_until=at("2026-07-02 12:00")), Question())[-1]

    assert july.expected_final_cr is None
    assert july.reason is NoValue.NOT_RIPE


def test_ripeness_sales_without_a_date_count_but_teach_nothing() -> None:
    """Ten undated sales among 110 leads of June: final = (8 / 0.4 + 10) / 110 = 30/110; ripeness as before."""
    undated = [
        {"lead_id": f"u{i}", "created_at": at("2026-06-05"), "is_won": True, "outcome": "won"} for i in range(10)
    ]
    reader = MemoryReader(COMPANY, journeys=[*six_cohorts(), *undated], known_until=END_OF_JUNE)

    found = ripening(reader, Question())
    june = found.cohorts[-1]

    assert (june.leads, june.won, june.undated) == (110, 18, 10)
    assert june.ripe == pytest.approx(0.4)
    assert june.expected_final_cr == pytest.approx(30 / 110)
    assert [note.code for note in found.notes] == ["undated-sales"]
    assert "10 продаж" in found.notes[0].text.ru


def test_ripeness_sales_that_start_late_leave_young_cohorts_unripe() -> None:
    """Nobody buys in the month of creation; wins at ages 1 and 2 are 6 and 4: ripe 0, .6, 1."""
    rows = [row for month in range(1, 7) for row in cohort(month, wins=(0, 6, 4))]
    found = ripeness(MemoryReader(COMPANY, journeys=rows, known_until=END_OF_JUNE), Question())

    assert [cohort.ripe for cohort in found] == pytest.approx([1, 1, 1, 1, 0.6, 0])
    assert found[-1].expected_final_cr is None
    assert found[-2].expected_final_cr == pytest.approx(0.10)


def test_ripeness_of_a_short_history_is_not_claimed() -> None:
    rows = [row for month in (5, 6) for row in cohort(month)]
    found = ripening(MemoryReader(COMPANY, journeys=rows, known_until=END_OF_JUNE), Question())

    assert [cohort.ripe for cohort in found.cohorts] == [None, None]
    assert found.ripe is None
    assert [note.code for note in found.notes] == ["ripeness-unknown"]


def test_ripeness_without_sales_is_not_claimed() -> None:
    rows = [row for month in range(1, 7) for row in cohort(month, wins=())]
    found = ripening(MemoryReader(COMPANY, journeys=rows, known_until=END_OF_JUNE), Question())

    assert {cohort.ripe for cohort in found.cohorts} == {None}
    assert {cohort.reason for cohort in found.cohorts} == {NoValue.TOO_FEW}


def test_ripeness_filters_choose_the_leads() -> None:
    rows = [{**row, "segment": "dealers" if index % 2 else None} for index, row in enumerate(six_cohorts())]
    found = ripeness(
        MemoryReader(COMPANY, journeys=rows, known_until=END_OF_JUNE), Question().only("segment", "dealers")
    )

    assert [cohort.leads for cohort in found] == [50] * 6


def test_ripeness_leaves_out_tests_and_duplicates() -> None:
    rows = [*six_cohorts(), {"lead_id": "x", "created_at": at("2026-06-05"), "is_counted": False}]
    found = ripeness(MemoryReader(COMPANY, journeys=rows, known_until=END_OF_JUNE), Question())

    assert found[-1].leads == 100


def test_same_age_moment_of_last_month_is_as_many_days_in() -> None:
    """On 20 November 18:00 November is 19 d 18 h old; October was that old on 20 October 18:00."""
    reader = MemoryReader(COMPANY, known_until=at("2026-11-20 18:00"))
    november, october = Month(2026, 11).period, Month(2026, 10).period

    assert same_age_moment(reader, november, october) == at("2026-10-20 18:00")
    assert same_age_moment(reader, october, november) is None
    assert same_age_moment(reader, None, october) is None


def test_same_age_moment_is_never_after_what_is_known() -> None:
    reader = MemoryReader(COMPANY, known_until=at("2026-11-20 18:00"))

    moment = same_age_moment(
        reader, Period(at("2026-11-19").date(), at("2026-11-20").date()), Month(2026, 1).period
    )

    assert moment == at("2026-01-02 18:00")
