"""What does marketing report, by which report and how finely, and what does the CRM hold in the same places?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from smarketing.analyses.question import period_condition
from smarketing.analyses.reconciliation.causes import DELAY_DAYS
from smarketing.analyses.reconciliation.places import Count, Place, Report
from smarketing.facts.period import Month, Period, local_day
from smarketing.facts.query import Reader, literal

BORDER_HOURS = 3
REPORTED_METRICS = ("leads", "reported_leads")

_CRM = """SELECT created_day AS day, lead_source, campaign,
 COUNT(*) FILTER (WHERE is_counted) AS counted,
 COUNT(*) FILTER (WHERE NOT is_test AND is_duplicate AND NOT is_repeat) AS duplicates,
 COUNT(*) FILTER (WHERE NOT is_test AND is_duplicate AND is_repeat) AS existing_clients,
 COUNT(*) FILTER (WHERE is_test) AS tests,
 COUNT(*) FILTER (WHERE is_counted AND created_hour < {border}) AS early,
 COUNT(*) FILTER (WHERE is_counted AND created_hour >= {night}) AS late
FROM journeys WHERE {where}
GROUP BY created_day, lead_source, campaign
ORDER BY created_day, lead_source NULLS LAST, campaign NULLS LAST"""
_ACCOUNT = """SELECT day, lead_source, campaign, SUM(reported_leads) AS leads
FROM spend WHERE reported_leads IS NOT NULL AND {where}
GROUP BY day, lead_source, campaign
ORDER BY day, lead_source NULLS LAST, campaign NULLS LAST"""
_TYPED = """SELECT day, month, lead_source, campaign, SUM(value) AS leads
FROM reported WHERE metric IN ({metrics})
GROUP BY day, month, lead_source, campaign
ORDER BY day NULLS LAST, month NULLS LAST, lead_source NULLS LAST, campaign NULLS LAST"""


@dataclass(frozen=True)
class Grain:
    """How finely a source is reported."""

    by_day: bool
    by_campaign: bool


@dataclass(frozen=True, eq=False)
class Gathered:
    """One report of some sources. A source None stands for the whole company: a figure typed for all at once."""

    report: Report
    leads: Mapping[Place, int]
    grains: Mapping[str | None, Grain]
    cut_months: tuple[int, ...] = ()  # typed months of which the period holds only a part


@dataclass
class Asked:
    """The reader, and every question it was asked on the way."""

    reader: Reader
    questions: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The last day the facts know of."""
        return local_day(self.reader.known_until, self.reader.company.tz)

    def rows(self, question: str) -> list[dict[str, Any]]:
        self.questions.append(question)
        found: list[dict[str, Any]] = self.reader.query(question).to_pylist()
        return found


def of_account(asked: Asked, period: Period | None) -> Gathered:
    """Leads as the ad accounts count them."""
    rows = asked.rows(_ACCOUNT.format(where=period_condition(widened(period), "")))
    leads = {_place(row["day"], row["lead_source"], row["campaign"]): int(row["leads"]) for row in rows}
    grains: dict[str | None, Grain] = {row["lead_source"]: Grain(True, True) for row in rows}
    return Gathered(Report.ACCOUNT, leads, grains)


def of_typed(asked: Asked, period: Period | None) -> Gathered:
    """Figures that marketing wrote into its report, by day or by month, by campaign or not."""
    rows = asked.rows(_TYPED.format(metrics=", ".join(map(literal, REPORTED_METRICS))))
    known = [row for row in rows if row["lead_source"] is not None]
    grains, leads, cut = _grains(known or rows), defaultdict[Place, int](int), set[int]()
    for row in known or rows:
        place = _typed_place(row, grains[row["lead_source"]])
        if _lies_in(place, period, asked.today):
            leads[place] += int(row["leads"])
        elif place.day is None and _touches(place.month, period):
            cut.add(place.month)
    used = {place.lead_source for place in leads}
    return Gathered(
        Report.TYPED, leads, {key: grain for key, grain in grains.items() if key in used}, tuple(sorted(cut))
    )  # fmt: skip


def of_crm(asked: Asked, period: Period | None) -> dict[Place, Count]:
    """Every lead the CRM holds, by day, source and campaign, those that figures do not count among them."""
    where = period_condition(widened(period), "created")
    rows = asked.rows(_CRM.format(where=where, border=BORDER_HOURS, night=24 - BORDER_HOURS))
    kinds = ("counted", "duplicates", "existing_clients", "tests", "early", "late")
    return {
        _place(row["day"], row["lead_source"], row["campaign"]): Count(*(int(row[kind]) for kind in kinds))
        for row in rows
    }


