"""What changes when other settings take the place of these, and can the facts live with them?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smarketing.facts.company import Company, parse_company, read_company
from smarketing.facts.errors import SmarketingError, WrongSetting, WrongState, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.query import Reader
from smarketing.facts.wrong_places import Wrong, WrongPlaces
from smarketing.jobs.vault import alone
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.manifest import build_hash, is_built_alike, is_read_alike
from smarketing.lake.settings import MONEY, no_rate
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


class Overtaken(WrongState):
    """Somebody changed the same settings since they were read; ``differences``: what would change of theirs."""

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        super().__init__(
            "settings-changed",
            Text(
                "Пока эта страница была открыта, эти настройки изменил другой человек. Ничего не записано.",
                "Somebody changed these settings while this page was open. Nothing is written.",
            ),
        )
        self.differences = differences


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

    Raises :class:`WrongSetting` for a file that is none and what :func:`check_company` raises.
    """
    company = read_company(path)
    return company, check_company(workspace, company)


def check_company(workspace: Workspace, company: Company) -> tuple[Difference, ...]:
    """What these settings would change.

    Raises :class:`WrongPlaces` where they require fields that no lead has, :class:`WrongSetting` where they drop a
    stage the facts speak of, :class:`WrongInput` where they give no rate for money the facts hold.
    """
    _check_required(company)
    with workspace.lake.open() as reader:
        _check_stages(reader, company)
        _check_rates(reader, company)
    return compare(workspace.company, company)


def apply(workspace: Workspace, company: Company) -> Applied:
    """Put other settings in place; figures follow at once. What goes wrong leaves everything as it was."""
    with alone(workspace.company_path):
        before, text = workspace.company, workspace.company_path.read_text(encoding="utf-8")
        differences = compare(before, company)
        if not differences:
            return Applied((), False)
        workspace.write_company(company)
    try:
        _follow(workspace, before, company)
    except SmarketingError:
        write_whole(workspace.company_path, text)
        raise
    return Applied(differences, bool(workspace.lake.versions()) and not is_built_alike(before, company))


def stamp(company: Company, parts: Iterable[str]) -> str:
    """Changes exactly when one of these settings does."""
    said = company.model_dump_json(include=set(parts))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def keep(workspace: Workspace, parts: Mapping[str, Any], seen: str) -> tuple[Difference, ...]:
    """Put some settings in place; the figures follow as :mod:`smarketing.jobs.deciding` says.

    ``seen``: the :func:`stamp` under which a person read them. Raises :class:`Overtaken` where they changed since,
    and what :func:`parse_company` and :func:`check_company` raise; nothing is written then.
    """
    with alone(workspace.company_path):
        before = workspace.company
        after = parse_company({**before.model_dump(mode="python"), **parts})
        if seen != stamp(before, parts):
            raise Overtaken(compare(before, after))
        differences = check_company(workspace, after)
        if differences:
            workspace.write_company(after)
    return differences


def _follow(workspace: Workspace, before: Company, company: Company) -> None:
    """Nothing to build anew is a version that only says by which settings it is read."""
    if not workspace.lake.versions() or is_read_alike(before, company):
        return
    if build_hash(before) == build_hash(company):
        workspace.lake.load((), company)  # pairs of names, what is read and not built: what they touch
    else:
        workspace.lake.rebuild(company)


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


def _check_required(company: Company) -> None:
    wrong: list[Wrong] = []
    for place, stage in enumerate(company.stages):
        try:
            requirements(company.model_copy(update={"stages": (stage,)}))
        except WrongSetting as error:
            wrong.append(Wrong(("stages", place, "required_fields"), error.text))
    if wrong:
        raise WrongPlaces(tuple(wrong), "company.toml")


def _check_stages(reader: Reader, company: Company) -> None:
    """A stage that the facts hold cannot be dropped: the next load would stop at it."""
    known = {stage.key for stage in company.stages}
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


def _check_rates(reader: Reader, company: Company) -> None:
    """Money in a currency without a rate would stop the build."""
    kinds = " UNION ".join(
        f"SELECT currency FROM {table} WHERE {money} IS NOT NULL" for table, money in MONEY.items()
    )
    rows = reader.query(f"SELECT currency FROM ({kinds}) AS kinds WHERE currency IS NOT NULL ORDER BY currency")
    known = {company.currency, *(currency for currency, rate in company.rates.items() if rate != ())}
    unknown = [row["currency"] for row in rows.to_pylist() if row["currency"] not in known]
    if unknown:
        raise no_rate(unknown, company)
