"""Is the page about the tables of facts the one that the tables themselves write?"""

from __future__ import annotations

import pytest

from smarketing.facts.docs import PAGES, page, write
from smarketing.facts.language import LANGUAGES
from smarketing.facts.tables import TABLES
from smarketing.lake.journeys import FAILED_RESULTS, RESPONSE_KINDS
from tests.docs.pages import first_words, read, section, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_current(language):
    hint = "run: python -m smarketing.facts.docs docs/reference"
    assert read(f"docs/reference/{PAGES[language]}") == page(language), hint


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_has_its_row(table, language):
    told = section(page(language), f"`{table.name}`: {table.label.say(language)}")
    assert first_words(told) == list(table.names)
    assert set(table.key) <= words(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_decides_a_first_response_is_told(language):
    told = page(language)
    assert [word for word in (*RESPONSE_KINDS, *FAILED_RESULTS) if f"`{word}`" not in told] == []


def test_write_makes_both_pages(tmp_path):
    write(tmp_path / "made")
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["facts.md", "facts.ru.md"]
