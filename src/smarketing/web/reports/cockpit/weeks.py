"""How are the last weeks of a metric drawn and told? A line in its limits, and the same in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from smarketing.analyses.weekly import SHOWN, Weekly
from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.metrics.catalogue import metric
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number, say_period, say_working
from smarketing.stats.control import RUN, Signal
from smarketing.web.reports.drawing import Spark, spark

_WITHIN = Text("{week}: {value}; обычно от {low} до {high}.", "{week}: {value}; usually from {low} to {high}.")
_BEYOND = Text(
    "{week}: {value}, за пределами обычного: от {low} до {high}.",
    "{week}: {value}, beyond the usual {low} to {high}.",
)
_RUN_ABOVE = Text(
    "{weeks} недель подряд выше середины {centre}; последняя, {week}: {value}.",
    "{weeks} weeks in a row above the centre, {centre}; the last, {week}: {value}.",
)
_RUN_BELOW = Text(
    "{weeks} недель подряд ниже середины {centre}; последняя, {week}: {value}.",
    "{weeks} weeks in a row below the centre, {centre}; the last, {week}: {value}.",
)
_SAYING = {
    None: _WITHIN,
    Signal.ABOVE: _BEYOND,
    Signal.BELOW: _BEYOND,
    Signal.RUN_ABOVE: _RUN_ABOVE,
    Signal.RUN_BELOW: _RUN_BELOW,
}


def line_of(found: Weekly) -> Spark | None:
    """The last twelve weeks; those that are not ripe stand apart from the line."""
    shown = found.weeks[-SHOWN:]
    hollow = {place for place, week in enumerate(shown) if not week.is_ripe}
    return spark([week.value for week in shown], [week.limits for week in shown], hollow)


def told(found: Weekly, currency: str) -> Text | None:
    """The week that is judged against its limits; None where nothing was judged."""
    last = found.last
    if last is None or last.limits is None or last.value is None:
        return None
    numbers = {"value": last.value, "low": last.limits.low, "high": last.limits.high, "centre": last.limits.centre}
    said = {name: _said(found.metric, value, currency) for name, value in numbers.items()}
    return _SAYING[found.signal].fill(week=_capital(say_period(last.period)), weeks=RUN, **said)


def _said(key: str, value: float, currency: str) -> Text:
    unit, exact = metric(key).unit, Decimal(str(round(value, 6)))
    if unit is Unit.SECONDS:
        return say_working(exact)
    digits = 0 if unit is Unit.MONEY or (unit is Unit.COUNT and value >= 10) else 1 if unit is Unit.COUNT else None
    return _both(lambda language: say_number(exact, unit, language, currency, digits=digits))


def _capital(text: Text) -> Text:
    return Text(text.ru[:1].upper() + text.ru[1:], text.en[:1].upper() + text.en[1:])


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
