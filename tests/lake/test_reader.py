"""Do readers see whole versions only, beside writers and beside each other, and nothing but answers?"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smarketing.facts.errors import WrongQuestion, WrongState
from smarketing.lake.lock import writing
from smarketing.lake.reader import Answers
from smarketing.lake.store import Lake
from tests.lake.story import STEPS, load_step, state


def test_second_writer_waits_and_then_says_who_is_in_the_way_while_readers_go_on(tmp_path: Path) -> None:
    load_step(Lake(tmp_path), 0)
    with writing(tmp_path, 1):
        assert len(state(Lake(tmp_path))["journeys"]) == 1
        with pytest.raises(WrongState) as caught:
            load_step(Lake(tmp_path, patience=0.05), 1)
    assert caught.value.code == "lake-busy"
    assert load_step(Lake(tmp_path, patience=0.05), 1).version == 2


def test_readers_during_loads_see_whole_versions_only(tmp_path: Path) -> None:
    """Step n leaves n + 1 leads, payments and receipts, so any mixture of two versions shows."""
    lake = Lake(tmp_path)
    load_step(lake, 0)
    done, seen, broken = threading.Event(), [], []

    def read() -> None:
        while not done.is_set():
            with lake.open() as reader:
                counts = [
                    reader.query(f"SELECT COUNT(*) AS n FROM {table}").to_pylist()[0]["n"]
                    for table in ("journeys", "receipts", "leads", "payments")
                ]
                seen.append(reader.version)
                if counts != [reader.version] * 4:
                    broken.append((reader.version, counts))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    for step in range(1, STEPS):
        load_step(lake, step)
    done.set()
    for thread in readers:
        thread.join()
    assert broken == []
    assert len(set(seen)) > 2


def test_threads_share_a_reader(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_step(lake, 0)
    answers: list[Any] = []
    with lake.open() as reader:
        threads = [
            threading.Thread(target=lambda n=n: answers.append(reader.query(f"SELECT {n} AS n FROM journeys")))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answer.to_pylist()[0]["n"] for answer in answers) == list(range(8))


@pytest.mark.parametrize(
    "question",
    [
        "DROP VIEW journeys",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY journeys TO 'out.csv'",
        "SET memory_limit = '1GB'",
        "SELECT nonsense FROM journeys",
        "not SQL at all",
    ],
)
def test_reader_answers_one_question_and_does_nothing_else(tmp_path: Path, question: str) -> None:
    lake = Lake(tmp_path)
    load_step(lake, 0)
    with lake.open() as reader:
        with pytest.raises(WrongQuestion):
            reader.query(question)
        assert reader.query("SELECT COUNT(*) AS n FROM journeys").to_pylist() == [{"n": 1}]


def test_records_behind_a_figure_can_be_fetched(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_step(lake, 0)
    load_step(lake, 1)
    with lake.open() as reader:
        moves = reader.fact_rows("stage_moves", lead_id="L0").to_pylist()
        assert {move["stage"] for move in moves} == {"new", "paid"}
        with pytest.raises(WrongQuestion):
            reader.fact_rows("secrets")


def test_answers_kept_take_no_more_room_than_they_were_given() -> None:
    """Most answers are a row or two, or none: their questions and their names take the room, not their cells."""
    kept = Answers(room=100_000)
    empty = pa.table({"n": pa.array([], pa.int64())})
    questions = [f"SELECT {number} AS n WHERE FALSE -- {'x' * 2000}" for number in range(100)]
    for question in questions:
        kept.put("1", question, empty)
    found = [kept.get("1", question) is not None for question in questions]
    assert 0 < sum(found) <= 100_000 // 2000
    assert found[-1]
    assert not found[0]
