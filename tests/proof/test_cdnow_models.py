"""Does our maximum likelihood find the printed parameters on the printed data? CDNOW, one customer in ten."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date

import pytest

from smarketing.stats.lifetime import BgNbd, GammaGamma, fit_bgnbd, fit_gamma_gamma
from tests.proof.shared import DATA, expected, needs

pytestmark = needs("cdnow")
CALIBRATED_UNTIL = date(1997, 9, 30)


def test_bgnbd_equals_the_published_fit() -> None:
    with (DATA / "cdnow" / "bgnbd_summary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = fit_bgnbd(*([float(row[name]) for row in rows] for name in ("frequency", "recency", "T")))
    assert isinstance(found, BgNbd)
    computed = expected("cdnow")["bgnbd"]
    for name in ("r", "alpha", "a", "b"):
        assert getattr(found, name) == pytest.approx(computed[name], rel=2e-4)
    assert found.log_likelihood == pytest.approx(computed["ll"], abs=1e-4)
    # Fader, Hardie, Lee 2005, as printed
    printed = [round(value, 3) for value in (found.r, found.alpha, found.a, found.b)]
    assert printed == [0.243, 4.414, 0.793, 2.426]
    assert round(found.log_likelihood, 1) == -9582.4


def test_gamma_gamma_equals_the_published_fit() -> None:
    bought: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for line in (DATA / "cdnow" / "CDNOW_sample.txt").read_text(encoding="utf-8").splitlines():
        customer, _, day, _, dollars = line.split()
        if date.fromisoformat(day) <= CALIBRATED_UNTIL:
            bought[customer][day] += float(dollars)
    again = [[days[day] for day in sorted(days)[1:]] for days in bought.values() if len(days) > 1]
    again = [spent for spent in again if sum(spent) > 0]
    found = fit_gamma_gamma([len(spent) for spent in again], [sum(spent) / len(spent) for spent in again])
    assert isinstance(found, GammaGamma)
    assert found.n == 946
    assert found.p == pytest.approx(6.25, abs=0.01)
    assert found.q == pytest.approx(3.74, abs=0.01)
    assert found.gamma == pytest.approx(15.44, abs=0.02)
    assert found.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert found.mean == pytest.approx(35.171, abs=0.01)
