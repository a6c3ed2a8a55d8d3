"""How does a plan get into the lake as a version, and how is it confirmed?

A version supersedes the whole month. It is written together with its numbers and its line of the log in one load:
whoever reads the plan reads who saved it. Two people who save at once make two versions, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, TypeVar

import pyarrow as pa

from smarketing.analyses.planning.numbers import (
    WITHDRAWN,
    Key,
    Numbers,
    as_decimal,
    check_plan,
    say_cell,
    say_metric,
)
from smarketing.analyses.planning.record import (
    DEPARTMENTS,
    Act,
    Origin,
    PlanVersion,
    numbers_in_force,
    standings,
    versions,
)
from smarketing.facts.company import Company, Zone
from smarketing.facts.errors import WrongInput, WrongState
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.facts.query import Reader
from smarketing.facts.tables import STORED, TABLES
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import Change as FactChange
from smarketing.lake.store import FactBatch, LakeReader, Overtaken
from smarketing.metrics.wording import say_month

ATTEMPTS = 5  # saving again after another load came between
_ARROW = {
    "VARCHAR": pa.string(), "INTEGER": pa.int32(), "BIGINT": pa.int64(), "DECIMAL(18,6)": pa.decimal128(18, 6),
    "TIMESTAMP": pa.timestamp("us"),
}  # fmt: skip
_T = TypeVar("_T")
Row = dict[str, Any]


@dataclass(frozen=True)
class Signature:
    """Who saves a plan, when, why, and where its numbers come from."""

    person: str | None
    at: datetime
    origin: Origin = Origin.TYPED
    why: str | None = None
    file: str | None = None


@dataclass(frozen=True)
class PlanFile:
    """What a load says of the plans in its files; ``insist``: their numbers hold even if they are an old copy."""

    file: str | None = None
    why: str | None = None
    insist: bool = False

    def signed(self, person: str | None, at: datetime) -> FileSignature:
        return FileSignature(Signature(person, at, Origin.FILE, self.why, self.file), self.insist)


@dataclass(frozen=True)
class FileSignature:
    signature: Signature
    insist: bool


@dataclass(frozen=True)
class Saved:
    """New versions by month; a month whose plan stood already has none. ``lake_version``: where they stand."""

    versions: Mapping[Month, int]
    lake_version: int


def save_plan(
    workspace: Workspace,
    plans: Mapping[Month, Numbers],
    signature: Signature,
    *,
    seen: Mapping[Month, int] | None = None,
) -> Saved:
    """Make these the plans of their months; a plan without numbers is a withdrawn one.

    Parameters: ``seen``, the version of each month that the person saw (0: none).
    Errors: :class:`WrongInput` for a plan that contradicts itself; :class:`WrongState` where somebody else has
    saved another version since.
    """
    company = workspace.company

    def attempt(reader: Reader) -> Saved:
        known = versions(reader, tuple(plans))
        _check_seen(known, seen or {})
        found, batches = new_versions(reader, known, plans, signature, company)
        if not found:
            return Saved({}, reader.version)
        note = {"plan": [str(month) for month in found], "who": signature.person}
        change = workspace.lake.load(batches, company, note=note, made_from=reader.version)
        return Saved(found, change.version)

    return _again(workspace, attempt)


def confirm_plan(
    workspace: Workspace,
    months: Sequence[Month],
    department: Zone,
    person: str,
    *,
    at: datetime | None = None,
    seen: Mapping[Month, int] | None = None,
) -> tuple[Month, ...]:
    """Confirm the versions in force for a department; returns the months it had not confirmed yet.

    Errors: :class:`WrongState` for a month without a plan, for one whose version is another than the one ``seen``.
    """
    if department not in DEPARTMENTS:
        raise TypeError("marketing and sales confirm a plan")

    def attempt(reader: Reader) -> tuple[Month, ...]:
        found = standings(reader, months)
        in_force = {
            month: _confirmable(month, found[month].version if month in found else None) for month in months
        }
        _check_seen({month: (version,) for month, version in in_force.items()}, seen or {})
        fresh = tuple(month for month in months if department not in found[month].confirmed_by)
        if fresh:
            rows = [_confirmed(in_force[month], department, person, at or datetime.now(UTC)) for month in fresh]
            note = {"plan_confirmed": [str(month) for month in fresh], "who": person}
            workspace.lake.load([_batch("plan_log", rows)], workspace.company, note=note, made_from=reader.version)
        return fresh

    return _again(workspace, attempt)


def plans_of_rows(rows: Iterable[Mapping[str, Any]], company: Company) -> dict[Month, dict[Key, Any]]:
    """The plan of every month in rows of the table ``plans``.

    Errors: :class:`WrongInput` where one number stands there twice with different values.
    """
    found: dict[Month, dict[Key, Any]] = {}
    for row in rows:
        month = Month.from_number(row["month"])
        key: Key = (row["metric"], row.get("segment"), row.get("lead_source"))
        known = found.setdefault(month, {}).setdefault(key, row["value"])
        if known != row["value"]:
            raise WrongInput(
                "plan-twice",
                Text(
                    "План на {month}, {cell}: «{metric}» задано дважды, {one} и {other}. Оставьте одно число.",
                    "Plan of {month}, {cell}: “{metric}” is given twice, {one} and {other}. Leave one of them.",
                ).fill(
                    month=say_month(month), cell=say_cell(key[1:], company), metric=say_metric(key[0]),
                    one=f"{known:f}".rstrip("0").rstrip("."), other=f"{row['value']:f}".rstrip("0").rstrip("."),
                ),
            )  # fmt: skip
    return found


def load_with_plans(
    workspace: Workspace, batches: Sequence[FactBatch], company: Company, signed: FileSignature, *,
    known_until: datetime | None, note: Mapping[str, object], tell: Callable[[Text], None] | None = None,
) -> tuple[FactChange, Mapping[Month, int]]:  # fmt: skip
    """Load facts whose plans become versions; returns what changed, and the versions by month.

    Errors: :class:`WrongInput` for a plan that contradicts itself; nothing is loaded then.
    """
    plans = [batch.rows for batch in batches if batch.table == "plans"]
    others = [batch for batch in batches if batch.table != "plans"]
    if not plans:
        return workspace.lake.load(others, company, known_until=known_until, note=note, tell=tell), {}
    told = plans_of_rows((row for rows in plans for row in rows.to_pylist()), company)

    def attempt(reader: LakeReader) -> tuple[FactChange, Mapping[Month, int]]:
        numbered, own = _versions_of_file(reader, told, signed, company)
        change = workspace.lake.load(
            [*others, *own], company, known_until=known_until, note=note, made_from=reader.version, tell=tell
        )
        return change, numbered

    return _again(workspace, attempt)


def _versions_of_file(
    reader: Reader, plans: Mapping[Month, Numbers], signed: FileSignature, company: Company
) -> tuple[dict[Month, int], list[FactBatch]]:
    """New versions of the months in which a file says something new.

    A file whose month says what its last file said is an old copy beside a plan that was changed since: it is left
    alone unless the person insists on it.
    """
    known = versions(reader, tuple(plans))
    exact = {month: as_stored(numbers) for month, numbers in plans.items()}
    taken = {
        month: numbers
        for month, numbers in exact.items()
        if signed.insist or numbers != _last_of_file(known[month])
    }
    return new_versions(reader, known, taken, signed.signature, company)


def new_versions(
    reader: Reader, known: Mapping[Month, Sequence[PlanVersion]], plans: Mapping[Month, Numbers],
    signature: Signature, company: Company,
) -> tuple[dict[Month, int], list[FactBatch]]:  # fmt: skip
    """The numbers of the versions that these plans make, and the rows that say so; nothing for what stands."""
    in_force = numbers_in_force(reader, tuple(plans))
    numbered: dict[Month, int] = {}
    cells: list[Row] = []
    for month, plan in plans.items():
        check_plan(plan, month, company)
        numbers, saved = as_stored(plan), known.get(month, ())
        if numbers == in_force.get(month, {}) and (not numbers or (saved and saved[0].numbers == numbers)):
            continue
        numbered[month] = saved[0].number + 1 if saved else 1
        cells += [{**row, "version": numbered[month]} for row in _rows(month, numbers)]
    if not numbered:
        return {}, []
    plain = [{key: value for key, value in row.items() if key != "version"} for row in cells]
    log = [_saved(month, number, signature) for month, number in numbered.items()]
    return numbered, [_batch("plans", plain), _batch("plan_versions", cells), _batch("plan_log", log)]


def as_stored(numbers: Mapping[Key, Any]) -> dict[Key, Any]:
    """The numbers as they will be read back: six digits after the point."""
    return {key: Fraction(as_decimal(Fraction(value))) for key, value in numbers.items()}


def _again(workspace: Workspace, attempt: Callable[[LakeReader], _T]) -> _T:
    """Read the newest version and act on it; once more where another load came between."""
    for turn in range(ATTEMPTS):
        with workspace.lake.open() as reader:
            try:
                return attempt(reader)
            except Overtaken:
                if turn == ATTEMPTS - 1:
                    raise
    raise AssertionError("unreachable")


def _check_seen(known: Mapping[Month, Sequence[PlanVersion]], seen: Mapping[Month, int]) -> None:
    for month, number in seen.items():
        newest = known[month][0].number if known.get(month) else 0
        if newest != number:
            raise WrongState(
                "plan-changed",
                Text(
                    "План на {month} изменили, пока страница была открыта: сейчас действует версия {newest}. "
                    "Сверьте её со своими числами и сохраните ещё раз.",
                    "The plan of {month} was changed while the page was open: version {newest} is in force. "
                    "Compare it with your numbers and save again.",
                ).fill(month=say_month(month), newest=newest),
            )


def _confirmable(month: Month, version: PlanVersion | None) -> PlanVersion:
    if version is not None:
        return version
    raise WrongState(
        "no-plan-version",
        Text(
            "Подтверждать нечего: у плана на {month} нет сохранённой версии.",
            "There is nothing to confirm: the plan of {month} has no saved version.",
        ).fill(month=say_month(month)),
    )


def _last_of_file(saved: Sequence[PlanVersion]) -> Numbers | None:
    return next((version.numbers for version in saved if version.origin is Origin.FILE), None)


def _rows(month: Month, numbers: Numbers) -> list[Row]:
    if not numbers:  # a slice without rows could not replace the one before
        return [{"month": month.number, "metric": WITHDRAWN, "value": as_decimal(Fraction(0))}]
    return [
        {
            "month": month.number, "metric": metric, "value": as_decimal(value), "segment": segment,
            "lead_source": source,
        }
        for (metric, segment, source), value in numbers.items()
    ]  # fmt: skip


def _saved(month: Month, number: int, signature: Signature) -> Row:
    return {
        "month": month.number, "version": number, "act": Act.SAVED.value, "at": _stamp(signature.at),
        "person": signature.person, "origin": signature.origin.value, "file": signature.file, "why": signature.why,
    }  # fmt: skip


def _confirmed(version: PlanVersion, department: Zone, person: str, at: datetime) -> Row:
    return {
        "month": version.month.number, "version": version.number, "act": Act.CONFIRMED.value,
        "at": _stamp(at),
        "person": person, "department": department.value,
    }  # fmt: skip


def _stamp(moment: datetime) -> datetime:
    """As the lake keeps it: UTC without a mark."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _batch(table: str, rows: Sequence[Row]) -> FactBatch:
    columns = {column.name: _ARROW[STORED[column.kind]] for column in TABLES[table].columns}
    return FactBatch(table, pa.table({name: pa.array([row.get(name) for row in rows], kind)
                                      for name, kind in columns.items()}))  # fmt: skip
