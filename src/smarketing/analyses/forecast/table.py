"""The forecast as a measurement: a row per segment, its parts in columns, for the terminal, CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from smarketing.analyses.forecast.result import Forecast, Method, SegmentForecast
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, Interval, NoValue, Row, Unit

PARTS = {
    "forecast_booked": "booked",
    "forecast_open": "open",
    "forecast_to_come": "to_come",
    "forecast_later": "later",
}
BY_MODEL = (*PARTS, "forecast_revenue")
BY_RATE = ("forecast_booked", "forecast_revenue")
OF_PLAN = ("forecast_plan", "plan_chance")


def table(found: Forecast, question: Question, company: Company) -> Measurement:
    """Rows by segment where the question is split, and a total that carries plan and chance."""
    shown = [*(BY_RATE if found.method is Method.RUN_RATE else BY_MODEL), *OF_PLAN]
    rows = (
        tuple(Row((one.segment,), _figures(one, shown, company)) for one in found.segments) if question.by else ()
    )
    return Measurement(
        what="forecast", question=question, version=found.version, known_until=found.known_until,
        currency=found.currency, by=question.by, metrics=tuple(shown), rows=rows,
        total=Row((None,) * len(question.by), _total(found, shown, company)), notes=found.notes, asked=found.asked,
    )  # fmt: skip


def _figures(one: SegmentForecast, shown: Sequence[str], company: Company) -> dict[str, Figure]:
    found = {key: _money(key, getattr(one, part), company) for key, part in PARTS.items()}
    found["forecast_revenue"] = _money("forecast_revenue", one.value, company, one.interval)
    for key in OF_PLAN:  # the plan is the whole month's
        found[key] = _none(key, NoValue.CANNOT_SPLIT, company)
    return {key: found[key] for key in shown}


def _total(found: Forecast, shown: Sequence[str], company: Company) -> dict[str, Figure]:
    return dict(_totals(found, shown, company))


def _totals(found: Forecast, shown: Sequence[str], company: Company) -> Iterator[tuple[str, Figure]]:
    for key in shown:
        if key in PARTS:
            part = found.booked if key == "forecast_booked" else found.part(PARTS[key])
            yield key, _money(key, part, company)
        elif key == "forecast_revenue":
            yield key, _money(key, found.value, company, found.interval)
        elif key == "forecast_plan":
            yield (
                key,
                _money(key, found.plan, company)
                if found.plan is not None
                else _none(key, NoValue.NOT_LOADED, company),
            )
        else:
            yield key, _chance(found, company)


def _chance(found: Forecast, company: Company) -> Figure:
    key = "plan_chance"
    if found.chance is None:
        return _none(key, NoValue.NOT_LOADED if found.plan is None else NoValue.TOO_FEW, company)
    return Figure(key, Unit.SHARE, found.chance, zone=accountable(metric(key), company))


def _money(key: str, value: Decimal | None, company: Company, interval: Interval | None = None) -> Figure:
    if value is None:
        return _none(key, NoValue.TOO_FEW, company)
    return Figure(key, Unit.MONEY, value, interval=interval, zone=accountable(metric(key), company))


def _none(key: str, reason: NoValue, company: Company) -> Figure:
    what = metric(key)
    return Figure(key, what.unit, None, zone=accountable(what, company), reason=reason)
