"""Settings as a file, a workspace saved and brought back, from the terminal.

Commands that write to the audit log run as processes of their own: Django is set up once per process.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app

MAIN = "from smarketing.cli.main import app; app()"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def run_alone(*words: str | Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        [sys.executable, "-c", MAIN, *map(str, words)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


def written_down(root: Path) -> list[tuple[str, str, dict[str, object]]]:
    with closing(sqlite3.connect(root / "app.sqlite3")) as database:
        rows = database.execute("SELECT action, subject, details FROM accounts_auditentry ORDER BY id").fetchall()
    return [(action, subject, json.loads(details)) for action, subject, details in rows]


@pytest.fixture
def loaded(home: Path, facts: Path) -> Path:
    assert run("load", facts).exit_code == 1  # one row is set aside
    return home


def test_exported_settings_are_those_of_the_company(home: Path, tmp_path: Path) -> None:
    assert run("config", "export", tmp_path / "kept.toml").exit_code == 0
    shown = run("config", "export")
    assert shown.stdout == (tmp_path / "kept.toml").read_text(encoding="utf-8")
    assert 'name = "Качели"' in shown.stdout
    again = run("config", "export", tmp_path / "kept.toml")
    assert again.exit_code == 2
    assert "уже есть" in again.stderr


def test_check_shows_what_would_change_and_changes_nothing(loaded: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    before = (loaded / "company.toml").read_text(encoding="utf-8")
    new.write_text(before.replace("Качели", "Горки"), encoding="utf-8")
    told = run("config", "apply", new, "--check")
    assert told.exit_code == 0
    assert [line.split() for line in told.stdout.splitlines()][1:] == [["name", "Качели", "Горки"]]
    assert (loaded / "company.toml").read_text(encoding="utf-8") == before
    assert "Изменений нет." in run("config", "apply", loaded / "company.toml").stdout


def test_settings_that_drop_a_stage_of_the_facts_are_refused(loaded: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    new.write_text('name = "Горки"\n', encoding="utf-8")
    told = run("config", "apply", new)
    assert told.exit_code == 2
    assert "есть в фактах" in " ".join(told.stderr.split())


def test_applied_saved_and_restored_settings_are_written_down(loaded: Path, tmp_path: Path) -> None:
    new, kept, there = tmp_path / "new.toml", tmp_path / "kept.tar", tmp_path / "there"
    new.write_text(
        (loaded / "company.toml").read_text(encoding="utf-8").replace("Качели", "Горки"), encoding="utf-8"
    )

    applied = run_alone("config", "apply", new)
    assert (applied.returncode, applied.stderr) == (0, "")
    assert "Готово, изменений: 1." in applied.stdout
    saved = run_alone("backup", kept)
    assert (saved.returncode, saved.stderr) == (0, "")
    brought = run_alone("restore", kept, there)
    assert (brought.returncode, brought.stderr) == (0, "")

    entries = written_down(there)
    assert [(action, subject) for action, subject, _ in entries] == [
        ("settings_applied", "new.toml"),
        ("restored", "kept.tar"),
    ]
    assert entries[0][2]["places"] == ["name"]
    assert written_down(loaded)[-1][:2] == ("backup", "kept.tar")
    ours, theirs = (
        run("show", "economics", "--format", "csv", "--home", place).stdout for place in (loaded, there)
    )
    assert ours == theirs != ""


def test_restore_of_no_backup_is_one_sentence(tmp_path: Path, home: Path) -> None:
    told = run("restore", tmp_path / "missing.tar", tmp_path / "there")
    assert told.exit_code == 2
    assert "missing.tar" in told.stderr
    assert not (tmp_path / "there").exists()
