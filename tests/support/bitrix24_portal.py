"""A Bitrix24 portal on loopback that behaves as docs and field reports say: limits, quirks, faults.

It answers over real HTTP. Everything that goes wrong is planned by the test: a fault per request, a right taken
away, a clock that stands still. The data are plain rows as the real interface gives them."""

from __future__ import annotations

import threading
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.support.bitrix24_answers import Row, as_text, camel, descends, listed, matches, php_query, selected
from tests.support.bitrix24_limits import MSK, Limited, Refusal

__all__ = ["CODE", "MSK", "FakePortal"]
CODE = "s3cretcode"
PAGE = 50
ENTITIES = {1: "leads", 2: "deals", 3: "contacts", 4: "companies"}
FAULTS = ("query_limit", "internal", "html", "tear", "tear_body", "garbage")


@dataclass
class Table:
    """Rows by rising id; ids stay sorted, so that a page of a hundred thousand rows costs nothing."""

    rows: dict[int, Row] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)

    def put(self, number: int, row: Row) -> None:
        if number not in self.rows:
            insort(self.ids, number)
        self.rows[number] = row

    def drop(self, number: int) -> None:
        del self.rows[number]
        self.ids.remove(number)

    def after(self, last: int) -> Iterator[Row]:
        for place in range(bisect_right(self.ids, last), len(self.ids)):
            yield self.rows[self.ids[place]]


