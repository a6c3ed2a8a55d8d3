"""A fake Bitrix24 portal behind a port of loopback."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.support.bitrix24_answers import Row
from tests.support.bitrix24_portal import CODE, FakePortal


class Server(ThreadingHTTPServer):
    """The portal behind a port of loopback."""

    daemon_threads = True

    def __init__(self, portal: FakePortal) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.portal = portal
        self.requests = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that die in the middle are what this is for."""

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def webhook(self) -> str:
        return f"{self.home}/rest/1/{CODE}/"

    def __enter__(self) -> Server:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet for head and body: waiting for the second would take 40 ms
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests += 1
        fault = self.server.portal.fault(self.server.requests)
        if fault is not None:
            self._fail(fault)
            return
        parts = urlsplit(self.path).path.strip("/").split("/")
        if parts[0] != "rest" or (len(parts) == 4 and parts[2] != CODE):
            self._send(401, {"error": "INVALID_CREDENTIALS", "error_description": "Invalid request credentials"})
            return
        self._send(*self.server.portal.answer(parts[-1], json.loads(body or b"{}")))

    def do_GET(self) -> None:
        """The page on which a person agrees, and the authorisation server: codes and refresh tokens work once."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.requests += 1
        if self.path.startswith("/oauth/authorize/"):
            self.send_response(302)
            self.send_header("Location", self.server.portal.agree(asked))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(*self.server.portal.tokens(asked, f"{self.server.home}/rest/"))

    def _fail(self, fault: str) -> None:
        if fault == "tear":
            self.close_connection = True
            self.connection.close()
        elif fault == "tear_body":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"result":{"items":[{"id":1,')
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        elif fault == "html":
            self._write(503, b"<html><body>502 Bad Gateway</body></html>", "text/html")
        elif fault == "garbage":
            self._write(200, b'{"result": {"items": [{"id"', "application/json")
        elif fault == "query_limit":
            self._send(503, {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"})
        elif fault == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(500, {"error": "INTERNAL_SERVER_ERROR", "error_description": "Internal error"})

    def _send(self, status: int, body: Row) -> None:
        self._write(status, json.dumps(body, ensure_ascii=False).encode(), "application/json")

    def _write(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""
