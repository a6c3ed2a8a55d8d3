"""What keeps a lake small without losing what somebody saw? Pins, compaction, vacuum."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from smarketing.lake import views
from smarketing.lake.lasting import write_through
from smarketing.lake.manifest import History, Manifest, TableState, write_whole


@dataclass(frozen=True)
class Vacuumed:
    """What a vacuum let go: numbers of versions, and how many files."""

    versions: tuple[int, ...]
    files: int


def pins(root: Path) -> dict[int, list[str]]:
    path = root / "pins.json"
    if not path.exists():
        return {}
    return {int(version): reasons for version, reasons in json.loads(path.read_text(encoding="utf-8")).items()}


def pin(root: Path, version: int, why: str) -> None:
    known = pins(root)
    reasons = known.setdefault(version, [])
    if why not in reasons:
        reasons.append(why)
    write_whole(root / "pins.json", json.dumps(known, ensure_ascii=False, indent=1))


def compact(root: Path, history: History) -> int:
    """The newest manifest with joined files under the same number: the same rows, so the same version."""
    manifest = history.newest()
    if manifest is None:
        return 0
    states = {
        name: TableState(views.folder(root, name).compact(state.delta_version), state.rows)
        for name, state in manifest.tables.items()
    }
    changed = sum(states[name] != state for name, state in manifest.tables.items())
    if changed:
        write_through(views.written(root, manifest.tables, states))
        history.publish(replace(manifest, tables=states))
    return changed


def vacuum(root: Path, history: History, *, days: int, hours: int) -> Vacuumed:
    manifests = history.all()
    kept = _kept(root, manifests, datetime.now(UTC) - timedelta(days=days))
    gone = tuple(manifest.version for manifest in manifests if manifest.version not in kept)
    # First the names, then the files: killed in between, files are left over but no version is broken.
    for version in gone:
        history.forget(version)
    needed: dict[str, set[int]] = {}
    for manifest in manifests:
        if manifest.version in kept:
            for name, state in manifest.tables.items():
                needed.setdefault(name, set()).add(state.delta_version)
    files = sum(views.folder(root, name).vacuum(versions, hours) for name, versions in sorted(needed.items()))
    return Vacuumed(gone, files)


def _kept(root: Path, manifests: list[Manifest], since: datetime) -> set[int]:
    young = {manifest.version for manifest in manifests if manifest.made_at >= since}
    newest = {manifest.version for manifest in manifests[-1:]}
    return young | newest | set(pins(root))
