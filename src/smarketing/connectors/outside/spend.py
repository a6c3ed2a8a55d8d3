"""What did an ad account spend, day by day, and which days must be read again because accounts correct the past?

The last three days are read again each time and the last thirty-five once a week; a day comes whole, in the place
of what was known of it. Today is not read: its figures are still growing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, field_validator

from smarketing.connectors.outside.kinds import FormField
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.rows import fact_tables
from smarketing.connectors.outside.streams import Cursor, Record, Refused, Since, Stream
from smarketing.facts.channels import clean_campaign
from smarketing.facts.company import Company
from smarketing.facts.language import Text

STREAM = Stream("spend", Text("расход по дням", "spend by day"))
MOSCOW = ZoneInfo("Europe/Moscow")  # the day of Yandex's and VK's accounts
_DAILY, _WEEKLY, _BACK = 3, 35, 550
_KOPECK = Decimal("0.01")


class SpendOptions(BaseModel):
    """How the spend of an account enters the facts.

    ``lead_source``: under which source its leads stand. ``account``: its name where a source has several.
    ``campaign_by``: whether tags carry the campaign's name or its number. ``first_day``: from when to read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lead_source: str
    account: str | None = None
    campaign_by: str = "name"
    currency: str | None = None
    cost_includes_vat: bool = True
    first_day: date | None = None

    @field_validator("campaign_by")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ("name", "id"):
            raise ValueError("name or id")
        return value


ACCOUNT_FIELDS = (
    FormField(
        "account",
        Text("Имя кабинета", "Name of the account"),
        Text("Нужно, если у источника несколько кабинетов.", "Needed where one source has several accounts."),
        required=False,
    ),
    FormField(
        "campaign_by",
        Text("Что стоит в utm_campaign", "What utm_campaign carries"),
        required=False,
        choices={
            "name": Text("название кампании", "the campaign's name"),
            "id": Text("номер кампании", "the campaign's number"),
        },
    ),
)


class SpendAccount:
    """What is alike in all ad accounts: one stream of days, and facts made of the days that changed."""

    options: SpendOptions

    @property
    def streams(self) -> Sequence[Stream]:
        return (STREAM,)

    def keys(self, stream: str) -> Iterator[Sequence[str]]:  # noqa: ARG002 the protocol's
        """Days come whole, so nothing is left to be found."""
        yield from ()

    def settings(self, mirror: Mirror, company: Company) -> Mapping[str, object]:  # noqa: ARG002 the protocol's
        """An ad account knows nothing of stages."""
        return {}

    def facts(
        self,
        mirror: Mirror,
        company: Company,
        *,
        after: int,
        upto: int,
        now: datetime,  # noqa: ARG002 the protocol's
    ) -> Iterator[Mapping[str, pa.Table]]:
        return facts(mirror, company, self.options, after=after, upto=upto)


@dataclass(frozen=True)
class Span:
    """Days to read at once, both ends among them, and the place after them."""

    first: date
    last: date
    cursor: Cursor

    @property
    def days(self) -> list[str]:
        count = (self.last - self.first).days + 1
        return [(self.first + timedelta(days=step)).isoformat() for step in range(count)]


def spans(
    cursor: Cursor | None, now: datetime, *, first: date | None, since: Since | None, longest: int = 31
) -> Iterator[Span]:
    """The days to read now, oldest first."""
    last = now.astimezone(MOSCOW).date() - timedelta(days=1)
    until = _day(cursor, "until")
    settled = _day(cursor, "settled")
    weekly = until is not None and (settled is None or (last - settled).days >= 7)
    start = _start(until, last, first, since, weekly=weekly)
    while start <= last:
        end = min(start + timedelta(days=longest - 1), last)
        reached = end if until is None else max(end, until)
        done = last if end == last and (weekly or until is None or since) else settled
        yield Span(start, end, {"until": reached.isoformat(), "settled": done.isoformat() if done else None})
        start = end + timedelta(days=1)


