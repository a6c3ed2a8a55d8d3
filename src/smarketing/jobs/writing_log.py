"""What was written into a connected system, what is under way, and what was switched? One file, only appended.

A line says that something is about to be sent before it is, and another what became of it. Killed between the two
nobody knows whether the other side did it: such a line reads as uncertain and is not repeated.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from smarketing.connectors.outside.actions import ActionKind, Done, Outcome
from smarketing.facts.language import Text
from smarketing.facts.stored import read_back
from smarketing.jobs.journal import Journal, append_line, as_json

_CUT = Text(
    "Программа остановилась между отправкой и записью: сделано или нет, неизвестно. Повторять не будем.",
    "The program stopped between sending and writing it down: done or not, nobody knows. It is not repeated.",
)


@dataclass(frozen=True)
class Switched:
    """A person switched kinds on or off, or let a stopped one go on."""

    at: datetime
    who: str
    on: tuple[ActionKind, ...] = ()
    off: tuple[ActionKind, ...] = ()
    resumed: tuple[ActionKind, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.on or self.off or self.resumed)


@dataclass(frozen=True)
class _Line:
    """As it stands in the file."""

    what: str  # begun, done, switched
    done: Done | None = None
    switched: Switched | None = None


@dataclass
class WritingLog:
    """The file of one connection. Dry runs leave no line: nothing happened."""

    path: Path
    _known: list[Done] | None = field(default=None, init=False)

    def begin(self, done: Done) -> None:
        self._append(_Line("begun", done))

    def add(self, done: Done) -> None:
        if done.outcome in (Outcome.DRY, Outcome.OFF):
            return
        self._append(_Line("done", done))
        if self._known is not None:
            self._known.append(done)

    def switched(self, switched: Switched) -> None:
        self._append(_Line("switched", switched=switched))

    def since(self, moment: datetime) -> Sequence[Done]:
        return [done for done in self.dones() if done.at >= moment]

    def dones(self) -> Sequence[Done]:
        """What was done and what was begun and never told, in the order of the file."""
        if self._known is None:
            self._known = [one for one in _merged(self._lines()) if isinstance(one, Done)]
        return self._known

    def entries(self, newest: int) -> Sequence[Done | Switched]:
        """The newest first."""
        return list(_merged(self._lines()))[-newest:][::-1]

    def settled(self) -> Collection[tuple[ActionKind, str, str]]:
        """Keys of actions that are not to be done again."""
        return {done.action.key for done in self.dones() if done.is_settled}

    def _append(self, line: _Line) -> None:
        append_line(self.path, json.loads(as_json(line)))

    def _lines(self) -> Iterator[_Line]:
        """One cut by a crash, or written by another version, is left out."""
        for record in Journal(self.path).records():
            line = read_back(_Line, record)
            if line is not None:
                yield line


def _merged(lines: Iterator[_Line]) -> list[Done | Switched]:
    """Each beginning gives way to the line that tells its end."""
    found: list[Done | Switched] = []
    begun: dict[tuple[ActionKind, str, str], int] = {}
    for line in lines:
        if line.switched is not None:
            found.append(line.switched)
        elif line.done is not None and line.what == "begun":
            begun[line.done.action.key] = len(found)
            found.append(replace(line.done, outcome=Outcome.UNCERTAIN, problem=_CUT, code="cut-off"))
        elif line.done is not None:
            place = begun.pop(line.done.action.key, None)
            if place is None:
                found.append(line.done)
            else:
                found[place] = line.done
    return found
