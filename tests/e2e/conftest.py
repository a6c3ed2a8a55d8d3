"""A real Chromium over the live server; skipped with a message where none is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from smarketing.web.reports import reading
from tests.analyses import small_company
from tests.analyses import test_questions as playground
from tests.analyses.small_company import lead
from tests.web.conftest import PASSWORD, OneAtATime, cast, facts, quick_hashes, small_facts, workspace

__all__ = ["cast", "facts", "quick_hashes", "small_facts", "workspace"]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# Playwright's synchronous interface runs a loop in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as play:
        try:
            started = play.chromium.launch(executable_path=found, args=list(FLAGS))
        except Error as error:
            pytest.skip(
                f"no Chromium: install it (Debian: apt-get install chromium). {error.message.splitlines()[0]}"
            )
        yield started
        started.close()


@pytest.fixture
def every_shade(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses of ten, seven, five, three and one lead give a cell of each shade; October has them, too."""
    lost = [
        lead(f"{month}{reason}{place}", f"{month}-02 10:00", "yandex", "dealers", lost=f"{month}-05",
             loss_reason=reason)
        for month in ("10", "11")
        for reason, count in (("price", 10), ("silence", 7), ("budget", 5), ("time", 3), ("other", 1))
        for place in range(count)
    ]  # fmt: skip
    found = reading.Facts(OneAtATime(small_company.reader(journeys=(*small_company.LEADS, *lost))))
    monkeypatch.setattr(reading, "newest", lambda: found)


@pytest.fixture
def open_page(browser: Browser, live_server: Any, facts: Any, cast: Any) -> Iterator[Callable[..., Page]]:
    """A browser page with its cookies set, signed in by the keyboard unless told otherwise."""
    contexts = []

    def make(
        *,
        width: int = 1440,
        theme: str | None = "light",
        device: Literal["light", "dark"] = "light",
        language: str = "ru",
        name: str | None = "alice",
        script: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme=device,
        )
        contexts.append(context)
        context.add_cookies(
            [
                {"name": key, "value": value, "url": live_server.url}
                for key, value in (("theme", theme), ("language", language))
                if value
            ]
        )
        page = context.new_page()
        if name:
            sign_in(page, name)
        return page

    yield make
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str) -> None:
    """By the keyboard alone: the first field has the focus."""
    page.goto("/sign-in")
    page.wait_for_function("document.activeElement.id === 'f-username'")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


@pytest.fixture
def june(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The playground maker of methods.md, whose June asks three questions."""
    found = reading.Facts(OneAtATime(playground.reader()))
    monkeypatch.setattr(reading, "newest", lambda: found)
