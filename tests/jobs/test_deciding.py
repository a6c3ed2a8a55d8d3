"""Words are kept at once and the figures follow in one build, whatever happens in between."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from smarketing.facts.company import Company, Stage
from smarketing.facts.errors import WrongState
from smarketing.jobs.background import Background, working
from smarketing.jobs.campaign_pairs import drop_pair, keep_pair
from smarketing.jobs.deciding import (
    follow,
    is_behind,
    is_due,
    keep_words,
    kept_words,
    settle,
    standing,
)  # fmt: skip
from smarketing.jobs.same_people import Match, batch, words
from smarketing.jobs.workspace import Workspace
from smarketing.lake.lock import holding
from smarketing.lake.store import FactBatch

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
PAIR = ("vk", "Весна", "vesna_new")
STAGES = (
    Stage(key="new", name={"ru": "Новый", "en": "New"}),
    Stage(key="won", name={"ru": "Продажа", "en": "Won"}, milestone="won"),
)


def match(one, other):
    return Match("client", one, other, "phone")


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace.init(tmp_path / "w", Company(zone="UTC", stages=STAGES))
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in range(2, 12)]
    leads = pa.table(
        {"lead_id": [f"{n}" for n in range(10)], "created_at": days, "client_id": [f"c{n}" for n in range(10)],
         "lead_source": ["vk"] * 10, "campaign": ["vesna_new"] * 10}
    )  # fmt: skip
    workspace.lake.load([FactBatch("leads", leads)], workspace.company)
    return workspace


def version(workspace):
    return workspace.lake.newest().number


def owner(workspace, lead):
    with workspace.lake.open() as reader:
        return {row["lead_id"]: row["client_id"] for row in reader.query("SELECT * FROM journeys").to_pylist()}[
            lead
        ]


def test_word_is_on_the_disk_before_anything_is_built(workspace):
    keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)
    (word,) = kept_words(Workspace(workspace.root))
    assert (word.one, word.other, word.verdict, word.said_by, word.said_at) == ("c2", "c1", "same", "alice", NOW)
    assert (version(workspace), owner(workspace, "2")) == (1, "c2")
    found = standing(workspace)
    assert (found.state, found.waiting, found.text.ru) == ("waiting", 1, "Ждёт очереди: 1 решение.")


def test_ten_words_and_a_pair_are_one_build(workspace):
    for number in range(1, 10):
        keep_words(workspace, [match(f"c{number}", "c0")], "same", "alice", NOW + timedelta(minutes=number))
    keep_pair(workspace, *PAIR, same=True, who="alice", today=date(2026, 11, 20))
    assert standing(workspace).waiting == 10
    assert follow(workspace).version == 2
    assert [owner(workspace, f"{number}") for number in range(10)] == ["c0"] * 10
    with workspace.lake.open() as reader:
        campaigns = reader.query("SELECT DISTINCT campaign FROM journeys").to_pylist()
    assert campaigns == [{"campaign": "Весна"}]
    assert (standing(workspace), kept_words(workspace), follow(workspace)) == (None, (), None)
    assert version(workspace) == 2


def test_last_of_two_words_that_wait_stands(workspace):
    keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)
    keep_words(workspace, [match("c2", "c1")], "other", "bob", NOW)
    follow(workspace)
    assert owner(workspace, "2") == "c2"
    with workspace.lake.open() as reader:
        assert [(word.verdict, word.said_by) for word in words(reader)] == [("other", "bob")]


def test_words_loaded_and_not_dropped_by_a_crash_change_nothing(workspace):
    said = keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)
    workspace.lake.load([batch(said)], workspace.company)  # killed before they were dropped
    assert is_behind(workspace)
    assert follow(workspace).version == 2
    assert (kept_words(workspace), version(workspace)) == ((), 2)


def test_line_cut_by_a_crash_is_no_word(workspace):
    keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)
    path = workspace.root / "words.jsonl"
    path.write_text(path.read_text("utf-8") + '{"kind": "client", "one": "c3", "oth', "utf-8")
    keep_words(workspace, [match("c4", "c1")], "same", "alice", NOW)
    assert [word.one for word in kept_words(workspace)] == ["c4", "c2"]


def test_next_load_takes_along_what_waits(workspace):
    keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)
    keep_pair(workspace, *PAIR, same=True, who="alice", today=date(2026, 11, 20))
    assert settle(workspace, NOW).version == 2
    assert owner(workspace, "2") == "c1"
    assert not is_behind(workspace)


def test_pair_taken_back_before_the_build_leaves_nothing_to_do(workspace):
    keep_pair(workspace, *PAIR, same=True, who="alice", today=date(2026, 11, 20))
    assert is_behind(workspace)
    drop_pair(workspace, *PAIR)
    assert not is_behind(workspace)


def test_build_that_fails_keeps_the_word_and_waits_for_a_person(workspace):
    moves = pa.table({"lead_id": ["1"], "stage": ["won"], "entered_at": [NOW]})
    workspace.lake.load([FactBatch("stage_moves", moves)], workspace.company)
    keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)
    workspace.write_company(workspace.company.model_copy(update={"stages": STAGES[:1]}))
    assert follow(workspace) is None
    found = standing(workspace)
    assert (found.state, found.trouble.code) == ("failed", "unknown-stage")
    assert "Стадии «won» нет в настройках компании" in found.text.ru
    assert (is_behind(workspace), is_due(workspace)) == (True, False)
    workspace.write_company(workspace.company.model_copy(update={"stages": STAGES}))
    follow(workspace)
    assert (standing(workspace), owner(workspace, "2")) == (None, "c1")


def test_build_under_way_is_said(workspace):
    keep_words(workspace, [match("c2", "c1"), match("c4", "c3")], "same", "alice", NOW)
    with holding(workspace.root / ".following.lock", 0) as held:
        assert held
        found = standing(workspace)
    assert found.state == "running"
    assert found.text.ru == "Лиды и деньги собираются заново: 2 решения."


def test_nothing_is_behind_where_nothing_is_loaded(tmp_path):
    empty = Workspace.init(tmp_path / "e", Company(zone="UTC", stages=STAGES))
    assert (standing(empty), follow(empty)) == (None, None)
    keep_pair(empty, *PAIR, same=True, who="alice", today=date(2026, 11, 20))
    assert standing(empty) is None  # the first load is built by it


def test_no_pair_is_refused(workspace):
    with pytest.raises(WrongState, match="nothing-said"):
        keep_words(workspace, [], "same", "alice", NOW)
    assert kept_words(workspace) == ()


def test_worker_builds_once_for_all_that_was_asked(workspace):
    background = Background(workspace)
    for number in range(1, 6):
        keep_words(workspace, [match(f"c{number}", "c0")], "same", "alice", NOW)
        background.ask_follow()
    assert [task.name for task in background.queue.pending()] == ["follow"]
    with working(background):
        assert wait(lambda: not is_behind(workspace))
    assert (version(workspace), owner(workspace, "5")) == (2, "c0")


def test_word_that_a_crash_left_waiting_is_followed_at_the_next_start(workspace):
    keep_words(workspace, [match("c2", "c1")], "same", "alice", NOW)  # kept, and the queue was lost
    with working(Background(workspace)):
        assert wait(lambda: not is_behind(workspace))
    assert owner(workspace, "2") == "c1"


def wait(until):
    """Until something is so; a minute is only there to end a test that has failed."""
    end = time.monotonic() + 60
    while not until() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(until())
