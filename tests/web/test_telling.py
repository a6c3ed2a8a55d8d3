"""The prose behind a figure is one click away, in the reader's language, and its links stay inside the product."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smarketing.web.documents import DOCS, pages
from smarketing.web.reports.telling import told

SignIn = Callable[..., Client]


@pytest.mark.parametrize("page", sorted(pages()))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_document_opens_in_both_languages(facts: Any, signed_in: SignIn, page: str, language: str) -> None:
    client = signed_in()
    client.cookies["language"] = language
    answer = client.get(f"/how/{page}")
    text = answer.content.decode()
    assert answer.status_code == 200
    links = set(re.findall(r'href="(/how/[^"#]+)', text))
    assert links <= {f"/how/{name}" for name in pages()}


@pytest.mark.parametrize("page", ["/", "/funnel", "/analytics", "/diagnosis", "/focus", "/qualification", "/plan"])
def test_pages_lead_to_how_their_figures_come_about(facts: Any, signed_in: SignIn, page: str) -> None:
    links = re.findall(r'href="(/how/[^"]+)"', signed_in().get(page).content.decode())
    assert links
    assert {signed_in().get(link).status_code for link in links} == {200}


def test_document_that_is_not_there_is_not_found(facts: Any, signed_in: SignIn) -> None:
    assert signed_in().get("/how/secrets").status_code == 404


def test_links_outside_the_product_are_plain_words_and_markup_is_not_trusted() -> None:
    title, body = told("# T\n\n[code](../../src/x.py) [plan](../guide/plan.md#a) <script>x</script>\n", "en")
    assert title == "T"
    assert 'href="/how/plan"' in body
    assert "src/x.py" not in body
    assert "<script>" not in body


def test_documents_of_the_repository_are_found() -> None:
    assert DOCS.is_dir()
    assert {"verdict", "forecast", "reading-the-verdict"} <= set(pages())
