"""Where was the plan lost, whose zone is it, and is it more than chance?"""

from smarketing.analyses.verdict.answer import verdict
from smarketing.analyses.verdict.result import Cause, Part, Verdict, VerdictState

__all__ = ["Cause", "Part", "Verdict", "VerdictState", "verdict"]
