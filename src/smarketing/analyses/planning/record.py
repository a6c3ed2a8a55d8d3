"""Which version of a month's plan is in force, who saved it and why, what did it change, who confirmed it?

A version is confirmed by both departments or it is not yet agreed; a change makes a new version that nobody has
confirmed. Numbers that did not come as a version (facts written past the product) are in force without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from smarketing.analyses.planning.numbers import PLANNED, WITHDRAWN, Key, Numbers, numbers_of
from smarketing.facts.company import Zone
from smarketing.facts.period import Month
from smarketing.facts.query import Reader, literal

DEPARTMENTS = (Zone.MARKETING, Zone.SALES)  # whose heads confirm a plan


class Act(StrEnum):
    SAVED = "saved"
    CONFIRMED = "confirmed"


class Origin(StrEnum):
    """How a version came to be."""

    TYPED = "typed"
    FILE = "file"
    IMPLIED = "implied"  # the last ripe months, taken as they were


@dataclass(frozen=True)
class Confirmation:
    department: Zone
    at: datetime
    person: str | None


@dataclass(frozen=True)
class Change:
    """One number that differs from the version before; None: it did not stand there."""

    key: Key
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True)
class PlanVersion:
    """One saved plan of a month. ``changes`` against the version before it, in the order of the page."""

    month: Month
    number: int
    at: datetime
    person: str | None
    origin: Origin
    file: str | None
    why: str | None
    numbers: Numbers
    confirmations: tuple[Confirmation, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        return {one.department for one in self.confirmations} >= set(DEPARTMENTS)


@dataclass(frozen=True)
class Standing:
    """How firmly a month is planned. ``version`` is None for numbers in force that no version has."""

    month: Month
    version: PlanVersion | None

    @property
    def confirmed_by(self) -> tuple[Zone, ...]:
        """The departments that confirmed what is in force, in a fixed order."""
        known = {one.department for one in self.version.confirmations} if self.version else set()
        return tuple(department for department in DEPARTMENTS if department in known)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_by == DEPARTMENTS


def numbers_in_force(reader: Reader, months: Sequence[Month]) -> dict[Month, dict[Key, Fraction]]:
    """The plan of every month that has one, a withdrawn one left out."""
    rows = reader.query(_numbers_question("plans", months)).to_pylist()
    found = {month: numbers_of(row for row in rows if row["month"] == month.number) for month in months}
    return {month: numbers for month, numbers in found.items() if numbers}


def versions(reader: Reader, months: Sequence[Month]) -> dict[Month, tuple[PlanVersion, ...]]:
    """Every saved version of every month, newest first; a month without one has an empty tuple."""
    acts = reader.query(_log_question(months)).to_pylist()
    rows = reader.query(_numbers_question("plan_versions", months)).to_pylist()
    return {month: _of_month(month, acts, rows) for month in months}


def standings(reader: Reader, months: Sequence[Month]) -> dict[Month, Standing]:
    """The standing of every month that has a plan."""
    saved = versions(reader, months)
    return {
        month: Standing(month, _in_force(numbers, saved[month]))
        for month, numbers in numbers_in_force(reader, months).items()
    }


def standing(reader: Reader, month: Month) -> Standing | None:
    """The standing of one month, None where nothing is planned."""
    return standings(reader, (month,)).get(month)


def changes(before: Numbers, after: Numbers) -> tuple[Change, ...]:
    """What differs between two plans, cell by cell in the order of the page."""
    keys = sorted({*before, *after}, key=_place)
    told = (Change(key, before.get(key), after.get(key)) for key in keys)
    return tuple(change for change in told if change.before != change.after)


def _in_force(numbers: Numbers, saved: Sequence[PlanVersion]) -> PlanVersion | None:
    newest = saved[0] if saved else None
    return newest if newest is not None and newest.numbers == numbers else None


def _of_month(
    month: Month, acts: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> tuple[PlanVersion, ...]:
    own = [act for act in acts if act["month"] == month.number]
    cells: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["month"] == month.number:
            cells.setdefault(row["version"], []).append(row)
    found: list[PlanVersion] = []
    before: Numbers = {}
    for act in own:
        if act["act"] != Act.SAVED:
            continue
        numbers = numbers_of(cells.get(act["version"], ()))
        confirmations = _confirmations(own, act["version"])
        found.append(_version(month, act, numbers, confirmations, changes(before, numbers)))
        before = numbers
    return tuple(reversed(found))


def _version(
    month: Month, act: Mapping[str, Any], numbers: Numbers, confirmations: tuple[Confirmation, ...],
    changed: tuple[Change, ...],
) -> PlanVersion:  # fmt: skip
    return PlanVersion(
        month, act["version"], _moment(act["at"]), act["person"], Origin(act["origin"] or Origin.TYPED),
        act["file"], act["why"], numbers, confirmations, changed,
    )  # fmt: skip


def _confirmations(acts: Iterable[Mapping[str, Any]], version: int) -> tuple[Confirmation, ...]:
    said = [act for act in acts if act["act"] == Act.CONFIRMED and act["version"] == version]
    found = [Confirmation(Zone(act["department"]), _moment(act["at"]), act["person"]) for act in said]
    return tuple(sorted(found, key=lambda one: DEPARTMENTS.index(one.department)))


def _moment(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _place(key: Key) -> tuple[bool, str, bool, str, int]:
    metric, segment, source = key
    place = PLANNED.index(metric) if metric in PLANNED else len(PLANNED)
    return segment is None, segment or "", source is not None, source or "", place


def _numbers_question(table: str, months: Sequence[Month]) -> str:
    version = ", version" if table == "plan_versions" else ""
    return (
        f"SELECT month{version}, metric, segment, lead_source, SUM(value) AS value FROM {table} "
        f"WHERE {_within(months)} AND metric <> {literal(WITHDRAWN)} "
        f"GROUP BY month{version}, metric, segment, lead_source "
        f"ORDER BY month{version}, metric, segment NULLS LAST, lead_source NULLS LAST"
    )


def _log_question(months: Sequence[Month]) -> str:
    return (
        'SELECT month, version, act, "at", person, department, origin, file, why FROM plan_log '
        f"WHERE {_within(months)} ORDER BY month, version, act, department NULLS LAST"
    )


def _within(months: Sequence[Month]) -> str:
    listed = ", ".join(literal(month.number) for month in months)
    return f"month IN ({listed})" if listed else "FALSE"
