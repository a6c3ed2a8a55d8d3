"""How does a person let us in on the other side's own page, so that no token is ever pasted by hand?

An application is made in the account; its number and its secret are entered once. The browser then goes to the
account, a person agrees there, and the account sends the browser back with a code that lives for seconds. The code
is exchanged for a pair of tokens, which lie sealed with the connection's other secrets and renew themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text

if TYPE_CHECKING:
    from smarketing.connectors.outside.kinds import Account

Secrets = Mapping[str, str]


@dataclass(frozen=True)
class Grant:
    """What a kind of system says of its applications.

    ``needs``: secrets of the application, entered by a person. ``gives``: secrets that are there once access was
    given. ``ask(account, state, back)``: the address on which a person agrees; ``back`` is where the browser shall
    return, empty in the terminal. ``take(account, answer, back)``: exchanges the code of what came back (name →
    value of its address) and returns the secrets to keep. ``how``: what to do in the account beforehand.
    """

    needs: tuple[str, ...]
    gives: tuple[str, ...]
    ask: Callable[[Account, str, str], str]
    take: Callable[[Account, Mapping[str, str], str], Secrets]
    how: Text


class Granted:
    """The tokens of an application among the secrets of its connection.

    Renewed by one process at a time, and kept before they are used: a refresh token works once.
    """

    def __init__(self, account: Account, access: str = "access_token") -> None:
        self._account, self._access = account, access
        self._lock = Lock()
        self.secrets: Secrets = account.secrets

    @property
    def access(self) -> str:
        """The token that calls carry now."""
        return self.secrets[self._access]

    def renew(self, refreshed: Callable[[Secrets], Secrets]) -> None:
        """The next pair: by ``refreshed(secrets)``, or as another process has stored it meanwhile."""
        with self._lock, self._account.alone():
            stored = {**self.secrets, **self._account.reread()}
            if stored[self._access] == self.access:
                fresh = refreshed(stored)
                self._account.keep(fresh)
                stored |= fresh
            self.secrets = stored


def not_granted() -> LastingTrouble:
    """An application was entered and nobody has let it in."""
    return LastingTrouble(
        "not-granted",
        Text(
            "Приложению ещё не дали доступ. Откройте «Дать доступ» на странице подключения или выполните "
            "smarketing connection grant КЛЮЧ.",
            "Nobody has let the application in yet. Open “Give access” on the connection's page or run "
            "smarketing connection grant KEY.",
        ),
    )


def code_of(answer: Mapping[str, str]) -> str:
    """The code that came back; raises :class:`LastingTrouble` where the person or the account refused."""
    if answer.get("error") or not answer.get("code"):
        raise LastingTrouble(
            "not-granted",
            Text(
                "Доступ не дан: система не прислала кода. Откройте её ещё раз и подтвердите доступ.",
                "Access was not given: the system sent no code. Open it again and agree there.",
            ),
        )
    return answer["code"]


def with_query(address: str, **values: str) -> str:
    """An address with these values behind it, empty ones left out.

    >>> with_query("https://portal.example/oauth/authorize/", client_id="app", state="")
    'https://portal.example/oauth/authorize/?client_id=app'
    """
    return f"{address}?{urlencode({name: value for name, value in values.items() if value})}"
