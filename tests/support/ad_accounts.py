"""Yandex.Direct and VK Ads on loopback: reports queued first, tokens that run out, days that are corrected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.faults import FaultyHandler, FaultyServer, served

TOKEN = "direct-token"
SECRET = "s3cret"  # of the application at VK Ads


@dataclass
class Spent:
    campaign: str
    cost: Decimal
    clicks: int = 1
    impressions: int = 100
    leads: int = 0


@dataclass
class Cabinet:
    """day → number of the campaign → what it spent. ``heavy``: a report of more days than this is refused."""

    days: dict[date, dict[int, Spent]] = field(default_factory=dict)
    offline: int = 0  # how many times a report is first said to be in the queue
    heavy: int = 10_000
    error: tuple[int, int] | None = None  # status and error_code of every answer
    revoked: bool = False  # the application's keys at VK Ads are no longer good
    tokens: int = 0
    token_lives: int = 10_000  # requests

    def spend(self, day: date, number: int, campaign: str, cost: str, **more: int) -> None:
        self.days.setdefault(day, {})[number] = Spent(campaign, Decimal(cost), **more)


class Server(FaultyServer):
    def __init__(self, cabinet: Cabinet, handler: type[FaultyHandler]) -> None:
        super().__init__(handler)
        self.cabinet = cabinet
        self.queued: dict[str, int] = {}
        self.used = 0


class _Handler(FaultyHandler):
    server: Server


class DirectHandler(_Handler):
    @property
    def asking(self) -> str:
        return self.said

    def post(self) -> None:
        body, cabinet = self.said, self.server.cabinet
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._error(400, 53)
        elif cabinet.error:
            self._error(*cabinet.error)
        elif self.server.queued.setdefault(body, 0) < cabinet.offline:
            self.server.queued[body] += 1
            self.send(201 if self.server.queued[body] == 1 else 202, "", retryIn="7", reportsInQueue="1")
        else:
            self._report(json.loads(body)["params"])

    def _error(self, status: int, code: int) -> None:
        self.send(status, json.dumps({"error": {"error_code": str(code), "error_detail": "detail"}}))

    def _report(self, params: Mapping[str, Any]) -> None:
        first = date.fromisoformat(params["SelectionCriteria"]["DateFrom"])
        last = date.fromisoformat(params["SelectionCriteria"]["DateTo"])
        if (last - first).days >= self.server.cabinet.heavy:
            self.send(502, "")
            return
        goals = [f"Conversions_{goal}_{params['AttributionModels'][0]}" for goal in params.get("Goals", [])]
        fields = [name for name in params["FieldNames"] if name != "Conversions"]
        lines = ["\t".join([*fields, *goals])]
        for day, number, spent in _rows(self.server.cabinet, first, last):
            cells = [day.isoformat(), str(number), spent.campaign, str(spent.impressions), str(spent.clicks)]
            lines.append("\t".join([*cells, str(spent.cost), *(str(spent.leads or "--") for _ in goals)]))
        self.send(200, "\n".join(lines) + "\n")


class VkHandler(_Handler):
    def post(self) -> None:
        form = parse_qs(self.said)
        if form.get("client_secret") != [SECRET] or self.server.cabinet.revoked:
            self.send(401, '{"error":"invalid_client"}')
            return
        self.server.cabinet.tokens += 1
        self.server.used = 0
        self.send(200, json.dumps({"access_token": f"token{self.server.cabinet.tokens}", "expires_in": 86400}))

    def get(self) -> None:
        self.server.used += 1
        token = f"Bearer token{self.server.cabinet.tokens}"
        if self.headers.get("Authorization") != token or self.server.used > self.server.cabinet.token_lives:
            self.send(401, '{"error":"expired_token"}')
            return
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        answer = self._plans(asked) if parts.path.endswith("ad_plans.json") else self._statistics(asked)
        self.send(200, json.dumps(answer))

    def _plans(self, asked: Mapping[str, str]) -> dict[str, Any]:
        named = {
            number: spent.campaign for day in self.server.cabinet.days.values() for number, spent in day.items()
        }
        items = [{"id": number, "name": named[number]} for number in sorted(named)]
        offset = int(asked["offset"])
        return {"items": items[offset : offset + int(asked["limit"])], "count": len(items)}

    def _statistics(self, asked: Mapping[str, str]) -> dict[str, Any]:
        first, last = date.fromisoformat(asked["date_from"]), date.fromisoformat(asked["date_to"])
        ids = [int(number) for number in asked["id"].split(",")]
        assert len(ids) <= 50
        assert (last - first).days < 92
        return {"items": [{"id": number, "rows": self._rows(number, first, last)} for number in ids]}

    def _rows(self, number: int, first: date, last: date) -> list[dict[str, Any]]:
        rows = []
        for step in range((last - first).days + 1):
            day = first + timedelta(days=step)
            spent = self.server.cabinet.days.get(day, {}).get(number)
            base = {"shows": 0, "clicks": 0, "goals": 0, "spent": "0"}
            if spent:
                shown = {"shows": spent.impressions, "clicks": spent.clicks, "goals": spent.leads}
                base = {**shown, "spent": str(spent.cost)}
            rows.append({"date": day.isoformat(), "base": base})
        return rows


def _rows(cabinet: Cabinet, first: date, last: date) -> Iterator[tuple[date, int, Spent]]:
    for day in sorted(cabinet.days):
        if first <= day <= last:
            for number, spent in sorted(cabinet.days[day].items()):
                yield day, number, spent


@contextmanager
def serving(cabinet: Cabinet, handler: type[FaultyHandler]) -> Iterator[Server]:
    with served(Server(cabinet, handler)) as server:
        yield server
