"""What belongs to a cause: its place on the way from lead to money, its figure, and the records behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from smarketing.analyses.question import Question
from smarketing.analyses.questions.result import Step
from smarketing.analyses.records import Door, Side
from smarketing.analyses.verdict.result import Cause
from smarketing.metrics.kinds import Unit


@dataclass(frozen=True)
class CauseKind:
    """What belongs to a cause: its place on the way, its figure, the records behind a loss and behind a gain."""

    step: Step
    metric: str
    unit: Unit
    lost: tuple[str, Side]
    gained: tuple[str, Side]


KINDS: dict[Cause, CauseKind] = {
    Cause.VOLUME: CauseKind(Step.LEAD, "leads", Unit.COUNT, ("leads", "numerator"), ("leads", "numerator")),
    Cause.MIX: CauseKind(Step.LEAD, "lead_share", Unit.SHARE, ("leads", "numerator"), ("leads", "numerator")),
    Cause.QUALITY: CauseKind(
        Step.TARGET, "target_share", Unit.SHARE, ("non_target_leads", "numerator"), ("target_leads", "numerator")
    ),
    Cause.HANDLING: CauseKind(
        Step.HANDLED, "handled_share", Unit.SHARE, ("sla_first", "denominator"), ("sla_first", "numerator")
    ),
    Cause.CONVERSION: CauseKind(
        Step.SALE, "handled_to_sale_cr", Unit.SHARE, ("target_to_sale_cr", "denominator"), ("sales", "numerator")
    ),
    Cause.ORDER_VALUE: CauseKind(Step.ORDER, "aov", Unit.MONEY, ("sales", "numerator"), ("sales", "numerator")),
}


def door(cause: Cause, effect: Decimal, question: Question) -> Door:
    """The records of a question that stand behind a cause with this effect on revenue."""
    metric, side = KINDS[cause].lost if effect < 0 else KINDS[cause].gained
    return Door(metric, question, side)
