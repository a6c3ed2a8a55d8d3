"""What may we write into a company's CRM, and what keeps it from going wrong?

Nothing is written unless somebody switched it on. Every action can be tried dry, is logged whatever became of it,
is done a limited number of times a day for one card, and is remembered, so that our own change does not come back
as news.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble
from smarketing.facts.company import Company
from smarketing.facts.language import Text


class ActionKind(StrEnum):
    """What can be done to a card; each is switched on for itself."""

    COMMENT = "comment"
    NOTICE = "notice"
    MOVE_BACK = "move_back"
    TASK = "task"
    CALL_PROMPT = "call_prompt"


LABELS: dict[ActionKind, Text] = {
    ActionKind.COMMENT: Text("комментарий в карточке", "a comment on the card"),
    ActionKind.NOTICE: Text("уведомление сотруднику", "a notice to a person"),
    ActionKind.MOVE_BACK: Text("возврат карточки на прежнюю стадию", "the card moved back"),
    ActionKind.TASK: Text("задача", "a task"),
    ActionKind.CALL_PROMPT: Text("повод для звонка комментарием", "a call prompt as a comment"),
}


@dataclass(frozen=True)
class Card:
    """Where a lead of the facts is written to, as it was last read.

    ``key``: the card that carries its stage now (of the lead L12 with a deal: D77). ``person``: who answers for
    it, in the system's own id. ``stage`` and ``came_from``: the system's own codes of where it stands and of the
    stage before, where it can be moved back to (None: nowhere, or into another pipeline). ``moved_at``: since when
    it stands there; None: nobody knows.
    """

    key: str
    person: str | None = None
    stage: str | None = None
    came_from: str | None = None
    moved_at: datetime | None = None


@dataclass(frozen=True)
class Action:
    """One thing to do. ``card`` is the key of a card as :class:`Card` gives it (L12, D77).

    ``person``: whom it concerns, in the system's own id. ``stage``: the system's own code, for a move back;
    ``still_in``: where the card must stand for that, so that nobody's newer move is undone. ``occasion``: why it
    is done; the same thing is done to a card once for one occasion. ``url``: the card's address for people.
    """

    kind: ActionKind
    card: str
    text: str = ""
    person: str | None = None
    stage: str | None = None
    still_in: str | None = None
    due_at: datetime | None = None
    occasion: str = ""
    url: str | None = None

    @property
    def key(self) -> tuple[ActionKind, str, str]:
        """What it is and what for; two actions with one key are one."""
        return self.kind, self.card, self.occasion


class Outcome(StrEnum):
    DONE = "done"
    DRY = "dry"  # nothing was sent: this is what would have been
    OFF = "off"  # the kind is not switched on
    TOO_OFTEN = "too_often"
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # the connection tore after sending: done or not, nobody knows; not repeated


OUTCOMES: dict[Outcome, Text] = {
    Outcome.DONE: Text("сделано", "done"),
    Outcome.DRY: Text("было бы сделано", "would be done"),
    Outcome.OFF: Text("выключено", "off"),
    Outcome.TOO_OFTEN: Text("для этой карточки на сегодня достаточно", "enough for this card today"),
    Outcome.FAILED: Text("не получилось", "failed"),
    Outcome.UNCERTAIN: Text("неизвестно, сделано ли", "nobody knows whether it was done"),
}


@dataclass(frozen=True)
class Done:
    """A line of the log: what was asked, what became of it, what was or would be sent.

    ``passing``: it failed and may be tried again. ``stops``: until a person has acted nothing of this kind can be
    done on any card.
    """

    action: Action
    at: datetime
    outcome: Outcome
    request: Any = None
    answer: str = ""
    problem: Text | None = None
    code: str = ""
    passing: bool = False
    stops: bool = False

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do for this occasion."""
        if self.outcome is Outcome.FAILED:
            return not self.passing and not self.stops
        return self.outcome in (Outcome.DONE, Outcome.UNCERTAIN, Outcome.TOO_OFTEN)


