"""Which facts follow from the cards, events, calls and tasks of an amoCRM account?

A card is one lead from its first stage to money or loss. A won card counts as paid in full at the moment of its
last move into «won»: the account knows no payments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

import pyarrow as pa

from smarketing.connectors.amocrm.directory import Directory, Fields
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.amocrm.records import LOST, WON, lead_links, stage_code
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.rows import fact_tables
from smarketing.facts.channels import clean_utm
from smarketing.facts.company import Company
from smarketing.facts.identity import email_plain, phone_e164

Row = dict[str, Any]
_Item = TypeVar("_Item")
SYSTEM = "amocrm"
_BATCH = 2_000
_DIRECTORIES = ("account", "users", "pipelines", "loss_reasons")
_NOT_ACCEPTED = "Отклонено в неразобранном"
# What a call came to, by the numbers of amoCRM; those of nobody reached are words the product knows.
_CALL_RESULTS: dict[object, str] = {
    1: "оставлено сообщение",
    2: "перезвонить",
    3: "нет ответа",
    4: "разговор",
    5: "неверный номер",
    6: "не дозвонились",
    7: "занято",
}


def stage_of(event: Mapping[str, Any], side: str) -> str | None:
    """The code of the stage before or after a move; None for other events."""
    for value in event.get(side) or []:
        status = value.get("lead_status")
        if status:
            return stage_code(status["pipeline_id"], status["id"])
    return None


class Maker:
    """Makes facts of what changed between two positions of a mirror."""

    def __init__(self, mirror: Mirror, company: Company, options: Options, base_url: str) -> None:
        self._mirror, self._company, self._options, self._base_url = mirror, company, options, base_url
        self._names = Directory(mirror, company, options)
        self._words = frozenset(word.casefold() for word in options.test_words)

    def make(self, after: int, upto: int) -> Iterator[Mapping[str, pa.Table]]:
        """Bounded batches: leads with all that hangs on them, then clients, calls, tasks and people."""
        for keys in _batches(self._touched(after, upto)):
            yield fact_tables(self._leads(keys))
        for stream in ("contacts", "companies"):
            for records in _batches(self._mirror.changed(stream, after, upto)):
                yield fact_tables({"clients": [self._client(stream, record) for record in records]})
        for stream in ("lead_calls", "contact_calls"):
            for records in _batches(self._mirror.changed(stream, after, upto)):
                yield fact_tables({"activities": self._calls(stream, records)})
        for records in _batches(self._mirror.changed("tasks", after, upto)):
            yield fact_tables({"tasks": [self._task(record) for record in records]})
        people = [_person(record) for record in self._mirror.changed("users", after, upto)]
        if people:
            yield fact_tables({"people": people})

    def _touched(self, after: int, upto: int) -> list[str]:
        """The cards to be told anew. A renamed stage, user or reason is told of every card."""
        if any(True for name in _DIRECTORIES for _ in self._mirror.changed(name, after, upto)):
            waiting = {_lead_of(record) for record in self._mirror.all("unsorted", gone=True)}
            return sorted({*(record.key for record in self._mirror.all("leads", gone=True)), *waiting} - {""})
        keys = {record.key for record in self._mirror.changed("leads", after, upto)}
        keys |= {str(record.body["entity_id"]) for record in self._mirror.changed("events", after, upto)}
        keys |= {_lead_of(record) for record in self._mirror.changed("unsorted", after, upto)}
        return sorted(keys - {""})

    # ── leads ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _leads(self, keys: Sequence[str]) -> dict[str, list[Row]]:
        cards, events = self._mirror.get("leads", keys), self._mirror.linked("events", "lead", keys)
        unsorted = self._mirror.linked("unsorted", "lead", [key for key in keys if key not in cards])
        rows: dict[str, list[Row]] = {"leads": [], "stage_moves": [], "payments": []}
        for key, card in cards.items():
            if self._names.takes(card.body["pipeline_id"]):
                self._card(rows, card, in_order(events.get(key, [])))
        for requests in unsorted.values():
            self._request(rows, requests[0])
        return rows

    def _card(self, rows: dict[str, list[Row]], card: Stored, events: Sequence[Stored]) -> None:
        moves = [event for event in events if event.body["type"] == "lead_status_changed"]
        rows["leads"].append(self._lead(card, events))
        rows["stage_moves"].extend(self._moves(card, moves))
        paid = self._payment(card, moves)
        if paid is not None:
            rows["payments"].append(paid)

    def _lead(self, card: Stored, events: Sequence[Stored]) -> Row:
        body, fields = card.body, Fields(card.body)
        embedded = body.get("_embedded") or {}
        tags = [str(tag["name"]) for tag in embedded.get("tags") or []]
        channel = clean_utm(fields.tags(), self._company.channels, crm_source=_source(embedded))
        said = self._options
        return {
            "lead_id": lead_id(card.key),
            "created_at": _moment(body["created_at"]),
            "updated_at": _moment(body["updated_at"]),
            "client_id": client_of(body),
            "visitor_id": fields.tags().get("_ym_uid") or None,
            **channel.columns,
            "segment": fields.get(said.segment),
            "product": fields.get(said.product),
            "region": fields.get(said.region),
            "seller_quality": fields.get(said.seller_quality),
            "hypothesis": fields.get(said.hypothesis),
            "manager": self._names.user(body.get("responsible_user_id")),
            "pipeline": self._names.pipeline(body["pipeline_id"]),
            "amount": Decimal(body["price"]) if body.get("price") else None,
            "currency": self._names.currency,
            "is_test": self._is_test(str(body.get("name") or ""), tags),
            "loss_reason": self._reason(body),
            "deal_id": card.key,
            "deleted_at": deleted_at(card, events),
            "source_system": SYSTEM,
            "url": f"{self._base_url}/leads/detail/{card.key}",
            "custom": {
                **fields.custom(),
                **channel.custom,
                "title": body.get("name"),
                "tags": ", ".join(tags),
            },
        }

    def _reason(self, body: Mapping[str, Any]) -> str | None:
        """Only of a lost card: a reopened one keeps its stale reason."""
        if body["status_id"] != LOST:
            return None
        return self._names.reason(
            body.get("loss_reason_id"), (body.get("_embedded") or {}).get("loss_reason") or []
        )

    def _is_test(self, title: str, tags: Iterable[str]) -> bool:
        words = re.findall(r"\w+", " ".join([title, *tags]).casefold())
        return any(word in self._words for word in words)

    def _moves(self, card: Stored, moves: Sequence[Stored]) -> list[Row]:
        """The way of a card: where it began, its moves, and where it stands if its history does not say so."""
        now = stage_code(card.body["pipeline_id"], card.body["status_id"])
        first = (stage_of(moves[0].body, "value_before") if moves else None) or (now if not moves else None)
        way = [] if first is None else [self._move(card.key, first, card.body["created_at"], None)]
        last = first
        for event in moves:
            after = stage_of(event.body, "value_after")
            if after is not None:
                way.append(self._move(card.key, after, event.body["created_at"], event.body.get("created_by")))
                last = after
        newer = not moves or card.body["updated_at"] >= moves[-1].body["created_at"]
        if last != now and newer:
            way.append(self._move(card.key, now, card.body.get("closed_at"), None))
        return way

    def _move(self, key: str, code: str, at: int | None, by: object) -> Row:
        return {
            "lead_id": lead_id(key),
            "stage": self._names.stage(code),
            "entered_at": None if at is None else _moment(at),
            "actor": self._names.user(by),
        }

    def _payment(self, card: Stored, moves: Sequence[Stored]) -> Row | None:
        """The money of a won card. One that was won and is not any more had none: its payment becomes nothing."""
        wins = [event.body["created_at"] for event in moves if _is_win(event.body)]
        is_won = card.body["status_id"] == WON
        amount = Decimal(card.body.get("price") or 0) if is_won else Decimal(0)
        if not wins and not (is_won and amount):
            return None
        at = wins[-1] if wins else card.body.get("closed_at")
        return {
            "payment_id": lead_id(card.key),
            "paid_at": None if at is None else _moment(at),
            "amount": amount,
            "currency": self._names.currency,
            "lead_id": lead_id(card.key),
            "client_id": client_of(card.body),
        }

    # ── requests that nobody accepted yet ──────────────────────────────────────────────────────────────────────

    def _request(self, rows: dict[str, list[Row]], request: Stored) -> None:
        """A request is a lead from its first second. One that vanished without a card was declined."""
        body, key = request.body, _lead_of(request)
        stage = self._names.unsorted_stage(body.get("pipeline_id"))
        if stage is None or not self._names.takes(body.get("pipeline_id")):
            return
        channel = clean_utm({}, self._company.channels, crm_source=body.get("source_name"))
        rows["leads"].append(
            {
                "lead_id": lead_id(key),
                "created_at": _moment(body["created_at"]),
                **channel.columns,
                "pipeline": self._names.pipeline(body.get("pipeline_id")),
                "loss_reason": _NOT_ACCEPTED if request.gone_at else None,
                "deal_id": key,
                "source_system": SYSTEM,
                "url": f"{self._base_url}/leads/detail/{key}",
                "custom": {**channel.custom, "category": body.get("category")},
            }
        )
        rows["stage_moves"].append(
            {"lead_id": lead_id(key), "stage": stage, "entered_at": _moment(body["created_at"])}
        )
        if request.gone_at and self._names.lost_stage:
            rows["stage_moves"].append(
                {"lead_id": lead_id(key), "stage": self._names.lost_stage, "entered_at": request.gone_at}
            )

    # ── what stands beside the leads ───────────────────────────────────────────────────────────────────────────

    def _client(self, stream: str, record: Stored) -> Row:
        fields = Fields(record.body)
        phone, email = fields.first("PHONE"), fields.first("EMAIL")
        created = record.body.get("created_at")
        return {
            "client_id": _client_id(stream, record.key),
            "created_at": None if created is None else _moment(created),
            "name": record.body.get("name"),
            "phone": phone_e164(phone, self._company.phone_region) if phone else None,
            "email": email_plain(email) if email else None,
        }

    def _calls(self, stream: str, records: Sequence[Stored]) -> list[Row]:
        leads = self._leads_of_contacts(records) if stream == "contact_calls" else {}
        rows = []
        for record in records:
            said = record.body.get("params") or {}
            entity = str(record.body["entity_id"])
            lead = entity if stream == "lead_calls" else _latest(leads.get(entity, []), record.body["created_at"])
            rows.append(
                {
                    "activity_id": f"{SYSTEM}:call:{record.key}",
                    "at": _moment(record.body["created_at"]),
                    "lead_id": None if lead is None else lead_id(lead),
                    "manager": self._names.user(record.body.get("responsible_user_id")),
                    "kind": "call",
                    "direction": "in" if record.body["note_type"] == "call_in" else "out",
                    "minutes": _minutes(said.get("duration")),
                    "result": _CALL_RESULTS.get(said.get("call_status")),
                }
            )
        return rows

    def _leads_of_contacts(self, records: Iterable[Stored]) -> dict[str, list[Stored]]:
        return self._mirror.linked("leads", "contact", {str(record.body["entity_id"]) for record in records})

    def _task(self, record: Stored) -> Row:
        body = record.body
        of_lead = body.get("entity_type") in {"leads", "lead"} and body.get("entity_id")
        done = body.get("updated_at") if body.get("is_completed") else None
        return {
            "task_id": f"{SYSTEM}:{record.key}",
            "created_at": _moment(body["created_at"]),
            "due_at": _moment(body["complete_till"]) if body.get("complete_till") else None,
            "done_at": None if done is None else _moment(done),
            "person": self._names.user(body.get("responsible_user_id")),
            "lead_id": lead_id(str(of_lead)) if of_lead else None,
            "title": body.get("text"),
            "source_system": SYSTEM,
        }


def lead_id(key: str) -> str:
    """Numbers of several systems meet in one table, so each carries its system's name."""
    return f"{SYSTEM}:{key}"


