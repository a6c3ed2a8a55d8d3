"""What a funnel is made of: steps, what became of the leads between them, and what a comparison says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import Shift
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.money import Money
from smarketing.metrics.kinds import Figure, Interval
from smarketing.stats.uncertainty import Label

LEAD = "lead"  # key of the first step: the lead itself, whatever stage it stands in
Key = tuple[str | int | None, ...]


class Kind(StrEnum):
    """Which steps: the company's own stages, or lead → target → accepted → deal → won of every company."""

    STAGES = "stages"
    MILESTONES = "milestones"


@dataclass(frozen=True)
class StepName:
    """What a step is, before anything is counted. ``place`` is its place on ``Company.path``, 0 for the lead."""

    key: str
    name: Text
    zone: Zone
    place: int = 0
    sla_minutes: int | None = None  # working minutes


@dataclass(frozen=True)
class Counts:
    """What was counted of one step. ``outside`` came here without passing the steps before (milestones only)."""

    reached: int
    skipped: int = 0  # of them went past without ever entering it
    outside: int = 0
    lost: int = 0
    open: int = 0
    finished: int = 0  # leads with a finished stay: the n of the percentiles
    median_seconds: float | None = None  # elapsed, not working time
    p90_seconds: float | None = None


@dataclass(frozen=True)
class Step:
    """One step of the funnel, each lead once.

    ``conversion`` is the share of the step before (None for the first), ``from_first`` of the first step;
    ``lost`` and ``open`` leads stand in this step; times are seconds elapsed over finished stays, while
    ``counts.open`` leads have not finished theirs.
    """

    step: StepName
    counts: Counts
    conversion: Figure | None
    from_first: Figure
    median_seconds: Figure
    p90_seconds: Figure

    @property
    def key(self) -> str:
        return self.step.key


@dataclass(frozen=True)
class Totals:
    """The leads behind a funnel; by the cohort clock ``lost + open + won == leads``."""

    leads: int
    won: int
    lost: int
    open: int
    returned: int  # leads that went back at least once
    returns: int
    reopened: int  # leads that came back from lost or won
    reopenings: int
    unknown_target: int = 0  # leads of which the criteria cannot say whether they are target
    undated: int = 0  # by the period clock: entries that nobody knows the day of
    median_won_seconds: float | None = None


@dataclass(frozen=True)
class Part:
    """The funnel of one value of the split dimensions."""

    keys: Key
    steps: tuple[Step, ...]
    totals: Totals


@dataclass(frozen=True)
class Worth:
    """What revenue would change by if the rate of the comparison returned and nothing else changed.

    ``interval`` is in units of the currency, by the delta method; transitions depend on each other, so that the
    amounts of several do not add up.
    """

    amount: Money
    interval: Interval

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves 0 out."""
        return not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True)
class Transition:
    """From one step to the next, now and in the comparison; ``zone`` is that of the step reached."""

    start: str
    end: str
    zone: Zone
    now: Figure
    before: Figure
    shift: Shift | None  # None by the period clock: entries of a period are no group of leads
    worth: Worth | None

    @property
    def label(self) -> Label | None:
        return self.shift.label if self.shift else None


@dataclass(frozen=True)
class Comparison:
    """The same funnel of another period or segment.

    ``seen_at``: an older cohort is looked at as it stood when it was as old as the one asked about is now; None
    where both are seen as they stand today. What has reached a step and the conversions are of that moment; where
    leads stand (lost, open, skipped) and the times in stage are always today's.
    """

    question: Question
    steps: tuple[Step, ...]
    transitions: tuple[Transition, ...]
    seen_at: datetime | None

    def reached(self, key: str) -> int:
        return next((step.counts.reached for step in self.steps if step.key == key), 0)


@dataclass(frozen=True)
class Funnel:
    kind: Kind
    question: Question
    steps: tuple[Step, ...]
    totals: Totals
    parts: tuple[Part, ...]
    ripe: float | None  # of the cohorts asked about; None by the period clock and where it cannot be told
    comparison: Comparison | None
    notes: tuple[Note, ...]
    table: Measurement

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)


Row = Mapping[str, object]
