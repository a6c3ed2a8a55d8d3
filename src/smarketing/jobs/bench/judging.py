"""How long does the verdict take in fine cells? Fifty of segment and source, every interval from 20 000 draws.

The product splits a month by segment; a company that wants the verdict by segment and source at once makes pairs
of them its segments, which is what this lake has.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smarketing.analyses.verdict import VerdictState, verdict
from smarketing.jobs.bench.facts import SEGMENTS, bench_company, files
from smarketing.jobs.bench.steps import RIPE, THREADS, Size, with_custom
from smarketing.jobs.bench.timing import Step, Watch, peak_memory
from smarketing.lake.batches import FactBatch
from smarketing.lake.store import Lake

CELLS = tuple(f"{segment}_{digit}" for segment, digit in product(SEGMENTS[:5], range(10)))
DRAWS = 20_000
MOST = 1_000_000
_TOO_MANY = f"cells are measured with {MOST:,} leads at most"


def fill_cells(size: Size) -> Step:
    """A lake whose segments are the cells."""
    if size.leads > MOST:
        return Step(said=_TOO_MANY)
    root = size.folder / "cells"
    shutil.rmtree(root, ignore_errors=True)
    lake = Lake(root, threads=THREADS)
    lake.load(_facts(size), bench_company(CELLS))
    lake.make_cache()
    return Step(peak=peak_memory())


def judge(size: Size) -> Step:
    """The verdict on one month, each run by a reader that remembers nothing."""
    if size.leads > MOST:
        return Step(said=_TOO_MANY)
    cells: set[int] = set()
    watch = Watch()
    watch.repeated("verdict", _verdict(size.folder / "cells", cells))
    return watch.step(f"{max(cells)} cells, {DRAWS:,} draws")


def _verdict(root: Path, cells: set[int]) -> Callable[[], None]:
    def work() -> None:
        with Lake(root, threads=THREADS).open() as reader:
            found = verdict(reader, RIPE, draws=DRAWS)
        if found.state is not VerdictState.JUDGED or found.interval is None:
            raise AssertionError(f"no verdict: {found.state}")
        cells.add(len(found.segments))

    return work


def _facts(size: Size) -> list[FactBatch]:
    tables = {
        table: pa.concat_tables([pq.read_table(file) for file in files(size.folder / "facts", table)])
        for table in ("leads", "stage_moves", "payments", "ad_spend")
    }
    leads = tables["leads"]
    tables["leads"] = with_custom(
        leads.set_column(leads.column_names.index("segment"), "segment", in_cells(leads))
    )
    return [FactBatch(table, rows) for table, rows in tables.items()]


def in_cells(leads: pa.Table) -> pa.ChunkedArray:
    """Segment and last digit of the source; the sixth segment goes with the first."""
    segment = pc.replace_with_mask(
        leads["segment"].combine_chunks(), pc.equal(leads["segment"], SEGMENTS[5]).combine_chunks(), SEGMENTS[0]
    )
    digit = pc.utf8_slice_codeunits(leads["lead_source"].combine_chunks(), -1)
    return pa.chunked_array([pc.binary_join_element_wise(segment, digit, "_")])
