"""``smarketing plan`` as a person types it: a file becomes versions, heads confirm them, duties are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import run

PLAN = """month,metric,segment,value
2026-10,leads,Дилеры,60
2026-10,target_share,Дилеры,0.6
2026-10,handled_share,Дилеры,0.9
2026-10,handled_to_sale_cr,Дилеры,0.35
2026-10,aov,Дилеры,500000
"""


@pytest.fixture
def planned(home: Path, facts: Path, tmp_path: Path) -> Path:
    assert run("load", facts).exit_code == 1
    path = tmp_path / "october.csv"
    path.write_text(PLAN, "utf-8")
    done = run("plan", "load", path, "--why", "План года")
    assert done.exit_code == 0, done.stdout
    assert "План на октябрь 2026: версия 1, ещё никем не подтверждена." in done.stdout
    return path


def test_plan_of_a_month_is_shown_with_its_numbers_and_versions(planned: Path):
    shown = run("plan", "show", "--month", "2026-10").stdout.replace("\u00a0", " ")
    assert "План на октябрь 2026: 5,67 млн ₽, никем не подтверждён." in shown
    assert "Дилеры 60 60,0 % 90,0 % 35,0 % 500 000 ₽ 5 670 000 ₽ —" in [
        " ".join(line.split()) for line in shown.splitlines()
    ]
    assert "загружен из файла october.csv; никем не подтверждён. План года" in shown


def test_duties_are_those_of_the_chain_rounded_up(planned: Path):
    told = run("plan", "sla", "--month", "2026-10").stdout
    # 60 leads, 36 target, 32.4 answered, 11.34 sales; 5 670 000 / 60
    lines = [line.replace("\u00a0", " ").split() for line in told.splitlines()]
    assert ["Дилеры", "60", "36", "—", "36", "33", "12", "5,67", "94", "500", "₽"] in lines


def test_horizons_print_one_total(planned: Path):
    for over in ("year", "quarter"):
        (total,) = [
            line for line in run("plan", "show", "--over", over, "--month", "2026-10").stdout.splitlines()
            if line.startswith("Всего")
        ]  # fmt: skip
        assert "5,67" in total
        assert "36" in total


def test_json_of_a_plan(planned: Path):
    data = json.loads(run("plan", "show", "--month", "2026-10", "--format", "json").stdout)
    assert (data["contract"], data["revenue"], data["plan_version"], data["plan_confirmed_by"]) == (
        "smarketing.plan", "5670000.00", 1, [],
    )  # fmt: skip
    assert {"metric": "target_share", "segment": "Дилеры", "lead_source": None, "value": "0.6"} in data["numbers"]
    assert [(one["leads"], one["answers"], one["sales"]) for one in data["duties"]] == [(60, 33, 12)]
    assert data["versions"][0]["file"] == "october.csv"


def test_json_of_duties_is_that_of_the_plan(planned: Path):
    told = json.loads(run("plan", "sla", "--month", "2026-10", "--format", "json").stdout)
    plan = json.loads(run("plan", "show", "--month", "2026-10", "--format", "json").stdout)
    assert (told["contract"], told["revenue"]) == ("smarketing.plan_duties", "5670000.00")
    assert told["duties"] == plan["duties"]


def test_json_of_an_implied_plan_says_when_no_month_is_ripe(planned: Path):
    told = json.loads(run("plan", "implied", "--month", "2026-11", "--format", "json").stdout)
    assert (told["contract"], told["month"], told["implied_from"], told["numbers"]) == (
        "smarketing.plan_implied", "2026-11", [], [],
    )  # fmt: skip


def test_horizon_has_no_json(planned: Path):
    refused = run("plan", "show", "--over", "year", "--format", "json")
    assert refused.exit_code == 2
    assert "горизонт — как table" in " ".join(refused.stderr.split())


def test_same_file_again_makes_no_version(planned: Path):
    again = run("plan", "load", planned)
    assert "Новых версий плана нет." in again.stdout


def test_contradictory_plan_is_one_sentence(planned: Path, tmp_path: Path):
    path = tmp_path / "bad.csv"
    path.write_text("month,metric,segment,lead_source,value\n2026-11,leads,,Директ,40\n", "utf-8")
    refused = run("plan", "load", path)
    assert refused.exit_code == 2
    assert "источник запланирован без сегмента" in " ".join(refused.stderr.split())


def test_plan_as_it_stood_before(planned: Path):
    assert "На октябрь 2026 плана нет" in run("plan", "show", "--month", "2026-10", "--as-of", "1").stdout


def test_without_ripe_months_nothing_is_implied(planned: Path):
    assert "Дозревших месяцев нет." in run("plan", "implied", "--month", "2026-10").stdout


def test_wrong_growth_is_a_sentence(planned: Path):
    refused = run("plan", "implied", "--growth", "-100")
    assert refused.exit_code == 2
    assert "Рост задаётся в процентах" in " ".join(refused.stderr.split())
