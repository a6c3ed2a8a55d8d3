"""The commands as a person types them: what is printed, what is written, with which exit code they end."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    assert run("load", facts).exit_code == 1  # one row is set aside
    return home


def test_init_makes_a_workspace_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMARKETING_LANGUAGE", "ru")
    assert run("init", tmp_path / "new").exit_code == 0
    assert (tmp_path / "new" / "company.toml").exists()
    again = run("init", tmp_path / "new")
    assert again.exit_code == 2
    assert "уже есть company.toml" in " ".join(again.stderr.split())


def test_load_tells_what_was_received_accepted_and_set_aside(home: Path, facts: Path):
    done = run("load", facts)
    assert done.exit_code == 1
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["лиды", "5", "4", "1", "0"] in lines
    assert "Пусто обязательное поле «lead_id»." in done.stdout
    assert "Загружено: версия 1." in done.stdout


def test_load_twice_changes_nothing(loaded: Path, facts: Path):
    again = run("load", facts)
    assert "Эти файлы уже загружены, ничего не изменилось: версия 1." in again.stdout


def test_load_check_writes_nothing(home: Path, facts: Path):
    checked = run("load", "--check", facts)
    assert "Ничего не записано: это была проверка." in checked.stdout
    assert not list((home / "lake").glob("**/*.parquet"))


def test_a_check_prints_what_is_no_data_and_settings_as_they_are_called(home: Path, tmp_path: Path):
    report = tmp_path / "report.csv"
    report.write_text(
        "Campaign report\nNovember 1\nDay,Campaign,Currency code,Impr.,Cost,Notes [all]\n"
        "2026-11-01,Brand,AUD,10,5.00,x\nTotal: Account,--,AUD,10,5.00,x\n",
        encoding="utf-8",
    )
    said = " ".join(run("load", "--check", report).stdout.split())
    assert "не данные: Campaign report; November 1; Total: Account" in said
    assert "Notes [all]" in said
    assert "добавьте его в раздел [rates]" in said


def test_load_of_a_missing_file_is_a_sentence_not_a_traceback(home: Path):
    missing = run("load", home / "no.csv")
    assert missing.exit_code == 2
    assert "no.csv" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_show_json_carries_the_parts_of_every_figure(loaded: Path):
    shown = run("show", "economics", "--format", "json")
    assert shown.exit_code == 0
    data = json.loads(shown.stdout)
    assert data["contract"] == "smarketing.measurement"
    rows = {row["keys"]["lead_source"]: row for row in data["rows"]}
    assert set(rows) == {"Директ", "Выставка", None}
    total = data["total"]
    assert total["leads"]["value"] == 4
    assert (total["lead_to_sale_cr"]["numerator"], total["lead_to_sale_cr"]["denominator"]) == (2, 4)
    assert float(total["revenue"]["value"]) == 4000.50
    assert total["cpl"]["value"] == 100  # 400 of spend, 4 leads


def test_show_csv_holds_the_figures_of_the_table(loaded: Path):
    shown = run("show", "economics", "--format", "csv")
    rows = list(csv.reader(io.StringIO(shown.stdout.lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == 5  # head, three sources, total
    assert rows[-1][0] == "Всего"
    assert "4" in rows[-1]


def test_show_xlsx_is_a_workbook(loaded: Path, tmp_path: Path):
    from python_calamine import CalamineWorkbook

    book = tmp_path / "table.xlsx"
    assert run("show", "losses", "--format", "xlsx", "--out", book).exit_code == 0
    first = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
    assert any("Дорого" in row for row in first)


@pytest.mark.parametrize("what", ["economics", "funnel", "milestones", "losses", "qualification", "response"])
def test_show_prints_every_measurement(loaded: Path, what: str):
    shown = run("show", what)
    assert shown.exit_code == 0, shown.stderr
    assert "Качели" in shown.stdout


def test_show_explain_prints_the_questions(loaded: Path):
    asked = run("show", "economics", "--explain")
    assert "FROM journeys" in asked.stdout
    assert "FROM spend" in asked.stdout


def test_show_of_a_narrow_terminal_breaks_no_word(loaded: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "60")
    shown = run("show", "economics")
    assert "Директ" in shown.stdout
    assert "Выручка" in shown.stdout


def test_show_as_of_a_version_shows_what_was_known(loaded: Path, facts: Path):
    (facts / "leads.csv").write_text(
        "lead_id,created_at,lead_source\n9,2026-10-07T10:00:00+03:00,Директ\n", encoding="utf-8"
    )
    run("load", facts / "leads.csv")
    now = json.loads(run("show", "economics", "--format", "json").stdout)
    then = json.loads(run("show", "economics", "--format", "json", "--as-of", "1").stdout)
    assert (now["total"]["leads"]["value"], then["total"]["leads"]["value"]) == (5, 4)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "economy"), "Показать «economy» нельзя. Возможно, имелось в виду «economics»."),
        (("show", "economics", "--by", "colour"), "Разреза «colour» нет."),
        (("show", "economics", "--as-of", "вчера"), "«вчера» не версия и не дата: нужен номер или ГГГГ-ММ-ДД."),
        (("verdict", "--month", "ноябрь"), "«ноябрь» не месяц: нужен вид ГГГГ-ММ, например 2026-11."),
        (("verdict", "--format", "csv"), "Вывод показывается как table или json."),
    ],
)
def test_wrong_call_is_one_sentence_and_code_two(loaded: Path, words: tuple[str, ...], sentence: str):
    wrong = run(*words)
    assert wrong.exit_code == 2
    assert sentence in " ".join(wrong.stderr.split())


def test_verdict_without_a_plan_says_so(loaded: Path):
    told = run("verdict", "--month", "2026-10")
    assert told.exit_code == 0
    assert "Сравнить октябрь 2026 не с чем" in told.stdout


def test_verdict_json_sums_to_the_gap(loaded: Path, facts: Path):
    (facts / "plans.csv").write_text(
        "month,metric,value,segment\n"
        "2026-10,leads,6,Дилеры\n2026-10,target_share,1,Дилеры\n2026-10,handled_share,1,Дилеры\n"
        "2026-10,handled_to_sale_cr,0.5,Дилеры\n2026-10,aov,2000,Дилеры\n",
        encoding="utf-8",
    )
    run("load", facts / "plans.csv")
    data = json.loads(run("verdict", "--month", "2026-10", "--format", "json").stdout)
    assert data["contract"] == "smarketing.verdict"
    assert data["state"] == "judged"
    assert sum(round(float(part["effect"]) * 100) for part in data["parts"]) == round(float(data["gap"]) * 100)


def test_doctor_names_what_is_missing(loaded: Path):
    told = run("doctor")
    assert "✓ 4 лида" in told.stdout
    assert "Критерии целевого лида не записаны" in told.stdout
    assert "В карантине 1 строка" in told.stdout


def test_doctor_of_no_workspace_is_red(tmp_path: Path):
    assert run("doctor", "--home", tmp_path).exit_code == 1


def test_user_may_sign_in_after_the_command_only(loaded: Path, monkeypatch: pytest.MonkeyPatch):
    wrong = run("user", "anna", "--role", "boss")
    assert wrong.exit_code == 2
    assert "Роли «boss» нет." in wrong.stderr


def test_serve_of_a_taken_port_says_so(loaded: Path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = run("serve", "--port", str(taken.getsockname()[1]))
    assert told.exit_code == 2
    assert "занят" in told.stderr


@pytest.mark.parametrize("module", ["smarketing", "smarketing.cli.main"])
def test_package_and_module_are_commands_as_well(module: str):
    said = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True, env=_with_source()
    )
    assert said.stdout.startswith("smarketing ")


def _with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_version_is_printed():
    assert run("--version").stdout.startswith("smarketing 0.")
