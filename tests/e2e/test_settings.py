"""The settings in a real browser, on a real lake: changed by the keyboard, without a script, and read by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from smarketing.jobs.workspace import Workspace
from smarketing.web.company.sections import SECTIONS
from smarketing.web.reports import reading
from tests.e2e.test_pages import troubles
from tests.web.test_company_settings import loaded

__all__ = ["loaded"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
ADDRESSES = ("/settings", "/settings/file", *(f"/settings/{key}" for key in SECTIONS))
_newest = reading.newest  # before any fixture puts memory in its place


@pytest.fixture
def desk(open_page: OpenPage, loaded: Workspace, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Pages over a real lake."""
    monkeypatch.setattr(reading, "newest", _newest)
    return open_page


@pytest.mark.parametrize(("theme", "language", "width"), [("light", "ru", 390), ("dark", "en", 1440)])
def test_settings_can_be_read_and_fit(desk: OpenPage, theme: str, language: str, width: int) -> None:
    page = desk(theme=theme, language=language, width=width, name="charlie")
    seen = troubles(page)
    for address in ADDRESSES:
        page.goto(address)
        assert [(address, one["id"], one["nodes"][0]["html"]) for one in Axe().run(page)["violations"]] == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wide) == (address, 0)
    assert seen == []


def test_source_of_the_facts_is_placed_without_a_script(desk: OpenPage, loaded: Workspace) -> None:
    page = desk(script=False, name=None)
    page.goto("/sign-in")
    page.fill("#f-username", "alice")
    page.fill("#f-password", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/settings")
    page.get_by_role("link", name="Источники").click()
    page.get_by_label("radio").check()
    page.get_by_label("В какую группу").select_option("free")
    page.get_by_role("button", name="Добавить в форму").click()
    expect(page.locator(".banner.info")).to_contain_text("ещё не сохранено: radio")
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.locator(".banner.ok")).to_contain_text("Сохранено, изменений: 1.")
    assert loaded.company.source_groups[1].sources == ("site", "radio")


def test_hours_are_changed_by_the_keyboard_and_a_wrong_one_is_told(desk: OpenPage, loaded: Workspace) -> None:
    page = desk()
    page.goto("/settings/hours")
    off = page.get_by_label("Выходные вопреки правилу")
    off.focus()
    page.keyboard.type("31.06.2026")
    page.get_by_role("button", name="Сохранить").last.focus()
    page.keyboard.press("Enter")
    wrong = page.locator("#f-days_off_error")
    expect(wrong).to_contain_text("«31.06.2026» — не дата.")
    assert "f-days_off_error" in (off.get_attribute("aria-describedby") or "")
    assert Axe().run(page)["violations"] == []
    off.fill("30.06.2026")
    off.press("Tab")
    page.get_by_role("button", name="Сохранить").last.press("Enter")
    expect(page.locator(".banner.ok")).to_contain_text("Сохранено, изменений: 1.")
    assert [day.isoformat() for day in loaded.company.working_hours.days_off] == ["2026-06-30"]
