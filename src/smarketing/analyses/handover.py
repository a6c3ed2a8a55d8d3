"""What became of every lead that marketing handed over, and how long do the forgotten wait?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smarketing.analyses.measuring import Measured, measure, measured_as
from smarketing.analyses.measuring.asking import Key, column, key_of, renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import MEASURES, accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Row

COUNTED = (
    "handed_over_leads",
    "handed_in_time_leads",
    "handed_accepted_leads",
    "returned_leads",
    "returned_unnamed_leads",
    "forgotten_leads",
    "no_source_share",
)
AGES = ("forgotten_median_age", "forgotten_oldest_age")
COLUMNS = (*COUNTED[:-1], *AGES, COUNTED[-1])

_BY_LEAD = Note(
    "by-lead", Text("Передача считается по дате лида.", "The hand-over is counted by the lead's date.")
)
_NO_ACTIVITIES = Note(
    "no-activities",
    Text(
        "Действия менеджеров не загружены: кто ответил в срок и кто забыт, неизвестно.",
        "Managers' activities are not loaded: who was answered in time or forgotten is not known.",
    ),
)


def handover(reader: Reader, question: Question) -> Measurement:
    """The ledger by the question's dimensions; ages are working time at the last moment the facts know.

    Figures that need activities say «not loaded» where there are none: nobody is blamed for what nobody knows.
    """
    notes = [_BY_LEAD] if question.clock is Clock.PERIOD else []
    asked = replace(question, clock=Clock.COHORT)
    counted = measure(reader, asked, COUNTED)
    ages, questions = _ages(reader, asked)
    known, now = _knows_answers(reader), reader.company.calendar.clock(reader.known_until)
    rows = tuple(_row(row, ages.get(row.keys, {}), reader.company, now, known=known) for row in counted.rows)
    whole, more = _ages(reader, asked.split())
    total = _row(counted.total, whole.get((), {}), reader.company, now, known=known)
    notes += [] if known else [_NO_ACTIVITIES]
    found = Measured(COLUMNS, rows, total, (*counted.notes, *notes), (*counted.asked, questions, more))
    return measured_as("handover", reader, asked, found)


def _ages(reader: Reader, question: Question) -> tuple[dict[Key, Mapping[str, Any]], str]:
    """Working clocks of creation of the forgotten, by row: their median and the earliest."""
    keys = [column(dimension, "created") for dimension in question.by]
    where = " AND ".join(
        ("is_counted", MEASURES["forgotten_leads"].condition, "created_working_clock IS NOT NULL",
         period_condition(question.period, "created"), filter_condition(renamed(question.where)))
    )  # fmt: skip
    listed = [f"{key} AS key_{place}" for place, key in enumerate(keys)]
    columns = (
        "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY created_working_clock) AS middle",
        "MIN(created_working_clock) AS first",
    )
    asked = f"SELECT {', '.join((*listed, *columns))}\nFROM journeys\nWHERE {where}"
    if keys:
        asked += f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(f'{key} NULLS LAST' for key in keys)}"
    return {key_of(row, question): row for row in reader.query(asked).to_pylist()}, asked


def _row(row: Row, clocks: Mapping[str, Any], company: Company, now: int, *, known: bool) -> Row:
    figures = dict(row.figures)
    forgotten = int(figures["forgotten_leads"].value or 0)
    for key, place in zip(AGES, ("middle", "first"), strict=True):
        figures[key] = _age(key, clocks.get(place), forgotten, company, now)
    if not known:
        for key in ("handed_in_time_leads", "forgotten_leads", *AGES):
            bare = replace(figures[key], value=None, numerator=None, n=None, reason=NoValue.NOT_LOADED)
            figures[key] = bare
    return Row(row.keys, {key: figures[key] for key in COLUMNS if key in figures})


def _age(key: str, clock: Any, forgotten: int, company: Company, now: int) -> Figure:
    what = metric(key)
    zone = accountable(what, company)
    if clock is None:
        return Figure(key, what.unit, None, n=forgotten, zone=zone, reason=NoValue.EMPTY_DENOMINATOR)
    return Figure(key, what.unit, now - clock, n=forgotten, zone=zone)


def _knows_answers(reader: Reader) -> bool:
    """Whether any lead can be said to be answered or not: without activities none can."""
    (row,) = reader.query("SELECT COUNT(*) AS known FROM journeys WHERE is_answered IS NOT NULL").to_pylist()
    return bool(row["known"])
