"""As whom do we speak to the portal: by an inbound webhook or as an OAuth application?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from smarketing.connectors.bitrix24.errors import answer_of, refusal_of_tokens
from smarketing.connectors.outside.granting import Granted
from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, WrongAnswer
from smarketing.facts.language import Text

TOKENS_URL = "https://oauth.bitrix.info/oauth/token/"
PAIR = ("access_token", "refresh_token")
GIVEN = (*PAIR, "client_endpoint", "member_id")  # what is kept of an answer of the authorisation server


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


class Application:
    """A local OAuth application. Its tokens are renewed when the portal says that they are old, never before."""

    def __init__(
        self,
        granted: Granted,
        *,
        tokens_url: str = TOKENS_URL,
        pace: Callable[[], Pace] = lambda: Pace(1, 2),
    ) -> None:
        self._granted, self._tokens_url, self._pace = granted, tokens_url, pace

    @property
    def base_url(self) -> str:
        return self._granted.secrets["client_endpoint"].rstrip("/") + "/"

    @property
    def secrets(self) -> tuple[str, ...]:
        return _hidden(self._granted.secrets)

    def sign(self, params: dict[str, Any]) -> dict[str, Any]:
        return {**params, "auth": self._granted.access}

    def renew(self) -> bool:
        self._granted.renew(self._refreshed)
        return True

    def _refreshed(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        proof = {"grant_type": "refresh_token", "refresh_token": stored["refresh_token"]}
        return tokens(stored, proof, tokens_url=self._tokens_url, pace=self._pace())


def tokens(
    stored: Mapping[str, str], proof: Mapping[str, str], *, tokens_url: str = TOKENS_URL, pace: Pace | None = None
) -> Mapping[str, str]:
    """The pair that the authorisation server gives for a code or a refresh token, with where it is good."""
    asked = {"client_id": stored["client_id"], "client_secret": stored["client_secret"], **proof}
    secrets = (*_hidden(stored), *(value for name, value in proof.items() if name != "grant_type"))
    with Http(tokens_url, judge=refusal_of_tokens, pace=pace or Pace(1, 2), secrets=secrets, timeout=30) as http:
        # Not tried again: a code or a refresh that was lost on its way back has been used up.
        return _checked(answer_of(http.once("GET", "", params=asked)), stored)


def _hidden(stored: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(stored[name] for name in ("client_secret", *PAIR) if stored.get(name))


def _checked(answer: Mapping[str, Any], before: Mapping[str, str]) -> Mapping[str, str]:
    found = {name: str(answer.get(name) or before.get(name) or "") for name in GIVEN}
    if not all(answer.get(name) for name in PAIR) or not found["client_endpoint"]:
        raise WrongAnswer(
            "no-tokens",
            Text("Сервер авторизации ответил без токенов.", "The authorisation server answered without tokens."),
        )
    if before.get("member_id") and found["member_id"] != before["member_id"]:
        raise LastingTrouble(
            "other-portal",
            Text(
                "Токены относятся к другому порталу. Откройте доступ на том портале, который подключён, или "
                "подключите второй отдельно.",
                "The tokens belong to another portal. Give access on the portal that is connected, or connect the "
                "other one on its own.",
            ),
        )
    return found
