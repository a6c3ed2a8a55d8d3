"""Who loaded which files when, by which mapping, and what came of it?

One line of JSON per load, only ever appended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Journal:
    """The append-only list of loads of one workspace."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def records(self, newest: int | None = None) -> list[Record]:
        """Loads, oldest first: all, or the ``newest`` ones. A line cut by a crash is no load: it is done again."""
        if not self.path.exists():
            return []
        records = []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        for line in lines if newest is None else lines[-newest:]:
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return records

    def standing(self, fingerprint: str) -> Record | None:
        """The load of exactly these files by these mappings and settings, if no later load put other rows in the
        place of rows of its tables. An older export loaded again after a newer one is a wish to go back."""
        later: list[Record] = []
        for record in reversed(self.records()):
            if record.get("fingerprint") == fingerprint:
                tables = record["counts"]
                is_overtaken = any(after.get("updated", {}).get(table) for after in later for table in tables)
                return None if is_overtaken else record
            later.append(record)
        return None

    def append(self, record: Record) -> None:
        append_line(self.path, record)


def append_line(path: Path, record: Mapping[str, Any]) -> None:
    """One more line, on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut = path.exists() and path.stat().st_size > 0 and not _ends_with_newline(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if cut else "") + as_json(record) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
