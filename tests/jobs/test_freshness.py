"""When is somebody told that a connection does not bring what it should?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from smarketing.facts.language import Text
from smarketing.jobs.connections import Connections
from smarketing.jobs.doctor import State, examine
from smarketing.jobs.freshness import concerns
from smarketing.jobs.standing import Desk, Standing, Trouble, retry_in
from smarketing.jobs.workspace import Workspace

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TROUBLE = Trouble("busy", Text("Перегрузка.", "Overload."))


def stand(workspace: Workspace, **said: object) -> tuple[str, ...]:
    """The concerns about a connection that stands like this, at noon; its schedule is 15 minutes."""
    Desk(workspace, "toy").stands(Standing(**said))  # type: ignore[arg-type]
    return tuple(one.title.ru for one in concerns(workspace, NOON))


def test_late_is_told_after_two_hours_and_not_before(connected: Workspace) -> None:
    assert stand(connected, good_at=NOON - timedelta(minutes=119), failures=9, trouble=TROUBLE) == ()
    assert stand(connected, good_at=NOON - timedelta(minutes=121)) == (
        "Данные из «Касса» не обновлялись с 20\u00a0ноября\u00a02026, 09:59",
    )


def test_seldom_schedule_is_late_after_three_of_them(connected: Workspace) -> None:
    connections = Connections(connected)
    connections.change(connections.get("toy").model_copy(update={"minutes": 24 * 60}))
    assert stand(connected, good_at=NOON - timedelta(hours=71)) == ()
    assert len(stand(connected, good_at=NOON - timedelta(hours=73))) == 1


def test_never_loaded_is_told_when_it_keeps_failing(connected: Workspace) -> None:
    assert stand(connected) == ()
    assert stand(connected, failures=3, trouble=TROUBLE) == ()
    assert stand(connected, failures=4, trouble=TROUBLE) == ("Данные из «Касса» ещё не загружены",)


def test_paused_one_is_nobodys_concern(connected: Workspace) -> None:
    Connections(connected).pause("toy", paused=True)
    assert stand(connected, good_at=NOON - timedelta(days=9), needs_person=True, trouble=TROUBLE) == ()


def test_doctor_tells_of_connections(connected: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[tuple[str, State]]:
        return [
            (one.code, one.state)
            for one in examine(connected, NOON)
            if "connection" in one.code or "key" in one.code
        ]

    assert told() == [("connections", State.GOOD)]
    stand(connected, good_at=NOON, needs_person=True, trouble=TROUBLE)
    assert told() == [("connection", State.BAD)]
    monkeypatch.delenv("SMARKETING_KEY")
    assert told() == [("no-secret-key", State.BAD)]


@pytest.mark.parametrize(
    ("failures", "schedule", "after", "minutes"),
    [
        (1, 30, None, 5),
        (2, 30, None, 10),
        (3, 30, None, 20),
        (4, 30, None, 30),  # never longer than the schedule
        (9, 600, None, 60),  # nor than an hour
        (1, 30, 5400, 90),  # but as long as the other side asked
        (1, 2, None, 2),
        (400, 30, None, 30),
    ],
)
def test_wait_before_the_next_try(failures: int, schedule: int, after: float | None, minutes: int) -> None:
    assert retry_in(failures, timedelta(minutes=schedule), after) == timedelta(minutes=minutes)


def test_file_that_nobody_can_read_is_a_fresh_start(connected: Workspace) -> None:
    folder = connected.connection_folder("toy")
    folder.mkdir(parents=True)
    (folder / "standing.json").write_text('{"failures": ', "utf-8")
    assert Desk(connected, "toy").standing == Standing()
