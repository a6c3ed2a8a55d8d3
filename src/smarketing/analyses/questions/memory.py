"""Which questions were asked already? The same question is not asked again until its figure has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from smarketing.analyses.questions.result import AskedQuestion, Pinned
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month


@dataclass(frozen=True)
class Answer:
    """What the head said, in short."""

    text: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Asked:
    """A question as it was asked, with the figure of that moment; ``key`` is that of :class:`AskedQuestion`."""

    key: str
    month: Month
    zone: Zone
    text: Text
    pinned: Pinned
    at: datetime
    by: str
    answer: Answer | None = None


@dataclass(frozen=True)
class Remembered:
    """A question of today with what is known of its having been asked."""

    question: AskedQuestion
    asked: Asked | None = None

    @property
    def has_moved(self) -> bool:
        """Asked before, and a reader sees another figure now: it may be asked again."""
        return self.asked is not None and self.question.has_moved(self.asked.pinned)

    @property
    def is_settled(self) -> bool:
        """Asked before, and the figure still reads the same: it is not asked again."""
        return self.asked is not None and not self.has_moved


def remember(questions: Sequence[AskedQuestion], memory: Mapping[str, Asked]) -> tuple[Remembered, ...]:
    """Each question with its memory: those still to be asked first, the order of money kept on both sides."""
    found = [Remembered(one, memory.get(one.key)) for one in questions]
    return tuple(sorted(found, key=lambda one: one.is_settled))


def gone(questions: Sequence[AskedQuestion], memory: Mapping[str, Asked], month: Month) -> tuple[Asked, ...]:
    """Asked of this month, and no question of today: the cause is back within chance, or is narrowed otherwise."""
    known = {one.key for one in questions}
    return tuple(one for one in memory.values() if one.month == month and one.key not in known)
