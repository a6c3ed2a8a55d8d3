from __future__ import annotations

from smarketing.web.reports.drawing import spark


def test_line_rises_from_the_lowest_to_the_highest_value() -> None:
    drawn = spark([0, 5, 10])
    assert drawn is not None
    # 72 wide and 22 high with 3 of margin: x 3, 36, 69; y 19 at the bottom, 3 at the top
    assert drawn.lines == ("3.0,19.0 36.0,11.0 69.0,3.0",)
    assert drawn.last == (69.0, 3.0)


def test_line_breaks_where_nothing_is_known() -> None:
    drawn = spark([1, 1, None, 1, 1])
    assert drawn is not None
    assert len(drawn.lines) == 2
    assert drawn.lines[0] == "3.0,11.0 19.5,11.0"  # a flat line runs in the middle


def test_two_values_are_no_line() -> None:
    assert spark([1, None, 2]) is None
