"""What went wrong on the way to another system, and can trying again help?"""

from __future__ import annotations

from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text


class Trouble(SmarketingError):
    """A call to another system failed. No text of it ever carries a secret."""


class PassingTrouble(Trouble):
    """It may work later: overload, a torn connection, maintenance.

    ``after``: seconds the other side asked to wait; None: it did not say.
    """

    def __init__(self, code: str, text: Text, *, after: float | None = None) -> None:
        super().__init__(code, text)
        self.after = after


class LastingTrouble(Trouble):
    """Only a person can help: revoked access, a missing right, an unpaid plan. The text says what to do."""


class WrongAnswer(Trouble):
    """The other side said something that we do not understand: its contract or our reading of it is wrong."""
