"""The benchmark's facts, its questions against a hand count, and its table; nothing here measures time."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smarketing.jobs.bench.facts import (
    CAMPAIGNS,
    DAYS,
    FIRST_DAY,
    SOURCES,
    STAGES,
    ad_spend,
    bench_company,
    files,
    make_piece,
    write_facts,
)
from smarketing.jobs.bench.frames import pandas_questions
from smarketing.jobs.bench.postgres import binaries, copy_in, private_server, read_rows
from smarketing.jobs.bench.questions import JOURNEY, PAGE, RAW, SCAN, THREE
from smarketing.jobs.bench.run import ORDER, _told, run_step
from smarketing.jobs.bench.steps import STEPS, Size, build_lake, make_facts
from smarketing.jobs.bench.table import growth_table, ratio_table
from smarketing.jobs.bench.timing import PATIENCE, Step, Took, Watch, compare, differences, keep_rows, repeated
from smarketing.lake.store import Lake

LEADS = 3000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts, CSV and a lake of three thousand leads over five months, so that ad spend stays small."""
    made = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smarketing.jobs.bench.facts.DAYS", 150)
        make_facts(Size(made, LEADS))
    build_lake(Size(made, LEADS))
    return made


@pytest.fixture(scope="module")
def raw(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    for table in ("leads", "stage_moves", "payments", "ad_spend"):
        connection.execute(
            f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder}/facts/{table}-*.parquet')"
        )
    return connection


