"""Which records stand behind a figure? Every figure is a door to its rows.

Rows carry no personal data: ``journeys`` has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from smarketing.analyses.measuring.asking import MONTHLY, Batch, condition, missing_dimensions
from smarketing.analyses.measuring.gathering import words_for
from smarketing.analyses.measuring.refusing import check_question, refusal
from smarketing.analyses.question import EMPTY, TIME_DIMENSIONS, Question
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month, Period
from smarketing.facts.query import Reader, literal
from smarketing.metrics.catalogue import MEASURES, METRICS, metric
from smarketing.metrics.kinds import Measure, Metric
from smarketing.metrics.terms import filled_in

Side = Literal["numerator", "denominator"]

LEAD_COLUMNS = (
    "lead_id",
    "created_at",
    "lead_source",
    "campaign",
    "segment",
    "product",
    "region",
    "manager",
    "stage",
    "outcome",
    "target_verdict",
    "criterion",
    "seller_quality",
    "loss_stage",
    "loss_reason",
    "amount",
    "revenue",
    "response_working_seconds",
    "url",
)
RECEIPT_COLUMNS = (
    "payment_id",
    "paid_day",
    "amount",
    "cost",
    "lead_id",
    "client_id",
    "lead_source",
    "segment",
    "manager",
)
SPEND_COLUMNS = ("day", "lead_source", "campaign", "ad", "segment", "product", "cost", "impressions", "clicks")
CUSTOMER_COLUMNS = (
    "customer",
    "first_day",
    "last_day",
    "left_day",
    "purchases",
    "revenue",
    "lead_id",
    "lead_source",
    "campaign",
    "segment",
    "product",
    "manager",
)
DUTY_COLUMNS = ("task_id", "title", "manager", "due_at", "done_at", "is_in_time", "template", "lead_id", "url")
_COLUMNS = {
    "journeys": LEAD_COLUMNS,
    "receipts": RECEIPT_COLUMNS,
    "spend": SPEND_COLUMNS,
    "customers": CUSTOMER_COLUMNS,
    "duties": DUTY_COLUMNS,
}
_ORDER = {
    "journeys": "created_at DESC NULLS LAST, lead_id",
    "receipts": "paid_day DESC NULLS LAST, payment_id",
    "spend": "day DESC NULLS LAST, lead_source NULLS LAST, campaign NULLS LAST, ad NULLS LAST, cost DESC",
    "customers": "last_day DESC NULLS LAST, customer",
    "duties": "due_at DESC NULLS LAST, task_id",
}


@dataclass(frozen=True)
class Door:
    """The records behind a figure that stands in a sentence: the arguments of :func:`records`."""

    metric: str
    question: Question
    side: Side = "numerator"


@dataclass(frozen=True)
class Records:
    """One page of the rows behind a figure; ``count`` is how many there are in all."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    count: int
    asked: tuple[str, ...]


def records(
    reader: Reader,
    metric_key: str,
    question: Question,
    limit: int = 100,
    offset: int = 0,
    side: Side = "numerator",
) -> Records:
    """The leads, payments or rows of spend behind a figure, newest first.

    A ratio has two doors: ``side`` says which. Raises :class:`WrongQuestion` for a metric that cannot be asked so
    or whose facts are no rows (a plan, a median).
    """
    check_question(question, reader.company)
    measures = _behind(reader, metric(metric_key), replace(question, by=()), side)
    words = words_for(reader, measures)
    first = measures[0]
    batch = Batch(first.table, first.dates[question.clock], measures)
    events = " OR ".join(dict.fromkeys(f"({filled_in(measure.condition, words)})" for measure in measures))
    where = f"{condition(batch, question, words)} AND ({events})"
    columns = _COLUMNS[first.table]
    counting = f"SELECT COUNT(*) AS records FROM {first.table} WHERE {where}"
    page = (
        f"SELECT {', '.join(columns)}\nFROM {first.table}\nWHERE {where}\n"
        f"ORDER BY {_ORDER[first.table]} LIMIT {literal(limit)} OFFSET {literal(offset)}"
    )
    found = reader.query(page).to_pylist()
    count = int(reader.query(counting).to_pylist()[0]["records"])
    rows = tuple(tuple(row[name] for name in columns) for row in found)
    return Records(first.table, columns, rows, count, (page, counting))


def behind(question: Question, keys: Sequence[str | int | None]) -> Question:
    """The question of one row of a table: its keys as filters and days, no further split."""
    asked = replace(question, by=())
    for dimension, key in zip(question.by, keys, strict=False):
        if dimension in TIME_DIMENSIONS:
            asked = asked.over(_cut(asked.period, _days(dimension, key)))
        else:
            asked = asked.only(dimension, EMPTY if key is None else str(key))
    return asked


def _behind(reader: Reader, what: Metric, question: Question, side: Side) -> tuple[Measure, ...]:
    """The measures of one side that lie in one table under one date."""
    error = refusal(what, question, reader.company) if not what.computed_by else None
    if error is not None:
        raise error
    if what.product_of:
        what = METRICS[what.product_of[0] if side == "numerator" else what.divided_by[0]]
        side = "numerator"
    keys = what.numerator if side == "numerator" or not what.denominator else what.denominator
    found = [MEASURES[key] for key in keys if not key.startswith("-")]
    if what.computed_by and what.key in MEASURES:
        found = [MEASURES[what.key]]
    rows = [one for one in found if one.table not in MONTHLY and not missing_dimensions(one, question)]
    if not rows:
        raise WrongQuestion(
            "no-records",
            Text(
                f"За показателем «{what.name.ru}» нет отдельных записей.",
                f"No single records stand behind “{what.name.en}”.",
            ),
        )
    first = rows[0]
    same = [
        one for one in rows if (one.table, one.dates[question.clock]) == (first.table, first.dates[question.clock])
    ]
    return tuple(same)


def _days(dimension: str, key: str | int | None) -> Period:
    if key is None:
        raise WrongQuestion(
            "undated-row",
            Text(
                "У записей этой строки нет даты: снимите период, чтобы увидеть их.",
                "The records of this row have no date: drop the period to see them.",
            ),
        )
    if dimension == "month":
        return Month.from_number(int(key)).period
    start = date.fromisoformat(str(key))
    return Period(start, start + timedelta(days=7 if dimension == "week" else 1))


def _cut(period: Period | None, days: Period) -> Period:
    if period is None:
        return days
    return Period(max(period.start, days.start), min(period.end, days.end))
