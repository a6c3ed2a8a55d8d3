"""Is everything a reader of the product needs told in both languages?"""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import DOCS, ROOT, blocks, headings, name_of

ENGLISH_ONLY = {"docs/reference/json.md", "docs/reference/mapping.md", "docs/reference/environment.md"}
TWINNED = sorted(
    page
    for folder in ("guide", "how-computed", "reference", "metrics")
    for page in (DOCS / folder).glob("*.md")
    if not page.name.endswith(".ru.md") and name_of(page) not in ENGLISH_ONLY
)
PAIRS = [ROOT / "README.md", *TWINNED]


def twin(page):
    return page.with_name(page.name.removesuffix(".md") + ".ru.md")


def test_every_russian_page_has_its_english_one():
    alone = [
        name_of(page)
        for page in DOCS.rglob("*.ru.md")
        if not (page.parent / page.name.replace(".ru", "")).exists()
    ]
    assert alone == []


@pytest.mark.parametrize("page", PAIRS, ids=name_of)
def test_page_has_its_russian_twin(page):
    assert twin(page).exists()
    assert (
        len(re.findall("[а-яё]", twin(page).read_text("utf-8")))
        > len(re.findall("[a-z]", page.read_text("utf-8"))) / 10
    )


@pytest.mark.parametrize("page", PAIRS, ids=name_of)
def test_twins_have_the_same_sections(page):
    ours, theirs = page.read_text("utf-8"), twin(page).read_text("utf-8")
    assert len(headings(ours)) == len(headings(theirs))


@pytest.mark.parametrize("page", PAIRS, ids=name_of)
def test_twins_show_the_same_commands(page):
    def commands(text):
        return [block.text.replace("'Пароль: '", "'Password: '") for block in blocks(text)]

    assert commands(page.read_text("utf-8")) == commands(twin(page).read_text("utf-8"))