def client_of(card: Mapping[str, Any]) -> str | None:
    """The company where there is one, for its people come and go; else the main contact."""
    links = lead_links(card)
    if "company" in links:
        return _client_id("companies", links["company"])
    return _client_id("contacts", links["contact"]) if "contact" in links else None


def _client_id(stream: str, key: str) -> str:
    return f"{SYSTEM}:{'company' if stream == 'companies' else 'contact'}:{key}"


def _lead_of(request: Stored) -> str:
    leads = (request.body.get("_embedded") or {}).get("leads") or []
    return str(leads[0]["id"]) if leads else ""


def _source(embedded: Mapping[str, Any]) -> str | None:
    name = (embedded.get("source") or {}).get("name")
    return str(name) if name else None


def _is_win(event: Mapping[str, Any]) -> bool:
    return (stage_of(event, "value_after") or "").endswith(f":{WON}")


def deleted_at(card: Stored, events: Sequence[Stored]) -> datetime | None:
    """Since when the card is gone: by the newest event of deletion, by its own mark, or for it is not listed."""
    for event in reversed(events):
        if event.body["type"] == "lead_deleted":
            return _moment(event.body["created_at"])
        if event.body["type"] == "lead_restored":
            return None
    return _moment(card.body["updated_at"]) if card.body.get("is_deleted") else card.gone_at


def _person(record: Stored) -> Row:
    groups = (record.body.get("_embedded") or {}).get("groups") or []
    return {"person": record.body["name"], "team": str(groups[0]["name"]) if groups else None}


def _latest(cards: Iterable[Stored], at: int) -> str | None:
    """The newest card of a contact that existed when the call was made."""
    before = [card for card in cards if card.body["created_at"] <= at]
    return max(before, key=lambda card: (card.body["created_at"], card.key)).key if before else None


def _minutes(seconds: object) -> Decimal | None:
    return None if seconds in (None, "") else Decimal(str(seconds)) / 60


def in_order(events: Iterable[Stored]) -> list[Stored]:
    """Events of one card as they happened."""
    return sorted(events, key=_when)


def _when(event: Stored) -> tuple[int, str]:
    return int(event.body["created_at"]), event.key


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
