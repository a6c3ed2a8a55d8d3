"""Figures of Fader, Hardie, Lee (2005) and Fader, Hardie (2013), of methods.md (e), and pasts drawn at random."""

from __future__ import annotations

import numpy as np
import pytest

from smarketing.stats.errors import NotComputable, StatsError
from smarketing.stats.lifetime import (
    BgNbd,
    GammaGamma,
    fit_bgnbd,
    fit_gamma_gamma,
    lifetime_value,
)

PRINTED = BgNbd(0.243, 4.414, 0.793, 2.426)
OWN = BgNbd(0.242593, 4.413531, 0.792886, 2.425754)


def test_purchases_to_come_of_the_published_customer() -> None:
    # Two repeat purchases, the last after 30.43 of 38.86 weeks: 1.226 more in the next 39.
    assert PRINTED.expected_next(39, [2], [30.43], [38.86])[0] == pytest.approx(1.226028, abs=1e-6)
    assert OWN.expected_next(39, [2], [30.43], [38.86])[0] == pytest.approx(1.225910, abs=1e-6)


def test_purchases_of_a_new_customer_equal_the_closed_form() -> None:
    assert OWN.expected(39) == pytest.approx(1.195016, abs=1e-6)


def test_who_bought_once_is_alive_and_one_with_the_same_past_buys_as_a_new_one_would() -> None:
    assert PRINTED.alive([0], [0.0], [38.86])[0] == 1.0
    # With no past at all the two formulas are one.
    assert PRINTED.expected_next(39, [0], [0.0], [1e-9])[0] == pytest.approx(PRINTED.expected(39), rel=1e-6)


def test_the_longer_the_silence_the_less_alive() -> None:
    alive = PRINTED.alive([4, 4, 4], [38.0, 30.0, 10.0], [38.86, 38.86, 38.86])
    assert alive[0] > alive[1] > alive[2]
    # By hand for the first: 1 / (1 + 0.793 / (2.426 + 3) * ((4.414 + 38.86) / (4.414 + 38)) ** 4.243)
    assert alive[0] == pytest.approx(1 / (1 + 0.793 / 5.426 * (43.274 / 42.414) ** 4.243), rel=1e-12)


def _drawn(model: BgNbd, customers: int, seed: int) -> tuple[list[int], list[float], list[float]]:
    """Pasts of customers who behave as the model says, each seen for 20 to 60 units."""
    random = np.random.default_rng(seed)
    pasts: tuple[list[int], list[float], list[float]] = ([], [], [])
    for _ in range(customers):
        rate, leaves = random.gamma(model.r, 1 / model.alpha), random.beta(model.a, model.b)
        age, now, last, repeats = random.uniform(20, 60), 0.0, 0.0, 0
        while True:
            now += random.exponential(1 / rate) if rate > 0 else np.inf
            if now > age:
                break
            last, repeats = now, repeats + 1
            if random.random() < leaves:
                break
        for values, value in zip(pasts, (repeats, last, age), strict=True):
            values.append(value)
    return pasts


def test_fit_recovers_what_the_customers_were_drawn_from() -> None:
    truth = BgNbd(0.8, 6.0, 0.8, 2.5)
    found = fit_bgnbd(*_drawn(truth, 6000, seed=3))
    assert isinstance(found, BgNbd)
    assert found.expected(52) == pytest.approx(truth.expected(52), rel=0.05)
    assert found.r / found.alpha == pytest.approx(truth.r / truth.alpha, rel=0.10)


def test_fit_does_not_hang_on_the_unit_of_time() -> None:
    repeats, recency, age = _drawn(BgNbd(0.8, 6.0, 0.8, 2.5), 500, seed=4)
    weeks = fit_bgnbd(repeats, recency, age)
    days = fit_bgnbd(repeats, [7 * value for value in recency], [7 * value for value in age])
    assert isinstance(weeks, BgNbd) and isinstance(days, BgNbd)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-3)
    assert days.expected(70) == pytest.approx(weeks.expected(10), rel=1e-4)


def test_customers_with_the_same_past_may_be_given_once_with_their_count() -> None:
    pasts = _drawn(BgNbd(0.8, 6.0, 0.8, 2.5), 300, seed=6)
    once = fit_bgnbd(*pasts, [3] * 300)
    each = fit_bgnbd(*(values * 3 for values in pasts))
    assert isinstance(once, BgNbd) and isinstance(each, BgNbd)
    assert once.log_likelihood == pytest.approx(each.log_likelihood, abs=1e-6)
    assert once.n == each.n == 900


def test_fit_of_nobody_and_of_nobody_who_came_again() -> None:
    assert fit_bgnbd([], [], []) is NotComputable.EMPTY
    assert fit_bgnbd([0, 0], [0, 0], [5, 6]) is NotComputable.NO_EVENTS
    assert fit_gamma_gamma([], []) is NotComputable.EMPTY


def test_past_that_cannot_be_is_a_wrong_call() -> None:
    with pytest.raises(StatsError):
        fit_bgnbd([1], [7.0], [6.0])
    with pytest.raises(StatsError):
        fit_gamma_gamma([1], [0.0])


def test_spend_of_a_customer_lies_between_his_own_mean_and_that_of_all() -> None:
    published = GammaGamma(6.25, 3.74, 15.44)
    assert published.mean == pytest.approx(6.25 * 15.44 / 2.74)
    # One purchase of 100: 6.25 * (15.44 + 100) / (6.25 + 2.74)
    one, many = published.expected([1, 50], [100.0, 100.0])
    assert one == pytest.approx(6.25 * 115.44 / 8.99)
    assert published.mean < one < many < 100.5


def test_fit_of_spend_recovers_what_it_was_drawn_from() -> None:
    random = np.random.default_rng(5)
    purchases = random.integers(1, 8, 4000)
    scale = random.gamma(4.0, 1 / 20.0, 4000)  # q, gamma
    spend = random.gamma(5.0 * purchases) / scale / purchases  # p per purchase
    found = fit_gamma_gamma(purchases, spend)
    assert isinstance(found, GammaGamma)
    assert found.mean == pytest.approx(5 * 20 / 3, rel=0.05)
    assert found.q == pytest.approx(4.0, rel=0.10)
    assert found.p == pytest.approx(5.0, rel=0.20)  # p and gamma move together: 4.2 to 5.7 over five seeds


def test_plain_lifetime_value_equals_the_figures_of_the_methods() -> None:
    assert lifetime_value(5_400, 0.04) == pytest.approx(135_000)
    assert lifetime_value(5_400, 0.04, discount=0.01) == pytest.approx(109_080)
    assert lifetime_value(5_400, 0.04, months=24) == pytest.approx(84_319.21, abs=0.005)
    assert lifetime_value(5_400, 0.04) / 60_000 == pytest.approx(2.25)
    assert lifetime_value(5_400, 0.0, months=3) == 16_200
    with pytest.raises(StatsError):
        lifetime_value(5_400, 0.0)
