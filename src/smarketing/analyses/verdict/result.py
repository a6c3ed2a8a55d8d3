"""What does the verdict say? Parts of the gap that sum to it to the kopeck, each with its chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from smarketing.analyses.planning.record import Standing
from smarketing.analyses.result import Note
from smarketing.analyses.verdict.account import Split
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period
from smarketing.metrics.kinds import Interval
from smarketing.stats.uncertainty import Label


class Cause(StrEnum):
    """The factors of revenue in the order of the chain, then the lines that close the account."""

    VOLUME = "volume"
    MIX = "mix"
    QUALITY = "quality"
    HANDLING = "handling"
    CONVERSION = "conversion"
    ORDER_VALUE = "order_value"
    OUTSIDE = "outside"  # sales past the process: not target, or not handled
    TIMING = "timing"  # money of other months' leads less money of this month's that falls elsewhere


CAUSE_NAMES: dict[Cause, Text] = {
    Cause.VOLUME: Text("Объём лидов", "Lead volume"),
    Cause.MIX: Text("Структура сегментов", "Segment mix"),
    Cause.QUALITY: Text("Качество лидов", "Lead quality"),
    Cause.HANDLING: Text("Скорость и обработка", "Speed and handling"),
    Cause.CONVERSION: Text("Конверсия в продажу", "Conversion to sale"),
    Cause.ORDER_VALUE: Text("Средний чек", "Order value"),
    Cause.OUTSIDE: Text("Вне процесса", "Outside the process"),
    Cause.TIMING: Text("Лиды других месяцев", "Leads of other months"),
}


class VerdictState(StrEnum):
    """Whether there is a verdict at all."""

    JUDGED = "judged"
    NO_PLAN = "no_plan"  # neither a plan nor ripe months to imply one, or a plan of nought
    NO_LEADS = "no_leads"  # nothing came in the month
    NOT_STARTED = "not_started"  # the facts hold no working day of the month


class PlanKind(StrEnum):
    GIVEN = "given"
    SCALED = "scaled"  # only revenue was planned; the rest is the last ripe months, scaled to it
    IMPLIED = "implied"  # no plan: the last ripe months stand for it


@dataclass(frozen=True)
class Reading:
    """What a cause looks like in numbers: planned and actual value of its factor over all segments."""

    plan: float | None
    fact: float | None


@dataclass(frozen=True)
class Part:
    """One cause. ``by_segment`` sums to ``effect``; a cause within chance has no owner on the page."""

    cause: Cause
    zone: Zone
    effect: Decimal
    by_segment: Mapping[str | None, Decimal]
    reading: Reading
    interval: Interval | None = None
    p_value: float | None = None  # Holm over all causes and zones
    label: Label | None = None  # None: an account line, chance is not asked

    @property
    def is_confirmed(self) -> bool:
        return self.label is Label.CONFIRMED


@dataclass(frozen=True)
class ZonePart:
    """What one department's causes come to together."""

    zone: Zone
    effect: Decimal
    interval: Interval | None
    p_value: float | None
    label: Label | None


@dataclass(frozen=True)
class SegmentShare:
    """Plan and fact of one segment: leads, their share, and revenue."""

    segment: str | None
    planned_leads: Decimal
    leads: int
    planned_revenue: Decimal
    revenue: Decimal


@dataclass(frozen=True)
class Verdict:
    """The plan gap of one month. Money in the company's currency; everything sums to ``gap`` exactly.

    ``plan`` is the plan for the days that have passed (``full_plan`` the whole month's); with the cohort clock it
    is also what the month's leads should have brought by their age.
    """

    state: VerdictState
    month: Month
    period: Period
    clock: Clock
    version: int
    known_until: datetime
    currency: str
    plan_kind: PlanKind | None = None
    implied_from: tuple[Month, ...] = ()
    standing: Standing | None = None  # who confirmed the plan; None where nothing was planned
    elapsed: float = 1.0  # share of the month's working days that has passed
    ripe: float = 1.0  # share of the planned money of the month's leads that has had time to come
    full_plan: Decimal = Decimal(0)
    plan: Decimal = Decimal(0)
    fact: Decimal = Decimal(0)
    parts: tuple[Part, ...] = ()
    zones: tuple[ZonePart, ...] = ()
    segments: tuple[SegmentShare, ...] = ()
    interval: Interval | None = None
    p_value: float | None = None
    label: Label | None = None
    draws: int = 0
    seed: int = 0
    depends_on_method: tuple[Zone, ...] = ()
    notes: tuple[Note, ...] = ()
    asked: tuple[str, ...] = ()
    account: Split | None = field(default=None, repr=False, compare=False)  # for rivals and counterfactuals

    @property
    def gap(self) -> Decimal:
        return self.fact - self.plan

    def part(self, cause: Cause) -> Part | None:
        return next((part for part in self.parts if part.cause is cause), None)
