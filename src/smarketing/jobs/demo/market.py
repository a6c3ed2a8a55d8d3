"""What is the demo company's market when nothing is wrong: who comes, from where, how often they buy?

These are the generator's parameters and, multiplied out, the company's plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from smarketing.facts.period import Month

FIRST_MONTH = Month(2025, 6)
LEADS_PER_MONTH = 1305  # planned for November 2026
SECOND_CRITERIA = date(2026, 3, 1)
# By calendar month, January first: playgrounds are bought in spring for the summer.
SEASON = (0.80, 0.92, 1.06, 1.14, 1.14, 1.08, 1.02, 1.00, 1.00, 0.97, 1.00, 0.82)
GROWTH = 0.006  # a month
REGIONS = {
    "Москва": 0.22,
    "Московская область": 0.20,
    "Санкт-Петербург": 0.10,
    "Татарстан": 0.09,
    "Нижегородская область": 0.08,
    "Краснодарский край": 0.09,
    "Свердловская область": 0.08,
    "Ростовская область": 0.07,
    "Новосибирская область": 0.07,
}
CITIES = {
    "Москва": "Москва",
    "Московская область": "Химки",
    "Санкт-Петербург": "Санкт-Петербург",
    "Татарстан": "Казань",
    "Нижегородская область": "Нижний Новгород",
    "Краснодарский край": "Краснодар",
    "Свердловская область": "Екатеринбург",
    "Ростовская область": "Ростов-на-Дону",
    "Новосибирская область": "Новосибирск",
    "Камчатский край": "Петропавловск-Камчатский",
    "Магаданская область": "Магадан",
    "Чукотский АО": "Анадырь",
}
FAR_REGIONS = ("Камчатский край", "Магаданская область", "Чукотский АО")
# Items in a private person's order; an item costs about 12 000 before VAT.
PRIVATE_ITEMS = {1: 0.22, 2: 0.12, 3: 0.40, 4: 0.20, 5: 0.06}
ITEM_PRICE = 12_000
UNHANDLED_FACTOR = 0.25  # of the chance to be accepted when the answer was late


@dataclass(frozen=True)
class SegmentModel:
    """One kind of client. Shares are 0..1, money is before VAT, times are medians in working days."""

    key: str
    mix: float
    sources: Mapping[str, float]
    wrong_number: float
    not_delivered: float
    no_budget: float
    small_order: float  # organisations: an order below the limit; private persons follow PRIVATE_ITEMS
    handled: float  # answered within the working hour
    steps: tuple[float, float, float, float]  # qualified → accepted → proposal → approval → won
    order_value: float
    spread: float  # sigma of the logarithm of the order's value
    days: tuple[float, float, float, float]  # working days of each step
    managers: Mapping[str, float]
    repeats: float  # share of leads that are clients who bought before
    weekend: float  # leads of a day off against a working day

    @property
    def conversion(self) -> float:
        """Of a handled target lead into a sale."""
        accepted, proposal, approval, won = self.steps
        return accepted * proposal * approval * won

    def target_share(self, day: date) -> float:
        """Expected share of leads that meet the criteria valid on a day."""
        clean = (1 - self.wrong_number) * (1 - self.not_delivered) * (1 - self.no_budget)
        return clean * (1 - self.small_share(day))

    def small_share(self, day: date) -> float:
        if self.key != "private":
            return self.small_order
        return sum(share for items, share in PRIVATE_ITEMS.items() if items < smallest_order(day))

    def expected_order(self, day: date) -> float:
        """Mean value of a target order, before VAT."""
        if self.key != "private":
            return self.order_value
        kept = {items: share for items, share in PRIVATE_ITEMS.items() if items >= smallest_order(day)}
        return ITEM_PRICE * sum(items * share for items, share in kept.items()) / sum(kept.values())


def smallest_order(day: date) -> int:
    """Items from which a private person's order is target, by the criteria valid on a day."""
    return 2 if day < SECOND_CRITERIA else 3


