"""Where does the engine put what memory does not hold, and can it still do so when it is locked down?"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from smarketing.lake.engine import Engine

MUCH = (
    "SELECT COUNT(*) AS n FROM (SELECT DISTINCT i, REPEAT(CHR((65 + i % 20)::INTEGER), 40) || i AS long_text "
    "FROM range(1_500_000) r(i))"
)


@pytest.fixture
def spilling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="the folder above is the user's own there")
def test_what_is_spilled_is_for_its_user_alone(spilling: Path) -> None:
    (spilling / f"smarketing-spill-{os.getuid()}").mkdir(mode=0o755)
    Engine().close()
    (folder,) = spilling.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="the folder above is the user's own there")
def test_folder_that_somebody_else_put_there_is_not_taken(spilling: Path) -> None:
    theirs = spilling / "theirs"
    theirs.mkdir()
    (spilling / f"smarketing-spill-{os.getuid()}").symlink_to(theirs, target_is_directory=True)
    engine = Engine(memory_limit="60MB", threads=1)
    try:
        assert engine.value("SELECT current_setting('temp_directory')") != str(theirs)
        assert "-spill-" in engine.value("SELECT current_setting('temp_directory')")
    finally:
        engine.close()
    made = next(path for path in spilling.iterdir() if path.name != "theirs" and not path.is_symlink())
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_locked_engine_answers_more_than_its_memory_holds_and_leaves_nothing(
    spilling: Path, tmp_path: Path
) -> None:
    engine = Engine(memory_limit="60MB", threads=1)
    engine.lock_down(tmp_path / "lake")
    assert engine.ask(MUCH)["n"].to_pylist() == [1_500_000]
    engine.close()
    assert [path for path in spilling.rglob("*") if path.is_file()] == []
