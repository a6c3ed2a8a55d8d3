"""What was sold in a deal, when a lead of the facts has room for one product?

A lead has one product, as it has one manager and one segment, so that the money of a product and the leads of a
product are of the same leads. It is the product that brings the greatest sum of the deal; all of them stand beside
it, each with its sum, where there are several.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from smarketing.connectors.bitrix24.names import Names
from smarketing.connectors.bitrix24.records import ProductRow

CENT = Decimal("0.01")


def sold(lines: Iterable[ProductRow], names: Names) -> dict[str, Decimal]:
    """Product → its sum in the deal, the greatest first; equal ones by name.

    A product of the catalogue goes by its name of now, so that one renamed stays one; anything else by the name in
    the line. A line without any name is left out.
    """
    sums: dict[str, Decimal] = {}
    for line in lines:
        name = names.products.get(line.product or 0) or line.name
        if name:
            sums[name] = sums.get(name, Decimal(0)) + line.sum
    exact = {name: total.quantize(CENT) for name, total in sums.items()}
    return dict(sorted(exact.items(), key=lambda one: (-one[1], one[0])))


def main_product(sums: dict[str, Decimal]) -> str | None:
    return next(iter(sums), None)


def in_words(sums: dict[str, Decimal]) -> str | None:
    """All products with their sums where there are several.

    >>> in_words({"Качели": Decimal("19000.00"), "Горка": Decimal("500.50")})
    'Качели: 19000.00; Горка: 500.50'
    """
    return "; ".join(f"{name}: {total}" for name, total in sums.items()) if len(sums) > 1 else None


def total_of(lines: Iterable[ProductRow]) -> Decimal:
    return sum((line.sum for line in lines), Decimal(0)).quantize(CENT)
