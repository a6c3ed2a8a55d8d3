"""Shares and their shifts, judged as one family."""

from __future__ import annotations

import pytest

from smarketing.analyses.shares import share, shifts
from smarketing.facts.company import Zone
from smarketing.metrics.kinds import NoValue
from smarketing.stats.uncertainty import Label


def test_share_keeps_its_parts_and_wilson_interval() -> None:
    """Wilson at 90 %, z² = 2.705543: centre (0.9 + 0.135277) / 1.270554 = 0.814823, half 0.162542."""
    figure = share("loss_share", 9, 10, Zone.SALES)

    assert (figure.numerator, figure.denominator, figure.n, figure.value) == (9, 10, 10, 0.9)
    assert figure.interval is not None
    assert (figure.interval.low, figure.interval.high, figure.interval.level) == pytest.approx(
        (0.652281, 0.977365, 0.90), abs=1e-6
    )


def test_share_of_nothing_is_no_value_and_never_zero() -> None:
    figure = share("loss_share", 0, 0, Zone.SALES)

    assert (figure.value, figure.interval, figure.reason) == (None, None, NoValue.EMPTY_DENOMINATOR)


def test_share_that_is_no_share_of_one_group_may_exceed_one_and_has_no_interval() -> None:
    figure = share("stage_conversion", 12, 10, Zone.SALES, interval=None)

    assert (figure.value, figure.interval) == (1.2, None)


def test_shifts_multiply_the_smallest_p_by_the_size_of_the_family() -> None:
    """81 of 100 against 60 of 100: p = 0.0011; alone 0.0011, in a family of three 0.0034."""
    moved, same = ((81, 100), (60, 100)), ((50, 100), (50, 100))

    alone = shifts([moved])[0]
    family = shifts([same, moved, same])

    assert alone.p_value == alone.p_adjusted == pytest.approx(0.0011, abs=2e-4)
    assert family[1].p_adjusted == pytest.approx(3 * 0.0011, abs=6e-4)
    assert [shift.label for shift in family] == [Label.WITHIN_CHANCE, Label.CONFIRMED, Label.WITHIN_CHANCE]


def test_shifts_of_a_long_table_do_not_confirm_what_one_test_would() -> None:
    """62 of 100 against 50 of 100 has p = 0.087: a shift alone, chance among twenty."""
    pair = ((62, 100), (50, 100))

    assert shifts([pair])[0].label is Label.CONFIRMED
    assert {shift.label for shift in shifts([pair] * 20)} == {Label.WITHIN_CHANCE}


def test_shifts_with_fewer_than_ten_cases_are_no_part_of_the_family() -> None:
    moved = ((81, 100), (60, 100))
    family = shifts([((9, 9), (0, 50)), moved])

    assert family[0].label is Label.TOO_LITTLE_DATA
    assert family[0].p_adjusted is None
    assert family[0].difference == pytest.approx(1.0)
    assert family[1].p_adjusted == family[1].p_value


def test_shifts_against_nothing_have_no_difference() -> None:
    (shift,) = shifts([((5, 20), (0, 0))])

    assert (shift.difference, shift.interval, shift.label) == (None, None, Label.TOO_LITTLE_DATA)


@pytest.mark.parametrize("k", [0, 50])
def test_shifts_where_nobody_or_everybody_passed_are_chance(k: int) -> None:
    (shift,) = shifts([((k, 50), (k, 50))])

    assert (shift.p_value, shift.label) == (1.0, Label.WITHIN_CHANCE)
