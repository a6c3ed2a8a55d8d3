from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smarketing.connectors.files.folders import fact_mapping, table_named
from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.mapping import Mapping
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company, parse_company

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)

STAGES = [
    {"key": "new", "name": {"ru": "Новый", "en": "New"}},
    {"key": "accepted", "name": {"ru": "Принят", "en": "Accepted"}, "milestone": "accepted"},
    {"key": "won", "name": {"ru": "Оплачено", "en": "Paid"}, "milestone": "won", "aliases": ["Успех"]},
    {"key": "lost", "name": {"ru": "Отказ", "en": "Lost"}, "milestone": "lost"},
]


@pytest.fixture
def company() -> Company:
    return parse_company({"stages": STAGES, "zone": "Europe/Moscow", "rates": {"EUR": 100}})


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with Workbench() as bench:
        yield bench


Sift = Callable[..., Reading]


@pytest.fixture
def sift(bench: Workbench, company: Company, tmp_path: Path) -> Sift:
    """Write files and sift them: by a mapping, or as our own facts by their names."""

    def run(mapping: Mapping | None = None, *, by: Company | None = None, **texts: str) -> Reading:
        intake = Intake(bench, by or company, NOW)
        for name, text in texts.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            sheet = bench.read(path, hints=mapping.file.hints if mapping else None)
            used = mapping or fact_mapping(str(table_named(path.name)), sheet.headings)
            assert used is not None
            intake.add(sheet, used)
        return intake.finish()

    return run
