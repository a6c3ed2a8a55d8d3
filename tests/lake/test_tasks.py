"""What does the lake keep of a task?"""

from __future__ import annotations

from pathlib import Path

from smarketing.lake.store import Lake
from tests.lake.world import at, batch, company

TASK = {"task_id": "T1", "created_at": at("2026-11-02"), "due_at": at("2026-11-05"), "person": "Anna"}


def test_task_that_is_done_later_is_the_newer_version_of_the_same_task(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("tasks", TASK)], company())
    change = lake.load([batch("tasks", {**TASK, "done_at": at("2026-11-04")})], company())
    assert (change.added, change.updated) == ({"tasks": 0}, {"tasks": 1})
    with lake.open() as reader:
        rows = reader.query("SELECT task_id, due_at, done_at, person FROM tasks").to_pylist()
    plain = {
        key: at(text).replace(tzinfo=None) for key, text in (("due_at", "2026-11-05"), ("done_at", "2026-11-04"))
    }
    assert rows == [{"task_id": "T1", **plain, "person": "Anna"}]


def test_done_task_loaded_again_changes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    done = {**TASK, "done_at": at("2026-11-04")}
    first, again = (lake.load([batch("tasks", done)], company(), known_until=at("2026-11-20")) for _ in range(2))
    assert (first.version, again.version) == (1, 1)
    assert again.same == {"tasks": 1}
