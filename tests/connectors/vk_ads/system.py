"""A fake cabinet of VK Ads as the common suite sees it."""

from __future__ import annotations

from datetime import date

from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.vk_ads.connector import Options, VkAds
from tests.connectors.outside.ad_system import AdSystem
from tests.support.ad_accounts import SECRET, VkHandler


class VkAdsSystem(AdSystem):
    """Five years: twenty portions of ninety-two days."""

    first = date(2021, 10, 1)
    handler = VkHandler

    @property
    def secret(self) -> str:
        return SECRET

    def connect(self) -> VkAds:
        options = Options(first_day=self.first, cost_includes_vat=False, goals_are_leads=True)
        return VkAds(self.server.url, "id", SECRET, options, pace=Pace(1e6, 1e6))

    def revoke(self) -> None:
        self.cabinet.revoked = True

    def restore(self) -> None:
        self.cabinet.revoked = False
