"""Questions on the overview: who reads, who asks, who answers; the June of the playground maker asks three."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.jobs.asked import AskedBook
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry, Role, User
from smarketing.web.reports import reading
from tests.analyses import test_questions as playground
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
JUNE = "/?month=2026-06"
HANDLING = "2026-06:handling:segment=dealers"
SETTLED = "Уже спрошено"


@pytest.fixture(scope="module")
def june() -> reading.Facts:
    return reading.Facts(OneAtATime(playground.reader()))


@pytest.fixture
def asking(workspace: Workspace, june: reading.Facts, monkeypatch: pytest.MonkeyPatch) -> AskedBook:
    """Pages over the playground maker, and the file of its workspace."""
    monkeypatch.setattr(reading, "newest", lambda: june)
    return AskedBook(workspace.asked_path)


@pytest.fixture
def frank(cast: dict[str, User]) -> User:
    return User.objects.create(username="frank", role=Role.HEAD_MARKETING)


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def note(client: Client, key: str = HANDLING, **more: str) -> Any:
    return client.post("/questions/note?month=2026-06", {"key": key, "next": JUNE, **more})


def test_founder_asks_and_the_question_folds_until_its_figure_moves(asking: AskedBook, signed_in: SignIn) -> None:
    alice = signed_in()
    assert SETTLED not in words(alice.get(JUNE))
    answer = note(alice)
    assert (answer.status_code, answer.headers["Location"]) == (302, JUNE)
    page = alice.get(JUNE).content.decode()
    assert page.count('<details class="asked">') == 1
    # 84 of 96 target leads were handled in time: 25 + 71 target, 18 + 66 handled
    assert "цифра не сдвинулась с 87,5 %" in words(alice.get(JUNE))
    asked = asking.asked()[HANDLING]
    assert (asked.by, asked.pinned.value) == ("alice", pytest.approx(84 / 96))


def test_head_answers_and_everyone_who_reads_the_question_sees_it(asking: AskedBook, signed_in: SignIn) -> None:
    note(signed_in())
    assert note(signed_in("dora"), answer="Двое в отпуске").status_code == 302
    for name in ("alice", "dora"):
        assert "Двое в отпуске" in words(signed_in(name).get(JUNE))
    assert [entry.action for entry in AuditEntry.objects.all()[:2]] == ["question_answered", "question_asked"]
    assert AuditEntry.objects.first().details == {"answer": "Двое в отпуске"}  # type: ignore[union-attr]


def test_only_the_founder_writes_down_that_a_head_was_asked(asking: AskedBook, signed_in: SignIn) -> None:
    for name in ("bob", "charlie", "dora"):
        assert note(signed_in(name)).status_code == 403
    assert asking.asked() == {}
    assert "Спросили" not in words(signed_in("dora").get(JUNE))


def test_head_neither_reads_nor_answers_the_other_departments_questions(
    asking: AskedBook, signed_in: SignIn, frank: User
) -> None:
    note(signed_in())
    client = Client()
    client.force_login(frank)
    assert "Что занимает время" not in words(client.get(JUNE))
    assert "Что вернёт долю" in words(client.get(JUNE))
    assert note(client, answer="За них").status_code == 403
    assert asking.asked()[HANDLING].answer is None


def test_answer_to_a_question_nobody_asked_is_refused(asking: AskedBook, signed_in: SignIn) -> None:
    assert note(signed_in("dora"), answer="Заранее").status_code == 400
    assert not asking.path.exists()


def test_unknown_question_is_refused(asking: AskedBook, signed_in: SignIn) -> None:
    assert note(signed_in(), key="2026-06:weather").status_code == 400


def test_asking_by_an_address_is_not_possible(asking: AskedBook, signed_in: SignIn) -> None:
    assert signed_in().get("/questions/note?month=2026-06").status_code == 405


def test_way_back_stays_within_the_site(asking: AskedBook, signed_in: SignIn) -> None:
    answer = signed_in().post("/questions/note?month=2026-06", {"key": HANDLING, "next": "https://example.org/"})
    assert answer.headers["Location"] == "/"


def test_filtered_page_asks_another_figure_and_keeps_no_memory(asking: AskedBook, signed_in: SignIn) -> None:
    alice = signed_in()
    note(alice)
    page = alice.get(f"{JUNE}&segment=dealers").content.decode()
    assert "/questions/note" not in page
    assert '<details class="asked">' not in page


def test_question_whose_cause_is_gone_stays_to_be_read(
    asking: AskedBook, june: reading.Facts, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = signed_in()
    note(alice)
    text = asking.path.read_text("utf-8").replace("segment=dealers", "segment=developers")
    asking.path.write_text(text, encoding="utf-8")
    shown = words(alice.get(JUNE))
    assert "Спрошено раньше: 1" in shown
    assert "сейчас цифры этого не спрашивают" in shown
