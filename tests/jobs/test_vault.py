"""Secrets on the disk: sealed, opened by the key of the environment alone, and never said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smarketing.facts.errors import WrongState
from smarketing.jobs.vault import Vault, new_key


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("SMARKETING_KEY", new_key())
    return Vault(tmp_path / "secrets.json")


def test_secret_comes_back_and_lies_sealed(vault: Vault, tmp_path: Path) -> None:
    vault.put("toy", {"token": "s3cret", "login": "anna"})
    vault.put("toy", {"token": "n3w"})
    assert vault.get("toy") == {"token": "n3w", "login": "anna"}
    text = (tmp_path / "secrets.json").read_text("utf-8")
    assert [word for word in ("s3cret", "n3w", "anna") if word in text] == []
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_names_need_no_key_and_values_say_the_way_out(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.put("toy", {"token": "s3cret"})
    monkeypatch.delenv("SMARKETING_KEY")
    assert vault.names("toy") == ("token",)
    with pytest.raises(WrongState) as caught:
        vault.get("toy")
    assert caught.value.code == "no-secret-key"
    assert "smarketing connection key" in caught.value.text.ru


def test_another_key_opens_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.put("toy", {"token": "s3cret"})
    monkeypatch.setenv("SMARKETING_KEY", new_key())
    with pytest.raises(WrongState) as caught:
        vault.get("toy")
    assert caught.value.code == "wrong-secret-key"
    assert "s3cret" not in str(caught.value)


def test_former_key_still_opens_beside_the_new_one(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    vault.put("toy", {"token": "s3cret"})
    monkeypatch.setenv("SMARKETING_KEY", f"{new_key()},{os.environ['SMARKETING_KEY']}")
    assert vault.get("toy") == {"token": "s3cret"}


def test_key_may_lie_in_a_file(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    vault.put("toy", {"token": "s3cret"})
    (tmp_path / "key").write_text(os.environ["SMARKETING_KEY"] + "\n", "ascii")
    monkeypatch.delenv("SMARKETING_KEY")
    monkeypatch.setenv("SMARKETING_KEY_FILE", str(tmp_path / "key"))
    assert vault.get("toy") == {"token": "s3cret"}


def test_sealed_value_opens_nowhere_else(vault: Vault, tmp_path: Path) -> None:
    vault.put("toy", {"token": "s3cret"})
    path = tmp_path / "secrets.json"
    sealed = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({"other": sealed["toy"]}), "utf-8")
    with pytest.raises(WrongState, match="wrong-secret-key"):
        vault.get("other")


def test_word_that_is_no_key_is_told(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARKETING_KEY", "password")
    with pytest.raises(WrongState) as caught:
        vault.put("toy", {"token": "s3cret"})
    assert caught.value.code == "bad-secret-key"
    assert "password" not in str(caught.value)
