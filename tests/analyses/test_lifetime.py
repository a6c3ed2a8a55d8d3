"""What is a customer worth? Counted on the small shop; the model on four hundred customers drawn at random."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from smarketing.analyses.lifetime import MODELLED, lifetime
from smarketing.analyses.question import Question
from smarketing.metrics.kinds import NoValue
from smarketing.stats.lifetime import BgNbd, GammaGamma, fit_bgnbd, fit_gamma_gamma
from tests.analyses.small_shop import YEAR, reader
from tests.support.memory import at

TODAY = date(2026, 6, 30)
Past = list[tuple[date, int]]  # days of purchase with what was paid


def test_small_shop_is_counted_and_not_modelled() -> None:
    table = lifetime(reader(), YEAR.split("segment"))
    private, dealers, unsaid = table.rows
    assert (dealers.keys, unsaid.keys) == (("dealers",), (None,))  # ad spend knows no segment here
    assert [dealers.figures[key].value for key in ("known_customers", "ltv")] == [2, 720]
    assert private.figures["ltv"].reason is NoValue.EMPTY_DENOMINATOR  # nobody's year has passed
    assert {table.total.figures[key].reason for key in MODELLED} == {NoValue.TOO_FEW}
    notes = {note.code: note.text.en for note in table.notes}
    assert (
        notes["too-few-repeats"]
        == "3 clients bought again, the model needs 300: the year to come is not foretold."
    )


def test_full_cac_knows_no_segment_so_its_ratio_has_a_total_alone() -> None:
    table = lifetime(reader(), YEAR.split("segment"))
    assert table.rows[0].figures["ltv_cac"].reason is NoValue.CANNOT_SPLIT
    assert table.total.figures["ltv_cac"].value == Decimal(4)


@cache
def drawn() -> dict[str, Past]:
    """Customers who buy at rates of their own, each purchase the last with a chance of their own."""
    random = np.random.default_rng(8)
    pasts: dict[str, Past] = {}
    for number in range(900):
        rate, leaves = random.gamma(1.0, 1 / 60.0), random.beta(0.8, 2.5)
        mean = 1000 * random.gamma(5.0) / 5
        day = TODAY - timedelta(days=int(random.integers(200, 700)))
        past: Past = []
        while day <= TODAY:
            past.append((day, int(mean * random.uniform(0.6, 1.4))))
            if random.random() < leaves:
                break
            day += timedelta(days=1 + int(random.exponential(1 / rate)))
        pasts[f"c{number}"] = past
    return pasts


def receipts(pasts: dict[str, Past]) -> list[dict[str, Any]]:
    return [
        {
            "payment_id": f"{client} {day}",
            "client_id": client,
            "paid_day": day,
            "amount": Decimal(amount),
            "segment": "dealers" if int(client[1:]) % 2 else "private",
        }
        for client, past in pasts.items()
        for day, amount in past
    ]


def models() -> tuple[BgNbd, GammaGamma, list[tuple[int, int, int, float]]]:
    """The fits straight from the pasts; a past is repeats, days to the last, days to now, mean repeat spend."""
    told = []
    for past in drawn().values():
        days = [day for day, _ in past]
        again = [amount for _, amount in past[1:]]
        age = (TODAY - days[0]).days + 1
        told.append((len(again), (days[-1] - days[0]).days, age, sum(again) / len(again) if again else 0.0))
    buying = fit_bgnbd(*([row[place] for row in told] for place in range(3)))
    spending = fit_gamma_gamma([row[0] for row in told if row[0]], [row[3] for row in told if row[0]])
    assert isinstance(buying, BgNbd) and isinstance(spending, GammaGamma)
    return buying, spending, told


def test_year_to_come_equals_the_models_fitted_straight_from_the_pasts() -> None:
    buying, spending, told = models()
    assert sum(1 for row in told if row[0]) > 300
    table = lifetime(
        reader(receipts=receipts(drawn()), clients=(), known_until=at("2026-06-30 18:00")),
        Question(by=("segment",)),
    )
    repeats, recency, age, spend = (np.array([row[place] for row in told], dtype=float) for place in range(4))
    bought = buying.expected_next(365, repeats, recency, age)
    total = table.total.figures
    assert total["alive_share"].value == pytest.approx(buying.alive(repeats, recency, age).mean(), rel=1e-3)
    assert total["expected_purchases"].value == pytest.approx(bought.mean(), rel=1e-3)
    worth = (bought * spending.expected(repeats, spend)).mean()
    assert total["expected_revenue"].value == pytest.approx(worth, rel=1e-3)
    assert total["expected_purchases"].n == 900
    # Rows are means over their own customers, by one model: together they make the total.
    of_rows = [row.figures["expected_purchases"].value for row in table.rows if row.keys != (None,)]
    together = sum(float(str(value)) * 450 for value in of_rows) / 900
    assert together == pytest.approx(float(str(total["expected_purchases"].value)), rel=1e-9)


def test_client_whose_contract_ended_is_no_part_of_the_year_to_come() -> None:
    gone = [{"client_id": client, "left_at": TODAY} for client in list(drawn())[:100]]
    table = lifetime(reader(receipts=receipts(drawn()), clients=gone), Question())
    assert table.total.figures["expected_purchases"].n == 800


def test_spend_that_hangs_on_frequency_is_not_multiplied() -> None:
    dear = {client: [(day, 100 + 900 * len(past)) for day, _ in past] for client, past in drawn().items()}
    table = lifetime(reader(receipts=receipts(dear), clients=()), Question())
    assert table.total.figures["expected_purchases"].value is not None
    assert table.total.figures["expected_revenue"].reason is NoValue.TOO_FEW
    assert "spend-hangs-on-frequency" in {note.code for note in table.notes}
