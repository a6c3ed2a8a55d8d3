"""Which rows wait to be mended, and which have been?

Each load leaves one file of JSON lines; what was mended is noted beside, so that nothing is ever rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from smarketing.connectors.outside.streams import Refused
from smarketing.facts.language import Text
from smarketing.jobs.journal import Journal, append_line, as_json
from smarketing.jobs.workspace import Workspace, write_whole

_RESOLVED = "resolved.jsonl"


@dataclass(frozen=True)
class QuarantinedRow:
    """One row set aside. ``raw`` is the row as it stood in the file: heading → cell."""

    id: str
    load_id: str
    file: str
    row: int | str  # the number of the line, or the key of a record of a connected system
    table: str
    column: str | None
    code: str
    value: str | None
    raw: Mapping[str, str | None]
    text: Text
    resolved: bool = False
    mendable: bool = True  # here; a record of a connected system is mended there and comes again by itself
    heading: str | None = None  # the column as the file calls it


def store(workspace: Workspace, load_id: str, rows: pa.Table) -> None:
    """Keep the rows of one load; the same load stored again leaves the same file."""
    lines = [as_json(row) for row in _numbered(rows, load_id)]
    if lines:
        write_whole(workspace.quarantine_path / f"{load_id}.jsonl", "\n".join(lines) + "\n")


def rows_of(rows: pa.Table, load_id: str) -> tuple[QuarantinedRow, ...]:
    """The rows of one load as a page shows them."""
    return tuple(_row(row, load_id, resolved=False) for row in _numbered(rows, load_id))


def _numbered(rows: pa.Table, load_id: str) -> list[dict[str, Any]]:
    return [{"id": f"{load_id}-{place}", **row} for place, row in enumerate(rows.to_pylist(), start=1)]


def quarantine(workspace: Workspace) -> tuple[QuarantinedRow, ...]:
    """Every row set aside, oldest load first. Where a file was loaded again, only its newest load counts."""
    resolved = _resolved(workspace)
    newest = _newest_loads(workspace)
    rows: list[QuarantinedRow] = []
    loads = {record["id"]: record for record in Journal(workspace.journal_path).records()}
    for record in loads.values():  # a load that was done again, to go back to its rows, has one quarantine
        kept = {file["name"] for file in record["files"] if newest[file["sha256"]] == record["id"]}
        for row in _stored(workspace, record["id"]):
            if row["file"] in kept:
                rows.append(_row(row, record["id"], resolved=row["id"] in resolved))
    return (*rows, *_refused(workspace))


def of_load(workspace: Workspace, load_id: str) -> tuple[QuarantinedRow, ...]:
    """Every row that one load set aside, those mended since and those that a newer load has read again too."""
    if load_id not in {record["id"] for record in Journal(workspace.journal_path).records()}:
        return ()
    resolved = _resolved(workspace)
    return tuple(_row(row, load_id, resolved=row["id"] in resolved) for row in _stored(workspace, load_id))


def waiting(workspace: Workspace) -> tuple[QuarantinedRow, ...]:
    """What a person has to mend: a cell that spoils several facts is one thing, mended once."""
    seen: dict[tuple[object, ...], QuarantinedRow] = {}
    for row in quarantine(workspace):
        if not row.resolved:
            seen.setdefault((row.load_id, row.file, row.row, row.code, row.heading), row)
    return tuple(seen.values())


def store_refused(
    workspace: Workspace, connection: str, title: str, refused: Mapping[str, Sequence[Refused]]
) -> None:
    """Write down which records of a connection wait for a person now; those of the run before are replaced."""
    lines = [
        as_json(_refused_record(connection, title, stream, record))
        for stream, records in refused.items()
        for record in records
    ]
    path = _refused_path(workspace, connection)
    if lines:
        write_whole(path, "\n".join(lines) + "\n")
    else:
        path.unlink(missing_ok=True)


def forget_refused(workspace: Workspace, connection: str) -> None:
    """The connection is no more."""
    _refused_path(workspace, connection).unlink(missing_ok=True)


def _refused_path(workspace: Workspace, connection: str) -> Path:
    return workspace.quarantine_path / "connections" / f"{connection}.jsonl"


def _refused_record(connection: str, title: str, stream: str, record: Refused) -> dict[str, Any]:
    return {
        "id": f"{connection}:{stream}:{record.key}",
        "file": f"{title}: {stream}",
        "row": record.key,
        "table": stream,
        "column": record.column,
        "code": "refused",
        "value": _cell(record.body.get(record.column)),
        "raw": as_json({name: _cell(value) for name, value in record.body.items()}),
        "ru": record.text.ru,
        "en": record.text.en,
    }


def _cell(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else as_json(value)


def _refused(workspace: Workspace) -> Iterator[QuarantinedRow]:
    for path in sorted((workspace.quarantine_path / "connections").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line:
                yield _row(json.loads(line), path.stem, resolved=False, mendable=False)


def resolve(workspace: Workspace, ids: Iterable[str], load_id: str) -> None:
    """Note that these rows were mended by a load."""
    for row_id in ids:
        append_line(workspace.quarantine_path / _RESOLVED, {"id": row_id, "load": load_id})


def _newest_loads(workspace: Workspace) -> dict[str, str]:
    """Content of a file → the last load that read it."""
    return {
        file["sha256"]: record["id"]
        for record in Journal(workspace.journal_path).records()
        for file in record["files"]
    }


def _stored(workspace: Workspace, load_id: str) -> list[dict[str, Any]]:
    path = workspace.quarantine_path / f"{load_id}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _resolved(workspace: Workspace) -> set[str]:
    return {record["id"] for record in Journal(workspace.quarantine_path / _RESOLVED).records()}


def _row(stored: Mapping[str, Any], load_id: str, *, resolved: bool, mendable: bool = True) -> QuarantinedRow:
    return QuarantinedRow(
        id=stored["id"],
        load_id=load_id,
        file=stored["file"],
        row=stored["row"],
        table=stored["table"],
        column=stored["column"],
        code=stored["code"],
        value=stored["value"],
        raw=_cells(stored["raw"]),
        text=Text(stored["ru"], stored["en"]),
        resolved=resolved,
        # A row whose cells could not be told apart has none to correct.
        mendable=mendable and stored["code"] != "open-quote",
        heading=stored.get("heading") or stored["column"],
    )


def _cells(raw: str) -> dict[str, str | None]:
    """A row with a wrong number of cells is kept as its line, under no heading."""
    try:
        cells = json.loads(raw)
    except json.JSONDecodeError:
        return {"": raw}
    return cells if isinstance(cells, dict) else {"": raw}
