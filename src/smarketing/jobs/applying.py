"""What changes when other settings take the place of these, and can the facts live with them?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smarketing.facts.company import Company, read_company
from smarketing.facts.errors import SmarketingError, WrongSetting, did_you_mean
from smarketing.facts.language import Text
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.manifest import build_hash, is_built_alike
from smarketing.metrics.terms import requirements


@dataclass(frozen=True)
class Difference:
    """One place of the settings; a side is None where the place does not exist there."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Applied:
    """What was changed, and whether the derived tables were made anew for it."""

    differences: tuple[Difference, ...]
    rebuilt: bool


def compare(before: Company, after: Company) -> tuple[Difference, ...]:
    """Every place that differs, in the order of the settings; things with a key are named by it."""
    one, other = (dict(_places("", company.model_dump(mode="json"))) for company in (before, after))
    return tuple(
        Difference(place, one.get(place), other.get(place))
        for place in dict.fromkeys((*one, *other))
        if one.get(place) != other.get(place)
    )


def check(workspace: Workspace, path: Path) -> tuple[Company, tuple[Difference, ...]]:
    """The settings of a file and what they would change.

    Raises :class:`WrongSetting` for a file that is none, that drops a stage the facts speak of, or that requires a
    field which no lead has.
    """
    company = read_company(path)
    requirements(company)
    _check_stages(workspace, company)
    return company, compare(workspace.company, company)


def apply(workspace: Workspace, company: Company) -> Applied:
    """Put other settings in place; figures follow at once. What goes wrong leaves everything as it was."""
    before, text = workspace.company, workspace.company_path.read_text(encoding="utf-8")
    differences = compare(before, company)
    if not differences:
        return Applied((), False)
    workspace.write_company(company)
    rebuilt = bool(workspace.lake.versions()) and not is_built_alike(before, company)
    if rebuilt:
        try:
            if build_hash(before) == build_hash(company):
                workspace.lake.load((), company)  # pairs of names: what they touch
            else:
                workspace.lake.rebuild(company)
        except SmarketingError:
            write_whole(workspace.company_path, text)
            raise
    return Applied(differences, rebuilt)


def _places(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _places(f"{place}.{key}" if place else key, item)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, item in enumerate(value, start=1):
            named = item.get("key") or item.get("version") or item.get("metric") or number
            yield from _places(f"{place}[{named}]", {"#": number, **item} if "key" in item else item)
    elif value is not None:
        yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _check_stages(workspace: Workspace, company: Company) -> None:
    """A stage that the facts hold cannot be dropped: the next load would stop at it."""
    known = {stage.key for stage in company.stages}
    with workspace.lake.open() as reader:
        rows = reader.query(
            "SELECT stage, COUNT(*) AS moves FROM stage_moves GROUP BY stage ORDER BY stage"
        ).to_pylist()
    for row in rows:
        if row["stage"] not in known:
            hint = did_you_mean(row["stage"], known)
            raise WrongSetting(
                "stage-in-use",
                Text(
                    f"Стадия «{row['stage']}» есть в фактах (переходов: {row['moves']}), в новых настройках нет. "
                    f"{hint.ru}",
                    f"The facts hold the stage “{row['stage']}” ({row['moves']} moves), the new settings do not. "
                    f"{hint.en}",
                ),
            )
