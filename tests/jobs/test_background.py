"""Work beside the pages: a real worker over a real queue, started and stopped around each test."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from smarketing.jobs.background import Background, working
from smarketing.jobs.connections import Connections
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import sync
from smarketing.jobs.uploading import ask_load, do_load, forget_old, load_job, unfinished
from smarketing.jobs.workspace import Workspace
from tests.support.connected import facts_of
from tests.support.toy import Shop

TOKEN = "0123456789abcdef"
LEADS = "lead_id,created_at\nA1,2026-11-02T10:00:00+00:00\nA2,2026-13-45\n"


def wait(until: Callable[[], object]) -> bool:
    """Until something is so; a minute is only there to end a test that has failed."""
    end = time.monotonic() + 60
    while not until() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(until())


def upload(workspace: Workspace, text: str = LEADS) -> None:
    folder = workspace.uploads_path / TOKEN
    folder.mkdir(parents=True)
    (folder / "leads.csv").write_text(text, "utf-8")


def test_worker_runs_what_is_due_at_its_first_tick(connected: Workspace, shop: Shop) -> None:
    shop.lead()
    background = Background(connected)
    assert not background.has_worker()
    with working(background):
        assert wait(lambda: Desk(connected, "toy").standing.good_at)
        assert background.has_worker()
    assert len(facts_of(connected)["leads"]) == 1


def test_schedule_outlives_a_server_that_was_off(connected: Workspace, shop: Shop) -> None:
    shop.lead()
    sync(connected, "toy", now=datetime.now(UTC) - timedelta(days=2))
    shop.lead()
    with working(Background(connected)):
        assert wait(lambda: len(Desk(connected, "toy").runs()) == 2)
    assert len(facts_of(connected)["leads"]) == 2


def test_stop_leaves_a_long_run_where_it_can_go_on(connected: Workspace, shop: Shop) -> None:
    shop.lead()
    shop.pause = 0.2  # of each answer
    for _ in range(40):
        shop.lead()
    connections = Connections(connected)
    connections.change(connections.get("toy").model_copy(update={"options": {"page": 2}}))
    with working(Background(connected)):
        assert wait(lambda: Desk(connected, "toy").doing)
    (run,) = Desk(connected, "toy").runs()
    assert run.outcome == "stopped"
    shop.pause = 0
    with working(Background(connected)):
        assert wait(lambda: len(Desk(connected, "toy").runs()) == 2)
    assert len(facts_of(connected)["leads"]) == 41


def test_small_files_are_joined_once_a_night(connected: Workspace, shop: Shop) -> None:
    for _ in range(3):
        shop.lead()
        sync(connected, "toy")
    before = connected.lake.open().version
    background = Background(connected)
    noon, night = (datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (12, 3))  # the company's zone is UTC
    background.upkeep(noon)
    assert not (connected.root / ".upkeep.beat").exists()
    background.upkeep(night)
    assert (connected.root / ".upkeep.beat").exists()
    assert connected.lake.open().version == before
    assert len(facts_of(connected)["leads"]) == 3


def test_tick_asks_for_a_connection_once_while_it_waits(connected: Workspace) -> None:
    background = Background(connected)
    background.tick()
    background.tick()
    assert [task.args[0] for task in background.queue.pending()] == ["toy"]


def test_file_is_loaded_by_the_worker_and_told(connected: Workspace) -> None:
    upload(connected)
    background = Background(connected)
    ask_load(connected, TOKEN, "charlie")
    background.ask_load(TOKEN)
    with working(background):
        assert wait(lambda: (job := load_job(connected, TOKEN)) and job.is_over)
    job = load_job(connected, TOKEN)
    assert job is not None
    assert (job.state, job.version, job.quarantined, job.who) == ("done", 1, 1, "charlie")
    assert (job.counts["leads"].received, job.counts["leads"].accepted) == (2, 1)
    assert job.totals.leads == 1
    assert not (connected.uploads_path / TOKEN).exists()


def test_load_that_a_crash_cut_short_is_done_at_the_next_start(connected: Workspace) -> None:
    upload(connected)
    ask_load(connected, TOKEN, None)  # noted, and the queue was lost
    with working(Background(connected)):
        assert wait(lambda: not list(unfinished(connected)))
    assert [row[0] for row in facts_of(connected)["leads"]] == ["A1"]


def test_file_that_is_no_table_fails_with_a_sentence(connected: Workspace) -> None:
    upload(connected, "<!doctype html><html></html>")
    ask_load(connected, TOKEN, None)
    job = do_load(connected, TOKEN)
    assert job is not None
    assert job.state == "failed"
    assert job.trouble is not None
    assert "leads.csv" in job.trouble.text.ru


def test_old_jobs_are_forgotten(connected: Workspace) -> None:
    upload(connected)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    ask_load(connected, TOKEN, None, now)
    do_load(connected, TOKEN)
    forget_old(connected, now + timedelta(days=6))
    assert load_job(connected, TOKEN) is not None
    forget_old(connected, now + timedelta(days=8))
    assert load_job(connected, TOKEN) is None
    assert list(connected.uploads_path.iterdir()) == []


def test_token_that_nobody_gave_finds_nothing(tmp_path: Path) -> None:
    assert load_job(Workspace(tmp_path), "../../etc/passwd") is None
