"""What is a question to a head? Its words, the money behind it, the figure it was made from and its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import Cause
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Interval, Unit
from smarketing.metrics.wording import say_number


class Step(StrEnum):
    """Where on the way from lead to money the cause is seen."""

    LEAD = "lead"
    TARGET = "target"
    HANDLED = "handled"
    SALE = "sale"
    ORDER = "order"


@dataclass(frozen=True)
class Pinned:
    """The figure as it stood when the question was made: a later answer is held against it.

    ``metric`` is a word of the plan (``leads``, ``target_share`` …) or ``lead_share``; ``value`` and ``plan`` are
    over all segments, as the verdict reads them.
    """

    metric: str
    unit: Unit
    value: float | None
    plan: float | None
    known_until: datetime
    version: int


@dataclass(frozen=True)
class AskedQuestion:
    """One question to one head. Money in the company's currency."""

    month: Month
    zone: Zone
    cause: Cause
    step: Step
    text: Text
    fact: Text
    effect: Decimal  # of the cause on revenue; the questions are ranked by its size
    interval: Interval | None
    where: Mapping[str, tuple[str, ...]]  # segment and source that it is narrowed to; an empty text: «not given»
    stage: str | None  # the company's stage where most are lost, for conversion
    pinned: Pinned
    records: Door

    @property
    def at_stake(self) -> Decimal:
        return abs(self.effect)

    @property
    def key(self) -> str:
        """The same question of the same month has the same key, whatever its figure."""
        narrowed = (f"{dimension}={'|'.join(values)}" for dimension, values in sorted(self.where.items()))
        return ":".join((str(self.month), self.cause.value, *narrowed))

    def has_moved(self, since: Pinned) -> bool:
        """Whether a reader would see another figure than then; if not, the question need not be asked again."""
        return _said(self.pinned) != _said(since)


def _said(pinned: Pinned) -> tuple[str | None, ...]:
    return tuple(
        None if value is None else say_number(Decimal(str(round(value, 6))), pinned.unit, "en")
        for value in (pinned.value, pinned.plan)
    )
