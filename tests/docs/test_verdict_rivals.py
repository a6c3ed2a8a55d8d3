"""Are the favourite orders and the counterfactual of the page those that the product computes?"""

from __future__ import annotations

import pytest

from smarketing.analyses.verdict import Cause, had, rival_splits
from smarketing.analyses.verdict.result import CAUSE_NAMES
from tests.analyses.test_verdict import judge
from tests.docs.pages import read, rows, section
from tests.docs.test_verdict_example import whole

PAGES = {
    "en": ("docs/how-computed/verdict.md", "The favourite orders", "Had it been as planned"),
    "ru": ("docs/how-computed/verdict.ru.md", "Любимые порядки", "Если бы по плану"),
}


@pytest.fixture(scope="module")
def verdict():
    return judge()


@pytest.mark.parametrize("language", PAGES)
def test_table_of_orders_is_that_of_the_product(verdict, language):
    page, heading, _ = PAGES[language]
    told = {cells[0]: cells[1:] for cells in rows(section(read(page), heading))}
    first, second = rival_splits(verdict)
    expected = {
        CAUSE_NAMES[part.cause].say(language).lower(): [
            whole(amount) for amount in (part.effect, first.effects[part.cause], second.effects[part.cause])
        ]
        for part in verdict.parts
        if part.label
    }
    assert told == expected


@pytest.mark.parametrize("language", PAGES)
def test_counterfactual_of_the_page_is_that_of_the_product(verdict, language):
    page, _, heading = PAGES[language]
    said = section(read(page), heading)
    found = had(verdict, [Cause.MIX])
    for amount in (found.revenue, found.change):
        assert whole(amount).removeprefix("+") in said
