"""A plan that is the average of three months is itself uncertain: that must not accuse anybody either.

A small version of ``smarketing calibrate``; the whole table stands in docs/how-computed/calibration.md.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from smarketing.analyses.verdict import calibration
from smarketing.analyses.verdict.calibration import Planning, Scene, Score, score
from smarketing.analyses.verdict.result import Cause

MONTHS = 200
ERROR = 0.064  # three standard errors of a tenth over 200 months


def quiet(planning: Planning, dispersion: float = 1.0, seed: int = 3) -> Score:
    return score(Scene(60, planning, dispersion), MONTHS, seed)


@pytest.mark.parametrize(("planning", "dispersion"), [(Planning.SCALED, 1.0), (Planning.IMPLIED, 3.0)])
def test_month_like_those_of_its_plan_names_nobody(planning, dispersion):
    assert quiet(planning, dispersion).named / MONTHS <= 0.10 + ERROR


def test_without_the_doubt_of_the_plan_it_would_accuse(monkeypatch: pytest.MonkeyPatch):
    # The check of the check: the same months held against the average as if it were the truth.
    plan = calibration._plan
    monkeypatch.setattr(calibration, "_plan", lambda *given: (plan(*given)[0], None))
    assert quiet(Planning.SCALED).named / MONTHS > 0.10 + ERROR


def test_intervals_against_a_learnt_plan_hold_the_truth():
    held = quiet(Planning.IMPLIED).coverage
    # Nine in ten less four standard errors over 200 months, 0.085.
    assert min(held.values()) >= 0.90 - 0.085


def test_planted_cause_is_found_named_first_and_priced():
    found = score(Scene(150, planted=Cause.CONVERSION), 40, 3)
    assert found.found >= 30
    assert found.zone >= 30
    assert found.other_zone <= 4 + 6  # a tenth, and three standard errors
    assert found.error < 0.35


def test_company_of_a_size_sells_so_much():
    truth = calibration.Truth().of_size(30)
    assert sum(truth.sales) == pytest.approx(30)
    # Mix of 120 : 90 : 300 leads stays.
    assert truth.leads[0] / sum(truth.leads) == pytest.approx(120 / 510)


def test_planted_mix_keeps_the_number_of_leads():
    before = calibration.Truth()
    after = calibration.changed(before, Cause.MIX)
    assert sum(after.leads) == pytest.approx(sum(before.leads))
    assert after == replace(before, leads=after.leads)


def test_same_seed_draws_the_same_months():
    scene = Scene(30, Planning.IMPLIED)
    assert score(scene, 3, 1, draws=100) == score(scene, 3, 1, draws=100)
