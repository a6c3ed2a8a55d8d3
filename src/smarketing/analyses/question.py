"""What exactly is asked: which leads, which days, by which clock, split by what?

The same value is made from a URL, from the command line and from a report, so their figures agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.journeys import LEAD_DIMENSIONS
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Period
from smarketing.facts.query import literal, name

TIME_DIMENSIONS = ("day", "week", "month")
DIMENSIONS = (*TIME_DIMENSIONS, *LEAD_DIMENSIONS)
# What a filter may name: dimensions, and states of the lead.
FILTERS = (*LEAD_DIMENSIONS, "loss_stage", "loss_reason", "criterion", "stage", "target_verdict", "outcome")
EMPTY = ""  # in a filter: «not given»

DIMENSION_NAMES: dict[str, Text] = {
    "day": Text("День", "Day"),
    "week": Text("Неделя", "Week"),
    "month": Text("Месяц", "Month"),
    "lead_source": Text("Источник", "Source"),
    "source_group": Text("Группа источников", "Source group"),
    "medium": Text("Канал", "Medium"),
    "campaign": Text("Кампания", "Campaign"),
    "ad": Text("Объявление", "Ad"),
    "keyword": Text("Ключевая фраза", "Keyword"),
    "landing": Text("Посадочная страница", "Landing page"),
    "segment": Text("Сегмент", "Segment"),
    "product": Text("Продукт", "Product"),
    "region": Text("Регион", "Region"),
    "manager": Text("Менеджер", "Manager"),
    "pipeline": Text("Воронка", "Pipeline"),
    "hypothesis": Text("Гипотеза", "Hypothesis"),
    "source_system": Text("Система", "Source system"),
    "stage": Text("Стадия", "Stage"),
    "milestone": Text("Веха", "Milestone"),
    "loss_stage": Text("Стадия потери", "Stage of loss"),
    "loss_reason": Text("Причина потери", "Loss reason"),
    "criterion": Text("Критерий", "Criterion"),
    "hour": Text("Час", "Hour"),
    "age": Text("Месяц жизни", "Month of life"),
    "field": Text("Поле", "Field"),
}


@dataclass(frozen=True)
class Question:
    """A period (None: everything), a clock, filters by dimension and the dimensions to split by."""

    period: Period | None = None
    clock: Clock = Clock.COHORT
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    compare: Period | None = None

    def over(self, period: Period | None) -> Question:
        """The same question about other days."""
        return replace(self, period=period)

    def split(self, *by: str) -> Question:
        """The same question split by other dimensions."""
        return replace(self, by=by)

    def only(self, dimension: str, *values: str) -> Question:
        """The same question with one more filter; an empty text asks for «not given»."""
        return replace(self, where={**self.where, dimension: values})


def check_dimensions(dimensions: tuple[str, ...], known: tuple[str, ...] = DIMENSIONS) -> None:
    """Raise :class:`WrongQuestion` for a dimension nobody knows, with the nearest name."""
    for dimension in dimensions:
        if dimension not in known:
            hint = did_you_mean(dimension, known)
            raise WrongQuestion(
                "unknown-dimension",
                Text(f"Разреза «{dimension}» нет. {hint.ru}", f"There is no split by “{dimension}”. {hint.en}"),
            )


def period_condition(period: Period | None, prefix: str) -> str:
    """SQL for «the row falls into the period» by the day column with this prefix («» means plain ``day``)."""
    if period is None:
        return "TRUE"
    day = time_column("day", prefix)
    return f"{day} >= {literal(period.start)} AND {day} < {literal(period.end)}"


def filter_condition(where: Mapping[str, tuple[str, ...]]) -> str:
    """SQL for the filters; values pass through :func:`literal`."""
    conditions = [_one_filter(dimension, values) for dimension, values in sorted(where.items()) if values]
    return " AND ".join(conditions) or "TRUE"


def time_column(dimension: str, prefix: str) -> str:
    """``created`` + month → ``created_month``; «» + month → ``month``."""
    return name(f"{prefix}_{dimension}" if prefix else dimension)


def dimension_column(dimension: str, prefix: str) -> str:
    """The column that holds a dimension, time dimensions by the prefix of their clock."""
    return time_column(dimension, prefix) if dimension in TIME_DIMENSIONS else name(dimension)


def label(company: Company, dimension: str, value: str | int | None) -> Text:
    """How a key of a row is shown: the company's own name of it, «не указан» for None."""
    if dimension == "month" and isinstance(value, int):
        text = f"{value // 100:04d}-{value % 100:02d}"
        return Text(text, text)
    return company.label(dimension, None if value is None else str(value))


def _one_filter(dimension: str, values: tuple[str, ...]) -> str:
    column = name(dimension)
    given = [value for value in values if value != EMPTY]
    parts = []
    if given:
        parts.append(f"{column} IN ({', '.join(literal(value) for value in given)})")
    if len(given) < len(values):
        parts.append(f"{column} IS NULL")
    return "(" + " OR ".join(parts) + ")"
