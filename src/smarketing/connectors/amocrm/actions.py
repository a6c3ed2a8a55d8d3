"""How is a comment, a task or a move back written into an amoCRM account?

Each is one request, sent once. The account has no notice to a person by its interface: a task is what reminds one,
so a notice is refused with that sentence and never quietly turned into something else. A move back starts the
account's own automation and is not stopped by fields that it requires.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from smarketing.connectors.amocrm.client import Api
from smarketing.connectors.amocrm.facts import SYSTEM, deleted_at, in_order, lead_id, stage_of
from smarketing.connectors.amocrm.records import stage_code, unsorted_codes
from smarketing.connectors.outside.actions import Action, ActionKind, Card
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.refusals import incomplete, moved_on, needed
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.company import Company
from smarketing.facts.language import Text

CAN = frozenset(ActionKind) - {ActionKind.NOTICE}
_TO_CALL = 1  # the kind of task that every account has
_COMMON = "common"  # a note as a person writes it


class AmoCrmActions:
    """Writes to the account behind ``api``. The key of a card is that of its lead: ``amocrm:501``."""

    kind = SYSTEM

    def __init__(self, api: Api) -> None:
        self._api = api

    def cards(self, mirror: Mirror, company: Company, leads: Collection[str]) -> Mapping[str, Card]:  # noqa: ARG002
        """Cards that exist. A request that nobody accepted is no card yet."""
        numbers = [number for number in map(_number, leads) if number]
        events = mirror.linked("events", "lead", numbers)
        no_way_back = unsorted_codes(record.body for record in mirror.all("pipelines", gone=True))
        found = {}
        for number, card in mirror.get("leads", numbers).items():
            told = in_order(events.get(number, []))
            if deleted_at(card, told) is None:
                found[lead_id(number)] = _card(card, told, no_way_back)
        return found

    def request(self, action: Action) -> Mapping[str, Any]:
        """Method, path and body. Raises :class:`LastingTrouble` where the action lacks something."""
        method, path, body = _call(action)
        return {"method": method, "path": f"/api/v4/{path}", "body": body}

    def send(self, action: Action) -> str:
        method, path, body = _call(action)
        if action.kind is ActionKind.MOVE_BACK:
            self._must_stand(path, action.still_in)
        try:
            return _id_of(self._api.write(path, body, method=method))
        except LastingTrouble as trouble:
            if trouble.code == "no-account":  # the account was there a moment ago: it is the card that is not
                raise moved_on() from None
            raise

    def close(self) -> None:
        self._api.close()

    def _must_stand(self, path: str, stage: str | None) -> None:
        card = self._api.one(path)
        if not card or card.get("is_deleted") or stage_code(card["pipeline_id"], card["status_id"]) != stage:
            raise moved_on()


def _call(action: Action) -> tuple[str, str, Any]:
    number = _number(action.card)
    if number is None:
        raise incomplete(f"card {action.card}")
    if action.kind in (ActionKind.COMMENT, ActionKind.CALL_PROMPT):
        note = {"note_type": _COMMON, "params": {"text": needed(action.text, "text")}}
        return "POST", f"leads/{number}/notes", [note]
    if action.kind is ActionKind.TASK:
        return "POST", "tasks", [_task(action, int(number))]
    if action.kind is ActionKind.NOTICE:
        raise LastingTrouble("no-notices", _NO_NOTICES)
    needed(action.still_in, "still_in")
    pipeline, _, status = needed(action.stage, "stage").partition(":")
    return "PATCH", f"leads/{number}", {"pipeline_id": int(pipeline), "status_id": int(status)}


def _task(action: Action, number: int) -> dict[str, Any]:
    """The account takes no task without a date."""
    if action.due_at is None:
        raise incomplete("due_at")
    return {
        "text": needed(action.text, "text"),
        "complete_till": int(action.due_at.timestamp()),
        "entity_id": number,
        "entity_type": "leads",
        "task_type_id": _TO_CALL,
        "responsible_user_id": int(needed(action.person, "person")),
    }


def _card(card: Stored, events: Sequence[Stored], no_way_back: Collection[str]) -> Card:
    body = card.body
    stands = stage_code(body["pipeline_id"], body["status_id"])
    before, at = _way_here(body, stands, [event.body for event in events])
    same = before is not None and before.partition(":")[0] == str(body["pipeline_id"])
    person = body.get("responsible_user_id")
    return Card(
        key=lead_id(card.key),
        person=str(person) if person else None,
        stage=stands,
        came_from=before if same and before not in no_way_back else None,
        moved_at=None if at is None else datetime.fromtimestamp(at, UTC),
    )


def _way_here(
    card: Mapping[str, Any], stands: str, events: Sequence[Mapping[str, Any]]
) -> tuple[str | None, int | None]:
    """The stage before and since when the card stands where it stands; nobody knows it where events break off."""
    moves = [event for event in events if event["type"] == "lead_status_changed"]
    if not moves:
        return None, int(card["created_at"])
    if stage_of(moves[-1], "value_after") != stands:
        return None, None
    return stage_of(moves[-1], "value_before"), int(moves[-1]["created_at"])


def _number(lead: str) -> str | None:
    number = lead.removeprefix(f"{SYSTEM}:")
    return number if number != lead and number.isdigit() else None


def _id_of(answer: Mapping[str, Any]) -> str:
    """The id of what came to be: alone, or first of a list under its name."""
    for listed in (answer.get("_embedded") or {}).values():
        if listed:
            return str(listed[0].get("id", ""))
    return str(answer.get("id", ""))


_NO_NOTICES = Text(
    "У amoCRM нет уведомлений сотруднику через API. Включите задачу: о ней amoCRM напомнит сама.",
    "amoCRM has no notices to a person by its API. Switch the task on: amoCRM reminds of it by itself.",
)
