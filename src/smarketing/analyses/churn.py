"""How many customers and how much of their revenue went, month by month, by segment, by whatever brought them?

The state is read at the start and at the end of each period: who was a customer at the start and is none at the
end has left; who is one at the end and was none has arrived or returned. Start + arrived + returned − left = end,
in every row. Who counts as a customer at a moment: :mod:`smarketing.analyses.silence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from smarketing.analyses.measuring.asking import Key
from smarketing.analyses.question import Question, check_dimensions, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import share
from smarketing.analyses.silence import Silence, day_number, silence
from smarketing.facts.company import Company
from smarketing.facts.journeys import LEAD_DIMENSIONS
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period, local_day
from smarketing.facts.query import Reader, literal, name
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Number, Row
from smarketing.metrics.wording import say_day

COLUMNS = (
    "customers_at_start",
    "arrived_customers",
    "returned_customers",
    "gone_customers",
    "customers_at_end",
    "customer_churn",
    "revenue_churn",
    "nrr",
)
Counts = dict[str, Any]  # column of an answer → number

_BY_PURCHASE = Note(
    "by-purchase",
    Text(
        "Отток считается по дням покупок и ухода, не по дате лида.",
        "Churn is counted by the days of purchase and leaving, not by the lead's date.",
    ),
)
_UNKNOWN = Text(
    "Покупатели без номера клиента не узнаются, когда приходят снова, и не входят в счёт: {count} из {all}.",
    "Customers without a client's number are not recognised when they come again and are not counted: "
    "{count} of {all}.",
)
_RUNNING = Text(
    "Последний месяц известен по {day}: купить и уйти в нём ещё успеют.",
    "The last month is known until {day}: there is time left in it to buy and to leave.",
)


def churn(reader: Reader, question: Question) -> Measurement:
    """Customers at the start, arrived, returned, left; churn of customers and of revenue; NRR.

    Splits by ``month`` and by the dimensions of the lead that made the customer; raises :class:`WrongQuestion` for
    any other split. Every figure is ``TOO_FEW`` where nothing says that a customer left.
    """
    check_dimensions(question.by, ("month", *LEAD_DIMENSIONS))
    check_dimensions(tuple(question.where), LEAD_DIMENSIONS)
    counting = _Counting(reader, replace(question, clock=Clock.PERIOD))
    whole = counting.known_period()
    counting.question = counting.question.over(whole or question.period)
    if whole is None or not counting.silence.can_judge:
        return counting.measurement((), _no_figures(reader.company), counting.silence.notes(reader.company))
    rows = [row for month, period in _periods(question, whole) for row in counting.rows(month, period)]
    notes = [_BY_PURCHASE] if question.clock is Clock.COHORT else []
    notes += [*counting.silence.notes(reader.company), *counting.unknown(whole), *_running(reader, whole)]
    return counting.measurement(tuple(rows), counting.total(whole), notes)


class _Counting:
    """One question on its way to rows."""

    def __init__(self, reader: Reader, question: Question) -> None:
        self.reader, self.question = reader, question
        self.silence: Silence = silence(reader)
        self.asked = list(self.silence.asked)

    def known_period(self) -> Period | None:
        """The question's days, else the last twelve months; none before the first purchase or after today."""
        today = local_day(self.reader.known_until, self.reader.company.tz)
        asked = self.question.period or Period(Month.of(today).shift(-11).first, today + timedelta(days=1))
        start = max(asked.start, today - timedelta(days=self.silence.history))
        end = min(asked.end, today + timedelta(days=1))
        return Period(start, end) if start < end else None

    def rows(self, month: int | None, period: Period) -> list[Row]:
        """The rows of one period by the other dimensions."""
        dimensions = tuple(dimension for dimension in self.question.by if dimension != "month")
        found = self._counted(dimensions, period)
        rows = []
        for key in sorted(found, key=lambda key: _rank(key, found[key])):
            values = iter(key)
            keys = tuple(month if one == "month" else next(values) for one in self.question.by)
            rows.append(Row(keys, _figures(found[key], self.reader.company)))
        return rows

    def total(self, period: Period) -> Row:
        return Row((), _figures(self._counted((), period)[()], self.reader.company))

    def unknown(self, period: Period) -> list[Note]:
        """How many customers stand outside because only their lead is known."""
        question = (
            "SELECT COUNT(*) AS customers, COUNT(*) FILTER (WHERE NOT is_identified) AS unknown FROM customers\n"
            f"WHERE first_day < {literal(period.end)} AND {filter_condition(self.question.where)}"
        )
        (row,) = self._ask(question)
        if not row["unknown"]:
            return []
        return [Note("unknown-customers", _UNKNOWN.fill(count=row["unknown"], all=row["customers"]))]

    def measurement(self, rows: tuple[Row, ...], total: Row, notes: list[Note]) -> Measurement:
        return Measurement(
            "churn",
            self.question,
            self.reader.version,
            self.reader.known_until,
            self.reader.company.currency,
            self.question.by,
            COLUMNS,
            rows,
            total,
            tuple(notes),
            tuple(self.asked),
        )

    def _counted(self, dimensions: tuple[str, ...], period: Period) -> dict[Key, Counts]:
        """What the four questions about a period came to, by the dimensions."""
        found: dict[Key, Counts] = {}
        for columns, condition in self._sums(period):
            for row in self._ask(self._select(dimensions, columns, condition)):
                key = tuple(row.pop(f"key_{place}") for place in range(len(dimensions)))
                found.setdefault(key, {}).update(row)
        return found

    def _sums(self, period: Period) -> Iterator[tuple[str, str]]:
        """Columns and the rows they are summed over: one row per customer at a moment, or his payments."""
        at_start, at_end = (self.silence.alive_at(day_number(day)) for day in (period.start, period.end))
        now, earlier = period_condition(period, "paid"), period_condition(period.before(), "paid")
        yield "COUNT(*) AS at_start, SUM(year_amount) AS value", at_start
        arrived = f"COUNT(*) FILTER (WHERE first_day >= {literal(period.start)}) AS arrived"
        yield f"COUNT(*) AS at_end, {arrived}", at_end
        yield "COUNT(*) AS stayed, SUM(year_amount) AS kept", f"{at_start} AND {_among(at_end)}"
        yield (
            f"SUM(amount) FILTER (WHERE {now}) AS paid, SUM(amount) FILTER (WHERE {earlier}) AS paid_before",
            f"(({now}) OR ({earlier})) AND {_among(at_start)}",
        )

    def _select(self, dimensions: tuple[str, ...], columns: str, condition: str) -> str:
        keys = [name(dimension) for dimension in dimensions]
        listed = ", ".join([*(f"{key} AS key_{place}" for place, key in enumerate(keys)), columns])
        where = f"is_identified AND {condition} AND {filter_condition(self.question.where)}"
        text = f"SELECT {listed}\nFROM customer_receipts\nWHERE {where}"
        if keys:
            text += f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(f'{key} NULLS LAST' for key in keys)}"
        return text

    def _ask(self, question: str) -> list[dict[str, Any]]:
        self.asked.append(question)
        found: list[dict[str, Any]] = self.reader.query(question).to_pylist()
        return found


