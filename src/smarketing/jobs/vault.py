"""How do secrets of connections lie on the disk? Encrypted by a key that is not there.

Each value is sealed with the connection and the field it belongs to, so that a swapped line opens nothing.
Whatever copies the workspace copies sealed values only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.jobs.workspace import write_whole
from smarketing.lake.lock import holding

VARIABLE = "SMARKETING_KEY"
_PATIENCE = 30.0


def new_key() -> str:
    """A key that nobody has had yet."""
    return Fernet.generate_key().decode("ascii")


class Vault:
    """The sealed secrets of one workspace: connection → name → value."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self, connection: str) -> tuple[str, ...]:
        """Which secrets a connection has; needs no key."""
        return tuple(sorted(self._sealed().get(connection, {})))

    def get(self, connection: str) -> dict[str, str]:
        """The secrets of a connection; raises :class:`WrongState` without the key that sealed them."""
        sealed = self._sealed().get(connection, {})
        if not sealed:
            return {}
        seal = _seal()
        return {name: _opened(seal, connection, name, token) for name, token in sealed.items()}

    def put(self, connection: str, secrets: Mapping[str, str]) -> None:
        """Seal these values; the connection's other ones stay."""
        seal = _seal()
        fresh = {
            name: seal.encrypt(json.dumps([connection, name, value]).encode()).decode("ascii")
            for name, value in secrets.items()
        }
        with alone(self._path):
            sealed = self._sealed()
            self._write({**sealed, connection: {**sealed.get(connection, {}), **fresh}})

    def forget(self, connection: str) -> None:
        with alone(self._path):
            self._write({key: value for key, value in self._sealed().items() if key != connection})

    def _sealed(self) -> dict[str, dict[str, str]]:
        if not self._path.exists():
            return {}
        content: dict[str, dict[str, str]] = json.loads(self._path.read_text(encoding="utf-8"))
        return content

    def _write(self, sealed: Mapping[str, Mapping[str, str]]) -> None:
        write_whole(self._path, json.dumps(sealed, indent=1, sort_keys=True) + "\n", mode=0o600)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else changes a file between our reading and our writing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with holding(path.with_name(f".{path.name}.lock"), _PATIENCE) as held:
        if not held:
            raise WrongState(
                "file-busy",
                Text(
                    f"Файл {path.name} меняет другая программа. Повторите позже.",
                    f"Another program is changing {path.name}. Try again later.",
                ),
            )
        yield


def _seal() -> MultiFernet:
    """The keys of the environment; the first one seals, the others still open what they sealed."""
    said = os.environ.get(VARIABLE, "") or _file(os.environ.get("SMARKETING_KEY_FILE", ""))
    keys = [key.strip() for key in said.split(",") if key.strip()]
    if not keys:
        raise WrongState(
            "no-secret-key",
            Text(
                f"Секреты подключений шифруются ключом из {VARIABLE}, а его нет. Новый ключ печатает команда "
                "smarketing connection key: сохраните его вне рабочей папки, задайте в окружении и повторите.",
                f"Secrets of connections are encrypted by the key in {VARIABLE}, and there is none. "
                "smarketing connection key prints a new one: keep it outside of the workspace, set it in the "
                "environment and start again.",
            ),
        )
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise WrongState(
            "bad-secret-key",
            Text(
                f"В {VARIABLE} не ключ: нужны 32 байта в base64, как печатает smarketing connection key.",
                f"{VARIABLE} holds no key: 32 bytes in base64 are needed, as smarketing connection key prints.",
            ),
        ) from error


def _file(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


def _opened(seal: MultiFernet, connection: str, name: str, token: str) -> str:
    try:
        owner, field, value = json.loads(seal.decrypt(token))
        if (owner, field) == (connection, name):
            return str(value)
    except InvalidToken:
        pass
    raise WrongState(
        "wrong-secret-key",
        Text(
            f"Секреты подключения «{connection}» зашифрованы другим ключом. Верните прежний {VARIABLE} "
            "или введите секреты заново.",
            f"The secrets of “{connection}” are sealed by another key. Bring the former {VARIABLE} back "
            "or enter the secrets again.",
        ),
    ) from None
