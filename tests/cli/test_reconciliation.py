"""``show reconciliation``: ten leads in the report, four in the CRM: the campaign is marked in words."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app

LEADS = "lead_id,created_at,lead_source,campaign\n" + "".join(
    f"{campaign}{number},2026-10-02T10:00:00+00:00,vk,{campaign}\n"
    for campaign, count in (("osen", 4), ("zima", 9))
    for number in range(count)
)
SPEND = """day,lead_source,campaign,cost,reported_leads
2026-10-02,vk,osen,500,10
2026-10-02,vk,zima,500,9
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def loaded(home: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "leads.csv").write_text(LEADS, "utf-8")
    (folder / "ad_spend.csv").write_text(SPEND, "utf-8")
    assert run("load", folder).exit_code == 0
    return home


@pytest.mark.parametrize(
    ("language", "head", "said"), [("ru", "Отметка", "вне допуска"), ("en", "Mark", "out of")]
)
def test_red_row_is_marked_in_words(loaded: Path, language: str, head: str, said: str, monkeypatch):
    monkeypatch.setenv("SMARKETING_LANGUAGE", language)
    shown = run("show", "reconciliation")
    assert shown.exit_code == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert any(head in line for line in lines)
    assert any("osen" in line and said in line for line in lines)  # 4 of 10: six away
    assert not any("zima" in line and said in line for line in lines)


def test_red_row_is_marked_in_json(loaded: Path):
    data = json.loads(run("show", "reconciliation", "--format", "json").stdout)
    marks = {row["keys"]["campaign"]: row["mark"] for row in data["rows"]}
    assert marks == {"osen": {"code": "red", "text": "вне допуска"}, "zima": None}
    assert data["total_mark"]["code"] == "red"  # 13 of 19 in all


def test_red_row_is_marked_in_csv(loaded: Path, tmp_path: Path):
    out = tmp_path / "r.csv"
    assert run("show", "reconciliation", "--format", "csv", "--out", out).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig")), delimiter=";"))
    assert [(row["Кампания"], row["Отметка"]) for row in rows] == [
        ("osen", "вне допуска"), ("zima", ""), ("", "вне допуска")
    ]  # fmt: skip


def test_column_of_marks_is_not_there_where_nothing_is_marked(loaded: Path):
    assert "Отметка" not in run("show", "reconciliation", "--where", "campaign=zima").stdout
    assert "Отметка" not in run("show", "economics").stdout
