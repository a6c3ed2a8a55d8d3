"""How did the demo company come to its plan of the latest year? Two versions, each confirmed by both heads.

In December the founder typed the year. In August autumn was raised to what the market's own parameters say: that
is the plan in force. The year before came as a file.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime, tzinfo
from fractions import Fraction
from pathlib import Path

from smarketing.analyses.planning.numbers import Key
from smarketing.facts.company import Zone
from smarketing.facts.period import Month
from smarketing.jobs.demo.generate import demo_company
from smarketing.jobs.demo.plan import plans
from smarketing.jobs.planning import Signature, confirm_plan, plans_of_rows, save_plan
from smarketing.jobs.workspace import Workspace

YEAR = 2026
RAISED = tuple(Month(YEAR, number) for number in (9, 10, 11, 12))
_DRAFT = Fraction(9, 10)  # of autumn's dealers, as the year was first planned
_Plans = Mapping[Month, Mapping[Key, Fraction]]


def keep_earlier(folder: Path) -> None:
    """Leave in the folder's plan file only the years before: the latest is typed."""
    path = folder / "plans.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["month"] < str(YEAR)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def type_plan(workspace: Workspace) -> None:
    """Save and confirm both versions, dated by the demo's own calendar."""
    zone, final = workspace.company.tz, plan_of_the_year()
    _agreed(workspace, drafted(final), "founder", f"План на {YEAR} год", _days(zone, YEAR - 1, 12, 15, 18, 19))
    raised = {month: final[month] for month in RAISED}
    why = "Осенью дилеры готовят тендеры: план лидов поднят"
    _agreed(workspace, raised, "marketing", why, _days(zone, YEAR, 8, 24, 26, 27))


def plan_of_the_year() -> _Plans:
    """The plan in force: the market's own parameters, December among them."""
    months = [Month(YEAR, number) for number in range(1, 13)]
    rows = plans([months[0].shift(-1), *months]).to_pylist()
    found = plans_of_rows(rows, demo_company())
    return {month: {key: Fraction(value) for key, value in numbers.items()} for month, numbers in found.items()}


def drafted(final: _Plans) -> _Plans:
    """The year as it was first typed: fewer dealers in autumn."""
    return {month: _fewer_dealers(numbers) if month in RAISED else numbers for month, numbers in final.items()}


def _fewer_dealers(numbers: Mapping[Key, Fraction]) -> Mapping[Key, Fraction]:
    leads, revenue = ("leads", "dealers", None), ("revenue", "dealers", None)
    fewer = Fraction(round(numbers[leads] * _DRAFT))
    money = round(numbers[revenue] * fewer / numbers[leads], 2)
    return {**numbers, leads: fewer, revenue: money}


def _agreed(workspace: Workspace, plan: _Plans, who: str, why: str, days: tuple[datetime, ...]) -> None:
    saved, marketing, sales = days
    save_plan(workspace, plan, Signature(who, saved, why=why))
    confirm_plan(workspace, tuple(plan), Zone.MARKETING, "marketing", at=marketing)
    confirm_plan(workspace, tuple(plan), Zone.SALES, "sales", at=sales)


def _days(zone: tzinfo, year: int, month: int, *days: int) -> tuple[datetime, ...]:
    return tuple(datetime(year, month, day, 11, 30, tzinfo=zone) for day in days)
