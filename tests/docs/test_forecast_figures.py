"""Are the figures of the forecast's page those that the demo company gives today, alike in both languages?"""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.analyses.forecast import Forecast, Method
from smarketing.jobs.demo import make_demo
from smarketing.jobs.forecasting import forecast_of
from smarketing.jobs.workspace import Workspace
from tests.docs.pages import read, rows, section

PAGES = {
    "en": ("docs/how-computed/forecast.md", "The test on past months", "all"),
    "ru": ("docs/how-computed/forecast.ru.md", "Проверка на прошлых месяцах", "все"),
}
METHODS = {
    "model": Method.MODEL, "run-rate": Method.RUN_RATE, "same month last year": Method.LAST_YEAR,
    "the plan itself": Method.PLAN, "модель": Method.MODEL, "темп месяца": Method.RUN_RATE,
    "тот же месяц год назад": Method.LAST_YEAR, "сам план": Method.PLAN,
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    root: Path = tmp_path_factory.mktemp("demo") / "w"
    make_demo(root)
    workspace = Workspace(root)
    with workspace.lake.open() as reader:
        return forecast_of(workspace, reader)


def told(language: str) -> dict[tuple[int, Method], list[str]]:
    """Figures of the table by day (0: all) and method."""
    page, heading, every = PAGES[language]
    table = section(read(page), heading)
    return {
        (0 if cells[0] == every else int(cells[0]), METHODS[cells[1]]): cells[2:]
        for cells in rows(table)
        if cells[1] in METHODS
    }


@pytest.mark.parametrize("language", PAGES)
def test_figures_on_the_page_are_the_measured_ones(demo: Forecast, language: str):
    page = told(language)
    measured = {(cut.cut, score.method): score for cut in demo.tested for score in cut.scores}
    assert {key for key in measured if key[0] == 0 or key[1] in (Method.MODEL, Method.RUN_RATE)} == set(page)
    for key, (n, error, pinball, crps, held) in page.items():
        score = measured[key]
        assert int(n) == score.n
        for said, value in ((error, score.error), (pinball, score.pinball), (crps, score.crps)):
            assert float(said.replace(",", ".")) == pytest.approx(value / 1e6, abs=0.0051), key
        assert held.split(" ")[0] == ("–" if score.covered is None else str(score.covered)), key


def test_the_demo_is_foretold_by_the_model_and_misses_its_plan(demo: Forecast):
    assert (demo.method, len(demo.months_tested)) == (Method.MODEL, 14)
    assert demo.value is not None
    assert demo.plan is not None
    assert sum(demo.part(name) or 0 for name in ("booked", "open", "to_come", "later")) == demo.value < demo.plan
    assert demo.chance is not None
    assert demo.chance <= 0.2
