"""A workspace saved and brought back: the same figures, the same past, the same people; or nothing at all."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.analyses.question import Question
from smarketing.facts.errors import SmarketingError, WrongInput, WrongState
from smarketing.jobs.answers import ANSWERS, ask
from smarketing.jobs.backup import MANIFEST, backup, restore
from smarketing.jobs.export import as_data
from smarketing.jobs.journal import Journal
from smarketing.jobs.workspace import Workspace
from tests.lake.world import World, at, batches, company

KNOWN = at("2026-05-28 09:00")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two loads, the first of them pinned; a journal, a quarantined row, a mapping, a database that is in use."""
    made = Workspace.init(tmp_path / "here", company())
    world = World(41, leads=60)
    made.lake.load(batches(world.facts), company(), known_until=KNOWN)
    made.lake.pin(1, "meeting")
    payment = {"payment_id": "late", "amount": Decimal(9999), "paid_at": KNOWN, "client_id": "C1"}
    made.lake.load(batches({"payments": [payment]}), company(), known_until=KNOWN)
    made.lake.make_cache()
    Journal(made.journal_path).append({"load_id": "1"})
    (made.quarantine_path / "1.jsonl").write_text('{"row": 7}\n', encoding="utf-8")
    (made.mappings_path / "own.toml").write_text("# mine\n", encoding="utf-8")
    (made.root / "secret.key").write_text("of sessions", encoding="utf-8")
    with closing(sqlite3.connect(made.database_path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE people (name)")
        database.execute("INSERT INTO people VALUES ('Alice')")
        database.commit()
    return made


def figures(workspace: Workspace, version: int | None = None) -> dict[str, Any]:
    """Every figure of every measurement, of one version."""
    with workspace.lake.open(version) as reader:
        return {what: as_data(ask(reader, what, Question()), reader.company, "en") for what in ANSWERS}


def test_restored_workspace_gives_every_figure_of_every_version(workspace: Workspace, tmp_path: Path) -> None:
    saved = backup(workspace, tmp_path / "kept.tar")
    brought = restore(tmp_path / "kept.tar", tmp_path / "there")
    there = Workspace(tmp_path / "there")
    assert (brought.files, brought.size, brought.lake_version) == (saved.files, saved.size, 2)
    assert [info.number for info in there.lake.versions()] == [1, 2]
    assert there.lake.pins() == {1: ["meeting"]}
    for version in (1, 2):
        assert figures(there, version) == figures(workspace, version)
    assert figures(there, 1) != figures(there, 2)
    assert there.company == workspace.company


def test_restored_workspace_holds_all_but_what_can_be_made_again(workspace: Workspace, tmp_path: Path) -> None:
    backup(workspace, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", tmp_path / "there")
    there = Workspace(tmp_path / "there")
    assert Journal(there.journal_path).records() == [{"load_id": "1"}]
    assert (there.quarantine_path / "1.jsonl").read_text(encoding="utf-8") == '{"row": 7}\n'
    assert (there.mappings_path / "own.toml").exists()
    assert not (there.root / "secret.key").exists()
    assert not (there.lake_path / "cache").exists()
    with closing(sqlite3.connect(there.database_path)) as database:
        assert database.execute("SELECT name FROM people").fetchall() == [("Alice",)]
    assert there.database_path.stat().st_mode & 0o777 == 0o600


def test_database_in_use_is_saved_with_what_was_committed(workspace: Workspace, tmp_path: Path) -> None:
    with closing(sqlite3.connect(workspace.database_path)) as busy:
        busy.execute("INSERT INTO people VALUES ('Bob')")
        busy.commit()  # still in the write-ahead log, not in the file
        busy.execute("INSERT INTO people VALUES ('nobody yet')")
        backup(workspace, tmp_path / "kept.tar")
        busy.rollback()
    restore(tmp_path / "kept.tar", tmp_path / "there")
    with closing(sqlite3.connect(tmp_path / "there" / "app.sqlite3")) as database:
        assert database.execute("SELECT name FROM people").fetchall() == [("Alice",), ("Bob",)]


def test_restored_workspace_goes_on(workspace: Workspace, tmp_path: Path) -> None:
    backup(workspace, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", tmp_path / "there")
    there = Workspace(tmp_path / "there")
    change = there.lake.load(batches({"leads": [{"lead_id": "new", "created_at": KNOWN}]}), company())
    assert change.version == 3
    there.lake.make_cache()


def test_backup_replaces_no_file_and_lies_outside(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "kept.tar").write_text("mine", encoding="utf-8")
    with pytest.raises(WrongState) as exists:
        backup(workspace, tmp_path / "kept.tar")
    with pytest.raises(WrongState) as inside:
        backup(workspace, workspace.root / "kept.tar")
    with pytest.raises(WrongState) as nothing:
        backup(Workspace(tmp_path / "nowhere"), tmp_path / "other.tar")
    assert [error.value.code for error in (exists, inside, nothing)] == [
        "backup-exists", "backup-inside", "no-workspace",
    ]  # fmt: skip
    assert (tmp_path / "kept.tar").read_text(encoding="utf-8") == "mine"


def test_folder_that_holds_anything_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    backup(workspace, tmp_path / "kept.tar")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(WrongState) as error:
        restore(tmp_path / "kept.tar", taken)
    assert error.value.code == "not-empty"
    assert [path.name for path in taken.iterdir()] == ["file"]
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "kept.tar", tmp_path / "empty")
    assert Workspace(tmp_path / "empty").company_path.exists()


Change = Callable[[dict[str, bytes]], object]


def _edited(source: Path, target: Path, change: Change) -> Path:
    """The same tar with other content."""
    with tarfile.open(source) as tar:
        members = {member.name: _read(tar, member) for member in tar}
    change(members)
    with tarfile.open(target, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()


DAMAGE: dict[str, Change] = {
    "a byte changed": lambda members: members.update({"loads.jsonl": b'{"load_id": "2"}\n'}),
    "a file lost": lambda members: members.pop("mappings/own.toml"),
    "a file added": lambda members: members.update({"mappings/other.toml": b"# not mine"}),
    "no manifest": lambda members: members.pop(MANIFEST),
    "a way out": lambda members: members.update({"../outside": b"x"}),
    "an absolute path": lambda members: members.update({"/tmp/outside": b"x"}),  # noqa: S108
    "an older version told": lambda members: members.update(
        {MANIFEST: json.dumps({**json.loads(members[MANIFEST]), "lake_version": 1}).encode()}
    ),
    "another program": lambda members: members.update(
        {MANIFEST: json.dumps({**json.loads(members[MANIFEST]), "format": 99}).encode()}
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_backup_brings_nothing_back(workspace: Workspace, tmp_path: Path, damage: str) -> None:
    backup(workspace, tmp_path / "kept.tar")
    edited = _edited(tmp_path / "kept.tar", tmp_path / "edited.tar", DAMAGE[damage])
    with pytest.raises(WrongInput):
        restore(edited, tmp_path / "there")
    assert not (tmp_path / "there").exists()
    assert not [path for path in tmp_path.iterdir() if "restoring" in path.name]
    assert not (tmp_path / "outside").exists()


def test_file_that_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no tar", encoding="utf-8")
    for name in ("notes.txt", "missing.tar"):
        with pytest.raises(SmarketingError):
            restore(tmp_path / name, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_backup_cut_short_leaves_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(text: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(workspace, tmp_path / "kept.tar", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
