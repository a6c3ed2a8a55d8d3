"""Plans drawn as other past months would have given them: theory says how much they may differ."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from smarketing.stats.chain import chain_factors
from smarketing.stats.doubt import PlanDoubt, draw_plans
from smarketing.stats.errors import StatsError
from smarketing.stats.simulation import Noise, draw_chain
from tests.stats.playground import KEYS, playground

CV = Noise((0.5, 0.4))
DRAWS = 20_000


def doubt(months: int, *keys: str, keeps_value: bool = False) -> PlanDoubt:
    base = dict(playground().plan)
    base[KEYS.volume] = tuple(value * months for value in base[KEYS.volume])
    return PlanDoubt(base, dict.fromkeys(keys, (True, True)), keeps_value)


def drawn(given: PlanDoubt, noise: Noise = CV, seed: int = 1):
    return draw_plans(playground().plan, KEYS, noise, given, DRAWS, np.random.default_rng(seed))


def test_volume_of_three_months_varies_by_a_root_of_three_less():
    # 200 leads a month: the average of three has variance 200 / 3.
    volume = drawn(doubt(3, *KEYS.all))[KEYS.volume]
    assert volume.shape == (DRAWS, 1)
    assert volume.mean() == pytest.approx(200, abs=0.3)
    assert volume.std() == pytest.approx((200 / 3) ** 0.5, rel=0.02)


def test_leads_that_vary_more_make_the_plan_less_sure():
    volume = drawn(doubt(3, *KEYS.all), Noise((0.5, 0.4), dispersion=3))[KEYS.volume]
    assert volume.std() == pytest.approx(200**0.5, rel=0.02)


def test_rate_varies_like_a_share_of_the_months_behind_it():
    # Target share of dealers: 0.6 of about 180 leads.
    rate = drawn(doubt(3, *KEYS.all))[KEYS.rates[0]][:, 0]
    assert rate.mean() == pytest.approx(0.6, abs=0.002)
    assert rate.std() == pytest.approx((0.6 * 0.4 / 180) ** 0.5, rel=0.03)


def test_factor_that_was_given_does_not_move():
    found = drawn(doubt(3, KEYS.rates[0]))
    assert float(np.ptp(found[KEYS.volume])) == 0
    assert float(np.ptp(found[KEYS.value][:, 0])) == 0
    assert float(np.ptp(found[KEYS.rates[0]][:, 0])) > 0


def test_given_revenue_is_kept_by_the_volume():
    found = drawn(doubt(3, *KEYS.all, keeps_value=True))
    revenue = np.prod(np.stack([np.broadcast_to(found[key], (DRAWS, 2)) for key in KEYS.all]), axis=0).sum(axis=1)
    assert revenue == pytest.approx(np.full(DRAWS, 6_174_000.0))


def test_shares_sum_to_one_and_rates_stay_shares():
    found = drawn(doubt(1, *KEYS.all))
    assert found[KEYS.mix].sum(axis=1) == pytest.approx(np.ones(DRAWS))
    assert max(float(found[key].max()) for key in KEYS.rates) <= 1


def test_cell_without_cases_stays_as_planned():
    levels = [[Fraction(60), 0], [36, 0], [32, 0], [11, 0], [5_000, 0]]
    base = {
        key: tuple(Fraction(value or 0) for value in values) for key, values in chain_factors(KEYS, levels).items()
    }
    found = drawn(PlanDoubt(base, {KEYS.rates[0]: (True, True)}))
    assert float(np.ptp(found[KEYS.rates[0]][:, 1])) == 0


def test_mask_of_another_length_is_refused():
    with pytest.raises(StatsError):
        drawn(PlanDoubt(playground().plan, {KEYS.volume: (True,)}))


def test_dispersion_learnt_from_few_months_is_drawn_with_its_error():
    # Ten degrees of freedom: the mean of 10 / chi-squared is 10/8, so the variance is 3 × 1.25 × 200, wider tails.
    def volumes(noise: Noise):
        return draw_chain(playground().plan, KEYS, noise, 40_000, np.random.default_rng(2))[0].sum(axis=1)

    known, learnt = (volumes(Noise((0.5, 0.4), 3.0, freedom)) for freedom in (None, 10))
    assert known.var() == pytest.approx(600, rel=0.03)
    assert learnt.var() == pytest.approx(750, rel=0.05)
    assert np.quantile(learnt, 0.995) > np.quantile(known, 0.995)
