"""How does a forecast leave the product? As JSON whose keys are a contract.

``contract_version`` grows when a key changes its meaning or goes; new keys do not raise it. Money is text with two
digits in ``currency``; chances and shares are fractions of one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from smarketing.analyses.forecast.result import (
    METHOD_NAMES,
    CutScores,
    Forecast,
    LeadsNeeded,
    Missing,
    Score,
    SegmentForecast,
)
from smarketing.analyses.forecast.words import headline, leads_needed, open_deals
from smarketing.analyses.labels import say_key
from smarketing.facts.company import Company
from smarketing.facts.language import Language
from smarketing.metrics.kinds import Interval

CONTRACT = "smarketing.forecast"
CONTRACT_VERSION = 1


def forecast_data(found: Forecast, company: Company, language: Language) -> dict[str, Any]:
    """A forecast as plain data, sentences in one language."""
    return {
        "contract": CONTRACT,
        "contract_version": CONTRACT_VERSION,
        "lake_version": found.version,
        "known_until": found.known_until.isoformat(),
        "month": str(found.month),
        "day": found.day.isoformat(),
        "state": found.state.value,
        "headline": headline(found, company).say(language),
        "currency": found.currency,
        "method": found.method.value if found.method else None,
        "choice": found.choice.value if found.choice else None,
        "value": _money(found.value),
        "quantiles": _quantiles(found),
        "interval": _interval(found.interval),
        "is_conformal": found.is_conformal,
        "booked": _money(found.booked),
        "open": _money(found.part("open")),
        "to_come": _money(found.part("to_come")),
        "later": _money(found.part("later")),
        "plan": _money(found.plan),
        "plan_kind": found.plan_kind.value if found.plan_kind else None,
        "chance": found.chance,
        "run_rate": _money(found.run_rate),
        "last_year": _money(found.last_year),
        "working_days_left": found.working_days_left,
        "segments": [_segment(one, company, language) for one in found.segments],
        "missing": _missing(found.missing, company, language) if found.missing else None,
        "backtest": {
            "months": [str(month) for month in found.months_tested],
            "days": [_cut(one, language) for one in found.tested],
        },
        "draws": found.draws,
        "seed": found.seed,
        "notes": [{"code": note.code, "text": note.text.say(language)} for note in found.notes],
    }


def _segment(one: SegmentForecast, company: Company, language: Language) -> dict[str, Any]:
    return {
        "segment": one.segment,
        "label": say_key(company, "segment", one.segment).say(language),
        "booked": _money(one.booked),
        "open": _money(one.open),
        "to_come": _money(one.to_come),
        "later": _money(one.later),
        "value": _money(one.value),
        "interval": _interval(one.interval),
        "open_leads": one.open_leads,
    }


def _missing(found: Missing, company: Company, language: Language) -> dict[str, Any]:
    deals = found.deals
    return {
        "shortfall": _money(found.shortfall),
        "leads": [_leads(one, company, language) for one in found.leads],
        "deals": {
            "count": deals.count,
            "worth": _money(deals.worth),
            "expected": _money(deals.expected),
            "needed": deals.needed,
            "sentence": open_deals(deals, company.currency).say(language),
        },
    }


def _leads(one: LeadsNeeded, company: Company, language: Language) -> dict[str, Any]:
    return {
        "segment": one.segment,
        "label": say_key(company, "segment", one.segment).say(language),
        "is_target": one.is_target,
        "is_focus": one.is_focus,
        "count": one.count,
        "chance": one.chance,
        "order": _money(one.order),
        "usual": one.usual,
        "can_help": one.can_help,
        "sentence": leads_needed(one, company).say(language),
    }


def _cut(one: CutScores, language: Language) -> dict[str, Any]:
    return {
        "day": one.cut or None,
        "choice": one.choice.value,
        "methods": [_score(score, language) for score in one.scores],
    }


def _score(score: Score, language: Language) -> dict[str, Any]:
    return {
        "method": score.method.value,
        "name": METHOD_NAMES[score.method].say(language),
        "n": score.n,
        "error": _rounded(score.error),
        "pinball": _rounded(score.pinball),
        "crps": _rounded(score.crps),
        "covered": score.covered,
        "coverage": _interval(score.coverage),
    }


def _quantiles(found: Forecast) -> dict[str, str | None] | None:
    if found.quantiles is None:
        return None
    return dict(zip(("p10", "p50", "p90"), (_money(one) for one in found.quantiles), strict=True))


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"low": interval.low, "high": interval.high, "level": round(interval.level, 2)}


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _rounded(amount: float) -> str:
    return f"{amount:.2f}"
