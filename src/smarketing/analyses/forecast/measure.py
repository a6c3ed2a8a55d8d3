"""The forecast, step by step: what is known, what the month may still bring, which method has earned its place.

Formulas: methods.md (g); told in prose in ``docs/how-computed/forecast.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.forecast import notes
from smarketing.analyses.forecast.backtest import (
    CUTS,
    Backtest,
    Past,
    backtest,
    conformal,
    is_trusted,
    model_ratios,
    run_rate,
    run_rate_ratios,
    scores,
    year_ago,
)
from smarketing.analyses.forecast.gathering import Flow, gather
from smarketing.analyses.forecast.missing import missing
from smarketing.analyses.forecast.outlook import Ahead, Outlook, drawn, outlook
from smarketing.analyses.forecast.planned import Planned, given_plans, plan_of
from smarketing.analyses.forecast.result import (
    LEVEL,
    SHARES,
    Choice,
    CutScores,
    Forecast,
    ForecastState,
    Method,
    SegmentForecast,
)
from smarketing.analyses.forecast.table import table
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.money import to_kopecks
from smarketing.facts.period import Clock, Month, local_day
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Interval

DRAWS = 20_000
MAX_UNDATED = Decimal("0.10")  # more money without a day than this, and no month's revenue is known
Tried = Callable[[Callable[[], Backtest]], Backtest]


@dataclass(frozen=True)
class _Way:
    """The method that is shown: its middle, its quantiles and the chance to reach an amount."""

    method: Method
    choice: Choice
    value: float
    quantiles: tuple[float, float, float] | None
    is_conformal: bool
    chance_of: Callable[[float], float | None]


def forecast(
    reader: Reader,
    month: Month | None = None,
    *,
    where: Mapping[str, tuple[str, ...]] | None = None,
    draws: int = DRAWS,
    tried: Tried | None = None,
) -> Forecast:
    """Revenue of the running month with its distribution, the chance of the plan, and what is missing.

    Parameters: ``month``, by default the one that the last known day lies in; a month that is over or ahead has no
    forecast. ``where`` narrows leads and money (the plan is then implied). ``tried`` is given the making of the
    backtest, so that the caller may keep it by version; by default it is made.
    Returns: a :class:`Forecast`; ``state`` says when there is none and why. The seed is the day's own, so the same
    facts give the same figures.
    Source: methods.md (g).
    """
    day, filters = last_known_day(reader), dict(where or {})
    chosen = month or Month.of(day)
    empty = Forecast(
        ForecastState.FORECAST, chosen, day, reader.version, reader.known_until, reader.company.currency
    )
    if chosen.first > day:
        return replace(empty, state=ForecastState.NOT_STARTED)
    flow = gather(reader, filters, day)
    empty = replace(empty, asked=flow.asked, booked=_booked(flow, chosen, day))
    if chosen.period.last_day <= day:
        return replace(empty, state=ForecastState.OVER)
    if abs(flow.undated) > MAX_UNDATED * abs(flow.total):
        return replace(empty, state=ForecastState.UNDATED)
    if not (flow.leads.paid <= day.toordinal()).any():
        return replace(empty, state=ForecastState.NO_MONEY)
    past = (tried or _made)(lambda: backtest(flow, day, {} if filters else given_plans(reader)))
    return _foretold(flow, empty, past, plan_of(reader, chosen, filters), reader.company, draws)


def last_known_day(reader: Reader) -> date:
    """The last day the facts know of: facts known until midnight end with the day before."""
    return local_day(reader.known_until - timedelta(microseconds=1), reader.company.tz)


def _made(make: Callable[[], Backtest]) -> Backtest:
    return make()


def _foretold(
    flow: Flow, empty: Forecast, past: Backtest, plan: Planned | None, company: Company, draws: int
) -> Forecast:
    month, day = empty.month, empty.day
    seen = outlook(flow, month, day)
    seed = day.toordinal()
    total = drawn(seen, draws, np.random.default_rng(seed))
    rate, tested = run_rate(flow, month, day, seen.booked), scores(past)
    way = _chosen(seen, total, rate, past, tested, day)
    found = replace(
        empty, run_rate=_maybe(rate), last_year=_maybe(year_ago(flow, month)), working_days_left=seen.rest,
        tested=tested, months_tested=past.months, draws=draws, seed=seed,
        plan=_money(float(plan.revenue)) if plan else None, plan_kind=plan.kind if plan else None,
    )  # fmt: skip
    if way is None:
        found = replace(found, state=ForecastState.TOO_LITTLE)
        return replace(found, notes=notes.about(found))
    found = replace(found, method=way.method, choice=way.choice, is_conformal=way.is_conformal)
    found = replace(found, segments=_segments(seen, total, way))
    value = sum((segment.value for segment in found.segments), Decimal(0))
    quantiles = None
    if way.quantiles is not None:
        low, middle, high = way.quantiles
        quantiles = (_money(low), _money(middle), _money(high))
    found = replace(found, booked=found.part("booked") or Decimal(0), value=value, quantiles=quantiles)
    if found.plan is not None:
        short = found.plan - value
        found = replace(
            found, chance=way.chance_of(float(found.plan)),
            missing=missing(flow, seen, company, short) if short > 0 else None,
        )  # fmt: skip
    return replace(found, notes=notes.about(found))


def _chosen(
    seen: Outlook, total: NDArray[np.float64], rate: float | None, past: Backtest, tested: Sequence[CutScores],
    day: date,
) -> _Way | None:  # fmt: skip
    """The model where it beat run-rate at the nearest tested day of the month, else run-rate if there is one."""
    cut = min(CUTS, key=lambda one: abs(one - day.day))
    here = next((found for found in tested if found.cut == cut), None)
    choice = here.choice if here else Choice.UNTESTED
    if choice is not Choice.BEATS:
        return None if rate is None else _rate_way(rate, choice, run_rate_ratios(past.at(cut)), seen.booked)
    everywhere = tested[-1].of(Method.MODEL)
    ended = total.sum(axis=0)
    if everywhere is None or is_trusted(everywhere):
        low, middle, high = (float(one) for one in np.quantile(ended, SHARES))
        chance = lambda plan: float((ended >= plan).mean())  # noqa: E731 - the draws' own answer, said once
        return _Way(Method.MODEL, choice, seen.mean, (low, middle, high), False, chance)
    return _corrected(seen, float(np.median(ended)), choice, past.at(cut))


def _corrected(seen: Outlook, middle: float, choice: Choice, pasts: Sequence[Past]) -> _Way:
    """The model whose own interval is not believed: its errors at this day of past months stand for it."""
    ratios = model_ratios(pasts)
    quantiles = _conformal_quantiles(middle, ratios, seen.booked)
    return _Way(Method.MODEL, choice, seen.mean, quantiles, True, _chance_by(ratios, middle))


def _rate_way(rate: float, choice: Choice, ratios: Sequence[float], booked: float) -> _Way:
    quantiles = _conformal_quantiles(rate, ratios, booked)
    return _Way(Method.RUN_RATE, choice, rate, quantiles, True, _chance_by(ratios, rate))


def _conformal_quantiles(said: float, ratios: Sequence[float], booked: float) -> tuple[float, float, float] | None:
    """What past errors make of it; never under what is booked already."""
    factors = conformal(ratios)
    if factors is None:
        return None
    low = max(said * factors[0], min(booked, said))
    return low, said, max(said * factors[1], said)


def _chance_by(ratios: Sequence[float], said: float) -> Callable[[float], float | None]:
    """How many of past errors would reach the plan from here; not told where they are too few for an interval."""

    def chance(plan: float) -> float | None:
        if conformal(ratios) is None:
            return None
        return (sum(said * ratio >= plan for ratio in ratios) + 0.5) / (len(ratios) + 1)

    return chance


def _segments(seen: Outlook, total: NDArray[np.float64], way: _Way) -> tuple[SegmentForecast, ...]:
    """The parts of each segment; by run-rate each segment's own, for it is linear."""
    if way.method is Method.MODEL:
        pairs = zip(seen.segments, total, strict=True)
        return tuple(_by_model(ahead, draws, is_believed=not way.is_conformal) for ahead, draws in pairs)
    grows = way.value / seen.booked if seen.booked else 1.0
    return tuple(
        SegmentForecast(
            ahead.segment, _money(ahead.booked), None, None, None, _money(ahead.booked * grows), None,
            round(ahead.open_leads),
        )
        for ahead in seen.segments
    )  # fmt: skip


