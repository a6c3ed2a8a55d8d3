"""What does a metric come to, given what its measures came to?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarketing.analyses.shares import share
from smarketing.facts.company import Company
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue import MEASURES, METRICS, accountable
from smarketing.metrics.kinds import Figure, Measure, Metric, NoValue, Number, Unit

Value = Number | float
Part = Value | NoValue  # what a measure came to, or why it came to nothing


@dataclass(frozen=True)
class Sense:
    """What all figures of a table have in common."""

    company: Company
    clock: Clock


def figure(metric: Metric, parts: Mapping[str, Part], sense: Sense, ripe: float | None = None) -> Figure:
    """The figure of one row; a missing part gives its reason, an empty denominator is no value."""
    zone = accountable(metric, sense.company)
    ripe = ripe if metric.ripens and sense.clock is Clock.COHORT else None
    if metric.product_of:
        return _composed(metric, parts, sense)
    reason = next((part for key in metric.measures if isinstance(part := parts[key], NoValue)), None)
    if reason is not None:
        return Figure(metric.key, metric.unit, None, zone=zone, ripe=ripe, reason=reason)
    numerator = _sum(metric.numerator, parts)
    if not metric.denominator:
        return Figure(metric.key, metric.unit, numerator, _exact(numerator), zone=zone, ripe=ripe)
    denominator = _sum(metric.denominator, parts)
    if metric.interval and isinstance(numerator, int) and isinstance(denominator, int):
        interval = metric.interval if is_one_group(metric, sense.clock) and numerator <= denominator else None
        return share(metric.key, numerator, denominator, zone, interval=interval, ripe=ripe)
    return _ratio(metric, numerator, denominator, sense, ripe)


def is_one_group(metric: Metric, clock: Clock) -> bool:
    """Whether the numerator's cases are among the denominator's: the same leads dated by the same day."""
    dates = {MEASURES[key].dates[clock] for key in metric.measures}
    # A share of closed deals is one group by the period clock too: each is dated by its own closing.
    return len(dates) == 1 or set(metric.numerator) < set(metric.denominator)


def no_figure(metric: Metric, sense: Sense, reason: NoValue) -> Figure:
    """A figure that cannot be, with why."""
    return Figure(metric.key, metric.unit, None, zone=accountable(metric, sense.company), reason=reason)


def as_part(measure: Measure, found: object) -> Value:
    """A cell of an answer as a number: counts whole, money exact, nothing summed is nothing."""
    if found is None:
        return 0 if measure.unit is Unit.COUNT else Decimal()
    if measure.unit is Unit.COUNT:
        return int(found)  # type: ignore[call-overload, no-any-return]
    return found if isinstance(found, Decimal | int | float) else Decimal(str(found))


def _ratio(metric: Metric, top: Value, bottom: Value, sense: Sense, ripe: float | None) -> Figure:
    n = bottom if isinstance(bottom, int) else None
    zone = accountable(metric, sense.company)
    if bottom <= 0:  # nothing to divide by, or less: a plan already met leaves nothing to cover
        reason = NoValue.EMPTY_DENOMINATOR
        return Figure(
            metric.key, metric.unit, None, _exact(top), _exact(bottom), n=n, zone=zone, ripe=ripe, reason=reason
        )
    value = _divided(top, bottom) - (1 if metric.minus_one else 0)
    return Figure(metric.key, metric.unit, value, _exact(top), _exact(bottom), n=n, zone=zone, ripe=ripe)


def _composed(metric: Metric, parts: Mapping[str, Part], sense: Sense) -> Figure:
    factors = [figure(METRICS[key], parts, sense) for key in (*metric.product_of, *metric.divided_by)]
    for factor in factors:
        if factor.value is None:
            return no_figure(metric, sense, factor.reason or NoValue.EMPTY_DENOMINATOR)
    values = [_decimal(factor) for factor in factors]
    top = values[0]
    for value in values[1 : len(metric.product_of)]:
        top *= value
    bottom = values[-1] if metric.divided_by else Decimal(1)
    return _ratio(metric, top, bottom, sense, None)


def _decimal(factor: Figure) -> Decimal:
    """The exact value of a factor: a share of counts again from its counts."""
    if isinstance(factor.value, float) and factor.denominator:
        return Decimal(factor.numerator or 0) / Decimal(factor.denominator)
    return Decimal(str(factor.value))


def _sum(keys: Sequence[str], parts: Mapping[str, Part]) -> Value:
    total: Value = 0
    for key in keys:
        part = parts[key.removeprefix("-")]
        if isinstance(part, NoValue):  # figure() has asked before
            raise TypeError(f"{key} has no value")
        signed = -part if key.startswith("-") else part
        total = signed if total == 0 and isinstance(total, int) else _added(total, signed)
    return total


def _added(one: Value, other: Value) -> Value:
    if isinstance(one, float) or isinstance(other, float):
        return float(one) + float(other)
    return one + other


def _divided(top: Value, bottom: Value) -> Decimal | float:
    if isinstance(top, float) or isinstance(bottom, float):
        return float(top) / float(bottom)
    return Decimal(top) / Decimal(bottom)


def _exact(value: Value) -> Number:
    return Decimal(str(value)) if isinstance(value, float) else value
