"""Does the page about calibration tell every scene, alike in both languages, and do its figures keep the level?"""

from __future__ import annotations

import pytest

from smarketing.analyses.verdict.calibration import CHANGES, QUIET, SIZES
from smarketing.jobs.calibration import MONTHS
from smarketing.stats.uncertainty import MAX_P
from tests.docs.pages import read, rows, section

PAGES = {
    "en": ("docs/how-computed/calibration.md", "Nothing changed", "One cause planted", "Do the intervals hold"),
    "ru": (
        "docs/how-computed/calibration.ru.md",
        "Ничего не изменилось",
        "Заложена одна причина",
        "Верны ли интервалы",
    ),
}


def shares(text: str) -> list[list[float]]:
    """Every share of a table, row by row."""
    return [
        [float(cell.removesuffix(" %").replace(",", ".")) / 100 for cell in cells[1:] if cell.endswith(" %")]
        for cells in rows(text)
    ]


def table(language: str, place: int) -> str:
    page, *heading = PAGES[language]
    return section(read(page), heading[place])


@pytest.mark.parametrize("language", PAGES)
def test_quiet_months_of_every_way_of_planning_keep_the_level(language):
    told = shares(table(language, 0))
    assert [len(row) for row in told] == [len(SIZES) + 1] * len(QUIET)
    error = (MAX_P * (1 - MAX_P) / MONTHS) ** 0.5
    assert max(share for row in told for share in row) <= MAX_P + 2 * error
    for *sizes, together in told:
        assert together == pytest.approx(sum(sizes) / len(sizes), abs=0.001)
        assert together <= MAX_P


@pytest.mark.parametrize("language", PAGES)
def test_every_planted_cause_is_told_at_every_size(language):
    assert len(list(rows(table(language, 1)))) == len(CHANGES) * len(SIZES)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_figures_are_the_same_in_both_languages(place):
    ours, theirs = (shares(table(language, place)) for language in ("en", "ru"))
    assert ours == theirs