def taken(rows: Iterable[Mapping[str, Any]]) -> tuple[list[Record], list[Refused]]:
    """Rows of ``day``, ``campaign_id``, ``campaign``, ``cost``, ``impressions``, ``clicks``, ``leads``."""
    records, refused = [], []
    for row in rows:
        key = f"{row.get('day')}/{row.get('campaign_id')}"
        wrong = _wrong(row)
        if wrong is None:
            records.append(Record(key, row, slice=str(row["day"])))
        else:
            refused.append(Refused(key, row, *wrong))
    return records, refused


def facts(
    mirror: Mirror, company: Company, options: SpendOptions, *, after: int, upto: int
) -> Iterator[Mapping[str, pa.Table]]:
    """Spend of every day that changed. A day that lost all its rows is told as a day without spend."""
    days = mirror.changed_slices(STREAM.name, after, upto)
    for start in range(0, len(days), 100):
        part = days[start : start + 100]
        rows = [
            _fact(record.body, company, options)
            for record in mirror.in_slices(STREAM.name, part)
            if record.gone_at is None
        ]
        filled = {row["day"].isoformat() for row in rows}
        empty = [_nothing(date.fromisoformat(day), company, options) for day in part if day not in filled]
        yield fact_tables({"ad_spend": [*rows, *empty]})


def without_vat(cost: Decimal, day: date, company: Company) -> Decimal | None:
    """The VAT inside a gross cost; None where the company's settings say nothing of VAT."""
    rate = company.vat_rate(day)
    return None if rate is None else (cost - cost / (1 + rate)).quantize(_KOPECK, ROUND_HALF_UP)


def vat_note(company: Company, options: SpendOptions) -> Sequence[Text]:
    """A sentence where VAT stays inside the spend because nobody told its rate."""
    return [_NO_VAT] if options.cost_includes_vat and not company.vat else []


_NO_VAT = Text(
    "Расход загружен с НДС: в company.toml нет раздела [[vat]] со ставками по дням.",
    "Spend is loaded with VAT: company.toml has no [[vat]] section with rates by day.",
)


def _start(until: date | None, last: date, first: date | None, since: Since | None, *, weekly: bool) -> date:
    beginning = first or last - timedelta(days=_BACK)
    if since is not None:
        return beginning if since.day is None else since.day
    if until is None:
        return beginning
    return max(min(until, last) - timedelta(days=(_WEEKLY if weekly else _DAILY) - 1), beginning)


def _day(cursor: Cursor | None, name: str) -> date | None:
    said = (cursor or {}).get(name)
    return date.fromisoformat(str(said)) if said else None


def _wrong(row: Mapping[str, Any]) -> tuple[str, Text] | None:
    try:
        column = "day"
        date.fromisoformat(str(row["day"]))
        column = "cost"
        if not Decimal(str(row["cost"])).is_finite():
            raise InvalidOperation
        for column in ("impressions", "clicks", "leads"):
            if row.get(column) is not None:
                int(row[column])
    except (ValueError, InvalidOperation, KeyError):
        said = row.get(column)
        return column, Text(
            f"«{said}» в поле {column} не число и не день", f"“{said}” in {column} is no number or day"
        )
    return None


def _fact(row: Mapping[str, Any], company: Company, options: SpendOptions) -> dict[str, Any]:
    day, cost = date.fromisoformat(row["day"]), Decimal(str(row["cost"]))
    named = str(row["campaign_id"]) if options.campaign_by == "id" else row.get("campaign")
    return {
        **_nothing(day, company, options),
        "campaign": clean_campaign(named, company.channels),
        "cost": cost,
        "vat": without_vat(cost, day, company) if options.cost_includes_vat else None,
        "impressions": _count(row, "impressions"),
        "clicks": _count(row, "clicks"),
        "reported_leads": _count(row, "leads"),
    }


def _nothing(day: date, company: Company, options: SpendOptions) -> dict[str, Any]:
    return {
        "day": day,
        "lead_source": options.lead_source,
        "account": options.account,
        "currency": options.currency or company.currency,
        "cost": Decimal(0),
    }


def _count(row: Mapping[str, Any], name: str) -> int | None:
    return None if row.get(name) is None else int(row[name])
