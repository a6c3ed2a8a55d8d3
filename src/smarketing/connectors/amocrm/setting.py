"""What does an amoCRM account say of the company: its stages in order, currency and zone?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.amocrm.records import LOST, WON, Required, required_of, stage_code
from smarketing.connectors.files.slugs import slug
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.paths import SeenStage, as_settings, one_path, with_guesses
from smarketing.facts.company import Milestone, Zone


def settings(mirror: Mirror, options: Options) -> Mapping[str, object]:
    """In the words of ``company.toml``. A stage that only old events know stands after the first one."""
    account = next((record.body for record in mirror.all("account")), {})
    said: dict[str, object] = {}
    if account.get("name"):
        said["name"] = str(account["name"])
    if account.get("currency"):
        said["currency"] = str(account["currency"])
    zone = ((account.get("_embedded") or {}).get("datetime_settings") or {}).get("timezone")
    if zone:
        said["zone"] = str(zone)
    stages = _stages(mirror, options)
    return {**said, "stages": as_settings(stages)} if stages else said


def _stages(mirror: Mirror, options: Options) -> list[SeenStage]:
    required = required_of(record.body for record in mirror.all("custom_fields"))
    pipelines = [
        _pipeline(record.body, required)
        for record in sorted(mirror.all("pipelines", gone=True), key=lambda record: _order(record.body))
        if not options.pipelines or int(record.key) in options.pipelines
    ]
    path = with_guesses(one_path(pipelines))
    known = {code for stage in path for code in stage.codes}
    seen = [record.key for record in mirror.all("seen_stages") if _taken(record.key, options)]
    ends = [stage for stage in path if stage.milestone in {Milestone.WON, Milestone.LOST}]
    return _with_deleted(path, ends, [code for code in seen if code not in known])


def _with_deleted(path: list[SeenStage], ends: list[SeenStage], codes: Iterable[str]) -> list[SeenStage]:
    """Stages that no directory names any more. The two ends of a deleted pipeline are known by their numbers."""
    for code in codes:
        milestone = _milestone(int(code.split(":")[1]))
        end = next((stage for stage in ends if milestone and stage.milestone is milestone), None)
        if end is not None:
            place = next(i for i, stage in enumerate(path) if stage.milestone is milestone)
            path[place] = SeenStage(**{**_as_dict(path[place]), "codes": (*path[place].codes, code)})
        else:
            path.insert(min(1, len(path)), SeenStage(f"Удалённая стадия {code}", (code,), milestone))
    return path


def _as_dict(stage: SeenStage) -> dict[str, Any]:
    return {name: getattr(stage, name) for name in stage.__dataclass_fields__}


def _pipeline(pipeline: Mapping[str, Any], required: Mapping[str, Sequence[Required]]) -> list[SeenStage]:
    statuses = (pipeline.get("_embedded") or {}).get("statuses") or []
    name = str(pipeline.get("name") or pipeline["id"])
    return [
        SeenStage(
            name=str(status.get("name") or status["id"]),
            codes=(stage_code(pipeline["id"], status["id"]),),
            milestone=_milestone(int(status["id"])),
            zone=Zone.MARKETING if status.get("type") == 1 else Zone.SALES,
            required_in={name: _columns(required.get(stage_code(pipeline["id"], status["id"]), ()))},
        )
        for status in sorted(statuses, key=_status_order)
    ]


def _milestone(status: int) -> Milestone | None:
    return {WON: Milestone.WON, LOST: Milestone.LOST}.get(status)


def _status_order(status: Mapping[str, Any]) -> tuple[bool, int]:
    """The two ends have sort numbers of their own that say nothing of their place."""
    return int(status["id"]) in {WON, LOST}, int(status.get("sort") or 0)


def _order(pipeline: Mapping[str, Any]) -> tuple[bool, bool, int]:
    """The main pipeline first, archived ones last."""
    return bool(pipeline.get("is_archive")), not pipeline.get("is_main"), int(pipeline.get("sort") or 0)


def _columns(required: Sequence[Required]) -> tuple[str, ...]:
    """Under which names the facts carry these fields."""
    return tuple(dict.fromkeys(slug(field.name) for field in required))


def _taken(code: str, options: Options) -> bool:
    return not options.pipelines or int(code.split(":")[0]) in options.pipelines
