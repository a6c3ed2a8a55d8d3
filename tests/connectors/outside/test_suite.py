"""Every connector, through everything that happens between two systems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble
from tests.connectors.outside.suite import FAULTS, Facts, Ledger, System, everything, lives, shot, sync
from tests.connectors.outside.systems import SYSTEMS


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=6):
        yield


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    made = SYSTEMS[request.param]()
    yield made
    made.close()


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    made = Mirror(tmp_path / "mirror.sqlite3")
    yield made
    made.close()


def loaded(system: System, mirror: Mirror, **how: bool) -> Facts:
    connector = system.connect()
    sync(connector, mirror, system.now(), **how)
    return everything(connector, mirror, system.company, system.now())


def undisturbed(system: System, tmp_path: Path) -> Facts:
    """The facts of a load that nothing came between."""
    mirror = Mirror(tmp_path / "undisturbed.sqlite3")
    try:
        return loaded(system, mirror)
    finally:
        mirror.close()


def test_first_load_takes_everything_and_refuses_nothing(system: System, mirror: Mirror) -> None:
    connector = system.connect()
    kept = sync(connector, mirror, system.now())
    assert kept.new == kept.received > 100
    assert mirror.refused() == {}
    facts = everything(connector, mirror, system.company, system.now())
    assert set(facts) >= {"leads", "stage_moves"} if "stage_moves" in facts else facts


def test_same_load_twice_changes_nothing(system: System, mirror: Mirror) -> None:
    loaded(system, mirror)
    position = mirror.position
    system.wait(minutes=30)
    kept = sync(system.connect(), mirror, system.now())
    assert (kept.new, kept.changed, kept.gone) == (0, 0, 0)
    assert mirror.position == position
    assert everything(system.connect(), mirror, system.company, system.now(), after=position) == {}


def test_next_load_asks_far_less_than_the_first_one(system: System, mirror: Mirror) -> None:
    first = sync(system.connect(), mirror, system.now())
    system.wait(hours=5)
    system.do_add()
    assert sync(system.connect(), mirror, system.now()).received < first.received


def test_change_of_an_old_record_comes_with_the_next_load(system: System, mirror: Mirror) -> None:
    loaded(system, mirror)
    system.wait(hours=3)
    table, key, column, value = system.do_change()
    ledger = Ledger()
    ledger.take(loaded(system, mirror))
    assert ledger.one(table, key)[column] == value


def test_new_record_comes_with_the_next_load(system: System, mirror: Mirror) -> None:
    before = loaded(system, mirror)
    system.wait(hours=3)
    table, key = system.do_add()
    ledger = Ledger()
    ledger.take({table: before[table]})
    assert all(row[next(iter(row))] != key for row in before[table])
    ledger.take(loaded(system, mirror))
    assert ledger.one(table, key)


def test_deliveries_in_steps_tell_the_same_as_one_delivery_of_everything(system: System, mirror: Mirror) -> None:
    ledger, delivered = Ledger(), 0
    for step in (
        lambda: None,
        system.do_change,
        system.do_add,
        system.do_delete if system.deletes else system.do_add,
    ):
        system.wait(hours=2)
        step()
        connector = system.connect()
        sync(connector, mirror, system.now(), sweep=system.deletes)
        ledger.take(everything(connector, mirror, system.company, system.now(), after=delivered))
        delivered = mirror.position
    at_once = Ledger()
    at_once.take(everything(system.connect(), mirror, system.company, system.now()))
    assert ledger.keyed() == at_once.keyed()


def test_deleted_card_is_a_deleted_lead(system: System, mirror: Mirror) -> None:
    if not system.deletes:
        pytest.skip("nothing is deleted in this system")
    loaded(system, mirror)
    system.wait(days=7)
    gone = system.do_delete()
    ledger = Ledger()
    ledger.take(loaded(system, mirror, sweep=True))
    assert ledger.one("leads", gone)["deleted_at"] is not None
    assert sum(row["deleted_at"] is not None for row in ledger.rows["leads"].values()) == 1


def test_merged_card_is_gone_and_the_other_one_stays(system: System, mirror: Mirror) -> None:
    if not system.merges:
        pytest.skip("nothing is merged in this system")
    loaded(system, mirror)
    system.wait(days=7)
    stays, goes = system.do_merge()
    ledger = Ledger()
    ledger.take(loaded(system, mirror, sweep=True))
    told = {key: ledger.one("leads", key)["deleted_at"] is not None for key in (stays, goes)}
    assert told == {stays: False, goes: True}


def test_moment_of_another_zone_is_the_same_moment(system: System, mirror: Mirror) -> None:
    table, key, column, moment = system.a_moment()
    ledger = Ledger()
    ledger.take(loaded(system, mirror))
    assert ledger.one(table, key)[column].replace(tzinfo=UTC) == moment


@pytest.mark.parametrize("fault", FAULTS)
def test_passing_fault_of_every_third_request_changes_no_fact(
    system: System, mirror: Mirror, tmp_path: Path, fault: str
) -> None:
    expected = undisturbed(system, tmp_path)
    system.fault = lambda number: fault if number % 3 == 0 else None
    assert loaded(system, mirror) == expected


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_that_stays_is_told_and_the_next_run_goes_on(
    system: System, mirror: Mirror, tmp_path: Path, fault: str
) -> None:
    expected = undisturbed(system, tmp_path)
    start = system.requests
    system.fault = lambda number: fault if number > start + 12 else None
    with pytest.raises(PassingTrouble) as caught:
        sync(system.connect(), mirror, system.now())
    assert caught.value.text.ru and caught.value.text.en and system.secret not in str(caught.value)
    kept = mirror.position
    assert kept > 0
    system.fault = lambda _: None
    assert loaded(system, mirror) == expected


def test_revoked_access_stops_at_once_and_says_what_to_do(system: System, mirror: Mirror, tmp_path: Path) -> None:
    expected = undisturbed(system, tmp_path)
    before = system.requests
    system.revoke()
    with pytest.raises(LastingTrouble) as caught:
        sync(system.connect(), mirror, system.now())
    assert system.requests - before <= 2  # a person must help: asking again is noise
    assert system.secret not in f"{caught.value} {caught.value.text}"
    with pytest.raises(LastingTrouble):
        system.connect().health()
    system.restore()
    assert loaded(system, mirror) == expected


def test_run_that_dies_at_every_page_gives_the_same_facts(system: System, tmp_path: Path) -> None:
    expected = undisturbed(system, tmp_path)
    path = tmp_path / "mortal.sqlite3"
    died = lives(system.connect, path, system.now(), ("before", "inside", "after"))
    assert died >= 20
    mirror = Mirror(path)
    try:
        assert everything(system.connect(), mirror, system.company, system.now()) == expected
    finally:
        mirror.close()


def test_process_that_is_shot_thirty_times_gives_the_same_facts(system: System, tmp_path: Path) -> None:
    expected = undisturbed(system, tmp_path)
    path = tmp_path / "shot.sqlite3"
    assert shot(system.connect, path, system, times=30) >= 30
    mirror = Mirror(path)
    try:
        assert loaded(system, mirror) == expected
    finally:
        mirror.close()
