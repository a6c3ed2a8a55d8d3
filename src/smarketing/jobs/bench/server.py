"""The step of PostgreSQL: the raw facts with six indexes, as a user of a BI tool has them, and the journeys.

The journeys twice: the same table as ours, with all its columns, and one of nothing but the columns that the three
questions read, which nobody has but which says how much of the difference is the width of the row.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from smarketing.jobs.bench.postgres import Postgres, binaries, copy_in, private_server, read_rows
from smarketing.jobs.bench.questions import JOURNEY, JOURNEY_COLUMNS, PAGE, RAW, THREE
from smarketing.jobs.bench.steps import Size, exported
from smarketing.jobs.bench.timing import PATIENCE, Step, Took, Watch, keep_rows, middle, once

_FACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "leads": (
        ("lead_id", "text"),
        ("created_at", "timestamp"),
        ("updated_at", "timestamp"),
        ("lead_source", "text"),
        ("campaign", "text"),
        ("segment", "text"),
        ("manager", "text"),
        ("amount", "numeric(18,2)"),
        ("currency", "text"),
        ("size", "text"),
    ),
    "stage_moves": (
        ("lead_id", "text"),
        ("stage", "text"),
        ("entered_at", "timestamp"),
        ("loss_reason", "text"),
    ),
    "payments": (
        ("payment_id", "text"),
        ("paid_at", "timestamp"),
        ("amount", "numeric(18,2)"),
        ("currency", "text"),
        ("vat", "numeric(18,2)"),
        ("cost", "numeric(18,2)"),
        ("lead_id", "text"),
    ),
    "ad_spend": (
        ("day", "date"),
        ("lead_source", "text"),
        ("campaign", "text"),
        ("cost", "numeric(18,2)"),
        ("vat", "numeric(18,2)"),
        ("currency", "text"),
        ("impressions", "bigint"),
        ("clicks", "bigint"),
    ),
}
_NAMED = {"VARCHAR": "text", "DECIMAL(18,2)": "numeric(18,2)"}  # other types have the same name
LIMIT = 120.0  # seconds after which an answer is not waited for any longer
ASKED = "journeys_asked"
AGAIN = 3  # runs after the first
LONG = 10.0  # seconds after which the first run counts as the only one: no memory is warmed by so much work
_INDEXES = (
    "leads (lead_id)",
    "leads (created_at)",
    "stage_moves (lead_id, entered_at)",
    "stage_moves (stage, entered_at)",
    "payments (lead_id)",
    "ad_spend (day)",
)


def postgres(size: Size) -> Step:
    """Seconds by question: ``journey economics`` …, ``asked economics`` …, ``raw economics`` …

    What is answered soon is asked again, so that its table lies in memory. What has no answer after ``LIMIT``
    seconds stands with these and 0 runs.
    """
    programs = binaries()
    if programs is None:
        return Step(said="no PostgreSQL server is installed; try: apt-get install postgresql-15")
    watch = Watch()
    with private_server(programs) as server:
        watch.note("load", once(lambda: _fill(server, size.folder / "export"), server.processor), 1)
        questions = {
            **{f"journey {name}": JOURNEY[name] for name in THREE},
            **{f"asked {name}": JOURNEY[name].replace("FROM journeys", f"FROM {ASKED}") for name in THREE},
            **{f"raw {name}": RAW[name] for name in (*THREE, *PAGE)},
        }
        for name, question in questions.items():
            _ask(server, size.folder, watch, name, question)
    watch.add("raw page", (f"raw {name}" for name in PAGE))
    return replace(watch.step(f"server {programs.parent.name}"), peak=0)  # the memory is the server's


def _ask(server: Postgres, folder: Path, watch: Watch, name: str, question: str) -> None:
    answer = server.folder / "answer.csv"
    first = server.took(question, answer, LIMIT)
    if first.answered:
        keep_rows(folder, "postgres " + name.split()[0], name.split(" ", 1)[1], read_rows(answer))
    watch.note(name, *((first, int(first.answered)) if first.seconds > LONG else _timed(server, question, answer)))


def _timed(server: Postgres, question: str, answer: Path) -> tuple[Took, int]:
    """The medians of a few runs, without the start of a client."""
    found: list[Took] = []
    while len(found) < AGAIN and sum(run.seconds for run in found) < PATIENCE:
        found.append(server.took(question, answer, LIMIT))
    return middle(found), len(found)


def _fill(server: Postgres, folder: Path) -> None:
    for table, columns in {**_FACTS, **_derived()}.items():
        copy_in(server, table, columns, [folder / f"{table}.csv"])
    listed = ", ".join(JOURNEY_COLUMNS)
    server.run(f"CREATE UNLOGGED TABLE {ASKED} AS SELECT {listed} FROM journeys")
    server.run("".join(f"CREATE INDEX ON {index};" for index in _INDEXES) + "VACUUM ANALYZE;")


def _derived() -> dict[str, list[tuple[str, str]]]:
    """Our own tables as PostgreSQL has them."""
    return {
        table: [(name, _NAMED.get(kind, kind.lower())) for name, kind in exported(table).items()]
        for table in ("journeys", "spend")
    }
