"""Which questions count a funnel? One pass over ``journeys`` for all steps, each lead once per step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smarketing.analyses.funnel.kinds import LEAD, Counts, Kind, Row, StepName, Totals
from smarketing.analyses.question import (
    TIME_DIMENSIONS,
    Question,
    check_dimensions,
    dimension_column,
    filter_condition,
    period_condition,
)
from smarketing.facts.company import Company, Milestone, Stage, Zone
from smarketing.facts.criteria import TargetVerdict
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Period
from smarketing.facts.query import literal, name

_LEAD = StepName(LEAD, Text("Лид", "Lead"), Zone.MARKETING)
_TARGET = StepName("target", Text("MQL", "MQL"), Zone.MARKETING)
_MILESTONES: dict[Milestone, Text] = {
    Milestone.ACCEPTED: Text("SQL", "SQL"),
    Milestone.DEAL: Text("Сделка", "Deal"),
    Milestone.WON: Text("Продажа", "Sale"),
}
_IS_TARGET = f"target_verdict = {literal(TargetVerdict.TARGET.value)}"


@dataclass(frozen=True)
class Counting:
    """How a funnel is counted: its steps, the clock, and for older cohorts the moment they are seen at."""

    company: Company
    kind: Kind
    clock: Clock = Clock.COHORT
    period: Period | None = None
    seen_at: datetime | None = None

    @property
    def steps(self) -> tuple[StepName, ...]:
        return (_LEAD, *(_stages(self.company) if self.kind is Kind.STAGES else _milestones(self.company)))

    def question(self, question: Question) -> str:
        """The text of the question; its columns are read by :meth:`counts` and :meth:`totals`."""
        keys = [self._dimension(dimension) for dimension in question.by]
        columns = [f"{key} AS key_{index}" for index, key in enumerate(keys)]
        columns += [f"{expression} AS {column}" for column, expression in self._columns()]
        listed = ", ".join(keys)
        grouped = f"\nGROUP BY {listed} ORDER BY " + ", ".join(f"{key} NULLS LAST" for key in keys) if keys else ""
        condition = f"is_counted AND {filter_condition(question.where)}"
        if self.clock is Clock.COHORT:
            condition += f" AND {period_condition(self.period, 'created')}"
        if self.seen_at is not None:  # at that moment the leads of its last hours had not come yet
            condition += f" AND created_at < {literal(self.seen_at)}"
        return f"SELECT {(',' + chr(10) + '  ').join(columns)}\nFROM journeys WHERE {condition}{grouped}"

    def totals(self, row: Row) -> Totals:
        median = row["median_won"]
        return Totals(
            **{key: _int(row[f"all_{key}"]) for key, _ in self._total_columns()},
            median_won_seconds=None if median is None else float(str(median)),
        )

    def counts(self, row: Row) -> tuple[Counts, ...]:
        """The counts of every step in order; leads that stand in no known stage stand in the first step."""
        steps = [self._count(row, index) for index in range(len(self.steps))]
        if self.kind is Kind.MILESTONES:
            return tuple(steps)
        lost = _int(row["all_lost"]) - sum(step.lost for step in steps)
        still_open = _int(row["all_open"]) - sum(step.open for step in steps)
        first = Counts(reached=steps[0].reached, lost=lost, open=still_open)
        return (first, *steps[1:])

    def _count(self, row: Row, index: int) -> Counts:
        def number(what: str) -> int:
            return _int(row.get(f"{what}_{index}"))

        seconds = [row.get(f"{what}_{index}") for what in ("median", "p90")]
        median, p90 = (None if value is None else float(str(value)) for value in seconds)
        return Counts(
            number("reached"), number("skipped"), number("outside"), number("lost_at"), number("open_at"),
            number("finished"), median, p90,
        )  # fmt: skip

    def _dimension(self, dimension: str) -> str:
        check_dimensions((dimension,))
        if self.clock is Clock.PERIOD and dimension in TIME_DIMENSIONS:
            raise WrongQuestion(
                "funnel-by-time",
                Text(
                    "По дате события у каждой стадии свой день, поэтому разреза по времени нет. "
                    "Выберите счёт по дате лида: --clock cohort.",
                    "By the date of the event every stage has its own day, so there is no split by time. "
                    "Count by the date of the lead: --clock cohort.",
                ),
            )
        return dimension_column(dimension, "created")

    def _columns(self) -> list[tuple[str, str]]:
        # ClickHouse reads an alias before a column of the same name, so none is called as a column is.
        columns = [(f"all_{key}", expression) for key, expression in self._total_columns()]
        columns.append(("median_won", f"PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {self._won_seconds()})"))
        make = self._stage_columns if self.kind is Kind.STAGES else self._milestone_columns
        for index, step in enumerate(self.steps):
            columns += [(f"{what}_{index}", expression) for what, expression in make(index, step)]
        return columns

    def _won_seconds(self) -> str:
        return f"CASE WHEN {self._happened('is_won', 'won')} THEN won_seconds END"

    def _total_columns(self) -> list[tuple[str, str]]:
        created = "TRUE" if self.clock is Clock.COHORT else period_condition(self.period, "created")
        lost = self._happened("outcome = 'lost'", "lost")
        won = self._happened("outcome = 'won'", "won")
        return [
            ("leads", _count_of(created)),
            ("won", _count_of(won)),
            ("lost", _count_of(lost)),
            ("open", _count_of("outcome = 'open'")),
            ("returned", _count_of(_all(created, "returns > 0"))),
            ("returns", _sum_of("returns", created)),
            ("reopened", _count_of(_all(created, "reopenings > 0"))),
            ("reopenings", _sum_of("reopenings", created)),
            ("unknown_target", _count_of(_all(created, "target_verdict = 'unknown'"))),
            ("undated", _count_of(self._undated())),
        ]

    def _happened(self, what: str, milestone: str) -> str:
        """By the period clock a thing counts only where its own day lies in the period."""
        return what if self.clock is Clock.COHORT else f"{what} AND {period_condition(self.period, milestone)}"

    def _undated(self) -> str:
        if self.clock is Clock.COHORT or self.period is None:
            return "FALSE"
        if self.kind is Kind.MILESTONES:
            return "(is_won AND won_day IS NULL)"
        tests = [f"({name('in_' + step.key)} AND {name('at_' + step.key)} IS NULL)" for step in self.steps[1:]]
        return " OR ".join(["FALSE", *tests])

    def _stage_columns(self, index: int, step: StepName) -> list[tuple[str, str]]:
        if index == 0:
            return [("reached", self._total_columns()[0][1])]
        key, reached = literal(step.key), self._reached_stage(step)
        entered, seconds = name(f"in_{step.key}"), name(f"sec_{step.key}")
        lost = self._happened("outcome = 'lost'", "lost")
        return [
            ("reached", _count_of(reached)),
            ("skipped", _count_of("FALSE" if self.clock is Clock.PERIOD else f"{reached} AND NOT {entered}")),
            ("lost_at", _count_of(f"{lost} AND loss_stage = {key}")),
            ("open_at", _count_of(f"outcome = 'open' AND stage = {key}")),
            ("finished", f"COUNT({self._stay(step, seconds)})"),
            ("median", f"PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {self._stay(step, seconds)})"),
            ("p90", f"PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY {self._stay(step, seconds)})"),
        ]

    def _stay(self, step: StepName, seconds: str) -> str:
        if self.clock is Clock.COHORT:
            return seconds
        return f"CASE WHEN {self._reached_stage(step)} THEN {seconds} END"

    def _reached_stage(self, step: StepName) -> str:
        if self.clock is Clock.PERIOD:
            return self._within(name(f"in_{step.key}"), name(f"at_{step.key}"))
        if self.seen_at is None:
            return f"furthest >= {step.place}"
        later = [stage.key for stage in self.company.path[step.place - 1 :]]
        return self._seen([(name(f"in_{key}"), name(f"at_{key}")) for key in later])

    def _milestone_columns(self, index: int, step: StepName) -> list[tuple[str, str]]:
        if index == 0 and self.clock is Clock.PERIOD:
            return [("reached", self._total_columns()[0][1])]
        reached = self.nested(index)
        alone = "TRUE" if index == 0 else self._milestone(step)
        if self.clock is Clock.PERIOD:
            return [("reached", _count_of(alone))]
        further = self.nested(index + 1) if index + 1 < len(self.steps) else "FALSE"
        stands = _all(reached, "TRUE" if further == "FALSE" else f"NOT ({further})")
        return [
            ("reached", _count_of(reached)),
            ("outside", _count_of("FALSE" if alone == reached else f"{alone} AND NOT ({reached})")),
            ("lost_at", _count_of(_all(stands, "outcome = 'lost'"))),
            ("open_at", _count_of(_all(stands, "outcome = 'open'"))),
        ]

    def nested(self, index: int) -> str:
        tests = [self._milestone(step) for step in self.steps[1 : index + 1]]
        return _all(*tests)

    def _milestone(self, step: StepName) -> str:
        if step.key == _TARGET.key:
            created = "TRUE" if self.clock is Clock.COHORT else period_condition(self.period, "created")
            return _all(_IS_TARGET, created)
        if self.clock is Clock.PERIOD:
            return f"({name('is_' + step.key)} AND {period_condition(self.period, step.key)})"
        if self.seen_at is None:
            return name(f"is_{step.key}")
        later = [other.key for other in self.steps if other.place >= step.place > 0]
        return self._seen([(name(f"is_{key}"), name(f"{key}_at")) for key in later])

    def _seen(self, entries: Sequence[tuple[str, str]]) -> str:
        """Whether any of the entries had happened by ``seen_at``; one without a date is taken to have."""
        moment = literal(self.seen_at)
        return "(" + " OR ".join(f"({flag} AND ({at} IS NULL OR {at} < {moment}))" for flag, at in entries) + ")"

    def _within(self, flag: str, at: str) -> str:
        if self.period is None:
            return flag
        start, end = self.period.moments(self.company.tz)
        return f"({flag} AND {at} >= {literal(start)} AND {at} < {literal(end)})"


def _stages(company: Company) -> tuple[StepName, ...]:
    return tuple(_stage(stage, place) for place, stage in enumerate(company.path, start=1))


def _stage(stage: Stage, place: int) -> StepName:
    return StepName(stage.key, stage.name.text, stage.zone, place, stage.sla_minutes)


def _milestones(company: Company) -> tuple[StepName, ...]:
    """MQL unless the company calls every lead so, then the milestones that its stages carry."""
    steps = [] if company.mql == "all" else [_TARGET]
    for milestone, text in _MILESTONES.items():
        place = company.order(milestone)
        if place is not None:
            zone = Zone(company.verdict.conversion_zone) if milestone is Milestone.WON else Zone.SALES
            steps.append(StepName(milestone.value, text, zone, place))
    return tuple(steps)


def _all(*conditions: str) -> str:
    """All conditions at once, without those that hold for every lead."""
    return " AND ".join(condition for condition in conditions if condition != "TRUE") or "TRUE"


def _count_of(condition: str) -> str:
    return "COUNT(*)" if condition == "TRUE" else f"COUNT(*) FILTER (WHERE {condition})"


def _sum_of(column: str, condition: str) -> str:
    return f"SUM({column})" if condition == "TRUE" else f"SUM(CASE WHEN {condition} THEN {column} ELSE 0 END)"


def _int(value: object) -> int:
    return 0 if value is None else int(str(value))