def _by_model(ahead: Ahead, draws: NDArray[np.float64], *, is_believed: bool) -> SegmentForecast:
    parts = [_money(part) for part in (ahead.booked, ahead.open, ahead.to_come, ahead.later.mean)]
    low, high = (float(one) for one in np.quantile(draws, (SHARES[0], SHARES[2])))
    interval = Interval(low, high, LEVEL) if is_believed else None
    value = sum(parts, Decimal(0))
    return SegmentForecast(
        ahead.segment, parts[0], parts[1], parts[2], parts[3], value, interval, round(ahead.open_leads)
    )


def _booked(flow: Flow, month: Month, day: date) -> Decimal:
    end = min(month.period.end.toordinal(), day.toordinal() + 1)
    return _money(float(flow.received[:, flow.between(month.first.toordinal(), end)].sum()))


def _maybe(value: float | None) -> Decimal | None:
    return None if value is None else _money(value)


def _money(value: float) -> Decimal:
    return to_kopecks(Decimal(str(value)))


def measured(reader: Reader, question: Question, tried: Tried | None = None) -> tuple[Forecast, Measurement]:
    """The forecast of the month a question asks about, and its table.

    Raises :class:`WrongQuestion` for a split other than by segment and for a period that is not one whole month.
    """
    _check(question)
    month = question.period.months[0] if question.period else None
    found = forecast(reader, month, where=question.where, tried=tried)
    asked = replace(question.over(found.month.period), clock=Clock.PERIOD)
    return found, table(found, asked, reader.company)


def _check(question: Question) -> None:
    if question.by not in ((), ("segment",)):
        raise WrongQuestion(
            "forecast-split",
            Text(
                "Прогноз считается только по сегментам: уберите --by или укажите segment.",
                "A forecast is counted by segment alone: drop --by or give segment.",
            ),
        )
    period = question.period
    if period is not None and period != period.months[0].period:
        raise WrongQuestion(
            "forecast-period",
            Text(
                "Прогноз считается для целого месяца: укажите --month ГГГГ-ММ.",
                "A forecast is made for a whole month: give --month YYYY-MM.",
            ),
        )
