"""Which stages, in which order, has a company whose cards walk through several pipelines?

A company has one path (``Company.stages``). Pipelines are laid over each other: stages of the same name are one
stage, the others stand after the stage that goes before them in their own pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smarketing.connectors.files.slugs import slug
from smarketing.facts.company import Company, Milestone, Zone


@dataclass(frozen=True)
class SeenStage:
    """A stage as an account shows it. ``codes``: how the account calls it, one for each pipeline it stands in.

    ``required_in``: pipeline → the fields it requires there, where the account tells that by pipelines.
    """

    name: str
    codes: tuple[str, ...]
    milestone: Milestone | None = None
    zone: Zone = Zone.SALES
    required_fields: tuple[str, ...] = ()
    required_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# Words by which a first proposal is made; a person corrects it in company.toml.
_ACCEPTED = ("квалиф", "принят", "в работ", "взят", "контакт установлен", "qualified", "accepted", "in work")
_DEAL = ("договор", "сделк", "счет", "счёт", "предоплат", "коммерческ", "contract", "invoice", "proposal", "deal")


def one_path(pipelines: Sequence[Sequence[SeenStage]]) -> list[SeenStage]:
    """All stages of all pipelines in one order; stages with the same name or end are joined."""
    path: list[SeenStage] = []
    for stages in pipelines:
        place = 0
        for stage in stages:
            known = _find(path, stage)
            if known is None:
                path.insert(place, stage)
                place += 1
            else:
                path[known] = _joined(path[known], stage)
                place = known + 1
    return [*(stage for stage in path if not _ends(stage)), *(stage for stage in path if _ends(stage))]


def with_guesses(path: Sequence[SeenStage]) -> list[SeenStage]:
    """The path with the milestones «accepted» and «deal» guessed from names where the account says nothing."""
    guessed = _guess(list(path), Milestone.ACCEPTED, _ACCEPTED)
    return _guess(guessed, Milestone.DEAL, _DEAL)


def as_settings(path: Sequence[SeenStage]) -> list[dict[str, Any]]:
    """The stages in the words of ``company.toml``."""
    taken: set[str] = set()
    settings = []
    for stage in path:
        key = _free(slug(stage.name)[:60] or "stage", taken)
        said: dict[str, Any] = {"key": key, "name": {"ru": stage.name, "en": stage.name}, "zone": stage.zone.value}
        if stage.milestone is not None:
            said["milestone"] = stage.milestone.value
        settings.append({**said, **_required(stage), "aliases": list(stage.codes)})
    return settings


def _required(stage: SeenStage) -> dict[str, Any]:
    """What the stage requires: of every card alike, or by pipeline where they differ."""
    ways = set(stage.required_in.values())
    if len(ways) > 1:
        return {"required_in": {name: list(fields) for name, fields in stage.required_in.items() if fields}}
    fields = next(iter(ways), stage.required_fields)
    return {"required_fields": list(fields)} if fields else {}


def stage_keys(company: Company) -> Mapping[str, str]:
    """How an account calls a stage → the company's key of it."""
    return {alias: stage.key for stage in company.stages for alias in (stage.key, *stage.aliases)}


def _find(path: Sequence[SeenStage], stage: SeenStage) -> int | None:
    for place, known in enumerate(path):
        if _ends(stage) and known.milestone is stage.milestone and not _differ(known, stage):
            return place
        if not _ends(stage) and not _ends(known) and known.name.casefold() == stage.name.casefold():
            return place
    return None


def _differ(known: SeenStage, stage: SeenStage) -> bool:
    """Several kinds of loss stay apart: their names are reasons. A sale is a sale."""
    return stage.milestone is Milestone.LOST and known.name.casefold() != stage.name.casefold()


def _joined(known: SeenStage, stage: SeenStage) -> SeenStage:
    return replace(
        known,
        codes=tuple(dict.fromkeys((*known.codes, *stage.codes))),
        milestone=known.milestone or stage.milestone,
        required_fields=tuple(dict.fromkeys((*known.required_fields, *stage.required_fields))),
        required_in={**known.required_in, **stage.required_in},
    )


def _ends(stage: SeenStage) -> bool:
    return stage.milestone in {Milestone.WON, Milestone.LOST}


def _guess(path: list[SeenStage], milestone: Milestone, words: Sequence[str]) -> list[SeenStage]:
    if any(stage.milestone is milestone for stage in path):
        return path
    for place, stage in enumerate(path):
        if place and stage.milestone is None and any(word in stage.name.casefold() for word in words):
            return [*path[:place], replace(stage, milestone=milestone), *path[place + 1 :]]
    return path


def _free(key: str, taken: set[str]) -> str:
    name, number = key, 2
    while name in taken:
        name, number = f"{key}_{number}", number + 1
    taken.add(name)
    return name
