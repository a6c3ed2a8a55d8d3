from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from smarketing.facts.errors import WrongSetting
from smarketing.web import environment
from smarketing.web.assets import StampedStorage


def test_settings_need_no_environment_and_write_nothing(tmp_path: Path) -> None:
    bare = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import smarketing.web.settings as s; print(s.WORKSPACE)"],
        env=bare, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(done.stdout.strip()).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path)
    assert environment.secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_key_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "given").write_text("from-a-file\n", encoding="utf-8")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "given"))
    assert environment.secret_key(tmp_path) == "from-a-file"


@pytest.mark.parametrize(("word", "expected"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flag_reads_words(monkeypatch: pytest.MonkeyPatch, word: str, expected: bool) -> None:
    monkeypatch.setenv("SMARKETING_TRIAL", word)
    assert environment.flag("SMARKETING_TRIAL", default=not expected) is expected


def test_unclear_setting_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARKETING_TRIAL", "perhaps")
    with pytest.raises(WrongSetting, match="SMARKETING_TRIAL=perhaps"):
        environment.flag("SMARKETING_TRIAL", default=True)
    with pytest.raises(WrongSetting):
        environment.number("SMARKETING_TRIAL", 1)


def test_address_of_a_static_file_carries_its_content() -> None:
    assert StampedStorage().url("smarketing/app.css").startswith("/static/smarketing/app.css?v=")


def test_workspace_is_prepared_and_people_can_be_made(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from smarketing.web.setup import make_user, prepare\n"
        f"prepare(Path({str(tmp_path / 'w')!r}))\n"
        "make_user('alice', 'long enough pass', role='founder')\n"
        "user = make_user('alice', 'another pass', role='analyst', name='Alice')\n"
        "print(user.role, user.check_password('another pass'), type(user).objects.count())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["analyst", "True", "1"]
    assert stat.S_IMODE((tmp_path / "w" / "app.sqlite3").stat().st_mode) == 0o600


def test_what_the_first_page_needs_is_made_ready_beforehand(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from smarketing.web.serving import warm\n"
        "from smarketing.web.setup import prepare\n"
        f"prepare(Path({str(tmp_path / 'w')!r}))\n"
        "warm()\n"
        "print('smarketing.web.reports.views' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]
