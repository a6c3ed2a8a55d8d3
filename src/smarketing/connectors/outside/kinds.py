"""What must a person say to connect a system of one kind, and what makes a connector of it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from smarketing.connectors.outside.actions import ActionKind, CrmActions
from smarketing.connectors.outside.granting import Grant
from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.streams import Connector
from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text, same

KEY = r"^[a-z][a-z0-9_]*$"


Option = str | list[str] | dict[str, str]
YES_NO = {"true": Text("да", "yes"), "false": Text("нет", "no")}


class NoOptions(BaseModel):
    """A kind that has nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class FormField:
    """One line of the form of a kind. A secret one is written and never shown; the others are options.

    ``many``: several values, written with commas between them. ``pairs``: name=value, likewise.
    ``choices``: value → what it is called. ``group``: lines of one name stand together, folded while nobody needs
    them.
    """

    name: str
    label: Text
    help: Text = field(default_factory=lambda: same(""))
    secret: bool = False
    required: bool = True
    many: bool = False
    pairs: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)
    group: Text | None = None

    def value(self, said: str) -> Option:
        """What a person wrote, as the options understand it."""
        parts = [part.strip() for part in said.split(",") if part.strip()]
        if self.pairs:
            split = [part.partition("=") for part in parts]
            return {name.strip(): value.strip() for name, _, value in split}
        return parts if self.many else said.strip()


@dataclass(frozen=True)
class Account:
    """What a connector is made of.

    ``keep``: store secrets that the other side has renewed. ``reread``: the secrets as they are stored now, for
    another process may have renewed them. ``alone``: nobody else renews them meanwhile.
    """

    base_url: str
    options: BaseModel
    secrets: Mapping[str, str]
    keep: Callable[[Mapping[str, str]], None]
    reread: Callable[[], Mapping[str, str]] = dict
    alone: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True)
class WriterKind:
    """How a kind of system is written to. ``open`` asks nothing yet; ``can``: what can be done there at all."""

    open: Callable[[Account], CrmActions]
    can: frozenset[ActionKind] = frozenset(ActionKind)


@dataclass(frozen=True)
class ConnectorKind:
    """One kind of system that can be connected.

    ``base_url`` empty: the person gives the address, and ``address`` says what it looks like. ``verify``: does
    this posted form (name → value) really come from the account? It only ever leads to a poll, so that a forged
    one could do no harm anyway. ``tells_time``: its facts are those of leads, so that a whole run says until when
    the facts are known. ``writer``: None where nothing can be written back. ``grant``: how a person lets an
    application in, where the system knows such a way. ``messages``: where in the system a person has it tell us of
    changes.
    """

    key: str
    title: Text
    open: Callable[[Account], Connector]
    fields: tuple[FormField, ...] = ()
    options: type[BaseModel] = NoOptions
    base_url: str = ""
    asks_address: bool = True
    address: Text = field(default_factory=lambda: Text("Начинается с https://", "Begins with https://"))
    minutes: int = 30
    tells_time: bool = True
    verify: Callable[[Mapping[str, str], Account], bool] | None = None
    writer: WriterKind | None = None
    grant: Grant | None = None
    messages: Text | None = None

    def option(self, name: str, said: str) -> Option:
        """The value of an option as a person wrote it."""
        found = next((field for field in self.fields if field.name == name), FormField(name, same(name)))
        return found.value(said)

    @property
    def secret_fields(self) -> tuple[FormField, ...]:
        return tuple(field for field in self.fields if field.secret)


class Connection(BaseModel):
    """A company's account in an outside system, as a person set it.

    ``minutes``: how often it is asked. ``writing``: what may be written back there, each since when.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=KEY, max_length=40)
    kind: str
    title: str = Field(min_length=1, max_length=100)
    base_url: str = ""
    minutes: int = Field(default=30, ge=1, le=7 * 24 * 60)
    paused: bool = False
    options: dict[str, Any] = {}
    writing: dict[ActionKind, AwareDatetime] = {}


@runtime_checkable
class Counted(Protocol):
    """A connector that lets its traffic be noted with the run."""

    @property
    def traffic(self) -> Traffic: ...


def parse_connection(content: Mapping[str, Any]) -> Connection:
    """A connection of parsed settings; raises :class:`WrongSetting` that names every wrong place."""
    try:
        return Connection.model_validate(content)
    except ValidationError as error:
        raise wrong_connection(str(content.get("key", "?")), _places(error)) from None


def checked(connection: Connection, kind: ConnectorKind) -> Connection:
    """The connection with its options as the kind understands them; raises :class:`WrongSetting`."""
    options = options_of(connection, kind).model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    if not (connection.base_url or kind.base_url) and kind.asks_address:
        raise wrong_connection(connection.key, Text("нужен адрес", "the address is needed"))
    return connection.model_copy(update={"options": options})


def options_of(connection: Connection, kind: ConnectorKind) -> BaseModel:
    """The options as the kind's own model; raises :class:`WrongSetting`."""
    try:
        return kind.options.model_validate(connection.options)
    except ValidationError as error:
        raise wrong_connection(connection.key, _places(error)) from None


def require(kind: ConnectorKind, connection: Connection, secrets: Mapping[str, str]) -> None:
    """Raises :class:`WrongSetting` that names the secrets that the kind needs and nobody gave."""
    missing = [field.label for field in kind.secret_fields if field.required and not secrets.get(field.name)]
    if missing:
        ru, en = ", ".join(label.ru for label in missing), ", ".join(label.en for label in missing)
        raise wrong_connection(connection.key, Text(f"не хватает: {ru}", f"missing: {en}"))


def wrong_connection(key: str, what: Text) -> WrongSetting:
    return WrongSetting(
        "bad-connection", Text(f"Подключение «{key}»: {what.ru}.", f"Connection “{key}”: {what.en}.")
    )


def _places(error: ValidationError) -> Text:
    """Where and what, without the values: somebody may have put a secret there."""
    return same("; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()))
