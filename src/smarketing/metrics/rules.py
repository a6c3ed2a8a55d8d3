"""What must be true of every definition? One rule, one class: a stable code and one sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Measure, Metric, Unit

Measures = Mapping[str, Measure]
Metrics = Mapping[str, Metric]


@dataclass(frozen=True)
class Definitions:
    """Everything that is defined, by key."""

    metrics: Metrics
    measures: Measures

    def parts(self, metric: Metric) -> list[Measure]:
        return [self.measures[key] for key in metric.measures]


class DuplicateMetric(SmarketingError):
    """A key has two definitions, so a figure would have two meanings."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "duplicate-metric",
            Text(f"Показатель «{key}» определён дважды.", f"The metric “{key}” is defined twice."),
        )


class WrongDefinition(SmarketingError):
    """A definition breaks a rule of the catalogue."""


class Rule(ABC):
    """A statement that holds for every metric; ``broken`` says where it does not."""

    code: ClassVar[str]
    sentence: ClassVar[Text]

    @abstractmethod
    def holds(self, metric: Metric, known: Definitions, /) -> bool:
        """Whether the rule is kept."""


class BothLanguages(Rule):
    code = "one-language"
    sentence = Text(
        "Название, смысл и формула есть на двух языках.", "Name, meaning and formula stand in both languages."
    )

    def holds(self, metric: Metric, _known: Definitions, /) -> bool:
        texts = [
            metric.name,
            metric.meaning,
            metric.formula,
            *filter(None, (metric.pitfall, metric.name_all_leads)),
        ]
        return all(text.ru.strip() and text.en.strip() for text in texts)


class OneWayToCompute(Rule):
    code = "two-ways"
    sentence = Text(
        "Показатель считается одним способом: из мер, из показателей или измерением.",
        "A metric is computed in one way: from measures, from metrics, or by a measurement.",
    )

    def holds(self, metric: Metric, _known: Definitions, /) -> bool:
        return [bool(metric.numerator), bool(metric.product_of), bool(metric.computed_by)].count(True) == 1


class KnownParts(Rule):
    code = "unknown-part"
    sentence = Text("Все части показателя определены.", "Every part of a metric is defined.")

    def holds(self, metric: Metric, known: Definitions, /) -> bool:
        composed = (*metric.product_of, *metric.divided_by)
        return all(key in known.measures for key in metric.measures) and all(
            key in known.metrics and not known.metrics[key].product_of for key in composed
        )


class RatioHasBothParts(Rule):
    code = "half-a-ratio"
    sentence = Text(
        "Доля и отношение хранят числитель и знаменатель.", "A share and a ratio keep numerator and denominator."
    )

    def holds(self, metric: Metric, _known: Definitions, /) -> bool:
        needs_two = metric.unit in (Unit.SHARE, Unit.RATIO) or metric.interval or metric.minus_one
        return not needs_two or metric.is_ratio or bool(metric.divided_by or metric.computed_by)


class ClockInAllFacts(Rule):
    code = "clock-missing"
    sentence = Text("Часы показателя есть у всех его мер.", "A metric's clocks exist in all its measures.")

    def holds(self, metric: Metric, known: Definitions, /) -> bool:
        parts = known.parts(metric)
        of_metrics = [known.metrics[key].clocks for key in (*metric.product_of, *metric.divided_by)]
        return bool(metric.clocks) and all(
            all(clock in part.dates for part in parts) and all(clock in clocks for clocks in of_metrics)
            for clock in metric.clocks
        )


class CommonDimension(Rule):
    code = "nothing-in-common"
    sentence = Text(
        "У мер показателя есть хотя бы одно общее измерение.", "A metric's measures share at least one dimension."
    )

    def holds(self, metric: Metric, known: Definitions, /) -> bool:
        parts = [part.dimensions for part in known.parts(metric)]
        return not parts or bool(frozenset.intersection(*parts))


class RipensByCohort(Rule):
    code = "ripens-by-period"
    sentence = Text("Дозревает только то, что считается по когорте.", "Only what is counted by cohort can ripen.")

    def holds(self, metric: Metric, _known: Definitions, /) -> bool:
        return not metric.ripens or Clock.COHORT in metric.clocks


class IntervalOfCounts(Rule):
    code = "interval-of-money"
    sentence = Text(
        "Интервал Уилсона бывает только у доли от счёта.", "Wilson's interval belongs to a share of counts."
    )

    def holds(self, metric: Metric, known: Definitions, /) -> bool:
        parts = known.parts(metric)
        return metric.interval is None or (
            metric.unit is Unit.SHARE and all(part.unit is Unit.COUNT for part in parts)
        )


class ZoneDoesNotWatchItself(Rule):
    code = "watches-itself"
    sentence = Text("Ответственный не числится наблюдателем.", "Who is accountable is not listed as a watcher.")

    def holds(self, metric: Metric, _known: Definitions, /) -> bool:
        return metric.zone not in metric.watchers


RULES: tuple[Rule, ...] = (
    BothLanguages(),
    OneWayToCompute(),
    KnownParts(),
    RatioHasBothParts(),
    ClockInAllFacts(),
    CommonDimension(),
    RipensByCohort(),
    IntervalOfCounts(),
    ZoneDoesNotWatchItself(),
)


def broken(metrics: Metrics, measures: Measures) -> Iterator[tuple[Metric, Rule]]:
    """Every metric with every rule it breaks; a metric with unknown parts is not asked the later rules."""
    known = Definitions(metrics, measures)
    for metric in metrics.values():
        whole = KnownParts().holds(metric, known)
        for rule in RULES:
            if (whole or isinstance(rule, KnownParts)) and not rule.holds(metric, known):
                yield metric, rule


def check(metrics: Metrics, measures: Measures) -> None:
    """Stop the start at the first definition that breaks a rule: :class:`WrongDefinition`."""
    for metric, rule in broken(metrics, measures):
        raise WrongDefinition(
            rule.code,
            Text(f"«{metric.key}»: {rule.sentence.ru}", f"“{metric.key}”: {rule.sentence.en}"),
        )
