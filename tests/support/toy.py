"""A toy CRM that really works, over real HTTP on loopback, and the honest connector that reads it.

The CRM keeps leads (with their stage, deletable), the log of their moves and a list of stages. Its connector keeps
to the contract of ``connectors/outside/streams.py``: keyset paging, a page with its cursor, deletions by listing.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from smarketing.connectors.outside.http import Http, Traffic
from smarketing.connectors.outside.kinds import Account, ConnectorKind, FormField
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.streams import Assumption, Cursor, Health, Page, Record, Refused, Since, Stream
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble
from smarketing.facts.company import Company
from smarketing.facts.language import Text, same

TOKEN = "toy-s3cret-token"
FIRST = datetime(2026, 11, 2, 9, tzinfo=UTC)
STAGES = (
    {"key": "fresh", "name": {"ru": "Новый", "en": "New"}},
    {"key": "talk", "name": {"ru": "В работе", "en": "In work"}, "milestone": "accepted"},
    {"key": "won", "name": {"ru": "Продажа", "en": "Sale"}, "milestone": "won"},
    {"key": "lost", "name": {"ru": "Отказ", "en": "Lost"}, "milestone": "lost"},
)


# ── the system ──────────────────────────────────────────────────────────────


@dataclass
class Shop:
    """What the CRM holds. ``answers``: statuses to give instead of an answer, one after another; 0 tears."""

    leads: dict[int, dict[str, Any]] = field(default_factory=dict)
    moves: list[dict[str, Any]] = field(default_factory=list)
    stages: list[Mapping[str, Any]] = field(default_factory=lambda: list(STAGES))
    answers: list[int] = field(default_factory=list)
    token: str = TOKEN
    clock: datetime = FIRST
    ahead: timedelta = timedelta()  # of its clock before ours
    pause: float = 0.0  # seconds before each answer
    asked: list[str] = field(default_factory=list)

    def lead(self, source: str = "site", **more: Any) -> int:
        """A new lead of this moment; the clock goes on by a minute."""
        number = max(self.leads, default=0) + 1
        self.leads[number] = {"id": number, "created": self._tick(), "source": source, "stage": "", **more}
        self.leads[number]["updated"] = self.leads[number]["created"]
        self.move(number, "fresh")
        return number

    def move(self, number: int, stage: str) -> None:
        at = self._tick()
        self.moves.append({"id": len(self.moves) + 1, "lead": number, "stage": stage, "at": at})
        self.leads[number] |= {"stage": stage, "updated": at}

    def delete(self, number: int) -> None:
        del self.leads[number]

    def _tick(self) -> str:
        self.clock += timedelta(minutes=1)
        return self.clock.isoformat()


class Portal(ThreadingHTTPServer):
    """The CRM's face on loopback."""

    daemon_threads = True

    def __init__(self, shop: Shop) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.shop = shop
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is part of the game."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Portal
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        shop, parts = self.server.shop, urlsplit(self.path)
        shop.asked.append(self.path)
        time.sleep(shop.pause)
        status = shop.answers.pop(0) if shop.answers else 200
        if status == 0:
            self.close_connection = True
            self.connection.close()
            return
        if self.headers.get("Authorization") != f"Bearer {shop.token}":
            status = 401
        body = json.dumps(
            _answer(shop, parts.path, dict(parse_qsl(parts.query))) if status == 200 else {}
        ).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1800")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(datetime.now(UTC) + self.server.shop.ahead, usegmt=True)

    def log_message(self, *_: object) -> None:
        """Silence."""


def _answer(shop: Shop, path: str, said: Mapping[str, str]) -> Any:
    after, limit = int(said.get("after", 0)), int(said.get("limit", 50))
    if path == "/whoami":
        return {"shop": "Качели"}
    if path == "/stages":
        return shop.stages
    if path == "/moves":
        return [move for move in shop.moves if move["id"] > after][:limit]
    if path == "/ids":
        return [number for number in sorted(shop.leads) if number > after][:limit]
    since = (said.get("from", ""), after)
    found = [lead for lead in shop.leads.values() if (lead["updated"], lead["id"]) > since]
    return sorted(found, key=lambda lead: (lead["updated"], lead["id"]))[:limit]


# ── its connector ───────────────────────────────────────────────────────────


