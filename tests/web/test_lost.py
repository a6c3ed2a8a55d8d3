"""Losses on the funnel's page: L3 and L5 for the price, L9 to a competitor, L4 for no reason given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smarketing.web.reports.lost import shade

SignIn = Callable[..., Client]


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 1), (2, 2), (5, 3), (7, 4), (9, 5), (10, 5)])
def test_shade_rises_by_steps_of_the_largest(count: int, expected: int) -> None:
    assert shade(count, 10) == expected


def test_cells_hold_leads_or_shares_by_the_address(facts: Any, signed_in: SignIn) -> None:
    counts = signed_in().get("/funnel").context["heat"]
    price = counts.rows[0]
    assert [cell.text for cell in price.cells] == ["1", "·", "1", "·"]  # new, accepted, deal, won
    shares = signed_in().get("/funnel?losses=shares").context["heat"]
    assert [cell.text for cell in shares.rows[0].cells] == ["25,0\u00a0%", "·", "25,0\u00a0%", "·"]  # of four lost
    assert [cell.text for cell in shares.lost] == ["50,0\u00a0%", "25,0\u00a0%", "25,0\u00a0%", "·"]
    assert shares.all_lost.text == counts.all_lost.text == "4"
    assert "losses=shares" in counts.shares_href
    assert "losses" not in shares.counts_href
    assert signed_in().get("/funnel?losses=pie").status_code == 400


def test_months_run_up_to_the_newest_whatever_the_period(facts: Any, signed_in: SignIn) -> None:
    found = signed_in().get("/funnel?from=2026-11-10&to=2026-11-20").context["lost_months"]
    assert [month.ru for month in found.months] == ["июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь"]
    assert [(name.en, cells[-1].text) for name, cells in found.rows] == [
        ("price", "2"), ("competitor", "1"), ("No reason given", "1"),
    ]  # fmt: skip
    assert [cell.text for cell in found.total] == ["·", "·", "·", "·", "·", "4"]


def test_every_count_of_the_losses_opens_as_many_records(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    context = client.get("/funnel").context
    heat, months = context["heat"], context["lost_months"]
    cells = [
        *(cell for row in heat.rows for cell in (*row.cells, row.total)), *heat.lost, *heat.open, heat.all_lost,
        heat.all_open, *(cell for _, row in months.rows for cell in row), *months.total,
    ]  # fmt: skip
    opened = [cell for cell in cells if cell.href]
    assert len(opened) > 12
    for cell in opened:
        assert (cell.href, client.get(cell.href).context["count"]) == (cell.href, cell.text)


def test_totals_of_the_funnel_open_as_many_records(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    for clock in ("cohort", "period"):
        *lines, median = client.get(f"/funnel?clock={clock}").context["totals"]
        for line in lines:
            if line.href:
                assert (clock, line.href, client.get(line.href).context["count"]) == (
                    clock, line.href, line.text,
                )  # fmt: skip
        assert median.href == lines[1].href  # a time to sale is that of the sales
