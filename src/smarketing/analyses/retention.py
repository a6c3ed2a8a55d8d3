"""Of those who first bought in a month, who bought again, who stayed, and what have they brought by now?

Cohorts by month of the first purchase × months since. A cell whose month is not over, or in which the usual
silence has not had time to pass for anybody, says so: a young cohort is no fall.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from smarketing.analyses.question import Question, check_dimensions, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import share
from smarketing.analyses.silence import Silence, day_number, silence
from smarketing.facts.journeys import LEAD_DIMENSIONS
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period, local_day
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Row

BY = ("month", "age")
COLUMNS = (
    "cohort_customers",
    "cohort_bought_share",
    "cohort_repeat_share",
    "cohort_alive_share",
    "cohort_revenue_retention",
    "cohort_revenue",
    "cohort_margin",
)
_YOUNG = Text(
    "Клеток с незаконченным месяцем: {count}. Они ещё дорастут.",
    "Cells whose month is not over: {count}. They will still grow.",
)
_UNKNOWN = Text(
    "Без номера клиента {count} покупателей из {all}: их повторные покупки не видны, в когортах их нет.",
    "{count} of {all} customers have no client's number: their repeats cannot be seen, they are in no cohort.",
)
_UNDATED = Text(
    "Покупателей, у которых день первой покупки неизвестен: {count}. Когорты у них нет.",
    "Customers whose first day of purchase is not known: {count}. They have no cohort.",
)
_NO_COST = Note("no-cost", Text("Себестоимость не загружена.", "Cost of goods is not loaded."))


@dataclass
class _Cell:
    """What one cohort did in one month of its life."""

    bought: int = 0
    second: int = 0
    revenue: Decimal = Decimal()
    cost: Decimal = Decimal()
    alive: int = 0
    judged: int = 0  # of the cohort, who could have been silent for longer than is usual by then


@dataclass(frozen=True)
class _Cohort:
    month: Month
    customers: int
    cells: tuple[_Cell, ...]


def retention(reader: Reader, question: Question) -> Measurement:
    """Cohorts × months of life; the period says which cohorts, filters which customers.

    The total is of all cohorts shown, as of now. Raises :class:`WrongQuestion` for a split of another kind.
    """
    check_dimensions(tuple(one for one in question.by if one not in BY), ())
    check_dimensions(tuple(question.where), LEAD_DIMENSIONS)
    table = _Table(reader, replace(question, clock=Clock.PERIOD, by=BY))
    cohorts = table.cohorts()
    rows = [row for cohort in cohorts for row in table.rows(cohort)]
    return Measurement(
        "retention",
        table.question,
        reader.version,
        reader.known_until,
        reader.company.currency,
        BY,
        COLUMNS,
        tuple(rows),
        table.total(cohorts),
        tuple(table.notes(cohorts)),
        tuple(table.asked),
    )


class _Table:
    """One question on its way to rows."""

    def __init__(self, reader: Reader, question: Question) -> None:
        self.reader, self.question, self.company = reader, question, reader.company
        self.today = local_day(reader.known_until, reader.company.tz)
        self.silence: Silence = silence(reader)
        self.asked = list(self.silence.asked)
        self.costed = False

    def cohorts(self) -> list[_Cohort]:
        """Every cohort of the period with its months of life so far, oldest first."""
        sizes = {row["first_month"]: row["customers"] for row in self._ask(self._sizes())}
        cells = {number: [_Cell() for _ in self._ages(number)] for number in sizes}
        for row in self._ask(self._money()):
            self._pay(cells.get(row["first_month"], []), row)
        if sizes:
            self._stand(cells, self._ask(self._standing(sizes)))
        return [
            _Cohort(Month.from_number(number), sizes[number], tuple(cells[number])) for number in sorted(sizes)
        ]

    def rows(self, cohort: _Cohort) -> Iterator[Row]:
        second, revenue, cost = 0, Decimal(), Decimal()
        for age, cell in enumerate(cohort.cells):
            second, revenue, cost = second + cell.second, revenue + cell.revenue, cost + cell.cost
            ripe = self._passed(cohort.month.shift(age))
            figures = {
                "cohort_customers": self._number("cohort_customers", cohort.customers),
                "cohort_bought_share": self._share("cohort_bought_share", cell.bought, cohort.customers, ripe),
                "cohort_repeat_share": self._share("cohort_repeat_share", second, cohort.customers, ripe),
                "cohort_alive_share": self._alive(cell, cohort.customers, ripe),
                "cohort_revenue_retention": self._ratio(
                    "cohort_revenue_retention", cell.revenue, cohort.cells[0].revenue, ripe
                ),
                "cohort_revenue": self._ratio("cohort_revenue", revenue, cohort.customers, ripe),
                "cohort_margin": self._margin(revenue - cost, cohort.customers, ripe),
            }
            yield Row((cohort.month.number, age), figures)

    def total(self, cohorts: list[_Cohort]) -> Row:
        """All customers of these cohorts as of now; what hangs on an age has no total."""
        number = sum(cohort.customers for cohort in cohorts)
        cells = [cell for cohort in cohorts for cell in cohort.cells]
        now = [cohort.cells[-1] for cohort in cohorts if cohort.cells]
        revenue = sum((cell.revenue for cell in cells), Decimal())
        cost = sum((cell.cost for cell in cells), Decimal())
        alive = _Cell(alive=sum(cell.alive for cell in now), judged=sum(cell.judged for cell in now))
        figures = {
            "cohort_customers": self._number("cohort_customers", number),
            "cohort_bought_share": self._none("cohort_bought_share", NoValue.CANNOT_SPLIT),
            "cohort_repeat_share": self._share(
                "cohort_repeat_share", sum(cell.second for cell in cells), number, None
            ),
            "cohort_alive_share": self._alive(alive, number, None),
            "cohort_revenue_retention": self._none("cohort_revenue_retention", NoValue.CANNOT_SPLIT),
            "cohort_revenue": self._ratio("cohort_revenue", revenue, number, None),
            "cohort_margin": self._margin(revenue - cost, number, None),
        }
        return Row((), figures)

    def notes(self, cohorts: list[_Cohort]) -> Iterator[Note]:
        yield from self.silence.notes(self.company)
        running = sum(
            1 for cohort in cohorts for age in range(len(cohort.cells)) if self._passed(cohort.month.shift(age))
        )
        if running:
            yield Note("young-cohort", _YOUNG.fill(count=running))
        if cohorts and not self.costed:
            yield _NO_COST
        (row,) = self._ask(self._outside())
        if row["unknown"]:
            yield Note("unknown-customers", _UNKNOWN.fill(count=row["unknown"], all=row["customers"]))
        if row["undated"]:
            yield Note("undated-customers", _UNDATED.fill(count=row["undated"]))

    def _ages(self, first_month: int) -> range:
        now, first = Month.of(self.today), Month.from_number(first_month)
        return range(max((now.year - first.year) * 12 + now.month - first.month + 1, 0))

    def _passed(self, month: Month) -> float | None:
        """Which share of a month is known; None: all of it."""
        if self.today + timedelta(days=1) >= month.period.end:
            return None
        return ((self.today - month.first).days + 1) / month.days

    def _pay(self, cells: list[_Cell], row: Mapping[str, Any]) -> None:
        if row["age_months"] is None or row["age_months"] >= len(cells):
            return  # a day nobody knows, or one ahead of what is known
        cell = cells[row["age_months"]]
        cell.bought, cell.second = row["bought"], row["second"]
        cell.revenue, cell.cost = row["revenue"] or Decimal(), row["cost"] or Decimal()
        self.costed = self.costed or bool(cell.cost)

    def _stand(self, cells: Mapping[int, list[_Cell]], rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for age, cell in enumerate(cells[row["first_month"]]):
                month = Month.from_number(row["first_month"]).shift(age).number
                cell.alive, cell.judged = row[f"alive_{month}"], row[f"judged_{month}"]

    def _sizes(self) -> str:
        return (
            f"SELECT first_month, COUNT(*) AS customers FROM customers\nWHERE {self._shown()}\n"
            "GROUP BY first_month ORDER BY first_month"
        )

    def _money(self) -> str:
        return (
            "SELECT first_month, age_months, SUM(amount) AS revenue, SUM(cost) AS cost,\n"
            "  COUNT(DISTINCT customer) FILTER (WHERE is_purchase) AS bought,\n"
            "  COUNT(*) FILTER (WHERE purchase_number = 2) AS second\n"
            f"FROM customer_receipts\nWHERE {self._shown()}\n"
            "GROUP BY first_month, age_months ORDER BY first_month, age_months NULLS LAST"
        )

    def _standing(self, sizes: Mapping[int, int]) -> str:
        """Who is a customer at the end of every month, and who could have left by then, by cohort."""
        months = Period(Month.from_number(min(sizes)).first, self.today + timedelta(days=1)).months
        columns = []
        for month in months:
            end = day_number(min(month.period.end, self.today + timedelta(days=1)))
            could = f"purchase_number = 1 AND {self.silence.lost_no('day_no')} < {end}"
            columns.append(f"  COUNT(*) FILTER (WHERE {self.silence.alive_at(end)}) AS alive_{month.number}")
            columns.append(f"  COUNT(*) FILTER (WHERE {could}) AS judged_{month.number}")
        listed = ",\n".join(columns)
        return (
            f"SELECT first_month,\n{listed}\nFROM customer_receipts\nWHERE {self._shown()}\n"
            "GROUP BY first_month ORDER BY first_month"
        )

    def _outside(self) -> str:
        return (
            "SELECT COUNT(*) AS customers, COUNT(*) FILTER (WHERE NOT is_identified) AS unknown,\n"
            "  COUNT(*) FILTER (WHERE is_identified AND first_day IS NULL) AS undated\n"
            f"FROM customers WHERE {filter_condition(self.question.where)}"
        )

    def _shown(self) -> str:
        period = period_condition(self.question.period, "first")
        return f"is_identified AND first_day IS NOT NULL AND {period} AND {filter_condition(self.question.where)}"

    def _number(self, key: str, value: int) -> Figure:
        what = metric(key)
        return Figure(key, what.unit, value, value, zone=accountable(what, self.company))

    def _share(self, key: str, k: int, n: int, ripe: float | None) -> Figure:
        return share(key, k, n, accountable(metric(key), self.company), ripe=ripe)

    def _alive(self, cell: _Cell, customers: int, ripe: float | None) -> Figure:
        key = "cohort_alive_share"
        if not self.silence.can_judge:
            return self._none(key, NoValue.TOO_FEW)
        if not cell.judged:
            return self._none(key, NoValue.NOT_RIPE if customers else NoValue.EMPTY_DENOMINATOR)
        young = cell.judged < customers or ripe is not None
        return self._share(key, cell.alive, customers, cell.judged / customers if young else None)

    def _ratio(self, key: str, top: Decimal, bottom: Decimal | int, ripe: float | None) -> Figure:
        what = metric(key)
        zone = accountable(what, self.company)
        if bottom <= 0:
            return Figure(
                key, what.unit, None, top, bottom, zone=zone, ripe=ripe, reason=NoValue.EMPTY_DENOMINATOR
            )
        n = bottom if isinstance(bottom, int) else None
        return Figure(key, what.unit, top / bottom, top, bottom, n=n, zone=zone, ripe=ripe)

    def _margin(self, margin: Decimal, customers: int, ripe: float | None) -> Figure:
        if not self.costed:
            return self._none("cohort_margin", NoValue.NOT_LOADED)
        return self._ratio("cohort_margin", margin, customers, ripe)

    def _none(self, key: str, reason: NoValue) -> Figure:
        what = metric(key)
        return Figure(key, what.unit, None, zone=accountable(what, self.company), reason=reason)

    def _ask(self, question: str) -> list[dict[str, Any]]:
        self.asked.append(question)
        found: list[dict[str, Any]] = self.reader.query(question).to_pylist()
        return found
