"""Where are the questions that were asked, and their answers? In one file that pages and the terminal share.

One line of JSON for each question asked and each answer got, only ever appended: who, when, and the figure as it
stood.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from smarketing.analyses.questions.memory import Answer, Asked
from smarketing.analyses.questions.result import AskedQuestion, Pinned
from smarketing.facts.company import Zone
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.journal import append_line
from smarketing.metrics.kinds import Unit

MOST_LETTERS = 500  # of an answer: a short one, the rest belongs to the meeting

_NOT_ASKED = Text(
    "Вопрос «{key}» ещё не задавали: ответа на него быть не может.",
    "The question “{key}” has not been asked yet: it cannot be answered.",
)
_NO_QUESTION = Text("Вопроса «{key}» сейчас нет. {hint}", "There is no question “{key}” now. {hint}")
_EMPTY = Text("Ответ пуст: напишите его коротко.", "The answer is empty: write it in short.")
_LONG = Text(
    "Ответ длиннее {most} знаков: запишите главное.",
    "The answer is longer than {most} letters: write the main thing.",
)


class AskedBook:
    """The questions of one workspace that were asked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def asked(self) -> dict[str, Asked]:
        """By key, as last asked, with the answer got since; a line cut by a crash was never written."""
        found: dict[str, Asked] = {}
        for line in self._lines():
            key = line["key"]
            if line["what"] == "asked":
                found[key] = _asked(line)
            elif key in found:
                answer = Answer(line["answer"], datetime.fromisoformat(line["at"]), line["by"])
                found[key] = replace(found[key], answer=answer)
        return found

    def ask(self, question: AskedQuestion, by: str, at: datetime) -> None:
        """Write down that a question was asked, with its figure as it stands."""
        pinned = question.pinned
        append_line(
            self.path,
            {
                "what": "asked", "key": question.key, "at": at, "by": by, "month": str(question.month),
                "zone": question.zone.value, "ru": question.text.ru, "en": question.text.en,
                "metric": pinned.metric, "unit": pinned.unit.value, "value": pinned.value, "plan": pinned.plan,
                "known_until": pinned.known_until, "version": pinned.version,
            },
        )  # fmt: skip

    def answer(self, key: str, text: str, by: str, at: datetime) -> None:
        """Write down what was answered; raises :class:`WrongQuestion` where nothing was asked or said."""
        said = " ".join(text.split())
        if key not in self.asked():
            raise WrongQuestion("not-asked", _NOT_ASKED.fill(key=key))
        if not said:
            raise WrongQuestion("empty-answer", _EMPTY)
        if len(said) > MOST_LETTERS:
            raise WrongQuestion("long-answer", _LONG.fill(most=MOST_LETTERS))
        append_line(self.path, {"what": "answered", "key": key, "at": at, "by": by, "answer": said})

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def question_named(questions: tuple[AskedQuestion, ...], key: str) -> AskedQuestion:
    """The question of today with this key; raises :class:`WrongQuestion` with the nearest for any other."""
    found = next((one for one in questions if one.key == key), None)
    if found is None:
        hint = did_you_mean(key, [one.key for one in questions])
        raise WrongQuestion("no-question", _NO_QUESTION.fill(key=key, hint=hint))
    return found


def _asked(line: dict[str, Any]) -> Asked:
    known_until = datetime.fromisoformat(line["known_until"])
    return Asked(
        key=line["key"],
        month=Month.parse(line["month"]),
        zone=Zone(line["zone"]),
        text=Text(line["ru"], line["en"]),
        pinned=Pinned(
            line["metric"], Unit(line["unit"]), line["value"], line["plan"], known_until, line["version"]
        ),
        at=datetime.fromisoformat(line["at"]),
        by=line["by"],
    )
