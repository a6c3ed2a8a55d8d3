"""Does the way that the guide describes lead where it says, with the very examples of the documents?"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from smarketing.cli.main import app
from smarketing.jobs.answers import ANSWERS
from tests.docs.pages import blocks, read

# In the words of the mapping of docs/reference/mapping.md; the last row has no 33 November.
DEALS = """ID;Стадия;Дата создания;Источник;Сумма;Дата изменения
1;Новая заявка;01.11.2026 10:00;yandex;10 000,50;01.11.2026 10:00
2;Договор подписан;02.11.2026 11:00;VK;20 000,00;04.11.2026 12:00
3;Договор подписан;33.11.2026 11:00;VK;20 000,00;05.11.2026 12:00
"""


def example(page: str, language: str) -> str:
    (text,) = [block.text for block in blocks(read(page)) if block.language == language]
    return text


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMARKETING_LANGUAGE", "en")
    monkeypatch.setenv("SMARKETING_HOME", "company")
    runner = CliRunner()

    def smarketing(line: str, code: int = 0) -> str:
        result = runner.invoke(app, line.split())
        assert result.exit_code == code, result.output
        return result.output

    return smarketing


@pytest.fixture
def workspace(tmp_path, run):
    run("init company")
    home = tmp_path / "company"
    with (home / "company.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + example("docs/guide/first-data.md", "toml"))
    (home / "mappings" / "deals.toml").write_text(example("docs/reference/mapping.md", "toml"), encoding="utf-8")
    (tmp_path / "deals.csv").write_text(DEALS, encoding="cp1251")
    (tmp_path / "plans.csv").write_text(example("docs/guide/first-data.md", "csv"), encoding="utf-8")
    return home


def test_check_writes_nothing(workspace, run):
    before = sorted(path for path in workspace.rglob("*") if path.is_file())
    assert "check" in run("load deals.csv --check", code=1)
    assert sorted(path for path in workspace.rglob("*") if path.is_file()) == before


def test_load_takes_what_is_right_and_sets_the_rest_aside(workspace, run):
    said = run("load deals.csv", code=1)
    assert "33.11.2026" in said
    figures = json.loads(run("show economics --by lead_source --format json"))
    assert figures["total"]["leads"]["value"] == 2
    assert [row["keys"]["lead_source"] for row in figures["rows"]] == ["VK", "Яндекс Директ"]


def test_loading_again_changes_nothing(workspace, run):
    run("load deals.csv", code=1)
    version = json.loads(run("show funnel --format json"))["lake_version"]
    run("load deals.csv", code=1)
    assert json.loads(run("show funnel --format json"))["lake_version"] == version == 1


def test_every_measurement_answers(workspace, run):
    run("load deals.csv", code=1)
    for what in ANSWERS:
        assert json.loads(run(f"show {what} --format json"))["lake_version"] == 1


def test_plan_of_the_guide_makes_a_verdict(workspace, run):
    run("load deals.csv", code=1)
    assert json.loads(run("verdict --month 2026-11 --format json"))["state"] == "no_plan"
    run("load plans.csv")
    found = json.loads(run("verdict --month 2026-11 --format json"))
    assert (found["state"], found["plan_kind"], found["full_plan"]) == ("judged", "given", "5670000.00")


def test_doctor_names_what_is_missing(workspace, run):
    said = run("doctor")
    assert "deal" in said  # the guide's stages carry no milestone of this name
    assert "criteria" in said


def test_wrong_call_is_one_sentence_and_code_2(workspace, run):
    said = run("show economcs", code=2)
    assert "Traceback" not in said
