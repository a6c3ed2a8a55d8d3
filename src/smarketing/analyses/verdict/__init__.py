"""Where was the plan lost, whose zone is it, and is it more than chance?"""

from smarketing.analyses.verdict.answer import verdict
from smarketing.analyses.verdict.result import Cause, Part, Verdict, VerdictState
from smarketing.analyses.verdict.rivals import Had, RivalSplit, had, rival_splits

__all__ = ["Cause", "Had", "Part", "RivalSplit", "Verdict", "VerdictState", "had", "rival_splits", "verdict"]
