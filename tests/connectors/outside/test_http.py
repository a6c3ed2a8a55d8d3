"""One request over real HTTP on loopback: what is tried again, what is not, and what is never said."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import stamina

from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble
from smarketing.facts.language import Text, same


class Server(ThreadingHTTPServer):
    """Answers with the listed statuses one after another, then with 200; 0 tears the connection."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/rest/1/s3cret/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == 0:
            self.connection.close()
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4):
        yield


def judge(response: httpx.Response) -> Trouble | None:
    if response.status_code >= 500:
        return PassingTrouble("busy", same("busy"))
    return None if response.status_code == 200 else LastingTrouble("refused", same(str(response.status_code)))


def client(server: Server) -> Http:
    return Http(server.url, judge=judge, pace=Pace(1000, 1000), secrets=["s3cret"])


def test_log_of_the_library_says_no_address(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), client(server) as http:
        http.read("GET", "leads")
    assert "s3cret" not in caplog.text


def test_traffic_knows_the_other_sides_clock(server: Server) -> None:
    with client(server) as http:
        http.read("GET", "leads")
        assert http.traffic.ahead is not None
        assert abs(http.traffic.ahead) < 60


def test_passing_trouble_is_tried_again(server: Server) -> None:
    server.statuses = [503, 500, 0]
    with client(server) as http:
        assert http.read("GET", "leads").status_code == 200
        assert (http.traffic.requests, http.traffic.retries, http.traffic.refused) == (4, 3, 1)


def test_trouble_that_stays_is_told_after_the_last_attempt(server: Server) -> None:
    server.statuses = [500] * 9
    with client(server) as http, pytest.raises(PassingTrouble):
        http.read("GET", "leads")
    assert server.asked == 4


def test_lasting_trouble_is_not_tried_again(server: Server) -> None:
    server.statuses = [403]
    with client(server) as http, pytest.raises(LastingTrouble):
        http.read("GET", "leads")
    assert server.asked == 1


def test_write_is_sent_once(server: Server) -> None:
    server.statuses = [503]
    with client(server) as http, pytest.raises(PassingTrouble):
        http.once("GET", "leads")
    assert server.asked == 1


def test_redirect_is_not_followed(server: Server) -> None:
    server.statuses = [302]
    with client(server) as http, pytest.raises(LastingTrouble):
        http.read("GET", "leads")


def test_secret_of_the_address_is_in_no_text(server: Server) -> None:
    server.statuses = [0] * 9
    with client(server) as http, pytest.raises(PassingTrouble) as caught:
        http.read("GET", "leads")
    said = f"{caught.value} {caught.value.text} {caught.value.__cause__} {caught.value.args}"
    assert "s3cret" not in said
    assert caught.value.code == "no-connection"
    assert caught.value.text == Text(
        "Нет связи с 127.0.0.1: соединение оборвалось. Попробуем ещё раз по расписанию.",
        "No connection with 127.0.0.1: the connection broke off. It will be tried again on schedule.",
    )


def test_server_that_takes_no_connections_is_told_without_words_of_the_system() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: whoever knocks is refused
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with Http(address, judge=judge, pace=Pace(1)) as http, pytest.raises(PassingTrouble) as caught:
            http.once("GET", "leads")
    assert caught.value.text.ru == (
        "Нет связи с 127.0.0.1: сервер не принимает соединения. Попробуем ещё раз по расписанию."
    )


@pytest.mark.parametrize("address", ["portal.example", "ftp://portal.example/", "https://"])
def test_address_without_a_server_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(LastingTrouble) as caught:
        Http(address, judge=judge, pace=Pace(1))
    assert caught.value.code == "wrong-address"
