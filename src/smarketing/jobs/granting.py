"""How does a person give an application access: where to agree, and what to do with the answer?"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from smarketing.connectors.outside.granting import Grant
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.sync import resume
from smarketing.jobs.workspace import Workspace


def new_state() -> str:
    """What the other side has to send back: nobody can guess it, so nobody else can answer in a person's name."""
    return secrets.token_urlsafe(32)


def way_in(workspace: Workspace, key: str, state: str, back: str) -> str:
    """The address to open; raises :class:`WrongQuestion` where no application was entered."""
    grant, connections = _grant(workspace, key), Connections(workspace)
    missing = sorted(set(grant.needs) - set(connections.secret_names(key)))
    if missing:
        labels = [field.label for field in kind_of(connections.get(key).kind).fields if field.name in missing]
        raise WrongQuestion(
            "no-application",
            Text(
                f"Сначала впишите в настройки подключения: {', '.join(label.ru for label in labels)}.",
                f"Enter in the connection's settings first: {', '.join(label.en for label in labels)}.",
            ),
        )
    return grant.ask(connections.account(key), state, back)


def let_in(workspace: Workspace, key: str, answer: Mapping[str, str], back: str) -> None:
    """Exchange what came back for tokens and seal them; raises :class:`Trouble` where nothing was given."""
    account = Connections(workspace).account(key)
    account.keep(_grant(workspace, key).take(account, answer, back))
    if not Connections(workspace).get(key).paused:
        resume(workspace, key)  # a connection that waited for a person goes on


def is_waiting(workspace: Workspace, key: str) -> bool:
    """Has somebody entered an application that nobody has let in yet?"""
    connections = Connections(workspace)
    grant = kind_of(connections.get(key).kind).grant
    names = set(connections.secret_names(key))
    return grant is not None and set(grant.needs) <= names and not set(grant.gives) <= names


def has_application(workspace: Workspace, key: str) -> bool:
    """May access be given on the other side's page: is the application entered?"""
    connections = Connections(workspace)
    grant = kind_of(connections.get(key).kind).grant
    return grant is not None and set(grant.needs) <= set(connections.secret_names(key))


def answer_of(said: str, state: str) -> dict[str, str]:
    """What a person pasted into the terminal: the whole address the browser was sent to, or the code alone.

    Raises :class:`WrongQuestion` for an address that answers somebody else's question.
    """
    if "://" not in said and "=" not in said:
        return {"code": said.strip()}
    fields = dict(parse_qsl(urlsplit(said.strip()).query))
    if not hmac.compare_digest(fields.get("state", "").encode(), state.encode()):
        raise forged()
    return fields


def forged() -> WrongQuestion:
    return WrongQuestion(
        "wrong-state",
        Text(
            "Этот ответ системы устарел или начат не вами; доступ не изменился. Откройте доступ заново со "
            "страницы подключения.",
            "This answer of the system is out of date or was not asked for by you; the access has not changed. "
            "Start again from the page of the connection.",
        ),
    )


def _grant(workspace: Workspace, key: str) -> Grant:
    kind = kind_of(Connections(workspace).get(key).kind)
    if kind.grant is None:
        raise WrongQuestion(
            "no-grant",
            Text(
                f"{kind.title.ru}: доступ даётся ключом в настройках подключения.",
                f"{kind.title.en}: access is given by a key in the connection's settings.",
            ),
        )
    return kind.grant
