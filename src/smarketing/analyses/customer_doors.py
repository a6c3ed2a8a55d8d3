"""Which customers stand behind a figure of churn or of a cohort, by the conditions the figures count with?"""

from __future__ import annotations

from datetime import timedelta

from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.records import CUSTOMER_COLUMNS, Records, Side
from smarketing.analyses.silence import Silence, day_number, silence
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month, Period, local_day
from smarketing.facts.query import Reader, literal

_NO_DAYS = Text(
    "За всё время никто не уходит и не приходит: выберите период.",
    "Of all time nobody comes and goes: choose a period.",
)


def of_churn(
    reader: Reader, metric: str, question: Question, limit: int = 100, offset: int = 0, side: Side = "numerator"
) -> Records:
    """Who was a customer at the start or at the end of the question's days, who came, who left.

    Raises :class:`WrongQuestion` without a period: the state is read at its start and at its end.
    """
    period = _known(reader, question)
    usual = silence(reader)
    start, end = (_at(usual, day_number(day)) for day in (period.start, period.end))
    new = f"first_day >= {literal(period.start)}"
    behind = {
        "gone_customers": f"{start} AND NOT {end}",
        "arrived_customers": f"{end} AND {new}",
        "returned_customers": f"{end} AND NOT {start} AND NOT {new}",
        "customers_at_end": end,
    }
    key = "gone_customers" if metric == "customer_churn" and side == "numerator" else metric
    return _customers(reader, question, behind.get(key, start), limit, offset)


def of_cohort(
    reader: Reader, metric: str, question: Question, age: int | None, limit: int = 100, offset: int = 0,
    side: Side = "numerator",
) -> Records:  # fmt: skip
    """The customers whose first purchase lies in the question's days; with ``age`` those of one cell.

    ``age`` is in months since the month of the first purchase; the denominator of a cell is its whole cohort.
    """
    cohort = f"first_day IS NOT NULL AND {period_condition(question.period, 'first')}"
    cell = _cell(reader, metric, question, age) if side == "numerator" and age is not None else "TRUE"
    return _customers(reader, question, f"{cohort} AND {cell}", limit, offset)


def _cell(reader: Reader, metric: str, question: Question, age: int | None) -> str:
    if age is None or question.period is None:
        return "TRUE"
    bought = {
        "cohort_bought_share": f"is_purchase AND age_months = {literal(age)}",
        "cohort_repeat_share": f"purchase_number = 2 AND age_months <= {literal(age)}",
    }
    if metric in bought:
        return _among(bought[metric])
    if metric == "cohort_alive_share":
        tomorrow = local_day(reader.known_until, reader.company.tz) + timedelta(days=1)
        end = min(Month.of(question.period.start).shift(age).period.end, tomorrow)
        return _at(silence(reader), day_number(end))
    return "TRUE"


def _known(reader: Reader, question: Question) -> Period:
    """The days asked about as far as they are known."""
    if question.period is None:
        raise WrongQuestion("no-period", _NO_DAYS)
    tomorrow = local_day(reader.known_until, reader.company.tz) + timedelta(days=1)
    return Period(question.period.start, max(min(question.period.end, tomorrow), question.period.start))


def _at(usual: Silence, number: int) -> str:
    return _among(usual.alive_at(number))


def _among(condition: str) -> str:
    return f"customer IN (SELECT customer FROM customer_receipts WHERE {condition})"


def _customers(reader: Reader, question: Question, behind: str, limit: int, offset: int) -> Records:
    where = f"is_identified AND {behind} AND {filter_condition(question.where)}"
    counting = f"SELECT COUNT(*) AS records FROM customers WHERE {where}"
    page = (
        f"SELECT {', '.join(CUSTOMER_COLUMNS)}\nFROM customers\nWHERE {where}\n"
        f"ORDER BY last_day DESC NULLS LAST, customer LIMIT {literal(limit)} OFFSET {literal(offset)}"
    )
    found = reader.query(page).to_pylist()
    (count,) = reader.query(counting).to_pylist()
    rows = tuple(tuple(row[name] for name in CUSTOMER_COLUMNS) for row in found)
    return Records("customers", CUSTOMER_COLUMNS, rows, int(count["records"]), (page, counting))
