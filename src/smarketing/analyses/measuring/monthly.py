"""What do the tables kept by month, costs and plans, come to for the days that are asked?

Costs of a part of a month are its part of them by days. A plan is the plan of the whole months that the days
touch: what is left of it is asked while the month runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from smarketing.analyses.measuring.asking import Key
from smarketing.analyses.question import EMPTY, Question
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text
from smarketing.facts.money import to_kopecks
from smarketing.facts.period import Month, Period
from smarketing.facts.query import Reader, literal

# The departments whose payroll and tools win customers, as people write them.
DEPARTMENTS = ("marketing", "sales", "маркетинг", "продажи", "отдел маркетинга", "отдел продаж")
_LEVELS = ("segment", "lead_source")


def monthly_sums(reader: Reader, question: Question, table: str) -> tuple[dict[Key, Decimal], Decimal, str]:
    """Sums by key, their total, and the question asked, for ``costs`` or ``plans`` (revenue)."""
    if table == "costs":
        asked = _costs_question(question)
        rows = _cost_rows(reader.query(asked).to_pylist(), question.period, reader.company)
    else:
        asked = _plans_question(question)
        rows = _plan_rows(reader.query(asked).to_pylist(), question)
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[tuple(row[dimension] for dimension in question.by)] += row["value"]
    return dict(sums), sum(sums.values(), Decimal()), asked


def _costs_question(question: Question) -> str:
    listed = ", ".join(literal(department) for department in DEPARTMENTS)
    return (
        "SELECT month, currency, SUM(amount) AS amount\nFROM costs\n"
        f"WHERE LOWER(TRIM(department)) IN ({listed}) AND {_months(question.period)}\n"
        "GROUP BY month, currency\nORDER BY month, currency NULLS LAST"
    )


def _plans_question(question: Question) -> str:
    return (
        "SELECT month, segment, lead_source, SUM(value) AS value\nFROM plans\n"
        f"WHERE metric = 'revenue' AND {_months(question.period)}\n"
        "GROUP BY month, segment, lead_source\n"
        "ORDER BY month, segment NULLS LAST, lead_source NULLS LAST"
    )


def _months(period: Period | None) -> str:
    if period is None:
        return "TRUE"
    months = period.months
    return f"month >= {literal(months[0].number)} AND month <= {literal(months[-1].number)}"


def _cost_rows(
    rows: Iterable[Mapping[str, Any]], period: Period | None, company: Company
) -> Iterable[Mapping[str, Any]]:
    for row in rows:
        month = Month.from_number(row["month"])
        amount = row["amount"] * _rate(row["currency"], month, company)
        yield {"month": row["month"], "value": to_kopecks(amount * _part(month, period))}


def _part(month: Month, period: Period | None) -> Decimal:
    if period is None:
        return Decimal(1)
    days = (min(period.end, month.period.end) - max(period.start, month.first)).days
    return Decimal(days) / month.days


def _rate(currency: str | None, month: Month, company: Company) -> Decimal:
    """The rate of the first day of the month: costs of a month have no day of their own."""
    rate = company.rate(currency, month.first)
    if rate is None:
        raise WrongSetting(
            "no-rate",
            Text(
                f"Затраты в {currency}, а курса нет: добавьте его в раздел [rates].",
                f"Costs in {currency} but no rate: add it to [rates].",
            ),
        )
    return rate


def _plan_rows(rows: Sequence[Mapping[str, Any]], question: Question) -> Iterable[Mapping[str, Any]]:
    """Of every month the rows of one level, the coarsest that knows what is asked: no plan is counted twice."""
    asked = {level for level in _LEVELS if level in question.by or question.where.get(level)}
    for month in dict.fromkeys(row["month"] for row in rows):
        of_month = _by_segment([row for row in rows if row["month"] == month], asked)
        level = min((_given(row) for row in of_month if asked <= set(_given(row))), key=_coarseness, default=None)
        yield from (row for row in of_month if _given(row) == level and _within(row, question))


def _by_segment(rows: Sequence[Mapping[str, Any]], asked: set[str]) -> list[Mapping[str, Any]]:
    """Where nobody asks for sources, a segment that was planned by source alone is the sum of its sources."""
    if "lead_source" in asked:
        return list(rows)
    whole = {row["segment"] for row in rows if row["lead_source"] is None}
    told = [row for row in rows if row["lead_source"] is None or row["segment"] not in {*whole} - {None}]
    return [{**row, "lead_source": None} if row["segment"] is not None else row for row in told]


def _given(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(level for level in _LEVELS if row[level] is not None)


def _coarseness(level: tuple[str, ...]) -> tuple[int, tuple[int, ...]]:
    return len(level), tuple(_LEVELS.index(name) for name in level)


def _within(row: Mapping[str, Any], question: Question) -> bool:
    return all((row[level] or EMPTY) in question.where[level] for level in _LEVELS if question.where.get(level))
