"""What stands in this file, cell by cell, as text and with the number of its row?

Nothing is interpreted here: a 19-digit id, a sum with a comma and a date stay the characters they were.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from smarketing.connectors.files.endings import TAIL, is_second_table, total_rows
from smarketing.connectors.files.lines import count_lines, empty_places, rows_apart
from smarketing.connectors.files.pages import is_page, read_page
from smarketing.connectors.files.reasons import wrong_file
from smarketing.connectors.files.sniffing import (
    Format,
    Hints,
    Layout,
    Sniffed,
    decoded,
    filled,
    find_header,
    refuse_long_line,
    refuse_spoilt,
    sample_text,
    sniff_encoding,
    sniff_format,
    sniff_layout,
    unique_headings,
)
from smarketing.connectors.files.workbooks import Grid, Limits, megabytes, read_workbook
from smarketing.facts.query import literal

_CELLS_ERRORS = "('MISSING COLUMNS', 'TOO MANY COLUMNS')"  # what DuckDB calls another number of cells


@dataclass(frozen=True)
class Misfit:
    """A row whose number of cells is not that of the header."""

    row: int
    line: str
    cells: tuple[str, ...] = ()  # where reading has told them apart
    is_open: bool = False  # a quote is opened in it and never closed: it took in the rest of the file


@dataclass(frozen=True)
class Sheet:
    """One file as text: the relation ``relation`` has ``row`` and the columns ``c0``, ``c1`` … in order."""

    relation: str
    sniffed: Sniffed
    misfits: tuple[Misfit, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        return self.sniffed.headings

    def cell(self, heading: str) -> str:
        """The name of the stored column of a heading."""
        return f"c{self.headings.index(heading)}"

    def trimmed(self, heading: str) -> str:
        """SQL of a cell without the spaces around it; NULL where nothing else stands there."""
        return trimmed(self.cell(heading))


def trimmed(cell: str) -> str:
    """SQL of a text without the spaces of any width around it, NULL for nothing.

    Looking for wide spaces is dear. A cell of plain letters that begins with none and ends with no space has none.
    """
    bare = f"{cell} > '!' AND NOT suffix({cell}, ' ') AND strlen({cell}) = length({cell})"
    return f"CASE WHEN {bare} THEN {cell} ELSE NULLIF(TRIM({cell}), '') END"


def quoted(name: str) -> str:
    """A name of a column of a user's file as DuckDB takes it."""
    return '"' + name.replace('"', '""') + '"'