class CrmActions(Protocol):
    """A connected system that can be written to. Opened, it has asked nothing yet."""

    kind: str

    def cards(self, mirror: Mirror, company: Company, leads: Collection[str]) -> Mapping[str, Card]:
        """Lead of the facts → its card, by the mirror alone and without a request.

        Leads that it does not know and deleted ones are left out.
        """

    def request(self, action: Action) -> object:
        """What would be sent, as plain JSON. Raises :class:`Trouble` where the action makes no sense there."""

    def send(self, action: Action) -> str:
        """Send it, exactly once; gives the id of what came to be. Raises :class:`Trouble`."""

    def close(self) -> None: ...


class ActionLog(Protocol):
    """Where lines of the log are kept."""

    def begin(self, done: Done) -> None:
        """It is about to be sent: killed before ``add`` says what became of it, it is uncertain."""

    def add(self, done: Done) -> None: ...

    def since(self, moment: datetime) -> Iterable[Done]: ...


@dataclass
class MemoryLog:
    """A log for tests and dry runs."""

    lines: list[Done]

    def begin(self, done: Done) -> None:
        """Memory does not outlive a kill."""

    def add(self, done: Done) -> None:
        self.lines.append(done)

    def since(self, moment: datetime) -> Sequence[Done]:
        return [done for done in self.lines if done.at >= moment]


@dataclass(frozen=True)
class Rules:
    """What is switched on. By default nothing is, and what is on still runs dry until ``dry_run`` is lifted."""

    allowed: frozenset[ActionKind] = frozenset()
    dry_run: bool = True
    a_day: int = 3  # of one kind for one card
    echo: timedelta = timedelta(minutes=10)


class Writer:
    """Carries actions out by the rules. The clock is injected."""

    def __init__(self, crm: CrmActions, log: ActionLog, rules: Rules, now: Callable[[], datetime]) -> None:
        self._crm, self._log, self._rules, self._now = crm, log, rules, now

    def do(self, action: Action) -> Done:
        """Carry out one action; trouble becomes a line of the log and is not raised."""
        done = self._decide(Done(action, self._now(), Outcome.DONE))
        self._log.add(done)
        return done

    def is_echo(self, card: str, stage: str | None, at: datetime) -> bool:
        """Is a move of this card to this stage our own, come back to us?"""
        return any(
            done.outcome in (Outcome.DONE, Outcome.UNCERTAIN)
            and done.action.kind is ActionKind.MOVE_BACK
            and (done.action.card, done.action.stage) == (card, stage)
            and done.at <= at + self._rules.echo
            for done in self._log.since(at - self._rules.echo)
        )

    def _decide(self, done: Done) -> Done:
        action = done.action
        if action.kind not in self._rules.allowed:
            return replace(done, outcome=Outcome.OFF)
        if self._times_today(action, done.at) >= self._rules.a_day:
            return replace(done, outcome=Outcome.TOO_OFTEN)
        try:
            done = replace(done, request=self._crm.request(action))
            if self._rules.dry_run:
                return replace(done, outcome=Outcome.DRY)
            self._log.begin(done)
            return replace(done, answer=self._crm.send(action))
        except Trouble as trouble:
            return _failed(done, trouble)

    def _times_today(self, action: Action, at: datetime) -> int:
        return sum(
            (done.action.kind, done.action.card) == (action.kind, action.card)
            and done.outcome in (Outcome.DONE, Outcome.UNCERTAIN)
            for done in self._log.since(at - timedelta(days=1))
        )


def _failed(done: Done, trouble: Trouble) -> Done:
    torn = trouble.code in UNCERTAIN
    return replace(
        done,
        outcome=Outcome.UNCERTAIN if torn else Outcome.FAILED,
        problem=trouble.text,
        code=trouble.code,
        passing=isinstance(trouble, PassingTrouble) and not torn,
        stops=isinstance(trouble, LastingTrouble) and trouble.code not in OF_CARD,
    )


# Troubles of one card: others may well go.
OF_CARD: Collection[str] = frozenset({"moved-on", "incomplete-action"})
# Codes of trouble after which nobody knows whether the other side did it.
UNCERTAIN: Collection[str] = frozenset({"no-connection", "portal-broken", "garbled-answer"})
