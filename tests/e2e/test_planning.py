"""A head types the plan, both heads confirm it, and the verdict says so: in a real browser, on a real lake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import Role, User
from smarketing.web.reports import reading
from tests.e2e.test_pages import troubles
from tests.web.conftest import PASSWORD
from tests.web.test_planning import company

__all__ = ["company"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
_newest = reading.newest  # before any fixture puts memory in its place


@pytest.fixture
def desk(open_page: OpenPage, company: Workspace, monkeypatch: pytest.MonkeyPatch, settings: Any) -> OpenPage:
    """Pages over a real lake; Maria heads marketing, Dora sales."""
    monkeypatch.setattr(reading, "newest", _newest)
    settings.WORKSPACE = company.root
    maria = User(username="maria", name="Maria", role=Role.HEAD_MARKETING)
    maria.set_password(PASSWORD)
    maria.save()
    return open_page


def test_plan_is_typed_confirmed_by_both_and_named_in_the_verdict(desk: OpenPage) -> None:
    maria = desk(name="maria")
    seen = troubles(maria)
    maria.goto("/plan?month=2026-05")
    maria.get_by_role("link", name="Изменить план").click()
    cells = {"leads": "60", "target_share": "60", "handled_share": "90", "handled_to_sale_cr": "35"}
    for metric, text in cells.items():
        maria.get_by_label(f"май 2026, Дилеры: {LABELS[metric]}").fill(text)
    order = maria.get_by_label("май 2026, Дилеры: Средний чек")
    order.press_sequentially("500 000")
    expect(maria.locator("#total")).to_have_text("5\u00a0670\u00a0000")  # while it is typed
    assert maria.evaluate("document.activeElement.getAttribute('aria-label')").endswith("Средний чек")
    order.fill("много")
    expect(maria.locator("#e-c1-aov")).to_contain_text("«много» — не число.")
    order.fill("500 000")
    maria.get_by_label("Почему меняется план").fill("План мая")
    maria.get_by_role("button", name="Сохранить план").click()
    expect(maria.locator(".lead")).to_contain_text("никем не подтверждён")
    maria.get_by_role("button", name="Подтвердить май 2026").click()
    expect(maria.locator(".lead")).to_contain_text("подтверждён только руководителем маркетинга")

    dora = desk(name="dora")
    dora.goto("/plan?month=2026-05&horizon=quarter")
    dora.get_by_role("button", name="Подтвердить май 2026").click()
    expect(dora.locator(".lead")).to_contain_text("подтверждён обоими руководителями")
    expect(dora.locator(".versions")).to_contain_text("План мая")
    dora.goto("/?month=2026-05")
    expect(dora.locator(".strip")).to_contain_text("план компании, подтверждён обоими руководителями")
    dora.locator(".strip").get_by_role("link", name="5,67").last.click()
    expect(dora.locator("h1")).to_have_text("План")
    assert seen == []


LABELS = {
    "leads": "Лиды", "target_share": "Доля целевых", "handled_share": "Доля обработанных",
    "handled_to_sale_cr": "CR обработанный → продажа",
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_the_plan(desk: OpenPage, theme: str) -> None:
    page = desk(name="maria", theme=theme)
    for address in ("/plan", "/plan?horizon=quarter", "/plan/edit?span=quarter", "/plan/edit?start=implied"):
        page.goto(address)
        assert [(address, one["id"], one["nodes"][0]["html"]) for one in Axe().run(page)["violations"]] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_plan_does_not_scroll_sideways_on_a_phone(desk: OpenPage, language: str) -> None:
    page = desk(name="maria", width=390, language=language)
    for address in ("/plan", "/plan?horizon=quarter", "/plan/edit"):
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wide) == (address, 0)