class Workbench:
    """A private DuckDB and a folder for unpacked copies; both vanish when the work is done."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.connection = duckdb.connect()
        self.run("SET TimeZone = 'UTC'; SET enable_progress_bar = false")  # standard output is the caller's
        self._folder = tempfile.TemporaryDirectory(prefix="smarketing-")
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.shutdown()
        self.connection.close()
        self._folder.cleanup()

    def run(self, statement: str) -> None:
        self.connection.execute(statement).fetchall()

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """All rows of an answer. An answer read in part would keep the connection busy."""
        return self.connection.execute(question).fetchall()

    def one(self, question: str) -> tuple[Any, ...]:
        """The only row of an answer."""
        (row,) = self.rows(question)
        return row

    def arrow(self, question: str) -> pa.Table:
        return self.connection.sql(question).to_arrow_table()

    def number(self) -> int:
        """A number for the next relation or copy."""
        self._count += 1
        return self._count

    def copy_name(self, suffix: str) -> Path:
        return Path(self._folder.name) / f"{self.number()}{suffix}"

    def read(self, path: Path, *, name: str | None = None, hints: Hints | None = None) -> Sheet:
        """One file as a :class:`Sheet`; raises :class:`WrongInput` with one clear sentence."""
        name, hints = name or path.name, hints or Hints()
        if not path.is_file():
            raise wrong_file("file-missing", file=name)
        if path.stat().st_size == 0:
            raise wrong_file("file-empty", file=name)
        # A long file is read for its sum beside everything else that is done with it.
        source = _Source(name, path.stat().st_size, self._beside.submit(_sha256, path), packed=False)
        if _starts(path, b"\x1f\x8b"):
            path, source = self._unpack(path, name), replace(source, packed=True)
        kind = sniff_format(path, name)
        if kind == "parquet":
            return self._parquet(path, source)
        if kind in ("xlsx", "xls"):
            return self._workbook(path, source, kind, hints)
        return self._text(path, source, hints)

    def from_rows(self, sniffed: Sniffed, rows: Sequence[tuple[int, Sequence[str | None]]]) -> Sheet:
        """A sheet of rows already taken apart, as when quarantined rows are mended."""
        relation = self._store([number for number, _ in rows], [cells for _, cells in rows], len(sniffed.headings))
        return Sheet(relation, replace(sniffed, rows=len(rows)))

    def _unpack(self, path: Path, name: str) -> Path:
        target = self.copy_name(".unpacked")
        limit, packed, size = self.limits, path.stat().st_size, 0
        try:
            with gzip.open(path) as inside, target.open("wb") as outside:
                while chunk := inside.read(1024 * 1024):
                    size += len(chunk)
                    if size > limit.unpacked or (size > limit.ratio_from and size > limit.ratio * packed):
                        most = megabytes(min(limit.unpacked, limit.ratio * packed))
                        raise wrong_file("file-bomb", file=name, unpacked=megabytes(size, "> "), limit=most)
                    outside.write(chunk)
        except (OSError, EOFError, zlib.error) as error:
            raise wrong_file("file-unreadable", file=name) from error
        if size == 0:
            raise wrong_file("file-empty", file=name)
        return target

    def _text(self, path: Path, source: _Source, hints: Hints) -> Sheet:
        refuse_long_line(path, source.name, self.limits.line)
        encoding = sniff_encoding(path, source.name, hints.encoding)
        sample = sample_text(path, encoding)
        if "\x00" in sample:
            raise wrong_file("file-unreadable", file=source.name)
        if is_page(sample):
            return self._page(path, encoding, source, hints)
        refuse_spoilt(sample, source.name)
        if not sample.strip("\ufeff \t\r\n"):
            raise wrong_file("file-empty", file=source.name)
        whole = len(sample.encode(encoding)) >= path.stat().st_size
        layout = sniff_layout(sample, source.name, whole=whole, hints=hints)
        headings, repeated = unique_headings(layout.headings)
        copy = self._plain(path, encoding)
        if layout.lines != layout.header_row or any('"' in title for title in layout.titles):
            copy, layout = self._without_head(copy, layout.lines), replace(layout, lines=0)
        relation, misfits = self._scan(copy, source.name, layout, len(headings))
        sniffed = replace(
            source.sniffed("csv", headings, layout.header_row),
            titles=layout.titles,
            encoding="utf-8" if encoding == "utf-8-sig" else encoding,
            delimiter=layout.delimiter,
            repeated=repeated,
        )
        return self._finish(relation, sniffed, misfits)

    def _plain(self, path: Path, encoding: str) -> Path:
        """A path in UTF-8 that DuckDB may open: brackets and stars in a user's file name would be a pattern."""
        copy = self.copy_name(".csv")
        if encoding in ("utf-8", "utf-8-sig"):
            copy.symlink_to(path.resolve())
            return copy
        with copy.open("w", encoding="utf-8", newline="") as target:
            for piece in decoded(path, encoding):
                target.write(piece)
        return copy

    def _without_head(self, path: Path, lines: int) -> Path:
        """A copy without the head: DuckDB takes a heading on two lines for one and would lose a row."""
        copy = self.copy_name(".csv")
        with (
            path.open(encoding="utf-8", newline="") as source,
            copy.open("w", encoding="utf-8", newline="") as target,
        ):
            for _ in range(lines):
                source.readline()
            shutil.copyfileobj(source, target)
        return copy

    def _scan(self, path: Path, name: str, layout: Layout, width: int) -> tuple[str, tuple[Misfit, ...]]:
        lines, header_row = layout.lines, layout.header_row
        mark = self.number()
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
        ended = self._beside.submit(count_lines, path)
        try:
            self.run(
                f"CREATE TEMP TABLE raw_{mark} AS SELECT * FROM read_csv({literal(str(path))}, auto_detect=false, "
                f"header=false, skip={lines}, delim={literal(layout.delimiter)}, quote='\"', escape='\"', "
                f"nullstr='', columns={{{columns}}}, strict_mode=true, max_line_size=16777216, "
                f"store_rejects=true, rejects_table='rejects_{mark}', rejects_scan='rejects_scan_{mark}')"
            )
        except duckdb.InvalidInputException:
            return self._carefully(path, layout, width)  # lines that end in two ways, as of files put together
        except duckdb.Error as error:
            raise wrong_file("file-unreadable", file=name) from error
        (spoilt,) = self.one(f"SELECT COUNT(*) FROM rejects_{mark} WHERE error_type NOT IN {_CELLS_ERRORS}")
        if spoilt:
            return self._carefully(path, layout, width)
        misfits = self._misfits(mark, lines, header_row)
        (kept,) = self.one(f"SELECT COUNT(*) FROM raw_{mark}")
        # The reader leaves empty lines out; only of a single column an empty one is a row without a value.
        more = width > 1 and ended.result() > lines + kept + len(misfits)
        empty = empty_places(path, lines) if more else []
        listed = ", ".join(f"c{place}" for place in range(width))
        first = header_row + 1
        made = f'VIEW sheet_{mark} AS SELECT rowid + {first} AS "row", {listed} FROM raw_{mark}'
        if misfits or empty:
            shifted = self._among(mark, sorted({*empty, *(misfit.row - first for misfit in misfits)}))
            made = f'TABLE sheet_{mark} AS SELECT place + {first} AS "row", {listed} FROM {shifted} ORDER BY 1'
        self.run(f"CREATE TEMP {made}")
        return f"sheet_{mark}", misfits

    def _among(self, mark: int, places: Sequence[int]) -> str:
        """The kept rows with the ``place`` that each has among the misfits and empty lines at ``places``, from 0.

        The n-th kept row stands after every one of them whose own place, less those above it, is not later.
        """
        above = {place - index: index + 1 for index, place in enumerate(places)}
        numbers = {"at": pa.array(above.keys(), pa.int64()), "above": pa.array(above.values(), pa.int64())}
        self.connection.register(f"misfits_{mark}", pa.table(numbers))
        kept = f"raw_{mark} r ASOF LEFT JOIN misfits_{mark} m ON m.at <= r.rowid"
        return f"(SELECT r.*, r.rowid + COALESCE(m.above, 0) AS place FROM {kept})"

    def _carefully(self, path: Path, layout: Layout, width: int) -> tuple[str, tuple[Misfit, ...]]:
        """Read row by row where quotes are spoilt: DuckDB's fast reader may mend such a row into a wrong one."""
        found, is_open = rows_apart(path, layout)
        numbered = [(layout.header_row + 1 + place, cells) for place, cells in found]
        last = numbered[-1][0] if is_open else -1
        kept = [(number, cells) for number, cells in numbered if len(cells) == width and number != last]
        misfits = tuple(
            Misfit(number, layout.delimiter.join(cells), tuple(cells), number == last)
            for number, cells in numbered
            if len(cells) != width or number == last
        )
        relation = self._store([number for number, _ in kept], [cells for _, cells in kept], width)
        return relation, misfits

    def _misfits(self, mark: int, lines: int, header_row: int) -> tuple[Misfit, ...]:
        found = self.rows(f"SELECT line, ANY_VALUE(csv_line) FROM rejects_{mark} GROUP BY line ORDER BY line")
        return tuple(Misfit(int(line) - lines + header_row, (text or "").lstrip("\r\n")) for line, text in found)

    def _workbook(self, path: Path, source: _Source, kind: Format, hints: Hints) -> Sheet:
        grid = read_workbook(path, source.name, hints.sheet, self.limits)
        return self._grid(grid, replace(source.sniffed(kind, (), 0), sheet=grid.sheet), hints)

    def _page(self, path: Path, encoding: str, source: _Source, hints: Hints) -> Sheet:
        grid = read_page(decoded(path, encoding), source.name, self.limits.page_cells)
        sniffed = replace(source.sniffed("html", (), 0), encoding="utf-8" if encoding == "utf-8-sig" else encoding)
        return self._grid(grid, sniffed, hints)

    def _grid(self, grid: Grid, sniffed: Sniffed, hints: Hints) -> Sheet:
        """A sheet of cells already taken apart. A row with cells beyond the header's, or fewer, is a misfit."""
        if not grid.rows:
            raise wrong_file("file-empty", file=sniffed.file)
        header = find_header(grid.rows, sniffed.file, hints.header_row)
        width = max((place for place, cell in enumerate(grid.rows[header], start=1) if cell.strip()), default=1)
        headings, repeated = unique_headings(grid.rows[header][:width])
        body = list(enumerate(grid.rows[header + 1 :], start=header + 2))
        misfits = tuple(
            Misfit(number, " | ".join(filled(row)), tuple(row))
            for number, row in body
            if len(row) < width or any(cell.strip() for cell in row[width:])
        )
        wrong = {misfit.row for misfit in misfits}
        kept = [(number, row[:width]) for number, row in body if number not in wrong]
        relation = self._store([number for number, _ in kept], [row for _, row in kept], width)
        titles = tuple(" ".join(filled(row)) for row in grid.rows[:header] if filled(row))
        known = replace(sniffed, headings=headings, header_row=header + 1, titles=titles, repeated=repeated)
        return self._finish(relation, replace(known, notes=grid.notes), misfits)

    def _store(self, numbers: Sequence[int], rows: Sequence[Sequence[str | None]], width: int) -> str:
        mark = self.number()
        columns = list(zip(*rows, strict=True)) if rows else [()] * width
        arrays = {
            f"c{place}": pa.array([cell or None for cell in column], pa.string())
            for place, column in enumerate(columns)
        }
        grid = pa.table({"row": pa.array(numbers, pa.int64()), **arrays})
        self.connection.register(f"grid_{mark}", grid)
        self.run(f"CREATE TEMP TABLE sheet_{mark} AS SELECT * FROM grid_{mark}")
        self.connection.unregister(f"grid_{mark}")
        return f"sheet_{mark}"

    def _parquet(self, path: Path, source: _Source) -> Sheet:
        mark, copy = self.number(), self.copy_name(".parquet")
        copy.symlink_to(path.resolve())
        try:
            described = self.rows(f"DESCRIBE SELECT * FROM read_parquet({literal(str(copy))})")
            listed = ", ".join(
                f"CAST({quoted(column[0])} AS VARCHAR) AS c{place}" for place, column in enumerate(described)
            )
            self.run(f"CREATE TEMP TABLE raw_{mark} AS SELECT {listed} FROM read_parquet({literal(str(copy))})")
        except duckdb.Error as error:
            raise wrong_file("file-unreadable", file=source.name) from error
        columns = ", ".join(f"c{place}" for place in range(len(described)))
        # A Parquet file has no header row: its first row is row 1.
        self.run(f'CREATE TEMP VIEW sheet_{mark} AS SELECT rowid + 1 AS "row", {columns} FROM raw_{mark}')
        headings, repeated = unique_headings([str(column[0]) for column in described])
        sniffed = replace(source.sniffed("parquet", headings, 0), repeated=repeated)
        return self._finish(f"sheet_{mark}", sniffed, ())

    def _finish(self, relation: str, sniffed: Sniffed, misfits: tuple[Misfit, ...]) -> Sheet:
        """Take total lines off the end, count what is left."""
        rows = self._count_rows(relation) + len(misfits)
        if rows == 0:
            raise wrong_file("file-no-rows", file=sniffed.file)
        if is_second_table(sniffed.titles, (misfit.line for misfit in misfits)):
            raise wrong_file("file-two-tables", file=sniffed.file)
        (kept_last,) = self.one(f'SELECT COALESCE(MAX("row"), 0) FROM {relation}')
        first, last = sniffed.header_row + 1, max(kept_last, *(misfit.row for misfit in misfits), 0)
        columns = ", ".join(f"c{place}" for place in range(len(sniffed.headings)))
        ends: dict[int, Sequence[str | None]] = {
            row: cells
            for row, *cells in self.rows(
                f'SELECT "row", {columns} FROM {relation} WHERE "row" < {first + 2} OR "row" > {last - TAIL}'
            )
        }
        cut = sniffed.delimiter or " | "
        ends |= {misfit.row: misfit.line.split(cut) for misfit in misfits}
        found = total_rows(ends, first, last)
        kept = tuple(misfit for misfit in misfits if misfit.row not in found)
        if len(found) > len(misfits) - len(kept):
            numbers = ", ".join(map(str, found))
            view = f"sheet_{self.number()}"
            self.run(f'CREATE TEMP VIEW {view} AS SELECT * FROM {relation} WHERE "row" NOT IN ({numbers})')
            relation = view
        totals = tuple(found.values())
        return Sheet(relation, replace(sniffed, rows=rows - len(totals), totals=totals), kept)

    def _count_rows(self, relation: str) -> int:
        return int(self.one(f"SELECT COUNT(*) FROM {relation}")[0])


@dataclass(frozen=True)
class _Source:
    name: str
    size: int
    sha256: Future[str]
    packed: bool

    def sniffed(self, kind: Format, headings: tuple[str, ...], header_row: int) -> Sniffed:
        return Sniffed(self.name, kind, self.packed, self.size, self.sha256.result(), headings, header_row)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _starts(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark
