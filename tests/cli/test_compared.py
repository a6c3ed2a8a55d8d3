"""``show … --compare``: the same table of the period before, and the changes judged together."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app

# Leads 3 and 4 (one sold) against 1 and 2 (one sold, one lost).
TWO_DAYS = ("--from", "2026-10-03", "--to", "2026-10-04", "--compare", "prev")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    assert run("load", facts).exit_code == 1  # one row is set aside
    return home


def test_funnel_compared_shows_each_transition_now_and_before(loaded: Path):
    shown = run("show", "funnel", *TWO_DAYS)
    assert shown.exit_code == 0, shown.stderr
    now, before = shown.stdout.split("\nБыло\n")
    assert "3–4\u00a0октября\u00a02026" in now
    assert "1–2\u00a0октября\u00a02026" in before
    (line,) = (line for line in before.splitlines() if line.startswith("Новый → Предложение"))
    assert re.split(" {2,}", line) == [
        "Новый → Предложение", "50,0\u00a0%", "50,0\u00a0%", "0,0\u00a0п.п.", "мало данных"
    ]  # fmt: skip


def test_funnel_compared_as_json_has_both_tables_and_the_changes(loaded: Path):
    data = json.loads(run("show", "funnel", *TWO_DAYS, "--format", "json").stdout)
    assert data["compare"] == data["before"]["period"] == {"first_day": "2026-10-01", "last_day": "2026-10-02"}
    offer = data["changes"][0]
    assert (offer["key"], offer["label"]) == ("offer", "Новый → Предложение")
    assert [(offer[side]["numerator"], offer[side]["denominator"]) for side in ("now", "before")] == [
        (1, 2),
        (1, 2),
    ]
    assert offer["difference"] == 0


@pytest.mark.parametrize(("what", "changes"), [("losses", ["Дорого"]), ("qualification", []), ("economics", [])])
def test_other_measurements_are_compared_too(loaded: Path, what: str, changes: list[str]):
    """The only loss is of the two days; no lead was judged, so no criterion turned one down."""
    days = ("--from", "2026-10-01", "--to", "2026-10-02", "--compare", "prev")
    data = json.loads(run("show", what, *days, "--format", "json").stdout)
    assert data["before"]["what"] == data["what"]
    assert data["before"]["period"] == {"first_day": "2026-09-29", "last_day": "2026-09-30"}
    assert [change["label"] for change in data["changes"]] == changes


# Dealers' leads are 1, 3 and 4, of which two reached an offer; the only private lead is 2, which was lost.
GROUPS = ("--month", "2026-10", "--where", "segment=Дилеры", "--compare", "segment=Частные")


def test_two_groups_of_the_same_days_are_held_against_each_other(loaded: Path):
    data = json.loads(run("show", "funnel", *GROUPS, "--format", "json").stdout)
    assert data["before"]["period"] == data["period"]
    offer = data["changes"][0]
    assert [(offer[side]["numerator"], offer[side]["denominator"]) for side in ("now", "before")] == [
        (2, 3),
        (0, 1),
    ]
    assert offer["judged"] == "too_little_data"
    shown = run("show", "funnel", *GROUPS)
    assert shown.exit_code == 0, shown.stderr
    _, other = shown.stdout.split("\nСегмент: Частные\n")
    (head,) = (line for line in other.splitlines() if line.startswith("Доля"))
    assert head.split() == ["Доля", "Здесь", "Там", "Разница", "Оценка"]


def test_groups_that_part_have_a_notable_difference_and_no_change(home: Path, tmp_path: Path):
    """Forty dealers' leads all got an offer, of forty private ones none did."""
    folder = tmp_path / "many"
    folder.mkdir()
    leads = [(number, "Дилеры" if number <= 40 else "Частные") for number in range(1, 81)]
    moves = [(number, "fresh") for number, _ in leads] + [(number, "offer") for number in range(1, 41)]
    at = "2026-10-0{}T10:00:00+03:00"
    rows = "".join(f"{number},{at.format(1)},{segment}\n" for number, segment in leads)
    (folder / "leads.csv").write_text(f"lead_id,created_at,segment\n{rows}", encoding="utf-8")
    rows = "".join(f"{number},{stage},{at.format(2 if stage == 'offer' else 1)}\n" for number, stage in moves)
    (folder / "stage_moves.csv").write_text(f"lead_id,stage,entered_at\n{rows}", encoding="utf-8")
    assert run("load", folder).exit_code == 0
    shown = run("show", "funnel", *GROUPS)
    assert "заметная разница" in shown.stdout
    assert "заметный сдвиг" not in shown.stdout
    change = json.loads(run("show", "funnel", *GROUPS, "--format", "json").stdout)["changes"][0]
    assert (change["judged"], change["text"]) == ("confirmed", "заметная разница")


def test_tables_of_two_groups_stand_below_each_other_without_a_judgement(loaded: Path):
    data = json.loads(run("show", "economics", *GROUPS, "--format", "json").stdout)
    assert [table["total"]["leads"]["value"] for table in (data, data["before"])] == [3, 1]
    assert data["changes"] == []


@pytest.mark.parametrize("first", [(), ("--where", "segment=Частные"), ("--where", "manager=Анна")])
def test_a_group_is_not_compared_with_its_own_leads(loaded: Path, first: tuple[str, ...]):
    refused = run("show", "funnel", "--month", "2026-10", *first, "--compare", "segment=Частные")
    assert refused.exit_code == 2
    assert "первую группу назовите отбором --where segment=…" in " ".join(refused.stderr.split())


def test_file_of_a_comparison_is_refused_in_one_sentence(loaded: Path):
    refused = run("show", "funnel", *TWO_DAYS, "--format", "csv")
    assert refused.exit_code == 2
    assert "Сравнение показывается как table или json: в файле таблица одного периода." in refused.stderr
