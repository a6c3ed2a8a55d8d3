"""Under which names does the engine see the files of a version?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from smarketing.facts.company import Company
from smarketing.facts.tables import TABLES, Table
from smarketing.lake import counted
from smarketing.lake.batches import PART, stored_columns
from smarketing.lake.build import DERIVED, derived_columns
from smarketing.lake.delta import DeltaFolder
from smarketing.lake.engine import Engine, files_relation
from smarketing.lake.manifest import TableState


def fact_folder(root: Path, table: str) -> DeltaFolder:
    return DeltaFolder(root / "facts" / table)


def derived_folder(root: Path, table: str) -> DeltaFolder:
    return DeltaFolder(root / "derived" / table)


def folder(root: Path, table: str) -> DeltaFolder:
    return derived_folder(root, table) if table in DERIVED else fact_folder(root, table)


def raw_relation(root: Path, table: Table, version: int | None) -> str:
    """All rows ever appended to a table of facts, older versions among them."""
    if version is None:
        return files_relation((), stored_columns(table))
    snapshot = fact_folder(root, table.name).snapshot(version)
    return files_relation(snapshot.files, stored_columns(table), snapshot.columns)


def derived_relation(root: Path, table: str, version: int | None, company: Company) -> str:
    columns = derived_columns(company)[table]
    if version is None:
        return files_relation((), columns)
    snapshot = derived_folder(root, table).snapshot(version)
    older = not set(columns) <= set(snapshot.columns)  # made by a program that knew fewer columns
    return files_relation(snapshot.files, columns, snapshot.columns if older else None)


def show_raw(engine: Engine, root: Path, versions: Mapping[str, int]) -> None:
    """The views ``raw_<table>`` of every table of facts."""
    for name, table in TABLES.items():
        relation = raw_relation(root, table, versions.get(name))
        engine.run(f"CREATE OR REPLACE VIEW raw_{name} AS SELECT * FROM {relation}")


def show_old(engine: Engine, root: Path, versions: Mapping[str, int], company: Company) -> None:
    """The views ``old_<table>`` of the derived tables as they were before."""
    for name in DERIVED:
        relation = derived_relation(root, name, versions.get(name), company)
        engine.run(f"CREATE OR REPLACE VIEW old_{name} AS SELECT * FROM {relation}")


def show_derived(engine: Engine, root: Path, tables: Mapping[str, TableState], company: Company) -> None:
    """The derived tables by their own names."""
    versions = _versions(tables)
    for name in DERIVED:
        columns = ", ".join(f'"{column}"' for column in derived_columns(company)[name] if column != PART)
        relation = derived_relation(root, name, versions.get(name), company)
        engine.run(f'CREATE VIEW "{name}" AS SELECT {columns} FROM {relation}')


def show_facts(engine: Engine, root: Path, tables: Mapping[str, TableState], company: Company) -> None:
    """The latest state of every table of facts by its own name."""
    versions = _versions(tables)
    raw = {name: raw_relation(root, table, versions.get(name)) for name, table in TABLES.items()}
    engine.run(f"CREATE VIEW identity AS {counted.shown(TABLES['identity'], raw.pop('identity'))}")
    said = engine.rows(counted.SAID) if "identity" in versions else []
    for name, rows in counted.names(company, said).items():
        engine.fill(name, counted.NAMES[name], rows)
    for name, relation in raw.items():
        engine.run(f'CREATE VIEW "{name}" AS {counted.shown(TABLES[name], relation)}')


def written(root: Path, before: Mapping[str, TableState], after: Mapping[str, TableState]) -> list[Path]:
    """The files on which ``after`` rests and ``before`` did not."""
    found: list[Path] = []
    for name, state in after.items():
        base = before.get(name)
        if base is None or base.delta_version != state.delta_version:
            found += folder(root, name).written(base.delta_version if base else None, state.delta_version)
    return found


def _versions(tables: Mapping[str, TableState]) -> dict[str, int]:
    return {name: state.delta_version for name, state in tables.items()}


def files(root: Path, tables: Mapping[str, TableState]) -> dict[str, tuple[str, ...]]:
    """The Parquet files of every table of a version."""
    found = {}
    for name, state in tables.items():
        found[name] = folder(root, name).snapshot(state.delta_version).files
    return found
