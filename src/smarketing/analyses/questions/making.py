"""From a verdict to questions: one for every cause beyond chance, none for any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smarketing.analyses.qualification import criterion_name
from smarketing.analyses.question import EMPTY, Question
from smarketing.analyses.questions import words
from smarketing.analyses.questions.refining import (
    Where,
    common_criterion,
    common_loss,
    segment_of,
    source_of,
)
from smarketing.analyses.questions.result import AskedQuestion, Door, Pinned, Step
from smarketing.analyses.records import Side
from smarketing.analyses.verdict.result import Cause, Part, Verdict
from smarketing.facts.language import Text
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Unit


@dataclass(frozen=True)
class _Kind:
    """What belongs to a cause: its place on the way, its figure, the records behind a loss and behind a gain."""

    step: Step
    metric: str
    unit: Unit
    lost: tuple[str, Side]
    gained: tuple[str, Side]


_KINDS: dict[Cause, _Kind] = {
    Cause.VOLUME: _Kind(Step.LEAD, "leads", Unit.COUNT, ("leads", "numerator"), ("leads", "numerator")),
    Cause.MIX: _Kind(Step.LEAD, "lead_share", Unit.SHARE, ("leads", "numerator"), ("leads", "numerator")),
    Cause.QUALITY: _Kind(
        Step.TARGET, "target_share", Unit.SHARE, ("non_target_leads", "numerator"), ("target_leads", "numerator")
    ),
    Cause.HANDLING: _Kind(
        Step.HANDLED, "handled_share", Unit.SHARE, ("sla_first", "denominator"), ("sla_first", "numerator")
    ),
    Cause.CONVERSION: _Kind(
        Step.SALE, "handled_to_sale_cr", Unit.SHARE, ("target_to_sale_cr", "denominator"), ("sales", "numerator")
    ),
    Cause.ORDER_VALUE: _Kind(Step.ORDER, "aov", Unit.MONEY, ("sales", "numerator"), ("sales", "numerator")),
}


def questions(
    reader: Reader, verdict: Verdict, where: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[AskedQuestion, ...]:
    """The questions of a verdict, the most money first; none where nothing is beyond chance.

    ``where`` is the filter the verdict was asked with. Sellers are never told apart: heads speak for their people.
    """
    confirmed = [part for part in verdict.parts if part.is_confirmed and part.cause in _KINDS]
    made = [_question(reader, verdict, part, dict(where or {})) for part in confirmed]
    return tuple(sorted(made, key=lambda one: (-one.at_stake, one.cause)))


def _question(reader: Reader, verdict: Verdict, part: Part, filters: dict[str, tuple[str, ...]]) -> AskedQuestion:
    company, kind = reader.company, _KINDS[part.cause]
    narrowed: dict[str, tuple[str, ...]] = dict(segment_of(part))
    found = source_of(reader, part, verdict.period, filters | narrowed)
    if found is not None:
        narrowed["lead_source"] = (EMPTY if found.source is None else found.source,)
    asked_of = filters | narrowed
    criterion, stage, reason = _details(reader, verdict, part, asked_of)
    losses = {"loss_stage": stage, "loss_reason": reason}
    lost_at = {dimension: (value,) for dimension, value in losses.items() if value is not None}
    metric, side = kind.lost if part.effect < 0 else kind.gained
    return AskedQuestion(
        month=verdict.month,
        zone=part.zone,
        cause=part.cause,
        step=kind.step,
        text=words.asked(part, company, narrowed, criterion, stage, reason),
        fact=words.fact(part, company, narrowed, found),
        effect=part.effect,
        interval=part.interval,
        where=narrowed,
        stage=stage,
        pinned=Pinned(
            kind.metric, kind.unit, part.reading.fact, part.reading.plan, verdict.known_until, verdict.version
        ),
        records=Door(metric, Question(verdict.period, where=asked_of | lost_at), side),
    )


def _details(
    reader: Reader, verdict: Verdict, part: Part, where: Where
) -> tuple[Text | None, str | None, str | None]:
    """What the records of a loss say most often: the criterion, or the stage and the reason."""
    if part.effect >= 0:
        return None, None, None
    if part.cause is Cause.QUALITY:
        key = common_criterion(reader, verdict.period, where)
        return (None if key is None else criterion_name(reader.company, key)), None, None
    if part.cause is Cause.CONVERSION:
        return None, *common_loss(reader, verdict.period, where)
    return None, None, None
