"""Which tables do measures stand on, by which dates do their rows fall into a period, and what can split them?"""

from __future__ import annotations

from smarketing.facts.company import Milestone
from smarketing.facts.journeys import LEAD_DIMENSIONS, SPEND_DIMENSIONS
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import NOW, Measure, Unit

TIME = ("day", "week", "month")

# What only ``journeys`` carries, beside the dimensions of every lead.
OF_JOURNEY = ("hour", "stage", "criterion", "loss_stage", "loss_reason", "competitor")

JOURNEY_SPLITS = frozenset((*TIME, *LEAD_DIMENSIONS, *OF_JOURNEY))
RECEIPT_SPLITS = frozenset((*TIME, *LEAD_DIMENSIONS))
SPEND_SPLITS = frozenset((*TIME, *SPEND_DIMENSIONS))
COST_SPLITS = frozenset(("month",))
PLAN_SPLITS = frozenset(("month", "segment", "lead_source"))

# The only rows a figure may count; every question about these tables begins with it.
COUNTED = {"journeys": "is_counted", "receipts": "is_counted"}

BOTH = (Clock.COHORT, Clock.PERIOD)
EVENT_FIRST = (Clock.PERIOD, Clock.COHORT)


def of_leads(
    key: str,
    condition: str = "",
    *,
    event: str = "created",
    expression: str = "COUNT(*)",
    unit: Unit = Unit.COUNT,
    additive: bool = True,
    needs: Milestone | None = None,
) -> Measure:
    """A measure of ``journeys`` over counted leads; ``event`` dates it by the period clock."""
    return Measure(
        key,
        "journeys",
        expression,
        {Clock.COHORT: "created", Clock.PERIOD: event},
        condition or "TRUE",
        JOURNEY_SPLITS,
        unit,
        additive,
        needs,
    )


def of_open_leads(key: str, condition: str, **more: object) -> Measure:
    """A state of ``journeys`` as of now: by the period clock it belongs to no day."""
    return of_leads(key, f"outcome = 'open' AND {condition}", event=NOW, **more)  # type: ignore[arg-type]


def of_receipts(
    key: str, expression: str, condition: str = "", *, unit: Unit = Unit.MONEY, additive: bool = True
) -> Measure:
    """A measure of ``receipts`` over counted payments, dated by the payment or by its lead."""
    return Measure(
        key,
        "receipts",
        expression,
        {Clock.COHORT: "created", Clock.PERIOD: "paid"},
        condition or "TRUE",
        RECEIPT_SPLITS,
        unit,
        additive,
    )


def of_spend(key: str, expression: str, condition: str = "TRUE", *, unit: Unit = Unit.COUNT) -> Measure:
    """A measure of ``spend``: its day is the same by both clocks."""
    return Measure(key, "spend", expression, {Clock.COHORT: "", Clock.PERIOD: ""}, condition, SPEND_SPLITS, unit)
