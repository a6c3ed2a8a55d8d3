"""Why is an action not sent, whichever the system: it lacks something, or its card has gone on meanwhile?"""

from __future__ import annotations

from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text


def needed(value: str | None, name: str) -> str:
    """The value of a part of an action; raises :class:`LastingTrouble` where it is empty."""
    if not value:
        raise incomplete(name)
    return value


def incomplete(what: str) -> LastingTrouble:
    return LastingTrouble(
        "incomplete-action",
        Text(f"Действие задано не полностью: {what}.", f"The action is incomplete: {what}."),
    )


def moved_on() -> LastingTrouble:
    """Somebody moved the card or deleted it: their deed stays."""
    return LastingTrouble(
        "moved-on",
        Text(
            "Карточку уже перевели дальше или удалили: её не трогаем.",
            "The card was moved on or deleted meanwhile: it is left alone.",
        ),
    )
