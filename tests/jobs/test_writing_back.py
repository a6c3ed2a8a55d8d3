"""Writing back into a Bitrix24 portal over real HTTP: what is due, is written once, and told in a log.

On Friday 20 November at noon the portal is loaded and a person switches kinds on; «В работе» requires a segment.
An hour later a manager moves deal 70 there without one, and lead 90 comes that nobody answers.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.outside.actions import ActionKind, Done, Outcome
from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion, WrongState
from smarketing.jobs import writing_back
from smarketing.jobs.backup import backup, restore
from smarketing.jobs.connections import Connections
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import sync
from smarketing.jobs.workspace import Workspace
from smarketing.jobs.writing_back import act, rules, switch, written
from smarketing.jobs.writing_log import Switched
from tests.support import amocrm_account as amo
from tests.support.bitrix24_portal import FakePortal
from tests.support.connected import connect as connect_toy
from tests.support.connected import portal as toy_portal
from tests.support.connected import toy_kind as toy_kind
from tests.support.written_back import (
    NOON,
    Crm,
    clock,
    crm,
    loaded_at_noon,
    new_lead,
    noon,
    portal,
    require,
    server,
)

__all__ = ["clock", "crm", "loaded_at_noon", "noon", "portal", "server", "toy_kind", "toy_portal"]
ALL = tuple(ActionKind)
FIELDS = (ActionKind.COMMENT, ActionKind.NOTICE)


# ── nothing unless it was switched on ────────────────────────────────────────


def test_nothing_is_written_by_default(crm: Crm) -> None:
    crm.happens()
    crm.load()
    assert (crm.sent, crm.log, crm.act().done) == ([], [], ())
    assert [rule.since for rule in rules(crm.workspace, "crm")] == [None] * 5


def test_dry_run_says_what_would_be_done_without_a_request(crm: Crm) -> None:
    crm.happens()
    new_lead(crm.portal, 90, crm.clock.now)
    crm.later(hours=2)
    crm.load()
    asked = crm.server.requests
    found = crm.act(dry=True)
    assert [(done.action.kind.value, done.action.card, done.outcome) for done in found.done if _new(done)] == [
        ("comment", "D70", Outcome.DRY),
        ("notice", "D70", Outcome.DRY),
        ("task", "D70", Outcome.DRY),
        ("move_back", "D70", Outcome.DRY),
        ("call_prompt", "L90", Outcome.DRY),
    ]
    said = {done.action.kind: done.action.text for done in found.done if _new(done)}
    assert said[ActionKind.COMMENT] == (
        "Карточка перешла на стадию «В работе», а обязательные поля пусты: сегмент. Заполните их, пожалуйста."
    )
    assert said[ActionKind.CALL_PROMPT] == (
        "Лид ждёт первого ответа 2\u00a0ч рабочего времени, норма — 60 мин. Позвоните клиенту."
    )
    (back,) = [done.request for done in found.done if done.action.kind is ActionKind.MOVE_BACK and _new(done)]
    assert back["params"] == {"entityTypeId": 2, "id": 70, "fields": {"stageId": "PREPARATION"}}
    assert (crm.server.requests, crm.sent, crm.log) == (asked, [], [])
    assert crm.act(dry=True) == found


def _new(done: Done) -> bool:
    """Of the cards of this test: the world around them has leads without an answer of its own."""
    return done.action.card in ("D70", "L90")


# ── what is on ───────────────────────────────────────────────────────────────


def test_card_without_its_fields_gets_a_comment_and_its_person_a_notice_once(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.happens()
    crm.load()
    assert crm.sent == ["crm.timeline.comment.add", "im.notify.system.add"]
    (_, comment), (_, notice) = crm.portal.written
    assert comment["fields"]["ENTITY_ID"] == 70
    assert comment["fields"]["ENTITY_TYPE"] == "deal"
    assert "«В работе»" in comment["fields"]["COMMENT"]
    assert notice["USER_ID"] == 7
    assert f"{crm.server.home}/crm/deal/details/70/" in notice["MESSAGE"]
    crm.later(minutes=15)
    crm.load()
    assert crm.act().done == ()
    assert len(crm.sent) == 2
    assert crm.log == [("comment", "done"), ("notice", "done")]


def test_what_happened_before_the_switch_is_left_alone(crm: Crm) -> None:
    crm.happens()
    crm.load()
    crm.on(*ALL)
    crm.later(minutes=15)
    crm.load()
    assert (crm.sent, crm.log) == ([], [])


def test_move_older_than_a_week_is_left_alone(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.happens()
    crm.later(days=7)
    crm.load()
    assert crm.sent == []


def test_filled_field_asks_for_nothing(crm: Crm) -> None:
    crm.on(*ALL)
    crm.happens()
    crm.portal.change("deals", 70, ufCrm_1700000001=45)
    crm.load()
    assert crm.sent == []


def test_task_is_due_at_the_end_of_the_next_working_day(crm: Crm) -> None:
    crm.on(ActionKind.TASK)
    crm.happens()  # on a Friday
    crm.load()
    ((_, task),) = crm.portal.written
    assert task["fields"]["RESPONSIBLE_ID"] == 7
    assert task["fields"]["TITLE"] == "Заполнить обязательные поля: сегмент (стадия «В работе»)"
    assert task["fields"]["DEADLINE"] == "2026-11-23T18:00:00+03:00"


def test_card_of_nobody_gets_a_comment_alone(crm: Crm) -> None:
    crm.on(*ALL)
    crm.portal.change("deals", 70, assignedById=None)
    crm.happens()
    crm.load()
    assert crm.sent == ["crm.timeline.comment.add", "crm.item.update"]


def test_lead_nobody_answered_gets_a_call_prompt_once(crm: Crm) -> None:
    crm.on(ActionKind.CALL_PROMPT)
    crm.later(minutes=10)
    new_lead(crm.portal, 90, crm.clock.now)
    crm.later(minutes=30)
    crm.load()
    assert crm.sent == []  # the norm of an hour has not passed
    crm.later(hours=1)
    crm.load()
    ((method, params),) = crm.portal.written
    assert (method, params["fields"]["ENTITY_ID"]) == ("crm.timeline.comment.add", 90)
    crm.later(hours=1)
    crm.load()
    assert crm.log == [("call_prompt", "done")]


# ── our own change is no news ────────────────────────────────────────────────


def test_our_own_move_back_is_no_news_and_a_new_move_is(crm: Crm) -> None:
    crm.require("deal:PREPARATION", "segment")
    crm.on(ActionKind.COMMENT, ActionKind.MOVE_BACK)
    crm.happens()
    crm.load()
    assert crm.sent == ["crm.timeline.comment.add", "crm.item.update"]
    assert crm.portal.tables["deals"].rows[70]["stageId"] == "PREPARATION"
    crm.later(minutes=15)
    crm.load()  # brings our own move: the card stands in a stage that requires a segment, too
    assert len(crm.sent) == 2
    crm.happens()
    crm.load()  # somebody moved it on again
    assert crm.sent[2:] == ["crm.timeline.comment.add", "crm.item.update"]


def test_card_that_somebody_moved_on_meanwhile_stays_where_it_is(crm: Crm) -> None:
    crm.on(ActionKind.MOVE_BACK)
    crm.happens()
    crm.load_only()
    crm.portal.move("deals", 70, "WON", "S")
    assert [(done.outcome, done.code) for done in crm.act().done] == [(Outcome.FAILED, "moved-on")]
    assert crm.sent == []
    assert crm.act().done == ()  # it is this card's own trouble: nothing stops, nothing is repeated
    assert all(rule.stopped is None for rule in rules(crm.workspace, "crm"))


# ── what goes wrong ──────────────────────────────────────────────────────────


def test_missing_right_stops_its_kind_and_says_what_to_do(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.portal.scopes = ("crm", "user_basic", "department", "task", "telephony")
    crm.happens()
    crm.load_only()
    found = crm.act()
    assert [done.outcome for done in found.done] == [Outcome.DONE, Outcome.FAILED]
    assert found.exit_code == 2
    stopped = {rule.kind: rule.stopped for rule in rules(crm.workspace, "crm") if rule.stopped}
    assert "нет нужного права" in stopped[ActionKind.NOTICE].text.ru
    asked = crm.server.requests
    assert (crm.act().done, crm.server.requests) == ((), asked)
    crm.portal.scopes = (*crm.portal.scopes, "im")
    assert crm.on(*FIELDS).resumed == (ActionKind.NOTICE,)
    assert [done.outcome for done in crm.act().done] == [Outcome.DONE]
    assert crm.sent == ["crm.timeline.comment.add", "im.notify.system.add"]


def test_busy_portal_ends_the_run_and_the_next_one_goes_on(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.happens()
    crm.load_only()
    crm.portal.fault = lambda _: "query_limit"  # 503, refused at the door
    busy = crm.act()
    assert [(done.outcome, done.passing) for done in busy.done] == [(Outcome.FAILED, True)]
    assert busy.exit_code == 1
    crm.portal.fault = lambda _: None
    assert [done.outcome for done in crm.act().done] == [Outcome.DONE, Outcome.DONE]
    assert crm.log == [("comment", "failed"), ("comment", "done"), ("notice", "done")]


def test_torn_connection_is_uncertain_ends_the_run_and_is_not_repeated(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.happens()
    crm.load_only()
    crm.portal.fault = lambda _: "tear"
    assert [done.outcome for done in crm.act().done] == [Outcome.UNCERTAIN]
    crm.portal.fault = lambda _: None
    crm.act()
    assert crm.sent == ["im.notify.system.add"]
    assert crm.log == [("comment", "uncertain"), ("notice", "done")]


def _act_in_another_process(root: Path, now: datetime) -> None:
    act(Workspace(root), "crm", dry=False, now=now)


def test_killed_between_sending_and_writing_it_down_is_not_repeated(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    crm.on(*FIELDS)
    crm.happens()
    crm.load_only()
    process = multiprocessing.get_context("spawn").Process(
        target=_act_in_another_process, args=(crm.workspace.root, crm.clock.now)
    )

    def killed_when_it_asks(_: int) -> None:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)

    crm.portal.fault = killed_when_it_asks  # the portal has the request and does what it says
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    crm.portal.fault = lambda _: None
    crm.act()
    assert crm.sent == ["crm.timeline.comment.add", "im.notify.system.add"]
    assert crm.log == [("comment", "uncertain"), ("notice", "done")]


def test_load_that_did_not_end_well_is_written_from_by_nobody(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.portal.revoked = True
    assert sync(crm.workspace, "crm", now=crm.clock.now).outcome == "lasting"
    crm.portal.revoked = False
    with pytest.raises(WrongState, match="Load the system first"):
        crm.act(dry=True)


def test_one_run_does_so_many_things_and_the_next_the_rest(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_back, "PER_RUN", 1)
    crm.on(*FIELDS)
    crm.happens()
    crm.load_only()
    assert (len(crm.act().done), crm.act().left) == (1, 0)
    assert crm.log == [("comment", "done"), ("notice", "done")]


# ── switches ─────────────────────────────────────────────────────────────────


def test_switches_are_kept_with_the_connection_and_told_in_the_log(crm: Crm) -> None:
    crm.on(*FIELDS)
    crm.later(days=1)
    crm.on(ActionKind.NOTICE, ActionKind.TASK)
    assert crm.on(ActionKind.NOTICE, ActionKind.TASK).is_empty
    writing = Connections(Workspace(crm.workspace.root)).get("crm").writing
    assert writing == {ActionKind.NOTICE: NOON, ActionKind.TASK: NOON + timedelta(days=1)}
    newest, first = written(crm.workspace, "crm").entries(9)
    assert isinstance(newest, Switched)
    assert (newest.who, newest.on, newest.off) == ("Чарли", (ActionKind.TASK,), (ActionKind.COMMENT,))
    assert isinstance(first, Switched)
    assert first.on == FIELDS


def test_system_that_nothing_is_written_into_says_so(crm: Crm, toy_kind: None, toy_portal: Any) -> None:
    connect_toy(crm.workspace, toy_portal)
    assert rules(crm.workspace, "toy") == ()
    with pytest.raises(WrongQuestion, match="no-writer"):
        switch(crm.workspace, "toy", [ActionKind.COMMENT], "Чарли", NOON)
    with pytest.raises(WrongQuestion, match="no-writer"):
        act(crm.workspace, "toy", dry=True, now=NOON)


def test_log_survives_a_line_cut_by_a_crash(crm: Crm) -> None:
    crm.on(ActionKind.COMMENT)
    crm.happens()
    crm.load()
    path = Desk(crm.workspace, "crm").folder / "written.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"what": "do', encoding="utf-8")
    crm.on()
    assert crm.log == [("comment", "done")]
    assert isinstance(written(crm.workspace, "crm").entries(1)[0], Switched)


def test_backup_keeps_the_log_and_the_switches(crm: Crm, tmp_path: Path) -> None:
    crm.on(ActionKind.COMMENT)
    crm.happens()
    crm.load()
    backup(crm.workspace, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", tmp_path / "back")
    back = Workspace(tmp_path / "back")
    assert written(back, "crm").entries(9) == written(crm.workspace, "crm").entries(9)
    assert rules(back, "crm") == rules(crm.workspace, "crm")


# ── another kind of system ───────────────────────────────────────────────────


def test_same_rules_hold_for_amocrm(tmp_path: Path, portal: FakePortal) -> None:
    """Card 7 moves to a stage that requires a segment. There are no notices there."""
    account, workspace = amo.Account(), Workspace.init(tmp_path / "amo", Company())
    account.add_lead(7)

    def load() -> datetime:
        now = datetime.fromtimestamp(account.tick(300), UTC)
        assert sync(workspace, "crm", now=now).outcome == "done"
        return now

    with amo.serving(account) as server:
        connection = Connection(key="crm", kind="amocrm", title="amoCRM", base_url=server.url)
        Connections(workspace).add(connection, {"token": amo.TOKEN})
        made = load()
        require(workspace, "77:101", "segment")
        with pytest.raises(WrongQuestion, match="cannot-write"):
            switch(workspace, "crm", [ActionKind.NOTICE], "Чарли", made)
        switch(workspace, "crm", [rule.kind for rule in rules(workspace, "crm")], "Чарли", made)
        account.move(7, 101)
        load()
        sent = [(method, path) for method, path, _ in account.written]
        assert sent == [("POST", "leads/7/notes"), ("POST", "tasks"), ("PATCH", "leads/7")]
        assert account.leads[7]["status_id"] == 100
        load()
        assert len(account.written) == 3
