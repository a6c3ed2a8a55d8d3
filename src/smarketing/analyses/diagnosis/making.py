"""The walk: six steps in order, each on the ground of the one before, the last leading back to the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from smarketing.analyses.diagnosis import words
from smarketing.analyses.diagnosis.agreeing import agreeing
from smarketing.analyses.diagnosis.coming import leads, nurturing
from smarketing.analyses.diagnosis.result import Case, Diagnosis, Evidence, State, Step, StepKey
from smarketing.analyses.diagnosis.settled import settled
from smarketing.analyses.diagnosis.working import execution, resources
from smarketing.analyses.verdict import Verdict, verdict
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.facts.query import Reader

_LOOKING: dict[StepKey, Callable[[Case], Iterable[Evidence]]] = {
    StepKey.ZONES: settled,
    StepKey.LEADS: leads,
    StepKey.NURTURING: nurturing,
    StepKey.RESOURCES: resources,
    StepKey.EXECUTION: execution,
    StepKey.RESULT: agreeing,
}


def diagnose(reader: Reader, month: Month, found: Verdict | None = None) -> Diagnosis:
    """The six steps for one month; ``found`` is its verdict, if the caller has it already.

    A step needs attention where any of its evidence does; it is in order only where all of it could be judged.
    """
    case = Case(reader, month, found or verdict(reader, month))
    looked = {key: tuple(look(case)) for key, look in _LOOKING.items()}
    states = {key: state_of(evidence) for key, evidence in looked.items()}
    order = list(StepKey)
    steps = tuple(
        Step(
            key,
            words.TITLES[key],
            words.FOLLOWS[key][states[order[place - 1]]],  # before the first comes the last
            states[key],
            looked[key],
            *_action(looked[key], states[key]),
        )
        for place, key in enumerate(order)
    )
    company = reader.company
    return Diagnosis(month, case.period, reader.version, reader.known_until, company.currency, steps)


def state_of(evidence: Sequence[Evidence]) -> State:
    """One thing out of order is enough; what cannot be judged is never called in order."""
    found = {one.state for one in evidence}
    for state in (State.ATTENTION, State.CANNOT_JUDGE):
        if state in found:
            return state
    return State.IN_ORDER


def _action(evidence: Sequence[Evidence], state: State) -> tuple[Text, Zone | None]:
    """What to do next and whose that is: of the first evidence that decided."""
    if state is State.IN_ORDER:
        return words.NOTHING_TO_DO, None
    decided = [(one.action, one.zone) for one in evidence if one.state is state and one.action]
    return decided[0] if decided else (words.LOAD_MORE, Zone.COMPANY)
