from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from smarketing.connectors.files.mapping import shipped
from smarketing.facts.company import Company, parse_company
from smarketing.facts.errors import WrongState
from smarketing.jobs.workspace import Workspace

FULL = {
    "name": 'ООО "Игро\\град"\nи дети',
    "currency": "EUR",
    "working_hours": {"days": [1, 2], "opens": "10:00", "closes": "19:30", "days_off": ["2026-11-04"]},
    "stages": [
        {"key": "new", "name": {"ru": "Новый", "en": "New"}, "sla_minutes": 60, "checklist": ["Спросить адрес"]},
        {"key": "won", "name": {"ru": "Продажа", "en": "Sale"}, "milestone": "won", "aliases": ["Успех"]},
    ],
    "segments": [{"key": "dealers", "name": {"ru": "Дилеры", "en": "Dealers"}, "focus": True}],
    "seller_quality": {"A - High": "target", "Ё": "unknown"},
    "accountable": {"cr": "joint"},
    "guardrails": [{"metric": "cpl", "limit": "1500.50"}],
    "rates": {"USD": "91.7", "CNY": [{"since": "2026-01-01", "rate": "100.5"}]},
    "vat": [{"since": "2026-01-01", "rate": "0.22"}],
    "verdict": {"ripe_share": "0.75"},
    "criteria": [
        {
            "version": "1",
            "valid_from": "2026-01-01",
            "rules": [
                {
                    "key": "small",
                    "name": {"ru": "Мелкий", "en": "Small"},
                    "verdict": "non_target",
                    "when": [
                        {"field": "amount", "op": "below", "value": 100000},
                        {"field": "region", "op": "in", "value": ["Омск", "Пермь"]},
                        {"field": "segment", "op": "filled"},
                    ],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize(
    "company",
    [Company(), parse_company(FULL), *(parse_company(mapping.company) for mapping in shipped().values())],
)
def test_settings_written_and_read_back_are_equal(tmp_path: Path, company: Company) -> None:
    workspace = Workspace.init(tmp_path / "дом", company)
    assert workspace.company == company
    workspace.write_company(workspace.company)
    assert workspace.company == company


def test_a_new_workspace_explains_itself_in_both_languages(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    text = workspace.company_path.read_text(encoding="utf-8")
    assert "# Часовой пояс, в котором считаются дни.\n# The time zone in which days are counted.\nzone =" in text
    assert "# [[stages]]" in text
    folders = (workspace.lake_path, workspace.quarantine_path, workspace.uploads_path, workspace.mappings_path)
    assert all(folder.is_dir() for folder in folders)


def test_a_workspace_is_not_made_twice(tmp_path: Path) -> None:
    Workspace.init(tmp_path)
    with pytest.raises(WrongState) as caught:
        Workspace.init(tmp_path)
    assert caught.value.code == "workspace-exists"


def test_money_in_settings_keeps_its_digits(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path, parse_company(FULL))
    assert workspace.company.rates["USD"] == Decimal("91.7")
    assert workspace.company.rate("CNY", date(2026, 5, 1)) == Decimal("100.5")
    assert workspace.company.guardrails[0].limit == Decimal("1500.50")
