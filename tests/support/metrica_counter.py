"""A counter of Yandex.Metrica on loopback: logs are ordered, prepared, downloaded in parts and cleared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.faults import FaultyHandler, FaultyServer, served

TOKEN = "metrica-token"
PART = 3  # visits in one part of a log


@dataclass
class Site:
    visits: list[dict[str, str]] = field(default_factory=list)
    looks: int = 1  # how often a log is looked at before it is ready
    ends: str = "processed"
    broken_part: int | None = None
    cleared: list[int] = field(default_factory=list)
    logs: dict[int, dict[str, Any]] = field(default_factory=dict)
    token: str = TOKEN

    def visit(self, number: int, at: str, visitor: str, source: str = "ad", **tags: str) -> None:
        row = {"visitID": str(number), "dateTime": at, "clientID": visitor, "lastsignTrafficSource": source}
        row["startURL"] = "https://shop.example/form?phone=79161234567"
        self.visits.append({**row, **{f"lastsignUTM{name}": text for name, text in tags.items()}})


class Server(FaultyServer):
    def __init__(self, site: Site) -> None:
        super().__init__(_Handler)
        self.site = site


class _Handler(FaultyHandler):
    server: Server

    def post(self) -> None:
        parts = urlsplit(self.path)
        site = self.server.site
        if self._unknown():
            return
        if parts.path.endswith("/clean"):
            site.cleared.append(int(parts.path.split("/")[-2]))
            self.send(200, "{}")
            return
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        number = len(site.logs) + 1
        site.logs[number] = {"asked": asked, "looks": 0}
        self.send(200, json.dumps({"log_request": {"request_id": number, "status": "created"}}))

    def get(self) -> None:
        if self._unknown():
            return
        words = urlsplit(self.path).path.strip("/").split("/")
        if words[-1] == "download":
            self._download(int(words[5]), int(words[7]))
        elif words[-1] == "logrequests":
            self.send(200, json.dumps({"requests": [self._log(number) for number in self.server.site.logs]}))
        elif "logrequest" in words:
            self._look(int(words[5]))
        else:
            about = {"id": 7, "name": "Сайт", "time_zone_name": "Asia/Yekaterinburg"}
            self.send(200, json.dumps({"counter": about}))

    def _unknown(self) -> bool:
        if self.headers.get("Authorization") == f"OAuth {self.server.site.token}":
            return False
        self.send(401, "{}")
        return True

    def _log(self, number: int) -> dict[str, Any]:
        """A log as the list of the counter tells it, cleared ones among them."""
        site, log = self.server.site, self.server.site.logs[number]
        status = site.ends if log["looks"] >= site.looks else "created"
        if number in site.cleared:
            status = "cleaned_by_user"
        fields = log["asked"]["fields"].split(",")
        return {**log["asked"], "fields": fields, "request_id": number, "status": status}

    def _rows(self, number: int) -> list[dict[str, str]]:
        asked = self.server.site.logs[number]["asked"]
        return [row for row in self.server.site.visits if asked["date1"] <= row["dateTime"][:10] <= asked["date2"]]

    def _look(self, number: int) -> None:
        self.server.site.logs[number]["looks"] += 1
        parts = [{"part_number": part} for part in range(-(-len(self._rows(number)) // PART))]
        self.send(200, json.dumps({"log_request": {**self._log(number), "parts": parts}}))

    def _download(self, number: int, part: int) -> None:
        if part == self.server.site.broken_part:
            self.send(404, "{}")
            return
        fields = self.server.site.logs[number]["asked"]["fields"].split(",")
        lines = ["\t".join(fields)]
        for row in self._rows(number)[part * PART : (part + 1) * PART]:
            lines.append("\t".join(row.get(name.removeprefix("ym:s:"), "") for name in fields))
        self.send(200, "\n".join(lines) + "\n")


@contextmanager
def serving(site: Site) -> Iterator[Server]:
    with served(Server(site)) as server:
        yield server
