"""The written dictionary says what the catalogue says."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.facts.language import LANGUAGES, Language
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.docs import FILES, page, write

FOLDER = Path(__file__).parents[2] / "docs" / "metrics"


@pytest.mark.parametrize("language", LANGUAGES)
def test_written_dictionary_is_current(language: Language) -> None:
    written = (FOLDER / FILES[language]).read_text(encoding="utf-8")

    assert written == page(language), "run: python -m smarketing.metrics.docs docs/metrics"


@pytest.mark.parametrize("language", LANGUAGES)
def test_dictionary_has_every_key_once(language: Language) -> None:
    text = page(language)

    assert [key for key in METRICS if text.count(f'<a id="{key}"></a>') != 1] == []


def test_write_makes_both_files(tmp_path: Path) -> None:
    assert [path.name for path in write(tmp_path / "metrics")] == ["README.ru.md", "README.md"]
    assert (tmp_path / "metrics" / "README.ru.md").read_text(encoding="utf-8").startswith("# Словарь метрик\n")
