"""The step of PostgreSQL: the raw facts with six indexes, as a user of a BI tool has them, and the journeys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from smarketing.jobs.bench.facts import STAGES
from smarketing.jobs.bench.postgres import Postgres, binaries, copy_in, private_server, read_rows
from smarketing.jobs.bench.questions import JOURNEY, PAGE, RAW, THREE
from smarketing.jobs.bench.steps import Size
from smarketing.jobs.bench.timing import PATIENCE, RUNS, Step, Took, Watch, keep_rows, middle, once

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
_DERIVED: dict[str, tuple[tuple[str, str], ...]] = {
    "journeys": (
        ("lead_source", "text"),
        ("segment", "text"),
        ("created_month", "integer"),
        ("is_counted", "boolean"),
        ("is_won", "boolean"),
        ("revenue", "numeric(18,2)"),
        ("outcome", "text"),
        ("loss_stage", "text"),
        ("loss_reason", "text"),
        ("amount", "numeric(18,2)"),
        *((f"in_{stage}", "boolean") for stage in STAGES),
        *((f"sec_{stage}", "bigint") for stage in STAGES),
    ),
    "spend": (("lead_source", "text"), ("month", "integer"), ("cost", "numeric(18,2)")),
}
LONG = 20.0  # seconds after which the first run counts as the only one: no memory is warmed by so much work
_INDEXES = (
    "leads (lead_id)",
    "leads (created_at)",
    "stage_moves (lead_id, entered_at)",
    "stage_moves (stage, entered_at)",
    "payments (lead_id)",
    "ad_spend (day)",
)


def postgres(size: Size) -> Step:
    """Seconds by question: ``raw economics`` …, ``journey economics`` …, each over tables already in memory."""
    programs = binaries()
    if programs is None:
        return Step(said="no PostgreSQL server is installed; try: apt-get install postgresql-15")
    watch = Watch()
    with private_server(programs) as server:
        watch.note("load", once(lambda: _fill(server, size.folder / "export"), server.processor), 1)
        questions = {
            **{f"raw {name}": RAW[name] for name in (*THREE, *PAGE)},
            **{f"journey {name}": JOURNEY[name] for name in THREE},
        }
        for name, question in questions.items():
            answer = server.folder / "answer.csv"
            first = server.took(question, answer)
            keep_rows(size.folder, "postgres " + name.split()[0], name.split(" ", 1)[1], read_rows(answer))
            watch.note(name, *((first, 1) if first.seconds > LONG else _timed(server, question, answer)))
    watch.add("raw page", (f"raw {name}" for name in PAGE))
    return replace(watch.step(f"server {programs.parent.name}"), peak=0)  # the memory is the server's


def _timed(server: Postgres, question: str, answer: Path) -> tuple[Took, int]:
    """The medians of a few runs, without the start of a client."""
    found: list[Took] = []
    while len(found) < RUNS and sum(run.seconds for run in found) < PATIENCE:
        found.append(server.took(question, answer))
    return middle(found), len(found)


def _fill(server: Postgres, folder: Path) -> None:
    for table, columns in {**_FACTS, **_DERIVED}.items():
        copy_in(server, table, columns, [folder / f"{table}.csv"])
    server.run("".join(f"CREATE INDEX ON {index};" for index in _INDEXES) + "VACUUM ANALYZE;")
