"""One log of Yandex.Metrica: ordered, waited for, downloaded and always cleared away.

A prepared log takes room in the counter's quota, so it is cleared whatever happens to its download.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import httpx

from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

Row = dict[str, str]
PATIENCE, PAUSE = 3_600.0, 20.0  # seconds one log is waited for, and between two looks
ORDERS = 3  # how often a log is ordered while the orders are torn off
_WAITING, _DONE = {"created", "awaiting_retry"}, "processed"


class Counter:
    """The logs of one counter."""

    def __init__(
        self,
        base_url: str,
        token: str,
        counter: str,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path, self._sleep = f"management/v1/counter/{counter}", sleep
        headers = {"Authorization": f"OAuth {token}"}
        self.http = Http(base_url, judge=judge, pace=pace or Pace(2, 3), headers=headers, secrets=[token])

    def about(self) -> Mapping[str, Any]:
        """The counter's own settings: name, time zone."""
        counter = _content(self.http.read("GET", self._path)).get("counter")
        return counter if isinstance(counter, dict) else {}

    def visits(self, first: date, last: date, fields: Sequence[str]) -> Iterator[list[Row]]:
        """Visits of some days, a part of the log at a time, field → text."""
        asked = {
            "date1": first.isoformat(),
            "date2": last.isoformat(),
            "fields": ",".join(fields),
            "source": "visits",
        }
        ordered = self._ordered(asked)
        log = f"{self._path}/logrequest/{ordered['request_id']}"
        try:
            for part in self._ready(log, ordered):
                answer = self.http.read("GET", f"{log}/part/{part}/download")
                yield parsed(answer.content.decode("utf-8"))
        finally:
            self._clear(log)

    def close(self) -> None:
        self.http.close()

    def _ordered(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """A log of these days: one that was ordered before and left behind, else a new one.

        An order that was torn off may have been taken, so the counter is asked before it is repeated.
        """
        for left in reversed(range(ORDERS)):
            known = self._known(asked)
            if known is not None:
                return known
            try:
                return self._log(_content(self.http.once("POST", f"{self._path}/logrequests", params=asked)))
            except PassingTrouble as trouble:
                if not left:
                    raise
                self._sleep(trouble.after or PAUSE)
        raise AssertionError("unreachable: the last order raises")

    def _known(self, asked: Mapping[str, str]) -> Mapping[str, Any] | None:
        """The newest log of the counter that holds what is asked, prepared or on its way."""
        logs = _content(self.http.read("GET", f"{self._path}/logrequests")).get("requests") or []
        good = [log for log in logs if log.get("status") in {*_WAITING, _DONE} and _is_of(log, asked)]
        if not good:
            return None
        newest = max(good, key=lambda log: int(log["request_id"]))
        return self._log(_content(self.http.read("GET", f"{self._path}/logrequest/{newest['request_id']}")))

    def _ready(self, path: str, log: Mapping[str, Any]) -> list[int]:
        waited = 0.0
        while log["status"] in _WAITING:
            waited += PAUSE
            if waited > PATIENCE:
                raise PassingTrouble("log-queue", _SLOW)
            self._sleep(PAUSE)
            log = self._log(_content(self.http.read("GET", path)))
        if log["status"] != _DONE:
            raise PassingTrouble("log-failed", _FAILED.fill(status=log["status"]))
        return [int(part["part_number"]) for part in log.get("parts") or []]

    def _clear(self, path: str) -> None:
        """A log that cannot be cleared now is not worth losing what came: the counter clears old ones itself."""
        try:
            self.http.read("POST", f"{path}/clean")
        except Trouble:
            return

    @staticmethod
    def _log(content: Mapping[str, Any]) -> Mapping[str, Any]:
        log = content.get("log_request")
        if not isinstance(log, dict) or "request_id" not in log or "status" not in log:
            raise WrongAnswer("unexpected", _UNEXPECTED.fill(status=200, said="log_request"))
        return log


def parsed(text: str) -> list[Row]:
    """A table with tabs. Raises :class:`WrongAnswer` where a row does not fit its header."""
    lines = [line for line in text.split("\n") if line]
    if not lines:
        return []
    columns = lines[0].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=False)) for line in lines[1:]]
    if any(len(row) != len(columns) for row in rows):
        raise WrongAnswer("unexpected", _UNEXPECTED.fill(status=200, said=lines[0][:80]))
    return rows


def judge(response: httpx.Response) -> Trouble | None:
    status = response.status_code
    if status == 200:
        return None if _is_data(response) else PassingTrouble("not-data", _NOT_DATA)
    if status == 429 or status >= 500:
        return PassingTrouble("busy", _BUSY.fill(status=status))
    if status == 401:
        return LastingTrouble("no-access", _NO_TOKEN)
    if status in {403, 404}:
        return LastingTrouble("forbidden", _FORBIDDEN)
    return WrongAnswer("unexpected", _UNEXPECTED.fill(status=status, said=_said(response)))


def _is_data(response: httpx.Response) -> bool:
    """A part of a log begins with the names of its columns, everything else is JSON."""
    if response.request.url.path.endswith("/download"):
        return response.content.strip() == b"" or response.content.startswith(b"ym:")
    try:
        json.loads(response.content)
    except ValueError:
        return False
    return True


def _content(response: httpx.Response) -> Mapping[str, Any]:
    content = json.loads(response.content)
    return content if isinstance(content, dict) else {}


def _is_of(log: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    fields = log.get("fields") or []
    named = fields.split(",") if isinstance(fields, str) else fields
    days = [str(log.get(name) or "")[:10] == asked[name] for name in ("date1", "date2")]
    return all(days) and log.get("source") == asked["source"] and set(named) == set(asked["fields"].split(","))


def _said(response: httpx.Response) -> str:
    try:
        return str(json.loads(response.content).get("message") or "")
    except (ValueError, AttributeError):
        return ""


_SLOW = Text(
    "Метрика больше часа готовит визиты. Попробуем ещё раз по расписанию, лучше ночью.",
    "Metrica has been preparing visits for more than an hour. It will be tried again on schedule, best at night.",
)
_FAILED = Text(
    "Метрика не подготовила визиты ({status}). Попробуем ещё раз по расписанию.",
    "Metrica did not prepare the visits ({status}). It will be tried again on schedule.",
)
_BUSY = Text(
    "Метрика занята (ответ {status}). Попробуем ещё раз по расписанию.",
    "Metrica is busy (answer {status}). It will be tried again on schedule.",
)
_NOT_DATA = Text(
    "Вместо визитов Метрика прислала другое. Обычно это временно; попробуем ещё раз.",
    "Metrica sent something else for visits. It usually passes; it will be tried again.",
)
_NO_TOKEN = Text(
    "Метрика не принимает токен. Получите новый OAuth-токен и впишите его в подключение.",
    "Metrica does not accept the token. Get a new OAuth token and put it into the connection.",
)
_FORBIDDEN = Text(
    "Метрика не показывает этот счётчик. Проверьте его номер и доступ владельца токена.",
    "Metrica does not show this counter. Check its number and the rights of the token's owner.",
)
_UNEXPECTED = Text(
    "Метрика не поняла вопрос (ответ {status}: {said}). Сообщите разработчикам smarketing.",
    "Metrica did not understand the question (answer {status}: {said}). Tell the developers of smarketing.",
)
