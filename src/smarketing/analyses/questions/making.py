"""From a verdict to questions: one for every cause beyond chance, none for any other."""

from __future__ import annotations

from collections.abc import Mapping

from smarketing.analyses.qualification import criterion_name
from smarketing.analyses.question import EMPTY, Question
from smarketing.analyses.questions import words
from smarketing.analyses.questions.kinds import KINDS, door
from smarketing.analyses.questions.refining import (
    Where,
    common_criterion,
    common_loss,
    segment_of,
    source_of,
)
from smarketing.analyses.questions.result import AskedQuestion, Pinned
from smarketing.analyses.verdict.result import Cause, Part, Verdict
from smarketing.facts.language import Text
from smarketing.facts.query import Reader


def questions(
    reader: Reader, verdict: Verdict, where: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[AskedQuestion, ...]:
    """The questions of a verdict, the most money first; none where nothing is beyond chance.

    ``where`` is the filter the verdict was asked with. Sellers are never told apart: heads speak for their people.
    """
    confirmed = [part for part in verdict.parts if part.is_confirmed and part.cause in KINDS]
    made = [_question(reader, verdict, part, dict(where or {})) for part in confirmed]
    return tuple(sorted(made, key=lambda one: (-one.at_stake, one.cause)))


def _question(reader: Reader, verdict: Verdict, part: Part, filters: dict[str, tuple[str, ...]]) -> AskedQuestion:
    company, kind = reader.company, KINDS[part.cause]
    narrowed: dict[str, tuple[str, ...]] = dict(segment_of(part))
    found = source_of(reader, part, verdict.period, filters | narrowed)
    if found is not None:
        narrowed["lead_source"] = (EMPTY if found.source is None else found.source,)
    asked_of = filters | narrowed
    criterion, stage, reason = _details(reader, verdict, part, asked_of)
    losses = {"loss_stage": stage, "loss_reason": reason}
    lost_at = {dimension: (value,) for dimension, value in losses.items() if value is not None}
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
        records=door(part.cause, part.effect, Question(verdict.period, where=asked_of | lost_at)),
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
