"""Which systems has this company connected, how is each one opened, and who may read its secrets? Nobody.

``connections.toml`` holds what a person set and can be read by one; secrets lie sealed beside it.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Mapping

from smarketing.connectors.outside.kinds import Account, Connection, checked, options_of, parse_connection, require
from smarketing.connectors.outside.streams import Connector
from smarketing.facts.errors import WrongQuestion, WrongSetting, did_you_mean
from smarketing.facts.language import Text
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.quarantine import forget_refused
from smarketing.jobs.settings import toml_table
from smarketing.jobs.standing import RUN_PATIENCE, Desk, running
from smarketing.jobs.vault import Vault, alone
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.lock import holding

_HEAD = (
    "# Подключения. Их же правит страница «Подключения»; секретов здесь нет.\n"
    "# The connections. The page of connections edits the same content; no secrets are here.\n\n"
)


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
        return tuple(parse_connection(item) for item in content.get("connections", ()))

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
        kind = kind_of(connection.kind)
        given = checked(connection, kind)
        require(kind, given, secrets)
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
        given = checked(connection, kind_of(connection.kind))
        if secrets:
            self._vault.put(given.key, secrets)
        with alone(self._path):
            self._write(given if one.key == given.key else one for one in self.all())
        return given

    def pause(self, key: str, *, paused: bool) -> Connection:
        return self.change(self.get(key).model_copy(update={"paused": paused}))

    def remove(self, key: str) -> None:
        """Forget a connection, its secrets and what came from it. The facts in the lake stay.

        Raises :class:`WrongState` while a run is under way: it would write on into what is being deleted.
        """
        connection, desk = self.get(key), Desk(self._workspace, key)
        desk.folder.mkdir(parents=True, exist_ok=True)
        with holding(desk.lock_path, RUN_PATIENCE) as held:
            if not held:
                raise running(connection.title)
            with alone(self._path):
                self._write(one for one in self.all() if one.key != key)
            self._vault.forget(key)
            forget_refused(self._workspace, key)
            shutil.rmtree(desk.folder, ignore_errors=True)

    def secret_names(self, key: str) -> tuple[str, ...]:
        """Which secrets are stored; what they are is told to nobody."""
        return self._vault.names(key)

    def account(self, key: str) -> Account:
        """What a connector is made of; raises :class:`WrongState` where the secrets cannot be opened."""
        connection = self.get(key)
        kind = kind_of(connection.kind)
        return Account(
            base_url=connection.base_url or kind.base_url,
            options=options_of(connection, kind),
            secrets=self._vault.get(key),
            keep=lambda renewed: self._vault.put(key, renewed),
            reread=lambda: self._vault.get(key),
            alone=lambda: alone(self._workspace.connection_folder(key) / "renewal"),
        )

    def open(self, key: str) -> Connector:
        """A connector that can be asked; close it afterwards."""
        return kind_of(self.get(key).kind).open(self.account(key))

    def _write(self, connections: Iterable[Connection]) -> None:
        items = [connection.model_dump(mode="python") for connection in connections]
        write_whole(self._path, _HEAD + toml_table("connections", items) + "\n")


def _wrong_setting(what: str) -> WrongSetting:
    return WrongSetting(
        "bad-connections-toml",
        Text(f"connections.toml не читается: {what}", f"connections.toml cannot be read: {what}"),
    )
