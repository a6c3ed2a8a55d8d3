"""Is every metric of the catalogue in both pages of metrics, and every measurement told how it is computed?"""

from __future__ import annotations

import pytest

from smarketing.metrics.catalogue import METRICS
from tests.docs.pages import read, words


@pytest.mark.parametrize("page", ["docs/metrics/README.md", "docs/metrics/README.ru.md"])
def test_every_metric_is_documented(page):
    text = read(page)
    assert set(METRICS) <= {word.strip("[]`") for word in words(text)}


@pytest.mark.parametrize("page", ["docs/guide/first-data.md", "docs/guide/first-data.ru.md"])
def test_plan_of_the_guide_holds_the_factors_of_the_verdict(page):
    from smarketing.analyses.verdict.plan import FACTORS

    lines = [line.split(",") for line in read(page).splitlines() if line.startswith("2026-11,")]
    assert tuple(line[1] for line in lines) == FACTORS
