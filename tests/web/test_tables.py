"""The table of every page: of eleven leads six are of yandex, with all the spend, and five of the site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from smarketing.facts.period import Period
from smarketing.metrics.kinds import Figure, Interval, Unit
from smarketing.web.reports.tables import Table, is_low, narrowed, parts, say_cell

SignIn = Callable[..., Client]
NBSP = "\u00a0"


def shown(signed_in: SignIn, query: str) -> Table:
    found: Table = signed_in().get(f"/analytics?{query}").context["table"]
    return found


def column(found: Table, key: str) -> list[str]:
    place = [head.key for head in found.heads].index(key)
    return [line.cells[place].text for line in (*found.lines, found.total)]


def test_rows_and_total_of_a_table(facts: Any, signed_in: SignIn) -> None:
    found = shown(signed_in, "by=lead_source")
    assert [line.label for line in found.lines] == ["yandex", "site"]  # by revenue, largest first
    assert column(found, "leads") == ["6", "5", "11"]
    assert column(found, "revenue") == ["500", "250", "750"]  # thousands
    assert column(found, "cpl") == [f"16{NBSP}667", "—", f"9{NBSP}091"]  # 100 000 / 6, no spend, 100 000 / 11


def test_order_follows_the_address_and_dashes_stay_last(facts: Any, signed_in: SignIn) -> None:
    for sort in ("cpl", "-cpl"):
        assert [line.label for line in shown(signed_in, f"by=lead_source&sort={sort}").lines] == ["yandex", "site"]
    assert [line.label for line in shown(signed_in, "by=lead_source&sort=name").lines] == ["site", "yandex"]


def test_bars_are_shares_of_the_largest_row(facts: Any, signed_in: SignIn) -> None:
    found = shown(signed_in, "by=lead_source")
    place = [head.key for head in found.heads].index("leads")
    assert [line.cells[place].bar for line in found.lines] == [100, 83]  # 5 / 6
    assert found.total.cells[place].bar is None


def test_dash_has_a_reason_and_no_door(facts: Any, signed_in: SignIn) -> None:
    found = shown(signed_in, "by=lead_source")
    cell = found.lines[1].cells[0]
    assert (cell.text, cell.why, cell.href) == ("—", "таких фактов не загружено", "")


def test_share_of_few_cases_is_low_and_tells_its_parts() -> None:
    few = Figure("lead_to_sale_cr", Unit.SHARE, 0.5, 4, 8, Interval(0.24, 0.76, 0.9), 8)
    many = Figure("lead_to_sale_cr", Unit.SHARE, 0.5, 40, 80, Interval(0.41, 0.59, 0.9), 80)
    assert (is_low(few), is_low(many)) == (True, False)
    assert parts(many, "ru") == f"40 из 80, интервал 90{NBSP}%: 41,0–59,0{NBSP}%"
    assert say_cell(many, "ru", "RUB") == f"50,0{NBSP}%"


def test_row_of_a_month_keeps_to_the_days_asked_for() -> None:
    asked = Period(date(2026, 11, 10), date(2026, 11, 21))
    assert narrowed(asked, "month", 202611) == asked
    assert narrowed(asked, "week", "2026-11-09") == Period(date(2026, 11, 10), date(2026, 11, 16))
    assert narrowed(asked, "month", 202610) == Period(date(2026, 10, 1), date(2026, 11, 1))