class ToyOptions(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    page: int = Field(default=50, ge=1)


class Toy:
    """The connector of the toy CRM."""

    kind = "toy"
    streams = (
        Stream("stages", Text("стадии", "stages"), directory=True),
        Stream("leads", Text("лиды", "leads"), sweeps=True),
        Stream("moves", Text("переходы", "moves")),
    )

    def __init__(self, account: Account) -> None:
        assert isinstance(account.options, ToyOptions)
        token = account.secrets["token"]
        self._limit = account.options.page
        self._http = Http(
            account.base_url,
            judge=_judge,
            pace=Pace(10_000, 10_000),
            headers={"Authorization": f"Bearer {token}"},
            secrets=[token],
            attempts=2,
        )

    @property
    def traffic(self) -> Traffic:
        return self._http.traffic

    def close(self) -> None:
        self._http.close()

    def health(self) -> Health:
        return Health(self._get("/whoami")["shop"])

    def assumptions(self) -> Iterator[Assumption]:
        first = self._get("/leads", limit=2)
        says = Text("Лиды приходят по порядку изменения.", "Leads come in the order of their changes.")
        holds = None if len(first) < 2 else first[0]["updated"] <= first[1]["updated"]
        yield Assumption("leads-ordered", says, holds, seen=f"{len(first)} leads")

    def walk(
        self, stream: str, cursor: Cursor | None, *, now: datetime, since: Since | None = None
    ) -> Iterator[Page]:
        if stream == "stages":
            stages = self._get("/stages")
            yield Page("stages", [Record(one["key"], {**one, "place": n}) for n, one in enumerate(stages)], {})
        elif stream == "leads":
            yield from self._leads(cursor, since)
        else:
            yield from self._moves({"after": 0} if since or cursor is None else cursor)

    def _leads(self, cursor: Cursor | None, since: Since | None) -> Iterator[Page]:
        at = {"from": "", "after": 0} if cursor is None else dict(cursor)
        if since is not None:
            at = {"from": since.day.isoformat() if since.day else "", "after": 0}
        while found := self._get("/leads", **at, limit=self._limit):
            at = {"from": found[-1]["updated"], "after": found[-1]["id"]}
            taken = [Record(str(lead["id"]), lead) for lead in found if "created" in lead]
            refused = [_no_day(lead) for lead in found if "created" not in lead]
            yield Page("leads", taken, at, refused=refused, expected=None)

    def _moves(self, at: Cursor) -> Iterator[Page]:
        while found := self._get("/moves", **at, limit=self._limit):
            at = {"after": found[-1]["id"]}
            yield Page("moves", [Record(str(m["id"]), m, links={"lead": str(m["lead"])}) for m in found], at)

    def keys(self, stream: str) -> Iterator[Sequence[str]]:
        after = 0
        while found := self._get("/ids", after=after, limit=self._limit):
            yield [str(number) for number in found]
            after = found[-1]

    def settings(self, mirror: Mirror, company: Company) -> Mapping[str, object]:
        stages = sorted((stage.body for stage in mirror.all("stages")), key=lambda body: body["place"])
        return {"stages": [{k: v for k, v in body.items() if k != "place"} for body in stages]}

    def facts(
        self, mirror: Mirror, company: Company, *, after: int, upto: int, now: datetime
    ) -> Iterator[Mapping[str, pa.Table]]:
        held: list[Stored] = []
        for lead in mirror.changed("leads", after, upto):
            held.append(lead)
            if len(held) == 40:
                yield {"leads": _lead_rows(held)}
                held = []
        yield {"leads": _lead_rows(held)}
        yield {"stage_moves": _move_rows(list(mirror.changed("moves", after, upto)))}

    def _get(self, path: str, **params: Any) -> Any:
        return self._http.read("GET", path, params=params).json()


def _no_day(lead: Mapping[str, Any]) -> Refused:
    return Refused(str(lead["id"]), lead, "created", Text("Нет дня создания.", "No day of creation."))


def _judge(response: httpx.Response) -> Trouble | None:
    status = response.status_code
    if status == 200:
        return None
    if status == 401:
        return LastingTrouble("revoked", Text("Доступ отозван: выдайте новый ключ.", "Revoked: give a new key."))
    wait = response.headers.get("Retry-After")
    return PassingTrouble("busy", same(f"busy {status}"), after=float(wait) if wait else None)


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC).replace(tzinfo=None)


def _lead_rows(leads: Sequence[Stored]) -> pa.Table:
    moments = pa.timestamp("us")
    return pa.table(
        {
            "lead_id": pa.array([f"toy-{lead.key}" for lead in leads], pa.string()),
            "created_at": pa.array([_moment(lead.body["created"]) for lead in leads], moments),
            "updated_at": pa.array([_moment(lead.body["updated"]) for lead in leads], moments),
            "lead_source": pa.array([lead.body["source"] for lead in leads], pa.string()),
            "deleted_at": pa.array(
                [lead.gone_at.replace(tzinfo=None) if lead.gone_at else None for lead in leads], moments
            ),
        }
    )


def _move_rows(moves: Sequence[Stored]) -> pa.Table:
    return pa.table(
        {
            "lead_id": pa.array([f"toy-{move.body['lead']}" for move in moves], pa.string()),
            "stage": pa.array([move.body["stage"] for move in moves], pa.string()),
            "entered_at": pa.array([_moment(move.body["at"]) for move in moves], pa.timestamp("us")),
        }
    )


def _verified(form: Mapping[str, str], account: Account) -> bool:
    return form.get("token") == account.secrets["token"]


TOY = ConnectorKind(
    key="toy",
    title=Text("Игрушечная CRM", "Toy CRM"),
    open=Toy,
    fields=(
        FormField(
            "token", Text("Ключ доступа", "Access key"), Text("Из профиля CRM.", "From the profile."), secret=True
        ),
        FormField("page", Text("Записей на странице", "Records on a page"), required=False),
    ),
    options=ToyOptions,
    minutes=15,
    verify=_verified,
)
