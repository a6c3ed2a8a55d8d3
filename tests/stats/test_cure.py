from __future__ import annotations

import math

import numpy as np
import pytest

from smarketing.stats.cure import fit_cure
from smarketing.stats.errors import NotComputable, StatsError


def simulated(n=4000, seed=7, oldest=60.0, shape=1.0):
    """30 % convert in the end, times of rate 1/20, ages today uniform: methods.md (d)."""
    rng = np.random.default_rng(seed)
    now = rng.uniform(0, oldest, n)
    will = rng.random(n) < 0.3
    at = 20 * rng.weibull(shape, n) if shape != 1 else rng.exponential(20, n)
    converted = will & (at <= now)
    return np.where(converted, at, now), converted


def test_simulated_cure_data():
    """methods.md (d): naive .199, cure .303, rate .0451 (tolerance .03); this order of draws gives all three."""
    ages, converted = simulated()
    fit = fit_cure(ages, converted)
    assert converted.mean() == pytest.approx(0.199, abs=0.0005)
    assert fit.conversion == pytest.approx(0.303, abs=0.0005)
    assert fit.rate == pytest.approx(0.0451, abs=0.00005)
    assert (fit.shape, fit.n, fit.events) == (1.0, 4000, int(converted.sum()))
    assert fit.conversion == pytest.approx(0.3, abs=3 * fit.conversion_se)


def test_weibull_finds_shape_and_share():
    """Truth: share .3, scale 20, shape 2."""
    fit = fit_cure(*simulated(shape=2.0), law="weibull")
    assert fit.conversion == pytest.approx(0.3, abs=0.03)
    assert fit.shape == pytest.approx(2.0, abs=0.15)
    assert fit.rate == pytest.approx(0.05, abs=0.003)


def test_weibull_is_never_less_likely_than_exponential():
    data = simulated()
    assert fit_cure(*data, law="weibull").log_likelihood >= fit_cure(*data).log_likelihood - 1e-6


def test_standard_error_is_that_of_repeated_samples():
    """Second way: 60 samples of 1000; the spread of the estimates against the mean of the errors."""
    fits = [fit_cure(*simulated(n=1000, seed=seed)) for seed in range(60)]
    spread = np.std([fit.conversion for fit in fits], ddof=1)
    assert np.mean([fit.conversion_se for fit in fits]) == pytest.approx(spread, rel=0.25)


def test_when_everything_is_ripe_the_share_is_the_plain_one():
    """All cases are 1000 days old, delays about 1: nothing is left to guess, 30 of 100 and its binomial error."""
    ages = np.concatenate([np.linspace(0.5, 1.5, 30), np.full(70, 1000.0)])
    fit = fit_cure(ages, np.arange(100) < 30)
    assert fit.conversion == pytest.approx(0.3, abs=1e-5)
    assert fit.conversion_se == pytest.approx(math.sqrt(0.3 * 0.7 / 100), rel=1e-3)
    assert fit.rate == pytest.approx(1.0, abs=1e-5)


def test_curve_of_a_fit():
    """By hand: half of the delays of an exponential law pass by ln 2 / rate."""
    fit = fit_cure(*simulated())
    half = math.log(2) / fit.rate
    assert fit.ripeness_at(half) == pytest.approx(0.5)
    assert fit.share_by(half) == pytest.approx(fit.conversion / 2)
    assert fit.ripeness_at(0) == 0


def test_too_young_to_tell_slow_from_never():
    """Oldest lead 1 day, typical delay 20: conversions come at a steady pace, any ultimate share fits."""
    rng = np.random.default_rng(1)
    now = rng.uniform(0.01, 1, 3000)
    at = rng.exponential(20, 3000)
    converted = at <= now
    assert fit_cure(np.where(converted, at, now), converted) is NotComputable.NOT_IDENTIFIED


def test_what_cannot_be_fitted_has_a_name():
    assert fit_cure([], []) is NotComputable.EMPTY
    assert fit_cure([1, 2], [False, False]) is NotComputable.NO_EVENTS
    for ages, converted in (([0.0], [True]), ([1.0, 2.0], [True]), ([np.inf], [True])):
        with pytest.raises(StatsError):
            fit_cure(ages, converted)
