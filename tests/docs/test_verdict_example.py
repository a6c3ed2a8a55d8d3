"""Are the figures of the worked example those that the product computes?"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest

from smarketing.analyses.verdict.result import CAUSE_NAMES
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.metrics.wording import ZONE_NAMES
from smarketing.stats.uncertainty import DRAWS
from tests.analyses import test_verdict as example
from tests.docs.pages import read, rows, section

PAGES = {
    "en": ("docs/how-computed/verdict.md", "The worked example"),
    "ru": ("docs/how-computed/verdict.ru.md", "Разобранный пример"),
}


@pytest.fixture(scope="module")
def verdict():
    drawn, example.DRAWS = example.DRAWS, DRAWS
    try:
        return example.judge()
    finally:
        example.DRAWS = drawn


def whole(amount: Decimal) -> str:
    rounded = int(amount.quantize(Decimal(1), ROUND_HALF_UP))
    return f"{rounded:+,}".replace(",", " ").replace("-", "−")


def bounds(interval, language) -> str:
    said = " … ".join(f"{bound / 1e6:+.1f}" for bound in (interval.low, interval.high)).replace("-", "−")
    return said.replace(".", ",") if language == "ru" else said


@pytest.mark.parametrize("language", PAGES)
def test_table_of_causes_is_that_of_the_product(verdict, language):
    page, heading = PAGES[language]
    told = {cells[0]: cells[1:] for cells in rows(section(read(page), heading)) if len(cells) == 6}
    causes = [part for part in verdict.parts if part.label]
    expected = {
        CAUSE_NAMES[part.cause].say(language).lower(): [
            whole(part.effect),
            whole(part.by_segment["dealers"]),
            whole(part.by_segment["private"]),
            bounds(part.interval, language),
            LABEL_NAMES[part.label].say(language),
        ]
        for part in causes
    } | {
        ZONE_NAMES[zone.zone].say(language).lower(): [
            whole(zone.effect), "", "", bounds(zone.interval, language), LABEL_NAMES[zone.label].say(language),
        ]
        for zone in verdict.zones
    }  # fmt: skip
    assert {key: cells for key, cells in told.items() if key in expected} == expected


@pytest.mark.parametrize("language", PAGES)
def test_sum_of_the_example_is_the_gap(verdict, language):
    page, heading = PAGES[language]
    said = section(read(page), heading)
    assert whole(verdict.gap) in said
    assert whole(verdict.plan).removeprefix("+") in said
    assert re.search(r"1 в|one month of four|одном месяце из четырёх", said)
    assert 0.2 < (verdict.p_value or 0) < 0.3
