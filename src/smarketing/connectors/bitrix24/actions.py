"""How is a comment, a notice, a task or a move back written into the portal?

Each is one call, sent once: the interface does not know repeats from new ones. A move back fires the portal's own
automation and checks the rights and required fields of the person whose webhook it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from smarketing.connectors.bitrix24.client import Portal
from smarketing.connectors.outside.actions import Action, ActionKind
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text

CLIENT = "smarketing"
_CARDS = {"L": ("lead", 1), "D": ("deal", 2)}


class Bitrix24Actions:
    """``prefix`` as in the connection's options."""

    kind = "bitrix24"

    def __init__(self, portal: Portal, prefix: str = "") -> None:
        self._portal, self._prefix = portal, prefix

    def request(self, action: Action) -> Mapping[str, Any]:
        """Method and parameters of the call. Raises :class:`LastingTrouble` where the action lacks something."""
        method, params = self._call(action)
        return {"method": method, "params": params}

    def send(self, action: Action) -> str:
        method, params = self._call(action)
        if action.kind is ActionKind.MOVE_BACK:
            self._must_stand(action, params)
        return _number(self._portal.write(method, params).result)

    def _must_stand(self, action: Action, params: Mapping[str, Any]) -> None:
        """Somebody may have moved the card on since: their move stays."""
        asked = {"entityTypeId": params["entityTypeId"], "filter": {"id": params["id"]}, "start": -1}
        found = self._portal.call("crm.item.list", {**asked, "select": ["id", "stageId"]}).result
        stands = [row.get("stageId") for row in found.get("items", ())]
        if stands != [action.still_in]:
            raise LastingTrouble(
                "moved-on",
                Text(
                    "Карточку уже перевели дальше или удалили: её не трогаем.",
                    "The card was moved on or deleted meanwhile: it is left alone.",
                ),
            )

    def _call(self, action: Action) -> tuple[str, dict[str, Any]]:
        entity, letter, number = self._card(action.card)
        if action.kind in (ActionKind.COMMENT, ActionKind.CALL_PROMPT):
            fields = {"ENTITY_ID": number, "ENTITY_TYPE": entity, "COMMENT": _needed(action.text, "text")}
            return "crm.timeline.comment.add", {"fields": fields}
        if action.kind is ActionKind.NOTICE:
            person = int(_needed(action.person, "person"))
            tag = f"{action.card}|{person}"  # a newer notice of the card takes the place of the older one
            message = _needed(action.text, "text")
            return "im.notify.system.add", {
                "USER_ID": person,
                "MESSAGE": message,
                "TAG": tag,
                "CLIENT_ID": CLIENT,
            }
        if action.kind is ActionKind.TASK:
            return "tasks.task.add", {"fields": _task(action, f"{letter}_{number}")}
        _needed(action.still_in, "still_in")
        fields = {"stageId": _needed(action.stage, "stage")}
        return "crm.item.update", {"entityTypeId": _CARDS[letter][1], "id": number, "fields": fields}

    def _card(self, card: str) -> tuple[str, str, int]:
        found = re.fullmatch(r"([LD])(\d+)", card.removeprefix(self._prefix))
        if found is None:
            raise _wrong(f"card {card}")
        return _CARDS[found[1]][0], found[1], int(found[2])


def _task(action: Action, binding: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "TITLE": _needed(action.text, "text"),
        "RESPONSIBLE_ID": int(_needed(action.person, "person")),
        "UF_CRM_TASK": [binding],
        "TAGS": [CLIENT],
    }
    if action.due_at is not None:
        fields["DEADLINE"] = action.due_at.isoformat()
    return fields


def _needed(value: str | None, name: str) -> str:
    if not value:
        raise _wrong(name)
    return value


def _number(result: object) -> str:
    """The id of what came to be: a plain number, or inside the answer of tasks and cards."""
    while isinstance(result, Mapping):
        result = next((result[name] for name in ("task", "item", "id") if name in result), "")
    return str(result)


def _wrong(what: str) -> LastingTrouble:
    return LastingTrouble(
        "incomplete-action",
        Text(f"Действие задано не полностью: {what}.", f"The action is incomplete: {what}."),
    )
