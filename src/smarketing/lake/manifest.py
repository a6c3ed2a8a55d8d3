"""Which Delta version of which table makes up one version of the lake?

A manifest is a small JSON file. ``manifests/00000012.json`` is the history; ``current.json`` is the newest one and
replacing it, in one step of the file system, is the moment at which a load happens.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from smarketing.facts.company import Company
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.lake.lasting import sync_folder

# Raised whenever the builder makes other figures from the same facts: older lakes are then built anew.
BUILDER = 5

_NOT_BUILT_FROM = {
    "name",
    "language",
    "phone_region",
    "mql",
    "segments",
    "source_names",
    "channels",  # cleaned where facts are made
    "identity",  # its verdicts are facts
    "campaign_pairs",  # what they change is found and built by itself
    "loss_reasons",
    "accountable",
    "guardrails",
    "verdict",
}
# What pages and loads read from the settings themselves, not from a version of the lake.
_READ_ELSEWHERE = {"name", "language", "phone_region", "channels", "identity"}


@dataclass(frozen=True)
class TableState:
    """One table in one version of the lake: its Delta version and the rows that are valid in it."""

    delta_version: int
    rows: int


@dataclass(frozen=True)
class Manifest:
    version: int
    made_at: datetime
    known_until: datetime
    company: Company
    tables: Mapping[str, TableState]
    built_by: str  # hash of the settings and of the builder behind the derived tables
    note: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(
            {
                "version": self.version,
                "made_at": self.made_at.isoformat(),
                "known_until": self.known_until.isoformat(),
                "built_by": self.built_by,
                "note": dict(self.note),
                "tables": {
                    name: {"delta_version": state.delta_version, "rows": state.rows}
                    for name, state in sorted(self.tables.items())
                },
                "company": json.loads(self.company.model_dump_json()),
            },
            ensure_ascii=False,
            indent=1,
            default=str,
        )


def is_built_alike(one: Company, other: Company) -> bool:
    """Whether the derived tables of the same facts are the same by both."""
    return build_hash(one) == build_hash(other) and one.campaign_pairs == other.campaign_pairs


def is_read_alike(one: Company, other: Company) -> bool:
    """Whether the same version is read the same by both: figures, their names, limits and zones."""
    return one.model_dump(exclude=_READ_ELSEWHERE) == other.model_dump(exclude=_READ_ELSEWHERE)


def build_hash(company: Company) -> str:
    """Changes exactly when all derived tables of the same facts may change; pairs of names change a part."""
    content = company.model_dump_json(exclude=_NOT_BUILT_FROM)
    return hashlib.sha256(f"{BUILDER}:{content}".encode()).hexdigest()[:16]


class History:
    """The manifests of one lake."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "manifests"

    def newest(self) -> Manifest | None:
        path = self._root / "current.json"
        try:
            return _parse(path.read_text(encoding="utf-8"), path)
        except FileNotFoundError:
            return None

    def get(self, version: int) -> Manifest | None:
        newest = self.newest()
        if newest is None or version > newest.version:
            return None  # a manifest newer than the current one is the leftover of a killed load
        path = self._path(version)
        try:
            return _parse(path.read_text(encoding="utf-8"), path)
        except FileNotFoundError:
            return None

    def all(self) -> list[Manifest]:
        """Every version that can be opened, oldest first."""
        numbers = sorted(int(path.stem) for path in self._folder.glob("*.json"))
        found = (self.get(number) for number in numbers)
        return [manifest for manifest in found if manifest is not None]

    def publish(self, manifest: Manifest) -> None:
        """Make this the newest version. Killed anywhere inside, the version before stays whole."""
        self._folder.mkdir(exist_ok=True)
        write_whole(self._path(manifest.version), manifest.to_json())
        write_whole(self._root / "current.json", manifest.to_json())

    def forget(self, version: int) -> None:
        self._path(version).unlink(missing_ok=True)

    def _path(self, version: int) -> Path:
        return self._folder / f"{version:08d}.json"


def write_whole(path: Path, text: str) -> None:
    """Replace a file so that nobody ever sees a part of it."""
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    with passing.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
    sync_folder(path.parent)


def _parse(text: str, path: Path) -> Manifest:
    try:
        content: dict[str, Any] = json.loads(text)
        return Manifest(
            version=content["version"],
            made_at=datetime.fromisoformat(content["made_at"]),
            known_until=datetime.fromisoformat(content["known_until"]),
            company=Company.model_validate(content["company"]),
            tables={name: TableState(**state) for name, state in content["tables"].items()},
            built_by=content["built_by"],
            note=content["note"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise WrongState(
            "bad-manifest",
            Text(
                f"{path.name} повреждён: {error}. Восстановите его из резервной копии.",
                f"{path.name} is damaged: {error}. Restore it from a backup.",
            ),
        ) from error
