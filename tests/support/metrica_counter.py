"""A counter of Yandex.Metrica on loopback: logs are ordered, prepared, downloaded in parts and cleared."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

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

    def visit(self, number: int, at: str, visitor: str, source: str = "ad", **tags: str) -> None:
        row = {"visitID": str(number), "dateTime": at, "clientID": visitor, "lastsignTrafficSource": source}
        row["startURL"] = "https://shop.example/form?phone=79161234567"
        self.visits.append({**row, **{f"lastsignUTM{name}": text for name, text in tags.items()}})


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        site = self.server.site
        if parts.path.endswith("/clean"):
            site.cleared.append(int(parts.path.split("/")[-2]))
            self._send(200, "{}")
            return
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        number = len(site.logs) + 1
        site.logs[number] = {"asked": asked, "looks": 0}
        self._send(200, json.dumps({"log_request": {"request_id": number, "status": "created"}}))

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self.headers.get("Authorization") != f"OAuth {TOKEN}":
            self._send(401, "{}")
            return
        words = path.strip("/").split("/")
        if words[-1] == "download":
            self._download(int(words[5]), int(words[7]))
        elif "logrequest" in words:
            self._look(int(words[5]))
        else:
            about = {"id": 7, "name": "Сайт", "time_zone_name": "Asia/Yekaterinburg"}
            self._send(200, json.dumps({"counter": about}))

    def _rows(self, number: int) -> list[dict[str, str]]:
        asked = self.server.site.logs[number]["asked"]
        return [row for row in self.server.site.visits if asked["date1"] <= row["dateTime"][:10] <= asked["date2"]]

    def _look(self, number: int) -> None:
        site, log = self.server.site, self.server.site.logs[number]
        log["looks"] += 1
        status = site.ends if log["looks"] >= site.looks else "created"
        parts = [{"part_number": part} for part in range(-(-len(self._rows(number)) // PART))]
        self._send(200, json.dumps({"log_request": {"request_id": number, "status": status, "parts": parts}}))

    def _download(self, number: int, part: int) -> None:
        if part == self.server.site.broken_part:
            self._send(404, "{}")
            return
        fields = self.server.site.logs[number]["asked"]["fields"].split(",")
        lines = ["\t".join(fields)]
        for row in self._rows(number)[part * PART : (part + 1) * PART]:
            lines.append("\t".join(row.get(name.removeprefix("ym:s:"), "") for name in fields))
        self._send(200, "\n".join(lines) + "\n")

    def _send(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def serving(site: Site) -> Iterator[Server]:
    server = Server(site)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
