"""How do questions to heads and a diagnosis leave the product? As JSON whose keys are contracts.

``contract_version`` grows when a key changes its meaning or goes; new keys do not raise it. Money is text with two
digits in ``currency``; a share is a fraction of one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from smarketing.analyses.diagnosis.result import Diagnosis, Evidence, Step
from smarketing.analyses.diagnosis.words import STATE_NAMES, conclusion
from smarketing.analyses.question import Question
from smarketing.analyses.questions.memory import Remembered
from smarketing.analyses.questions.result import Pinned
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import CAUSE_NAMES, Verdict
from smarketing.facts.language import Language, Text
from smarketing.jobs.export import csv_of, figure_data, plain_number
from smarketing.jobs.record_export import Cell, Sheet
from smarketing.metrics.kinds import Number
from smarketing.metrics.wording import ZONE_NAMES

QUESTIONS = "smarketing.questions"
DIAGNOSIS = "smarketing.diagnosis"
CONTRACT_VERSION = 1


def as_json(data: Mapping[str, Any]) -> str:
    """A contract as text."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def questions_data(asked: Sequence[Remembered], verdict: Verdict, language: Language) -> dict[str, Any]:
    """The questions of a verdict with their memory as plain data, sentences in one language."""
    return {
        "contract": QUESTIONS,
        "contract_version": CONTRACT_VERSION,
        "lake_version": verdict.version,
        "known_until": verdict.known_until.isoformat(),
        "month": str(verdict.month),
        "from": verdict.period.start.isoformat(),
        "to": verdict.period.last_day.isoformat(),
        "state": verdict.state.value,
        "currency": verdict.currency,
        "questions": [_question(one, language) for one in asked],
    }


def diagnosis_data(found: Diagnosis, language: Language) -> dict[str, Any]:
    """The six steps as plain data, sentences in one language."""
    first = found.first_to_mend
    return {
        "contract": DIAGNOSIS,
        "contract_version": CONTRACT_VERSION,
        "lake_version": found.version,
        "known_until": found.known_until.isoformat(),
        "month": str(found.month),
        "from": found.period.start.isoformat(),
        "to": found.period.last_day.isoformat(),
        "currency": found.currency,
        "first_to_mend": first.key.value if first else None,
        "conclusion": conclusion(found).say(language),
        "steps": [_step(step, language) for step in found.steps],
    }


_HEADS = (
    Text("шаг", "step"),
    Text("состояние шага", "state of the step"),
    Text("свидетельство", "evidence"),
    Text("состояние", "state"),
    Text("зона", "zone"),
    Text("значение", "value"),
    Text("норма", "norm"),
    Text("что сделать", "what to do"),
)


def diagnosis_csv(found: Diagnosis, language: Language) -> bytes:
    """A line per piece of evidence, as :func:`smarketing.jobs.export.to_csv` writes its tables."""
    sheet = diagnosis_sheet(found, language)
    said = [[_as_text(cell, language) for cell in row] for row in sheet.rows]
    return csv_of([list(sheet.heads), *said], language)


def diagnosis_sheet(found: Diagnosis, language: Language) -> Sheet:
    """The same lines with numbers as numbers."""
    rows: list[list[Cell]] = []
    for place, step in enumerate(found.steps, start=1):
        own = [f"{place}. {step.title.say(language)}", STATE_NAMES[step.state].say(language)]
        rows += [[*own, *_evidence_cells(one, language)] for one in step.evidence]
    return Sheet(tuple(head.say(language) for head in _HEADS), rows)


def _as_text(cell: Cell, language: Language) -> str:
    return plain_number(cell, language) if isinstance(cell, Decimal) else str(cell or "")


def _number(value: Number | float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


def _evidence_cells(one: Evidence, language: Language) -> list[Cell]:
    return [
        one.text.say(language),
        STATE_NAMES[one.state].say(language) if one.state else "",
        ZONE_NAMES[one.zone].say(language),
        _number(one.figure.value if one.figure else None),
        _number(one.norm),
        one.action.say(language) if one.action else "",
    ]


def _question(one: Remembered, language: Language) -> dict[str, Any]:
    asked, interval = one.question, one.question.interval
    return {
        "key": asked.key,
        "zone": asked.zone.value,
        "cause": asked.cause.value,
        "name": CAUSE_NAMES[asked.cause].say(language),
        "step": asked.step.value,
        "stage": asked.stage,
        "question": asked.text.say(language),
        "fact": asked.fact.say(language),
        "effect": str(asked.effect),
        "interval": interval and {"low": interval.low, "high": interval.high, "level": interval.level},
        "narrowed_to": _where(asked.where),
        "pinned": _pinned(asked.pinned),
        "records": _door(asked.records),
        "asked": _memory(one),
    }


def _memory(one: Remembered) -> dict[str, Any] | None:
    asked = one.asked
    if asked is None:
        return None
    answer = asked.answer
    return {
        "at": asked.at.isoformat(),
        "by": asked.by,
        "value": asked.pinned.value,
        "has_moved": one.has_moved,
        "answer": answer and {"text": answer.text, "at": answer.at.isoformat(), "by": answer.by},
    }


def _door(door: Door) -> dict[str, Any]:
    return {"metric": door.metric, "side": door.side, **_asked(door.question)}


def _pinned(pinned: Pinned) -> dict[str, Any]:
    return {
        "metric": pinned.metric,
        "unit": pinned.unit.value,
        "value": pinned.value,
        "plan": pinned.plan,
        "known_until": pinned.known_until.isoformat(),
        "lake_version": pinned.version,
    }


def _asked(question: Question) -> dict[str, Any]:
    period = question.period
    return {
        "from": period.start.isoformat() if period else None,
        "to": period.last_day.isoformat() if period else None,
        "clock": question.clock.value,
        "where": _where(question.where),
    }


def _where(where: Mapping[str, tuple[str, ...]]) -> dict[str, list[str | None]]:
    return {key: [value or None for value in values] for key, values in sorted(where.items())}


def _step(step: Step, language: Language) -> dict[str, Any]:
    return {
        "step": step.key.value,
        "title": step.title.say(language),
        "follows": step.follows.say(language),
        "state": step.state.value,
        "evidence": [_evidence(one, language) for one in step.evidence],
        "missing": [text.say(language) for text in step.missing],
        "action": step.action.say(language),
        "zone": step.zone.value if step.zone else None,
    }


def _evidence(one: Evidence, language: Language) -> dict[str, Any]:
    return {
        "code": one.code,
        "state": one.state.value if one.state else None,
        "text": one.text.say(language),
        "metric": one.figure.metric if one.figure else None,
        "figure": figure_data(one.figure) if one.figure else None,
        "norm": one.norm,
        "action": one.action.say(language) if one.action else None,
        "zone": one.zone.value,
        "records": _door(one.records) if one.records else None,
    }
