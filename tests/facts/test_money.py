from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.facts.errors import WrongInput
from smarketing.facts.money import Money, share_out, to_kopecks


def test_half_a_kopeck_rounds_away_from_zero():
    assert to_kopecks(Decimal("0.005")) == Decimal("0.01")
    assert to_kopecks(Decimal("-0.005")) == Decimal("-0.01")
    assert to_kopecks(Decimal("2.675")) == Decimal("2.68")


def test_different_currencies_do_not_add_up():
    with pytest.raises(WrongInput) as error:
        Money(Decimal(1), "RUB") + Money(Decimal(1), "EUR")
    assert error.value.say("ru") == "Нельзя сложить RUB и EUR: укажите курс в разделе [rates]."


def test_money_subtracts_exactly():
    assert Money(Decimal("0.30"), "RUB") - Money(Decimal("0.10"), "RUB") == Money(Decimal("0.20"), "RUB")


@given(st.lists(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=997), min_size=1, max_size=40))
def test_shares_sum_to_the_rounded_total_and_stay_near(parts):
    exact = [Decimal(part.numerator) / Decimal(part.denominator) for part in parts]
    total = sum(exact, Decimal())
    shared = share_out(total, exact)
    assert sum(shared) == to_kopecks(total)
    assert all(abs(got - want) <= Decimal("0.015") for got, want in zip(shared, exact, strict=True))
