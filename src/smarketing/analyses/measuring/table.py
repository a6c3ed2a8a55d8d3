"""One table of figures: which metrics, in which order of rows, with which total?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarketing.analyses.measuring.asking import Key
from smarketing.analyses.measuring.cohorts import RIPE_LEADS, ripe_leads
from smarketing.analyses.measuring.figures import Part, Sense, figure, no_figure
from smarketing.analyses.measuring.gathering import Facts, Gathered, gather, parts_of_row, what_is_loaded
from smarketing.analyses.measuring.notes import (
    loaded_notes,
    refused_note,
    snapshot_notes,
    undated_notes,
    young_notes,
)
from smarketing.analyses.measuring.refusing import check_question, refusal
from smarketing.analyses.question import TIME_DIMENSIONS, Question
from smarketing.analyses.result import Measurement, Note
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import MEASURES, metric, name_of, parts_of
from smarketing.metrics.kinds import Measure, Metric, NoValue, Row


@dataclass(frozen=True)
class Measured:
    """The parts of a measurement: rows in order, the total from its own question, notes, questions asked."""

    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row
    notes: tuple[Note, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """Which metrics can be split as asked, which only in total, which not at all."""

    metrics: tuple[Metric, ...]
    in_rows: frozenset[str]
    in_total: frozenset[str]

    def measures(self, keys: frozenset[str]) -> tuple[Measure, ...]:
        found = {part.key: part for one in self.metrics if one.key in keys for part in parts_of(one)}
        return tuple(found.values())


def measure(reader: Reader, question: Question, metric_keys: Iterable[str], *, strict: bool = True) -> Measured:
    """Figures of several metrics by the question's dimensions.

    ``strict`` refuses a question that one of the metrics cannot answer (:class:`WrongQuestion`); else that metric
    is ``CANNOT_SPLIT`` in the rows and keeps its total where it has one.
    """
    company = reader.company
    check_question(question, company)
    plan = _plan(tuple(metric(key) for key in dict.fromkeys(metric_keys)), question, reader, strict=strict)
    needed = plan.measures(plan.in_total)
    facts = what_is_loaded(reader, [part.table for part in needed])
    ripeness = _ripeness(reader, question, plan)
    found = gather(reader, question, (*plan.measures(plan.in_rows), *ripeness), (*needed, *ripeness))
    table = _Table(reader, question, plan, facts, found, bool(ripeness))
    rows = table.rows()
    return Measured(
        tuple(one.key for one in plan.metrics), rows, table.total(), tuple(table.notes()), tuple(found.asked)
    )


def measured_as(what: str, reader: Reader, question: Question, found: Measured) -> Measurement:
    """The parts as the result of a measurement."""
    return Measurement(
        what,
        question,
        reader.version,
        reader.known_until,
        reader.company.currency,
        question.by,
        found.metrics,
        found.rows,
        found.total,
        found.notes,
        found.asked,
    )


def in_order(rows: Iterable[Row], by: Sequence[str], weight: Mapping[Key, tuple[Decimal, ...]]) -> tuple[Row, ...]:
    """Time goes up; everything else by weight downwards, group by group; «not given» is last."""
    listed = list(rows)
    groups: dict[Key, list[Decimal]] = {}
    for row in listed:
        for place in range(len(by)):
            sums = groups.setdefault(row.keys[: place + 1], [Decimal()] * len(weight[row.keys]))
            for index, value in enumerate(weight[row.keys]):
                sums[index] += value
    return tuple(sorted(listed, key=lambda row: [_rank(row.keys, place, by, groups) for place in range(len(by))]))


def _rank(keys: Key, place: int, by: Sequence[str], groups: Mapping[Key, Sequence[Decimal]]) -> tuple[object, ...]:
    key = keys[place]
    if key is None:
        return (1,)
    if by[place] in (*TIME_DIMENSIONS, "hour"):
        return (0, key)
    return (0, *(-value for value in groups[keys[: place + 1]]), str(key))


class _Table:
    """Gathered measures on their way to figures."""

    def __init__(
        self, reader: Reader, question: Question, plan: _Plan, facts: Facts, found: Gathered, ripens: bool
    ) -> None:
        self.question, self.plan, self.facts, self.found, self.ripens = question, plan, facts, found, ripens
        self.company = reader.company
        self.sense = Sense(reader.company, question.clock)
        self.known = {keys: plan.measures(keys) for keys in (plan.in_rows, plan.in_total)}
        self.first = next((part.key for one in plan.metrics for part in parts_of(one)), "leads")

    def rows(self) -> tuple[Row, ...]:
        found = [self._row(key, values, self.plan.in_rows) for key, values in self.found.rows.items()]
        weights = {key: self._weight(values) for key, values in self.found.rows.items()}
        return in_order(found, self.question.by, weights)

    def total(self) -> Row:
        return self._row((), self.found.total, self.plan.in_total)

    def notes(self) -> list[Note]:
        plan, question = self.plan, self.question
        refused = [name_of(one, self.company) for one in plan.metrics if one.key not in plan.in_rows]
        ripe = [self._ripe(values) for values in self.found.rows.values()]
        return [
            *loaded_notes(self.facts, plan.measures(plan.in_total), self.company),
            *young_notes(self._ripe(self.found.total), ripe, self.company),
            *snapshot_notes(plan.metrics, question, self.company),
            *undated_notes(self.found.undated, self.company.currency),
            *refused_note(refused if question.by or question.where else []),
        ]

    def _row(self, key: Key, values: Mapping[str, object], possible: frozenset[str]) -> Row:
        by = self.question.by if key else ()
        parts: dict[str, Part] = parts_of_row(values, self.known[possible], self.facts, self.company, by)  # type: ignore[arg-type]
        ripe = self._ripe(values)
        return Row(
            key,
            {
                one.key: figure(one, parts, self.sense, ripe)
                if one.key in possible
                else no_figure(one, self.sense, NoValue.CANNOT_SPLIT)
                for one in self.plan.metrics
            },
        )

    def _ripe(self, values: Mapping[str, object]) -> float | None:
        leads = values.get("leads")
        if not self.ripens or not isinstance(leads, int) or not leads:
            return None
        return min(float(str(values[RIPE_LEADS])) / leads, 1.0)

    def _weight(self, values: Mapping[str, object]) -> tuple[Decimal, ...]:
        return tuple(Decimal(str(values.get(key) or 0)) for key in ("revenue", "leads", self.first))


def _plan(metrics: tuple[Metric, ...], question: Question, reader: Reader, *, strict: bool) -> _Plan:
    refused = {one.key: refusal(one, question, reader.company) for one in metrics}
    for error in refused.values():
        if strict and error is not None:
            raise error
    whole = question.split()
    return _Plan(
        metrics,
        frozenset(key for key, error in refused.items() if error is None),
        frozenset(one.key for one in metrics if refusal(one, whole, reader.company) is None),
    )


def _ripeness(reader: Reader, question: Question, plan: _Plan) -> tuple[Measure, ...]:
    ripens = any(one.ripens for one in plan.metrics if one.key in plan.in_total)
    if question.clock is not Clock.COHORT or not ripens:
        return ()
    found = ripe_leads(reader, question)
    return (MEASURES["leads"], found) if found else ()
