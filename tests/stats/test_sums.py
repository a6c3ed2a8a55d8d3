from __future__ import annotations

import pytest

from smarketing.stats.errors import StatsError
from smarketing.stats.sums import poisson_binomial, sum_of_chances

# methods.md (g): booked 2 100 000 and ten open deals, thousands and chances.
DEALS = (
    (500, 0.7), (500, 0.5), (480, 0.35), (520, 0.2), (40, 0.25), (35, 0.25), (45, 0.25), (500, 0.1), (38, 0.5),
    (42, 0.5),
)  # fmt: skip


def month(step: float = 1_000.0):  # type: ignore[no-untyped-def]
    amounts, chances = zip(*DEALS, strict=True)
    return sum_of_chances([1_000 * amount for amount in amounts], chances, start=2_100_000, step=step)


def test_sum_of_chances_gives_the_worked_month() -> None:
    found = month()
    assert found.mean == pytest.approx(3_092_000, abs=1e-6)
    assert found.sd == pytest.approx(484_655.934655, abs=1e-5)
    assert [found.quantile(share) for share in (0.1, 0.5, 0.9)] == [2_615_000, 3_142_000, 3_695_000]
    assert found.chance_of(3_000_000) == pytest.approx(0.632650, abs=5e-7)


def test_sum_of_chances_is_the_same_on_a_finer_grid() -> None:
    assert month(step=500.0).quantile(0.5) == 3_142_000
    assert month(step=500.0).chance_of(3_000_000) == pytest.approx(month().chance_of(3_000_000), abs=1e-12)


def test_sum_of_chances_of_nothing_is_what_is_booked() -> None:
    found = sum_of_chances([], [], start=700.0)
    assert (found.mean, found.sd, found.quantile(0.9), found.chance_of(700.0)) == (700.0, 0.0, 700.0, 1.0)


def test_poisson_binomial_of_four_deals() -> None:
    assert poisson_binomial([0.7, 0.5, 0.35, 0.2]) == pytest.approx((0.078, 0.3215, 0.3975, 0.1785, 0.0245))


@pytest.mark.parametrize(("amounts", "chances"), [([1.0], [1.2]), ([-1.0], [0.5]), ([1.0, 2.0], [0.5])])
def test_sum_of_chances_refuses_what_cannot_be(amounts: list[float], chances: list[float]) -> None:
    with pytest.raises(StatsError):
        sum_of_chances(amounts, chances)


def test_quantile_is_of_a_share() -> None:
    with pytest.raises(StatsError):
        month().quantile(1.0)
