"""``smarketing show required``: the fresh stage needs a source; lead 4 of Иван came without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from smarketing.cli.main import app
from tests.cli.conftest import COMPANY


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    needs = 'key = "fresh"\nrequired_fields = ["lead_source"]\nrequired_in = { "Опт" = [] }\n'
    (home / "company.toml").write_text(COMPANY.replace('key = "fresh"\n', needs), encoding="utf-8")
    run("load", str(facts))
    return home


def test_rows_carry_keys_to_drill_by_and_names_to_read(loaded: Path) -> None:
    told = json.loads(run("show", "required", "--by", "manager", "--format", "json").stdout)
    assert told["by"] == ["stage", "field", "manager"]
    assert [(row["keys"], row["figures"]["lacking_leads"]["value"]) for row in told["rows"]] == [
        ({"stage": "fresh", "field": "lead_source", "manager": "Анна"}, 0),
        ({"stage": "fresh", "field": "lead_source", "manager": "Иван"}, 1),
    ]
    assert told["rows"][0]["labels"] == {"stage": "Новый", "field": "источник", "manager": "Анна"}
    assert told["total"]["lacking_share"]["value"] == 0.25  # one of four


def test_cards_tell_the_move_in_the_terminal_and_as_json(loaded: Path) -> None:
    told = json.loads(run("show", "required", "--cards", "--format", "json").stdout)
    assert told["cards"] == [
        {
            "lead_id": "4", "url": None, "manager": "Иван", "pipeline": None, "stage": "fresh",
            "stage_name": "Новый", "fields": ["lead_source"], "field_names": ["источник"],
            "moved_at": "2026-10-04T07:00:00+00:00",
            "stands": True, "outcome": "open",
        }
    ]  # fmt: skip
    shown = " ".join(run("show", "required", "--cards").stdout.split())
    assert "4 Новый источник Иван" in shown
    none = run("show", "required", "--cards", "--where", "manager=Анна")
    assert "Карточек без обязательных полей нет." in none.stdout


def test_cards_of_another_measurement_are_refused(loaded: Path) -> None:
    refused = run("show", "funnel", "--cards")
    assert (refused.exit_code, "--cards есть только у show required" in refused.output) == (2, True)
    assert run("show", "required", "--cards", "--format", "csv").exit_code == 2


def test_pipelines_of_a_stage_survive_config_export(loaded: Path, tmp_path: Path) -> None:
    out = tmp_path / "company.toml"
    assert run("config", "export", str(out)).exit_code == 0
    assert 'required_in = { "Опт" = [] }' in out.read_text(encoding="utf-8")
    assert "required_in = {}" not in out.read_text(encoding="utf-8")
    assert run("config", "apply", str(out), "--check").exit_code == 0


def test_settings_that_require_an_unknown_field_are_not_applied(loaded: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    before = (loaded / "company.toml").read_text(encoding="utf-8")
    new.write_text(before.replace('["lead_source"]', '["lead_sourse"]'), encoding="utf-8")
    refused = run("config", "apply", str(new))
    assert (refused.exit_code, "«lead_source»" in refused.output) == (2, True)
    assert (loaded / "company.toml").read_text(encoding="utf-8") == before
