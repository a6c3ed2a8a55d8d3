"""Which systems has this company connected, how is each one opened, and who may read its secrets? Nobody.

``connections.toml`` holds what a person set and can be read by one; secrets lie sealed beside it.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smarketing.connectors.outside.kinds import Account, ConnectorKind
from smarketing.connectors.outside.streams import Connector
from smarketing.facts.errors import WrongQuestion, WrongSetting, did_you_mean
from smarketing.facts.language import Text
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.quarantine import forget_refused
from smarketing.jobs.settings import toml_table
from smarketing.jobs.vault import Vault, alone
from smarketing.jobs.workspace import Workspace, write_whole

KEY = r"^[a-z][a-z0-9_]*$"
_HEAD = (
    "# Подключения. Их же правит страница «Подключения»; секретов здесь нет.\n"
    "# The connections. The page of connections edits the same content; no secrets are here.\n\n"
)


class Connection(BaseModel):
    """A company's account in an outside system, as a person set it. ``minutes``: how often it is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=KEY, max_length=40)
    kind: str
    title: str = Field(min_length=1, max_length=100)
    base_url: str = ""
    minutes: int = Field(default=30, ge=1, le=7 * 24 * 60)
    paused: bool = False
    options: dict[str, Any] = {}

    @property
    def of_kind(self) -> ConnectorKind:
        return kind_of(self.kind)


class Connections:
    """The connections of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._path = workspace.connections_path
        self._vault = Vault(workspace.secrets_path)

    def all(self) -> tuple[Connection, ...]:
        """In the order in which they were added; raises :class:`WrongSetting` that names the wrong place."""
        if not self._path.exists():
            return ()
        try:
            content = tomllib.loads(self._path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _wrong_setting(str(error)) from error
        return tuple(_parsed(item) for item in content.get("connections", ()))

    def get(self, key: str) -> Connection:
        """Raises :class:`WrongQuestion` that names the nearest one."""
        known = {connection.key: connection for connection in self.all()}
        if key not in known:
            hint = did_you_mean(key, known)
            raise WrongQuestion(
                "unknown-connection",
                Text(f"Подключения «{key}» нет. {hint.ru}", f"There is no connection “{key}”. {hint.en}"),
            )
        return known[key]

    def add(self, connection: Connection, secrets: Mapping[str, str]) -> Connection:
        """A new connection with its secrets; what the kind needs has to be there."""
        kind = connection.of_kind
        given = checked(connection, kind)
        _require(kind, given, secrets)
        with alone(self._path):
            known = self.all()
            if any(one.key == given.key for one in known):
                raise WrongQuestion(
                    "connection-exists",
                    Text(f"Подключение «{given.key}» уже есть.", f"There is a connection “{given.key}” already."),
                )
            if secrets:
                self._vault.put(given.key, secrets)
            self._write((*known, given))
        return given

    def change(self, connection: Connection, secrets: Mapping[str, str] | None = None) -> Connection:
        """Set an existing connection anew; secrets that are not given stay as they are."""
        self.get(connection.key)
        given = checked(connection, connection.of_kind)
        if secrets:
            self._vault.put(given.key, secrets)
        with alone(self._path):
            self._write(given if one.key == given.key else one for one in self.all())
        return given

    def pause(self, key: str, *, paused: bool) -> Connection:
        return self.change(self.get(key).model_copy(update={"paused": paused}))

    def remove(self, key: str) -> None:
        """Forget a connection, its secrets and what came from it. The facts in the lake stay."""
        self.get(key)
        with alone(self._path):
            self._write(one for one in self.all() if one.key != key)
        self._vault.forget(key)
        forget_refused(self._workspace, key)
        shutil.rmtree(self._workspace.connection_folder(key), ignore_errors=True)

    def secret_names(self, key: str) -> tuple[str, ...]:
        """Which secrets are stored; what they are is told to nobody."""
        return self._vault.names(key)

    def account(self, key: str) -> Account:
        """What a connector is made of; raises :class:`WrongState` where the secrets cannot be opened."""
        connection = self.get(key)
        kind = connection.of_kind
        return Account(
            base_url=connection.base_url or kind.base_url,
            options=_options(kind, connection),
            secrets=self._vault.get(key),
            keep=lambda renewed: self._vault.put(key, renewed),
        )

    def open(self, key: str) -> Connector:
        """A connector that can be asked; close it afterwards."""
        return self.get(key).of_kind.open(self.account(key))

    def _write(self, connections: Iterable[Connection]) -> None:
        items = [connection.model_dump(mode="python") for connection in connections]
        write_whole(self._path, _HEAD + toml_table("connections", items) + "\n")


def checked(connection: Connection, kind: ConnectorKind) -> Connection:
    """The connection with its options as the kind understands them."""
    options = _options(kind, connection).model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    if not (connection.base_url or kind.base_url) and kind.asks_address:
        raise _wrong_setting_of(connection.key, Text("нужен адрес", "the address is needed"))
    return connection.model_copy(update={"options": options})


def _require(kind: ConnectorKind, connection: Connection, secrets: Mapping[str, str]) -> None:
    missing = [field.label for field in kind.secret_fields if field.required and not secrets.get(field.name)]
    if missing:
        what = Text(
            "не хватает: " + ", ".join(label.ru for label in missing),
            "missing: " + ", ".join(label.en for label in missing),
        )
        raise _wrong_setting_of(connection.key, what)


def _options(kind: ConnectorKind, connection: Connection) -> BaseModel:
    try:
        return kind.options.model_validate(connection.options)
    except ValidationError as error:
        raise _wrong_setting_of(connection.key, _places(error)) from error


def _parsed(item: Mapping[str, Any]) -> Connection:
    try:
        return Connection.model_validate(item)
    except ValidationError as error:
        raise _wrong_setting_of(str(item.get("key", "?")), _places(error)) from error


def _places(error: ValidationError) -> Text:
    """Where and what, without the values: somebody may have put a secret there."""
    said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return Text(said, said)


def _wrong_setting_of(key: str, what: Text) -> WrongSetting:
    return WrongSetting(
        "bad-connection", Text(f"Подключение «{key}»: {what.ru}.", f"Connection “{key}”: {what.en}.")
    )


def _wrong_setting(what: str) -> WrongSetting:
    return WrongSetting(
        "bad-connections-toml",
        Text(f"connections.toml не читается: {what}", f"connections.toml cannot be read: {what}"),
    )
