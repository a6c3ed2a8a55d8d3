"""What should the founder ask each head? Open questions made from figures, the most money first."""

from smarketing.analyses.questions.making import questions
from smarketing.analyses.questions.result import AskedQuestion, Pinned, Step

__all__ = ["AskedQuestion", "Pinned", "Step", "questions"]
