"""In which language does the terminal speak? The person's own word, then the system's, then Russian."""

from __future__ import annotations

import os

from smarketing.facts.language import Language

VARIABLE = "SMARKETING_LANGUAGE"


def terminal_language() -> Language:
    """``SMARKETING_LANGUAGE`` if it is ru or en; else the system's language if it says one; else Russian."""
    said = os.environ.get(VARIABLE, "").lower()
    if said in ("ru", "en"):
        return "ru" if said == "ru" else "en"
    system = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if system.lower().startswith("en") else "ru"


def t(ru: str, en: str) -> str:
    """One text in the terminal's language: help is said before any option is read."""
    return ru if terminal_language() == "ru" else en
