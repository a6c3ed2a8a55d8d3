"""The cast: Alice founds, Bob sells as «Анна», Charlie administers. The facts are those of ``small_company``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from django.test import Client

from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import Role, User
from smarketing.web.reports import reading
from tests.analyses import small_company

PASSWORD = "correct horse battery"


class OneAtATime:
    """A memory reader that several threads may ask: one question after the other."""

    def __init__(self, reader: Any) -> None:
        self._reader, self._lock = reader, Lock()
        self.version, self.known_until, self.company = reader.version, reader.known_until, reader.company

    def query(self, question: str) -> Any:
        with self._lock:
            return self._reader.query(question)


@pytest.fixture
def workspace(tmp_path: Path, settings: Any) -> Workspace:
    """A workspace with the settings of the small company and nothing loaded."""
    settings.WORKSPACE = tmp_path
    settings.WORK_IMMEDIATELY = True
    made = Workspace(tmp_path)
    made.write_company(small_company.COMPANY)
    return made


@pytest.fixture(scope="session")
def small_facts() -> reading.Facts:
    return reading.Facts(OneAtATime(small_company.reader()))


@pytest.fixture
def facts(workspace: Workspace, small_facts: reading.Facts, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    """The small company's facts under every page."""
    monkeypatch.setattr(reading, "newest", lambda: small_facts)
    return small_facts


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """A million rounds are for real passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    people = {
        "alice": (Role.FOUNDER, ""),
        "bob": (Role.SELLER, "Анна"),
        "charlie": (Role.ADMINISTRATOR, ""),
        "dora": (Role.HEAD_SALES, ""),
        "eve": (Role.SELLER, ""),
    }
    made = {}
    for name, (role, person) in people.items():
        made[name] = User(username=name, name=name.title(), role=role, person=person)
        made[name].set_password(PASSWORD)
        made[name].save()
    return made


@pytest.fixture
def signed_in(cast: dict[str, User]) -> Callable[..., Client]:
    """A client in which one of the cast is signed in, reading one language."""

    def make(name: str = "alice", language: str = "ru") -> Client:
        client = Client()
        client.force_login(cast[name])
        client.cookies["language"] = language
        return client

    return make
