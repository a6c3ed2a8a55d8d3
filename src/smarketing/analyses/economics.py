"""What did every source, segment or month cost and bring, from ad spend to revenue, in one table?"""

from __future__ import annotations

from collections.abc import Sequence

from smarketing.analyses.measuring import measure, measured_as
from smarketing.analyses.measuring.gathering import what_is_loaded
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company, Milestone
from smarketing.facts.query import Reader

# The columns of the end-to-end table; ROMI takes its name by what is known (see ``default_metrics``).
COLUMNS = (
    "spend",
    "leads",
    "target_leads",
    "non_target_share",
    "accepted_leads",
    "deals",
    "sales",
    "lead_to_sale_cr",
    "cpl",
    "cac_paid",
    "revenue",
    "aov",
)
# Beside them where the facts can tell: some client was seen to buy twice.
AFTER_SALE = ("repeat_customer_share", "lost_customer_share")
_AGAIN = "SELECT COUNT(*) AS customers FROM customers WHERE is_identified AND purchases > 1"
_STAGES = {"accepted_leads": Milestone.ACCEPTED, "deals": Milestone.DEAL}


def economics(reader: Reader, question: Question, metrics: Sequence[str] | None = None) -> Measurement:
    """The end-to-end table by the question's dimensions, none, one or several.

    Without ``metrics`` the usual columns, of which those that a split makes impossible are empty with a reason;
    metrics asked by name must be possible, else :class:`WrongQuestion`.
    """
    columns = default_metrics(reader) if metrics is None else tuple(metrics)
    return measured_as(
        "economics", reader, question, measure(reader, question, columns, strict=metrics is not None)
    )


def compared(reader: Reader, question: Question, metrics: Sequence[str] | None = None) -> Measurement | None:
    """The same table over the days the question is compared with; None where it names none."""
    if question.compare is None:
        return None
    return economics(reader, question.over(question.compare), metrics)


def default_metrics(reader: Reader) -> tuple[str, ...]:
    """The usual columns: without stages that the company does not have; ROMI only where costs are known.

    Repeat and churn stand at the end where clients are recognised when they come again.
    """
    facts = what_is_loaded(reader, ("receipts",))
    by_return = "romi" if facts.costed_payments else "roas_minus_one"
    again = reader.query(_AGAIN).to_pylist()[0]["customers"]
    return (
        *(key for key in COLUMNS if _has_stage(key, reader.company)),
        by_return,
        *(AFTER_SALE if again else ()),
    )


def _has_stage(key: str, company: Company) -> bool:
    milestone = _STAGES.get(key)
    return milestone is None or not company.stages or company.order(milestone) is not None
