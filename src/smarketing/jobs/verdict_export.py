"""How does a verdict leave the product? As JSON whose keys are a contract, like those of a measurement.

``contract_version`` grows when a key changes its meaning or goes; new keys do not raise it. Money is text with two
digits in ``currency``, so that nobody reads it into a float; the effects of ``parts`` sum to ``gap``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause, Part, SegmentShare, Verdict, ZonePart
from smarketing.analyses.verdict.rivals import Had, RivalSplit
from smarketing.analyses.verdict.sources import SourceSplit, source_label
from smarketing.analyses.verdict.words import headline, question, sentence
from smarketing.facts.company import Company
from smarketing.facts.language import Language
from smarketing.metrics.kinds import Interval

CONTRACT = "smarketing.verdict"
CONTRACT_VERSION = 1


def verdict_json(
    verdict: Verdict,
    company: Company,
    language: Language,
    *,
    rivals: Sequence[RivalSplit] | None = None,
    had: Had | None = None,
    sources: SourceSplit | None = None,
) -> str:
    """The verdict as the JSON contract, sentences in one language; the rest where it was asked for."""
    data = verdict_data(verdict, company, language, rivals=rivals, had=had, sources=sources)
    return json.dumps(data, ensure_ascii=False, indent=2)


def verdict_data(
    verdict: Verdict,
    company: Company,
    language: Language,
    *,
    rivals: Sequence[RivalSplit] | None = None,
    had: Had | None = None,
    sources: SourceSplit | None = None,
) -> dict[str, Any]:
    """The contract as plain data."""
    return {
        "contract": CONTRACT,
        "contract_version": CONTRACT_VERSION,
        "lake_version": verdict.version,
        "known_until": verdict.known_until.isoformat(),
        "month": str(verdict.month),
        "from": verdict.period.start.isoformat(),
        "to": verdict.period.last_day.isoformat(),
        "clock": verdict.clock.value,
        "state": verdict.state.value,
        "headline": headline(verdict, company).say(language),
        "currency": verdict.currency,
        "plan_kind": verdict.plan_kind.value if verdict.plan_kind else None,
        "implied_from": [str(month) for month in verdict.implied_from],
        "plan_version": verdict.standing.version.number if verdict.standing and verdict.standing.version else None,
        "plan_confirmed_by": [zone.value for zone in verdict.standing.confirmed_by] if verdict.standing else None,
        "elapsed": verdict.elapsed,
        "ripe": verdict.ripe,
        "full_plan": str(verdict.full_plan),
        "plan": str(verdict.plan),
        "fact": str(verdict.fact),
        "gap": str(verdict.gap),
        "interval": _interval(verdict.interval),
        "p_value": verdict.p_value,
        "label": verdict.label.value if verdict.label else None,
        "parts": [_part(part, company, language) for part in verdict.parts],
        "zones": [_zone(zone) for zone in verdict.zones],
        "segments": [_segment(segment, company, language) for segment in verdict.segments],
        "depends_on_method": [zone.value for zone in verdict.depends_on_method],
        "draws": verdict.draws,
        "seed": verdict.seed,
        "notes": [{"code": note.code, "text": note.text.say(language)} for note in verdict.notes],
        "rivals": None if rivals is None else [_rival(rival) for rival in rivals],
        "had": None if had is None else _had(had),
        "sources": None if sources is None else _sources(sources, company, language),
    }


def _rival(rival: RivalSplit) -> dict[str, Any]:
    return {
        "first": rival.first.value,
        "order": [cause.value for cause in rival.order],
        "parts": [{"cause": cause.value, "effect": str(effect)} for cause, effect in rival.effects.items()],
        "zones": [{"zone": zone.value, "effect": str(effect)} for zone, effect in rival.zones.items()],
    }


def _had(had: Had) -> dict[str, Any]:
    return {
        "causes": [cause.value for cause in had.causes],
        "revenue": str(had.revenue),
        "change": str(had.change),
        "interval": _interval(had.interval),
    }


def _sources(sources: SourceSplit, company: Company, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "segment": segment,
            "source": source,
            "label": source_label(source, company).say(language),
            "effect": str(sources.of((segment, source))),
            "parts": [
                {"cause": cause.value, "effect": str(effects[segment, source])}
                for cause, effects in sources.effects.items()
                if cause is not Cause.TIMING
            ],
        }
        for segment, source in sources.cells
    ]


def _part(part: Part, company: Company, language: Language) -> dict[str, Any]:
    asked = question(part)
    return {
        "cause": part.cause.value,
        "name": CAUSE_NAMES[part.cause].say(language),
        "zone": part.zone.value,
        "effect": str(part.effect),
        "interval": _interval(part.interval),
        "p_value": part.p_value,
        "label": part.label.value if part.label else None,
        "plan_value": part.reading.plan,
        "fact_value": part.reading.fact,
        "sentence": sentence(part, company).say(language),
        "question": asked.say(language) if asked else None,
        "by_segment": [{"segment": segment, "effect": str(effect)} for segment, effect in part.by_segment.items()],
    }


def _zone(zone: ZonePart) -> dict[str, Any]:
    return {
        "zone": zone.zone.value,
        "effect": str(zone.effect),
        "interval": _interval(zone.interval),
        "p_value": zone.p_value,
        "label": zone.label.value if zone.label else None,
    }


def _segment(share: SegmentShare, company: Company, language: Language) -> dict[str, Any]:
    return {
        "segment": share.segment,
        "label": company.label("segment", share.segment).say(language),
        "planned_leads": float(share.planned_leads),
        "leads": share.leads,
        "planned_revenue": str(share.planned_revenue),
        "revenue": str(share.revenue),
    }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"low": interval.low, "high": interval.high, "level": interval.level}
