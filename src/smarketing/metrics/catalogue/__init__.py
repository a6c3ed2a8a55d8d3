"""What does every number mean, and who answers for it?

One list, one place, one meaning: an unknown name fails at once, a second definition stops the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from smarketing.facts.company import Company, Zone
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.metrics.catalogue import (
    customers,
    duties,
    first_touch,
    focus,
    forecast,
    funnel,
    handover,
    leads,
    losses,
    money,
    qualification,
    reconciliation,
    required,
    response,
    retention,
    sales,
)
from smarketing.metrics.kinds import Measure, Metric
from smarketing.metrics.rules import DuplicateMetric, check

_CHAPTERS = (
    (Text("Лиды", "Leads"), leads),
    (Text("Квалификация", "Qualification"), qualification),
    (Text("Продажи", "Sales"), sales),
    (Text("Деньги", "Money"), money),
    (Text("Клиенты", "Customers"), customers),
    (Text("Отток и когорты", "Churn and cohorts"), retention),
    (Text("Первый ответ", "First response"), response),
    (Text("Воронка", "Funnel"), funnel),
    (Text("Потери", "Losses"), losses),
    (Text("Фокус", "Focus"), focus),
    (Text("Прогноз", "Forecast"), forecast),
    (Text("Сверка", "Reconciliation"), reconciliation),
    (Text("Задачи", "Tasks"), duties),
    (Text("Обязательные поля", "Required fields"), required),
    (Text("Передача", "Hand-over"), handover),
    (Text("Первое касание", "First touch"), first_touch),
)
_Thing = TypeVar("_Thing", Measure, Metric)


def by_key(things: Iterable[_Thing]) -> Mapping[str, _Thing]:
    """Things by their key, in their order; raises :class:`DuplicateMetric` for a key defined twice."""
    found: dict[str, _Thing] = {}
    for thing in things:
        if thing.key in found:
            raise DuplicateMetric(thing.key)
        found[thing.key] = thing
    return MappingProxyType(found)


MEASURES: Mapping[str, Measure] = by_key(measure for _, chapter in _CHAPTERS for measure in chapter.MEASURES)
METRICS: Mapping[str, Metric] = by_key(metric for _, chapter in _CHAPTERS for metric in chapter.METRICS)
check(METRICS, MEASURES)

# Titles with the keys under them, for the dictionary of metrics.
CHAPTERS: tuple[tuple[Text, tuple[str, ...]], ...] = tuple(
    (title, tuple(metric.key for metric in chapter.METRICS)) for title, chapter in _CHAPTERS
)


def metric(key: str) -> Metric:
    """The metric of a key; raises :class:`WrongQuestion` that names the nearest one."""
    if key in METRICS:
        return METRICS[key]
    hint = did_you_mean(key, METRICS)
    raise WrongQuestion(
        "unknown-metric",
        Text(f"Показателя «{key}» нет в словаре. {hint.ru}", f"No metric “{key}” in the catalogue. {hint.en}"),
    )


def accountable(what: Metric, company: Company) -> Zone:
    """The zone that answers for a metric in this company."""
    return company.accountable.get(what.key, what.zone)


def name_of(what: Metric, company: Company) -> Text:
    """How a page calls a metric: ``Company.mql`` says which leads carry the name MQL."""
    if company.mql == "all" and what.name_all_leads is not None:
        return what.name_all_leads
    return what.name


def parts_of(what: Metric) -> tuple[Measure, ...]:
    """Every measure a metric rests on, those of the metrics it is composed of included."""
    found = {key: MEASURES[key] for key in what.measures}
    for key in (*what.product_of, *what.divided_by):
        found |= {measure.key: measure for measure in parts_of(METRICS[key])}
    return tuple(found.values())


def splittable_by(what: Metric) -> frozenset[str]:
    """The dimensions that all facts of a metric carry: the only ones it may be split or filtered by."""
    sets = [measure.dimensions for measure in parts_of(what)]
    return frozenset.intersection(*sets) if sets else frozenset()
