from __future__ import annotations

from smarketing.stats.control import Limits
from smarketing.web.reports.drawing import spark


def test_line_rises_from_the_lowest_to_the_highest_value() -> None:
    drawn = spark([0, 5, 10])
    assert drawn is not None
    # 72 wide and 26 high with 3 of margin: x 3, 36, 69; y 23 at the bottom, 3 at the top
    assert drawn.lines == ("3.0,23.0 36.0,13.0 69.0,3.0",)
    assert drawn.last == (69.0, 3.0)


def test_line_breaks_where_nothing_is_known() -> None:
    drawn = spark([1, 1, None, 1, 1])
    assert drawn is not None
    assert len(drawn.lines) == 2
    assert drawn.lines[0] == "3.0,13.0 19.5,13.0"  # a flat line runs in the middle


def test_two_values_are_no_line() -> None:
    assert spark([1, None, 2]) is None


def test_limits_are_a_band_behind_the_line() -> None:
    drawn = spark([4, 6, 10], [Limits(5, 0, 8)] * 3)
    assert drawn is not None
    # from 0 to 10 there are 20 pixels: 8 stands at 23 − 16 = 7, the lower limit at 23
    assert drawn.band == ("3.0,7.0 36.0,7.0 69.0,7.0 69.0,23.0 36.0,23.0 3.0,23.0",)
    assert drawn.is_beyond
    inside = spark([4, 6, 8], [Limits(5, 0, 8)] * 3)
    assert inside is not None
    assert not inside.is_beyond


def test_unripe_week_stands_apart_from_the_line() -> None:
    drawn = spark([10, 5, 10, 0], hollow={3})
    assert drawn is not None
    assert drawn.lines == ("3.0,3.0 25.0,13.0 47.0,3.0",)
    assert (drawn.hollow, drawn.last) == (((69.0, 23.0),), (47.0, 3.0))
    assert spark([1, 2, 3], hollow={2}) is None  # two ripe weeks are no line
