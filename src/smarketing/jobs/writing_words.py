"""How are a line of the log and a switch said, in the terminal and on the page alike?"""

from __future__ import annotations

from collections.abc import Sequence

from smarketing.connectors.outside.actions import LABELS, OUTCOMES, ActionKind, Done
from smarketing.facts.language import Text
from smarketing.jobs.writing_log import Switched

_SWITCHES = (
    ("on", Text("включено", "switched on")),
    ("off", Text("выключено", "switched off")),
    ("resumed", Text("продолжено", "resumed")),
)


def say_outcome(done: Done) -> Text:
    """What became of it, with the reason where there is one."""
    said = OUTCOMES[done.outcome]
    if done.problem is None:
        return said
    return Text(f"{said.ru}: {done.problem.ru}", f"{said.en}: {done.problem.en}")


def say_switched(switched: Switched) -> Text:
    """What a person switched."""
    parts = [
        Text(f"{word.ru}: {_listed(kinds).ru}", f"{word.en}: {_listed(kinds).en}")
        for name, word in _SWITCHES
        if (kinds := getattr(switched, name))
    ]
    return Text("; ".join(part.ru for part in parts), "; ".join(part.en for part in parts))


def _listed(kinds: Sequence[ActionKind]) -> Text:
    return Text(", ".join(LABELS[kind].ru for kind in kinds), ", ".join(LABELS[kind].en for kind in kinds))
