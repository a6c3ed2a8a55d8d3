"""A young cohort is said to be young, so that nobody takes it for a fall.

The same company every month: a hundred leads, one every six and a half hours; nine of them buy, after 20, 30, …
100 days. Seen on 30 June the months from January on read 9, 9, 8, 7, 3, 1 per cent. Nothing has fallen.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.period import Clock, Month
from tests.support.memory import MemoryReader, at

NOW = at("2026-06-30 23:00")
COLUMNS = ("leads", "sales", "lead_to_sale_cr")


def _lead(month: Month, place: int) -> dict[str, object]:
    created = at(f"{month}-01 00:00") + timedelta(hours=6.5 * place)
    lead: dict[str, object] = {"lead_id": f"{month}-{place}", "created_at": created}
    buyer, is_buyer = place // 11, place % 11 == 5 and place < 99  # nine, spread over the month
    delay = 20 + 10 * (buyer * 5 % 9)  # each delay once, in no order
    won = created + timedelta(days=delay)
    if is_buyer and won <= NOW:
        lead |= {"is_won": True, "won_at": won, "outcome": "won", "won_seconds": 86_400 * delay}
    return lead


@pytest.fixture(scope="module")
def facts() -> MemoryReader:
    months = [Month(2025, 10).shift(step) for step in range(9)]  # October to June
    leads = [_lead(month, place) for month in months for place in range(100)]
    return MemoryReader(Company(zone="UTC"), journeys=leads, known_until=NOW)


@pytest.fixture(scope="module")
def table(facts: MemoryReader) -> Measurement:
    return economics(facts, Question(by=("month",)), COLUMNS)


def test_months_read_as_if_conversion_fell(table: Measurement) -> None:
    assert {row.figures["leads"].value for row in table.rows} == {100}
    assert [(row.keys[0], row.figures["sales"].value) for row in table.rows] == [
        (202510, 9), (202511, 9), (202512, 9), (202601, 9), (202602, 9), (202603, 8), (202604, 7), (202605, 3),
        (202606, 1),
    ]  # fmt: skip


def test_every_young_month_says_how_much_of_it_is_ripe(table: Measurement) -> None:
    ripe = [row.figures["lead_to_sale_cr"].ripe for row in table.rows]
    known = [share for share in ripe if share is not None]

    assert len(known) == 9
    assert known[:5] == [1.0] * 5
    assert known[4:] == sorted(known[4:], reverse=True)
    # By hand for June: 37 of its leads are 20 days old or more, by when one sale of nine has happened.
    assert known[-1] == pytest.approx(0.37 / 9, abs=0.005)


def test_what_is_seen_divided_by_what_is_ripe_is_the_same_company_every_month(table: Measurement) -> None:
    figures = [row.figures["lead_to_sale_cr"] for row in table.rows]
    ended = [float(figure.value or 0) / (figure.ripe or 1) for figure in figures]

    assert ended[:5] == [0.09] * 5
    assert ended[5:8] == pytest.approx([0.09] * 3, abs=0.015)  # March to May; June is one sale


def test_young_months_are_named_in_a_note_and_never_called_a_fall(table: Measurement) -> None:
    note = next(note for note in table.notes if note.code == "young-rows")

    assert note.text.en == "Rows with young cohorts: 3. Too early to compare them with ripe ones."


def test_by_the_date_of_sale_there_is_no_ripeness_and_the_snapshot_is_said_to_be_one(facts: MemoryReader) -> None:
    table = economics(facts, Question(clock=Clock.PERIOD, by=("month",)), ("lead_to_sale_cr",))

    assert {row.figures["lead_to_sale_cr"].ripe for row in table.rows} == {None}
    assert [note.code for note in table.notes] == ["period-snapshot"]
