"""``verdict --rivals --had`` and ``calibrate`` in a terminal and as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from smarketing.analyses.verdict import Cause, had, rival_splits, verdict
from smarketing.analyses.verdict.sources import by_source
from smarketing.cli.calibration import print_calibration
from smarketing.cli.main import app
from smarketing.cli.what_if import print_had, print_rivals, print_sources
from smarketing.jobs.calibration import calibrate
from smarketing.jobs.verdict_export import verdict_data
from tests.analyses.test_verdict import COMPANY, FACT, JUNE, judge, plan_rows, receipts_of
from tests.support.memory import MemoryReader


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    assert run("load", facts).exit_code == 1  # one row is set aside
    return home


@pytest.fixture(scope="module")
def found():
    return judge()


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("SMARKETING_LANGUAGE", "en")
    return Console(width=160, record=True, quiet=False)


def test_rivals_stand_beside_the_fair_split(found, console):
    print_rivals(console, found, rival_splits(found), COMPANY, "en")
    said = console.export_text()
    line = next(line for line in said.splitlines() if line.startswith("Conversion"))
    assert line.split()[-3:] == ["+₽0.53m", "+₽0.41m", "+₽0.66m"]


def test_counterfactual_is_one_sentence(found, console):
    print_had(console, had(found, [Cause.MIX]), COMPANY, "en")
    said = " ".join(console.export_text().split())
    assert said.startswith("Had this been as planned: segment mix, revenue would be ₽7.13m, 90% interval")
    assert said.endswith("+₽3.00m to fact.")


def test_json_holds_both_where_they_are_asked_for(found):
    data = verdict_data(found, COMPANY, "en", rivals=rival_splits(found), had=had(found, [Cause.MIX]))
    assert [rival["first"] for rival in data["rivals"]] == ["marketing", "sales"]
    assert data["rivals"][0]["parts"][0] == {"cause": "volume", "effect": "2469600.00"}
    for rival in data["rivals"]:
        assert sum(Decimal(part["effect"]) for part in rival["parts"]) == Decimal(data["gap"])
        assert sum(Decimal(zone["effect"]) for zone in rival["zones"]) == Decimal(data["gap"])
    assert data["had"]["causes"] == ["mix"]
    assert (data["had"]["revenue"], data["had"]["change"]) == ("7131198.77", "2999198.77")
    assert data["had"]["interval"].keys() == {"low", "high", "level"}
    json.dumps(data)


def test_json_without_the_questions_holds_null(found):
    data = verdict_data(found, COMPANY, "en")
    assert data["rivals"] is None
    assert data["had"] is None


def test_calibration_is_two_tables(console):
    print_calibration(console, calibrate(months=5, sizes=(30,), draws=100), "en")
    said = console.export_text()
    assert "three months as plan" in said
    assert sum(line.startswith("Conversion to sale") for line in said.splitlines()) == 1


def test_sources_stand_below_the_segments_and_sum_to_the_gap(console):
    reader = MemoryReader(COMPANY, journeys=FACT, receipts=receipts_of(FACT), plans=plan_rows())
    verdict_of_june = verdict(reader, JUNE, draws=200)
    sources = by_source(reader, verdict_of_june)
    print_sources(console, verdict_of_june, sources, COMPANY, "en")
    lines = console.export_text().splitlines()
    assert next(line for line in lines if "Dealers" in line and "the others" in line).split()[-1] == "−₽5.67m"
    assert next(line for line in lines if line.startswith("Total")).split()[-1] == "−₽2.04m"
    data = verdict_data(verdict_of_june, COMPANY, "en", sources=sources)["sources"]
    assert sum(Decimal(cell["effect"]) for cell in data) == -2_042_000
    for cell in data:
        assert sum(Decimal(part["effect"]) for part in cell["parts"]) == Decimal(cell["effect"])


def test_verdict_command_answers_all_three_beside_it(loaded: Path, facts: Path):
    (facts / "plans.csv").write_text(
        "month,metric,value,segment\n"
        "2026-10,leads,6,Дилеры\n2026-10,target_share,1,Дилеры\n2026-10,handled_share,1,Дилеры\n"
        "2026-10,handled_to_sale_cr,0.5,Дилеры\n2026-10,aov,2000,Дилеры\n",
        encoding="utf-8",
    )
    run("load", facts / "plans.csv")
    asked = ("verdict", "--month", "2026-10", "--rivals", "--had", "volume", "--by-source")
    told = run(*asked)
    assert told.exit_code == 0, told.stderr
    assert "Сначала маркетинг" in told.stdout
    assert "Если бы по плану было: объём лидов" in told.stdout
    data = json.loads(run(*asked, "--format", "json").stdout)
    assert [rival["first"] for rival in data["rivals"]] == ["marketing", "sales"]
    assert data["had"]["causes"] == ["volume"]
    timing = next(part["effect"] for part in data["parts"] if part["cause"] == "timing")
    assert sum(Decimal(cell["effect"]) for cell in data["sources"]) + Decimal(timing) == Decimal(data["gap"])


def test_unknown_cause_is_one_sentence_and_code_two(loaded: Path):
    wrong = run("verdict", "--had", "mixx")
    assert wrong.exit_code == 2
    assert "Причины «mixx» нет. Возможно, имелось в виду «mix»." in " ".join(wrong.stderr.split())
