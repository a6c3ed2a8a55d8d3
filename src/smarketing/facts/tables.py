"""Which facts exist, and which columns does each carry?

All sources yield these tables and everything after knows only them. A table is one folder of the lake
and one file name in a folder that ``smarketing load`` takes without a mapping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from smarketing.facts.language import Text


class Kind(StrEnum):
    """What a column holds; the reader parses by it and the lake stores by it."""

    TEXT = "text"
    MOMENT = "moment"  # stored in UTC without a mark, read with its zone or the company's
    DAY = "day"
    MONTH = "month"  # stored as integer yyyymm
    MONEY = "money"  # decimal(18, 2)
    NUMBER = "number"  # decimal(18, 6)
    COUNT = "count"  # whole number
    FLAG = "flag"


# The type in which the lake stores a kind, in DuckDB's words.
STORED: dict[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.MOMENT: "TIMESTAMP",
    Kind.DAY: "DATE",
    Kind.MONTH: "INTEGER",
    Kind.MONEY: "DECIMAL(18,2)",
    Kind.NUMBER: "DECIMAL(18,6)",
    Kind.COUNT: "BIGINT",
    Kind.FLAG: "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    label: Text = field(default_factory=lambda: Text("", ""))


# How two rows of one table are the same row.
#   key     – a row is known by its key; a later load's row with other content is its newer version
#   event   – append-only; the key is the whole identity, the first one stays
#   slice   – a load replaces all earlier rows of the same slice (an ad account's day), repeats inside stay
Identity = Literal["key", "event", "slice"]


@dataclass(frozen=True)
class Table:
    name: str
    label: Text
    key: tuple[str, ...]
    identity: Identity
    columns: tuple[Column, ...]
    open: bool = False  # unknown columns become custom fields
    own: bool = False  # the product's own record: no file is read into it

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


def _text(name: str, ru: str, en: str, *, required: bool = False) -> Column:
    return Column(name, Kind.TEXT, required, Text(ru, en))


def _of(kind: Kind, name: str, ru: str, en: str, *, required: bool = False) -> Column:
    return Column(name, kind, required, Text(ru, en))


LEADS = Table(
    "leads",
    Text("лиды", "leads"),
    key=("lead_id",),
    identity="key",
    open=True,
    columns=(
        _text("lead_id", "номер лида", "lead id", required=True),
        _of(Kind.MOMENT, "created_at", "создан", "created at", required=True),
        _of(Kind.MOMENT, "updated_at", "изменён", "updated at"),
        _text("client_id", "номер клиента", "client id"),
        _text("visitor_id", "номер посетителя сайта", "visitor id of the site"),
        _text("lead_source", "источник", "lead source"),
        _text("medium", "канал", "medium"),
        _text("campaign", "кампания", "campaign"),
        _text("ad", "объявление", "ad"),
        _text("keyword", "ключевая фраза", "keyword"),
        _text("landing", "посадочная страница", "landing page"),
        _text("segment", "сегмент", "segment"),
        _text("product", "продукт", "product"),
        _text("region", "регион", "region"),
        _text("manager", "менеджер", "manager"),
        _text("pipeline", "воронка", "pipeline"),
        _of(Kind.MONEY, "amount", "сумма", "amount"),
        _text("currency", "валюта", "currency"),
        _text("seller_quality", "оценка продавца", "seller's opinion of quality"),
        _of(Kind.FLAG, "is_test", "тестовый", "is a test"),
        _text("duplicate_of", "дубль лида", "duplicate of"),
        # The card is gone from its system: removed by a person or merged into another one.
        _of(Kind.MOMENT, "deleted_at", "удалён", "deleted at"),
        # As the card says it now; a move tells what was said on the day. The card is the newer word.
        _text("loss_reason", "причина отказа", "loss reason"),
        _text("deal_id", "номер сделки", "deal id"),
        _text("hypothesis", "гипотеза", "hypothesis"),
        _text("source_system", "система", "source system"),
        _text("url", "ссылка", "link"),
    ),
)

STAGE_MOVES = Table(
    "stage_moves",
    Text("переходы по стадиям", "stage moves"),
    key=("lead_id", "stage", "entered_at"),
    identity="event",
    columns=(
        _text("lead_id", "номер лида", "lead id", required=True),
        _text("stage", "стадия", "stage", required=True),
        # Empty where a source knows that the stage was reached but not when.
        _of(Kind.MOMENT, "entered_at", "вошёл в стадию", "entered at"),
        _text("actor", "кто перевёл", "actor"),
        _text("loss_reason", "причина отказа", "loss reason"),
        _text("competitor", "конкурент", "competitor"),
    ),
)

QUALIFICATIONS = Table(
    "qualifications",
    Text("квалификация", "qualifications"),
    key=("lead_id", "judged_at", "judged_by"),
    identity="event",
    columns=(
        _text("lead_id", "номер лида", "lead id", required=True),
        _of(Kind.MOMENT, "judged_at", "когда решено", "judged at", required=True),
        _text("verdict", "решение", "verdict", required=True),
        _text("criterion", "критерий", "criterion"),
        _text("criteria_version", "версия критериев", "criteria version"),
        _text("judged_by", "кем", "judged by"),
    ),
)

PAYMENTS = Table(
    "payments",
    Text("оплаты", "payments"),
    key=("payment_id",),
    identity="key",
    columns=(
        _text("payment_id", "номер оплаты", "payment id", required=True),
        # Empty where the money is known and its day is not: such money has its own row in every period.
        _of(Kind.MOMENT, "paid_at", "оплачено", "paid at"),
        _of(Kind.MONEY, "amount", "сумма", "amount", required=True),
        _text("currency", "валюта", "currency"),
        _of(Kind.MONEY, "vat", "НДС", "VAT"),
        _of(Kind.MONEY, "cost", "себестоимость", "cost of goods"),
        _text("lead_id", "номер лида", "lead id"),
        _text("client_id", "номер клиента", "client id"),
        _text("product", "продукт", "product"),
    ),
)

AD_SPEND = Table(
    "ad_spend",
    Text("расходы на рекламу", "ad spend"),
    key=("lead_source", "account", "day"),
    identity="slice",
    columns=(
        _of(Kind.DAY, "day", "день", "day", required=True),
        _text("lead_source", "источник", "lead source", required=True),
        _text("account", "рекламный кабинет", "ad account"),
        _text("campaign", "кампания", "campaign"),
        _text("ad", "объявление", "ad"),
        _text("segment", "сегмент", "segment"),
        _text("product", "продукт", "product"),
        _of(Kind.MONEY, "cost", "расход", "cost", required=True),
        _of(Kind.MONEY, "vat", "НДС", "VAT"),
        _text("currency", "валюта", "currency"),
        _of(Kind.COUNT, "impressions", "показы", "impressions"),
        _of(Kind.COUNT, "clicks", "клики", "clicks"),
        _of(Kind.COUNT, "reported_leads", "лиды по отчёту", "reported leads"),
    ),
)

TOUCHES = Table(
    "touches",
    Text("касания", "touches"),
    key=("touch_id",),
    identity="event",
    columns=(
        _text("touch_id", "номер касания", "touch id", required=True),
        _of(Kind.MOMENT, "at", "когда", "at", required=True),
        _text("client_id", "номер клиента", "client id"),
        _text("lead_id", "номер лида", "lead id"),
        # The number web analytics gives a browser; a lead that carries it is known by its visits.
        _text("visitor_id", "номер посетителя сайта", "visitor id of the site"),
        _text("channel", "канал", "channel", required=True),
        _text("campaign", "кампания", "campaign"),
        _text("content", "содержание", "content"),
        _text("kind", "вид", "kind"),
    ),
)

ACTIVITIES = Table(
    "activities",
    Text("действия менеджеров", "activities"),
    key=("activity_id",),
    identity="event",
    columns=(
        _text("activity_id", "номер действия", "activity id", required=True),
        _of(Kind.MOMENT, "at", "когда", "at", required=True),
        _text("lead_id", "номер лида", "lead id"),
        _text("manager", "менеджер", "manager"),
        _text("kind", "вид", "kind", required=True),
        _text("direction", "направление", "direction"),
        _of(Kind.NUMBER, "minutes", "минуты", "minutes"),
        _text("result", "результат", "result"),
    ),
)

CLIENTS = Table(
    "clients",
    Text("клиенты", "clients"),
    key=("client_id",),
    identity="key",
    columns=(
        _text("client_id", "номер клиента", "client id", required=True),
        _of(Kind.MOMENT, "created_at", "создан", "created at"),
        _text("name", "название", "name"),
        _text("segment", "сегмент", "segment"),
        _text("phone", "телефон", "phone"),
        _text("email", "эл. почта", "e-mail"),
        _of(Kind.DAY, "left_at", "ушёл", "left at"),
        _text("left_reason", "почему ушёл", "left reason"),
    ),
)

PEOPLE = Table(
    "people",
    Text("сотрудники", "people"),
    key=("person",),
    identity="key",
    columns=(
        _text("person", "сотрудник", "person", required=True),
        _text("department", "отдел", "department"),
        _text("team", "команда", "team"),
        _of(Kind.DAY, "from", "с", "from"),
        _of(Kind.DAY, "to", "по", "to"),
    ),
)

PLANS = Table(
    "plans",
    Text("план", "plans"),
    # A plan of a month comes whole: what a later one no longer says is gone from it.
    key=("month",),
    identity="slice",
    columns=(
        _of(Kind.MONTH, "month", "месяц", "month", required=True),
        _text("metric", "показатель", "metric", required=True),
        _of(Kind.NUMBER, "value", "значение", "value", required=True),
        _text("segment", "сегмент", "segment"),
        _text("lead_source", "источник", "lead source"),
    ),
)

PLAN_VERSIONS = Table(
    "plan_versions",
    Text("версии плана", "plan versions"),
    key=("month", "version", "metric", "segment", "lead_source"),
    identity="event",
    columns=(
        _of(Kind.MONTH, "month", "месяц", "month", required=True),
        _of(Kind.COUNT, "version", "версия", "version", required=True),
        _text("metric", "показатель", "metric", required=True),
        _of(Kind.NUMBER, "value", "значение", "value", required=True),
        _text("segment", "сегмент", "segment"),
        _text("lead_source", "источник", "lead source"),
    ),
    own=True,
)

PLAN_LOG = Table(
    "plan_log",
    Text("журнал плана", "plan log"),
    key=("month", "version", "act", "department"),
    identity="event",
    columns=(
        _of(Kind.MONTH, "month", "месяц", "month", required=True),
        _of(Kind.COUNT, "version", "версия", "version", required=True),
        _text("act", "что сделано", "act", required=True),
        _of(Kind.MOMENT, "at", "когда", "at", required=True),
        _text("person", "кто", "person"),
        _text("department", "отдел", "department"),
        _text("origin", "откуда", "origin"),
        _text("file", "файл", "file"),
        _text("why", "зачем", "why"),
    ),
    own=True,
)

COSTS = Table(
    "costs",
    Text("затраты", "costs"),
    key=("month", "department", "kind"),
    identity="key",
    columns=(
        _of(Kind.MONTH, "month", "месяц", "month", required=True),
        _text("department", "отдел", "department", required=True),
        _text("kind", "вид", "kind"),
        _of(Kind.MONEY, "amount", "сумма", "amount", required=True),
        _text("currency", "валюта", "currency"),
    ),
)

REPORTED = Table(
    "reported",
    Text("отчёт маркетинга", "reported figures"),
    key=("day", "month", "metric", "lead_source", "campaign"),
    identity="key",
    columns=(
        _of(Kind.DAY, "day", "день", "day"),
        _of(Kind.MONTH, "month", "месяц", "month"),
        _text("metric", "показатель", "metric", required=True),
        _of(Kind.NUMBER, "value", "значение", "value", required=True),
        _text("lead_source", "источник", "lead source"),
        _text("campaign", "кампания", "campaign"),
    ),
)

TASKS = Table(
    "tasks",
    Text("задачи", "tasks"),
    key=("task_id",),
    identity="key",
    columns=(
        _text("task_id", "номер задачи", "task id", required=True),
        _of(Kind.MOMENT, "created_at", "поставлена", "created at"),
        # Empty: the task has no date, so nobody can be late with it.
        _of(Kind.MOMENT, "due_at", "срок", "due at"),
        _of(Kind.MOMENT, "done_at", "сделана", "done at"),
        _text("person", "исполнитель", "person"),
        _text("lead_id", "номер лида", "lead id"),
        _text("client_id", "номер клиента", "client id"),
        _text("title", "название", "title"),
        _text("kind", "вид", "kind"),
        _text("template", "шаблон или правило", "template or rule"),
        _text("source_system", "система", "source system"),
        _text("url", "ссылка", "link"),
    ),
)

# What was said of two clients or two leads. Facts of both stay as they came; the builder reads them as one.
IDENTITY = Table(
    "identity",
    Text("один или разные", "one or two"),
    key=("kind", "one", "other"),
    identity="key",
    columns=(
        _text("kind", "о ком", "of what", required=True),
        _text("one", "номер", "id", required=True),
        _text("other", "номер более раннего", "id of the earlier one", required=True),
        _text("verdict", "решение", "verdict", required=True),
        _text("reason", "почему", "reason"),
        _of(Kind.MOMENT, "said_at", "когда решено", "said at"),
        _text("said_by", "кем", "said by"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        LEADS, STAGE_MOVES, QUALIFICATIONS, PAYMENTS, AD_SPEND, TOUCHES, ACTIVITIES, CLIENTS, PEOPLE, PLANS,
        PLAN_VERSIONS, PLAN_LOG, COSTS, REPORTED, TASKS, IDENTITY,
    )
}  # fmt: skip
