"""What would be written into an amoCRM account, what is written, and what keeps it from going wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.amocrm.actions import AmoCrmActions
from smarketing.connectors.amocrm.kind import KIND
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.actions import Action, ActionKind, Card, Done, MemoryLog, Outcome, Rules, Writer
from smarketing.connectors.outside.kinds import Account as Said
from smarketing.connectors.outside.kinds import WriterKind
from smarketing.facts.company import Company
from tests.connectors.amocrm.account import Reader, reading
from tests.connectors.amocrm.system import connected
from tests.support.amocrm_account import START, TOKEN, Account, Server, serving

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BACK = Action(ActionKind.MOVE_BACK, "amocrm:7", stage="77:101", still_in="77:102")
COMMENT = Action(ActionKind.COMMENT, "amocrm:7", "Заполните бюджет")


@pytest.fixture
def account() -> Account:
    """The card 7 went from 100 to 101 to 102."""
    made = Account()
    made.add_lead(7)  # + 60
    made.move(7, 101)  # + 120
    made.move(7, 102)  # + 180
    return made


@pytest.fixture
def server(account: Account) -> Iterator[Server]:
    with serving(account) as made:
        yield made


def do(server: Server, action: Action, **rules: Any) -> Done:
    """Carried out by a writer that may do everything."""
    crm = AmoCrmActions(connected(server.url).api)
    log = MemoryLog([])
    how = Rules(**{"allowed": frozenset(ActionKind), "dry_run": False, **rules})
    done = Writer(crm, log, how, lambda: NOW).do(action)
    assert log.lines == [done]
    crm.close()
    return done


def test_nothing_is_written_unless_it_was_switched_on(account: Account, server: Server) -> None:
    assert do(server, COMMENT, allowed=frozenset()).outcome is Outcome.OFF
    assert account.written == []


def test_dry_run_says_what_would_be_sent_and_asks_nothing(account: Account, server: Server) -> None:
    done = do(server, BACK, dry_run=True)
    assert done.outcome is Outcome.DRY
    assert done.request == {
        "method": "PATCH",
        "path": "/api/v4/leads/7",
        "body": {"pipeline_id": 77, "status_id": 101},
    }
    assert (account.written, server.asked) == ([], [])


NOTE = [{"note_type": "common", "params": {"text": "Заполните бюджет"}}]
TASK = {
    "text": "Перезвонить",
    "complete_till": 1_795_165_200,  # 2026-11-20 09:00 UTC
    "entity_id": 7,
    "entity_type": "leads",
    "task_type_id": 1,
    "responsible_user_id": 12,
}


@pytest.mark.parametrize(
    ("action", "method", "path", "body"),
    [
        (COMMENT, "POST", "leads/7/notes", NOTE),
        (Action(ActionKind.CALL_PROMPT, "amocrm:7", "Заполните бюджет"), "POST", "leads/7/notes", NOTE),
        (Action(ActionKind.TASK, "amocrm:7", "Перезвонить", person="12", due_at=NOW), "POST", "tasks", [TASK]),
        (BACK, "PATCH", "leads/7", {"pipeline_id": 77, "status_id": 101}),
    ],
    ids=["comment", "call_prompt", "task", "move_back"],
)
def test_action_is_one_request_and_a_line_of_the_log(
    account: Account, server: Server, action: Action, method: str, path: str, body: object
) -> None:
    done = do(server, action)
    assert (done.outcome, done.problem) == (Outcome.DONE, None)
    assert account.written == [(method, path, body)]
    assert done.answer.isdigit()


def test_notice_is_refused_with_the_way_out_and_not_offered(account: Account, server: Server) -> None:
    done = do(server, Action(ActionKind.NOTICE, "amocrm:7", "Карточка без сегмента", person="12"))
    assert done.outcome is Outcome.FAILED
    assert done.problem is not None and "задачу" in done.problem.ru
    assert server.asked == []
    assert KIND.writer is not None and ActionKind.NOTICE not in KIND.writer.can
    assert len(KIND.writer.can) == 4


def test_card_that_somebody_moved_on_is_left_alone(account: Account, server: Server) -> None:
    account.move(7, 142)
    done = do(server, BACK)
    assert (done.outcome, account.written) == (Outcome.FAILED, [])
    assert done.problem is not None and "дальше" in done.problem.ru


@pytest.mark.parametrize("action", [BACK, COMMENT], ids=["move_back", "comment"])
def test_card_that_is_gone_is_left_alone_and_the_account_is_not_blamed(
    account: Account, server: Server, action: Action
) -> None:
    account.delete(7)
    done = do(server, action)
    assert (done.outcome, account.written) == (Outcome.FAILED, [])
    assert done.problem is not None and "удалили" in done.problem.ru


@pytest.mark.parametrize("fault", ["tear", "tear_body", "garbage", 500, 502])
def test_write_whose_answer_was_lost_is_uncertain_and_sent_once(
    account: Account, server: Server, fault: int | str
) -> None:
    server.faults = [fault]
    assert do(server, COMMENT).outcome is Outcome.UNCERTAIN
    assert len(server.asked) == 1


def test_write_that_was_refused_at_the_door_failed(account: Account, server: Server) -> None:
    server.faults = [429]
    assert do(server, COMMENT).outcome is Outcome.FAILED
    assert account.written == []


@pytest.mark.parametrize(
    "action",
    [
        Action(ActionKind.COMMENT, "amocrm:7"),
        Action(ActionKind.COMMENT, "L7", "текст"),
        Action(ActionKind.TASK, "amocrm:7", "Перезвонить", person="12"),
        Action(ActionKind.TASK, "amocrm:7", "Перезвонить", due_at=NOW),
        Action(ActionKind.MOVE_BACK, "amocrm:7", stage="77:101"),
    ],
    ids=["no text", "no card of ours", "no date", "no person", "no stage it must be in"],
)
def test_incomplete_action_is_refused_before_anything_is_asked(server: Server, action: Action) -> None:
    done = do(server, action)
    assert done.outcome is Outcome.FAILED
    assert done.problem is not None and "не полностью" in done.problem.ru
    assert server.asked == []


def cards(reader: Reader, *numbers: int) -> dict[str, Card]:
    reader.read()
    found = AmoCrmActions(reader.connector.api).cards(
        reader.mirror, Company(), [f"amocrm:{number}" for number in numbers]
    )
    return dict(found)


def test_card_tells_its_person_its_stage_and_the_one_before(account: Account, tmp_path: Path) -> None:
    account.add_lead(8)  # never moved: + 240
    with reading(account, tmp_path) as reader:
        found = cards(reader, 7, 8, 99)
    assert found == {
        "amocrm:7": Card("amocrm:7", "11", "77:102", "77:101", datetime.fromtimestamp(START + 180, UTC)),
        "amocrm:8": Card("amocrm:8", "11", "77:100", None, datetime.fromtimestamp(START + 240, UTC)),
    }


def test_card_goes_back_neither_into_another_pipeline_nor_among_requests(account: Account, tmp_path: Path) -> None:
    account.move(7, 200, pipeline=78)
    account.add_lead(8, status=90)
    account.move(8, 100)
    with reading(account, tmp_path) as reader:
        found = cards(reader, 7, 8)
    assert [found[key].came_from for key in ("amocrm:7", "amocrm:8")] == [None, None]


def test_card_whose_history_breaks_off_does_not_say_since_when(account: Account, tmp_path: Path) -> None:
    account.leads[7].update(status_id=142, updated_at=account.tick())  # moved, and no event tells it
    with reading(account, tmp_path) as reader:
        card = cards(reader, 7)["amocrm:7"]
    assert (card.stage, card.came_from, card.moved_at) == ("77:142", None, None)


def test_deleted_card_is_not_written_to(account: Account, tmp_path: Path) -> None:
    with reading(account, tmp_path) as reader:
        reader.read()
        account.delete(7)
        assert cards(reader, 7) == {}


def test_kind_opens_its_writer_without_asking_anything(server: Server) -> None:
    assert isinstance(KIND.writer, WriterKind)
    crm = KIND.writer.open(Said(server.url, Options(), {"token": TOKEN}, keep=lambda _: None))
    assert crm.kind == "amocrm"
    assert server.asked == []
    crm.close()
