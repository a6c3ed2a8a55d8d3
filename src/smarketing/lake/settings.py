"""What of the company's settings does the builder need, as tables that SQL can join?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from smarketing.facts.company import Company, Milestone
from smarketing.facts.criteria import TargetVerdict
from smarketing.facts.errors import WrongInput, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.query import literal
from smarketing.lake.counted import NAMES, names
from smarketing.lake.engine import Engine

AFTER_ALL = 32_000  # the place of a milestone that no stage stands for: after every path
_BEGINNING, _LAST_DAY, _END = date(1, 1, 1), date(9998, 12, 31), date(9999, 12, 31)
# The tables that hold money in a currency of their own, and its column.
MONEY: Mapping[str, str] = {"leads": "amount", "payments": "amount", "ad_spend": "cost"}
_LATER = {
    Milestone.ACCEPTED: (Milestone.ACCEPTED, Milestone.DEAL, Milestone.WON),
    Milestone.DEAL: (Milestone.DEAL, Milestone.WON),
    Milestone.WON: (Milestone.WON,),
}


def put_settings(engine: Engine, company: Company) -> None:
    """Make the tables of stages, source groups, campaign names, sellers' verdicts and rates."""
    engine.fill(
        "stage_places",
        {"stage": "VARCHAR", "place": "SMALLINT", "spot": "SMALLINT"},
        [
            (stage, spot if spot <= len(company.path) else None, spot)
            for spot, stage in enumerate(spots(company), start=1)
        ],
    )
    engine.fill(
        "source_groups",
        {"lead_source": "VARCHAR", "source_group": "VARCHAR"},
        _groups(company).items(),
    )
    engine.fill("campaign_names", NAMES["campaign_names"], names(company, ())["campaign_names"])
    engine.fill(
        "seller_verdicts",
        {"seller_quality": "VARCHAR", "seller_verdict": "VARCHAR"},
        [
            (opinion, verdict.value)
            for opinion, verdict in company.seller_quality.items()
            if verdict is not TargetVerdict.UNKNOWN
        ],
    )
    engine.fill(
        "rates",
        {"currency": "VARCHAR", "since": "DATE", "till": "DATE", "rate": "DECIMAL(18,6)"},
        [*_rates(company)],
    )


def put_calendar(engine: Engine, company: Company) -> None:
    """Make the table of working days, which only journeys need."""
    engine.fill(
        "calendar",
        {"local_day": "DATE", "opens": "INTEGER", "closes": "INTEGER", "worked_before": "BIGINT"},
        [(day.day, day.opens, day.closes, day.before) for day in company.calendar.days()],
    )


def spots(company: Company) -> list[str]:
    """Keys of all stages in the order of their numbers from 1: the path, then the lost stages by name."""
    path = [stage.key for stage in company.path]
    return [*path, *sorted(stage.key for stage in company.stages if stage.key not in path)]


def milestone_place(company: Company, milestone: Milestone) -> str:
    """SQL for the place at which a milestone is reached.

    A company that named no stage for it reaches it with the next later one it named: a deal was accepted.
    """
    places = (company.order(later) for later in _LATER[milestone])
    found = next((place for place in places if place is not None), AFTER_ALL)
    return str(found)


def local(moment: str, company: Company) -> str:
    """SQL for a stored moment (UTC) on the wall clock of the company."""
    return f"(({moment} AT TIME ZONE 'UTC') AT TIME ZONE {literal(company.zone)})"


def month_of(day: str) -> str:
    return f"(YEAR({day}) * 100 + MONTH({day}))"


def week_of(day: str) -> str:
    return f"CAST(DATE_TRUNC('week', {day}) AS DATE)"


def in_company_money(amount: str, rate: str = "r.rate") -> str:
    """SQL for an amount in the company's currency, rounded half away from zero to the kopeck."""
    return f"CAST(ROUND(CAST({amount} AS DECIMAL(28,4)) * {rate}, 2) AS DECIMAL(18,2))"


def rate_on(currency: str, day: str) -> str:
    """SQL for joining ``rates`` (r): the rate of a currency on a day; money without a day takes the newest."""
    known = f"COALESCE({day}, {literal(_LAST_DAY)})"
    return f"r.currency = {currency} AND r.since <= {known} AND {known} < r.till"


def typed(expressions: Mapping[str, str], columns: Mapping[str, str]) -> str:
    """The SELECT list that makes exactly these columns, in their order and types."""
    return ", ".join(f'CAST({expressions[column]} AS {kind}) AS "{column}"' for column, kind in columns.items())


def check_currencies(engine: Engine, company: Company, table: str, money: str) -> None:
    """Raise :class:`WrongInput` for money of table ``new_<table>`` whose rate the settings do not give."""
    unknown = engine.rows(
        f"SELECT DISTINCT currency FROM {table} WHERE currency IS NOT NULL AND {money} IS NOT NULL "
        "AND currency NOT IN (SELECT currency FROM rates) ORDER BY 1"
    )
    if unknown:
        raise no_rate([row[0] for row in unknown], company)


def no_rate(currencies: Sequence[str], company: Company) -> WrongInput:
    named = ", ".join(currencies)
    return WrongInput(
        "no-rate",
        Text(
            f"Деньги в валюте {named}: укажите её курс к {company.currency} в разделе [rates].",
            f"Money in {named}: give its rate to {company.currency} in [rates].",
        ),
    )


def check_stages(engine: Engine, company: Company, table: str) -> None:
    """Raise :class:`WrongInput` for the first stage that the company does not have."""
    unknown = engine.rows(
        f"SELECT stage, COUNT(*) FROM {table} WHERE stage NOT IN (SELECT stage FROM stage_places) "
        "GROUP BY stage ORDER BY stage"
    )
    if unknown:
        stage, rows = unknown[0]
        hint = did_you_mean(stage, [known.key for known in company.stages])
        raise WrongInput(
            "unknown-stage",
            Text(
                f"Стадии «{stage}» нет в настройках компании (переходов: {rows}). {hint.ru}",
                f"The company has no stage “{stage}” (moves: {rows}). {hint.en}",
            ),
        )


def _groups(company: Company) -> Mapping[str, str]:
    groups: dict[str, str] = {}
    for group in company.source_groups:
        for lead_source in group.sources:
            groups.setdefault(lead_source, group.key)
    return groups


def _rates(company: Company) -> Iterator[tuple[str, date, date, Decimal]]:
    """Every rate with the days on which it holds; the first one also holds before its own day."""
    yield company.currency, _BEGINNING, _END, Decimal(1)
    for currency, given in company.rates.items():
        if currency == company.currency:
            continue
        if isinstance(given, Decimal):
            yield currency, _BEGINNING, _END, given
            continue
        ordered = sorted(given, key=lambda entry: entry.since)
        starts = [_BEGINNING, *(entry.since for entry in ordered[1:])]
        for entry, since, till in zip(ordered, starts, [*starts[1:], _END], strict=True):
            yield currency, since, till, entry.rate
