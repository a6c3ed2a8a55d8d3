"""What is a diagnosis? Six steps in order, each with its evidence, its state and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smarketing.analyses.question import Question
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import Verdict
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month, Period
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Figure


class StepKey(StrEnum):
    """The steps in the order of the walk: each cause follows from the one before."""

    ZONES = "zones"
    LEADS = "leads"
    NURTURING = "nurturing"
    RESOURCES = "resources"
    EXECUTION = "execution"
    RESULT = "result"


class State(StrEnum):
    IN_ORDER = "in_order"
    ATTENTION = "attention"
    CANNOT_JUDGE = "cannot_judge"


@dataclass(frozen=True)
class Evidence:
    """One thing that the settings or the facts say.

    ``figure.metric`` is a metric of the catalogue or a word of the plan; ``norm`` is what it is held against: the
    plan, the company's own limit or, where it set none, ours. ``state`` None: to know, nothing to hold it against.
    ``zone`` is whose it is to change; ``records`` are the rows behind the figure, where rows are.
    """

    code: str
    text: Text
    state: State | None
    figure: Figure | None = None
    norm: float | None = None
    action: Text | None = None  # what to do where it needs attention or cannot be judged
    missing: Text | None = None  # what is not known, where it cannot be judged
    zone: Zone = Zone.COMPANY
    records: Door | None = None


@dataclass(frozen=True)
class Step:
    """One step: ``follows`` says what the step before means for it, for the first what the last one does."""

    key: StepKey
    title: Text
    follows: Text
    state: State
    evidence: tuple[Evidence, ...]
    action: Text
    zone: Zone | None = None  # whose the next action is; nobody's where nothing needs changing

    @property
    def missing(self) -> tuple[Text, ...]:
        return tuple(one.missing for one in self.evidence if one.missing is not None)


@dataclass(frozen=True)
class Diagnosis:
    """The walk through the six steps for one month; ``period`` are the days of it that have passed."""

    month: Month
    period: Period
    version: int
    known_until: datetime
    currency: str
    steps: tuple[Step, ...]

    def step(self, key: StepKey) -> Step:
        return next(step for step in self.steps if step.key is key)

    def of(self, state: State) -> tuple[int, ...]:
        """The numbers of the steps in this state, counted from one as a reader does."""
        return tuple(place for place, step in enumerate(self.steps, start=1) if step.state is state)

    @property
    def first_to_mend(self) -> Step | None:
        """The earliest step that needs attention: those after it may be nothing but its consequence."""
        return next((step for step in self.steps if step.state is State.ATTENTION), None)


@dataclass(frozen=True)
class Case:
    """What every step looks at."""

    reader: Reader
    month: Month
    verdict: Verdict

    @property
    def company(self) -> Company:
        return self.reader.company

    @property
    def period(self) -> Period:
        return self.verdict.period

    @property
    def question(self) -> Question:
        return Question(self.period)
