"""What must be said beside a forecast: which method is shown and why, and how often its interval was right."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.analyses.forecast.backtest import MIN_MONTHS
from smarketing.analyses.forecast.result import Choice, CutScores, Forecast, ForecastState, Method
from smarketing.analyses.result import Note
from smarketing.facts.language import LANGUAGES, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import money_scale, say_number

_BEATS = Text(
    "Прогноз модели: около {day} числа в {n} прошлых месяцах она ошибалась в среднем на {model}, темп месяца — "
    "на {rate}.",
    "By the model: around day {day} of {n} past months it was {model} off on average, run-rate {rate}.",
)
_DOES_NOT_BEAT = Text(
    "Показан темп месяца, а не модель: около {day} числа в {n} прошлых месяцах модель его не превзошла.",
    "Run-rate is shown and not the model: around day {day} of {n} past months the model did not beat it.",
)
_UNTESTED = Text(
    "Показан темп месяца, а не модель: чтобы её проверить, нужно не меньше {needed} прошлых месяцев, есть {n}.",
    "Run-rate is shown and not the model: to test it takes at least {needed} past months, there are {n}.",
)
_COVERED = Text(
    "Интервал модели 80 % накрыл итог в {covered} из {n} проверок на прошлых месяцах.",
    "The model's 80% interval held the outcome in {covered} of {n} tries on past months.",
)
_DISTRUSTED = Text(
    "Собственный интервал модели накрыл итог в {covered} из {n} проверок на прошлых месяцах вместо четырёх из "
    "пяти. Показан другой, по её ошибкам в прошлых месяцах.",
    "The model's own interval held the outcome in {covered} of {n} tries on past months in place of four of five. "
    "Another is shown, by its errors in past months.",
)
_CONFORMAL = Text(
    "Интервал взят из ошибок прогноза в прошлых месяцах.",
    "The interval is taken from the forecast's errors in past months.",
)
_NO_INTERVAL = Text(
    "Интервала нет: для него нужно не меньше девяти прошлых месяцев.",
    "There is no interval: it takes at least nine past months.",
)


def about(found: Forecast) -> tuple[Note, ...]:
    """The notes of a forecast, in the order in which they are read."""
    return tuple(_notes(found))


def _notes(found: Forecast) -> Iterator[Note]:
    if found.choice is not None or found.state is ForecastState.TOO_LITTLE:
        yield Note("method", _method(found))
    if found.state is not ForecastState.FORECAST:
        return
    everywhere = found.tested[-1].of(Method.MODEL) if found.tested else None
    if found.method is Method.MODEL and everywhere is not None:
        text = _DISTRUSTED if found.is_conformal and found.quantiles else _COVERED
        yield Note("coverage", text.fill(covered=everywhere.covered, n=everywhere.n))
    if found.quantiles is None:
        yield Note("no-interval", _NO_INTERVAL)
    elif found.method is Method.RUN_RATE:
        yield Note("conformal", _CONFORMAL)


def _method(found: Forecast) -> Text:
    here = found.tested_here
    if here is None or found.choice in (None, Choice.UNTESTED):
        return _UNTESTED.fill(needed=MIN_MONTHS, n=len(found.months_tested))
    said = _BEATS if found.choice is Choice.BEATS else _DOES_NOT_BEAT
    return said.fill(day=here.cut, n=here.scores[0].n, **_errors(here, found.currency))


def _errors(here: CutScores, currency: str) -> dict[str, Text]:
    errors = {method: score.error for method in (Method.MODEL, Method.RUN_RATE) if (score := here.of(method))}
    scale = money_scale(errors.values())
    said = {
        method: Text(*(say_number(error, Unit.MONEY, one, currency, scale) for one in LANGUAGES))
        for method, error in errors.items()
    }
    return {"model": said[Method.MODEL], "rate": said[Method.RUN_RATE]}