SEGMENTS: tuple[SegmentModel, ...] = (
    SegmentModel(
        key="dealers",
        mix=0.17,
        sources={
            "Партнёрская рассылка": 0.35,
            "Отраслевая выставка": 0.25,
            "Рекомендации": 0.24,
            "Яндекс Директ": 0.16,
        },
        wrong_number=0.02,
        not_delivered=0.02,
        no_budget=0.03,
        small_order=0.05,
        handled=0.90,
        steps=(0.42, 0.78, 0.67, 0.675),
        order_value=520_000,
        spread=0.45,
        days=(0.6, 1.4, 2.6, 3.0),
        managers={"Марина Орлова": 0.50, "Денис Юсупов": 0.40, "Тимур Галеев": 0.10},
        repeats=0.24,
        weekend=0.10,
    ),
    SegmentModel(
        key="developers",
        mix=0.14,
        sources={
            "Яндекс Директ": 0.48,
            "Тендерные площадки": 0.24,
            "Отраслевая выставка": 0.08,
            "Поиск без рекламы": 0.20,
        },
        wrong_number=0.03,
        not_delivered=0.03,
        no_budget=0.14,
        small_order=0.06,
        handled=0.88,
        steps=(0.34, 0.70, 0.56, 0.53),
        order_value=650_000,
        spread=0.5,
        days=(0.8, 2.8, 6.5, 7.0),
        managers={"Олег Савин": 0.45, "Наталья Крот": 0.30, "Тимур Галеев": 0.25},
        repeats=0.08,
        weekend=0.10,
    ),
    SegmentModel(
        key="municipal",
        mix=0.11,
        sources={
            "Тендерные площадки": 0.42,
            "Яндекс Директ": 0.28,
            "Поиск без рекламы": 0.18,
            "Рекомендации": 0.12,
        },
        wrong_number=0.03,
        not_delivered=0.06,
        no_budget=0.19,
        small_order=0.12,
        handled=0.86,
        steps=(0.36, 0.72, 0.58, 0.57),
        order_value=400_000,
        spread=0.5,
        days=(0.9, 2.8, 6.0, 8.0),
        managers={"Ирина Белова": 0.70, "Тимур Галеев": 0.30},
        repeats=0.05,
        weekend=0.08,
    ),
    SegmentModel(
        key="private",
        mix=0.58,
        sources={
            "Яндекс Директ": 0.50,
            "VK Реклама": 0.28,
            "Поиск без рекламы": 0.10,
            "Прямой заход": 0.04,
            "Рекомендации": 0.08,
        },
        wrong_number=0.06,
        not_delivered=0.03,
        no_budget=0.05,
        small_order=0.0,
        handled=0.86,
        steps=(0.38, 0.80, 0.68, 0.63),
        order_value=ITEM_PRICE,
        spread=0.15,
        days=(0.4, 0.6, 0.8, 0.9),
        managers={"Светлана Мороз": 0.37, "Павел Ким": 0.30, "Тимур Галеев": 0.33},
        repeats=0.01,
        weekend=0.60,
    ),
)

# (source, segment) → campaigns: share of the leads, spend before VAT in a month of 1305 planned leads.
CAMPAIGNS: dict[tuple[str, str], tuple[tuple[str, float, float], ...]] = {
    ("Яндекс Директ", "dealers"): (("Дилерам: оптовые поставки", 1.0, 85_000),),
    ("Яндекс Директ", "developers"): (
        ("Площадки для ЖК", 0.6, 205_000),
        ("Благоустройство дворов", 0.4, 120_000),
    ),
    ("Яндекс Директ", "municipal"): (("Площадки для ТСЖ", 1.0, 200_000),),
    ("Яндекс Директ", "private"): (
        ("Детские площадки — поиск", 0.7, 320_000),
        ("Горки и качели — РСЯ", 0.3, 130_000),
    ),
    ("VK Реклама", "private"): (("Мамы рядом", 0.6, 125_000), ("Розыгрыш горки", 0.4, 85_000)),
    ("Партнёрская рассылка", "dealers"): (
        ("Рассылка дилерам", 0.7, 42_000),
        ("Письмо архитекторам", 0.3, 18_000),
    ),
    ("Отраслевая выставка", "dealers"): (("Город для детей", 1.0, 125_000),),
    ("Отраслевая выставка", "developers"): (("Город для детей", 1.0, 30_000),),
}
NEW_CAMPAIGN_SPEND = 190_000  # a month, «Качели для дачи»
MEDIUMS = {
    "Яндекс Директ": "cpc",
    "VK Реклама": "social",
    "Партнёрская рассылка": "email",
    "Отраслевая выставка": "offline",
    "Рекомендации": "referral",
    "Поиск без рекламы": "organic",
    "Прямой заход": "direct",
    "Тендерные площадки": "tender",
}
PRODUCTS = {
    "dealers": ("Игровые комплексы", "Спортивные комплексы"),
    "developers": ("Двор под ключ", "Игровые комплексы"),
    "municipal": ("Двор под ключ", "Спортивные комплексы"),
    "private": ("Горки и качели", "Домики и песочницы"),
}


def planned_leads(month: Month) -> float:
    """Leads of a month when nothing is wrong."""
    age = (month.year - 2026) * 12 + month.month - 11
    return LEADS_PER_MONTH * SEASON[month.month - 1] * (1 + GROWTH * age)


def vat_rate(day: date) -> int:
    """Per cent; Russia's rate rose from 20 to 22 with the year 2026."""
    return 20 if day.year < 2026 else 22
