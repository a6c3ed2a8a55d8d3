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
from smarketing.jobs.record_export import Cell, Sheet
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
    "customer": Text("Покупатель", "Customer"),
    "first_day": Text("Первая покупка", "First purchase"),
    "last_day": Text("Последняя покупка", "Last purchase"),
    "left_day": Text("Договор окончен", "Contract ended"),
    "purchases": Text("Покупки", "Purchases"),
    "task_id": Text("Задача", "Task"),
    "title": Text("Название", "Title"),
    "due_at": Text("Срок", "Due"),
    "done_at": Text("Сделана", "Done"),
    "is_in_time": Text("В срок", "In time"),
    "template": Text("Шаблон", "Template"),
    "reported_leads": Text("Лиды по отчёту", "Leads in the report"),
    "channel": Text("Источник", "Source"),
    "at": Text("Отправлена", "Submitted"),
    "department": Text("Отдел", "Department"),
    "kind": Text("Вид", "Kind"),
    "metric": Text("Показатель", "Metric"),
    "value": Text("Значение", "Value"),
}
_YES, _NO = Text("да", "yes"), Text("нет", "no")
_BY_LEAD = Text("лид", "lead")  # a customer without a client's number
_MONEY = frozenset({"amount", "revenue", "cost"})
_NUMBERS = frozenset({"impressions", "clicks", "value", "purchases", "reported_leads"})
_SIDE = frozenset({"url"})  # becomes the link of the first column
_LINK = Text("Ссылка", "Link")


@dataclass(frozen=True)
class Shown:
    text: str
    href: str = ""
    is_number: bool = False


def head_of(column: str) -> Text:
    return _HEADS.get(column, DIMENSION_NAMES.get(column, same(column)))


def heads(found: Records) -> list[tuple[Text, bool]]:
    """Names of the columns and whether they hold numbers."""
    return [(head_of(column), column in _MONEY | _NUMBERS) for column in found.columns if column not in _SIDE]


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


def sheet(found: Records, company: Company, language: Language) -> Sheet:
    """The same rows as values, every column of the page; the address in the CRM stands in the last one."""
    columns = [*(column for column in found.columns if column not in _SIDE), *_SIDE.intersection(found.columns)]
    heads = [_LINK if column in _SIDE else head_of(column) for column in columns]
    places = [found.columns.index(column) for column in columns]
    return Sheet(
        tuple(head.say(language) for head in heads),
        [
            [
                _value(column, values[place], company, language)
                for column, place in zip(columns, places, strict=True)
            ]
            for values in found.rows
        ],
    )


def _value(column: str, value: Any, company: Company, language: Language) -> Cell:
    if column in _SIDE:
        return safe_url(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(company.tz).replace(tzinfo=None)
    if isinstance(value, bool | str):
        return _say(column, value, company, language)
    found: Cell = value
    return found


def _say(column: str, value: Any, company: Company, language: Language) -> str:
    if column == "customer" and isinstance(value, str):
        kind, _, number = value.partition(" ")
        return number if kind == "client" else f"{_BY_LEAD.say(language)} {number}"
    if column == "response_working_seconds":
        return DASH if value is None else say_working(value).say(language)
    if column in _MONEY and value is not None:
        return say_number(Decimal(value), Unit.MONEY, language, company.currency)
    if column in _NUMBERS and value is not None:
        return say_number(value, Unit.COUNT, language)
    if isinstance(value, bool):
        return (_YES if value else _NO).say(language)
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
