"""A server on loopback that goes wrong as a test plans it: the part that all fake systems share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

Fault = int | str  # a status, "tear" (no answer), "tear_body" (half of one) or "garbage" (a page instead of data)
# The common suite's names of what goes wrong, in these words.
WORDS: dict[str, Fault] = {
    "rate_limit": 429, "broken": 500, "unavailable": 503, "torn": "tear", "torn_in_body": "tear_body",
    "garbage": "garbage",
}  # fmt: skip
PAGE = "<html>maintenance</html>"


class FaultyServer(ThreadingHTTPServer):
    """``faults``: what becomes of the next requests, one by one; ``plan``: asked for each by its number."""

    daemon_threads = True

    def __init__(self, handler: type[FaultyHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[str] = []
        self.faults: list[Fault] = []
        self.plan: Callable[[int], Fault | None] = lambda _: None
        self.lock = threading.RLock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fault(self) -> Fault | None:
        planned = self.plan(len(self.asked))
        return self.faults.pop(0) if self.faults else planned

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is part of the game."""


class FaultyHandler(BaseHTTPRequestHandler):
    server: FaultyServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together: apart, each answer would wait for the other side's delayed nod
    half = False
    said = ""  # the body of the request

    def do_GET(self) -> None:
        self._serve(self.get)

    def do_POST(self) -> None:
        self._serve(self.post)

    def do_PATCH(self) -> None:
        self._serve(self.patch)

    def get(self) -> None:
        self.send(405, "{}")

    def post(self) -> None:
        self.send(405, "{}")

    def patch(self) -> None:
        self.send(405, "{}")

    @property
    def asking(self) -> str:
        """What a request is noted as."""
        return self.path

    def _serve(self, answer: Callable[[], None]) -> None:
        self.said = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with self.server.lock:
            if not self._fails():
                answer()

    def _fails(self) -> bool:
        """Called once for every request, before its answer. Whether it was answered with a fault."""
        self.half = False
        self.server.asked.append(self.asking)
        fault = self.server.fault()
        self.half = fault == "tear_body"
        if fault == "tear":
            self.close_connection = True
        elif fault == "garbage":
            self.send(200, PAGE)
        elif isinstance(fault, int):
            self.send(fault, "{}")
        return fault is not None and not self.half

    def send(self, status: int, text: str, **headers: str) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(max(len(content), 1 if self.half else 0)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if self.half else content)
        self.close_connection = self.close_connection or self.half

    def log_message(self, *_: object) -> None:
        """Silence."""


Served = TypeVar("Served", bound=FaultyServer)


def start(server: Served) -> Served:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def stop(server: FaultyServer) -> None:
    server.shutdown()
    server.server_close()


@contextmanager
def served(server: Served) -> Iterator[Served]:
    try:
        yield start(server)
    finally:
        stop(server)
