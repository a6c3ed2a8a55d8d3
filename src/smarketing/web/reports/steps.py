"""How is a diagnosis shown? Six steps, each figure a door to its definition and its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from smarketing.analyses.diagnosis import Diagnosis, Evidence, State, Step
from smarketing.analyses.diagnosis.words import STATE_NAMES
from smarketing.analyses.verdict.result import Cause
from smarketing.facts.language import Text
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.kinds import Number, Unit
from smarketing.metrics.wording import ZONE_NAMES, money_scale, say_number
from smarketing.web.reports.page import Page, definition
from smarketing.web.reports.tables import ZONE_CLASS

_LOOKS = {State.IN_ORDER: "ok", State.ATTENTION: "warn", State.CANNOT_JUDGE: "open"}
_TO_KNOW = Text("к сведению", "to know")
# Where the whole of a piece of evidence stands on a page of its own.
_PAGES: Mapping[str, tuple[str, Text]] = {
    "focus": ("focus", Text("Фокус", "Focus")),
    "gap": ("cockpit", Text("Сводка", "Overview")),
    "criteria": ("qualification", Text("Квалификация", "Qualification")),
    "agreement": ("qualification", Text("Квалификация", "Qualification")),
    "non-target": ("qualification", Text("Квалификация", "Qualification")),
    "stages": ("funnel", Text("Воронка", "Funnel")),
    "loss-reasons": ("funnel", Text("Воронка", "Funnel")),
}


_PLANNED = frozenset({*Cause, "gap"})


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence; ``look`` is ok, warn, open (cannot be judged) or «» (to know)."""

    look: str
    state: Text
    text: Text
    zone: Text
    zone_class: str
    value: str
    norm: str
    is_planned: bool  # the norm is the plan's
    records: str
    definition: str
    page: str
    page_name: Text | None


@dataclass(frozen=True)
class StepLine:
    """One step with its number; ``zone`` is whose the next action is."""

    number: int
    key: str
    title: Text
    follows: Text
    look: str
    state: Text
    evidence: tuple[EvidenceLine, ...]
    action: Text
    zone: Text | None
    zone_class: str


def step_lines(page: Page, found: Diagnosis) -> list[StepLine]:
    """The steps in their order."""
    return [_step(page, number, step) for number, step in enumerate(found.steps, start=1)]


def _step(page: Page, number: int, step: Step) -> StepLine:
    return StepLine(
        number=number,
        key=step.key.value,
        title=step.title,
        follows=step.follows,
        look=_LOOKS[step.state],
        state=STATE_NAMES[step.state],
        evidence=tuple(_evidence(page, one) for one in step.evidence),
        action=step.action,
        zone=ZONE_NAMES[step.zone] if step.zone else None,
        zone_class=ZONE_CLASS[step.zone] if step.zone else "",
    )


def _evidence(page: Page, one: Evidence) -> EvidenceLine:
    figure = one.figure
    metrics = [figure.metric if figure else "", one.records.metric if one.records else ""]
    defined = next((key for key in metrics if key in METRICS), "")
    name, said = _PAGES.get(one.code, ("", None))
    return EvidenceLine(
        look=_LOOKS[one.state] if one.state else "",
        state=STATE_NAMES[one.state] if one.state else _TO_KNOW,
        text=one.text,
        zone=ZONE_NAMES[one.zone],
        zone_class=ZONE_CLASS[one.zone],
        value=_said(page, one, figure.value if figure else None),
        norm=_said(page, one, one.norm),
        is_planned=one.code in _PLANNED,
        records=page.behind(one.records) if one.records else "",
        definition=definition(defined) if defined else "",
        page=reverse(name) if name else "",
        page_name=said,
    )


def _said(page: Page, one: Evidence, value: Number | float | None) -> str:
    """As the sentence beside it says it: counts of a plan read as whole, money in one unit."""
    if one.figure is None or value is None:
        return ""
    exact, unit = Decimal(str(round(float(value), 6))), one.figure.unit
    digits = 0 if unit is Unit.COUNT else None
    if unit is not Unit.MONEY:
        return say_number(exact, unit, page.language, digits=digits)
    return say_number(exact, unit, page.language, page.company.currency, money_scale([one.figure.value, one.norm]))
