"""How is a single record shown: a lead, a payment, a day of ad spend?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES
from smarketing.analyses.records import Records
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text, same
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, say_day, say_moment, say_month, say_number, say_working

_HEADS = {
    "lead_id": Text("Лид", "Lead"),
    "created_at": Text("Создан", "Created"),
    "paid_day": Text("Оплачено", "Paid"),
    "client_id": Text("Клиент", "Client"),
    "day": Text("День", "Day"),
    "seller_quality": Text("Оценка продавца", "Seller's opinion"),
    "payment_id": Text("Оплата", "Payment"),
    "outcome": Text("Итог", "Outcome"),
    "target_verdict": Text("Целевой", "Target"),
    "response_working_seconds": Text("Первый ответ", "First response"),
    "amount": Text("Сумма", "Amount"),
    "revenue": Text("Выручка", "Revenue"),
    "cost": Text("Расход", "Cost"),
    "impressions": Text("Показы", "Impressions"),
    "clicks": Text("Клики", "Clicks"),
    "department": Text("Отдел", "Department"),
    "kind": Text("Вид", "Kind"),
    "metric": Text("Показатель", "Metric"),
    "value": Text("Значение", "Value"),
}
_MONEY = frozenset({"amount", "revenue", "cost"})
_NUMBERS = frozenset({"impressions", "clicks", "value"})
_SIDE = frozenset({"url"})  # becomes the link of the first column


@dataclass(frozen=True)
class Shown:
    text: str
    href: str = ""
    is_number: bool = False


def heads(found: Records) -> list[tuple[Text, bool]]:
    """Names of the columns and whether they hold numbers."""
    return [
        (_HEADS.get(column, DIMENSION_NAMES.get(column, same(column))), column in _MONEY | _NUMBERS)
        for column in found.columns
        if column not in _SIDE
    ]


def lines(found: Records, company: Company, language: Language) -> list[list[Shown]]:
    """The rows in words; the first cell leads to the record in the CRM where its address is known."""
    made = []
    for values in found.rows:
        row = dict(zip(found.columns, values, strict=True))
        cells = [
            Shown(_say(column, row[column], company, language), is_number=column in _MONEY | _NUMBERS)
            for column in found.columns
            if column not in _SIDE
        ]
        cells[0] = Shown(cells[0].text, href=safe_url(row.get("url")))
        made.append(cells)
    return made


def _say(column: str, value: Any, company: Company, language: Language) -> str:
    if column == "response_working_seconds":
        return DASH if value is None else say_working(value).say(language)
    if column in _MONEY and value is not None:
        return say_number(Decimal(value), Unit.MONEY, language, company.currency)
    if column in _NUMBERS and value is not None:
        return say_number(value, Unit.COUNT, language)
    if isinstance(value, datetime):
        return say_moment(value.replace(tzinfo=UTC), company.tz).say(language)
    if isinstance(value, date):
        return say_day(value).say(language)
    if column == "month" and isinstance(value, int):
        return say_month(Month.from_number(value)).say(language)
    return DASH if value is None else say_key(company, column, value).say(language)


def safe_url(url: Any) -> str:
    """Only an address of the web may become a link: the value came from a file."""
    return url if isinstance(url, str) and url.lower().startswith(("https://", "http://")) else ""
