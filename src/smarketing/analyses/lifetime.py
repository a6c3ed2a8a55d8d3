"""What is a customer worth: what his first year brought, and what the year to come will?

The past is counted (LTV of the first 365 days, by the customers whose year has passed). The year to come is a
model: BG/NBD for how often and how long, gamma-gamma for how much (:mod:`smarketing.stats.lifetime`), fitted on
all clients within the filters and only where enough of them came again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.measuring import Measured, measure, measured_as
from smarketing.analyses.measuring.asking import Key, column, key_of, renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.silence import day_number, silence
from smarketing.facts.language import Text, plural
from smarketing.facts.period import Clock, local_day
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Row
from smarketing.stats.errors import NotComputable
from smarketing.stats.lifetime import BgNbd, GammaGamma, fit_bgnbd, fit_gamma_gamma

COUNTED = (
    "known_customers",
    "unknown_customers",
    "repeat_customer_share",
    "lost_customer_share",
    "ltv",
    "ltv_revenue",
    "ltv_cac",
    "ltv_cac_paid",
)
MODELLED = ("alive_share", "expected_purchases", "expected_revenue")
MIN_REPEAT = 300  # methods.md e: of fewer the model is not fitted
MAX_CORRELATION = 0.3  # between how often and how much: the second model takes it for none
YEAR, WEEK = 365, 7
MANY = 20_000

_TOO_FEW = Text(
    "Снова {bought} {repeat}, модели нужно {needed}: год вперёд не предсказывается.",
    "{repeat} bought again, the model needs {needed}: the year to come is not foretold.",
)
_CORRELATED = Text(
    "Кто покупает чаще, тратит на покупку иначе (r = {r}): выручка на год вперёд не предсказывается.",
    "Who buys more often spends otherwise on a purchase (r = {r}): revenue of the year to come is not foretold.",
)
_NO_FIT = Note(
    "no-fit",
    Text(
        "Модель повторных покупок не сошлась: год вперёд не предсказывается.",
        "The model of repeat purchases did not converge: the year to come is not foretold.",
    ),
)
_MODEL = Text(
    "Год вперёд — модель BG/NBD по {customers} клиентам; ушедшие по договору не входят.",
    "The year to come is the BG/NBD model of {customers} clients; those whose contract ended are left out.",
)


@dataclass(frozen=True)
class _Pasts:
    """Clients: row of the table, repeat purchases, days to the last, days to now, mean revenue of a repeat one."""

    keys: tuple[Key, ...]
    repeats: NDArray[np.float64]
    recency: NDArray[np.float64]
    age: NDArray[np.float64]
    spend: NDArray[np.float64]

    @property
    def again(self) -> NDArray[np.bool_]:
        return self.repeats > 0


@dataclass(frozen=True)
class _Model:
    """What of the year to come can be told; notes say what cannot and why."""

    buying: BgNbd | None
    spending: GammaGamma | None
    reason: NoValue
    notes: tuple[Note, ...]


def lifetime(reader: Reader, question: Question) -> Measurement:
    """LTV and what makes it, with the year to come, by the question's dimensions.

    Customers fall into the period by their first purchase. Figures of the model are ``TOO_FEW`` where fewer than
    300 clients within the filters came again.
    """
    asked = replace(question, clock=Clock.PERIOD)
    counted = measure(reader, asked, COUNTED, strict=False)
    text = _question(reader, asked)
    pasts = _pasts(reader, asked, text)
    model = _fitted(pasts)
    rows = tuple(
        _with(row, _figures(pasts, np.array([key == row.keys for key in pasts.keys], dtype=bool), model, reader))
        for row in counted.rows
    )
    every = np.ones(len(pasts.keys), dtype=bool)
    total = _with(counted.total, _figures(pasts, every, model, reader))
    found = Measured(
        (*COUNTED, *MODELLED),
        rows,
        total,
        (*counted.notes, *silence(reader).notes(reader.company), *model.notes),
        (*counted.asked, text),
    )
    return measured_as("lifetime", reader, asked, found)


def _question(reader: Reader, question: Question) -> str:
    """Every client with a dated purchase who has not left by contract."""
    tomorrow = _tomorrow(reader)
    keys = [f"{column(dimension, 'first')} AS key_{place}" for place, dimension in enumerate(question.by)]
    columns = [*keys, "purchases - 1 AS repeats", "last_no - first_no AS recency", "first_no", "repeat_revenue"]
    conditions = (
        "is_identified",
        f"first_no < {tomorrow} AND last_no < {tomorrow}",
        f"(left_no IS NULL OR left_no < last_no OR left_no >= {tomorrow})",
        period_condition(question.period, "first"),
        filter_condition(renamed(question.where)),
    )
    where = " AND ".join(part for part in conditions if part != "TRUE")
    return f"SELECT {', '.join(columns)}\nFROM customers\nWHERE {where}\nORDER BY customer"


def _pasts(reader: Reader, question: Question, text: str) -> _Pasts:
    rows: list[dict[str, Any]] = reader.query(text).to_pylist()
    repeats = np.array([row["repeats"] if row["recency"] else 0 for row in rows], dtype=np.float64)
    revenue = np.array([float(row["repeat_revenue"]) for row in rows], dtype=np.float64)
    return _Pasts(
        tuple(key_of(row, question) for row in rows),
        repeats,
        np.array([row["recency"] for row in rows], dtype=np.float64),
        np.array([_tomorrow(reader) - row["first_no"] for row in rows], dtype=np.float64),
        np.divide(revenue, repeats, out=np.zeros_like(revenue), where=repeats > 0),
    )


def _tomorrow(reader: Reader) -> int:
    """The last known day is known to its end, so somebody who bought today has an age of one day."""
    return day_number(local_day(reader.known_until, reader.company.tz)) + 1


def _fitted(pasts: _Pasts) -> _Model:
    repeat = int(pasts.again.sum())
    if repeat < MIN_REPEAT:
        note = Note("too-few-repeats", _too_few(repeat))
        return _Model(None, None, NoValue.TOO_FEW, (note,))
    buying = _buying(pasts)
    if isinstance(buying, NotComputable):
        return _Model(None, None, NoValue.TOO_FEW, (_NO_FIT,))
    said = Note("model", _MODEL.fill(customers=len(pasts.keys)))
    paid = pasts.spend > 0  # refunds may eat up what came again
    correlation = float(np.corrcoef(pasts.repeats[paid], pasts.spend[paid])[0, 1])
    if abs(correlation) > MAX_CORRELATION:
        note = Note("spend-hangs-on-frequency", _CORRELATED.fill(r=f"{correlation:.2f}"))
        return _Model(buying, None, NoValue.TOO_FEW, (said, note))
    learnt = np.flatnonzero(paid)[:: paid.sum() // MANY + 1]  # evenly: nothing is gained from more
    spending = fit_gamma_gamma(pasts.repeats[learnt], pasts.spend[learnt])
    if isinstance(spending, NotComputable) or spending.q <= 1:
        return _Model(buying, None, NoValue.TOO_FEW, (said, _NO_FIT))
    return _Model(buying, spending, NoValue.TOO_FEW, (said,))


def _too_few(repeat: int) -> Text:
    word = plural(repeat, ("клиент", "клиента", "клиентов"), ("client", "clients"))
    return _TOO_FEW.fill(
        bought=plural(repeat, ("купил", "купили", "купили"), ("", "")),
        repeat=Text(f"{repeat} {word.ru}", f"{repeat} {word.en}"),
        needed=MIN_REPEAT,
    )


def _buying(pasts: _Pasts) -> BgNbd | NotComputable:
    """Clients with one past are one case; of very many the past is told in whole weeks, so that cases meet."""
    told = np.column_stack([pasts.repeats, pasts.recency, pasts.age])
    cases, counts = np.unique(told, axis=0, return_counts=True)
    if len(cases) > MANY:
        told[:, 1:] = np.floor(told[:, 1:] / WEEK) * WEEK + WEEK / 2
        cases, counts = np.unique(told, axis=0, return_counts=True)
    return fit_bgnbd(cases[:, 0], np.where(cases[:, 0] > 0, cases[:, 1], 0.0), cases[:, 2], counts)


def _figures(pasts: _Pasts, chosen: NDArray[np.bool_], model: _Model, reader: Reader) -> dict[str, Figure]:
    values: dict[str, float | None] = dict.fromkeys(MODELLED)
    n, buying = int(chosen.sum()), model.buying
    if buying is not None and n:
        past = (pasts.repeats[chosen], pasts.recency[chosen], pasts.age[chosen])
        bought = buying.expected_next(YEAR, *past)
        values["alive_share"] = float(buying.alive(*past).mean())
        values["expected_purchases"] = float(bought.mean())
        if model.spending is not None:
            spend = model.spending.expected(pasts.repeats[chosen], np.maximum(pasts.spend[chosen], 0))
            values["expected_revenue"] = float((bought * spend).mean())
    reason = NoValue.EMPTY_DENOMINATOR if buying is not None and not n else model.reason
    return {key: _figure(key, value, n, reason, reader) for key, value in values.items()}


def _figure(key: str, value: float | None, n: int, reason: NoValue, reader: Reader) -> Figure:
    what = metric(key)
    zone = accountable(what, reader.company)
    return Figure(key, what.unit, value, n=n, zone=zone, reason=reason if value is None else None)


def _with(row: Row, figures: dict[str, Figure]) -> Row:
    return Row(row.keys, {**row.figures, **figures})
