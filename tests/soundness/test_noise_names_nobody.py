"""A quarrel from noise is the worst this product could cause.

Months are drawn from a plan that is right. In at most one of ten may any cause or any department be called
confirmed; a planted cause of fair size must be found all the same.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from smarketing.analyses.verdict.chain import Links
from smarketing.analyses.verdict.result import Cause
from smarketing.analyses.verdict.split import Parts, Split, split
from smarketing.stats.simulation import Noise
from smarketing.stats.uncertainty import Label

SEGMENTS = ("dealers", "developers", "private")
LEADS = (120.0, 90.0, 300.0)
RATES = ((0.60, 0.90, 0.40), (0.55, 0.85, 0.30), (0.40, 0.90, 0.25))  # target, handled, sale: about 26 + 13 + 27
VALUES = (500_000.0, 300_000.0, 40_000.0)
CV = (0.5, 0.5, 0.4)
MONTHS = 300


def due() -> dict[str, tuple[Fraction, ...]]:
    levels = {}
    for segment, leads, rates, value in zip(SEGMENTS, LEADS, RATES, VALUES, strict=True):
        row = [Fraction(leads)]
        for factor in (*rates, value):
            row.append(row[-1] * Fraction(str(factor)))
        levels[segment] = (*row, Fraction(0))
    return levels


def drawn(rng: np.random.Generator, leads=LEADS, rates=RATES) -> dict[str, Links]:
    links = {}
    for segment, mean, (target, handled, sale), value, cv in zip(SEGMENTS, leads, rates, VALUES, CV, strict=True):
        came = int(rng.poisson(mean))
        good = int(rng.binomial(came, target))
        worked = int(rng.binomial(good, handled))
        won = int(rng.binomial(worked, sale))
        money = Decimal(str(round(float(rng.gamma(1 / cv**2, value * cv**2, won).sum()), 2)))
        links[segment] = Links(came, good, worked, won, money, money, 0, 0)
    return links


def judged(links: dict[str, Links], seed: int) -> Parts:
    plan = due()
    gap = sum((link.revenue for link in links.values()), Decimal(0)) - Decimal(
        float(sum(levels[-2] for levels in plan.values()))
    ).quantize(Decimal("0.01"))
    return split(Split(SEGMENTS, links, plan, "sales", None, gap, Noise(CV), seed=seed, draws=800, min_sales=5))


def confirmed(parts: Parts) -> set[object]:
    named = {part.cause for part in parts.parts if part.label is Label.CONFIRMED}
    return named | {zone.zone for zone in parts.zones if zone.label is Label.CONFIRMED}


def test_months_in_which_nothing_changed_name_anybody_in_one_of_ten_at_most():
    rng = np.random.default_rng(2026)
    named = sum(bool(confirmed(judged(drawn(rng), seed))) for seed in range(MONTHS))
    # Three standard errors of a tenth over 300 months are 5.2 points.
    assert named / MONTHS <= 0.10 + 0.052


def test_parts_of_every_drawn_month_sum_to_its_gap():
    rng = np.random.default_rng(7)
    for seed in range(20):
        links = drawn(rng)
        parts = judged(links, seed)
        assert sum(part.effect for part in parts.parts) == sum(
            (link.revenue for link in links.values()), Decimal(0)
        ) - Decimal(float(sum(levels[-2] for levels in due().values()))).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("cause", "leads", "rates"),
    [
        (Cause.VOLUME, tuple(mean * 0.7 for mean in LEADS), RATES),
        (Cause.MIX, (60.0, 60.0, 390.0), RATES),
        (Cause.QUALITY, LEADS, tuple((t * 0.7, h, s) for t, h, s in RATES)),
        (Cause.HANDLING, LEADS, tuple((t, h * 0.7, s) for t, h, s in RATES)),
    ],
)
def test_planted_cause_is_found_and_is_the_largest(cause, leads, rates):
    rng = np.random.default_rng(11)
    found, largest = 0, 0
    for seed in range(40):
        parts = judged(drawn(rng, leads, rates), seed)
        named = [part for part in parts.parts if part.label is Label.CONFIRMED]
        found += any(part.cause is cause for part in named)
        worst = min(named, key=lambda part: part.effect, default=None)
        largest += worst is not None and worst.cause is cause
    assert found >= 32
    assert largest >= 28
