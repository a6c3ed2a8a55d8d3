"""What does each process of the benchmark do? One step is one process, so that memory is its own."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smarketing.analyses.question import Question
from smarketing.analyses.verdict import verdict
from smarketing.analyses.verdict.sources import by_source
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.answers import ANSWERS
from smarketing.jobs.bench.facts import bench_company, files, write_facts
from smarketing.jobs.bench.frames import pandas_questions, polars_questions
from smarketing.jobs.bench.questions import JOURNEY, NUMPY_COLUMNS, PAGE, RAW, SCAN, THREE
from smarketing.jobs.bench.timing import Step, Took, Watch, keep_rows, peak_memory
from smarketing.jobs.load import WRITING, load
from smarketing.jobs.workspace import Workspace
from smarketing.lake.batches import FactBatch
from smarketing.lake.build import derived_columns
from smarketing.lake.loading import FOLLOWING
from smarketing.lake.store import Lake, LakeReader

THREADS = 2
FRAMES = 14 << 30  # bytes that a process of data frames may ask for
MOST_FRAMES = 1_000_000  # leads; more of them with their moves do not fit into so many bytes
RIPE = Month(2026, 6)  # nearly all of its leads are ripe by the end of the facts
_PIECES_AT_ONCE = 4  # a million leads in one load
_FIRST_ROWS = 1_000
_CHANGED_SHARE = 100  # one lead in so many changes, the newest ones


@dataclass(frozen=True)
class Size:
    """One benchmark: where its files lie and how many leads it has."""

    folder: Path
    leads: int


def make_facts(size: Size) -> Step:
    """Facts as Parquet, and the leads as the CSV file that somebody would export."""
    watch = Watch()
    watch.once("facts", lambda: write_facts(size.folder / "facts", size.leads))
    exported = size.folder / "csv"
    exported.mkdir(exist_ok=True)
    copy = f"COPY ({_all(size.folder, 'leads')}) TO '{exported}/leads.csv'"
    watch.once("csv", lambda: _plain_duckdb().execute(copy))
    return watch.step()


def bare_load(size: Size) -> Step:
    """DuckDB reads the file and writes it as Parquet, checking nothing."""
    out = size.folder / "bare.parquet"
    read = f"SELECT * FROM read_csv('{size.folder}/csv/leads.csv')"
    copy = f"COPY ({read}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    watch = Watch()
    watch.repeated("load", lambda: _plain_duckdb().execute(copy), 3)
    out.unlink()
    return watch.step()


def our_check(size: Size) -> Step:
    """``smarketing load --check`` of the same file, which profiles every column and writes nothing."""
    with _workspace(size) as workspace:
        return _only("check", lambda: load(workspace, [size.folder / "csv"], check=True))


def our_load(size: Size) -> Step:
    """``smarketing load`` of the same file.

    Two parts of it are told apart: until every row is checked and the wrong ones are in quarantine, and until the
    facts lie in the lake; what follows is each lead's journey.
    """
    watch = Watch()
    with _workspace(size) as workspace:
        start, start_cpu = time.perf_counter(), time.process_time()

        def tell(said: Text) -> None:
            name = {WRITING: "sift", FOLLOWING: "facts"}.get(said)
            if name:
                watch.note(name, Took(time.perf_counter() - start, time.process_time() - start_cpu), 1)

        watch.once("load", lambda: load(workspace, [size.folder / "csv"], progress=tell))
        rows = workspace.lake.open().query("SELECT COUNT(*) AS n FROM journeys").to_pylist()[0]["n"]
    return watch.step("" if rows == size.leads else f"loaded {rows} of {size.leads} leads")


@contextmanager
def _workspace(size: Size) -> Iterator[Workspace]:
    """An empty one for a step. The first rows were looked at: what a program does once is no part of the step."""
    root = size.folder / "workspace"
    shutil.rmtree(root, ignore_errors=True)
    try:
        workspace = Workspace.init(root, bench_company())
        first = root / "leads.csv"
        with (size.folder / "csv" / "leads.csv").open("rb") as rows:
            first.write_bytes(b"".join(islice(rows, _FIRST_ROWS)))
        load(workspace, [first], check=True)
        yield workspace
    finally:
        shutil.rmtree(root)


def build_lake(size: Size) -> Step:
    """All facts into a lake, a million leads at a time."""
    root = size.folder / "lake"
    shutil.rmtree(root, ignore_errors=True)
    lake, company = _lake(size.folder), bench_company()
    pieces = len(list(files(size.folder / "facts", "leads")))

    def fill() -> None:
        for start in range(0, pieces, _PIECES_AT_ONCE):
            lake.load(
                _batches(size.folder, range(start, min(pieces, start + _PIECES_AT_ONCE)), start == 0), company
            )

    return _only("lake", fill)


def make_cache(size: Size) -> Step:
    """What the server does beside its pages after a load: the file from which it then answers."""
    return _only("cache", lambda: _lake(size.folder).make_cache())


def change_cache(size: Size) -> Step:
    """The same after the newest leads changed: only their months are other ones."""
    return make_cache(size)


def rebuild(size: Size) -> Step:
    """Every journey anew from the facts."""
    lake = _lake(size.folder)
    return _only("rebuild", lambda: lake.rebuild(bench_company()))


def change(size: Size) -> Step:
    """The newest hundredth of the leads gets another amount: a new version with its journeys."""
    last = pa.concat_tables([pq.read_table(file) for file in list(files(size.folder / "facts", "leads"))[-2:]])
    changed = last.slice(max(0, last.num_rows - size.leads // _CHANGED_SHARE))
    place = changed.column_names.index("amount")
    doubled = pa.array([value * 2 for value in changed["amount"].to_pylist()], pa.decimal128(18, 2))
    batch = FactBatch("leads", with_custom(changed.set_column(place, "amount", doubled)))
    lake = _lake(size.folder)
    return _only("change", lambda: lake.load([batch], bench_company()))


def ours(size: Size) -> Step:
    """The questions over the journeys, each run a question the reader has not been asked before."""
    return _ours(size, "ours")


def _only(name: str, work: Callable[[], object]) -> Step:
    watch = Watch()
    watch.once(name, work)
    return watch.step()


def _ours(size: Size, engine: str) -> Step:
    watch = Watch()
    with _lake(size.folder).open() as reader:
        for name in (*THREE, *PAGE):
            keep_rows(size.folder, engine, name, _tuples(reader.query(JOURNEY[name])))
            watch.repeated(name, _fresh(reader, JOURNEY[name]))
    watch.add("page", PAGE)
    return watch.step()


def files_only(size: Size) -> Step:
    """The same before the cache is made: what the command line asks right after a load."""
    return _ours(size, "files")


def measurements(size: Size) -> Step:
    """The same three as the product answers them: figures, intervals, totals and notes."""
    watch = Watch()
    questions = {
        "economics": Question(by=("lead_source", "month")),
        "funnel": Question(),
        "losses": Question(),
    }
    for name, question in questions.items():
        watch.repeated(name, _measured(size.folder, name, question))
    watch.repeated("verdict", _judged(size.folder))
    return watch.step()


def _measured(folder: Path, name: str, question: Question) -> Callable[[], object]:
    def work() -> None:
        with _lake(folder).open() as reader:  # another lake object: nothing is remembered
            ANSWERS[name].measure(reader, question)

    return work


def _judged(folder: Path) -> Callable[[], object]:
    """The verdict on a month that is ripe, with its account by segment and source."""

    def work() -> None:
        with _lake(folder).open() as reader:
            by_source(reader, verdict(reader, RIPE))

    return work


def scan(size: Size) -> Step:
    """A bare DuckDB looks at the same columns of the same files, without grouping."""
    connection = _plain_duckdb()
    with _lake(size.folder).open() as reader:
        for table in ("journeys", "spend"):
            listed = ", ".join(f"'{file}'" for file in reader.files[table])
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{listed}])")
    return _asked(size.folder, connection, SCAN, "scan")


def numpy_floor(size: Size) -> Step:
    """Sums of the numeric columns of the economics table in memory: nothing can be faster than looking."""
    with _lake(size.folder).open() as reader:
        table = reader.query(f"SELECT {', '.join(NUMPY_COLUMNS)} FROM journeys")
    arrays = [_numbers(table[name]) for name in NUMPY_COLUMNS]
    del table
    watch = Watch()
    watch.repeated("economics", lambda: [array.sum() for array in arrays])
    return watch.step()


def raw_duckdb(size: Size) -> Step:
    """DuckDB over the raw facts, as files; what does not fit into memory goes to the folder."""
    connection = _plain_duckdb()
    connection.execute(f"SET memory_limit = '{FRAMES >> 30}GiB'")
    connection.execute(f"SET temp_directory = '{size.folder}/spill'")
    for table in ("leads", "stage_moves", "payments", "ad_spend"):
        connection.execute(f"CREATE VIEW {table} AS {_all(size.folder, table)}")
    return _asked(size.folder, connection, {name: RAW[name] for name in THREE}, "duckdb")


def pandas_frames(size: Size) -> Step:
    return _frames(size, "pandas", pandas_questions)


def polars_frames(size: Size) -> Step:
    return _frames(size, "polars", polars_questions)


def _frames(size: Size, engine: str, questions: Callable[[Path], dict[str, Callable[[], Any]]]) -> Step:
    if size.leads > MOST_FRAMES:
        return Step(said=f"{engine} is measured with {MOST_FRAMES:,} leads at most")
    watch, folder = Watch(), size.folder
    _bound_memory()
    try:
        for name, work in questions(folder / "facts").items():
            keep_rows(folder, engine, name, work())
            watch.repeated(name, work)
    except ImportError:
        return Step(said=f"{engine} is not installed")
    except MemoryError:
        return watch.step(f"the frames do not fit into {FRAMES >> 30} GiB")
    return watch.step()


def _bound_memory() -> None:
    """Frames that do not fit end this process and not a neighbour."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (FRAMES, FRAMES))


