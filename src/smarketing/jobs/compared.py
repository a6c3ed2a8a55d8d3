"""What is it in the period or group compared with, and which differences are more than chance?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from smarketing.analyses.funnel import Funnel, Kind, funnel
from smarketing.analyses.labels import say_key
from smarketing.analyses.losses import losses
from smarketing.analyses.qualification import criteria_table
from smarketing.analyses.question import DIMENSION_NAMES, Question
from smarketing.analyses.result import Measurement
from smarketing.analyses.shares import Shift
from smarketing.analyses.verdict.words import GROUP_LABEL_NAMES, LABEL_NAMES
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.facts.query import Reader
from smarketing.jobs.answers import ask
from smarketing.jobs.export import as_data, figure_data
from smarketing.metrics.kinds import Figure

_KINDS = {"funnel": Kind.STAGES, "milestones": Kind.MILESTONES}


@dataclass(frozen=True)
class Change:
    """One share now and before; ``before`` is None where only their difference is known, ``shift`` where the two
    are no groups of leads and so cannot be judged."""

    key: str | None
    name: Text
    now: Figure
    before: Figure | None
    shift: Shift | None


@dataclass(frozen=True)
class Compared:
    """The same measurement of the period or group compared with, and the changes judged together (Holm)."""

    before: Measurement
    changes: tuple[Change, ...]
    group: Text | None = None  # nothing was before or after where two groups of the same days are compared

    def judged(self, change: Change) -> Text | None:
        """The judgement of a change in words."""
        names = LABEL_NAMES if self.group is None else GROUP_LABEL_NAMES
        return names[change.shift.label] if change.shift else None


def compared(reader: Reader, what: str, question: Question, against: Question | None = None) -> Compared | None:
    """What stands beside the answer to a question that compares; None for one that does not.

    ``against``: the same question about another group. Only the transitions of a funnel are judged between groups.
    """
    if against is not None:
        changes = _against(reader, what, replace(question, by=()), replace(against, by=()))
        return Compared(ask(reader, what, against), changes, _group(question, against, reader.company))
    if question.compare is None:
        return None
    before = ask(reader, what, question.over(question.compare))
    return Compared(before, _changes(reader, what, replace(question, by=())))


def _group(question: Question, against: Question, company: Company) -> Text:
    """What the other group has that the first has not, in words."""
    ((dimension, values),) = (
        (key, values) for key, values in against.where.items() if question.where[key] != values
    )
    said = [say_key(company, dimension, value or None) for value in values]
    name = DIMENSION_NAMES[dimension]
    return Text(
        f"{name.ru}: {', '.join(one.ru for one in said)}", f"{name.en}: {', '.join(one.en for one in said)}"
    )


def _against(reader: Reader, what: str, question: Question, against: Question) -> tuple[Change, ...]:
    if what not in _KINDS:
        return ()
    return _of_funnel(funnel(reader, question, kind=_KINDS[what], against=against))


def compared_data(found: Compared, company: Company, language: Language) -> dict[str, Any]:
    """The keys that a comparison adds to the contract of a measurement."""
    return {
        "before": as_data(found.before, company, language),
        "changes": [
            {
                "key": change.key,
                "label": change.name.say(language),
                "now": figure_data(change.now),
                "before": figure_data(change.before) if change.before else None,
                "difference": change.shift and change.shift.difference,
                "interval": _interval(change.shift),
                "p_adjusted": change.shift and change.shift.p_adjusted,
                "judged": change.shift and change.shift.label.value,
                "text": said.say(language) if (said := found.judged(change)) else None,
            }
            for change in found.changes
        ],
    }


def _interval(shift: Shift | None) -> dict[str, float] | None:
    found = shift.interval if shift else None
    return {"low": found.low, "high": found.high, "level": found.level} if found else None


def _changes(reader: Reader, what: str, question: Question) -> tuple[Change, ...]:
    if what in _KINDS:
        return _of_funnel(funnel(reader, question, kind=_KINDS[what]))
    if what == "losses":
        return tuple(
            Change(line.key, line.name, line.share, None, line.shift) for line in losses(reader, question).reasons
        )
    if what == "qualification":
        rows = criteria_table(reader, question)
        return tuple(Change(row.criterion, row.name, row.share, None, row.shift) for row in rows)
    return ()


def _of_funnel(found: Funnel) -> tuple[Change, ...]:
    transitions = found.comparison.transitions if found.comparison else ()
    return tuple(
        Change(one.end, _between(found, one.start, one.end), one.now, one.before, one.shift) for one in transitions
    )


def _between(found: Funnel, start: str, end: str) -> Text:
    one, other = found.step(start).step.name, found.step(end).step.name
    return Text(f"{one.ru} → {other.ru}", f"{one.en} → {other.en}")
