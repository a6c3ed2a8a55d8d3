"""What would be written, what is written, and what keeps it from going wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.bitrix24.actions import Bitrix24Actions
from smarketing.connectors.outside.actions import Action, ActionKind, Card, MemoryLog, Outcome, Rules, Writer
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.company import Company
from tests.connectors.bitrix24.system import connected
from tests.connectors.outside.suite import sync
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import World

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BACK = Action(ActionKind.MOVE_BACK, "D7", stage="PREPARATION", still_in="EXECUTING")


class Desk:
    """A writer over a portal, with its log and a clock."""

    def __init__(self, portal: FakePortal, server: Server, **rules: Any) -> None:
        self.portal, self.log, self.now = portal, MemoryLog([]), NOW
        allowed = rules.pop("allowed", frozenset(ActionKind))
        self.rules = Rules(allowed=allowed, **{"dry_run": False, **rules})
        self.crm = Bitrix24Actions(connected(server, attempts=1).portal)
        self.writer = Writer(self.crm, self.log, self.rules, lambda: self.now)


@pytest.fixture
def filled(portal: FakePortal) -> FakePortal:
    World(portal, seed=3).fill(4, 2)
    number = portal.tables["deals"].ids[0]
    portal.tables["deals"].put(7, {**portal.tables["deals"].rows[number], "id": 7, "stageId": "EXECUTING"})
    return portal


def test_nothing_is_written_unless_it_was_switched_on(filled: FakePortal, server: Server) -> None:
    desk = Desk(filled, server, allowed=frozenset())
    assert Rules() == Rules(allowed=frozenset(), dry_run=True)
    assert desk.writer.do(Action(ActionKind.COMMENT, "D7", "Заполните сегмент")).outcome is Outcome.OFF
    assert filled.written == []


def test_dry_run_says_what_would_be_sent_and_sends_nothing(filled: FakePortal, server: Server) -> None:
    desk = Desk(filled, server, dry_run=True)
    done = desk.writer.do(BACK)
    assert done.outcome is Outcome.DRY
    assert done.request == {
        "method": "crm.item.update",
        "params": {"entityTypeId": 2, "id": 7, "fields": {"stageId": "PREPARATION"}},
    }
    assert (filled.written, server.requests) == ([], 0)
    assert desk.log.lines == [done]


@pytest.mark.parametrize(
    ("action", "method", "params"),
    [
        (
            Action(ActionKind.COMMENT, "D7", "Заполните бюджет"),
            "crm.timeline.comment.add",
            {"fields": {"ENTITY_ID": 7, "ENTITY_TYPE": "deal", "COMMENT": "Заполните бюджет"}},
        ),
        (
            Action(ActionKind.CALL_PROMPT, "L3", "Открыл письмо о скидке"),
            "crm.timeline.comment.add",
            {"fields": {"ENTITY_ID": 3, "ENTITY_TYPE": "lead", "COMMENT": "Открыл письмо о скидке"}},
        ),
        (
            Action(ActionKind.NOTICE, "D7", "Карточка без сегмента", person="12"),
            "im.notify.system.add",
            {"USER_ID": 12, "MESSAGE": "Карточка без сегмента", "TAG": "D7|12", "CLIENT_ID": "smarketing"},
        ),
        (
            Action(ActionKind.TASK, "L3", "Перезвонить", person="12", due_at=NOW),
            "tasks.task.add",
            {
                "fields": {
                    "TITLE": "Перезвонить",
                    "RESPONSIBLE_ID": 12,
                    "UF_CRM_TASK": ["L_3"],
                    "TAGS": ["smarketing"],
                    "DEADLINE": "2026-11-20T09:00:00+00:00",
                }
            },
        ),
        (
            BACK,
            "crm.item.update",
            {"entityTypeId": 2, "id": 7, "fields": {"stageId": "PREPARATION"}},
        ),
    ],
    ids=[kind.value for kind in (ActionKind.COMMENT, ActionKind.CALL_PROMPT, ActionKind.NOTICE, ActionKind.TASK)]
    + ["move_back"],
)
def test_action_is_one_call_and_a_line_of_the_log(
    filled: FakePortal, server: Server, action: Action, method: str, params: dict[str, Any]
) -> None:
    desk = Desk(filled, server)
    done = desk.writer.do(action)
    assert (done.outcome, filled.written) == (Outcome.DONE, [(method, params)])
    assert done.answer.isdigit()
    assert desk.log.lines == [done]


def test_card_that_somebody_moved_on_is_left_alone(filled: FakePortal, server: Server) -> None:
    filled.move("deals", 7, "WON", "S")
    done = Desk(filled, server).writer.do(BACK)
    assert (done.outcome, filled.written) == (Outcome.FAILED, [])
    assert done.problem is not None and "дальше" in done.problem.ru


def test_card_is_moved_back_only_so_often_a_day(filled: FakePortal, server: Server) -> None:
    desk = Desk(filled, server, a_day=2)
    outcomes = []
    for _ in range(3):
        outcomes.append(desk.writer.do(BACK).outcome)
        filled.move("deals", 7, "EXECUTING", "P")
    desk.now += timedelta(days=1, minutes=1)
    outcomes.append(desk.writer.do(BACK).outcome)
    assert outcomes == [Outcome.DONE, Outcome.DONE, Outcome.TOO_OFTEN, Outcome.DONE]


def test_own_move_is_known_when_it_comes_back_as_news(filled: FakePortal, server: Server) -> None:
    desk = Desk(filled, server)
    desk.writer.do(BACK)
    assert desk.writer.is_echo("D7", "PREPARATION", NOW + timedelta(minutes=3))
    assert not desk.writer.is_echo("D7", "PREPARATION", NOW + timedelta(minutes=11))
    assert not desk.writer.is_echo("D7", "EXECUTING", NOW)
    assert not desk.writer.is_echo("D8", "PREPARATION", NOW)


def test_dry_move_leaves_no_echo(filled: FakePortal, server: Server) -> None:
    desk = Desk(filled, server, dry_run=True)
    desk.writer.do(BACK)
    assert not desk.writer.is_echo("D7", "PREPARATION", NOW)


def test_call_torn_after_sending_is_uncertain_and_not_sent_again(filled: FakePortal, server: Server) -> None:
    desk = Desk(filled, server, a_day=1)
    filled.fault = lambda _: "tear"
    action = Action(ActionKind.COMMENT, "D7", "Заполните бюджет")
    assert desk.writer.do(action).outcome is Outcome.UNCERTAIN
    assert server.requests == 1
    filled.fault = lambda _: None
    assert desk.writer.do(action).outcome is Outcome.TOO_OFTEN  # it may well be there


@pytest.mark.parametrize(
    "action",
    [
        Action(ActionKind.COMMENT, "D7"),
        Action(ActionKind.NOTICE, "D7", "text"),
        Action(ActionKind.MOVE_BACK, "D7", stage="NEW"),
        Action(ActionKind.COMMENT, "X7", "text"),
        Action(ActionKind.COMMENT, "D7'; DROP", "text"),
    ],
)
def test_incomplete_action_is_refused_before_anything_is_sent(
    filled: FakePortal, server: Server, action: Action
) -> None:
    desk = Desk(filled, server)
    assert desk.writer.do(action).outcome is Outcome.FAILED
    with pytest.raises(LastingTrouble):
        desk.crm.request(action)
    assert server.requests == 0


# ── where a lead is written to ───────────────────────────────────────────────


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    made = Mirror(tmp_path / "mirror.sqlite3")
    yield made
    made.close()


def cards(portal: FakePortal, server: Server, mirror: Mirror, *leads: str, prefix: str = "") -> dict[str, Card]:
    connector = connected(server)
    sync(connector, mirror, portal.now())
    asked = server.requests
    found = Bitrix24Actions(connector.portal, prefix).cards(mirror, Company(), leads)
    assert server.requests == asked  # by the mirror alone
    return dict(found)


def test_lead_with_a_deal_is_written_to_at_the_deal(filled: FakePortal, server: Server, mirror: Mirror) -> None:
    lead = filled.tables["leads"].ids[0]
    for number in (*filled.tables["deals"].ids, 7):
        filled.change("deals", number, leadId=lead if number == 7 else 0, assignedById=8, categoryId=0)
    filled.move("deals", 7, "PREPARATION", "P")
    filled.now = lambda: NOW + timedelta(hours=1)
    filled.move("deals", 7, "EXECUTING", "P")
    found = cards(filled, server, mirror, f"L{lead}", "L999", "X1", "D7")
    moved = NOW + timedelta(hours=1)
    assert found == {f"L{lead}": Card("D7", "8", "EXECUTING", came_from="PREPARATION", moved_at=moved)}


def test_deal_that_came_from_another_pipeline_has_no_way_back(
    filled: FakePortal, server: Server, mirror: Mirror
) -> None:
    filled.change("deals", 7, leadId=0, assignedById=None, categoryId=7)
    filled.move("deals", 7, "PREPARATION", "P")
    filled.now = lambda: NOW + timedelta(hours=1)
    filled.move("deals", 7, "C7:MEASURE", "P")
    assert cards(filled, server, mirror, "pD7", prefix="p") == {
        "pD7": Card("pD7", None, "C7:MEASURE", came_from=None, moved_at=NOW + timedelta(hours=1))
    }


def test_beginning_that_is_only_assumed_is_no_way_back(filled: FakePortal, server: Server, mirror: Mirror) -> None:
    filled.change("deals", 7, leadId=0, assignedById=6)
    filled.move("deals", 7, "PREPARATION", "P")
    assert cards(filled, server, mirror, "D7") == {"D7": Card("D7", "6", "PREPARATION", None, NOW)}


def test_deleted_card_is_not_written_to(filled: FakePortal, server: Server, mirror: Mirror) -> None:
    filled.change("deals", 7, leadId=0)
    assert list(cards(filled, server, mirror, "D7")) == ["D7"]
    mirror.sweep("deals", [], NOW)
    assert Bitrix24Actions(connected(server).portal).cards(mirror, Company(), ["D7"]) == {}