@dataclass
class FakePortal(Limited):
    """The state of a portal. ``now`` is its own clock; ``fault(number of the request)`` plans what goes wrong."""

    fault: Callable[[int], str | None] = lambda _: None
    scopes: tuple[str, ...] = ("crm", "user_basic", "department", "task", "im", "telephony")
    admin: bool = True
    revoked: bool = False
    simple: bool = False
    hidden_categories: tuple[int, ...] = ()
    closed_deals: tuple[int, ...] = ()  # whose lines this person may not see
    ids_ignored_by: tuple[str, ...] = ()  # methods that do not know «>ID»
    touch_between: Callable[[FakePortal], None] | None = None  # something changes while pages are read
    access_token: str = "token-0"
    refresh_token: str = "refresh-0"
    member_id: str = "m1"
    handler: str = "http://testserver/connections/access/back"  # where the application's card sends the browser
    agrees: bool = True  # the person who is asked for access
    page_faults: dict[str, str] = field(default_factory=dict)  # a command of a batch that fails → its code

    def __post_init__(self) -> None:
        super().__post_init__()
        names = (
            "leads",
            "deals",
            "contacts",
            "companies",
            "lead_moves",
            "deal_moves",
            "activities",
            "calls",
            "tasks",
            "products",
            "deal_products",
        )
        self.tables = {name: Table() for name in names}
        self.statuses: list[Row] = []
        self.categories: list[Row] = []
        self.fields: dict[str, list[Row]] = {"lead": [], "deal": [], "contact": [], "company": []}
        self.users: list[Row] = []
        self.departments: list[Row] = []
        self.asked: list[str] = []
        self.written: list[tuple[str, Row]] = []
        self.lines = 0  # numbers of products in deals, given once
        self.lines_of: dict[int, list[int]] = {}
        self.refreshes = 0
        self.code = ""  # works once
        self._lock = threading.Lock()

    # ── what a test does to it ─────────────────────────────────────────────────────────────────────────────────

    def change(self, table: str, number: int, **values: Any) -> None:
        row = self.tables[table].rows[number]
        row.update(values)
        row["updatedTime"] = self.now().isoformat()

    def sell(self, deal: int, *lines: tuple[str, object, object], touch: bool = True) -> None:
        """The deal's lines anew: product, price, quantity. As in a real one the deal is saved with them."""
        table = self.tables["deal_products"]
        for number in self.lines_of.pop(deal, []):
            table.drop(number)
        for place, (name, price, quantity) in enumerate(lines):
            number = self.lines = self.lines + 1
            found = (row["ID"] for row in self.tables["products"].rows.values() if row["NAME"] == name)
            row = {
                "id": number, "ownerId": deal, "ownerType": "D", "productId": next(found, 0), "productName": name,
                "price": price, "quantity": quantity, "taxRate": None, "taxIncluded": "Y", "sort": place * 10,
                "customized": "Y", "measureName": "шт",
            }  # fmt: skip
            table.put(number, row)
            self.lines_of.setdefault(deal, []).append(number)
        if touch:
            self.change("deals", deal)

    def product(self, number: int, name: str) -> None:
        """A product of the catalogue is made or renamed."""
        row = {"ID": number, "NAME": name, "TIMESTAMP_X": self.now().isoformat()}
        self.tables["products"].put(number, row)

    def move(
        self, table: str, number: int, stage: str, semantic: str, *, history: bool = True, by: int = 6
    ) -> None:
        moment = self.now()
        self.change(
            table, number, stageId=stage, stageSemanticId=semantic, movedTime=moment.isoformat(), movedBy=by
        )
        if history:
            self.tell_move(table, number, 2 if semantic == "P" else 3, moment, stage, semantic)

    def tell_move(self, table: str, owner: int, kind: int, at: datetime, stage: str, semantic: str) -> None:
        moves = self.tables["lead_moves" if table == "leads" else "deal_moves"]
        number = (moves.ids[-1] if moves.ids else 0) + 1
        row: Row = {
            "ID": number,
            "TYPE_ID": kind,
            "OWNER_ID": owner,
            "CREATED_TIME": at.astimezone(UTC).isoformat(),
        }
        if table == "leads":
            row |= {"STATUS_ID": stage, "STATUS_SEMANTIC_ID": semantic}
        else:
            category = int(stage[1 : stage.index(":")]) if ":" in stage else 0
            row |= {"STAGE_ID": stage, "STAGE_SEMANTIC_ID": semantic, "CATEGORY_ID": category}
        moves.put(number, row)

    # ── applications ───────────────────────────────────────────────────────────────────────────────────────────

    def agree(self, asked: Row) -> str:
        """Where the browser goes after a person has agreed: back, with a code and the state that was sent."""
        back = {"state": asked.get("state", ""), "domain": "127.0.0.1", "member_id": self.member_id}
        if not self.agrees or asked.get("client_id") != "app":
            return f"{self.handler}?{urlencode({**back, 'error': 'access_denied'})}"
        self.code = f"code-{self.refreshes}"
        return f"{self.handler}?{urlencode({**back, 'code': self.code, 'scope': 'crm'})}"

    def tokens(self, asked: Row, endpoint: str) -> tuple[int, Row]:
        """A fresh pair for the client's secret with the code or the refresh token that is good now."""
        with self._lock:
            proof = {"refresh_token": self.refresh_token, "authorization_code": self.code}
            kind = asked.get("grant_type", "")
            given = asked.get("code" if kind == "authorization_code" else "refresh_token")
            if (asked.get("client_id"), asked.get("client_secret")) != ("app", "app-secret"):
                return 400, {"error": "invalid_client"}
            if not given or given != proof.get(kind):
                return 400, {"error": "invalid_grant"}
            self.refreshes, self.code = self.refreshes + 1, ""
            self.access_token, self.refresh_token = f"token-{self.refreshes}", f"refresh-{self.refreshes}"
            pair = {"access_token": self.access_token, "refresh_token": self.refresh_token}
            return 200, {**pair, "expires_in": 3600, "client_endpoint": endpoint, "member_id": self.member_id}

    # ── answering ──────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, method: str, params: Row) -> tuple[int, Row]:
        """Status and body of a request; ``method`` in any case."""
        name = method.lower().removesuffix(".json")
        with self._lock:
            started = self.now()
            try:
                self._door(name, params)
                result = self._batch(params) if name == "batch" else self._call(name, params)
            except Refusal as refusal:
                return refusal.status, {"error": refusal.code, "error_description": refusal.said}
            return 200, {**result, "time": self._time(name, started)}

    def _door(self, name: str, params: Row) -> None:
        if self.revoked:
            raise Refusal(401, "NO_AUTH_FOUND", f"Wrong authorization data {CODE}")
        if "auth" in params and params["auth"] != self.access_token:
            raise Refusal(401, "expired_token", "The access token provided has expired.")
        self._let_in(name)

    def _batch(self, params: Row) -> Row:
        commands = params.get("cmd") or {}
        if len(commands) > 50:
            raise Refusal(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
        results: Row = {}
        errors: Row = {}
        times: Row = {}
        nexts: Row = {}
        for name, text in commands.items():
            method, _, query = str(text).partition("?")
            method = method.lower()
            try:
                if name in self.page_faults:
                    raise Refusal(400, self.page_faults[name])
                if self.limits:
                    self._spend(method)
                answer = self._call(method, php_query(query, results))
            except Refusal as refusal:
                errors[name] = {"error": refusal.code, "error_description": refusal.said}
                if int(params.get("halt") or 0):
                    break
                continue
            results[name] = answer["result"]
            times[name] = self._time(method, self.now())
            if "next" in answer:
                nexts[name] = answer["next"]
        told = {"result": results, "result_error": errors, "result_total": {}, "result_next": nexts}
        # An empty map is written as a list there.
        return {"result": {key: value or [] for key, value in {**told, "result_time": times}.items()}}

    def _call(self, name: str, params: Row) -> Row:
        self.asked.append(name)
        if self.touch_between is not None:
            self.touch_between(self)
        scope = next((scope for start, scope in _SCOPES.items() if name.startswith(start)), None)
        if scope and scope not in self.scopes:
            raise Refusal(403, "insufficient_scope", "The request requires higher privileges")
        for start, handler in _HANDLERS.items():
            if name.startswith(start):
                return handler(self, name, params)
        raise Refusal(404, "ERROR_METHOD_NOT_FOUND", f"Method {name} not found")

    # ── methods ────────────────────────────────────────────────────────────────────────────────────────────────

    def _items(self, name: str, params: Row) -> Row:
        entity = int(params.get("entityTypeId") or 0)
        if entity not in ENTITIES:
            raise Refusal(404, "NOT_FOUND", "Smart process not found")
        if name.endswith(".fields"):
            return {"result": {"fields": self._field_list(entity)}}
        if name.endswith(".update"):
            return self._update(name, params)
        rows = self._page(name, self.tables[ENTITIES[entity]], params, "id")
        select = listed(params.get("select")) or ["*"]
        items = [selected(row, select) for row in rows[0]]
        return self._told({"items": items}, params, rows)

    def _field_list(self, entity: int) -> Row:
        own = self.fields[("lead", "deal", "contact", "company")[entity - 1]]
        known: Row = {
            "id": {"type": "integer", "upperName": "ID"},
            "title": {"type": "string", "upperName": "TITLE"},
        }
        for one in own:
            known[camel(one["FIELD_NAME"])] = {
                "type": one["USER_TYPE_ID"], "isDynamic": True, "upperName": one["FIELD_NAME"],
            }  # fmt: skip
        return known

    def _update(self, name: str, params: Row) -> Row:
        table, number = ENTITIES[int(params["entityTypeId"])], int(params["id"])
        if number not in self.tables[table].rows:
            raise Refusal(400, "NOT_FOUND", "Element not found")
        self.written.append((name, params))
        fields = params["fields"]
        if "stageId" in fields:
            self.move(table, number, fields["stageId"], "P")
        return {"result": {"item": {"id": number}}}

    def _history(self, name: str, params: Row) -> Row:
        table = self.tables["lead_moves" if int(params["entityTypeId"]) == 1 else "deal_moves"]
        rows = self._page(name, table, params, "ID")
        return self._told({"items": rows[0]}, params, rows)

    def _old_list(self, name: str, params: Row) -> Row:
        table = self.tables[next(table for start, table in _OLD.items() if name.startswith(start))]
        rows = self._page(name, table, params, "ID")
        return self._told([{key: as_text(value) for key, value in row.items()} for row in rows[0]], params, rows)

    def _product_rows(self, name: str, params: Row) -> Row:
        """Only for an owner that is named; a list of owners is taken, too."""
        conditions = dict(params.get("filter") or {})
        owner = conditions.pop("=ownerId", None)
        if conditions.pop("=ownerType", None) != "D" or owner is None:
            raise Refusal(400, "100", "Required parameters: =ownerType, =ownerId")
        owners = {int(one) for one in (owner if isinstance(owner, list) else [owner])}
        if owners & set(self.closed_deals):
            raise Refusal(400, "ACCESS_DENIED", "Access denied")
        table = Table()
        for number in (number for one in owners for number in self.lines_of.get(one, ())):
            table.put(number, self.tables["deal_products"].rows[number])
        rows = self._page(name, table, {**params, "filter": conditions}, "id")
        return self._told({"productRows": rows[0]}, params, rows)

    def _task_list(self, name: str, params: Row) -> Row:
        if name.endswith(".add"):
            self.written.append((name, params))
            return {"result": {"task": {"id": "901"}}}
        rows = self._page(name, self.tables["tasks"], params, "id")
        return self._told({"tasks": rows[0]}, params, rows)

    def _page(self, name: str, table: Table, params: Row, key: str) -> tuple[list[Row], int, int]:
        """Rows of a page, where it begins, how many there are (0 where nobody counted)."""
        conditions = dict(params.get("filter") or params.get("FILTER") or {})
        last = conditions.pop(f">{key}", None) or conditions.pop(">ID", None) or 0
        ignores = name in self.ids_ignored_by
        hidden = self.hidden_categories if name == "crm.item.list" else ()
        found = (
            row
            for row in table.after(0 if ignores else int(last or 0))
            if matches(row, conditions) and row.get("categoryId") not in hidden
        )
        start = int(params.get("start") or 0)
        if descends(params):
            found = iter(list(found)[::-1])
        if start < 0:
            return [row for row, _ in zip(found, range(PAGE), strict=False)], 0, 0
        everything = list(found)
        return everything[start : start + PAGE], start, len(everything)

    def _told(self, result: Any, params: Row, rows: tuple[list[Row], int, int]) -> Row:
        if int(params.get("start") or 0) < 0:
            return {"result": result, "total": 0}
        _, start, total = rows
        more = {"next": start + PAGE} if start + PAGE < total else {}
        return {"result": result, "total": total, **more}

    def _statuses(self, _: str, __: Row) -> Row:
        return {"result": self.statuses, "total": len(self.statuses)}

    def _categories(self, _: str, __: Row) -> Row:
        shown = [row for row in self.categories if row["id"] not in self.hidden_categories]
        return {"result": {"categories": shown}, "total": len(shown)}

    def _user_fields(self, name: str, _: Row) -> Row:
        rows = self.fields[name.split(".")[1]]
        if name.startswith("crm.deal"):  # a list may come as a map of number to row
            rows = [{**row, "LIST": {str(at): word for at, word in enumerate(row["LIST"])}} for row in rows]
        return {"result": rows}

    def _users(self, name: str, params: Row) -> Row:
        rows = self.departments if name.startswith("department") else self.users
        if name == "user.current":
            return {"result": rows[0] if rows else {}}
        start = max(0, int(params.get("start") or 0))
        more = {"next": start + PAGE} if start + PAGE < len(rows) else {}
        return {"result": rows[start : start + PAGE], "total": len(rows), **more}

    def _about(self, name: str, _: Row) -> Row:
        if name == "crm.settings.mode.get":
            return {"result": 2 if self.simple else 1}
        if name == "scope":
            return {"result": list(self.scopes)}
        return {"result": {"ID": "6", "ADMIN": self.admin, "NAME": "Integration"}}

    def _writes(self, name: str, params: Row) -> Row:
        self.written.append((name, params))
        return {"result": len(self.written)}


_SCOPES = {
    "crm.": "crm", "user.get": "user_basic", "department": "department", "tasks.": "task", "im.": "im",
    "voximplant": "telephony",
}  # fmt: skip


_OLD = {"crm.activity": "activities", "crm.product": "products", "voximplant": "calls"}


_HANDLERS: dict[str, Callable[[FakePortal, str, Row], Row]] = {
    "crm.item.productrow.list": FakePortal._product_rows,
    "crm.product.list": FakePortal._old_list,
    "crm.item.": FakePortal._items,
    "crm.stagehistory.list": FakePortal._history,
    "crm.activity.list": FakePortal._old_list,
    "voximplant.statistic.get": FakePortal._old_list,
    "tasks.task.": FakePortal._task_list,
    "crm.status.list": FakePortal._statuses,
    "crm.category.list": FakePortal._categories,
    "crm.lead.userfield": FakePortal._user_fields,
    "crm.deal.userfield": FakePortal._user_fields,
    "crm.contact.userfield": FakePortal._user_fields,
    "crm.company.userfield": FakePortal._user_fields,
    "user.": FakePortal._users,
    "department.get": FakePortal._users,
    "profile": FakePortal._about,
    "scope": FakePortal._about,
    "crm.settings.mode.get": FakePortal._about,
    "crm.timeline.comment.add": FakePortal._writes,
    "im.notify.system.add": FakePortal._writes,
}
