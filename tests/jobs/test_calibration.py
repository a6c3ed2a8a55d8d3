"""The calibration as a job: every scene once, the same from the same seed, and JSON as documented."""

from __future__ import annotations

import json

import pytest

from smarketing.analyses.verdict.calibration import CHANGES, QUIET
from smarketing.jobs.calibration import CONTRACT, CONTRACT_VERSION, calibrate, calibration_json, share_of
from tests.docs.pages import first_words, read, section, words


@pytest.fixture(scope="module")
def found():
    return calibrate(months=5, seed=2, sizes=(30,), draws=100)


def test_every_scene_is_scored_once(found):
    assert len(found.quiet) == len(QUIET)
    assert [one.scene.planted for one in found.planted] == list(CHANGES)
    assert {one.months for one in found.quiet} == {5}
    assert {one.months for one in found.planted} == {1}  # a fifth


def test_json_is_that_of_the_page(found):
    data = json.loads(calibration_json(found))
    told = section(read("docs/reference/json.md"), "A calibration")
    tables = [first_words(part) for part in told.split("\n\n")]
    assert list(data) in tables
    assert list(data["quiet"][0]) in tables
    assert list(data["planted"][0]) in tables
    assert {CONTRACT, str(CONTRACT_VERSION)} <= words(told)


def test_share_of_months_has_its_monte_carlo_interval():
    # Wilson's 90 % of 8 in 100.
    share, low, high = share_of(8, 100)
    assert share == 0.08
    assert (low, high) == pytest.approx((0.0458, 0.1361), abs=0.001)