def as_reported(crm: Mapping[Place, Count], grains: Mapping[str | None, Grain]) -> dict[Place, Count]:
    """The CRM's leads in the places in which the report counts them; sources that nobody reports are left out."""
    found: dict[Place, Count] = {}
    for place, count in crm.items():
        if place.lead_source in grains:
            key = _coarse(place, place.lead_source, grains[place.lead_source])
        elif None in grains:
            key = _coarse(place, None, grains[None])
        else:
            continue
        found[key] = found.get(key, Count()) + count
    return found


def widened(period: Period | None) -> Period | None:
    """The period with the days on both sides to which a lead may have slipped."""
    days = timedelta(days=DELAY_DAYS)
    return None if period is None else Period(period.start - days, period.end + days)


def _place(day: date, lead_source: str | None, campaign: str | None) -> Place:
    return Place(day.year * 100 + day.month, day, lead_source, campaign)


def _coarse(place: Place, lead_source: str | None, grain: Grain) -> Place:
    return Place(
        place.month,
        place.day if grain.by_day else None,
        lead_source,
        place.campaign if grain.by_campaign else None,
    )


def _grains(rows: Iterable[Mapping[str, Any]]) -> dict[str | None, Grain]:
    """A source that is ever reported by month or without campaigns is compared so throughout."""
    of_source: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        of_source[row["lead_source"]].append(row)
    return {
        lead_source: Grain(
            all(row["day"] is not None for row in found), all(row["campaign"] is not None for row in found)
        )
        for lead_source, found in of_source.items()
    }


def _typed_place(row: Mapping[str, Any], grain: Grain) -> Place:
    day: date | None = row["day"]
    month = day.year * 100 + day.month if day is not None else int(row["month"])
    campaign = row["campaign"] if grain.by_campaign else None
    return Place(month, day if grain.by_day else None, row["lead_source"], campaign)


def _lies_in(place: Place, period: Period | None, today: date) -> bool:
    wide = widened(period)
    if place.day is None:
        return holds_month(period, place.month, today)
    return wide is None or wide.start <= place.day < wide.end


def holds_month(period: Period | None, month: int, today: date) -> bool:
    """Whether the period holds the month, or all of it that has passed."""
    if period is None:
        return True
    days = Month.from_number(month).period
    return period.start <= days.start and min(days.end, today + timedelta(days=1)) <= period.end


def _touches(month: int, period: Period | None) -> bool:
    days = Month.from_number(month).period
    return period is not None and days.start < period.end and period.start < days.end


def chosen(found: Sequence[Gathered], report: Report | None) -> dict[str | None, Gathered]:
    """Source → the report it is compared by: the one asked for, else the first that knows the source.

    A typed figure for the whole company is taken only where no source has a report of its own.
    """
    asked = [one for one in found if report in (None, one.report)]
    by_source: dict[str | None, Gathered] = {}
    for one in asked:
        for lead_source in one.grains:
            by_source.setdefault(lead_source, one)
    if len(by_source) > 1:
        by_source.pop(None, None)
    return by_source


@dataclass(frozen=True)
class Coverage:
    """Of which days and months does each source's report speak?"""

    days: Mapping[str | None, tuple[date, date]]
    months: Mapping[str | None, frozenset[int]]

    def holds(self, place: Place) -> bool:
        """Between the first and the last day that the report knows; by months, those it knows."""
        if place.day is None:
            return place.month in self.months.get(place.lead_source, frozenset())
        first, last = self.days.get(place.lead_source, (date.max, date.min))
        return first <= place.day <= last


def covered(by_source: Mapping[str | None, Gathered]) -> Coverage:
    """The days and months of the report that each source is compared by."""
    days: dict[str | None, set[date]] = defaultdict(set)
    months: dict[str | None, set[int]] = defaultdict(set)
    for one in set(by_source.values()):
        for place in one.leads:
            if by_source.get(place.lead_source) is one:
                months[place.lead_source].add(place.month)
                days[place.lead_source] |= {place.day} if place.day else set()
    return Coverage(
        {source: (min(found), max(found)) for source, found in days.items() if found},
        {source: frozenset(found) for source, found in months.items()},
    )
