from __future__ import annotations

from smarketing.connectors.files.endings import total_rows


def test_a_run_of_totals_is_as_long_as_it_is() -> None:
    rows = {number: ["Brand", "5"] for number in range(2, 5)}
    rows |= {number: [f"Total: {number}", "5"] for number in range(5, 12)}
    assert list(total_rows(rows, 2, 11)) == [5, 6, 7, 8, 9, 10, 11]


def test_a_total_stands_among_the_last_rows_only() -> None:
    rows = {2: ["Итого за год"], 3: ["а"], 4: ["б"], 5: ["в"], 6: ["г"]}
    assert total_rows(rows, 2, 6) == {}


def test_a_word_that_only_begins_like_a_total_is_none() -> None:
    assert total_rows({2: ["Totally free"], 3: ["Всегопроект"], 4: ["Итого:"]}, 2, 4) == {4: "Итого:"}


def test_a_grand_total_above_the_first_row_in_its_last_cell() -> None:
    rows = {9: [None, "58", "Grand total"], 10: ["google", "20", None], 11: ["vk", "38", None]}
    assert total_rows(rows, 9, 11) == {9: "Grand total"}
