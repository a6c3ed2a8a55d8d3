"""Which stages has the portal, in the words of ``company.toml``, and which of ours is each of its codes?

Leads go first, then the pipelines of deals laid over each other. A code is written as an alias: ``lead:NEW``,
``deal:C7:NEW``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from smarketing.connectors.bitrix24.names import Names, full_code
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.records import Status
from smarketing.connectors.files.slugs import slug
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.paths import SeenStage, as_settings, one_path, stage_keys, with_guesses
from smarketing.facts.company import Company, Milestone, Zone

WON, LOST = "S", "F"
_PAID = ("ADVERTISING", "TRADE_SHOW")


def settings(mirror: Mirror, options: Options) -> Mapping[str, object]:
    """What the portal says of the company: stages with guessed milestones, sources, segments, loss reasons."""
    names = Names(mirror)
    said: dict[str, object] = {"stages": as_settings(path(names, has_leads=_has_leads(mirror)))}
    groups = [
        {
            "key": slug(name),
            "name": {"ru": name, "en": name},
            "sources": [name],
            **({"paid": True} if code in _PAID else {}),
        }
        for code, name in names.sources.items()
    ]
    if groups:
        said["source_groups"] = list({group["key"]: group for group in groups}.values())
    reasons = [
        word for field in (options.lead_loss_field, options.deal_loss_field) for word in names.words_of(field)
    ]
    for key, words in {
        "loss_reasons": reasons,
        "segments": names.words_of(options.mapped.get("segment", "")),
    }.items():
        if words:
            said[key] = [{"key": word, "name": {"ru": word, "en": word}} for word in dict.fromkeys(words)]
    return said


def path(names: Names, *, has_leads: bool) -> list[SeenStage]:
    """The company's stages as the portal shows them now and showed them before."""
    leads = one_path([_lead_stages(names)]) if has_leads else []
    deals = one_path(_deal_stages(names))
    if not has_leads:
        return _simple(deals)
    deals = [replace(deals[0], milestone=Milestone.DEAL), *deals[1:]] if deals and not _ends(deals[0]) else deals
    joined = [*leads, *deals]
    return [*(one for one in joined if not _ends(one)), *(one for one in joined if _ends(one))]


class StageMap:
    """The portal's codes → keys of the company's stages: by alias, by a twin in another pipeline, by name."""

    def __init__(self, names: Names, company: Company) -> None:
        self._names = names
        keys = stage_keys(company)
        called = {
            word.casefold(): stage.key for stage in company.stages for word in (stage.name.ru, stage.name.en)
        }
        self._keys: dict[str, str] = {}
        for stage in path(names, has_leads=True):
            found = next((keys[code] for code in stage.codes if code in keys), called.get(stage.name.casefold()))
            for code in stage.codes:
                key = keys.get(code, found)
                if key is not None:
                    self._keys[code] = key
        self._keys.update({alias: key for alias, key in keys.items() if ":" in alias})

    def lead(self, code: str) -> str | None:
        return self._keys.get(f"lead:{code}")

    def deal(self, code: str) -> str | None:
        return self._keys.get(f"deal:{code}")

    def entry(self, *, pipeline: int | None) -> str | None:
        """The code of the stage in which cards begin: of leads, or of a pipeline of deals."""
        if pipeline is None:
            return next(iter(self._names.lead_stages), None)
        entity = f"DEAL_STAGE_{pipeline}" if pipeline else "DEAL_STAGE"
        return next((code for code, one in self._names.deal_stages.items() if one.entity == entity), None)


def _has_leads(mirror: Mirror) -> bool:
    return next(iter(mirror.all("leads", gone=True)), None) is not None


def _lead_stages(names: Names) -> list[SeenStage]:
    """A converted lead is one that sales took: it became a deal or a contact."""
    marks = {WON: Milestone.ACCEPTED, LOST: Milestone.LOST}
    stages = [
        SeenStage(one.name, (f"lead:{code}",), marks.get(one.semantic or ""))
        for code, one in names.lead_stages.items()
    ]
    return [replace(stages[0], zone=Zone.MARKETING), *stages[1:]] if stages else []


def _deal_stages(names: Names) -> list[list[SeenStage]]:
    marks = {WON: Milestone.WON, LOST: Milestone.LOST}
    pipelines: dict[str, list[SeenStage]] = {_entity(one.id): [] for one in names.categories}
    for one in names.deal_stages.values():
        seen = SeenStage(one.name, (f"deal:{full_code(one)}",), marks.get(one.semantic or ""))
        pipelines.setdefault(one.entity, []).append(seen)
    return list(pipelines.values())


def _entity(category: int) -> str:
    return f"DEAL_STAGE_{category}" if category else "DEAL_STAGE"


def _simple(deals: Sequence[SeenStage]) -> list[SeenStage]:
    """Without leads everything begins as a deal: in the second stage somebody has taken it on."""
    guessed = with_guesses(deals)
    if len(guessed) > 1 and not any(one.milestone is Milestone.DEAL for one in guessed):
        place = next((at for at, one in enumerate(guessed) if at and one.milestone is None), None)
        if place is not None:
            guessed[place] = replace(guessed[place], milestone=Milestone.DEAL)
    return guessed


def _ends(stage: SeenStage) -> bool:
    return stage.milestone in (Milestone.WON, Milestone.LOST)


def reason_by_stage(stage: Status | None) -> str | None:
    """A losing stage beside the ordinary one is itself a reason: «Дорого», «Не дозвонились»."""
    if stage is None or stage.semantic != LOST:
        return None
    said = stage.extra.get("SEMANTICS")
    ordinary = said == "failure" if said else stage.code.rpartition(":")[2] in ("LOSE", "JUNK")
    return None if ordinary else stage.name
