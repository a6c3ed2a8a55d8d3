"""How is a comment, a notice, a task or a move back written into the portal?

Each is one call, sent once: the interface does not know repeats from new ones. A move back fires the portal's own
automation and checks the rights and required fields of the person whose webhook it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from smarketing.connectors.bitrix24.client import Portal
from smarketing.connectors.bitrix24.families import Attempt, Held, attempts_of_deals, attempts_of_leads, carriers
from smarketing.connectors.bitrix24.moves import entries
from smarketing.connectors.bitrix24.names import Names
from smarketing.connectors.bitrix24.pipelines import StageMap
from smarketing.connectors.bitrix24.records import Deal, Lead
from smarketing.connectors.outside.actions import Action, ActionKind, Card
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.refusals import incomplete, moved_on, needed
from smarketing.facts.company import Company

CLIENT = "smarketing"
_CARDS = {"L": ("lead", 1), "D": ("deal", 2)}


class Bitrix24Actions:
    """``prefix`` as in the connection's options."""

    kind = "bitrix24"

    def __init__(self, portal: Portal, prefix: str = "") -> None:
        self._portal, self._prefix = portal, prefix

    def cards(self, mirror: Mirror, company: Company, leads: Collection[str]) -> Mapping[str, Card]:
        """The deal of a lead, once there is one; else the lead itself."""
        stages = StageMap(Names(mirror), company)
        found = [self._split(lead) for lead in leads]
        numbers = {letter: [number for one, number in filter(None, found) if one == letter] for letter in _CARDS}
        carried = carriers(mirror, numbers["D"], self._prefix)
        alone = [deal for deal in carried if carried[deal].lead_id == f"{self._prefix}D{deal}"]
        made = [
            *attempts_of_leads(mirror, numbers["L"], self._prefix),
            *attempts_of_deals(mirror, alone, self._prefix),
        ]
        asked = set(leads)
        return {
            attempt.id: self._as_card(attempt, stages)
            for attempt in made
            if attempt.id in asked and attempt.deleted_at is None
        }

    def close(self) -> None:
        self._portal.close()

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
            raise moved_on()

    def _call(self, action: Action) -> tuple[str, dict[str, Any]]:
        entity, letter, number = self._card(action.card)
        if action.kind in (ActionKind.COMMENT, ActionKind.CALL_PROMPT):
            fields = {"ENTITY_ID": number, "ENTITY_TYPE": entity, "COMMENT": needed(action.text, "text")}
            return "crm.timeline.comment.add", {"fields": fields}
        if action.kind is ActionKind.NOTICE:
            person = int(needed(action.person, "person"))
            tag = f"{action.card}|{person}"  # a newer notice of the card takes the place of the older one
            message = needed(action.text, "text")
            return "im.notify.system.add", {
                "USER_ID": person,
                "MESSAGE": message,
                "TAG": tag,
                "CLIENT_ID": CLIENT,
            }
        if action.kind is ActionKind.TASK:
            return "tasks.task.add", {"fields": _task(action, f"{letter}_{number}")}
        needed(action.still_in, "still_in")
        fields = {"stageId": needed(action.stage, "stage")}
        return "crm.item.update", {"entityTypeId": _CARDS[letter][1], "id": number, "fields": fields}

    def _card(self, card: str) -> tuple[str, str, int]:
        found = self._split(card)
        if found is None:
            raise incomplete(f"card {card}")
        letter, number = found
        return _CARDS[letter][0], letter, int(number)

    def _split(self, card: str) -> tuple[str, str] | None:
        """Letter and number of a card."""
        found = re.fullmatch(r"([LD])(\d+)", card.removeprefix(self._prefix))
        return None if found is None else (found[1], found[2])

    def _as_card(self, attempt: Attempt, stages: StageMap) -> Card:
        card = attempt.newest.card
        letter = "D" if isinstance(card, Deal) else "L"
        before, moved_at = _way_here(attempt.newest, stages)
        return Card(
            key=f"{self._prefix}{letter}{card.id}",
            person=None if card.manager is None else str(card.manager),
            stage=card.stage,
            came_from=before,
            moved_at=moved_at,
        )


def _way_here(held: Held[Lead] | Held[Deal], stages: StageMap) -> tuple[str | None, datetime | None]:
    """The stage before the one in which a card stands, if it is of the same pipeline, and since when it stands.

    A beginning that is only assumed is nothing to move a card back to.
    """
    way = [entry for entry in entries(held, stages) if entry.at is not None and not entry.assumed]
    if not way or way[-1].code != held.card.stage:
        return None, None
    before = next((entry.code for entry in reversed(way) if entry.code != held.card.stage), None)
    same = before is not None and _pipeline(before) == _pipeline(held.card.stage)
    return before if same else None, way[-1].at


def _pipeline(code: str) -> str:
    """The beginning of a stage's code: ``C7`` of ``C7:NEW``; empty in the main pipeline."""
    return code.rpartition(":")[0]


def _task(action: Action, binding: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "TITLE": needed(action.text, "text"),
        "RESPONSIBLE_ID": int(needed(action.person, "person")),
        "UF_CRM_TASK": [binding],
        "TAGS": [CLIENT],
    }
    if action.due_at is not None:
        fields["DEADLINE"] = action.due_at.isoformat()
    return fields


def _number(result: object) -> str:
    """The id of what came to be: a plain number, or inside the answer of tasks and cards."""
    while isinstance(result, Mapping):
        result = next((result[name] for name in ("task", "item", "id") if name in result), "")
    return str(result)
