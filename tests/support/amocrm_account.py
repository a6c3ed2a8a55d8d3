"""An amoCRM account on loopback, with its habits and its traps, for tests over real HTTP.

It keeps cards, events, calls and tasks in memory, answers with pages and ``_links.next``, says 204 for nothing,
caps pages, refuses the eighth request of a second, and can be told to fail in every way a real one does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.faults import Fault, FaultyHandler, FaultyServer, served

Item = dict[str, Any]
TOKEN = "long-lived-token"
APPLICATION = ("app", "app-secret", "https://our.example/back")  # client_id, client_secret, redirect_uri
START = 1_760_000_000  # 2025-10-09 08:53:20 UTC


@dataclass
class Account:
    """The state of the account; tests write into it as its users would."""

    account: Item = field(default_factory=lambda: deepcopy(_ACCOUNT))
    pipelines: list[Item] = field(default_factory=lambda: deepcopy(_PIPELINES))
    users: list[Item] = field(default_factory=lambda: deepcopy(_USERS))
    loss_reasons: list[Item] = field(default_factory=lambda: [{"id": 9, "name": "Дорого"}])
    custom_fields: list[Item] = field(default_factory=list)
    leads: dict[int, Item] = field(default_factory=dict)
    contacts: dict[int, Item] = field(default_factory=dict)
    companies: dict[int, Item] = field(default_factory=dict)
    events: list[Item] = field(default_factory=list)
    lead_notes: list[Item] = field(default_factory=list)
    contact_notes: list[Item] = field(default_factory=list)
    tasks: list[Item] = field(default_factory=list)
    unsorted: list[Item] = field(default_factory=list)
    clock: int = START
    written: list[tuple[str, str, Any]] = field(default_factory=list)  # method, path, body

    def tick(self, seconds: int = 60) -> int:
        self.clock += seconds
        return self.clock

    def add_lead(
        self, number: int, *, status: int = 100, pipeline: int = 77, price: int = 1000, **more: Any
    ) -> Item:
        at = self.tick()
        embedded = {"tags": [], "companies": [], "contacts": [{"id": 8000 + number % 50, "is_main": True}]}
        lead = {
            "id": number,
            "name": f"Площадка {number}",
            "price": price,
            "responsible_user_id": 11,
            "status_id": status,
            "pipeline_id": pipeline,
            "loss_reason_id": None,
            "created_at": at,
            "updated_at": at,
            "closed_at": None,
            "is_deleted": False,
            "custom_fields_values": None,
            "_embedded": embedded,
            **more,
        }
        self.leads[number] = lead
        return lead

    def move(self, number: int, status: int, *, pipeline: int | None = None, by: int = 11, **changed: Any) -> None:
        lead, at = self.leads[number], self.tick()
        before = {"id": lead["status_id"], "pipeline_id": lead["pipeline_id"]}
        lead.update(status_id=status, pipeline_id=pipeline or lead["pipeline_id"], updated_at=at, **changed)
        if status in {142, 143}:
            lead["closed_at"] = at
        after = {"id": lead["status_id"], "pipeline_id": lead["pipeline_id"]}
        self._event("lead_status_changed", number, by, before=before, after=after)

    def delete(self, number: int) -> None:
        del self.leads[number]
        self._event("lead_deleted", number, 11)

    def merge(self, loser: int) -> None:
        """The losing card vanishes without a word."""
        del self.leads[loser]
        self.tick()

    def _event(
        self, kind: str, number: int, by: int, *, before: Item | None = None, after: Item | None = None
    ) -> None:
        self.events.append(
            {
                "id": f"01ev{len(self.events):08d}",
                "type": kind,
                "entity_id": number,
                "entity_type": "lead",
                "created_by": by,
                "created_at": self.tick(0) if before else self.tick(),
                "value_before": [{"lead_status": before}] if before else [],
                "value_after": [{"lead_status": after}] if after else [],
            }
        )


class Server(FaultyServer):
    """Serves an account."""

    def __init__(self, account: Account) -> None:
        super().__init__(_Handler)
        self.account = account
        self.token = TOKEN
        self.hidden: set[str] = set()  # lists that the rights of the token's user hide
        self.refresh = "refresh-0"
        self.code = "c0de"
        self.refreshes = 0
        self.per_second: int | None = None
        self.now: Callable[[], float] = lambda: 0.0
        self.recent: list[float] = []
        self.before: Callable[[str], None] | None = None  # people go on working while pages are read

    def fault(self) -> Fault | None:
        return super().fault() or (429 if self._too_fast() else None)

    def _too_fast(self) -> bool:
        if self.per_second is None:
            return False
        now = self.now()
        self.recent = [moment for moment in self.recent if now - moment < 1]
        self.recent.append(now)
        return len(self.recent) > self.per_second


@contextmanager
def serving(account: Account) -> Iterator[Server]:
    with served(Server(account)) as server:
        yield server


class _Handler(FaultyHandler):
    server: Server

    def get(self) -> None:
        if self._unknown():
            return
        if urlsplit(self.path).path.removeprefix("/api/v4/") in self.server.hidden:
            self.send(403, '{"title":"Forbidden"}')
            return
        if self.server.before:
            self.server.before(self.path)
        status, content = _answer(self.server.account, self.path)
        self.send(status, "" if content is None else json.dumps(content))

    def post(self) -> None:
        self._write("POST")

    def patch(self) -> None:
        self._write("PATCH")

    def _tokens(self) -> None:
        """A pair for a code or a refresh token, each good for once."""
        said, server = json.loads(self.said), self.server
        proof = (said.get("code"), said.get("refresh_token"))
        known = proof in {(server.code, None), (None, server.refresh)}
        if not known or (said["client_id"], said["client_secret"], said["redirect_uri"]) != APPLICATION:
            self.send(400, '{"hint":"Token has been revoked","title":"invalid_grant"}')
            return
        server.refreshes += 1
        server.code = "used"
        server.token, server.refresh = f"token-{server.refreshes}", f"refresh-{server.refreshes}"
        pair = {"access_token": server.token, "refresh_token": server.refresh, "expires_in": 86400}
        self.send(200, json.dumps({"token_type": "Bearer", **pair}))

    def _write(self, method: str) -> None:
        if self.path == "/oauth2/access_token":
            self._tokens()
            return
        if self._unknown():
            return
        account, path = self.server.account, self.path.removeprefix("/api/v4/")
        content = json.loads(self.said)
        status, answer = _written(account, method, path, content)
        if status < 300:
            account.written.append((method, path, content))
        self.send(status, json.dumps(answer))

    def _unknown(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {self.server.token}":
            return False
        self.send(401, '{"title":"Unauthorized"}')
        return True


def _written(account: Account, method: str, path: str, content: Any) -> tuple[int, Item]:
    words = path.split("/")
    if words[0] == "leads" and int(words[1]) not in account.leads:
        return 404, {"title": "Not Found", "status": 404}
    made = {"id": 90_000 + len(account.written)}
    if (method, path) == ("POST", "tasks"):
        return 200, {"_embedded": {"tasks": [made]}}
    if method == "POST" and words[2:] == ["notes"]:
        return 200, {"_embedded": {"notes": [made]}}
    account.move(int(words[1]), content["status_id"], pipeline=content["pipeline_id"], by=0)
    return 200, {"id": int(words[1])}


def _answer(account: Account, address: str) -> tuple[int, Item | None]:
    parts = urlsplit(address)
    asked = parse_qs(parts.query, keep_blank_values=True)
    path = parts.path.removeprefix("/api/v4/")
    if path == "account":
        return 200, deepcopy(account.account)
    if path.startswith("leads/") and path.removeprefix("leads/").isdigit():
        lead = account.leads.get(int(path.removeprefix("leads/")))
        return (204, None) if lead is None else (200, deepcopy(lead))
    if path not in _LISTS:
        return 404, {"title": "Not found", "status": 404}
    name, items, default_order = _LISTS[path](account)
    found = _ordered(_filtered(items, asked), asked, default_order)
    return _paged(path, name, found, asked)


_Listing = tuple[str, list[Item], str]
_LISTS: Mapping[str, Callable[[Account], _Listing]] = {
    "leads": lambda account: ("leads", list(account.leads.values()), "id"),
    "contacts": lambda account: ("contacts", list(account.contacts.values()), "id"),
    "companies": lambda account: ("companies", list(account.companies.values()), "id"),
    "leads/pipelines": lambda account: ("pipelines", account.pipelines, "id"),
    "leads/loss_reasons": lambda account: ("loss_reasons", account.loss_reasons, "id"),
    "leads/custom_fields": lambda account: ("custom_fields", account.custom_fields, "id"),
    "leads/unsorted": lambda account: ("unsorted", account.unsorted, "created_at"),
    "leads/notes": lambda account: ("notes", account.lead_notes, "id"),
    "contacts/notes": lambda account: ("notes", account.contact_notes, "id"),
    "users": lambda account: ("users", account.users, "id"),
    "tasks": lambda account: ("tasks", account.tasks, "id"),
    "events": lambda account: ("events", account.events, "-created_at"),
}


def _filtered(items: list[Item], asked: Mapping[str, list[str]]) -> list[Item]:
    found = items
    for column in ("updated_at", "created_at"):
        if low := asked.get(f"filter[{column}][from]"):
            found = [item for item in found if item[column] >= int(low[0])]
        if high := asked.get(f"filter[{column}][to]"):
            found = [item for item in found if item[column] <= int(high[0])]
    for column, name in (("type", "filter[type][]"), ("note_type", "filter[note_type][]")):
        if kinds := asked.get(name):
            found = [item for item in found if item[column] in kinds]
    if ids := asked.get("filter[id][]"):
        found = [item for item in found if str(item["id"]) in ids]
    return found


def _ordered(items: list[Item], asked: Mapping[str, list[str]], default: str) -> list[Item]:
    for column in ("updated_at", "created_at", "id"):
        if f"order[{column}]" in asked:
            return sorted(items, key=lambda item: (item[column], item["id"]))
    column = default.removeprefix("-")
    return sorted(items, key=lambda item: item[column], reverse=default.startswith("-"))


def _paged(path: str, name: str, items: list[Item], asked: Mapping[str, list[str]]) -> tuple[int, Item | None]:
    limit = int(asked.get("limit", ["50"])[0])
    if path == "events" and limit > 100:
        limit = 50  # in silence, as the real one does
    page, limit = int(asked.get("page", ["1"])[0]), min(limit, 250)
    part = items[(page - 1) * limit : page * limit]
    if not part:
        return 204, None
    links: Item = {"self": {"href": "…"}}
    if len(items) > page * limit:
        links["next"] = {"href": f"…page={page + 1}"}
    return 200, {"_page": page, "_links": links, "_embedded": {name: deepcopy(part)}}


def _status(number: int, name: str, sort: int, kind: int = 0) -> Item:
    return {"id": number, "name": name, "sort": sort, "type": kind}


_ENDS = [_status(142, "Успешно реализовано", 10_000), _status(143, "Закрыто и не реализовано", 11_000)]
_ACCOUNT: Item = {
    "id": 1,
    "name": "Игроград",
    "subdomain": "igrograd",
    "currency": "RUB",
    "_embedded": {"datetime_settings": {"timezone": "Europe/Moscow"}},
}
_PIPELINES: list[Item] = [
    {
        "id": 77,
        "name": "Продажи",
        "sort": 1,
        "is_main": True,
        "_embedded": {
            "statuses": [
                _status(90, "Неразобранное", 1, kind=1),
                _status(100, "Первичный контакт", 10),
                _status(101, "Взят в работу", 20),
                _status(102, "Договор", 30),
                *_ENDS,
            ]
        },
    },
    {
        "id": 78,
        "name": "Дилеры",
        "sort": 2,
        "is_main": False,
        "_embedded": {"statuses": [_status(200, "Первичный контакт", 10), _status(201, "Замер", 20), *_ENDS]},
    },
]
_USERS: list[Item] = [
    {"id": 11, "name": "Анна Продажина", "_embedded": {"groups": [{"id": 1, "name": "Отдел продаж"}]}},
    {"id": 12, "name": "Борис Уволенный", "_embedded": {}},
]
