"""One account of Yandex.Direct as a connector of spend."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from smarketing.connectors.outside import spend
from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.spend import SpendAccount, SpendOptions
from smarketing.connectors.outside.streams import Assumption, Cursor, Health, Page, Since
from smarketing.connectors.outside.trouble import PassingTrouble, Trouble
from smarketing.connectors.yandex_direct.client import FIRST, Reports, Row, TooHeavy
from smarketing.facts.language import Text

_FIELDS = (FIRST, "CampaignId", "CampaignName", "Impressions", "Clicks", "Cost")


class Options(SpendOptions):
    """``goals``: numbers of the goals that stand for a lead; without them no leads are read from the account.

    ``model``: the attribution model of those goals.
    """

    lead_source: str = "yandex"
    login: str | None = None
    goals: tuple[str, ...] = ()
    model: str = "LSCCD"


class YandexDirect(SpendAccount):
    """A connected account. ``base_url``: ``https://api.direct.yandex.com``."""

    kind = "yandex_direct"

    options: Options

    def __init__(
        self,
        base_url: str,
        token: str,
        options: Options | None = None,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.options = options or Options()
        self.reports = Reports(base_url, token, self.options.login, pace=pace, sleep=sleep)

    @property
    def traffic(self) -> Traffic:
        return self.reports.http.traffic

    def health(self) -> Health:
        yesterday = datetime.now(UTC).astimezone(spend.MOSCOW).date() - timedelta(days=1)
        self._rows(yesterday, yesterday)
        return Health(title=self.options.login or self.options.account or "Яндекс.Директ")

    def assumptions(self) -> Iterator[Assumption]:
        """What one small report can tell of our notes."""
        yesterday = datetime.now(UTC).astimezone(spend.MOSCOW).date() - timedelta(days=1)
        try:
            rows = self._rows(yesterday - timedelta(days=6), yesterday)
        except Trouble as trouble:
            yield Assumption("report", _REPORT, None, trouble.code)
            return
        yield Assumption("report", _REPORT, holds=True, seen=f"{len(rows)} rows")
        plain = all("." in row.get("Cost", ".") or row["Cost"] == "0" for row in rows)
        yield Assumption("money", _MONEY, plain if rows else None)

    def walk(
        self,
        stream: str,
        cursor: Cursor | None,
        *,
        now: datetime,
        since: Since | None = None,
    ) -> Iterator[Page]:
        for span in spend.spans(cursor, now, first=self.options.first_day, since=since):
            rows = [self._normal(row) for row in self._rows(span.first, span.last)]
            records, refused = spend.taken(rows)
            yield Page(stream, records, span.cursor, refused=refused, replaces=span.days)

    def close(self) -> None:
        self.reports.close()

    def _rows(self, first: date, last: date) -> list[Row]:
        """The report of a span; one that is too heavy is asked for in halves."""
        try:
            return self.reports.report(first, last, self._fields, self._more)
        except TooHeavy as heavy:
            if first == last:
                raise PassingTrouble(heavy.code, heavy.text) from heavy
            middle = first + (last - first) / 2
            return [*self._rows(first, middle), *self._rows(middle + timedelta(days=1), last)]

    @property
    def _fields(self) -> tuple[str, ...]:
        return (*_FIELDS, "Conversions") if self.options.goals else _FIELDS

    @property
    def _more(self) -> dict[str, Any]:
        more: dict[str, Any] = {"IncludeVAT": "YES" if self.options.cost_includes_vat else "NO"}
        if self.options.goals:
            more |= {"Goals": list(self.options.goals), "AttributionModels": [self.options.model]}
        return more

    def _normal(self, row: Row) -> dict[str, Any]:
        leads = [row.get(f"Conversions_{goal}_{self.options.model}") for goal in self.options.goals]
        return {
            "day": row.get(FIRST),
            "campaign_id": row.get("CampaignId"),
            "campaign": row.get("CampaignName"),
            "cost": row.get("Cost", "0"),
            "impressions": row.get("Impressions", "0"),
            "clicks": row.get("Clicks", "0"),
            "leads": _sum(leads) if self.options.goals else None,
        }


def _sum(counts: Sequence[str | None]) -> int | str:
    """Conversions of all goals; a count that is no number is kept, so that the row is refused with it."""
    said = [count for count in counts if count is not None]
    wrong = next((count for count in said if not count.isdigit()), None)
    return sum(map(int, said)) if wrong is None else wrong


_REPORT = Text("отчёт по кампаниям строится", "a report by campaign can be made")
_MONEY = Text("деньги приходят с копейками, не в миллионных долях", "money comes with kopecks, not in micros")
