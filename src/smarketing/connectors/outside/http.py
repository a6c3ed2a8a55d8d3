"""One request over HTTP: paced, tried again where that can help, without a secret in any text.

Only this module knows the HTTP library. A retry wraps one request, never a walk over pages.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import stamina

from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble
from smarketing.facts.language import Text

logging.getLogger("httpx").setLevel(logging.WARNING)  # what it says of each request carries the whole address
MASK = "•••"
USER_AGENT = "smarketing (self-hosted)"

log = logging.getLogger("smarketing.outside")
_WHYS: tuple[tuple[tuple[type[BaseException], ...], Text], ...] = (
    ((socket.gaierror,), Text("сервер с таким именем не найден", "no server of this name is found")),
    ((ssl.SSLError,), Text("защищённое соединение не установлено", "no secure connection could be made")),
    ((ConnectionRefusedError,), Text("сервер не принимает соединения", "the server takes no connections")),
    ((httpx.TimeoutException,), Text("ответа не дождались", "no answer came in time")),
)
_BROKEN = Text("соединение оборвалось", "the connection broke off")

# Says what an answer means: None where it is good. Reads and writes need different care, so the caller decides.
Judge = Callable[[httpx.Response], Trouble | None]


@dataclass
class Traffic:
    """What one run asked: shown with the run, and the first thing to read when a portal complains."""

    requests: int = 0
    retries: int = 0
    refused: int = 0
    received_bytes: int = 0
    waited: float = 0.0  # seconds that our own care for the portal's limits took
    ahead: float | None = None  # seconds by which the other side's clock is ahead of ours, where it tells
    notes: dict[str, float] = field(default_factory=dict)  # e.g. seconds of work by method


class Http:
    """A client bound to one host. ``secrets`` are struck out of every text an error carries.

    ``base_url`` is plain configuration, so that tests talk to a server on loopback. Redirects are not followed:
    a connector talks to its configured host only.
    """

    def __init__(
        self,
        base_url: str,
        *,
        judge: Judge,
        pace: Pace,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        timeout: float = 65.0,
        attempts: int = 6,
        patience: float = 300.0,
    ) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)
        self._judge, self._pace = judge, pace
        self._attempts, self._patience = attempts, patience
        self.traffic = Traffic()
        self._client = httpx.Client(
            base_url=_checked(base_url),
            headers={"User-Agent": USER_AGENT, **(headers or {})},
            timeout=httpx.Timeout(timeout, connect=15.0),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def read(self, method: str, path: str, *, attempts: int | None = None, **request: Any) -> httpx.Response:
        """A request that changes nothing there, tried again on passing trouble."""
        for attempt in stamina.retry_context(
            on=_backoff,
            attempts=attempts or self._attempts,
            timeout=self._patience,
            wait_initial=0.5,
            wait_max=20.0,
        ):
            with attempt:
                if attempt.num > 1:
                    self.traffic.retries += 1
                return self.once(method, path, **request)
        raise AssertionError("unreachable: the last attempt raises")

    def once(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request sent exactly once: for writes, which must not be repeated blindly."""
        self._pace.take()
        self.traffic.waited = self._pace.waited
        self.traffic.requests += 1
        try:
            response = self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise self._torn(error) from None  # the library's own text carries the address with its secret
        self.traffic.received_bytes += len(response.content)
        if self.traffic.ahead is None:
            self.traffic.ahead = _ahead(response.headers.get("Date"))
        trouble = self._judge(response)
        if trouble is None:
            return response
        if response.status_code in {429, 503}:
            self.traffic.refused += 1
            self._pace.slow_down()
        raise trouble

    def hide(self, secrets: Iterable[str]) -> None:
        """Strike these out, too: tokens that were renewed on the way."""
        self._secrets = tuple(dict.fromkeys((*self._secrets, *filter(None, secrets))))

    def masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def _torn(self, error: httpx.HTTPError) -> Trouble:
        host = self._client.base_url.host
        if isinstance(error, httpx.UnsupportedProtocol):
            what = self.masked(f"{type(error).__name__}: {error}")
            return LastingTrouble("wrong-address", Text(f"Адрес не подходит: {what}", f"Wrong address: {what}"))
        unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        log.info("no connection with %s: %s", host, self.masked(f"{type(error).__name__}: {error}"))
        return PassingTrouble(
            "not-reached" if unsent else "no-connection",  # a write that never left may be tried again
            Text(
                "Нет связи с {host}: {why}. Попробуем ещё раз по расписанию.",
                "No connection with {host}: {why}. It will be tried again on schedule.",
            ).fill(host=host, why=_why(error)),
        )


def _why(error: BaseException) -> Text:
    """What broke the connection, in words of ours: the system's own are English and differ by system."""
    causes: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in causes:
        causes.append(found)
        found = found.__cause__ or found.__context__
    for kinds, text in _WHYS:
        if any(isinstance(cause, kinds) for cause in causes):
            return text
    return _BROKEN


def _ahead(said: str | None) -> float | None:
    """Seconds between our clock and the ``Date`` of an answer; None where it has none or nonsense."""
    try:
        moment = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return (moment - datetime.now(UTC)).total_seconds()


def _backoff(error: Exception) -> bool | float:
    if not isinstance(error, PassingTrouble):
        return False
    return True if error.after is None else error.after


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise LastingTrouble(
            "wrong-address",
            Text(
                "Адрес подключения должен начинаться с https:// и содержать имя сервера.",
                "The address of a connection starts with https:// and names a server.",
            ),
        )
    return base_url
