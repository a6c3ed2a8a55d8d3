"""How is a whole workspace saved and brought back? One tar with the hash of everything in it.

A backup holds what cannot be made again: the lake with all its versions and pins, settings, quarantine, mappings,
uploads, the journal of loads, and every SQLite database, copied by SQLite's own backup so that nobody has to stop.
It leaves out what can: the cache of the lake, and ``secret.key``, without which people only sign in again. No load
writes while the lake is copied.

A restore unpacks beside an empty folder, checks every hash and opens the lake, and only then takes the folder's
place: cut short, it leaves nothing that looks whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from smarketing.facts.company import read_company
from smarketing.facts.errors import SmarketingError, WrongInput, WrongState
from smarketing.facts.language import Text
from smarketing.jobs.workspace import Workspace
from smarketing.lake.lock import writing
from smarketing.lake.store import Lake

FORMAT = 1
MANIFEST = "backup.json"
PATIENCE = 600  # seconds to wait for a load that runs
_LEFT_OUT = ("lake/cache/", "lake/writer.lock", "secret.key")
_SQLITE = b"SQLite format 3\x00"
_COMPANIONS = ("-wal", "-shm", "-journal")
_BLOCK = 1 << 20

Tell = Callable[[Text], None]


def _silently(_: Text) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Saved:
    """What a backup holds, or what a restore brought back."""

    files: int
    size: int  # bytes of the files
    lake_version: int  # 0: nothing was loaded
    made_at: datetime


@dataclass(frozen=True)
class _Entry:
    path: str
    size: int
    sha256: str


def backup(workspace: Workspace, target: Path, tell: Tell = _silently) -> Saved:
    """Save a workspace into a new file, whole or not at all.

    Raises :class:`WrongState` where there is no workspace, where the file exists or lies inside the workspace.
    """
    _check_target(workspace, target)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with _lake_at_rest(workspace), draft.open("wb") as file:
            draft.chmod(0o600)  # password hashes and personal data are inside
            saved = _pack(workspace, file, tell)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return saved


def restore(source: Path, folder: Path, tell: Tell = _silently) -> Saved:
    """Bring a workspace back into a folder that is empty or not there.

    Raises :class:`WrongState` where the folder holds anything, :class:`WrongInput` for a file that is no backup,
    is damaged or holds paths that lead outside.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongState(
            "not-empty",
            Text(
                f"Папка {folder} не пуста: восстановить можно только в пустую.",
                f"{folder} is not empty: a backup is brought back into an empty folder only.",
            ),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.restoring.", dir=folder.parent))
    try:
        saved = _unpack(source, aside, tell)
        _check_whole(aside, saved, tell)
        if folder.exists():
            folder.rmdir()
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return saved


def _check_target(workspace: Workspace, target: Path) -> None:
    if not workspace.company_path.exists():
        raise WrongState(
            "no-workspace",
            Text(f"В {workspace.root} нет рабочей папки.", f"There is no workspace in {workspace.root}."),
        )
    if target.exists():
        raise WrongState(
            "backup-exists",
            Text(f"Файл {target} уже есть. Назовите другой.", f"{target} exists already. Name another file."),
        )
    if target.resolve().is_relative_to(workspace.root.resolve()):
        raise WrongState(
            "backup-inside",
            Text(
                "Копия не может лежать в той же рабочей папке: вместе с ней она и пропадёт.",
                "A backup cannot lie inside its own workspace: it would be lost together with it.",
            ),
        )


@contextmanager
def _lake_at_rest(workspace: Workspace) -> Iterator[None]:
    if not workspace.lake_path.exists():
        yield
        return
    with writing(workspace.lake_path, PATIENCE):
        yield


def _pack(workspace: Workspace, file: IO[bytes], tell: Tell) -> Saved:
    made_at, entries = datetime.now(UTC), []
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in _files(workspace.root):
            name = path.relative_to(workspace.root).as_posix()
            tell(Text(f"Сохраняется {name}", f"Saving {name}"))
            entries.append(_pack_file(tar, path, name))
        newest = max((info.number for info in workspace.lake.versions()), default=0)
        about = {
            "format": FORMAT,
            "made_at": made_at.isoformat(),
            "lake_version": newest,
            "files": [asdict(entry) for entry in entries],
        }
        _add(tar, MANIFEST, io.BytesIO(content := json.dumps(about, ensure_ascii=False).encode()), len(content))
    return Saved(len(entries), sum(entry.size for entry in entries), newest, made_at)


def _files(root: Path) -> list[Path]:
    """Everything to be saved, in order of its name; drafts of files being written begin with a dot."""
    found = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() or not path.is_file() or path.name.startswith(".") or name.startswith(_LEFT_OUT):
            continue
        if not (name.endswith(_COMPANIONS) and _is_database(path.with_name(path.name.rpartition("-")[0]))):
            found.append(path)
    return found


def _pack_file(tar: tarfile.TarFile, path: Path, name: str) -> _Entry:
    if not _is_database(path):
        with path.open("rb") as file:
            return _add(tar, name, file, path.stat().st_size, path.stat().st_mtime)
    with tempfile.NamedTemporaryFile() as copy:
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy.name)) as copied:
            live.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        with Path(copy.name).open("rb") as file:
            return _add(tar, name, file, Path(copy.name).stat().st_size, path.stat().st_mtime)


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


