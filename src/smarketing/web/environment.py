"""What does the environment say? Small typed readers that fail loudly; every secret has a ``_FILE`` twin."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, on; raises :class:`WrongSetting` for a word that is neither yes nor no."""
    word = os.environ.get(name)
    if word is None:
        return default
    if word.strip().lower() in _TRUE:
        return True
    if word.strip().lower() in _FALSE:
        return False
    raise _wrong(name, word, Text("нужно да или нет: 1 или 0", "say yes or no: 1 or 0"))


def number(name: str, default: int) -> int:
    word = os.environ.get(name)
    if word is None:
        return default
    try:
        return int(word)
    except ValueError as error:
        raise _wrong(name, word, Text("нужно целое число", "a whole number is needed")) from error


def words(name: str, default: str) -> list[str]:
    """A list written through commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def workspace() -> Path:
    """The folder with the company's data; without SMARKETING_HOME a private temporary place, made when needed."""
    home = text("SMARKETING_HOME")
    if home:
        return Path(home).expanduser().resolve()
    return Path(tempfile.gettempdir()) / f"smarketing-{os.getuid() if hasattr(os, 'getuid') else 'home'}"


def secret_key(home: Path) -> str:
    """The key of sessions: from SECRET_KEY, its ``_FILE`` twin, or the workspace's own file of mode 600.

    Where the workspace does not exist yet, a key for this process alone: nobody is signed in there.
    """
    given = text("SECRET_KEY") or _read(text("SECRET_KEY_FILE"))
    if given:
        return given
    if not home.is_dir():
        return secrets.token_urlsafe(50)
    return _kept(home / "secret.key")


def _kept(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


def _wrong(name: str, word: str, way_out: Text) -> WrongSetting:
    said = Text(f"Настройка {name}={word} непонятна: {{way}}.", f"Setting {name}={word} is not clear: {{way}}.")
    return WrongSetting("bad-environment", said.fill(way=way_out))
