"""``show forecast`` as a person types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app

NBSP = "\u00a0"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    """Known until Monday 12 October: 8 of 22 working days have passed and brought 4 000.50."""
    assert run("load", facts, "--known-until", "2026-10-12").exit_code == 1  # one row is set aside
    return home


def test_forecast_of_a_young_company_is_its_run_rate_and_says_so(loaded: Path):
    shown = run("show", "forecast")
    assert shown.exit_code == 0, shown.stderr
    words = " ".join(shown.stdout.split())
    assert "Октябрь 2026: если темп сохранится, к концу месяца" in words
    assert (
        "Показан темп месяца, а не модель: чтобы её проверить, нужно не меньше 6 прошлых месяцев, есть 0." in words
    )
    assert "Интервала нет: для него нужно не меньше девяти прошлых месяцев." in words


def test_forecast_json_is_the_contract(loaded: Path):
    data = json.loads(run("show", "forecast", "--format", "json").stdout)
    assert (data["contract"], data["month"], data["state"], data["method"]) == (
        "smarketing.forecast", "2026-10", "forecast", "run_rate",
    )  # fmt: skip
    assert float(data["value"]) == pytest.approx(4_000.50 * 22 / 8, abs=0.01)
    assert (data["booked"], data["quantiles"], data["plan"]) == ("4000.50", None, None)


def test_forecast_as_csv_has_a_row_per_segment_that_sums(loaded: Path):
    out = loaded / "forecast.csv"
    assert run("show", "forecast", "--by", "segment", "--format", "csv", "--out", out).exit_code == 0
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig")), delimiter=";"))
    place = rows[0].index("Прогноз выручки, ₽")
    values = [float(row[place].replace(",", ".")) for row in rows[1:]]
    assert [row[0] for row in rows[1:]] == ["Дилеры", "Частные", "Всего"]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=0.001)


def test_forecast_of_a_month_that_is_over_tells_its_fact(loaded: Path):
    assert "Сентябрь 2026: месяц закончился, его выручка 0" in run("show", "forecast", "--month", "2026-09").stdout


def test_backtest_without_past_months_says_so(loaded: Path):
    assert "Проверить не на чем: нет прошлых месяцев." in run("show", "forecast", "--backtest").stdout


def test_questions_behind_the_forecast_are_printed(loaded: Path):
    asked = run("show", "forecast", "--explain").stdout
    assert asked.count("FROM receipts") == 3
    assert asked.startswith("SELECT j.segment AS segment")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "economics", "--backtest"), "--backtest есть только у прогноза"),
        (("show", "forecast", "--by", "manager"), "Прогноз считается только по сегментам"),
        (("show", "forecast", "--from", "2026-10-02"), "Прогноз считается для целого месяца"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(loaded: Path, words: tuple[str, ...], said: str):
    wrong = run(*words)
    assert wrong.exit_code == 2
    assert said in " ".join(wrong.stderr.split())
