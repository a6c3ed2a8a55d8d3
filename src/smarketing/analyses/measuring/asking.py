"""How is a set of measures asked: one SELECT per table of facts and date, never a join?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from smarketing.analyses.question import (
    TIME_DIMENSIONS,
    Question,
    dimension_column,
    filter_condition,
    period_condition,
)
from smarketing.facts.period import Clock
from smarketing.facts.query import name
from smarketing.metrics.catalogue.facts import COUNTED
from smarketing.metrics.kinds import NOW, Measure
from smarketing.metrics.terms import filled_in

Key = tuple[str | int | None, ...]

MONTHLY = ("costs", "plans")  # few rows a month, summed outside the engine
_COLUMNS = {"hour": "created_hour"}
_ALWAYS_DATED = ("created", "")


@dataclass(frozen=True)
class Batch:
    """Measures that one SELECT can answer: the same table, dated by the same column."""

    table: str
    prefix: str
    measures: tuple[Measure, ...]

    @property
    def is_now(self) -> bool:
        return self.prefix == NOW

    @property
    def may_lack_date(self) -> bool:
        return not self.is_now and (self.table, self.prefix) not in {("journeys", "created"), ("spend", "")}


def batches(measures: Iterable[Measure], clock: Clock) -> tuple[Batch, ...]:
    """The measures of journeys, receipts and spend by table and date, in the order of their first appearance."""
    grouped: dict[tuple[str, str], list[Measure]] = {}
    for measure in measures:
        if measure.table not in MONTHLY:
            grouped.setdefault((measure.table, measure.dates[clock]), []).append(measure)
    return tuple(Batch(table, prefix, tuple(found)) for (table, prefix), found in grouped.items())


def missing_dimensions(measure: Measure, question: Question) -> tuple[str, ...]:
    """The splits and filters of a question that the facts of a measure do not carry."""
    asked = (*question.by, *(dimension for dimension, values in question.where.items() if values))
    return tuple(
        dict.fromkeys(dimension for dimension in asked if not _carries(measure, dimension, question.clock))
    )


def select(batch: Batch, question: Question, words: Mapping[str, str], *, grouped: bool = True) -> str:
    """One SELECT: ``key_0`` … for the dimensions (none when not ``grouped``), then a column per measure."""
    keys = [column(dimension, batch.prefix) for dimension in question.by] if grouped else []
    columns = [f"{key} AS key_{place}" for place, key in enumerate(keys)]
    columns += [f"{aggregate(measure, words)} AS {name(measure.key)}" for measure in batch.measures]
    text = f"SELECT {', '.join(columns)}\nFROM {name(batch.table)}\nWHERE {condition(batch, question, words)}"
    if keys:
        text += f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(f'{key} NULLS LAST' for key in keys)}"
    return text


def select_undated(batch: Batch, question: Question, words: Mapping[str, str]) -> str:
    """What the same SELECT leaves out because its date is not known; no period, no split."""
    columns = [f"{aggregate(measure, words)} AS {name(measure.key)}" for measure in batch.measures]
    day = dimension_column("day", batch.prefix)
    return (
        f"SELECT {', '.join(columns)}\nFROM {name(batch.table)}\n"
        f"WHERE {condition(batch, question.over(None), words)} AND {day} IS NULL"
    )


def aggregate(measure: Measure, words: Mapping[str, str]) -> str:
    """The measure's aggregate with its condition."""
    expression = filled_in(measure.expression, words)
    if measure.condition == "TRUE":
        return expression
    return f"{expression} FILTER (WHERE {filled_in(measure.condition, words)})"


def condition(batch: Batch, question: Question, words: Mapping[str, str]) -> str:
    """The rows of a batch: counted, of the period, within the filters, and with the event the batch is about."""
    parts = [COUNTED.get(batch.table, "TRUE"), filter_condition(renamed(question.where))]
    if not batch.is_now:
        parts.append(period_condition(question.period, batch.prefix))
    events = {filled_in(measure.condition, words) for measure in batch.measures}
    if batch.prefix not in _ALWAYS_DATED and "TRUE" not in events:
        parts.append("(" + " OR ".join(f"({event})" for event in sorted(events)) + ")")
    return " AND ".join(part for part in parts if part != "TRUE") or "TRUE"


def renamed(where: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Filters by column."""
    return {_COLUMNS.get(dimension, dimension): values for dimension, values in where.items()}


def column(dimension: str, prefix: str) -> str:
    """The column of a dimension in the table of a batch."""
    return _COLUMNS.get(dimension) or dimension_column(dimension, "" if prefix == NOW else prefix)


def key_of(row: Mapping[str, Any], question: Question) -> Key:
    """The key of a row of an answer: months and hours as numbers, days and weeks as ISO text."""
    values = (row[f"key_{place}"] for place in range(len(question.by)))
    return tuple(value.isoformat() if isinstance(value, date) else value for value in values)


def _carries(measure: Measure, dimension: str, clock: Clock) -> bool:
    if dimension in TIME_DIMENSIONS and measure.dates.get(clock) == NOW:
        return False
    own = measure.table == "journeys" and dimension.startswith("custom_")
    return own or dimension in measure.dimensions
