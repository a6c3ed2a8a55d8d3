"""As whom do we speak to the account: by a long-lived token or as an OAuth application?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from smarketing.connectors.outside.granting import Granted
from smarketing.connectors.outside.http import Http
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

PAIR = ("access_token", "refresh_token")
BACK = "redirect_uri"  # repeated at every renewal
GIVEN = (*PAIR, BACK)


class Access(Protocol):
    """The token that calls carry, and what no text may show."""

    @property
    def token(self) -> str: ...

    @property
    def secrets(self) -> tuple[str, ...]: ...

    def renew(self) -> bool:
        """Called where the token was refused: True when a call is worth repeating."""


@dataclass(frozen=True)
class LongLived:
    """The token of a private integration: nothing renews it."""

    token: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.token,)

    def renew(self) -> bool:
        return False


class Application:
    """An OAuth application. Its tokens are renewed when the account says that they are old, never before."""

    def __init__(self, granted: Granted, base_url: str, *, pace: Callable[[], Pace] = lambda: Pace(1, 2)) -> None:
        self._granted, self._base_url, self._pace = granted, base_url, pace

    @property
    def token(self) -> str:
        return self._granted.access

    @property
    def secrets(self) -> tuple[str, ...]:
        return _hidden(self._granted.secrets)

    def renew(self) -> bool:
        self._granted.renew(self._refreshed)
        return True

    def _refreshed(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        proof = {"grant_type": "refresh_token", "refresh_token": stored["refresh_token"]}
        return tokens(self._base_url, stored, proof, stored[BACK], pace=self._pace())


def tokens(
    base_url: str, stored: Mapping[str, str], proof: Mapping[str, str], back: str, *, pace: Pace | None = None
) -> Mapping[str, str]:
    """The pair that the account gives for a code or a refresh token, with the return address it is bound to."""
    asked = {"client_id": stored["client_id"], "client_secret": stored["client_secret"], BACK: back, **proof}
    secrets = (*_hidden(stored), *(value for name, value in proof.items() if name != "grant_type"))
    with Http(base_url, judge=_judge, pace=pace or Pace(1, 2), secrets=secrets, timeout=30) as http:
        # Not tried again: a code or a refresh that was lost on its way back has been used up.
        answer = json.loads(http.once("POST", "/oauth2/access_token", json=asked).content)
    if not isinstance(answer, dict) or not all(answer.get(name) for name in PAIR):
        raise WrongAnswer("no-tokens", _NO_TOKENS)
    return {**{name: str(answer[name]) for name in PAIR}, BACK: back}


def same_account(base_url: str, answer: Mapping[str, str]) -> None:
    """Raises :class:`LastingTrouble` where access was given on another account than the connected one."""
    said, host = answer.get("referer", ""), urlsplit(base_url).hostname or ""
    if said and said != host:
        raise LastingTrouble("other-account", _OTHER.fill(said=said, host=host))


def _judge(response: httpx.Response) -> Trouble | None:
    status = response.status_code
    if status < 300:
        try:
            json.loads(response.content)
        except ValueError:
            return PassingTrouble("garbled-answer", _BUSY.fill(status=status))
        return None
    if status == 429 or status >= 500:
        return PassingTrouble("busy", _BUSY.fill(status=status))
    return LastingTrouble("no-access", _USED_UP)


def _hidden(stored: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(stored[name] for name in ("client_secret", *PAIR) if stored.get(name))


_BUSY = Text(
    "amoCRM не выдала новые токены (ответ {status}). Попробуем ещё раз по расписанию.",
    "amoCRM gave no new tokens (answer {status}). It will be tried again on schedule.",
)
_NO_TOKENS = Text("amoCRM ответила без токенов.", "amoCRM answered without tokens.")
_USED_UP = Text(
    "Доступ приложения к amoCRM отозван или не обновлялся три месяца. Откройте «Дать доступ» на странице "
    "подключения или выполните smarketing connection grant КЛЮЧ. Если это не поможет, проверьте client_id, "
    "client_secret и адрес возврата интеграции.",
    "The application's access to amoCRM was revoked or not renewed for three months. Open “Give access” on the "
    "connection's page or run smarketing connection grant KEY. If that does not help, check the integration's "
    "client_id, client_secret and return address.",
)
_OTHER = Text(
    "Доступ дан в аккаунте {said}, а подключён {host}. Дайте доступ в подключённом аккаунте или подключите второй "
    "отдельно.",
    "Access was given on {said} while {host} is connected. Give access on the connected account, or connect the "
    "other one on its own.",
)
