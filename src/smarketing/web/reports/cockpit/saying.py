"""How does the overview write its money? In one unit for the whole page, which stands beside it."""

from __future__ import annotations

from decimal import Decimal

from smarketing.metrics.kinds import Interval, Unit
from smarketing.metrics.wording import Scale, say_interval, say_number
from smarketing.web.reports.page import Page


def money(page: Page, amount: Decimal, scale: Scale, *, signed: bool = False) -> str:
    """An amount in the page's unit, which stands beside it."""
    return say_number(amount, Unit.MONEY, page.language, "", scale, signed=signed, bare=True)


def bounds(page: Page, interval: Interval | None, scale: Scale, currency: str) -> str:
    """The interval of an amount; empty where there is none."""
    if interval is None:
        return ""
    return say_interval(interval, Unit.MONEY, page.language, currency, scale, signed=True)
