"""How does a table lie on disk? A Delta table with a ``part`` (month) partition, addressed by version.

A manifest names one version per table. What a killed load wrote after that version is left behind: the next write
first takes the table back to the named version, so leftovers never come to life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pyarrow as pa
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    WriterProperties,
    write_deltalake,
)

from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text

PART = "part"
_FOREVER = "interval 36500 days"  # the log is cut by Lake.vacuum alone, which knows what is pinned
_SETTINGS: dict[str, str | None] = {
    "delta.logRetentionDuration": _FOREVER,
    "delta.deletedFileRetentionDuration": _FOREVER,
    "delta.checkpointInterval": "25",
    "delta.enableDeletionVectors": "false",
}
_AFTER_COMMIT = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
_PARQUET_SETTINGS: dict[str, Any] = {"compression": "ZSTD", "compression_level": 1, "max_row_group_size": 250_000}
_PARQUET = WriterProperties(**_PARQUET_SETTINGS)
_NO_LIST = ColumnProperties(dictionary_enabled=False)
_IDS = {"lead_id", "client_id", "payment_id"}
_REFUSED_FEATURES = {"deletionVectors", "columnMapping"}


@dataclass(frozen=True)
class Snapshot:
    """The files of one table at one version and the columns they may carry."""

    files: tuple[str, ...]
    columns: tuple[str, ...]


class DeltaFolder:
    """One table of the lake."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def snapshot(self, version: int) -> Snapshot:
        commit = self._path / "_delta_log" / f"{version:020d}.json"
        # The moment of the commit tells a folder restored from a backup from the one that was read before.
        made = commit.stat().st_mtime_ns if commit.exists() else 0
        return _snapshot(str(self._path), version, made)

    def append(self, base: int | None, rows: pa.RecordBatchReader | pa.Table, load: int) -> int:
        """Add rows to version ``base`` (None: a new table); returns the new version."""
        if base is None:
            return self.replace_all(rows, load)
        return self._write(self._back_to(base), rows, load, mode="append", schema_mode="merge")

    def replace_parts(
        self, base: int, parts: Iterable[int], rows: pa.RecordBatchReader | pa.Table, load: int
    ) -> int:
        """Put these rows in the place of whole parts of version ``base``; returns the new version."""
        listed = ", ".join(str(part) for part in sorted(parts))
        return self._write(self._back_to(base), rows, load, mode="overwrite", predicate=f"{PART} in ({listed})")

    def replace_all(self, rows: pa.RecordBatchReader | pa.Table, load: int) -> int:
        """Start the table anew with these rows, whatever lay there; returns the new version."""
        self._path.mkdir(parents=True, exist_ok=True)
        known = self._open() if DeltaTable.is_deltatable(str(self._path)) else None
        return self._write(known, rows, load, mode="overwrite", schema_mode="overwrite")

    def compact(self, base: int) -> int:
        """Join small files; the rows stay the same. Returns the new version, ``base`` if nothing was to do."""
        table = self._back_to(base)
        before = table.version()
        metrics = table.optimize.compact(writer_properties=_PARQUET, post_commithook_properties=_AFTER_COMMIT)
        return before if metrics["numFilesAdded"] == 0 else self._open().version()

    def written(self, base: int | None, version: int) -> list[Path]:
        """The files that version ``version`` needs and ``base`` (None: no version) did not."""
        known = frozenset(self.snapshot(base).files) if base is not None else frozenset()
        files = [Path(file) for file in self.snapshot(version).files if file not in known]
        log = self._path / "_delta_log"
        since = 0 if base is None else base + 1
        # A killed load may have left entries in between, and the version is read through them.
        entries = [entry for entry in log.iterdir() if _is_of_versions(entry.name, since, version)]
        return [*files, *entries]

    def vacuum(self, keep: Iterable[int], hours: int) -> int:
        """Delete files that none of the versions ``keep`` needs and that are older than ``hours``."""
        gone = self._open().vacuum(
            retention_hours=hours,
            dry_run=False,
            enforce_retention_duration=False,
            keep_versions=sorted(set(keep)),
            full=True,
        )
        return len(gone)

    def _back_to(self, base: int) -> DeltaTable:
        table = self._open()
        if table.version() != base:
            table.restore(base)
        return table

    def _write(
        self, table: DeltaTable | None, rows: pa.RecordBatchReader | pa.Table, load: int, **how: Any
    ) -> int:
        """Write into a table that is open (None: there is none yet); returns the new version."""
        write_deltalake(
            table or self._path,
            rows,
            partition_by=[PART],
            configuration=None if table else _SETTINGS,
            writer_properties=_writing(rows.schema),
            commit_properties=CommitProperties(custom_metadata={"smarketing.load": str(load)}),
            post_commithook_properties=_AFTER_COMMIT,
            **how,
        )
        return (table or self._open()).version()

    def _open(self) -> DeltaTable:
        return DeltaTable(self._path)


def _writing(schema: pa.Schema) -> WriterProperties:
    """A list of values for every column of moments and numbers would be as long as the column: a fifth of the
    time of writing goes there, and the file grows."""
    plain = [field.name for field in schema if _has_many_values(field)]
    return WriterProperties(**_PARQUET_SETTINGS, column_properties=dict.fromkeys(plain, _NO_LIST))


def _has_many_values(field: pa.Field) -> bool:
    kind = field.type
    return bool(pa.types.is_timestamp(kind) or pa.types.is_int64(kind) or field.name in _IDS)


@lru_cache(maxsize=512)
def _snapshot(path: str, version: int, made: int) -> Snapshot:  # noqa: ARG001
    # A version never changes, so what was read once holds for the life of the process.
    table = DeltaTable(path, version=version)
    _refuse_what_files_cannot_show(table, path)
    files = tuple(sorted(_local(uri) for uri in table.file_uris()))
    return Snapshot(files, tuple(field.name for field in table.schema().fields))


def _refuse_what_files_cannot_show(table: DeltaTable, path: str) -> None:
    """With deletion vectors or mapped columns the list of files is not the table: refuse to read it wrong."""
    settings = table.metadata().configuration
    features = set(table.protocol().reader_features or ())
    mapped = settings.get("delta.columnMapping.mode", "none") not in ("none", "")
    if features & _REFUSED_FEATURES or settings.get("delta.enableDeletionVectors") == "true" or mapped:
        raise WrongState(
            "foreign-delta-table",
            Text(
                f"Таблица {Path(path).name} изменена другой программой: включены deletion vectors "
                "или column mapping. Выключите их или восстановите резервную копию.",
                f"Table {Path(path).name} was changed by another program: deletion vectors or column "
                "mapping are on. Turn them off or restore a backup.",
            ),
        )


def _is_of_versions(entry: str, first: int, last: int) -> bool:
    """Whether a file of the log belongs to these versions: an entry, a checkpoint, or which checkpoint is last."""
    number = entry.partition(".")[0]
    return first <= int(number) <= last if number.isdigit() else entry == "_last_checkpoint"


def _local(uri: str) -> str:
    return unquote(urlparse(uri).path) if uri.startswith("file://") else uri
