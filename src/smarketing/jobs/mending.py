"""How does a quarantined row with corrected cells become a sheet again, read exactly as its file was?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from smarketing.connectors.files.gathering import Reading
from smarketing.connectors.files.mapping import Mapping as FileMapping
from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.values import ISO, Decision
from smarketing.facts.errors import WrongInput, did_you_mean
from smarketing.facts.language import Text
from smarketing.jobs.journal import Journal
from smarketing.jobs.quarantine import QuarantinedRow, quarantine
from smarketing.jobs.workspace import Workspace


@dataclass(frozen=True)
class Mended:
    """Corrected rows of one file of one load, with all that is needed to read them."""

    load_id: str
    rows: tuple[int, ...]  # their numbers in the file
    sheet: Sheet
    mapping: FileMapping
    decisions: Mapping[str, Decision]


def mended_sheets(
    bench: Workbench, workspace: Workspace, corrections: Mapping[str, Mapping[str, str]]
) -> tuple[Mended, ...]:
    """Corrected rows grouped by the file they came from; an unknown id or heading raises."""
    rows = {row.id: row for row in quarantine(workspace) if row.mendable}
    grouped: dict[tuple[str, str], dict[int, dict[str, str | None]]] = defaultdict(dict)
    for row_id, cells in corrections.items():
        row = _known(rows, row_id)
        corrected = grouped[row.load_id, row.file].setdefault(int(row.row), dict(row.raw))
        corrected.update(cells)
    records = {record["id"]: record for record in Journal(workspace.journal_path).records()}
    return tuple(
        _sheet(bench, workspace, records[load_id], file, found) for (load_id, file), found in grouped.items()
    )


def settled(workspace: Workspace, groups: Iterable[Mended], reading: Reading) -> list[str]:
    """Ids of the quarantined rows that are in order now: the row, in that table, was not set aside again."""
    places = {(group.load_id, group.sheet.sniffed.file, row) for group in groups for row in group.rows}
    still = {(row["file"], row["row"], row["table"]) for row in reading.quarantined.to_pylist()}
    return [
        row.id
        for row in quarantine(workspace)
        if not row.resolved
        and (row.load_id, row.file, row.row) in places
        and (row.file, row.row, row.table) not in still
    ]


def _known(rows: Mapping[str, QuarantinedRow], row_id: str) -> QuarantinedRow:
    if row_id not in rows:
        hint = did_you_mean(row_id, rows)
        raise WrongInput(
            "unknown-row",
            Text(f"В карантине нет строки «{row_id}». {hint.ru}", f"No row “{row_id}” in quarantine. {hint.en}"),
        )
    return rows[row_id]


def _sheet(
    bench: Workbench,
    workspace: Workspace,
    record: Mapping[str, Any],
    file: str,
    rows: Mapping[int, Mapping[str, str | None]],
) -> Mended:
    entry = next(entry for entry in record["files"] if entry["name"] == file)
    headings = tuple(entry["sniffed"]["headings"])
    for cells in rows.values():
        _refuse_unknown(cells, headings)
    sniffed = Sniffed(
        file=file,
        format=entry["sniffed"]["format"],
        packed=False,
        size=0,
        sha256=entry["sha256"],
        headings=headings,
        header_row=entry["sniffed"]["header_row"],
    )
    listed = [(number, [cells.get(heading) for heading in headings]) for number, cells in sorted(rows.items())]
    path = workspace.quarantine_path / "mappings" / f"{entry['mapping_digest']}.json"
    used = FileMapping.model_validate_json(path.read_text(encoding="utf-8"))
    decisions = {
        key: _widened(Decision(**{**said, "formats": tuple(said["formats"]), "plain": False}))
        for key, said in entry["decisions"].items()
    }
    return Mended(record["id"], tuple(rows), bench.from_rows(sniffed, listed), used, decisions)


def _widened(decision: Decision) -> Decision:
    """A person who mends a date may write it in ISO whatever the file used."""
    return (
        replace(decision, formats=tuple(dict.fromkeys((*decision.formats, ISO)))) if decision.formats else decision
    )


def _refuse_unknown(cells: Mapping[str, str | None], headings: tuple[str, ...]) -> None:
    for heading in cells:
        if heading and heading not in headings:
            hint = did_you_mean(heading, headings)
            raise WrongInput(
                "unknown-heading",
                Text(
                    f"В файле нет столбца «{heading}». {hint.ru}", f"The file has no column “{heading}”. {hint.en}"
                ),
            )
