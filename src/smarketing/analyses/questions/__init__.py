"""What should the founder ask each head? Open questions made from figures, the most money first."""

from smarketing.analyses.questions.making import questions
from smarketing.analyses.questions.result import AskedQuestion, Door, Pinned, Step

__all__ = ["AskedQuestion", "Door", "Pinned", "Step", "questions"]
