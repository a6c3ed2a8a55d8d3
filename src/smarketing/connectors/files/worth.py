"""What are the sums of a file worth in the company's currency, where it has several?

Totals and findings are shown before anything is built, so they cannot ask the lake. A rate holds as there: of the
day of the money, each sum rounded to the kopeck.
"""

from __future__ import annotations

from decimal import Decimal

from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company
from smarketing.facts.query import literal
from smarketing.facts.tables import STORED, TABLES, Kind

_DATED_BY = {"leads": "created_at", "payments": "paid_at", "ad_spend": "day"}


def in_company_money(bench: Workbench, relation: str, table: str, company: Company) -> str:
    """The name of the same rows with all money in the company's currency; the rows themselves where it is.

    ``currency`` stays as it was told. Money without a day takes the newest rate.
    """
    if table not in _DATED_BY or not company.rates:
        return relation
    rate = _rate(company, _day(table, company))
    worth = ", ".join(
        f'CAST(ROUND(CAST("{money}" AS DECIMAL(28,4)) * {rate}, 2) AS {STORED[Kind.MONEY]}) AS "{money}"'
        for money in (column.name for column in TABLES[table].columns if column.kind is Kind.MONEY)
    )
    shown = f"worth_{bench.number()}"
    bench.run(f"CREATE TEMP VIEW {shown} AS SELECT * REPLACE ({worth}) FROM {relation}")
    return shown


def _day(table: str, company: Company) -> str:
    column = _DATED_BY[table]
    if TABLES[table].column(column).kind is Kind.DAY:
        return column
    return f"CAST(timezone({literal(company.zone)}, timezone('UTC', {column})) AS DATE)"


def _rate(company: Company, day: str) -> str:
    """SQL of units of the company's currency for one of the row's."""
    whens = []
    for currency, given in company.rates.items():
        if currency == company.currency:
            continue
        if isinstance(given, Decimal):
            rate = _exact(given)
        else:
            newest, *older = sorted(given, key=lambda entry: entry.since, reverse=True)
            steps = [f"WHEN {day} IS NULL OR {day} >= {literal(newest.since)} THEN {_exact(newest.rate)}"]
            steps += [f"WHEN {day} >= {literal(entry.since)} THEN {_exact(entry.rate)}" for entry in older]
            rate = f"CASE {' '.join(steps)} ELSE {_exact((older or [newest])[-1].rate)} END"
        whens.append(f"WHEN {literal(currency)} THEN {rate}")
    return f"CASE currency {' '.join(whens)} ELSE {_exact(Decimal(1))} END" if whens else _exact(Decimal(1))


def _exact(rate: Decimal) -> str:
    return f"CAST({literal(rate)} AS DECIMAL(18,6))"