class _Hashing(io.RawIOBase):
    """A file that remembers the hash of what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.sha256.update(block)
        return block


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int, changed: float = 0) -> _Entry:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(changed), 0o600
    hashed = _Hashing(file)
    tar.addfile(member, hashed)
    return _Entry(name, size, hashed.sha256.hexdigest())


def _unpack(source: Path, folder: Path, tell: Tell) -> Saved:
    found: dict[str, _Entry] = {}
    about: dict[str, Any] = {}
    try:
        with tarfile.open(source, mode="r:*") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not member.isreg() or not _stays_inside(member.name):
                    raise _damaged(source, member.name)
                if member.name == MANIFEST:
                    about = json.loads(content.read())
                    continue
                tell(Text(f"Восстанавливается {member.name}", f"Restoring {member.name}"))
                found[member.name] = _write(folder / member.name, member, content)
        told = {entry["path"]: _Entry(**entry) for entry in about["files"]}
        made_at = datetime.fromisoformat(about["made_at"])
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError, EOFError) as error:
        if isinstance(error, FileNotFoundError):
            raise WrongInput("no-file", Text(f"Файла {source} нет.", f"There is no file {source}.")) from error
        raise _damaged(source, str(error)) from error
    if about.get("format") != FORMAT:
        raise WrongInput(
            "newer-backup",
            Text(
                f"{source.name} сделан другой версией программы: обновите её.",
                f"{source.name} was made by another version of the program: update it.",
            ),
        )
    for path in sorted(told.keys() | found.keys()):
        if told.get(path) != found.get(path):
            raise _damaged(source, path)
    return Saved(len(found), sum(entry.size for entry in found.values()), about["lake_version"], made_at)


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (
        bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name and ":" not in parts[0]
    )


def _write(path: Path, member: tarfile.TarInfo, content: IO[bytes]) -> _Entry:
    path.parent.mkdir(parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while block := content.read(_BLOCK):
            hashed.update(block)
            size += file.write(block)
    if _is_database(path):
        path.chmod(0o600)
    os.utime(path, (member.mtime, member.mtime))
    return _Entry(member.name, size, hashed.hexdigest())


def _check_whole(folder: Path, saved: Saved, tell: Tell) -> None:
    """What was unpacked opens: settings, every version of the lake, every database."""
    tell(Text("Проверяется", "Checking"))
    workspace = Workspace(folder)
    try:
        read_company(workspace.company_path)
        lake = Lake(workspace.lake_path)
        for info in lake.versions():
            lake.open(info.number).close()
        newest = max((info.number for info in lake.versions()), default=0)
    except SmarketingError as error:
        raise _damaged(folder, error.say("en")) from error
    if newest != saved.lake_version:
        raise _damaged(folder, f"lake version {newest}, told {saved.lake_version}")
    for path in folder.rglob("*"):
        if path.is_file() and _is_database(path):
            with closing(sqlite3.connect(path)) as database:
                if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    raise _damaged(folder, path.name)


def _damaged(source: Path, where: str) -> WrongInput:
    return WrongInput(
        "bad-backup",
        Text(
            f"{source.name} — не резервная копия или повреждён: {where}. Ничего не изменено.",
            f"{source.name} is no backup, or a damaged one: {where}. Nothing was changed.",
        ),
    )
