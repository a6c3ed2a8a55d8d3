"""What do files or connected systems propose for the settings, and what of it may be taken unasked?

A company that has said nothing takes the whole proposal. Where a person has spoken, only stages that nobody knew
are added: without them the moves into them could not be read. Nothing that a person set is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smarketing.facts.company import Company, Stage, parse_company


def with_proposal(company: Company, proposal: Mapping[str, object], where: str) -> Company:
    """The settings with a proposal wherever the company has said nothing yet."""
    own = company.model_dump(exclude_defaults=True)
    return parse_company({**proposal, **own}, where)


def with_new_stages(
    company: Company, proposal: Mapping[str, object], where: str
) -> tuple[Company, tuple[Stage, ...]]:
    """The settings with the proposed stages that they do not know, each after its neighbour; and which these are.

    A stage is known by its key or by an alias.
    """
    proposed = parse_company({"stages": proposal.get("stages", ())}, where).stages
    stages: list[Stage] = list(company.stages)
    added: list[Stage] = []
    for place, stage in enumerate(proposed):
        if any(_names(stage) & _names(known) for known in stages):
            continue
        stages.insert(_place(stages, proposed[:place]), stage)
        added.append(stage)
    if not added:
        return company, ()
    own: dict[str, Any] = company.model_dump(exclude_defaults=True)
    own["stages"] = [stage.model_dump(exclude_defaults=True) for stage in stages]
    return parse_company(own, where), tuple(added)


def _names(stage: Stage) -> set[str]:
    return {stage.key, *stage.aliases}


def _place(stages: Sequence[Stage], before: Sequence[Stage]) -> int:
    """After the nearest stage that stands before it in the proposal; at the end where none is known."""
    for neighbour in reversed(before):
        for place, stage in enumerate(stages):
            if _names(stage) & _names(neighbour):
                return place + 1
    return len(stages)
