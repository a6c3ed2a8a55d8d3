"""The memory of questions: kept in one file, held against today's figure, never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.questions import AskedQuestion, Pinned, Step, words
from smarketing.analyses.questions.memory import Remembered, gone, remember
from smarketing.analyses.records import Door
from smarketing.analyses.verdict import Cause
from smarketing.facts.company import Company, Zone
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.asked import AskedBook, question_named
from smarketing.metrics.kinds import Unit

NOVEMBER = Month(2026, 11)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 9, tzinfo=UTC)
NBSP = "\u00a0"


def asks(cause: Cause = Cause.HANDLING, value: float = 0.787, effect: int = -100, **where: str) -> AskedQuestion:
    narrowed = {key: (name,) for key, name in where.items()}
    return AskedQuestion(
        NOVEMBER, Zone.SALES, cause, Step.HANDLED, Text("Что занимает время?", "What takes the time?"),
        Text("Факт.", "A fact."), Decimal(effect), None, narrowed, None,
        Pinned("handled_share", Unit.SHARE, value, 0.872, MONDAY, 7), Door("sla_first", Question()),
    )  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> AskedBook:
    return AskedBook(tmp_path / "asked.jsonl")


def test_nothing_was_asked_in_a_new_workspace(book: AskedBook) -> None:
    assert book.asked() == {}


def test_asked_question_comes_back_with_its_figure_and_its_answer(book: AskedBook) -> None:
    question = asks(segment="Дилеры")
    book.ask(question, "alice", MONDAY)
    (asked,) = book.asked().values()
    assert (asked.key, asked.by, asked.at) == ("2026-11:handling:segment=Дилеры", "alice", MONDAY)
    assert (asked.pinned, asked.text, asked.zone) == (question.pinned, question.text, Zone.SALES)
    assert asked.answer is None
    book.answer(question.key, " Отпуск \n двоих менеджеров ", "dora", TUESDAY)
    answer = book.asked()[question.key].answer
    assert answer is not None
    assert (answer.text, answer.by, answer.at) == ("Отпуск двоих менеджеров", "dora", TUESDAY)


def test_question_is_not_asked_again_until_a_reader_sees_another_figure(book: AskedBook) -> None:
    book.ask(asks(value=0.787), "alice", MONDAY)
    memory = book.asked()
    (same,) = remember([asks(value=0.78704)], memory)  # 78,7 % still
    assert (same.is_settled, same.has_moved) == (True, False)
    (moved,) = remember([asks(value=0.7883)], memory)  # 78,8 %
    assert (moved.is_settled, moved.has_moved) == (False, True)
    (fresh,) = remember([asks(segment="Дилеры")], memory)  # narrowed otherwise: another question
    assert (fresh.asked, fresh.is_settled, fresh.has_moved) == (None, False, False)


def test_settled_questions_stand_after_those_to_be_asked(book: AskedBook) -> None:
    first, second, third = asks(Cause.MIX), asks(Cause.QUALITY), asks(Cause.HANDLING)
    book.ask(first, "alice", MONDAY)
    assert [one.question for one in remember([first, second, third], book.asked())] == [second, third, first]


def test_asking_again_pins_the_new_figure_and_waits_for_a_new_answer(book: AskedBook) -> None:
    book.ask(asks(value=0.787), "alice", MONDAY)
    book.answer(asks().key, "Отпуск", "dora", MONDAY)
    book.ask(asks(value=0.75), "alice", TUESDAY)
    (asked,) = book.asked().values()
    assert (asked.pinned.value, asked.answer) == (0.75, None)
    assert len(book.path.read_text("utf-8").splitlines()) == 3  # nothing is ever taken out


def test_question_that_the_figures_ask_no_more_is_not_lost(book: AskedBook) -> None:
    book.ask(asks(), "alice", MONDAY)
    assert [one.key for one in gone([], book.asked(), NOVEMBER)] == [asks().key]
    assert gone([asks()], book.asked(), NOVEMBER) == ()
    assert gone([], book.asked(), Month(2026, 12)) == ()


def test_line_cut_by_a_crash_is_passed_over_and_the_next_is_whole(book: AskedBook) -> None:
    book.ask(asks(), "alice", MONDAY)
    with book.path.open("a", encoding="utf-8") as file:
        file.write('{"what": "answered", "key": "2026-11:ha')
    book.ask(asks(Cause.MIX), "alice", TUESDAY)
    assert [one.by for one in book.asked().values()] == ["alice", "alice"]


@pytest.mark.parametrize(("key", "text", "code"), [
    ("2026-11:mix", "Так", "not-asked"), ("2026-11:handling", "  ", "empty-answer"),
    ("2026-11:handling", "а" * 501, "long-answer"),
])  # fmt: skip
def test_answer_that_cannot_be_written_says_why(book: AskedBook, key: str, text: str, code: str) -> None:
    book.ask(asks(), "alice", MONDAY)
    with pytest.raises(WrongQuestion) as refused:
        book.answer(key, text, "dora", TUESDAY)
    assert refused.value.code == code


def test_key_with_a_slip_names_the_nearest_question() -> None:
    with pytest.raises(WrongQuestion) as refused:
        question_named((asks(),), "2026-11:handlin")
    assert "2026-11:handling" in refused.value.text.ru


def test_memory_is_told_with_its_day_and_its_figure(book: AskedBook) -> None:
    book.ask(asks(), "alice", datetime(2026, 11, 16, 22, tzinfo=UTC))  # in Moscow it is the 17th already
    (asked,) = book.asked().values()
    company = Company(zone="Europe/Moscow")
    settled = words.standing(Remembered(asks(), asked), company)
    assert settled is not None
    assert settled.ru == f"Уже спрошено 17{NBSP}ноября{NBSP}2026, цифра не сдвинулась с 78,7{NBSP}%."
    moved = words.standing(Remembered(asks(value=0.7), asked), company)
    assert moved is not None
    assert moved.ru == f"Спрашивали 17{NBSP}ноября{NBSP}2026 при 78,7{NBSP}%: с тех пор цифра сдвинулась."
    assert words.standing(Remembered(asks()), company) is None
    unknown = replace(asked, pinned=replace(asked.pinned, value=None))
    assert "с —" in str(words.standing(Remembered(replace(asks(), pinned=unknown.pinned), unknown), company))
