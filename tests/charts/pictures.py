"""Every chart with values that have given trouble: long names, gaps, small bars, causes of all zones."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from smarketing.analyses.response import AnswerCurve
from smarketing.charts import (
    AnswerLines,
    AnswerReach,
    Forecast,
    FunnelBar,
    Picture,
    PlanFact,
    Point,
    ShareBar,
    SharePart,
    Size,
    Sparkline,
    Waterfall,
    WaterfallItem,
    answer_line,
    funnel_bars,
    plan_fact,
    sparkline,
    stacked_share,
    waterfall,
)
from smarketing.facts.company import Zone
from smarketing.facts.language import Language, Text

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def texts(svg: str) -> list[str]:
    """Everything written in a drawing, in its order."""
    return ["".join(element.itertext()) for element in parsed(svg).iter(f"{SVG}text")]


def _cause(ru: str, en: str, zone: Zone | None, value: str, low: str, high: str) -> WaterfallItem:
    return WaterfallItem(Text(ru, en), zone, *(Decimal(number) * 1_000_000 for number in (value, low, high)))


# The mock's verdict: 17.40 planned, 14.20 came; the causes sum to −3.20.
WATERFALL = Waterfall(
    Decimal(17_400_000),
    Decimal(14_200_000),
    (
        _cause("Объём лидов", "Lead volume", Zone.MARKETING, "3.24", "2.6", "3.9"),
        _cause("Структура сегментов", "Segment mix", Zone.MARKETING, "-4.32", "-5.1", "-3.5"),
        _cause("Качество лидов", "Lead quality", Zone.JOINT, "-0.88", "-1.4", "-0.4"),
        _cause("Скорость и обработка", "Speed and handling", Zone.SALES, "-0.94", "-1.5", "-0.4"),
        _cause("Конверсия SQL → продажа", "SQL → sale conversion", None, "-0.42", "-1.2", "0.4"),
        WaterfallItem(Text("Средний чек", "Order value"), Zone.COMPANY, Decimal(120_000)),
    ),
)
FUNNEL = (
    FunnelBar(Text("Новое обращение с сайта", "New website enquiry"), Zone.MARKETING, 510, 446),
    FunnelBar(Text("MQL", "MQL"), Zone.MARKETING, 281, 289),
    FunnelBar(Text("Согласование", "Negotiation"), Zone.JOINT, 79, None),
    FunnelBar(Text("Продажа", "Sale"), Zone.SALES, 1, 0),
)
PLAN_FACT = PlanFact(
    plan=tuple(Point(date(2026, 11, day), Decimal(day) * 800_000) for day in range(2, 31)),
    fact=tuple(Point(date(2026, 11, day), Decimal(day) * 710_000) for day in range(2, 21)),
    forecast=tuple(
        Forecast(date(2026, 11, day), Decimal(total), Decimal(low), Decimal(high))
        for day, total, low, high in (
            (20, 14_200_000, 14_200_000, 14_200_000),
            (30, 20_100_000, 18_400_000, 21_900_000),
        )
    ),
)
SPARKLINE = Sparkline(Text("Лиды", "Leads"), (31, 36, 39, 41, None, 43, 46, 45, 44, 48, 53, 58))


def _parts(*values: float) -> tuple[SharePart, ...]:
    names = (Text("Дилеры", "Dealers"), Text("Застройщики", "Developers"), Text("Частные лица", "Persons"))
    named = tuple(
        SharePart(name.en, name, value, name.en == "Dealers") for name, value in zip(names, values, strict=False)
    )
    return (*named, SharePart(None, Text("не указан", "not given"), values[3]))


SHARES = (
    ShareBar(Text("Расход на рекламу", "Ad spend"), _parts(5, 5, 88, 2)),
    ShareBar(Text("Выручка", "Revenue"), _parts(82, 12, 6, 0)),
)

ANSWERS = AnswerLines(
    AnswerCurve((0, 300, 900, 3600, 14_400, 28_800, 86_400), (0.0, 0.02, 0.36, 0.77, 0.86, 0.9, 0.92), 1066),
    3600,
    AnswerCurve((0, 300, 900, 3600, 14_400, 28_800), (0.0, 0.02, 0.36, 0.81, 0.88, 0.93), 1036),
    (
        AnswerReach(900, 0.36, 0.33, 0.38),
        AnswerReach(3600, 0.77, 0.75, 0.79),
        AnswerReach(86_400, 0.92, 0.9, 0.93),
    ),
    ninety=29_000,
)

CHARTS: dict[str, Callable[[Size, Language], Picture]] = {
    "waterfall": lambda size, language: waterfall(WATERFALL, size, language),
    "funnel_bars": lambda size, language: funnel_bars(FUNNEL, size, language),
    "plan_fact": lambda size, language: plan_fact(PLAN_FACT, size, language),
    "sparkline": lambda size, language: sparkline(SPARKLINE, size, language),
    "answer_line": lambda size, language: answer_line(ANSWERS, size, language),
    "stacked_share": lambda size, language: stacked_share(SHARES, size, language),
}
