"""How are the derived tables brought up to date? Only what changed is computed, only its months are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smarketing.facts.company import Company
from smarketing.facts.journeys import (
    CUSTOMER_COLUMNS,
    CUSTOMER_RECEIPT_COLUMNS,
    DUTY_COLUMNS,
    RECEIPT_COLUMNS,
    SPEND_COLUMNS,
    journey_columns,
)
from smarketing.lake import changes, customers, duties, journeys, receipts, spend, verdicts
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.changes import NO_LEAD_PART, Extent
from smarketing.lake.delta import DeltaFolder
from smarketing.lake.engine import Engine, files_relation
from smarketing.lake.settings import local, month_of

CHUNK = 500_000  # leads computed at once: bounds the memory of the window over their moves
DERIVED = ("journeys", "receipts", "spend", "customers", "customer_receipts", "duties")
_ORDER = {
    "journeys": f"{PART}, lead_source, created_at, lead_id",  # chunk_leads lie like this
    "receipts": f"{PART}, paid_at, payment_id",
    "spend": f"{PART}, lead_source, day, campaign, ad",
    "customers": f"{PART}, lead_source, customer",
    "customer_receipts": f"{PART}, lead_source, customer, paid_day, payment_id",
    "duties": "due_at, task_id",
}


@dataclass(frozen=True)
class Work:
    """One run of the builder. ``base``: Delta versions of the derived tables before it."""

    engine: Engine
    root: Path
    company: Company
    known_until: datetime
    load: int
    base: Mapping[str, int]
    has_activities: bool

    def folder(self, table: str) -> DeltaFolder:
        return DeltaFolder(self.root / "derived" / table)


def derived_columns(company: Company) -> dict[str, dict[str, str]]:
    """Table → column → type of the derived tables, with the partition column."""
    return {
        "journeys": {**journey_columns(company), PART: "INTEGER"},
        "receipts": {**RECEIPT_COLUMNS, PART: "INTEGER"},
        "spend": {**SPEND_COLUMNS, PART: "INTEGER"},
        "customers": {**CUSTOMER_COLUMNS, PART: "INTEGER"},
        "customer_receipts": {**CUSTOMER_RECEIPT_COLUMNS, PART: "INTEGER"},
        "duties": {**DUTY_COLUMNS, PART: "INTEGER"},
    }


def build(work: Work, extent: Extent) -> dict[str, int]:
    """Bring the derived tables up to date; returns their new Delta versions.

    Leaves new verdicts in ``new_verdicts``.
    """
    verdicts.start(work.engine)
    receipts.prepare_payments(work.engine, work.company, everything=extent.everything)
    receipts.prepare_wins(work.engine, work.company)
    return _build_all(work) if extent.everything else _build_changed(work, extent)


def _build_all(work: Work) -> dict[str, int]:
    versions: dict[str, int] = {}
    for _ in _chunks(work):
        journeys.build(work.engine, work.company, work.known_until, has_activities=work.has_activities)
        receipts.build(work.engine, work.company)
        _add(work, versions, "journeys")
        _add(work, versions, "receipts")
    receipts.build_without_lead(work.engine, work.company)
    _add(work, versions, "receipts")
    spend.build(work.engine, work.company, None)
    _add(work, versions, "spend")
    customers.build(work.engine, work.company, _receipts(work, versions))
    _add(work, versions, "customers")
    _add(work, versions, "customer_receipts")
    _build_duties(work, versions)
    return versions


def _build_changed(work: Work, extent: Extent) -> dict[str, int]:
    versions = dict(work.base)
    if extent.leads or extent.payments:
        work.engine.run(
            f"CREATE OR REPLACE TABLE chunk AS SELECT lead_id, MAX({LOAD}) AS newest FROM raw_leads "
            "WHERE lead_id IN (SELECT lead_id FROM changed_leads) GROUP BY lead_id"
        )
        journeys.build(work.engine, work.company, work.known_until, has_activities=work.has_activities)
        parts = {*extent.parts, NO_LEAD_PART}
        _replace(work, versions, "journeys", parts, "lead_id NOT IN (SELECT lead_id FROM changed_leads)")
    if extent.payments:
        receipts.build_changed(work.engine, work.company)
        kept = "payment_id NOT IN (SELECT payment_id FROM changed_payments)"
        _replace(work, versions, "receipts", parts, kept)
    if extent.leads or extent.payments:
        found = customers.build_changed(work.engine, work.company, _receipts(work, versions))
        for table in ("customers", "customer_receipts"):
            _replace(work, versions, table, found, customers.NOT_CHANGED)
    if extent.spend_parts:
        spend.build(work.engine, work.company, extent.spend_parts)
        _replace(work, versions, "spend", set(extent.spend_parts), "FALSE")
    if extent.tasks:
        _build_duties(work, versions)
    return versions


def _receipts(work: Work, versions: Mapping[str, int]) -> str:
    """SQL for the receipts as this run has just written them."""
    files = work.folder("receipts").snapshot(versions["receipts"]).files
    return files_relation(files, derived_columns(work.company)["receipts"])


def _build_duties(work: Work, versions: dict[str, int]) -> None:
    """Tasks are few: all of them, whenever one of them changed."""
    duties.build(work.engine, work.company)
    rows = work.engine.stream(f"SELECT * FROM new_duties ORDER BY {_ORDER['duties']}")
    versions["duties"] = work.folder("duties").replace_all(rows, work.load)


def _chunks(work: Work) -> Iterator[None]:
    """Fill ``chunk`` with whole months of leads, up to about ``CHUNK`` at a time; one empty chunk at least."""
    month = month_of(f"CAST({local('MAX(created_at)', work.company)} AS DATE)")
    work.engine.run(
        f"CREATE OR REPLACE TABLE lead_months AS SELECT lead_id, MAX({LOAD}) AS newest, {month} AS month "
        "FROM raw_leads GROUP BY lead_id"
    )
    sizes = work.engine.rows("SELECT month, COUNT(*) FROM lead_months GROUP BY month ORDER BY month")
    group: list[int] = []
    filled = 0
    for month_number, leads in sizes:
        if group and filled + leads > CHUNK:
            _chunk(work, group)
            yield
            group, filled = [], 0
        group.append(month_number)
        filled += leads
    _chunk(work, group or [0])
    yield


def _chunk(work: Work, months: list[int]) -> None:
    listed = ", ".join(map(str, months))
    work.engine.run(
        f"CREATE OR REPLACE TABLE chunk AS SELECT lead_id, newest FROM lead_months WHERE month IN ({listed})"
    )


def _add(work: Work, versions: dict[str, int], table: str) -> None:
    """Write ``new_<table>``: the first time in a run in the place of everything, then beside what was written."""
    order = "" if table == "journeys" else f" ORDER BY {_ORDER[table]}"
    rows = work.engine.stream(f"SELECT * FROM new_{table}{order}")
    versions[table] = work.folder(table).append(versions.get(table), rows, work.load)


def _replace(work: Work, versions: dict[str, int], table: str, parts: set[int], kept: str) -> None:
    """Write ``new_<table>`` and those rows of the same parts that did not change."""
    listed = ", ".join(map(str, sorted(parts)))
    columns = ", ".join(f'"{column}"' for column in derived_columns(work.company)[table])
    rows = work.engine.stream(
        f"SELECT {columns} FROM (SELECT {columns} FROM old_{table} WHERE {PART} IN ({listed}) AND {kept} "
        f"UNION ALL SELECT {columns} FROM new_{table}) ORDER BY {_ORDER[table]}"
    )
    versions[table] = work.folder(table).replace_parts(versions[table], parts, rows, work.load)


__all__ = ["DERIVED", "Work", "build", "changes", "derived_columns"]