@pytest.fixture(scope="module")
def facts(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {
        table: pa.concat_tables(map(pq.read_table, files(folder / "facts", table))).to_pylist()
        for table in ("leads", "stage_moves", "payments")
    }


# --- the generated facts ----------------------------------------------------------------------------------------


def test_piece_is_the_same_every_time_and_pieces_differ() -> None:
    once, again, other = (make_piece(piece, 4, 500) for piece in (1, 1, 2))

    assert all(once[name].equals(again[name]) for name in once)
    assert not once["leads"].equals(other["leads"])


def test_lead_numbers_grow_with_time_over_four_years() -> None:
    first, second = (make_piece(piece, 2, 1000)["leads"] for piece in (0, 1))
    created = first["created_at"].to_pylist() + second["created_at"].to_pylist()

    assert first["lead_id"].to_pylist() == [str(10_000_000 + number) for number in range(1000)]
    assert created == sorted(created)
    assert FIRST_DAY <= created[0].date() < FIRST_DAY + timedelta(days=10)
    assert 0 < DAYS - (created[-1].date() - FIRST_DAY).days < 10


def test_facts_have_4_to_5_moves_a_lead_returns_and_empty_fields(
    facts: dict[str, list[dict[str, Any]]],
) -> None:
    walks: dict[str, list[str]] = defaultdict(list)
    moments: dict[str, list[datetime]] = defaultdict(list)
    for move in sorted(facts["stage_moves"], key=lambda move: move["entered_at"]):
        walks[move["lead_id"]].append(move["stage"])
        moments[move["lead_id"]].append(move["entered_at"])
    place = {stage: number for number, stage in enumerate((*STAGES, "lost"))}
    returned = sum(any(place[b] < place[a] for a, b in pairwise(w)) for w in walks.values())
    lost = [walk for walk in walks.values() if walk[-1] == "lost"]

    assert 4.3 < len(facts["stage_moves"]) / LEADS < 4.9
    assert all(walk[0] == "new" for walk in walks.values())
    assert all(len(set(at)) == len(at) for at in moments.values())  # no two moves of a lead at one second
    assert all("lost" not in walk[:-1] for walk in walks.values())
    assert returned / len(lost) == pytest.approx(
        0.55 * 0.72, abs=0.05
    )  # 72 % of the lost had left the first stage
    assert sum(lead["size"] is None for lead in facts["leads"]) / LEADS == pytest.approx(0.30, abs=0.04)


def test_ad_spend_has_a_row_per_day_and_campaign() -> None:
    assert ad_spend().num_rows == DAYS * SOURCES * CAMPAIGNS == 730_500


def test_write_facts_makes_as_many_leads_as_asked_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smarketing.jobs.bench.facts.PIECE", 400)

    write_facts(tmp_path, 1000)

    sizes = [pq.read_metadata(file).num_rows for file in files(tmp_path, "leads")]
    assert sizes == [400, 400, 200]


# --- the questions ----------------------------------------------------------------------------------------------


def test_economics_over_raw_facts_equals_a_count_by_hand(
    raw: duckdb.DuckDBPyConnection, facts: dict[str, list[dict[str, Any]]]
) -> None:
    won = {move["lead_id"] for move in facts["stage_moves"] if move["stage"] == "won"}
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for payment in facts["payments"]:
        paid[payment["lead_id"]] += payment["amount"] - payment["vat"]
    expected: dict[tuple[str, int], list[Any]] = defaultdict(lambda: [0, 0, Decimal()])
    for lead in facts["leads"]:
        created = lead["created_at"]
        cell = expected[lead["lead_source"], created.year * 100 + created.month]
        cell[0] += 1
        cell[1] += lead["lead_id"] in won
        cell[2] += paid[lead["lead_id"]]

    found = {(source, month): [n, w, r] for source, month, n, w, r, *_ in raw.execute(RAW["economics"]).fetchall()}

    assert found == dict(expected)


def test_funnel_over_raw_facts_equals_a_count_by_hand(
    raw: duckdb.DuckDBPyConnection, facts: dict[str, list[dict[str, Any]]]
) -> None:
    """Leads that entered «meeting» and the median of all they spent in it, over finished stays."""
    segment = {lead["lead_id"]: lead["segment"] for lead in facts["leads"]}
    walks: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for move in facts["stage_moves"]:
        walks[move["lead_id"]].append((move["entered_at"], move["stage"]))
    entered: Counter[str] = Counter()
    spent: dict[str, list[float]] = defaultdict(list)
    for lead, walk in walks.items():
        walk.sort()
        stays = [(after - at).total_seconds() for (at, stage), (after, _) in pairwise(walk) if stage == "meeting"]
        if any(stage == "meeting" for _, stage in walk):
            entered[segment[lead]] += 1
        if stays:
            spent[segment[lead]].append(sum(stays))
    expected = {key: (count, median(spent[key])) for key, count in entered.items()}

    assert len(expected) == 6
    place = 1 + 2 * STAGES.index("meeting")
    found = {row[0]: (row[place], float(row[place + 1])) for row in raw.execute(RAW["funnel"]).fetchall()}

    assert found == expected


def test_every_question_has_the_same_rows_over_journeys_and_over_raw_facts(
    raw: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    assert len(PAGE) == 12
    with Lake(folder / "lake", threads=1).open() as reader:
        for name in (*THREE, *PAGE):
            table = reader.query(JOURNEY[name])
            ours = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
            theirs = raw.execute(RAW[name]).fetchall()
            keep_rows(folder, "ours", name, ours)
            keep_rows(folder, "raw", name, theirs)
            assert len(ours) > 1, name
    assert differences(folder, "ours", "raw", (*THREE, *PAGE)) == {}


def test_scan_counts_every_lead_once(folder: Path) -> None:
    with Lake(folder / "lake", threads=1).open() as reader:
        assert reader.query(SCAN["economics"]).column(0).to_pylist() == [LEADS]


def test_pandas_gives_the_same_rows(raw: duckdb.DuckDBPyConnection, folder: Path) -> None:
    pytest.importorskip("pandas")
    for name, work in pandas_questions(folder / "facts").items():
        keep_rows(folder, "raw", name, raw.execute(RAW[name]).fetchall())
        keep_rows(folder, "pandas", name, work())
    assert differences(folder, "pandas", "raw", THREE) == {}


def test_private_postgres_answers_and_is_gone_afterwards(tmp_path: Path) -> None:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed: apt-get install postgresql-15")
    with private_server(programs) as server:
        sheet = server.folder / "leads.csv"
        sheet.write_text("lead_id,segment\n1,retail\n2,\n", encoding="utf-8")
        sheet.chmod(0o644)
        copy_in(server, "leads", (("lead_id", "text"), ("segment", "text")), [sheet])
        before = server.processor()
        counting = "SELECT segment, COUNT(*) FROM leads GROUP BY segment ORDER BY 1"
        took = server.took(counting, server.folder / "a.csv", 60.0)
        counted = server.processor() - before
        rows = read_rows(server.folder / "a.csv")
        stopped = server.took("SELECT pg_sleep(600)", server.folder / "b.csv", 0.1)
        with pytest.raises(RuntimeError, match="nothing"):
            server.took("SELECT * FROM nothing", server.folder / "c.csv", 60.0)

    assert rows == [("retail", "1"), ("", "1")]
    assert took.seconds > 0
    assert took.answered
    assert (stopped.seconds, stopped.answered) == (0.1, False)
    assert 0 <= took.cpu <= counted
    assert not server.folder.exists()


# --- the table --------------------------------------------------------------------------------------------------


def test_compare_tells_the_first_difference() -> None:
    assert compare([["a", 1.0]], [["a", 1.0000000001]]) == ""
    assert compare([["a", 1]], [["a", 1], ["b", 2]]) == "1 rows against 2"
    assert compare([["a", 1]], [["a", 2]]) == "row 0: ['a', 1] against ['a', 2]"


def test_keep_rows_makes_answers_of_different_engines_comparable(tmp_path: Path) -> None:
    keep_rows(
        tmp_path, "one", "q", [("b", None, Decimal("2.50"), date(2026, 1, 1)), ("a", 1, 2, date(2026, 1, 2))]
    )
    keep_rows(tmp_path, "two", "q", [("a", "1", "2.0", "2026-01-02"), ("b", "", "2.5", "2026-01-01")])

    assert differences(tmp_path, "one", "two", ["q", "never asked"]) == {}


def test_repeated_gives_the_median_and_stops_when_one_run_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    took = iter([Took(3.0, 1.5), Took(1.0, 0.9), Took(2.0, 1.0), Took(5.0, 1.1), Took(4.0, 1.2)])
    monkeypatch.setattr("smarketing.jobs.bench.timing.once", lambda _: next(took))
    assert repeated(lambda: None) == (Took(3.0, 1.1), 5)

    monkeypatch.setattr("smarketing.jobs.bench.timing.once", lambda _: Took(PATIENCE + 1, 2.0))
    assert repeated(lambda: None) == (Took(PATIENCE + 1, 2.0), 1)


def test_watch_sums_parts_by_the_clock_and_of_the_processor() -> None:
    watch = Watch()
    watch.note("one", Took(1.0, 0.5), 5)
    watch.note("two", Took(2.0, 0.25), 3)
    watch.add("both", ("one", "two"))
    step = watch.step("said")
    assert (step.seconds["both"], step.cpu["both"], step.said) == (3.0, 0.75, "said")
    assert step.runs == {"one": 5, "two": 3, "both": 3}


def test_ratio_table_says_who_is_how_many_times_slower() -> None:
    results = {
        "ours": Step({"economics": 0.1, "page": 1.0}, peak=512 * 2**20),
        "files": Step({"economics": 0.3}),
        "numpy": Step({"economics": 0.025}),
        "pandas": Step({"economics": 1.23}),
        "postgres": Step(
            {"raw economics": 25.0, "journey economics": 300.0, "asked economics": 2.0},
            runs={"raw economics": 1, "journey economics": 0, "asked economics": 5},
            said="server 15",
        ),
        "change": Step({"change": 2.0}, {"change": 1.5}),
        "rebuild": Step({"rebuild": 40.0}, {"rebuild": 25.0}),
    }

    lines = list(ratio_table(results, {"pandas, losses": "1 rows against 2"}))

    economics = next(line for line in lines if line.startswith("| economics"))
    # seconds, without the cache, with figures, numpy, scan, DuckDB, polars, pandas, PostgreSQL raw, journeys
    # (which was stopped), their asked columns
    told = "| economics | 0.100 | 0.300 | – | 4.0 × | – | – | – | 12.3 × | 250 × | > 3000 × | 20 × |"
    assert economics == told
    assert "note, postgres: no answer after 300 s: journey economics" in lines
    assert (
        "| the newest hundredth of the leads changed, to a full rebuild | 2.000 | 0.05 × | 1.500 | 0.06 × |"
        in lines
    )
    assert "| ours | 512 |" in lines
    assert "note, postgres: server 15" in lines
    assert "DIFFERENT ROWS, pandas, losses: 1 rows against 2" in lines
    assert "All engines gave the same rows." not in lines


def test_growth_table_compares_the_largest_size_with_the_smallest() -> None:
    small = {"ours": Step({"economics": 0.02}), "measurements": Step({"losses": 0.5})}
    large = {"ours": Step({"economics": 0.15, "funnel": 1.0}), "measurements": Step({"losses": 4.0})}

    lines = list(growth_table([1_000_000, 10_000_000], [small, large]))

    assert lines[1:] == [
        "| growth | 1,000,000 leads, s | 10,000,000 leads, s | 10 times the leads take |",
        "| --- | --- | --- | --- |",
        "| economics | 0.020 | 0.150 | 7.5 × |",
        "| losses, with figures and intervals | 0.500 | 4.000 | 8.0 × |",
    ]


def test_run_step_measures_in_a_process_of_its_own(tmp_path: Path) -> None:
    step = run_step("facts", tmp_path, 200)

    assert set(step.seconds) == {"facts", "csv"}
    assert step.peak > 2**20
    assert (tmp_path / "csv" / "leads.csv").exists()


def test_run_step_says_what_failed_and_goes_on(tmp_path: Path) -> None:
    step = run_step("scan", tmp_path / "nothing", 200)

    assert step.seconds == {}
    assert step.said.startswith("failed: ")


def test_step_that_prints_something_else_has_failed_and_the_others_go_on() -> None:
    assert _told('a line before\n{"seconds": {"load": 2.5}}\n') == Step({"load": 2.5})
    assert _told("100% ▕████▏").said == "failed: '100% ▕████▏' is no answer"
    assert _told("").said == "failed: '' is no answer"


def test_every_step_is_known_by_name() -> None:
    assert list(STEPS)[:2] == ["facts", "bare load"]
    # what alters the lake that the others read comes last
    assert ORDER[-3:] == ("change", "change cache", "rebuild")
    assert set(ORDER) == {*STEPS, "cells", "judge", "postgres"}


def test_bench_company_has_the_milestones_of_its_stages() -> None:
    company = bench_company()

    assert [stage.key for stage in company.path] == list(STAGES)
    assert company.zone == "UTC"
