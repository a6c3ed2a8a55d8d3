"""As whom do we speak to the portal: by an inbound webhook or as an OAuth application?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from smarketing.connectors.bitrix24.errors import answer_of, refusal_of_tokens
from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

TOKENS_URL = "https://oauth.bitrix.info/oauth/token/"


class Access(Protocol):
    """The address of the portal's REST, what every call carries, and what no text may show."""

    @property
    def base_url(self) -> str: ...

    @property
    def secrets(self) -> tuple[str, ...]: ...

    def sign(self, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a call with what proves who we are."""

    def renew(self) -> bool:
        """Called after «expired_token»: True when a call is worth repeating."""


@dataclass(frozen=True)
class Webhook:
    """``https://PORTAL/rest/USER/CODE/``: permanent, with the rights of the person who made it."""

    address: str = field(repr=False)

    @property
    def base_url(self) -> str:
        return f"{_without_method(self.address)}/"

    @property
    def secrets(self) -> tuple[str, ...]:
        return (_without_method(self.address).rsplit("/", 1)[-1],)

    def sign(self, params: dict[str, Any]) -> dict[str, Any]:
        return params

    def renew(self) -> bool:
        return False


def _without_method(address: str) -> str:
    """People copy the address with an example's method at its end: ``…/rest/1/code/profile.json``."""
    parts = urlsplit(address.strip())
    places = [place for place in parts.path.split("/") if place]
    if "rest" not in places or len(places) < places.index("rest") + 3:
        raise LastingTrouble(
            "wrong-webhook",
            Text(
                "Адрес вебхука выглядит так: https://портал/rest/1/код/. Скопируйте его целиком: «Разработчикам», "
                "«Другое», «Входящий вебхук».",
                "The address of a webhook looks like https://portal/rest/1/code/. Copy all of it from “Developer "
                "resources”, “Other”, “Inbound webhook”.",
            ),
        )
    kept = places[: places.index("rest") + 3]
    return f"{parts.scheme}://{parts.netloc}/{'/'.join(kept)}"


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens. The refresh token is used up by one refresh; access lives an hour."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    client_endpoint: str
    member_id: str


class TokenStore(Protocol):
    """Where the pair lies. ``save`` returns when it is safe on disk: the old pair is dead by then."""

    def load(self) -> Tokens: ...

    def save(self, tokens: Tokens) -> None: ...


class Application:
    """A local OAuth application. The new pair is saved before it is used; another worker's pair is respected."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        store: TokenStore,
        *,
        tokens_url: str = TOKENS_URL,
        pace: Callable[[], Pace] = lambda: Pace(1, 2),
    ) -> None:
        self._client_id, self._client_secret, self._store = client_id, client_secret, store
        self._tokens_url, self._pace = tokens_url, pace
        self._tokens = store.load()
        self._lock = Lock()

    @property
    def base_url(self) -> str:
        return self._tokens.client_endpoint.rstrip("/") + "/"

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._client_secret, self._tokens.access, self._tokens.refresh)

    def sign(self, params: dict[str, Any]) -> dict[str, Any]:
        return {**params, "auth": self._tokens.access}

    def renew(self) -> bool:
        with self._lock:
            stored = self._store.load()
            if stored.access != self._tokens.access:  # another worker was here first
                self._tokens = stored
                return True
            fresh = self._refreshed(stored)
            self._store.save(fresh)
            self._tokens = fresh
            return True

    def _refreshed(self, stored: Tokens) -> Tokens:
        params = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "refresh_token": stored.refresh,
        }
        secrets = (self._client_secret, stored.refresh, stored.access)
        with Http(self._tokens_url, judge=_judged, pace=self._pace(), secrets=secrets, timeout=30) as http:
            # Not tried again: a refresh that was lost on its way back has used the token up.
            return _tokens(answer_of(http.once("GET", "", params=params)), stored)


def _judged(response: httpx.Response) -> Trouble | None:
    return refusal_of_tokens(response)


def _tokens(answer: dict[str, Any], before: Tokens) -> Tokens:
    try:
        access, refresh = str(answer["access_token"]), str(answer["refresh_token"])
    except KeyError:
        raise WrongAnswer(
            "no-tokens",
            Text("Сервер авторизации ответил без токенов.", "The authorisation server answered without tokens."),
        ) from None
    member = str(answer.get("member_id") or before.member_id)
    if member != before.member_id:
        raise LastingTrouble(
            "other-portal",
            Text(
                "Токены относятся к другому порталу. Установите приложение на нужном портале заново.",
                "The tokens belong to another portal. Install the application on the right portal again.",
            ),
        )
    return Tokens(access, refresh, str(answer.get("client_endpoint") or before.client_endpoint), member)
