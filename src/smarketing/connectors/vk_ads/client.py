"""Questions to VK Ads: a token for a while, lists of campaigns, statistics in allowed portions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import httpx

from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

IDS, DAYS = 50, 92  # at most in one question
_LIMIT = 200
_TOKENS = 3


class NoToken(LastingTrouble):
    """The token of a while has run out."""


class Api:
    """The API of one cabinet, by the keys of an application."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, *, pace: Pace | None = None) -> None:
        self._keys = {"client_id": client_id, "client_secret": client_secret}
        self._token = ""
        self.http = Http(base_url, judge=judge, pace=pace or Pace(2, 3), secrets=[client_secret])

    def campaigns(self) -> Iterator[Mapping[str, Any]]:
        """Every campaign, deleted ones among them: their spend stays."""
        offset = 0
        while True:
            asked = {"fields": "id,name,status", "limit": str(_LIMIT), "offset": str(offset)}
            items = self._items("api/v2/ad_plans.json", asked)
            yield from items
            offset += len(items)
            if len(items) < _LIMIT:
                return

    def statistics(self, ids: Sequence[int], first: date, last: date) -> Iterator[Mapping[str, Any]]:
        """Items {id, rows: [{date, base}]} of all campaigns, in portions of fifty."""
        for start in range(0, len(ids), IDS):
            asked = {
                "date_from": first.isoformat(),
                "date_to": last.isoformat(),
                "id": ",".join(map(str, ids[start : start + IDS])),
                "metrics": "base",
            }
            yield from self._items("api/v2/statistics/ad_plans/day.json", asked)

    def close(self) -> None:
        self.http.close()

    def _items(self, path: str, params: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """An answer without its list would be taken for days without spend."""
        items = self._get(path, params).get("items")
        if not isinstance(items, list):
            raise WrongAnswer("unexpected", _UNEXPECTED.fill(status="200, items"))
        return items

    def _get(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            return self._asked(path, params)
        except NoToken:
            self._token = ""
            return self._asked(path, params)

    def _asked(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        if not self._token:
            self._token = self._new_token()
        bearer = {"Authorization": f"Bearer {self._token}"}
        return _content(self.http.read("GET", path, params=dict(params), headers=bearer))

    def _new_token(self) -> str:
        """Few live tokens are allowed, and one that was lost on its way may live: not asked for often."""
        form = {"grant_type": "client_credentials", **self._keys}
        try:
            answer = self.http.read("POST", "api/v2/oauth2/token.json", attempts=_TOKENS, data=form)
        except (NoToken, WrongAnswer):
            raise LastingTrouble("no-access", _NO_KEYS) from None
        token = _content(answer).get("access_token")
        if not token:
            raise LastingTrouble("no-access", _NO_KEYS)
        return str(token)


def judge(response: httpx.Response) -> Trouble | None:
    status = response.status_code
    if status == 200:
        return None if _is_json(response) else PassingTrouble("not-json", _BUSY.fill(status="200"))
    if status == 429 or status >= 500:
        return PassingTrouble("busy", _BUSY.fill(status=status))
    if status == 401:
        return NoToken("no-access", _NO_KEYS)
    if status == 403:
        return LastingTrouble("forbidden", _FORBIDDEN)
    return WrongAnswer("unexpected", _UNEXPECTED.fill(status=status))


def _content(response: httpx.Response) -> Mapping[str, Any]:
    content = json.loads(response.content, parse_float=str)
    return content if isinstance(content, dict) else {}


def _is_json(response: httpx.Response) -> bool:
    try:
        json.loads(response.content)
    except ValueError:
        return False
    return True


_BUSY = Text(
    "VK Реклама занята (ответ {status}). Попробуем ещё раз по расписанию.",
    "VK Ads is busy (answer {status}). It will be tried again on schedule.",
)
_NO_KEYS = Text(
    "VK Реклама не принимает ключи приложения. Проверьте client_id и client_secret в настройках доступа к API.",
    "VK Ads does not accept the application's keys. Check client_id and client_secret in the API settings.",
)
_FORBIDDEN = Text(
    "VK Реклама не даёт приложению статистику этого кабинета. Проверьте права доступа.",
    "VK Ads gives the application no statistics of this cabinet. Check its rights.",
)
_UNEXPECTED = Text(
    "VK Реклама не поняла вопрос (ответ {status}). Сообщите разработчикам smarketing.",
    "VK Ads did not understand the question (answer {status}). Tell the developers of smarketing.",
)
