"""What a person sees when an answer does not come: a refusal is a page, silence a line, neither is swallowed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


def test_reversed_days_of_the_picker_are_answered_with_a_sentence(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/analytics")
    page.locator("details.pop > summary").first.click()
    page.fill("#p-from", "2026-11-20")
    page.fill("#p-to", "2026-10-01")
    page.locator("details.pop[open] button[type=submit]").click()
    page.wait_for_selector("text=начало должно быть раньше конца")
    page.go_back()
    page.wait_for_selector("h1:has-text('Сквозная аналитика')")


@pytest.mark.parametrize("width", [1440, 390])
def test_silent_server_is_said_until_it_answers_again(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width, language="en")
    page.goto("/analytics?by=segment")
    line = page.get_by_role("alert").filter(has_text="The server did not answer")
    assert not line.is_visible()
    page.context.set_offline(True)
    page.locator("nav.seg a", has_text="Manager").click()
    line.wait_for(state="visible")
    assert Axe().run(page)["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.context.set_offline(False)
    page.locator("nav.seg a", has_text="Manager").click()
    page.wait_for_url("**/analytics?by=manager*")
    line.wait_for(state="hidden")
