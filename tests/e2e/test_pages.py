"""What only a browser can tell: accessibility, room on a phone, the keyboard, the policy of content at work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/", "/?compare=prev", "/analytics?by=segment&by=lead_source", "/funnel", "/funnel?compare=prev&losses=shares",
    "/funnel?segment=dealers&against=private", "/plan/figure?what=target&month=2026-11", "/data/quarantine",
    "/qualification?compare=prev&draft=1", "/records", "/metrics", "/data", "/account",
    "/diagnosis?beside=sources&had=mix", "/focus?compare=prev", "/reconciliation", "/customers",
    "/response?by=segment&compare=prev",
)  # fmt: skip
OpenPage = Callable[..., Page]


def troubles(page: Page) -> list[str]:
    """What the browser complains of from now on: a broken policy, a script's error, a missing file."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(open_page: OpenPage, theme: str) -> None:
    page = open_page(theme=theme)
    seen = troubles(page)
    for address in PAGES:
        page.goto(address)
        violations = Axe().run(page)["violations"]
        assert [(address, one["id"], one["nodes"][0]["html"]) for one in violations] == []
    assert seen == []


@pytest.mark.parametrize(
    ("theme", "device"), [("light", "dark"), ("dark", "light"), (None, "light"), (None, "dark")]
)
def test_every_shade_of_the_heat_map_can_be_read(
    every_shade: None, open_page: OpenPage, theme: str | None, device: str
) -> None:
    """In both themes, chosen by a press or by the device."""
    page = open_page(theme=theme, device=device)
    for address in ("/funnel", "/funnel?compare=prev", "/funnel?losses=shares&compare=prev", "/?compare=prev"):
        page.goto(address)
        if address.startswith("/funnel"):
            assert page.evaluate("[1,2,3,4,5].every(n => document.querySelector('.hm td.h' + n))")
        violations = Axe().run(page)["violations"]
        assert [(address, one["id"], one["nodes"][0]["html"]) for one in violations] == []


def test_axe_finds_nothing_at_the_door_and_for_an_administrator(open_page: OpenPage) -> None:
    door = open_page(name=None)
    door.goto("/sign-in")
    assert Axe().run(door)["violations"] == []
    page = open_page(name="charlie", language="en")
    for address in ("/people", "/people/new", "/data/upload", "/audit", "/no-such-page"):
        page.goto(address)
        assert [(address, one["id"]) for one in Axe().run(page)["violations"]] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_page_scrolls_sideways_on_a_phone(open_page: OpenPage, language: str) -> None:
    page = open_page(width=390, language=language)
    for address in (*PAGES, "/sign-in"):
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wide) == (address, 0)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_economics_fits_a_desk_without_scrolling(open_page: OpenPage, language: str) -> None:
    page = open_page(language=language)
    page.goto("/analytics")
    wide = page.evaluate("(s => s.scrollWidth - s.clientWidth)(document.querySelector('.scroll'))")
    assert wide == 0


def test_keyboard_reaches_the_content_first(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/analytics")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_theme_turns_at_once_and_stays(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/metrics")
    page.locator(".side-foot [data-theme-button]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_tree_opens_and_closes_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/analytics?by=segment&by=lead_source")
    row = page.locator("button[data-tree]").first
    kids = page.locator(f"tr.kid[data-parent='{row.get_attribute('data-tree')}']")
    assert (row.get_attribute("aria-expanded"), kids.first.is_visible()) == ("false", False)
    row.focus()
    page.keyboard.press("Enter")
    assert (row.get_attribute("aria-expanded"), kids.first.is_visible()) == ("true", True)


def test_period_is_picked_without_a_script(open_page: OpenPage) -> None:
    page = open_page(script=False)
    page.goto("/analytics")
    assert page.locator("tr.kid").first.is_visible()
    page.locator("details.pop > summary").first.click()
    page.fill("#p-from", "2026-10-01")
    page.fill("#p-to", "2026-10-31")
    page.locator("details.pop[open] button[type=submit]").click()
    assert "1–31 октября" in page.inner_text("main") or "октябрь 2026" in page.inner_text("main")
    assert "from=2026-10-01" in page.url


def test_question_changes_in_place_and_the_address_with_it(open_page: OpenPage) -> None:
    page = open_page()
    seen = troubles(page)
    page.goto("/analytics?by=segment")
    page.evaluate("window.stayed = true")
    page.locator("nav.seg a", has_text="Менеджер").click()
    page.wait_for_url("**/analytics?by=manager*")
    page.wait_for_selector("th:has-text('Анна')")
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("details.pop > summary").first.click()
    page.locator("details.pop[open] .links a", has_text="Прошлый месяц").click()
    page.wait_for_url("**month=2026-10*")
    assert "month=2026-10" in (page.get_attribute("#side a[href^='/funnel']", "href") or "")
    assert seen == []


def test_figure_leads_to_its_definition_and_its_records(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto("/analytics?by=lead_source")
    page.locator("thead a.def").first.click()
    assert page.url.endswith("/metrics#spend")
    page.go_back()
    page.locator("tfoot a.fig").nth(1).click()
    assert "Records behind the figure: 11." in page.inner_text("main").replace("\u00a0", " ")


def test_pages_are_drawn_for_the_eye(open_page: OpenPage, tmp_path: Path) -> None:
    """Pictures for a person to look at, under pytest's own folder; an empty one would be a page that failed."""
    for width, theme, language in ((1440, "light", "ru"), (390, "dark", "en")):
        page = open_page(width=width, theme=theme, language=language)
        for number, address in enumerate(PAGES):
            page.goto(address)
            picture = tmp_path / f"{number}-{width}-{theme}-{language}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 10_000


def test_evidence_and_questions_are_reached_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    seen = troubles(page)
    page.goto("/diagnosis")
    page.locator(".walk a").nth(4).focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#step-execution")
    page.locator("#step-execution .ev a.fig").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/records?*")
    page.goto("/diagnosis")
    page.locator(".circle a").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#step-zones")
    assert seen == []


def test_question_folds_when_it_was_asked_and_takes_its_answer(june: None, open_page: OpenPage) -> None:
    """By the keyboard alone, in both themes, on the desk and on a phone; axe looks at the open line."""
    for width, theme in ((1440, "light"), (390, "dark")):
        page = open_page(width=width, theme=theme)
        seen = troubles(page)
        page.goto("/?month=2026-06")
        before = page.locator("details.asked").count()
        page.locator(".ask button").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".banner.ok")
        assert page.locator("details.asked").count() == before + 1
        page.locator("details.asked summary").last.focus()
        page.keyboard.press("Enter")
        page.locator("details.asked input[name=answer]").last.fill("Двое в отпуске")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Ответ записан")
        page.locator("details.asked summary").last.click()
        assert "Двое в отпуске" in page.locator("details.asked").last.inner_text()
        assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page)["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        assert seen == []


def test_phone_shows_the_waterfall_and_the_questions_before_the_figures(june: None, open_page: OpenPage) -> None:
    for width, first in ((390, True), (1440, False)):
        page = open_page(width=width)
        page.goto("/?month=2026-06")
        waterfall, figures = (page.locator(place).bounding_box() for place in (".v-chart", ".first .strip"))
        assert waterfall is not None
        assert figures is not None
        assert (waterfall["y"] < figures["y"]) is first
