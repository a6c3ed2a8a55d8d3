"""What is a sum of money, and how is it rounded?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from smarketing.facts.errors import WrongInput
from smarketing.facts.language import Text

KOPECK = Decimal("0.01")


@dataclass(frozen=True)
class Money:
    """An exact amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def rounded(self) -> Money:
        return Money(to_kopecks(self.amount), self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise WrongInput(
                "mixed-currency",
                Text(
                    f"Нельзя сложить {self.currency} и {other.currency}: укажите курс в разделе [rates].",
                    f"Cannot add {self.currency} and {other.currency}: give a rate in [rates].",
                ),
            )
        return other


def to_kopecks(amount: Decimal) -> Decimal:
    """Rounded half away from zero to two places, as an accountant rounds."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def share_out(total: Decimal, parts: Iterable[Decimal]) -> list[Decimal]:
    """Parts rounded to the kopeck so that they sum to the rounded total (largest remainder).

    >>> share_out(Decimal("1.00"), [Decimal(1) / 3] * 3)
    [Decimal('0.34'), Decimal('0.33'), Decimal('0.33')]
    """
    exact = list(parts)
    rounded = [to_kopecks(part) for part in exact]
    missing = int((to_kopecks(total) - sum(rounded, Decimal())) / KOPECK)
    step = KOPECK if missing > 0 else -KOPECK
    by_remainder = sorted(range(len(exact)), key=lambda i: (exact[i] - rounded[i]) * missing, reverse=True)
    for turn in range(abs(missing)):
        rounded[by_remainder[turn % len(exact)]] += step
    return rounded
