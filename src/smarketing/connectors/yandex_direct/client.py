"""One report of Yandex.Direct: ordered, waited for, read.

A report has no number: the same question, byte for byte, is asked again until the answer is ready.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import httpx

from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

Row = dict[str, str]
PATIENCE = 3_600.0  # seconds one report is waited for
_PASSING = {52, 1000, 1001, 1002, 9000, 152}
FIRST = "Date"  # the column every report begins with
_READY, _QUEUED, _RUNNING = 200, 201, 202


class TooHeavy(Trouble):
    """The report is too large to be made: ask for fewer days."""


class Reports:
    """The Reports service of one advertiser. ``login``: of an agency's client; empty for one's own account."""

    def __init__(
        self,
        base_url: str,
        token: str,
        login: str | None = None,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept-Language": "en",
            "processingMode": "auto",
            "returnMoneyInMicros": "false",
            "skipReportHeader": "true",
            "skipReportSummary": "true",
        }
        if login:
            headers["Client-Login"] = login
        self._sleep = sleep
        self.http = Http(base_url, judge=judge, pace=pace or Pace(1.5, 5), headers=headers, secrets=[token])

    def report(self, first: date, last: date, fields: Sequence[str], more: Mapping[str, Any]) -> list[Row]:
        """Rows of a report by campaign, column → text. Raises :class:`TooHeavy` for a span that is too long."""
        params = {
            "SelectionCriteria": {"DateFrom": first.isoformat(), "DateTo": last.isoformat()},
            "FieldNames": list(fields),
            "ReportType": "CAMPAIGN_PERFORMANCE_REPORT",
            "DateRangeType": "CUSTOM_DATE",
            "Format": "TSV",
            "IncludeDiscount": "NO",
            **more,
        }
        digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:16]
        body = json.dumps({"params": {**params, "ReportName": f"smarketing {digest}"}}, sort_keys=True)
        return parsed(self._ready(body))

    def _ready(self, body: str) -> str:
        waited = 0.0
        while True:
            answer = self.http.read("POST", "json/v5/reports", content=body.encode())
            if answer.status_code == _READY:
                return answer.content.decode("utf-8-sig")
            pause = _retry_in(answer)
            waited += pause
            if waited > PATIENCE:
                raise PassingTrouble("report-queue", _SLOW)
            self._sleep(pause)

    def close(self) -> None:
        self.http.close()


def parsed(text: str) -> list[Row]:
    """A table with tabs; «--» is nothing. Raises :class:`WrongAnswer` where a row has other columns."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return []
    columns = lines[0].rstrip("\r").split("\t")
    rows = []
    for line in lines[1:]:
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(columns):
            raise WrongAnswer("wrong-report", _WRONG_REPORT.fill(line=line[:80]))
        rows.append({column: cell for column, cell in zip(columns, cells, strict=True) if cell != "--"})
    return rows


def judge(response: httpx.Response) -> Trouble | None:
    status = response.status_code
    if status == _READY:
        return None if _is_report(response) else PassingTrouble("not-a-report", _NOT_A_REPORT)
    if status in {_QUEUED, _RUNNING}:
        return None
    if status == 502:
        return TooHeavy("too-heavy", _HEAVY)
    if status == 429 or status >= 500:
        return PassingTrouble("busy", _BUSY.fill(status=status))
    code, said = _error(response)
    if code in _PASSING:
        return PassingTrouble("busy", _BUSY.fill(status=code), after=60.0 if code == 9000 else None)
    if code == 53 or status == 401:
        return LastingTrouble("no-access", _NO_TOKEN)
    if code in {54, 58, 513, 3001} or status == 403:
        return LastingTrouble("forbidden", _FORBIDDEN.fill(said=said))
    if code == 8800:
        return LastingTrouble("no-client", _NO_CLIENT)
    return WrongAnswer("unexpected", _UNEXPECTED.fill(status=status, said=f"{code} {said}"))


def _is_report(response: httpx.Response) -> bool:
    """A report without rows still has its heading; anything else would be taken for days without spend."""
    heading = response.content.partition(b"\n")[0].decode("utf-8-sig", errors="replace")
    return heading.rstrip("\r").split("\t")[0] == FIRST


def _error(response: httpx.Response) -> tuple[int | None, str]:
    try:
        error = json.loads(response.content)["error"]
        return int(error["error_code"]), str(error.get("error_detail") or error.get("error_string") or "")
    except (ValueError, KeyError, TypeError):
        return None, ""


def _retry_in(answer: httpx.Response) -> float:
    said = answer.headers.get("retryIn", "")
    return float(said) if said.isdigit() else 10.0


_SLOW = Text(
    "Яндекс.Директ больше часа готовит отчёт. Попробуем ещё раз по расписанию.",
    "Yandex.Direct has been making the report for more than an hour. It will be tried again on schedule.",
)
_HEAVY = Text("Отчёт за эти дни слишком велик.", "The report of these days is too large.")
_BUSY = Text(
    "Яндекс.Директ занят (ответ {status}). Попробуем ещё раз по расписанию.",
    "Yandex.Direct is busy (answer {status}). It will be tried again on schedule.",
)
_NOT_A_REPORT = Text(
    "Вместо отчёта Яндекс.Директ прислал другое. Обычно это временно; попробуем ещё раз.",
    "Yandex.Direct sent something else for a report. It usually passes; it will be tried again.",
)
_NO_TOKEN = Text(
    "Яндекс.Директ не принимает токен. Получите новый OAuth-токен и впишите его в подключение.",
    "Yandex.Direct does not accept the token. Get a new OAuth token and put it into the connection.",
)
_FORBIDDEN = Text(
    "Яндекс.Директ не даёт этому токену отчёты: {said} Проверьте доступ приложения к API и права в кабинете.",
    "Yandex.Direct gives this token no reports: {said} Check the application's access to the API and the rights "
    "in the account.",
)
_NO_CLIENT = Text(
    "Яндекс.Директ не знает такого логина клиента. Проверьте поле «Логин клиента».",
    "Yandex.Direct knows no such client login. Check the field “Client login”.",
)
_UNEXPECTED = Text(
    "Яндекс.Директ не понял вопрос (ответ {status}: {said}). Сообщите разработчикам smarketing.",
    "Yandex.Direct did not understand the question (answer {status}: {said}). Tell the developers of smarketing.",
)
_WRONG_REPORT = Text(
    "В отчёте Яндекс.Директа строка не по заголовку: {line}",
    "A row of Yandex.Direct's report does not fit its header: {line}",
)
