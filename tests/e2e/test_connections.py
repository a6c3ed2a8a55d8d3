"""Connecting a system in a real browser: by the keyboard, watched while it loads, readable for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

from smarketing.jobs.background import Background, working
from smarketing.jobs.workspace import Workspace
from tests.support.connected import connect, portal, shop, toy_kind
from tests.support.toy import TOKEN, Portal, Shop

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
__all__ = ["portal", "shop", "toy_kind"]
OpenPage = Callable[..., Page]
PLACES = (
    "/connections",
    "/connections/toy",
    "/connections/toy/settings",
    "/connections/toy/check",
    "/connections/new/toy",
)


@pytest.fixture
def connected(workspace: Workspace, toy_kind: None, portal: Portal) -> Workspace:
    connect(workspace, portal, page=2)
    return workspace


def test_system_is_connected_by_the_keyboard(
    open_page: OpenPage, workspace: Workspace, toy_kind: None, portal: Portal
) -> None:
    page = open_page(name="charlie")
    page.goto("/connections/new/toy")
    page.focus("#f-base_url")
    page.keyboard.type(portal.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(TOKEN)
    assert page.get_attribute("#f-secret_token", "type") == "password"
    page.keyboard.press("Enter")
    page.wait_for_url("**/connections/toy/check")
    page.click("main button:has-text('Проверить доступ')")
    page.wait_for_selector("text=Отвечает «Качели».")


def test_run_is_watched_without_a_reload_and_without_stealing_the_focus(
    open_page: OpenPage, connected: Workspace, shop: Shop, settings: Any
) -> None:
    settings.WORK_IMMEDIATELY = False
    for _ in range(30):
        shop.lead()
    shop.pause = 0.1
    page = open_page(name="charlie")
    with working(Background(connected)):
        page.goto("/connections/toy")
        page.click("button:has-text('Загрузить сейчас')")
        page.wait_for_selector(".st:has-text('загружается')", timeout=60_000)
        page.evaluate("window.stayed = true")
        page.focus("#f-since")
        page.wait_for_selector(".st:has-text('работает')", timeout=60_000)
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.id") == "f-since"
    assert page.locator("[hx-trigger]").count() == 0  # nothing more to look for
    page.click("summary:has-text('По видам записей')")
    assert page.locator("th:has-text('leads')").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_connections_are_accessible(open_page: OpenPage, connected: Workspace, theme: str) -> None:
    page = open_page(name="charlie", theme=theme)
    for address in PLACES:
        page.goto(address)
        assert [(address, one["id"]) for one in Axe().run(page)["violations"]] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_page_of_connections_scrolls_sideways_on_a_phone(
    open_page: OpenPage, connected: Workspace, language: str
) -> None:
    page = open_page(name="charlie", width=390, language=language)
    for address in PLACES:
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wide) == (address, 0)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_on_the_steps_of_a_file_and_they_fit(
    open_page: OpenPage, workspace: Workspace, tmp_path: Any, width: int, theme: str
) -> None:
    """A file with columns that are recognised, a row for the quarantine, one known mapping and none."""
    rows = "A1,02.11.2026,1 200,50\nA2,2026-13-45,5\nA3,03.11.2026,7,8,9\n".replace("1 200,50", '"1 200,50"')
    for name, head in (("leads.csv", "lead_id,created_at,amount"), ("чужой.csv", "Карточка,Когда,Деньги")):
        file = tmp_path / name
        file.write_text(f"{head}\n{rows}", "utf-8")
        page = open_page(name="charlie", width=width, theme=theme)
        page.goto("/data/upload")
        page.set_input_files("#f-upload", str(file))
        page.click("button:has-text('Проверить файл')")
        page.wait_for_load_state()
        violations = Axe().run(page)["violations"]
        assert [(name, one["id"], one["nodes"][0]["html"]) for one in violations] == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (name, wide) == (name, 0)


def test_file_is_loaded_beside_the_page(
    open_page: OpenPage, workspace: Workspace, settings: Any, tmp_path: Any
) -> None:
    settings.WORK_IMMEDIATELY = False
    file = tmp_path / "leads.csv"
    file.write_text("lead_id,created_at\nA1,2026-11-02T10:00:00+00:00\n", "utf-8")
    page = open_page(name="charlie")
    page.goto("/data/upload")
    page.set_input_files("#f-upload", str(file))
    page.click("button:has-text('Проверить файл')")
    page.click("button:has-text('Загрузить в данные')")
    page.wait_for_selector("text=Ждём очереди")
    with working(Background(workspace)):
        page.wait_for_selector("text=Данные обновлены, версия 1.", timeout=60_000)
