"""The one family of errors: each has a code for the log and a sentence with a way out for the person."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from smarketing.facts.language import Language, Text


class SmarketingError(Exception):
    """Root of the family. ``code`` is stable and goes to the log; ``text`` is for the person."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(f"{code}: {text.en}")
        self.code = code
        self.text = text

    def say(self, language: Language) -> str:
        return self.text.say(language)


class WrongQuestion(SmarketingError):
    """The question cannot be answered as asked: unknown name, impossible split, empty period."""


class WrongSetting(SmarketingError):
    """The company's settings contradict themselves or name what does not exist."""


class WrongInput(SmarketingError):
    """A file as a whole cannot be read; single bad rows are quarantined instead."""


class WrongState(SmarketingError):
    """The workspace or the lake is not in the state the call needs."""


def did_you_mean(word: str, known: Iterable[str]) -> Text:
    """« Возможно, имелось в виду «…»? » or, with nothing near, the list of what is known."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return Text(f"Возможно, имелось в виду «{near[0]}».", f"Did you mean “{near[0]}”?")
    listed = ", ".join(names[:20]) or "—"
    return Text(f"Известны: {listed}.", f"Known: {listed}.")
