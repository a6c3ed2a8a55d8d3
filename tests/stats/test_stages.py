from __future__ import annotations

import numpy as np
import pytest

from smarketing.stats.errors import StatsError
from smarketing.stats.stages import reached, ripens_within, stage_law
from smarketing.stats.survival import cumulative_incidence, kaplan_meier


def test_one_stage_that_nobody_leaves_is_kaplan_meier() -> None:
    """Moves at 1, 2, 2, 4; one case is 3 days old and still in."""
    law = stage_law([0, 1, 2, 0, 1], [0] * 5, [0, 0, 0, 1, 0])
    known = kaplan_meier([1, 2, 2, 4, 3], [True, True, True, True, False])
    assert law.stays.tolist() == pytest.approx([known.survival_at(age) for age in range(5)])  # type: ignore[union-attr]


def test_those_who_leave_do_not_move_on() -> None:
    """Four cases: moves at 1 and 3, one leaves at 2, one stays: incidence of Aalen and Johansen."""
    law = stage_law([0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1])
    known = cumulative_incidence([1, 2, 3, 3], ["on", "off", "on", None], "on")
    assert np.cumsum(law.moves).tolist() == pytest.approx([known.share_by(age) for age in range(4)])  # type: ignore[union-attr]
    assert law.stays.tolist() == pytest.approx([1, 0.75, 0.5, 0.25])


def test_ripens_within_is_the_conditional_share_of_one_curve() -> None:
    """F = .1 .3 .6 .8 at ages 0 to 3: from age 1 within 2 days (.8 - .3) / (1 - .3)."""
    law = stage_law([10, 20, 30, 20], [0] * 4, [0, 0, 0, 20])
    chance = ripens_within(law, np.ones(4), 2)
    assert chance.tolist() == pytest.approx([0.5 / 0.9, 0.5 / 0.7, 0.2 / 0.4, 0.0])
    assert ripens_within(law, np.ones(4), 0).tolist() == [0.0] * 4


def test_stages_follow_each_other() -> None:
    """First stage: 40 % move on the next day; second: half pay on the same day, half after two days.

    Paid within 1 day 0.4 * 0.5, within 3 days 0.4. A case of age 0 has 0.2 within 1 day and 0.2 within 2.
    """
    first = stage_law([0, 4, 0, 0], [0, 6, 0, 0], [0] * 4)
    second = stage_law([5, 0, 5, 0], [0] * 4, [0] * 4)
    to_end = reached([first, second])
    assert to_end[0].tolist() == pytest.approx([0, 0.2, 0.2, 0.4])
    assert to_end[1].tolist() == pytest.approx([0.5, 0.5, 1, 1])
    assert [ripens_within(first, to_end[1], rest)[0] for rest in (1, 2, 3)] == pytest.approx([0.2, 0.2, 0.4])


def test_a_new_case_ripens_as_the_whole_curve_says() -> None:
    """From entry to the end within t is the same by both ways, but for those who move on at age 0."""
    rng = np.random.default_rng(7)
    laws = [
        stage_law(np.r_[0, rng.integers(0, 9, 12)], rng.integers(0, 5, 13), rng.integers(0, 3, 13)) for _ in "ab"
    ]
    to_end = reached(laws)
    for rest in (1, 4, 9):
        conditional = ripens_within(laws[0], to_end[1], rest)[0] * laws[0].stays[0]
        assert conditional == pytest.approx(to_end[0][rest])


def test_rest_longer_than_the_curve_brings_no_more() -> None:
    law = stage_law([1, 1, 0], [0] * 3, [0, 0, 2])
    assert ripens_within(law, np.ones(3), 50)[0] == pytest.approx(0.25 / 0.75)


def test_stage_law_refuses_what_cannot_be() -> None:
    with pytest.raises(StatsError):
        stage_law([1, 2], [0], [0, 0])
    with pytest.raises(StatsError):
        stage_law([-1], [0], [0])
    with pytest.raises(StatsError):
        ripens_within(stage_law([1], [0], [0]), [1.0], -1)
