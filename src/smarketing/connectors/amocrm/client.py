"""One question to an amoCRM account: what was answered, is there more, and what does a refusal mean?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from smarketing.connectors.amocrm.access import Access, LongLived
from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

Params = Iterable[tuple[str, str]]

# The vendor allows seven requests a second and watches the address: two at once and five a second never pass it.
PER_SECOND, BURST = 5.0, 2.0
_NOTHING = 204  # an empty list has no body
_FRESH = 304


@dataclass(frozen=True)
class Listed:
    """One page of a list. ``more``: the account names a next page; the number of items says nothing."""

    items: Sequence[Mapping[str, Any]]
    more: bool


class TokenRefused(LastingTrouble):
    """The account does not know the token: an application renews it once, for a long-lived one it is the end."""


class Api:
    """The account's API, version 4. ``access``: a long-lived token, or an application."""

    def __init__(self, base_url: str, access: str | Access, *, pace: Pace | None = None) -> None:
        self._access: Access = LongLived(access) if isinstance(access, str) else access
        self.base_url = base_url.rstrip("/")
        self.http = Http(
            self.base_url + "/api/v4/",
            judge=judge,
            pace=pace or Pace(PER_SECOND, BURST),
            headers={"Accept": "application/hal+json, application/json"},
            secrets=self._access.secrets,
        )

    def one(self, path: str, params: Params = ()) -> Mapping[str, Any]:
        """A single thing; an empty mapping where there is nothing."""
        return _content(self._asked(self.http.read, "GET", path, params=list(params)))

    def page(self, path: str, name: str, number: int, limit: int, params: Params = ()) -> Listed:
        """Page ``number`` (from 1) of a list whose items stand under ``name``."""
        asked = [*params, ("limit", str(limit)), ("page", str(number))]
        content = _content(self._asked(self.http.read, "GET", path, params=asked))
        items = content.get("_embedded", {}).get(name) or []
        return Listed(items, bool(content.get("_links", {}).get("next")))

    def write(self, path: str, body: object, *, method: str = "POST") -> Mapping[str, Any]:
        """Sent once: a write that was torn off may have happened."""
        return _content(self._asked(self.http.once, method, path, json=body))

    def close(self) -> None:
        self.http.close()

    def _asked(
        self, send: Callable[..., httpx.Response], method: str, path: str, **request: Any
    ) -> httpx.Response:
        """A request with the token of now. What was refused at the door may be sent again, a write too."""
        try:
            return send(method, path, headers=self._bearer, **request)
        except TokenRefused:
            if not self._access.renew():
                raise
            self.http.hide(self._access.secrets)
            return send(method, path, headers=self._bearer, **request)

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access.token}"}


def judge(response: httpx.Response) -> Trouble | None:
    """What an answer means, by the vendor's table of errors."""
    status = response.status_code
    if status in {_NOTHING, _FRESH}:
        return None
    if status < 300:
        return None if _is_json(response) else _BROKEN
    if status == 429:
        return PassingTrouble("busy", _BUSY.fill(status=status), after=_after(response))
    if status >= 500:  # of a write nobody knows then whether it was done
        return PassingTrouble("portal-broken", _BUSY.fill(status=status), after=_after(response))
    if status == 401:
        return TokenRefused("no-access", _NO_TOKEN)
    known = _LASTING.get(status)
    if known is not None:
        return LastingTrouble(*known)
    return WrongAnswer("unexpected", _UNEXPECTED.fill(status=status, said=_detail(response)))


_BUSY = Text(
    "amoCRM занята (ответ {status}). Попробуем ещё раз по расписанию.",
    "amoCRM is busy (answer {status}). It will be tried again on schedule.",
)
_UNEXPECTED = Text(
    "amoCRM не поняла вопрос (ответ {status}: {said}). Сообщите разработчикам smarketing.",
    "amoCRM did not understand the question (answer {status}: {said}). Tell the developers of smarketing.",
)
_BROKEN = PassingTrouble(
    "garbled-answer",
    Text(
        "Вместо данных amoCRM прислала страницу. Обычно это временно; попробуем ещё раз.",
        "amoCRM sent a page instead of data. It usually passes; it will be tried again.",
    ),
)
_NO_TOKEN = Text(
    "amoCRM больше не принимает токен. Создайте новый долгосрочный токен в настройках интеграции и впишите его в "
    "подключение; приложению дайте доступ заново.",
    "amoCRM no longer accepts the token. Make a new long-lived token in the integration's settings and put it "
    "into the connection; give an application access again.",
)
_LASTING = {
    402: (
        "not-paid",
        Text(
            "Аккаунт amoCRM не оплачен: данные отдаются только на оплаченном тарифе.",
            "The amoCRM account is not paid: data are given on a paid plan only.",
        ),
    ),
    403: (
        "forbidden",
        Text(
            "amoCRM закрыла доступ этому токену или адресу сервера. Проверьте права пользователя интеграции; если "
            "права есть, снять ограничение может поддержка amoCRM.",
            "amoCRM closed this token or this server's address out. Check the rights of the integration's user; "
            "if they are in order, amoCRM's support can lift the limit.",
        ),
    ),
    404: (
        "no-account",
        Text(
            "По этому адресу нет аккаунта amoCRM. Проверьте адрес: https://ИМЯ.amocrm.ru",
            "There is no amoCRM account at this address. Check it: https://NAME.amocrm.ru or .kommo.com",
        ),
    ),
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        (
            "moved",
            Text(
                "Аккаунт amoCRM переехал на другой адрес. Впишите новый адрес в подключение.",
                "The amoCRM account has moved to another address. Put the new one into the connection.",
            ),
        ),
    ),
}


def _content(response: httpx.Response) -> Mapping[str, Any]:
    """The body; fractions stay as they were written, since no sum may pass through a binary number."""
    if response.status_code in {_NOTHING, _FRESH}:
        return {}
    content = json.loads(response.content, parse_float=str)
    return content if isinstance(content, dict) else {}


def _is_json(response: httpx.Response) -> bool:
    try:
        json.loads(response.content)
    except ValueError:
        return False
    return True


def _after(response: httpx.Response) -> float | None:
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else None


def _detail(response: httpx.Response) -> str:
    try:
        said = json.loads(response.content)
    except ValueError:
        return ""
    return str(said.get("detail") or said.get("title") or "") if isinstance(said, dict) else ""
