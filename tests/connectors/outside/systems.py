"""Which systems pass the common suite? A connector adds its line here."""

from __future__ import annotations

from tests.connectors.amocrm.system import AmoCrmSystem
from tests.connectors.bitrix24.system import Bitrix24System
from tests.connectors.outside.suite import System
from tests.connectors.vk_ads.system import VkAdsSystem
from tests.connectors.yandex_direct.system import YandexDirectSystem
from tests.connectors.yandex_metrica.system import YandexMetricaSystem

SYSTEMS: dict[str, type[System]] = {
    "amocrm": AmoCrmSystem,
    "bitrix24": Bitrix24System,
    "vk_ads": VkAdsSystem,
    "yandex_direct": YandexDirectSystem,
    "yandex_metrica": YandexMetricaSystem,
}
