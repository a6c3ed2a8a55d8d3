"""Who left, month by month, on the small shop."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from smarketing.analyses.churn import churn
from smarketing.analyses.question import Question
from smarketing.analyses.silence import silence
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Period
from smarketing.metrics.kinds import NoValue, Row
from tests.analyses.small_shop import CLIENTS, HALF, RECEIPTS, bought, reader
from tests.support.memory import at

COUNTS = ("customers_at_start", "arrived_customers", "returned_customers", "gone_customers", "customers_at_end")


def counts(row: Row) -> list[int]:
    return [int(str(row.figures[key].value)) for key in COUNTS]


def test_limit_of_silence_is_the_95th_percentile_of_gaps() -> None:
    found = silence(reader())
    assert (found.gaps, found.overall) == (23, 31)
    assert found.by_segment == {}  # 11 gaps of dealers, 12 of private persons: too few for a limit of their own
    assert found.tells_leaving


def test_customers_by_month_equal_those_counted_by_hand() -> None:
    table = churn(reader(), HALF.split("month"))
    assert {row.keys[0]: counts(row) for row in table.rows} == {
        202601: [2, 1, 0, 0, 3],  # R S; U arrived
        202602: [3, 1, 0, 0, 4],  # V arrived
        202603: [4, 0, 0, 2, 2],  # U left, V fell silent
        202604: [2, 0, 0, 0, 2],
        202605: [2, 0, 1, 0, 3],  # V returned
        202606: [3, 1, 0, 1, 3],  # W arrived, V fell silent again
    }
    assert counts(table.total) == [2, 1, 0, 0, 3]  # U and V came and went in between


def test_churn_and_nrr_of_march_equal_those_worked_out_by_hand() -> None:
    march = churn(reader(), HALF.split("month")).rows[2].figures
    assert march["customer_churn"].value == 2 / 4
    assert march["customer_churn"].interval is not None
    # Of the year to their last purchase before 1 March: R 800, S 1600, U 1000, V 300.
    assert march["revenue_churn"].value == Decimal(1300) / Decimal(3700)
    # In March R 100 and S 200; in February R 100, S 200, V 300.
    assert march["nrr"].value == Decimal(300) / Decimal(600)


def test_start_arrived_returned_left_make_the_end_in_every_row() -> None:
    for by in (("month",), ("segment",), ("month", "lead_source")):
        table = churn(reader(), HALF.split(*by))
        for row in (*table.rows, table.total):
            start, arrived, returned, gone, end = counts(row)
            assert start + arrived + returned - gone == end, row.keys


def test_rows_of_a_split_add_up_to_the_total_and_unknown_is_a_row() -> None:
    table = churn(reader(), Question(Period(date(2026, 3, 1), date(2026, 4, 1))).split("lead_source"))
    assert {row.keys[0]: counts(row) for row in table.rows} == {
        "yandex": [1, 0, 0, 0, 1],
        "site": [2, 0, 0, 1, 1],
        None: [1, 0, 0, 1, 0],
    }
    assert [row.keys[0] for row in table.rows][-1] is None
    assert [sum(column) for column in zip(*map(counts, table.rows), strict=True)] == counts(table.total)


def test_month_of_a_table_by_month_equals_that_month_asked_alone() -> None:
    rows = {row.keys[0]: row.figures for row in churn(reader(), HALF.split("month")).rows}
    for number, start, end in (
        (202603, date(2026, 3, 1), date(2026, 4, 1)),
        (202606, date(2026, 6, 1), date(2026, 7, 1)),
    ):
        assert churn(reader(), Question(Period(start, end))).total.figures == rows[number]


def test_segment_of_twenty_gaps_has_a_limit_of_its_own() -> None:
    # A builder buys every third day, 21 times: his segment's usual silence is 3 days, the others' is not his.
    often = [
        {**bought("R", date.fromordinal(date(2026, 4, 1).toordinal() + 3 * turn), 10), "client_id": "Q"}
        for turn in range(21)
    ]
    found = silence(reader(receipts=(*RECEIPTS, *({**row, "segment": "builders"} for row in often))))
    assert found.by_segment == {"builders": 3}
    assert (found.of("builders"), found.of("private"), found.of(None)) == (3, 31, 31)


def test_purchase_within_the_limit_keeps_a_customer_and_one_day_later_loses_him() -> None:
    def back_after(days: int) -> list[int]:
        again = date(2026, 2, 5).toordinal() + days
        rows = [row for row in RECEIPTS if row["client_id"] in ("R", "S")]
        rows += [bought("V", date(2026, 2, 5), 300), bought("V", date.fromordinal(again), 600)]
        found = churn(reader(receipts=rows, clients=()), Question(Period(date(2026, 3, 1), date(2026, 4, 1))))
        return counts(found.total)

    assert back_after(31) == [3, 0, 0, 0, 3]  # on 8 March, the last day of usual silence
    # On 10 March: lost on the 9th and back on the 10th. At both ends of the month a customer: nobody left.
    assert back_after(33) == [3, 0, 0, 0, 3]
    assert back_after(60) == [3, 0, 0, 1, 2]  # on 6 April: at the end of March he was none


def test_contract_that_runs_keeps_a_silent_customer() -> None:
    running = ({"client_id": "T", "left_at": date(2026, 12, 31)}, *CLIENTS)
    table = churn(reader(clients=running), HALF.split("month"))
    assert counts(table.rows[0]) == [3, 1, 0, 0, 4]  # T, silent since November, is one of them
    assert counts(table.rows[5]) == [4, 1, 0, 1, 4]


def test_without_gaps_and_without_contracts_nobody_says_who_left() -> None:
    few = [row for row in RECEIPTS if row["client_id"] in ("T", "W")]
    table = churn(reader(receipts=few, clients=()), HALF.split("month"))
    assert table.rows == ()
    assert {figure.reason for figure in table.total.figures.values()} == {NoValue.TOO_FEW}
    assert [note.code for note in table.notes] == ["no-silence"]
    assert table.notes[0].text.en == (
        "Who left cannot be told: there are 0 gaps between purchases, 20 are needed; nobody's leaving "
        "(left_at of clients) is known."
    )


def test_contracts_alone_are_enough_to_tell_who_left() -> None:
    few = [row for row in RECEIPTS if row["client_id"] in ("T", "U")]
    table = churn(reader(receipts=few), HALF.split("month"))
    assert counts(table.rows[2]) == [2, 0, 0, 1, 1]  # U left in March; T's contract runs on


def test_customers_without_a_number_are_counted_beside_the_table() -> None:
    codes = {note.code: note.text.en for note in churn(reader(), HALF).notes}
    assert codes["unknown-customers"].endswith("1 of 7.")


def test_churn_splits_by_no_day_and_no_stage() -> None:
    for dimension in ("day", "week", "stage"):
        with pytest.raises(WrongQuestion):
            churn(reader(), HALF.split(dimension))


def test_running_month_is_said_to_run() -> None:
    table = churn(reader(known_until=at("2026-06-20 18:00")), HALF.split("month"))
    assert "running-month" in {note.code for note in table.notes}
    assert "running-month" not in {note.code for note in churn(reader(), HALF.split("month")).notes}


def test_without_a_period_the_last_twelve_months_are_shown() -> None:
    table = churn(reader(), Question(by=("month",)))
    assert [row.keys[0] for row in table.rows] == [*range(202507, 202513), *range(202601, 202607)]
    assert float(Fraction(1, 3)) == table.rows[5].figures["customer_churn"].value  # December: T of R S T
