"""How is writing back told on a page: what is on, what would be done, what was done?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smarketing.connectors.outside.actions import LABELS, OUTCOMES, ActionKind, Done, Outcome
from smarketing.facts.company import Company
from smarketing.facts.language import Text, same
from smarketing.jobs.writing_back import Acted, Rule
from smarketing.jobs.writing_log import Switched
from smarketing.jobs.writing_words import say_switched
from smarketing.metrics.wording import DASH, say_moment

_FIELDS = Text("карточка перешла без обязательных полей", "a card moved without its required fields")
_WHEN = {ActionKind.CALL_PROMPT: Text("лиду не ответили в срок", "a lead was not answered in time")}
_MARKS = {Outcome.FAILED: "bad", Outcome.UNCERTAIN: "warn", Outcome.TOO_OFTEN: "warn"}


@dataclass(frozen=True)
class RuleLine:
    """One switch. ``stopped``: what a person has to do before it goes on."""

    kind: str
    label: Text
    when: Text
    on: bool
    since: Text
    stopped: Text | None


@dataclass(frozen=True)
class EntryLine:
    """One line of the log."""

    at: Text
    what: Text
    card: str
    url: str
    outcome: Text
    mark: str
    problem: Text | None = None


@dataclass(frozen=True)
class DueLine:
    """What would be done for one card. ``stopped``: on, but waiting for a person."""

    card: str
    url: str
    what: Text
    text: str
    on: bool
    stopped: bool


def rule_lines(rules: Sequence[Rule], company: Company, now: datetime) -> list[RuleLine]:
    return [
        RuleLine(
            kind=rule.kind.value,
            label=LABELS[rule.kind],
            when=_WHEN.get(rule.kind, _FIELDS),
            on=rule.since is not None,
            since=_moment(rule.since, company, now) if rule.since else same(DASH),
            stopped=rule.stopped.text if rule.stopped else None,
        )
        for rule in rules
    ]


def entry_lines(entries: Sequence[Done | Switched], company: Company, now: datetime) -> list[EntryLine]:
    """The newest first; a switch names who made it in the place of the card."""
    return [_entry(one, _moment(one.at, company, now)) for one in entries]


def due_lines(acted: Acted, rules: Sequence[Rule]) -> list[DueLine]:
    """What would be done; what is off stands there as well and is marked so."""
    known = {rule.kind: rule for rule in rules}
    return [
        DueLine(
            done.action.card,
            _web(done.action.url),
            LABELS[done.action.kind],
            done.action.text,
            on=known[done.action.kind].since is not None,
            stopped=known[done.action.kind].stopped is not None,
        )
        for done in acted.done
    ]


def _entry(one: Done | Switched, at: Text) -> EntryLine:
    if isinstance(one, Switched):
        return EntryLine(at, say_switched(one), one.who, "", same(DASH), "")
    action = one.action
    return EntryLine(
        at,
        LABELS[action.kind],
        action.card,
        _web(action.url),
        OUTCOMES[one.outcome],
        _MARKS.get(one.outcome, ""),
        one.problem,
    )


def _web(url: str | None) -> str:
    """Only an address of the web is a link: what a file said may be anything."""
    return url if url and url.startswith(("https://", "http://")) else ""


def _moment(moment: datetime, company: Company, now: datetime) -> Text:
    return say_moment(moment, company.tz, now.astimezone(company.tz).date())
