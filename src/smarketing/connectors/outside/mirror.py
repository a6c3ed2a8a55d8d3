"""What has come from one connection so far, and from where does it go on?

One SQLite file per connection. A page and its cursor are kept in one transaction, so that a run killed anywhere
goes on exactly where it stopped. Every change takes the next position; facts are made of what lies between two
positions. A record that comes again unchanged takes none: syncing twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smarketing.connectors.outside.streams import Body, Cursor, Page, Record, Refused
from smarketing.facts.language import Text

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    stream TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, digest BLOB NOT NULL, slice TEXT,
    position INTEGER NOT NULL, first_seen TEXT NOT NULL, gone_at TEXT,
    PRIMARY KEY (stream, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_by_position ON records (stream, position);
CREATE INDEX IF NOT EXISTS records_by_slice ON records (stream, slice) WHERE slice IS NOT NULL;
CREATE TABLE IF NOT EXISTS links (
    stream TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (stream, key, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_target ON links (stream, name, target);
CREATE TABLE IF NOT EXISTS slices (
    stream TEXT NOT NULL, slice TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (stream, slice)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    stream TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, field TEXT NOT NULL,
    ru TEXT NOT NULL, en TEXT NOT NULL, seen_at TEXT NOT NULL,
    PRIMARY KEY (stream, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (stream TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_CHUNK = 500  # keys in one question: far below SQLite's limit of variables


@dataclass(frozen=True)
class Kept:
    """What one page changed. received = new + changed + same + refused."""

    received: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    gone: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Stored:
    """A record in the mirror. ``gone_at``: since when it is known to be deleted there."""

    stream: str
    key: str
    body: Body
    position: int
    first_seen: datetime
    gone_at: datetime | None = None
    slice: str | None = None


class Mirror:
    """The records of one connection. One writer at a time; readers are not blocked (WAL)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    # ── writing ────────────────────────────────────────────────────────────────────────────────────────────────

    def keep(self, page: Page, at: datetime) -> Kept:
        """Keep a page with its cursor, whole or not at all."""
        with self._transaction():
            kept = self._replace_slices(page, at)
            for record in page.records:
                kept += self._put(page.stream, record, at)
            for refused in page.refused:
                kept += self._refuse(page.stream, refused, at)
            for stream, records in page.beside.items():
                for record in records:
                    self._put(stream, record, at)
            kept += Kept(gone=self._mark_gone(page.stream, page.gone, at))
            self._db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (page.stream, _json(page.cursor)))
        return kept

    def sweep(self, stream: str, batches: Iterable[Sequence[str]], at: datetime) -> int:
        """Mark as gone what is not among ``batches``: how many. A listing that breaks off marks nothing."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS listed (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("DELETE FROM listed")
        for batch in batches:
            self._db.executemany("INSERT OR IGNORE INTO listed VALUES (?)", [(key,) for key in batch])
        with self._transaction():
            rows = self._db.execute(
                "SELECT key FROM records WHERE stream = ? AND gone_at IS NULL "
                "AND key NOT IN (SELECT key FROM listed)",
                (stream,),
            ).fetchall()
            return self._mark_gone(stream, [row[0] for row in rows], at)

    def mark(self, name: str, value: object) -> None:
        """Remember something beside the records: how far facts were delivered, when the last sweep was."""
        self._db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, _json(value)))

    def forget_cursor(self, stream: str) -> None:
        self._db.execute("DELETE FROM cursors WHERE stream = ?", (stream,))

    # ── reading ────────────────────────────────────────────────────────────────────────────────────────────────

    def cursor(self, stream: str) -> Cursor | None:
        row = self._db.execute("SELECT cursor FROM cursors WHERE stream = ?", (stream,)).fetchone()
        return None if row is None else json.loads(row[0])

    def marked(self, name: str) -> object:
        row = self._db.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    @property
    def position(self) -> int:
        """The position of the newest change; 0 in an empty mirror."""
        row = self._db.execute(
            "SELECT MAX(p) FROM "
            "(SELECT MAX(position) AS p FROM records UNION ALL SELECT MAX(position) FROM slices)"
        ).fetchone()
        return int(row[0] or 0)

    def changed(self, stream: str, after: int, upto: int) -> Iterator[Stored]:
        """Records whose newest change lies in (after, upto], oldest change first."""
        position = after
        while True:
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM records WHERE stream = ? AND position > ? AND position <= ? "
                "ORDER BY position LIMIT 2000",
                (stream, position, upto),
            ).fetchall()
            yield from map(_stored, rows)
            if not rows:
                return
            position = rows[-1][3]

    def changed_slices(self, stream: str, after: int, upto: int) -> list[str]:
        rows = self._db.execute(
            "SELECT slice FROM slices WHERE stream = ? AND position > ? AND position <= ? ORDER BY slice",
            (stream, after, upto),
        )
        return [row[0] for row in rows]

    def get(self, stream: str, keys: Iterable[str]) -> dict[str, Stored]:
        """The records with these keys; keys that are not there are left out."""
        found = {}
        for chunk in _chunks(keys):
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM records WHERE stream = ? AND key IN ({_marks(chunk)})", (stream, *chunk)
            )
            found.update({row[1]: _stored(row) for row in rows})
        return found

    def has(self, stream: str, keys: Iterable[str]) -> set[str]:
        """Which of these keys are there, deleted ones too, without reading the records."""
        found: set[str] = set()
        for chunk in _chunks(keys):
            rows = self._db.execute(
                f"SELECT key FROM records WHERE stream = ? AND key IN ({_marks(chunk)})", (stream, *chunk)
            )
            found.update(row[0] for row in rows)
        return found

    def linked(self, stream: str, name: str, targets: Iterable[str]) -> dict[str, list[Stored]]:
        """Target → the records of a stream that link to it by ``name``, by key."""
        found: dict[str, list[Stored]] = {}
        columns = ", ".join(f"r.{column}" for column in _COLUMNS.split(", "))
        for chunk in _chunks(targets):
            rows = self._db.execute(
                f"SELECT {columns}, l.target FROM links l JOIN records r ON r.stream = l.stream AND r.key = l.key "
                f"WHERE l.stream = ? AND l.name = ? AND l.target IN ({_marks(chunk)}) ORDER BY r.key",
                (stream, name, *chunk),
            )
            for *row, target in rows:
                found.setdefault(target, []).append(_stored(row))
        return found

    def in_slices(self, stream: str, slices: Iterable[str]) -> Iterator[Stored]:
        for chunk in _chunks(slices):
            yield from map(
                _stored,
                self._db.execute(
                    f"SELECT {_COLUMNS} FROM records WHERE stream = ? AND slice IN ({_marks(chunk)}) ORDER BY key",
                    (stream, *chunk),
                ),
            )

    def all(self, stream: str, *, gone: bool = False) -> Iterator[Stored]:
        """Every record of a stream by key; with ``gone`` also those deleted there: old names are still needed."""
        last, alive = "", "" if gone else "AND gone_at IS NULL"
        while True:
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM records WHERE stream = ? AND key > ? {alive} ORDER BY key LIMIT 2000",
                (stream, last),
            ).fetchall()
            yield from map(_stored, rows)
            if not rows:
                return
            last = rows[-1][1]

    def counts(self) -> dict[str, int]:
        """Stream → records that exist there now."""
        rows = self._db.execute("SELECT stream, COUNT(*) FROM records WHERE gone_at IS NULL GROUP BY stream")
        return {row[0]: row[1] for row in rows}

    def refused(self) -> dict[str, list[Refused]]:
        """Stream → records that wait for a person."""
        found: dict[str, list[Refused]] = {}
        rows = self._db.execute("SELECT stream, key, body, field, ru, en FROM refused ORDER BY stream, key")
        for stream, key, body, column, ru, en in rows:
            found.setdefault(stream, []).append(Refused(key, json.loads(body), column, Text(ru, en)))
        return found

    # ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _next(self) -> int:
        """The next position. Kept as a mark, for positions must never be given twice."""
        self._db.execute(
            "INSERT INTO marks VALUES ('position', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
        )
        return int(self._db.execute("SELECT value FROM marks WHERE name = 'position'").fetchone()[0])

    def _put(self, stream: str, record: Record, at: datetime) -> Kept:
        body = _json(record.body)
        content = f"{record.slice}\n{_json(record.links)}\n{body}"
        digest = hashlib.blake2b(content.encode(), digest_size=16).digest()
        known = self._db.execute(
            "SELECT digest, gone_at FROM records WHERE stream = ? AND key = ?", (stream, record.key)
        ).fetchone()
        self._db.execute("DELETE FROM refused WHERE stream = ? AND key = ?", (stream, record.key))
        if known and known[0] == digest and known[1] is None:
            return Kept(received=1, same=1)
        self._db.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (stream, key) DO UPDATE SET "
            "body = excluded.body, digest = excluded.digest, slice = excluded.slice, "
            "position = excluded.position, gone_at = NULL",
            (stream, record.key, body, digest, record.slice, self._next(), _moment(at)),
        )
        self._db.execute("DELETE FROM links WHERE stream = ? AND key = ?", (stream, record.key))
        self._db.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?)",
            [(stream, record.key, name, target) for name, target in record.links.items()],
        )
        return Kept(received=1, changed=1) if known else Kept(received=1, new=1)

    def _refuse(self, stream: str, refused: Refused, at: datetime) -> Kept:
        self._db.execute(
            "INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                stream,
                refused.key,
                _json(refused.body),
                refused.column,
                refused.text.ru,
                refused.text.en,
                _moment(at),
            ),
        )
        return Kept(received=1, refused=1)

    def _mark_gone(self, stream: str, keys: Iterable[str], at: datetime) -> int:
        gone = 0
        for key in keys:
            gone += self._db.execute(
                "UPDATE records SET gone_at = ?, position = ? WHERE stream = ? AND key = ? AND gone_at IS NULL",
                (_moment(at), self._next(), stream, key),
            ).rowcount
        return gone

    def _replace_slices(self, page: Page, at: datetime) -> Kept:
        """A slice that comes with other records than it has takes a position; what is no longer in it is gone."""
        coming: dict[str, set[str]] = {name: set() for name in page.replaces}
        for record in page.records:
            if record.slice is not None:
                coming.setdefault(record.slice, set()).add(record.key)
        gone = 0
        for name, keys in coming.items():
            rows = self._db.execute(
                "SELECT key FROM records WHERE stream = ? AND slice = ? AND gone_at IS NULL", (page.stream, name)
            ).fetchall()
            lost = [row[0] for row in rows if row[0] not in keys]
            gone += self._mark_gone(page.stream, lost, at)
            if lost or self._differs(page, name):
                self._db.execute(
                    "INSERT OR REPLACE INTO slices VALUES (?, ?, ?)", (page.stream, name, self._next())
                )
        return Kept(gone=gone)

    def _differs(self, page: Page, name: str) -> bool:
        for record in page.records:
            if record.slice != name:
                continue
            known = self._db.execute(
                "SELECT body, gone_at FROM records WHERE stream = ? AND key = ?", (page.stream, record.key)
            ).fetchone()
            if known is None or known[1] is not None or known[0] != _json(record.body):
                return True
        return False


_COLUMNS = "stream, key, body, position, first_seen, gone_at, slice"


def _stored(row: Sequence[object]) -> Stored:
    stream, key, body, position, first_seen, gone_at, slice_ = row
    return Stored(
        str(stream),
        str(key),
        json.loads(str(body)),
        int(str(position)),
        datetime.fromisoformat(str(first_seen)),
        None if gone_at is None else datetime.fromisoformat(str(gone_at)),
        None if slice_ is None else str(slice_),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(set(keys))
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)
