"""Writing back from the terminal: dry unless ``--do``, by the real clock, two hours after the portal was loaded.

Commands that write to the audit log run as processes of their own: Django is set up once per process.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from smarketing.connectors.outside.actions import ActionKind
from tests.cli.test_keeping import run, run_alone, written_down
from tests.support.bitrix24_portal import MSK
from tests.support.written_back import Crm, clock, crm, loaded_at_noon, portal, server

__all__ = ["clock", "crm", "loaded_at_noon", "portal", "server"]
HOME = "--home"
TWO_HOURS_AGO = datetime.now(MSK) - timedelta(hours=2)


@pytest.fixture
def noon() -> datetime:
    return TWO_HOURS_AGO


@pytest.fixture(autouse=True)
def russian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARKETING_LANGUAGE", "ru")
    monkeypatch.setenv("COLUMNS", "200")


def told(*words: str) -> Any:
    return json.loads(run(*words, "--format", "json").stdout)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_act_is_dry_unless_told_otherwise_and_do_does_it_once(crm: Crm) -> None:
    home = str(crm.workspace.root)
    crm.on(ActionKind.COMMENT)
    crm.happens()
    crm.load_only()
    dry = run("connection", "act", "crm", HOME, home)
    assert dry.exit_code == 0
    assert "D70 комментарий в карточке Карточка перешла на стадию «В работе»" in flat(dry.stdout)
    assert "Ничего не отправлено." in dry.stdout
    assert crm.sent == []
    done = run_alone("connection", "act", "crm", "--do", HOME, home)
    assert (done.returncode, crm.sent) == (0, ["crm.timeline.comment.add"]), done.stderr
    again = run_alone("connection", "act", "crm", "--do", HOME, home)
    assert (flat(again.stdout), len(crm.sent)) == ("Записывать нечего.", 1)
    assert [(action, subject) for action, subject, _ in written_down(crm.workspace.root)] == [
        ("written_back", "crm"),
        ("written_back", "crm"),
    ]
    shown = flat(run("connection", "log", "crm", HOME, home).stdout)
    assert "комментарий в карточке D70 сделано" in shown
    assert "включено: комментарий в карточке — Чарли" in shown


def test_dry_run_as_json_says_what_would_be_sent(crm: Crm) -> None:
    crm.on(ActionKind.COMMENT)
    crm.happens()
    crm.load_only()
    found = told("connection", "act", "crm", HOME, str(crm.workspace.root))
    assert (found["contract"], found["dry"], found["left"]) == ("smarketing.writing", True, 0)
    (comment,) = [one for one in found["actions"] if (one["card"], one["kind"]) == ("D70", "comment")]
    assert comment["outcome"] == "dry"
    assert comment["url"] == f"{crm.server.home}/crm/deal/details/70/"
    assert comment["request"]["method"] == "crm.timeline.comment.add"


def test_rules_are_switched_and_the_audit_log_says_so(crm: Crm) -> None:
    home = str(crm.workspace.root)
    assert "comment комментарий в карточке выключено" in flat(run("connection", "rules", "crm", HOME, home).stdout)
    on = run_alone("connection", "rules", "crm", "--on", "comment", "--on", "task", HOME, home)
    assert on.returncode == 0, on.stderr
    off = run_alone("connection", "rules", "crm", "--off", "task", HOME, home)
    assert off.returncode == 0, off.stderr
    found = told("connection", "rules", "crm", HOME, home)
    assert {one["kind"]: one["on"] for one in found["rules"]} == {
        "comment": True, "notice": False, "move_back": False, "task": False, "call_prompt": False,
    }  # fmt: skip
    audit = [(action, details["on"], details["off"]) for action, _, details in written_down(crm.workspace.root)]
    assert audit == [("writing_switched", ["comment", "task"], []), ("writing_switched", [], ["task"])]
    entries = told("connection", "log", "crm", HOME, home)["entries"]
    assert [(one["what"], one["on"], one["off"]) for one in entries] == [
        ("switched", [], ["task"]),
        ("switched", ["comment", "task"], []),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("rules", "crm", "--on", "coment"), "Возможно, имелось в виду «comment»."),
        (("rules", "crn"), "Подключения «crn» нет."),
        (("log", "crn"), "Подключения «crn» нет."),
        (("act", "crn"), "Подключения «crn» нет."),
    ],
)
def test_wrong_words_are_one_sentence_and_code_two(crm: Crm, words: tuple[str, ...], sentence: str) -> None:
    refused = run("connection", *words, HOME, crm.workspace.root)
    assert (refused.exit_code, sentence in flat(refused.output)) == (2, True)
