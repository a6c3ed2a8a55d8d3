"""Can one version be answered faster than from its Parquet files? A read-only DuckDB file beside them.

Texts with few values are kept as numbers of a sorted list (ENUM, one list for a name in all tables), rows lie as
in the files: by month, then by source. The file is made beside the old one (from it, where only some months are
others) and put in place by rename; without it everything is answered from Parquet, only slower. It says for which
version it was made, and a reader of any other version does not look at it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from smarketing.facts.query import literal
from smarketing.lake import views
from smarketing.lake.batches import PART
from smarketing.lake.build import DERIVED, derived_columns
from smarketing.lake.engine import Engine, EngineError
from smarketing.lake.lasting import sync_folder, write_through
from smarketing.lake.manifest import Manifest

FEW = 4_000  # a text with more values than this stays a text
_LAYOUT = "3"  # raised whenever the tables of the file change: older files are then made anew
_NEVER_FEW = {"lead_id", "client_id", "visitor_id", "customer", "payment_id", "task_id", "title", "url", "custom"}
_MANY_PARTS = 2  # from one part in so many that changed, the file is made anew


def cache_path(root: Path, manifest: Manifest) -> Path:
    return root / "cache" / f"cache-{manifest.version}.duckdb"


def make(engine: Engine, root: Path, manifest: Manifest) -> Path:
    """Write the cache of a version. Killed anywhere inside it leaves a file that nobody reads."""
    path = cache_path(root, manifest)
    for left in path.parent.glob(".cache-*"):
        left.unlink()  # of a maker that was killed: there is only one at a time
    passing = path.with_name(f".{path.name}")
    if not _make_from_last(engine, root, manifest, passing):
        _make_anew(engine, root, manifest, passing)
    write_through([passing])
    passing.replace(path)
    sync_folder(path.parent)
    _remove_others(path)
    return path


def is_made(engine: Engine, root: Path, manifest: Manifest) -> bool:
    """Whether the file of exactly this version is there, by this layout and these settings; attaches it."""
    path = cache_path(root, manifest)
    if not path.exists():
        return False
    try:
        engine.run(f"ATTACH {literal(str(path))} AS cache (READ_ONLY)")
        return engine.rows("SELECT * FROM cache.made_for") == [_made_for(manifest)]
    except EngineError:
        return False  # written by another DuckDB, or removed just now: Parquet is always there


def attach(engine: Engine, root: Path, manifest: Manifest) -> bool:
    """Show the derived tables from the cache; False where there is none of exactly this version."""
    if not is_made(engine, root, manifest):
        return False
    for table in DERIVED:
        columns = ", ".join(f'"{column}"' for column in derived_columns(manifest.company)[table] if column != PART)
        engine.run(f'CREATE VIEW "{table}" AS SELECT {columns} FROM cache."{table}"')
    return True


def _made_for(manifest: Manifest) -> tuple[str, str, str]:
    """A backup put back may repeat a number, but not its moment; another program may know other columns."""
    columns = hashlib.sha256(json.dumps(derived_columns(manifest.company)).encode()).hexdigest()[:16]
    return (f"{_LAYOUT} {columns}", manifest.built_by, manifest.made_at.isoformat())


def _make_anew(engine: Engine, root: Path, manifest: Manifest, passing: Path) -> None:
    _forget(passing)
    engine.run(f"ATTACH {literal(str(passing))} AS made")
    rows = {table: _rows(root, manifest, table) for table in DERIVED}
    few = _few_valued(engine, manifest, rows)
    for column in sorted(few):
        _make_list(engine, manifest, rows, column)
    for table in DERIVED:
        engine.run(f'CREATE TABLE made."{table}" AS SELECT {_chosen(manifest, table, few)} FROM {rows[table]}')
    _finish(engine, root, manifest)


def _make_from_last(engine: Engine, root: Path, manifest: Manifest, passing: Path) -> bool:
    """Copy the last file and put only the months in it anew whose Parquet files are others now."""
    last = max(passing.parent.glob("cache-*.duckdb"), key=lambda path: path.stat().st_mtime_ns, default=None)
    if last is None:
        return False
    shutil.copyfile(last, passing)
    try:
        engine.run(f"ATTACH {literal(str(passing))} AS made")
        if engine.rows("SELECT layout, built_by FROM made.made_for") == [_made_for(manifest)[:2]]:
            parts = {table: _changed_parts(engine, root, manifest, table) for table in DERIVED}
            if all(found is not None for found in parts.values()):
                for table, found in parts.items():
                    _replace(engine, root, manifest, table, found or set())
                _finish(engine, root, manifest)
                return True
    except EngineError:
        pass  # written by another DuckDB, spoilt, or a list lacks a new value: the long way is sure
    engine.run("DETACH DATABASE IF EXISTS made")
    return False


def _changed_parts(engine: Engine, root: Path, manifest: Manifest, table: str) -> set[str] | None:
    """The months whose files are others now; None where so many are that making all is no dearer."""
    now = set(_files(root, manifest, table))
    before = {row[0] for row in engine.rows(f"SELECT file FROM made.made_from WHERE name = {literal(table)}")}
    changed = {_part_of(file) for file in now ^ before}
    return None if _MANY_PARTS * len(changed) > len({_part_of(file) for file in now | before}) else changed


def _replace(engine: Engine, root: Path, manifest: Manifest, table: str, parts: set[str]) -> None:
    if not parts:
        return
    where = f"{PART} IN ({', '.join(sorted(parts))})"
    kinds = engine.rows(f"SELECT column_name FROM (DESCRIBE made.\"{table}\") WHERE column_type LIKE 'ENUM%'")
    chosen = _chosen(manifest, table, {row[0] for row in kinds})
    engine.run(f'DELETE FROM made."{table}" WHERE {where}')
    engine.run(f'INSERT INTO made."{table}" SELECT {chosen} FROM {_rows(root, manifest, table)} WHERE {where}')


def _finish(engine: Engine, root: Path, manifest: Manifest) -> None:
    files = [(table, file) for table in DERIVED for file in _files(root, manifest, table)]
    engine.fill("made_from", {"name": "VARCHAR", "file": "VARCHAR"}, files)
    engine.run("CREATE OR REPLACE TABLE made.made_from AS SELECT * FROM made_from")
    layout, built_by, made_at = map(literal, _made_for(manifest))
    said = f"SELECT {layout} AS layout, {built_by} AS built_by, {made_at} AS made_at"
    engine.run(f"CREATE OR REPLACE TABLE made.made_for AS {said}")
    engine.run("CHECKPOINT made")
    engine.run("DETACH made")


def _chosen(manifest: Manifest, table: str, few: Collection[str]) -> str:
    return ", ".join(
        f'CAST("{column}" AS made."{column}_list") AS "{column}"' if column in few else f'"{column}"'
        for column in derived_columns(manifest.company)[table]
    )


def _few_valued(engine: Engine, manifest: Manifest, rows: Mapping[str, str]) -> set[str]:
    """Texts with few values in every table that has them. One without any stays a text: a list cannot be empty."""
    most: dict[str, int] = {}
    for table in DERIVED:
        texts = _texts(manifest, table)
        counted = ", ".join(f'APPROX_COUNT_DISTINCT("{column}")' for column in texts)
        for column, count in zip(texts, engine.rows(f"SELECT {counted} FROM {rows[table]}")[0], strict=True):
            most[column] = max(most.get(column, 0), count)
    return {column for column, count in most.items() if 0 < count <= FEW}


def _make_list(engine: Engine, manifest: Manifest, rows: Mapping[str, str], column: str) -> None:
    values = " UNION ".join(
        f'SELECT DISTINCT "{column}" AS value FROM {rows[table]}'
        for table in DERIVED
        if column in _texts(manifest, table)
    )
    kept = f"SELECT value FROM ({values}) WHERE value IS NOT NULL ORDER BY value"
    engine.run(f'CREATE TYPE made."{column}_list" AS ENUM ({kept})')


def _texts(manifest: Manifest, table: str) -> list[str]:
    columns = derived_columns(manifest.company)[table]
    return [name for name, kind in columns.items() if kind == "VARCHAR" and name not in _NEVER_FEW]


def _rows(root: Path, manifest: Manifest, table: str) -> str:
    state = manifest.tables.get(table)
    return views.derived_relation(root, table, state.delta_version if state else None, manifest.company)


def _files(root: Path, manifest: Manifest, table: str) -> tuple[str, ...]:
    """Paths inside the lake, so that a lake that was moved keeps its cache."""
    return tuple(str(Path(file).relative_to(root)) for file in views.files(root, manifest.tables).get(table, ()))


def _part_of(file: str) -> str:
    return Path(file).parent.name.removeprefix(f"{PART}=")


def _forget(passing: Path) -> None:
    for left in passing.parent.glob(f"{passing.name}*"):
        left.unlink()


def _remove_others(path: Path) -> None:
    for other in path.parent.glob("cache-*.duckdb"):
        if other != path:
            try:
                other.unlink()
            except OSError:
                continue  # a reader holds it on a system that forbids this; the next cache removes it
