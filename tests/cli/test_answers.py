"""``questions`` and ``diagnose`` as a person types them, and ``show focus``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app
from tests.analyses import test_questions as playground


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    assert run("load", facts).exit_code == 1  # one row is set aside
    return home


def test_questions_of_too_few_sales_ask_nobody(loaded: Path):
    asked = run("questions", "--month", "2026-10")
    assert asked.exit_code == 0, asked.stderr
    assert "Вопросов нет: за пределы случайности не вышла ни одна причина." in asked.stdout


def test_questions_json_is_the_contract(loaded: Path):
    data = json.loads(run("questions", "--month", "2026-10", "--format", "json").stdout)
    assert (data["contract"], data["month"], data["questions"]) == ("smarketing.questions", "2026-10", [])


def test_diagnose_prints_the_six_steps_with_their_states(loaded: Path):
    walked = run("diagnose", "--month", "2026-10")
    assert walked.exit_code == 0, walked.stderr
    assert "1. Зоны ответственности — требует внимания" in walked.stdout
    assert "→ Отметить стадии вехами: по ним проходит передача лида." in walked.stdout
    assert "6. Взаимодействие и результат — пока не оценить" in walked.stdout


def test_diagnose_json_names_what_is_missing(loaded: Path, tmp_path: Path):
    out = tmp_path / "steps.json"
    assert run("diagnose", "--month", "2026-10", "--format", "json", "--out", out).exit_code == 0
    data = json.loads(out.read_text("utf-8"))
    assert data["first_to_mend"] == "zones"
    nurturing = next(step for step in data["steps"] if step["step"] == "nurturing")
    assert nurturing["state"] == "cannot_judge"
    assert "Касания (touches) не загружены." in nurturing["missing"]


def test_without_a_month_it_is_the_last_one_known(loaded: Path):
    assert json.loads(run("diagnose", "--format", "json").stdout)["month"] == "2026-10"


@pytest.mark.parametrize("command", ["questions", "diagnose"])
def test_other_formats_are_refused_in_one_sentence(loaded: Path, command: str):
    wrong = run(command, "--format", "csv")
    assert wrong.exit_code == 2
    assert "Этот ответ показывается как table или json." in " ".join(wrong.stderr.split())


def test_show_focus_says_that_spend_has_no_segments(loaded: Path):
    shown = run("show", "focus")
    assert shown.exit_code == 0, shown.stderr
    assert "О фокусе судить рано: сегмент не указан у" in " ".join(shown.stdout.split())


def test_show_focus_by_another_split_is_one_sentence(loaded: Path):
    wrong = run("show", "focus", "--by", "manager")
    assert wrong.exit_code == 2
    assert "Фокус считается только по сегментам" in " ".join(wrong.stderr.split())


@pytest.fixture
def june(monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """The playground maker of methods.md under the command: its June asks three questions."""
    from contextlib import nullcontext

    monkeypatch.setattr("smarketing.cli.answers.open_reader", lambda *_: nullcontext(playground.reader()))
    return home


def test_asked_question_is_told_after_the_others_with_its_answer(june: Path) -> None:
    key = "2026-06:mix:segment=dealers"
    before = run("questions", "--month", "2026-06").stdout
    assert before.index("Структура сегментов ·") < before.index("Скорость и обработка ·")
    after = run("questions", "--month", "2026-06", "--asked", key).stdout
    assert after.index("Структура сегментов ·") > after.index("Скорость и обработка ·")
    assert "цифра не сдвинулась с 15,7 %" in after.replace("\u00a0", " ")  # 44 of 280 leads
    told = run("questions", "--month", "2026-06", "--asked", key, "--answer", "Вернули рассылку").stdout
    assert "Вернули рассылку" in told
    lines = (june / "asked.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["asked", "answered"]  # the answer asks nothing anew
    data = json.loads(run("questions", "--month", "2026-06", "--format", "json").stdout)
    memory = {one["cause"]: one["asked"] for one in data["questions"]}
    assert memory["mix"]["answer"]["text"] == "Вернули рассылку"
    assert (memory["mix"]["has_moved"], memory["handling"]) == (False, None)


def test_key_nobody_knows_names_the_nearest(june: Path) -> None:
    refused = run("questions", "--month", "2026-06", "--asked", "2026-06:mix:segment=dealer")
    assert refused.exit_code == 2
    assert "2026-06:mix:segment=dealers" in refused.stderr


def test_answer_needs_its_question(june: Path) -> None:
    refused = run("questions", "--answer", "Так")
    assert refused.exit_code == 2
    assert "--asked" in refused.stderr
