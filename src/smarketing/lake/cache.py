"""Can one version be answered faster than from its Parquet files? A read-only DuckDB file beside them.

Texts with few values are kept as numbers of a sorted list (ENUM), rows lie by source and day. The file is made
beside the old one and swapped by rename; without it everything is answered from Parquet, only slower.
"""

from __future__ import annotations

import os
from pathlib import Path

from smarketing.facts.query import literal
from smarketing.lake.batches import PART
from smarketing.lake.build import DERIVED, derived_columns
from smarketing.lake.engine import Engine, EngineError
from smarketing.lake.manifest import Manifest

FEW = 4_000  # a text with more values than this stays a text
_NEVER_FEW = {"lead_id", "client_id", "payment_id", "url", "custom"}
_ORDER = {"journeys": "lead_source, created_day", "receipts": "lead_source, paid_day", "spend": "lead_source, day"}


def cache_path(root: Path, manifest: Manifest) -> Path:
    return root / "cache" / f"cache-{manifest.version}.duckdb"


def make(engine: Engine, root: Path, manifest: Manifest) -> Path:
    """Write the cache of a version whose tables the engine shows by their names."""
    path = cache_path(root, manifest)
    path.parent.mkdir(exist_ok=True)
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    passing.unlink(missing_ok=True)
    engine.run(f"ATTACH {literal(str(passing))} AS made")
    for table in DERIVED:
        _copy(engine, manifest, table)
    engine.run(f"CREATE TABLE made.made_for AS SELECT {literal(manifest.made_at.isoformat())} AS made_at")
    engine.run("DETACH made")
    passing.replace(path)
    _remove_others(path)
    return path


def attach(engine: Engine, root: Path, manifest: Manifest) -> bool:
    """Show the derived tables from the cache; False where there is none of exactly this version."""
    path = cache_path(root, manifest)
    if not path.exists():
        return False
    try:
        engine.run(f"ATTACH {literal(str(path))} AS cache (READ_ONLY)")
        if engine.value("SELECT made_at FROM cache.made_for") != manifest.made_at.isoformat():
            return False  # of another history: the lake was restored from a backup
    except EngineError:
        return False  # written by another DuckDB, or removed just now: Parquet is always there
    for table in DERIVED:
        engine.run(f'CREATE VIEW "{table}" AS SELECT * FROM cache."{table}"')
    return True


def _copy(engine: Engine, manifest: Manifest, table: str) -> None:
    columns = {name: kind for name, kind in derived_columns(manifest.company)[table].items() if name != PART}
    texts = [name for name, kind in columns.items() if kind == "VARCHAR" and name not in _NEVER_FEW]
    few = _few_valued(engine, table, texts)
    for column in few:
        kept = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL ORDER BY 1'
        engine.run(f'CREATE TYPE made."{table}_{column}" AS ENUM ({kept})')
    chosen = ", ".join(
        f'CAST("{column}" AS made."{table}_{column}") AS "{column}"' if column in few else f'"{column}"'
        for column in columns
    )
    engine.run(f'CREATE TABLE made."{table}" AS SELECT {chosen} FROM "{table}" ORDER BY {_ORDER[table]}')


def _few_valued(engine: Engine, table: str, texts: list[str]) -> set[str]:
    counted = ", ".join(f'APPROX_COUNT_DISTINCT("{column}")' for column in texts)
    found = engine.rows(f'SELECT {counted} FROM "{table}"')[0]
    # A column without any value stays a text: an ENUM cannot be empty.
    return {column for column, count in zip(texts, found, strict=True) if 0 < count <= FEW}


def _remove_others(path: Path) -> None:
    for other in path.parent.glob("cache-*.duckdb"):
        if other != path:
            try:
                other.unlink()
            except OSError:
                continue  # a reader holds it on a system that forbids this; the next cache removes it