def export(size: Size) -> Step:
    """Facts and journeys as CSV for another server."""
    out = size.folder / "export"
    out.mkdir(exist_ok=True)
    connection = _plain_duckdb()
    for table in ("leads", "stage_moves", "payments", "ad_spend"):
        connection.execute(f"COPY ({_all(size.folder, table)}) TO '{out}/{table}.csv' (HEADER)")
    with _lake(size.folder).open() as reader:
        for table in ("journeys", "spend"):
            listed = ", ".join(f"'{file}'" for file in reader.files[table])
            chosen = f"SELECT {', '.join(exported(table))} FROM read_parquet([{listed}])"
            connection.execute(f"COPY ({chosen}) TO '{out}/{table}.csv' (HEADER)")
    return Step(peak=peak_memory())


def exported(table: str) -> dict[str, str]:
    """Column → type of one of our derived tables, as another server gets it."""
    return derived_columns(bench_company())[table]


def _asked(folder: Path, connection: duckdb.DuckDBPyConnection, questions: dict[str, str], engine: str) -> Step:
    watch = Watch()
    for name, question in questions.items():
        keep_rows(folder, engine, name, connection.execute(question).fetchall())
        watch.repeated(name, _run(connection, question))
    return watch.step()


def _run(connection: duckdb.DuckDBPyConnection, question: str) -> Callable[[], object]:
    return lambda: connection.execute(question).fetchall()


