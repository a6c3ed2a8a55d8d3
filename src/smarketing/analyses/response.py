"""How soon does a lead hear from a person, those still waiting included?

The unanswered are censored at today's waiting time, so a forgotten lead makes the figure worse and not better
(methods.md h; Kaplan and Meier 1958). Leads are taken by the day they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from smarketing.analyses.measuring import Measured, measure, measured_as
from smarketing.analyses.measuring.asking import Key, column, key_of, renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import Count, Shift, shifts
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, Interval, NoValue, Row
from smarketing.stats.errors import NotComputable
from smarketing.stats.survival import SurvivalCurve, kaplan_meier
from smarketing.stats.uncertainty import Label

Hours = Literal["working", "elapsed"]

WITHIN = {
    "answered_within_5m": 300,
    "answered_within_15m": 900,
    "answered_within_60m": 3600,
    "answered_within_24h": 86_400,
}
QUANTILES = {"response_median": 0.5, "response_p90": 0.9}
ELAPSED_QUANTILES = {"elapsed_median": 0.5, "elapsed_p90": 0.9}
WORKING_COLUMNS = (
    "leads", "answered_leads", "waiting_leads", "outside_hours_leads", "sla_first", *QUANTILES, *WITHIN,
)  # fmt: skip
ELAPSED_COLUMNS = ("leads", "answered_leads", "elapsed_median", "elapsed_mean", "elapsed_p90", "elapsed_within_1h")

# Where the curve is read: every minute of the first two hours, then every five minutes, then every half-hour.
_GRID = np.array([*range(0, 7200, 60), *range(7200, 28_800, 300), *range(28_800, 288_001, 1800)], dtype=np.int64)

_NOBODY = 1e-12

_BY_LEAD = Note(
    "by-lead",
    Text("Скорость ответа считается по дате лида.", "Response is counted by the lead's date."),
)
_UNTIMED = Text(
    "Ответ есть, а время его неизвестно: {count}. Эти лиды не входят в сроки.",
    "Answered nobody knows when: {count}. These leads are not in the times.",
)


@dataclass(frozen=True)
class Cases:
    """Leads by how long they waited: ``ages`` in seconds, shape (n,), and whether that wait ended in an answer."""

    ages: NDArray[np.int64]
    answered: NDArray[np.bool_]

    @classmethod
    def together(cls, parts: Collection[Cases]) -> Cases:
        """All cases of several groups as one; none of no group."""
        if not parts:
            return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))
        return cls(
            np.concatenate([part.ages for part in parts]), np.concatenate([part.answered for part in parts])
        )


@dataclass(frozen=True)
class AnswerCurve:
    """Which share of the leads was answered by which working time: ``shares[i]`` by ``seconds[i]``.

    It ends where nobody has waited longer; empty where there is no lead.
    """

    seconds: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    leads: int = 0


def response(reader: Reader, question: Question, hours: Hours = "working") -> Measurement:
    """First response by the question's dimensions, ``hour`` of arrival among them.

    ``working``: seconds of the working calendar, those waiting censored. ``elapsed``: round the clock, of answered
    leads alone; plain median, mean and p90.
    """
    notes = (_BY_LEAD,) if question.clock is Clock.PERIOD else ()
    asked = replace(question, clock=Clock.COHORT)
    found = _working(reader, asked) if hours == "working" else _elapsed(reader, asked)
    return measured_as("response", reader, asked, replace(found, notes=(*notes, *found.notes)))


def answer_curve(reader: Reader, question: Question) -> AnswerCurve:
    """The curve that the medians and shares of :func:`response` are read from, of all leads of the question."""
    asked = replace(question, clock=Clock.COHORT, by=())
    cases, _ = _cases(reader, asked, _answered_question(asked), _waiting_question(asked))
    curve = _curve(Cases.together(cases.values()))
    if isinstance(curve, NotComputable):
        return AnswerCurve()
    still = np.concatenate(([1.0], curve.survival))
    everybody = still[-1] <= _NOBODY  # answered: the curve stays at the whole
    known = _GRID if everybody else _GRID[curve.last_age >= _GRID]
    shares = 1 - still[np.searchsorted(curve.times, known, side="right")]
    return AnswerCurve(tuple(known.tolist()), tuple(shares.tolist()), curve.n)


def lagging(table: Measurement) -> tuple[Row, ...]:
    """Rows whose leads are answered in time less often than all the others together, beyond chance.

    All rows are judged as one family (Holm), so that a long table finds none by its length. Furthest behind first.
    """
    whole = _in_time(table.total)
    rows = [row for row in table.rows if _in_time(row)[1]]
    others = [(whole[0] - k, whole[1] - n) for k, n in map(_in_time, rows)]
    judged = shifts(zip(map(_in_time, rows), others, strict=True))
    behind = [
        (shift.difference, place)
        for place, shift in enumerate(judged)
        if shift.label is Label.CONFIRMED and shift.difference is not None and shift.difference < 0
    ]
    return tuple(rows[place] for _, place in sorted(behind))


def moved(table: Measurement, before: Measurement) -> Shift:
    """The share answered in time against that of other days."""
    return shifts([(_in_time(table.total), _in_time(before.total))])[0]


def _in_time(row: Row) -> Count:
    figure = row.figures["sla_first"]
    return int(figure.numerator or 0), int(figure.denominator or 0)


def _working(reader: Reader, question: Question) -> Measured:
    counted = measure(reader, question, [key for key in WORKING_COLUMNS if not metric(key).computed_by])
    answered, waiting = _answered_question(question), _waiting_question(question)
    cases, untimed = _cases(reader, question, answered, waiting)
    everything = Cases.together(cases.values())
    rows = tuple(
        _with(row, _curve_figures(cases.get(row.keys) or Cases.together(()), reader.company))
        for row in counted.rows
    )
    total = _with(counted.total, _curve_figures(everything, reader.company))
    notes = [Note("untimed-answers", _UNTIMED.fill(count=untimed))] if untimed else []
    return Measured(WORKING_COLUMNS, rows, total, (*counted.notes, *notes), (*counted.asked, answered, waiting))


def _cases(reader: Reader, question: Question, answered: str, waiting: str) -> tuple[dict[Key, Cases], int]:
    """The cases of every row, and how many answers have no known time."""
    now = reader.company.calendar.clock(reader.known_until)
    heard, unheard = reader.query(answered), reader.query(waiting)
    timed = heard.filter(pc.is_valid(heard["seconds"]))
    untimed = (pc.sum(heard["leads"]).as_py() or 0) - (pc.sum(timed["leads"]).as_py() or 0)
    found: dict[Key, Cases] = {}
    for table, seconds, is_answered in (
        (timed, timed["seconds"].to_numpy(), True),
        (unheard, now - unheard["clock"].to_numpy(), False),
    ):
        counts = table["leads"].to_numpy()
        for key, places in _rows_by_key(table, question):
            ages = np.repeat(np.maximum(seconds[places], 0), counts[places])
            cases = Cases(ages, np.full(ages.size, is_answered))
            found[key] = Cases.together([found[key], cases]) if key in found else cases
    return found, int(untimed)


def _rows_by_key(table: pa.Table, question: Question) -> Iterator[tuple[Key, NDArray[np.int64]]]:
    """For every key of an answer the places of its rows, without a Python object per row."""
    codes = np.zeros(table.num_rows, dtype=np.int64)
    for place in range(len(question.by)):
        column_of = table[f"key_{place}"].combine_chunks().dictionary_encode(null_encoding="encode")
        codes = codes * len(column_of.dictionary) + column_of.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order])) + 1
    for places in np.split(order, starts) if table.num_rows else ():
        yield key_of(table.slice(int(places[0]), 1).to_pylist()[0], question), places


def _curve_figures(cases: Cases, company: Company) -> dict[str, Figure]:
    curve = _curve(cases)
    quantiles = {
        key: _figure(key, company, curve if isinstance(curve, NotComputable) else curve.quantile(share), curve)
        for key, share in QUANTILES.items()
    }
    shares = {key: _share(key, company, curve, seconds) for key, seconds in WITHIN.items()}
    return quantiles | shares


def _curve(cases: Cases) -> SurvivalCurve | NotComputable:
    return kaplan_meier(cases.ages, cases.answered)


def _share(key: str, company: Company, curve: SurvivalCurve | NotComputable, seconds: int) -> Figure:
    if isinstance(curve, NotComputable):
        return _figure(key, company, curve, curve)
    interval = curve.share_interval(seconds)
    band = None if isinstance(interval, NotComputable) else Interval(interval.lo, interval.hi, interval.level)
    return replace(_figure(key, company, curve.share_by(seconds), curve), interval=band)


def _figure(
    key: str, company: Company, value: float | NotComputable, curve: SurvivalCurve | NotComputable
) -> Figure:
    what = metric(key)
    zone, n = accountable(what, company), 0 if isinstance(curve, NotComputable) else curve.n
    if isinstance(value, NotComputable):
        reason = NoValue.EMPTY_DENOMINATOR if value is NotComputable.EMPTY else NoValue.NOT_RIPE
        return Figure(key, what.unit, None, n=n, zone=zone, reason=reason)
    return Figure(key, what.unit, value, n=n, zone=zone)


def _elapsed(reader: Reader, question: Question) -> Measured:
    counted = measure(reader, question, [key for key in ELAPSED_COLUMNS if not metric(key).computed_by])
    by_row, whole = _quantile_question(question), _quantile_question(question.split())
    found = {key_of(row, question): row for row in reader.query(by_row).to_pylist()}
    rows = tuple(_with(row, _quantile_figures(found.get(row.keys, {}), reader.company)) for row in counted.rows)
    of_all = reader.query(whole).to_pylist()
    total = _with(counted.total, _quantile_figures(of_all[0] if of_all else {}, reader.company))
    return Measured(ELAPSED_COLUMNS, rows, total, counted.notes, (*counted.asked, by_row, whole))


def _quantile_figures(row: Mapping[str, float | int | None], company: Company) -> dict[str, Figure]:
    figures = {}
    for key in ELAPSED_QUANTILES:
        what, value = metric(key), row.get(key)
        reason = NoValue.EMPTY_DENOMINATOR if value is None else None
        figures[key] = Figure(
            key, what.unit, value, n=int(row.get("leads") or 0), zone=accountable(what, company), reason=reason
        )
    return figures


def _with(row: Row, figures: Mapping[str, Figure]) -> Row:
    return Row(row.keys, {**row.figures, **figures})


def _answered_question(question: Question) -> str:
    return _grouped(
        question, ["response_working_seconds AS seconds", "COUNT(*) AS leads"], "is_answered", "seconds"
    )


def _waiting_question(question: Question) -> str:
    condition = "NOT is_answered AND created_working_clock IS NOT NULL"
    columns = ["created_working_clock AS clock", "COUNT(*) AS leads"]
    return _grouped(question, columns, condition, "created_working_clock")


def _quantile_question(question: Question) -> str:
    columns = [
        f"PERCENTILE_CONT({share}) WITHIN GROUP (ORDER BY response_seconds) AS {key}"
        for key, share in ELAPSED_QUANTILES.items()
    ]
    return _grouped(question, [*columns, "COUNT(*) AS leads"], "is_answered AND response_seconds IS NOT NULL")


def _grouped(question: Question, columns: Iterable[str], condition: str, *more: str) -> str:
    keys = [column(dimension, "created") for dimension in question.by]
    listed = [*(f"{key} AS key_{place}" for place, key in enumerate(keys)), *columns]
    conditions = (
        "is_counted",
        condition,
        period_condition(question.period, "created"),
        filter_condition(renamed(question.where)),
    )
    where = " AND ".join(part for part in conditions if part != "TRUE")
    groups = [*keys, *more]
    text = f"SELECT {', '.join(listed)}\nFROM journeys\nWHERE {where}"
    if groups:
        text += f"\nGROUP BY {', '.join(groups)}\nORDER BY {', '.join(f'{group} NULLS LAST' for group in groups)}"
    return text
