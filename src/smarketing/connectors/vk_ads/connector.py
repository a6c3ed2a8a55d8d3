"""One cabinet of VK Ads as a connector of spend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smarketing.connectors.outside import spend
from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.spend import SpendAccount, SpendOptions
from smarketing.connectors.outside.streams import Assumption, Cursor, Health, Page, Since
from smarketing.connectors.outside.trouble import Trouble
from smarketing.connectors.vk_ads.client import DAYS, Api
from smarketing.facts.language import Text


class Options(SpendOptions):
    """``cost_includes_vat`` depends on the contract: no default. ``goals_are_leads``: results count as leads."""

    lead_source: str = "vk"
    cost_includes_vat: bool
    goals_are_leads: bool = False


class VkAds(SpendAccount):
    """A connected cabinet. ``base_url``: ``https://ads.vk.com``."""

    kind = "vk_ads"

    options: Options

    def __init__(
        self, base_url: str, client_id: str, client_secret: str, options: Options, *, pace: Pace | None = None
    ) -> None:
        self.options = options
        self.api = Api(base_url, client_id, client_secret, pace=pace)

    @property
    def traffic(self) -> Traffic:
        return self.api.http.traffic

    def health(self) -> Health:
        campaigns = list(self.api.campaigns())
        return Health(title=self.options.account or "VK Реклама", problems=[] if campaigns else [_NO_CAMPAIGNS])

    def assumptions(self) -> Iterator[Assumption]:
        try:
            campaigns = list(self.api.campaigns())
        except Trouble as trouble:
            yield Assumption("campaigns", _LISTED, None, trouble.code)
            return
        yield Assumption("campaigns", _LISTED, bool(campaigns) or None, f"{len(campaigns)} campaigns")

    def walk(
        self, stream: str, cursor: Cursor | None, *, now: datetime, since: Since | None = None
    ) -> Iterator[Page]:
        names: dict[int, str] | None = None
        for span in spend.spans(cursor, now, first=self.options.first_day, since=since, longest=DAYS):
            if names is None:
                names = {int(item["id"]): str(item["name"]) for item in self.api.campaigns()}
            items = self.api.statistics(sorted(names), span.first, span.last)
            records, refused = spend.taken(row for item in items for row in self._rows(item, names))
            yield Page(stream, records, span.cursor, refused=refused, replaces=span.days)

    def close(self) -> None:
        self.api.close()

    def _rows(self, item: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[dict[str, Any]]:
        """Days of one campaign on which anything happened: a quiet day is no row."""
        for row in item.get("rows") or []:
            base = row.get("base") or {}
            told = {
                "day": row.get("date"),
                "campaign_id": str(item["id"]),
                "campaign": names.get(int(item["id"])),
                "cost": str(base.get("spent", "0")),
                "impressions": base.get("shows"),
                "clicks": base.get("clicks"),
                "leads": base.get("goals") if self.options.goals_are_leads else None,
            }
            if any(str(told[name] or "0").strip("0.") for name in ("cost", "impressions", "clicks")):
                yield told


_NO_CAMPAIGNS = Text("В кабинете нет ни одной кампании.", "The cabinet has no campaign at all.")
_LISTED = Text("кампании кабинета видны", "the cabinet's campaigns can be listed")