def _fresh(reader: LakeReader, question: str) -> Callable[[], object]:
    """Ask so that no remembered answer fits: every run adds another remark."""
    numbers: Iterator[int] = iter(range(1_000_000))
    return lambda: reader.query(f"{question}\n-- run {next(numbers)}")


def _lake(folder: Path) -> Lake:
    return Lake(folder / "lake", threads=THREADS)


def _plain_duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # standard output belongs to what the step found
    return connection


def _all(folder: Path, table: str) -> str:
    return f"SELECT * FROM read_parquet('{folder}/facts/{table}-*.parquet')"


def _batches(folder: Path, pieces: range, with_spend: bool) -> list[FactBatch]:
    batches = []
    for table in ("leads", "stage_moves", "payments"):
        parts = [pq.read_table(folder / "facts" / f"{table}-{piece:03d}.parquet") for piece in pieces]
        rows = pa.concat_tables(parts)
        batches.append(FactBatch(table, with_custom(rows) if table == "leads" else rows))
    if with_spend:
        batches.append(FactBatch("ad_spend", pq.read_table(folder / "facts" / "ad_spend-000.parquet")))
    return batches


def with_custom(leads: pa.Table) -> pa.Table:
    """The company's own field as the JSON text in which a load hands it over."""
    sizes = leads["size"].to_pylist()
    custom = [None if size is None else f'{{"size": "{size}"}}' for size in sizes]
    return leads.drop_columns(["size"]).append_column("custom", pa.array(custom, pa.string()))


def _tuples(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _numbers(column: pa.ChunkedArray) -> Any:
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    return np.ascontiguousarray(column.to_numpy())


STEPS: dict[str, Callable[[Size], Step]] = {
    "facts": make_facts,
    "bare load": bare_load,
    "our check": our_check,
    "our load": our_load,
    "lake": build_lake,
    "files": files_only,
    "cache": make_cache,
    "ours": ours,
    "measurements": measurements,
    "scan": scan,
    "numpy": numpy_floor,
    "duckdb": raw_duckdb,
    "pandas": pandas_frames,
    "polars": polars_frames,
    "export": export,
    "change": change,
    "change cache": change_cache,
    "rebuild": rebuild,
}