def _among(condition: str) -> str:
    return f"customer IN (SELECT customer FROM customer_receipts WHERE {condition})"


def _periods(question: Question, whole: Period) -> Iterator[tuple[int | None, Period]]:
    """Every month of the period as far as it is known, or the period itself."""
    if not question.by:
        return
    if "month" not in question.by:
        yield None, whole
        return
    for month in whole.months:
        days = month.period
        yield month.number, Period(max(days.start, whole.start), min(days.end, whole.end))


def _rank(key: Key, counts: Mapping[str, Any]) -> tuple[object, ...]:
    """«Not given» last, else the most customers first."""
    weight = counts.get("at_start", 0) + counts.get("at_end", 0)
    return (any(value is None for value in key), -weight, tuple(str(value) for value in key))


def _figures(counts: Mapping[str, Any], company: Company) -> dict[str, Figure]:
    start, end = counts.get("at_start", 0), counts.get("at_end", 0)
    stayed, arrived = counts.get("stayed", 0), counts.get("arrived", 0)
    value, kept = _money(counts, "value"), _money(counts, "kept")
    numbers = (start, arrived, end - stayed - arrived, start - stayed, end)
    figures = {key: _count(key, number, company) for key, number in zip(COLUMNS, numbers, strict=False)}
    zone = accountable(metric("customer_churn"), company)
    figures["customer_churn"] = share("customer_churn", start - stayed, start, zone)
    figures["revenue_churn"] = _ratio("revenue_churn", value - kept, value, company)
    figures["nrr"] = _ratio("nrr", _money(counts, "paid"), _money(counts, "paid_before"), company)
    return figures


def _money(counts: Mapping[str, Any], column: str) -> Decimal:
    return counts.get(column) or Decimal()


def _count(key: str, value: Number, company: Company) -> Figure:
    what = metric(key)
    return Figure(key, what.unit, value, value, zone=accountable(what, company))


def _ratio(key: str, top: Decimal, bottom: Decimal, company: Company) -> Figure:
    what = metric(key)
    empty = bottom <= 0
    reason = NoValue.EMPTY_DENOMINATOR if empty else None
    value = None if empty else top / bottom
    return Figure(key, what.unit, value, top, bottom, zone=accountable(what, company), reason=reason)


def _no_figures(company: Company) -> Row:
    whats = [metric(key) for key in COLUMNS]
    return Row(
        (),
        {
            what.key: Figure(what.key, what.unit, None, zone=accountable(what, company), reason=NoValue.TOO_FEW)
            for what in whats
        },
    )


def _running(reader: Reader, whole: Period) -> list[Note]:
    today = local_day(reader.known_until, reader.company.tz)
    if whole.last_day != today or whole.end.day == 1:
        return []
    return [Note("running-month", _RUNNING.fill(day=say_day(today)))]
