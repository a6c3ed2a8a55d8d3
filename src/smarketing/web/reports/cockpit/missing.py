"""What has still to be loaded or written before the plan gap can be split?"""

from __future__ import annotations

from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict.result import Verdict, VerdictState
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.metrics.kinds import NoValue

_PLAN = Text("план месяца", "a plan of the month")
_FACTS = {
    "revenue": Text("оплаты", "payments"),
    "spend": Text("расход на рекламу", "ad spend"),
}
_CRITERIA = Text("критерии целевого лида в company.toml", "criteria of a target lead in company.toml")


def missing(now: Measurement, verdict: Verdict, company: Company) -> Text | None:
    """The list in words, most needed first; None where the gap was split or nothing is missing."""
    if verdict.state is VerdictState.JUDGED:
        return None
    found = [_PLAN] if verdict.state is VerdictState.NO_PLAN else []
    found += [text for key, text in _FACTS.items() if _is_absent(now, key)]
    if not company.criteria:
        found.append(_CRITERIA)
    if not found:
        return None
    return Text(", ".join(text.ru for text in found), ", ".join(text.en for text in found))


def _is_absent(now: Measurement, key: str) -> bool:
    figure = now.total.figures.get(key)
    return figure is not None and figure.reason is NoValue.NOT_LOADED
