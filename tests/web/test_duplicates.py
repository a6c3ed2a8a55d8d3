"""Two cards of one phone, two alike by name and city, and an enquiry that came while the first lead was open."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from smarketing.jobs.deciding import follow
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry
from smarketing.web.connections.working import background
from tests.support.memory import at

SignIn = Callable[..., Client]
CLIENTS = """client_id,name,phone
c1,Иван Петров,+7 916 123-45-67
c2,Петров Иван,89161234567
c3,ООО Ромашка,
c4,Ромашка,
"""
LEADS = """lead_id,created_at,client_id,region
A1,2026-11-02T10:00:00+00:00,c1,Тверь
A2,2026-11-03T10:00:00+00:00,c1,Тверь
A3,2026-11-04T10:00:00+00:00,c2,Москва
A4,2026-11-05T10:00:00+00:00,c3,Москва
A5,2026-11-06T10:00:00+00:00,c4,Москва
"""


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


@pytest.fixture
def loaded(workspace: Workspace, tmp_path: Path) -> Workspace:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (folder / "leads.csv").write_text(LEADS, encoding="utf-8")
    load(workspace, [folder], known_until=at("2026-11-20 18:00"))
    return workspace


def owners(workspace: Workspace) -> dict[str, str]:
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT lead_id, client_id, is_counted FROM journeys").to_pylist()
    return {row["lead_id"]: row["client_id"] if row["is_counted"] else "duplicate" for row in rows}


def test_queue_shows_who_may_be_one_and_why(loaded: Workspace, signed_in: SignIn) -> None:
    page = words(signed_in("alice").get("/duplicates"))
    assert "Ждут слова: 1 пара с одним телефоном или почтой, 1 пара по имени и городу." in page
    assert "Петров Иван c2 Иван Петров c1 один телефон" in page
    assert "Ромашка c4 ООО Ромашка c3 Москва имя и город похожи на 100 из 100" in page
    assert "A2 A1" in page


def test_queue_leaves_as_files_and_is_written_down(loaded: Workspace, signed_in: SignIn) -> None:
    client = signed_in("alice", "en")
    exact = client.get("/duplicates?table=exact&format=csv").content.decode("utf-8-sig").splitlines()
    assert exact == ["id,name,id of the earlier one,name of the earlier one,city,why", exact[1]]
    assert {"c1", "c2"} <= set(exact[1].split(",")) and exact[1].endswith("one phone")
    assert len(client.get("/duplicates?table=likely&format=csv").content.decode().splitlines()) == 2
    assert set(AuditEntry.objects.values_list("action", "subject")) == {
        ("list_exported", "exact"), ("list_exported", "likely"),
    }  # fmt: skip


def test_exact_matches_are_joined_at_once_and_taken_apart_again(loaded: Workspace, signed_in: SignIn) -> None:
    client = signed_in("alice")
    answer = client.post("/duplicates/word", {"kind": "client", "one": "all", "verdict": "same"}, follow=True)
    assert "Решение записано, цифры пересчитаны." in words(answer)
    assert owners(loaded)["A3"] == "c1"
    assert "c2 · c1 один один телефон alice" in words(client.get("/duplicates"))
    client.post("/duplicates/word", {"kind": "client", "one": "c2", "other": "c1", "verdict": "other"})
    assert owners(loaded)["A3"] == "c2"
    log = words(client.get("/audit"))
    assert "решил, один или разные" in log
    assert [entry.details["verdict"] for entry in AuditEntry.objects.filter(action="same_person")] == [
        "other",
        "same",
    ]


def test_nobody_is_asked_twice_while_the_figures_follow(
    loaded: Workspace, signed_in: SignIn, settings: Any
) -> None:
    settings.WORK_IMMEDIATELY = False
    background().beat()
    client = signed_in("alice")
    page = words(client.post("/duplicates/word", {"kind": "client", "one": "all", "verdict": "same"}, follow=True))
    assert "Ждут слова: 0 пар с одним телефоном или почтой, 1 пара по имени и городу." in page
    assert "c2 · c1 один ждёт пересчёта один телефон alice" in page
    client.post("/duplicates/word", {"kind": "client", "one": "c4", "other": "c3", "verdict": "same"})
    client.post("/duplicates/word", {"kind": "client", "one": "c2", "other": "c1", "verdict": "other"})
    assert owners(loaded) == {"A1": "c1", "A2": "c1", "A3": "c2", "A4": "c3", "A5": "c4"}
    assert [task.name for task in background().queue.pending()] == ["follow"]
    follow(loaded)
    # The last word on c2 took the first one back.
    assert owners(loaded) == {"A1": "c1", "A2": "c1", "A3": "c2", "A4": "c3", "A5": "c3"}
    assert "ждёт пересчёта" not in words(client.get("/duplicates"))


def test_likely_match_and_second_enquiry_wait_for_their_own_word(loaded: Workspace, signed_in: SignIn) -> None:
    client = signed_in("dora")
    client.post("/duplicates/word", {"kind": "client", "one": "c4", "other": "c3", "verdict": "same"})
    client.post("/duplicates/word", {"kind": "lead", "one": "A2", "other": "A1", "verdict": "same"})
    assert owners(loaded) == {"A1": "c1", "A2": "duplicate", "A3": "c2", "A4": "c3", "A5": "c3"}


@pytest.mark.parametrize(
    "sent", [{"one": "c1", "other": "c9", "verdict": "same"}, {"one": "c2", "verdict": "maybe"}]
)
def test_word_on_no_pair_is_refused(loaded: Workspace, signed_in: SignIn, sent: dict[str, str]) -> None:
    assert signed_in("alice").post("/duplicates/word", {"kind": "client", **sent}).status_code == 400
    assert owners(loaded)["A3"] == "c2"


def test_cards_are_for_those_who_settle_them(loaded: Workspace, signed_in: SignIn) -> None:
    assert signed_in("bob").get("/duplicates").status_code == 403
    assert signed_in("bob").post("/duplicates/word", {"kind": "client", "one": "all"}).status_code == 403
    assert 'href="/duplicates"' in signed_in("alice").get("/data").content.decode()
