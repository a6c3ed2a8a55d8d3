"""Where does the path from lead to money break, and is it more than chance?

``funnel`` counts; ``kinds`` says what comes back.
"""

from __future__ import annotations

from smarketing.analyses.funnel.kinds import (
    LEAD,
    Comparison,
    Counts,
    Funnel,
    Kind,
    Part,
    Step,
    StepName,
    Totals,
    Transition,
    Worth,
)
from smarketing.analyses.funnel.measure import funnel

__all__ = [
    "LEAD",
    "Comparison",
    "Counts",
    "Funnel",
    "Kind",
    "Part",
    "Step",
    "StepName",
    "Totals",
    "Transition",
    "Worth",
    "funnel",
]
