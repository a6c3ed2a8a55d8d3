"""What does a measurement give back? Rows of figures, their total, and what must be said beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smarketing.analyses.question import Question
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Row


@dataclass(frozen=True)
class Note:
    """Something the reader must know beside the figures: a young cohort, a missing table, a wide split."""

    code: str
    text: Text


@dataclass(frozen=True)
class Measurement:
    """A table of figures. ``total`` is counted from the facts, not added up; tests hold that both agree."""

    what: str  # economics, funnel, losses, qualification, response …
    question: Question
    version: int
    known_until: datetime
    currency: str
    by: tuple[str, ...]  # dimension of each key of a row
    metrics: tuple[str, ...]  # order of the columns
    rows: tuple[Row, ...]
    total: Row
    notes: tuple[Note, ...] = ()
    asked: tuple[str, ...] = ()  # the questions as the engine got them, for --explain
    subtotals: tuple[Row, ...] = ()  # of a table by two dimensions: a row of each value of the first one

    @property
    def has_marks(self) -> bool:
        """Whether anything is said of a row as a whole."""
        return any(row.mark for row in (*self.rows, self.total))
