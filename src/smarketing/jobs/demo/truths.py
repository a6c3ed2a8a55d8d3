"""Which causes are planted in the demo company, when, and how large?

The generator reads its sizes from here and nowhere else, so the written truth and the facts cannot differ.
``docs/guide/demo.md`` tells the same to a reader; tests count every one of them in the raw facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.language import Text

Part = Literal["leads", "mix", "target_share", "handled_share", "tag", "fields", "chance", "cards"]


@dataclass(frozen=True)
class Truth:
    """One planted cause: which part of the facts it moves, from which day, and where a reader can see it.

    ``before`` and ``after`` are the generator's own parameters (shares 0..1), not counted from the facts.
    """

    key: str
    part: Part
    zone: Zone
    since: date
    before: float
    after: float
    name: Text
    shows: Text
    until: date | None = None  # first day on which it no longer holds
    lead_source: str | None = None
    segment: str | None = None
    manager: str | None = None
    campaign: str | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


CHANCE_MONTH = Truth(
    key="chance_month",
    part="chance",
    zone=Zone.COMPANY,
    since=date(2026, 2, 1),
    until=date(2026, 3, 1),
    before=1.0,
    after=1.0,
    name=Text(
        "Февраль 2026 года не выполнил план случайно: ни одна вероятность в нём не изменена.",
        "February 2026 missed its plan by chance: no probability was changed in it.",
    ),
    shows=Text(
        "Разбор плана за февраль: части в пределах обычного разброса, вопросов никому нет.",
        "The verdict for February: its parts are within chance and nobody is asked.",
    ),
)

SKIPPED_FIELDS = Truth(
    key="skipped_fields",
    part="fields",
    zone=Zone.SALES,
    since=date(2026, 5, 4),
    before=0.0,
    after=0.17,
    manager="Тимур Галеев",
    name=Text(
        "Тимур Галеев с первого дня не указывает сегмент у каждого шестого лида.",
        "Timur Galeev, since his first day, leaves the segment of every sixth lead empty.",
    ),
    shows=Text(
        "Строка «сегмент не указан», квалификация «неизвестно», заполнение полей по менеджерам.",
        "The row of the segment not given, the verdict “unknown”, filled fields by manager.",
    ),
)

FALLING_SOURCE = Truth(
    key="falling_source",
    part="target_share",
    zone=Zone.MARKETING,
    since=date(2026, 6, 1),
    before=0.57,
    after=0.34,
    lead_source="VK Реклама",
    name=Text(
        "VK Реклама с июня 2026 года приводит целевых вдвое реже: больше мелких заказов и неверных номеров.",
        "VK ads bring far fewer target leads since June 2026: more small orders and wrong numbers.",
    ),
    shows=Text(
        "Квалификация по источникам и месяцам; критерии «одна-две позиции» и «неверный номер».",
        "Qualification by source and month; the criteria “one or two items” and “wrong number”.",
    ),
)

BROKEN_TAG = Truth(
    key="broken_tag",
    part="tag",
    zone=Zone.MARKETING,
    since=date(2026, 9, 1),
    before=0.0,
    after=1.0,
    lead_source="Яндекс Директ",
    segment="developers",
    campaign="Площадки для ЖК",
    name=Text(
        "С сентября 2026 года лиды кампании «Площадки для ЖК» приходят с меткой ploshadki_zhk_new, "
        "а расход идёт под прежним именем.",
        "Since September 2026 leads of the campaign «Площадки для ЖК» come tagged ploshadki_zhk_new "
        "while its spend keeps the old name.",
    ),
    shows=Text(
        "Экономика по кампаниям: расход без лидов рядом с лидами без расхода.",
        "Economics by campaign: spend without leads next to leads without spend.",
    ),
)
BROKEN_TAG_NAME = "ploshadki_zhk_new"

SLOW_ANSWERS = Truth(
    key="slow_answers",
    part="handled_share",
    zone=Zone.SALES,
    since=date(2026, 11, 1),
    before=0.90,
    after=0.50,
    segment="dealers",
    name=Text(
        "С ноября 2026 года дилеру отвечают за час в половине случаев вместо 90 %.",
        "Since November 2026 a dealer is answered within the hour in half of the cases instead of 90 %.",
    ),
    shows=Text(
        "Скорость ответа по сегментам; вклад «скорость и обработка» в разборе ноября.",
        "Response by segment; the part “speed and handling” of the verdict for November.",
    ),
)

FEWER_DEALERS = Truth(
    key="fewer_dealers",
    part="mix",
    zone=Zone.MARKETING,
    since=date(2026, 11, 1),
    before=1.0,
    after=0.55,
    lead_source="Партнёрская рассылка",
    segment="dealers",
    name=Text(
        "С ноября 2026 года рассылка дилерам урезана почти вдвое: дилеров среди лидов 12 % вместо 17 %.",
        "Since November 2026 the mailing to dealers is cut by almost half: dealers are 12 % of leads, not 17 %.",
    ),
    shows=Text(
        "Структура сегментов в разборе ноября: самый большой вклад.",
        "The mix of segments in the verdict for November: the largest part.",
    ),
)

MORE_PRIVATE = Truth(
    key="more_private",
    part="leads",
    zone=Zone.MARKETING,
    since=date(2026, 11, 1),
    before=0.0,
    after=0.42,
    lead_source="Яндекс Директ",
    segment="private",
    campaign="Качели для дачи",
    name=Text(
        "С ноября 2026 года новая кампания «Качели для дачи» добавляет к плану частных лиц ещё 42 %, "
        "и две трети её заказов — одна-две позиции.",
        "Since November 2026 a new campaign «Качели для дачи» adds 42 % to the planned private persons, "
        "two thirds of them with orders of one or two items.",
    ),
    shows=Text(
        "Лидов больше плана, нецелевых 45 % при пороге 35 %; качество в разборе ноября.",
        "More leads than planned, 45 % of them non-target with a guardrail of 35 %; quality in November.",
    ),
)

TWO_CARDS = Truth(
    key="two_cards",
    part="cards",
    zone=Zone.SALES,
    since=date(2026, 6, 1),
    before=0.0,
    after=24.0,
    name=Text(
        "С июня 2026 года 24 клиента заведены второй карточкой с тем же телефоном, записанным иначе; "
        "восемь из них купили по обеим.",
        "Since June 2026 24 clients got a second card with the same phone written another way; eight of them "
        "bought under both.",
    ),
    shows=Text(
        "Страница «Один или разные»: 24 точных совпадения; соединённые, восемь новых клиентов станут прежними.",
        "The page “One or two”: 24 exact matches; once joined, eight new customers are known ones.",
    ),
)
TWO_CARDS_BOUGHT = 8  # of them under both cards

TRUTHS: tuple[Truth, ...] = (
    CHANCE_MONTH,
    SKIPPED_FIELDS,
    FALLING_SOURCE,
    BROKEN_TAG,
    SLOW_ANSWERS,
    FEWER_DEALERS,
    MORE_PRIVATE,
    TWO_CARDS,
)
