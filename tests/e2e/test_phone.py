"""What a founder presses and reads on a phone: nothing of it lies beyond the edge or under a fingertip's size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from smarketing.web.reports import reading
from tests.support.memory import at

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
NEWEST = reading.newest
CLIENTS = """client_id,name,phone
c1,Общество «Площадки для детей и взрослых»,+7 916 123-45-67
c2,Площадки для детей и взрослых,89161234567
"""
LEADS = """lead_id,created_at,client_id
A1,2026-11-02T10:00:00+00:00,c1
A2,2026-11-03T10:00:00+00:00,c2
A3,2026-13-45 10:00,c2
"""
# What is pressed, without links inside a sentence or a table's figures.
SMALL = """() => [...document.querySelectorAll(
  'main .btn, main .seg a, main select, main .walk a, main .chips a, #side a, #side summary')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height > 0)
  .filter(one => one.getBoundingClientRect().height < 40).map(one => one.outerHTML.slice(0, 120))"""
BEYOND = """() => [...document.querySelectorAll('main .btn, main td, main th')]
  .filter(one => one.checkVisibility() && !one.closest('thead'))
  .filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.textContent.trim())"""


@pytest.fixture
def loaded(workspace: Workspace, facts: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Workspace:
    """Two cards of one phone and a row in quarantine, read from the lake itself."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (folder / "leads.csv").write_text(LEADS, encoding="utf-8")
    load(workspace, [folder], known_until=at("2026-11-20 18:00"))
    monkeypatch.setattr(reading, "newest", NEWEST)
    return workspace


@pytest.mark.parametrize("address", ["/duplicates", "/data/quarantine", "/data", "/people"])
def test_decisions_and_reasons_stand_within_the_phone(
    loaded: Workspace, open_page: OpenPage, address: str
) -> None:
    page = open_page(width=390, name="charlie")
    page.goto(address)
    assert page.locator("table.as-cards tbody tr").count() >= 1
    assert page.evaluate(BEYOND) == []
    page.set_viewport_size({"width": 1440, "height": 900})  # a desk has the table itself
    assert page.evaluate("getComputedStyle(document.querySelector('table.as-cards')).display") == "table"


def test_what_is_pressed_is_as_high_as_a_fingertip(june: None, open_page: OpenPage) -> None:
    page = open_page(width=390)
    for address in ("/?month=2026-06&compare=prev", "/diagnosis", "/analytics", "/funnel", "/qualification"):
        page.goto(address)
        assert (address, page.evaluate(SMALL)) == (address, [])


def test_phone_leads_from_the_conclusion_to_what_stands_below(june: None, open_page: OpenPage) -> None:
    """Three questions of the worked example; at a desk everything is in sight and the line is not shown."""
    page = open_page(width=390)
    page.goto("/?month=2026-06")
    page.locator(".jumps a", has_text="Вопросы: 3").click()
    assert page.url.endswith("#cause-volume")
    assert page.locator("#cause-volume .ask").is_visible()
    page.locator(".jumps a", has_text="Показатели").click()
    assert page.url.endswith("#z1")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert not page.locator(".jumps").is_visible()


def test_long_value_in_an_address_stays_within_the_phone(open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto(f"/analytics?segment={'x' * 300}")
    assert page.locator(".chips a").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_question_to_a_head_has_the_whole_width_of_the_phone(june: None, open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto("/?month=2026-06")
    text, button = page.locator(".ask p").first.bounding_box(), page.locator(".ask .btn").first.bounding_box()
    assert text is not None and button is not None
    assert text["width"] > 260
    assert button["y"] >= text["y"] + text["height"]
