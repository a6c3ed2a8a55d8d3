"""A fake account of Yandex.Direct as the common suite sees it."""

from __future__ import annotations

from datetime import date

from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.yandex_direct.connector import Options, YandexDirect
from tests.connectors.outside.ad_system import AdSystem
from tests.support.ad_accounts import TOKEN, DirectHandler


class YandexDirectSystem(AdSystem):
    """Two years and a half: twenty reports of thirty-one days. Each is first said to be in the queue."""

    first = date(2024, 5, 1)
    handler = DirectHandler

    def __init__(self) -> None:
        super().__init__()
        self.cabinet.offline = 1

    @property
    def secret(self) -> str:
        return TOKEN

    def connect(self) -> YandexDirect:
        options = Options(first_day=self.first, goals=("20002",))
        return YandexDirect(self.server.url, TOKEN, options, pace=Pace(1e6, 1e6), sleep=lambda _: None)

    def revoke(self) -> None:
        self.cabinet.error = (400, 53)

    def restore(self) -> None:
        self.cabinet.error = None
