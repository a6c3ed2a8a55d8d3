"""Every connector, through everything that happens between two systems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble
from tests.connectors.outside.suite import (
    ASKED_BY,
    FAULTS,
    Facts,
    Ledger,
    Question,
    System,
    everything,
    lives,
    sync,
)
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


def asks(question: Question) -> pytest.MarkDecorator:
    """Of the systems that can be asked this; the others say why they cannot."""
    able = [name for name, made in SYSTEMS.items() if question not in made.absent]
    return pytest.mark.parametrize("system", able, indirect=True)


def loaded(system: System, mirror: Mirror, **how: bool) -> Facts:
    connector = system.connect()
    sync(connector, mirror, system.now(), **how)
    return everything(connector, mirror, system.company, system.now())


def ledger_of(facts: Facts) -> Ledger:
    ledger = Ledger()
    ledger.take(facts)
    return ledger


def undisturbed(system: System, tmp_path: Path) -> Facts:
    """The facts of a load that nothing came between."""
    mirror = Mirror(tmp_path / "undisturbed.sqlite3")
    try:
        return loaded(system, mirror)
    finally:
        mirror.close()


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_question_has_its_deed_or_the_reason_why_it_does_not_exist(name: str) -> None:
    made = SYSTEMS[name]
    for question, deed in ASKED_BY.items():
        does = getattr(made, deed) is not getattr(System, deed)
        assert does != (question in made.absent), question
    assert all(" " in reason for reason in made.absent.values())


def test_first_load_takes_everything_and_refuses_nothing(system: System, mirror: Mirror) -> None:
    connector = system.connect()
    kept = sync(connector, mirror, system.now())
    assert kept.new > 100
    assert (kept.changed, kept.refused, kept.gone) == (0, 0, 0)
    assert mirror.refused() == {}
    counts = mirror.counts()
    assert {stream: counts.get(stream) for stream in system.holds} == dict(system.holds)
    assert set(everything(connector, mirror, system.company, system.now())) == system.tells


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
    assert sync(system.connect(), mirror, system.now()).received < first.received / 2


@asks(Question.LATE_CHANGE)
def test_change_of_an_old_record_comes_with_the_next_load(system: System, mirror: Mirror) -> None:
    ledger = ledger_of(loaded(system, mirror))
    system.wait(hours=3)
    told = system.do_change()
    [before] = ledger.find(told)
    assert any(before[column] != value for column, value in told.values.items())
    ledger.take(loaded(system, mirror))
    [row] = ledger.find(told)
    assert {column: row[column] for column in told.values} == told.values


def test_new_record_comes_with_the_next_load(system: System, mirror: Mirror) -> None:
    ledger = ledger_of(loaded(system, mirror))
    system.wait(hours=3)
    told = system.do_add()
    assert ledger.find(told) == []
    ledger.take(loaded(system, mirror))
    assert len(ledger.find(told)) == 1


def test_deliveries_in_steps_tell_the_same_as_one_delivery_of_everything(system: System, mirror: Mirror) -> None:
    ledger, delivered = Ledger(), 0
    deeds = [ASKED_BY[question] for question in (Question.LATE_CHANGE, Question.DELETION)]
    able = [getattr(system, deed) for deed in deeds if getattr(type(system), deed) is not getattr(System, deed)]
    for step in (lambda: None, system.do_add, *able):
        system.wait(hours=2)
        step()
        connector = system.connect()
        sync(connector, mirror, system.now(), sweep=True)
        ledger.take(everything(connector, mirror, system.company, system.now(), after=delivered))
        delivered = mirror.position
    at_once = ledger_of(everything(system.connect(), mirror, system.company, system.now()))
    assert at_once.settled(system.final)
    assert ledger.settled(system.final) == at_once.settled(system.final)


@asks(Question.DELETION)
def test_deleted_record_is_told_as_gone_and_nothing_else_is(system: System, mirror: Mirror) -> None:
    ledger = ledger_of(loaded(system, mirror))
    system.wait(days=7)
    told = system.do_delete()
    before = ledger.there(told.table)
    assert len(ledger.find(told)) == 1
    ledger.take(loaded(system, mirror, sweep=True))
    assert ledger.find(told) == []
    assert len(ledger.there(told.table)) == len(before) - 1


@asks(Question.MERGE)
def test_merged_card_is_gone_and_the_other_one_stays(system: System, mirror: Mirror) -> None:
    ledger = ledger_of(loaded(system, mirror))
    system.wait(days=7)
    stays, goes = system.do_merge()
    assert [len(ledger.find(told)) for told in (stays, goes)] == [1, 1]
    ledger.take(loaded(system, mirror, sweep=True))
    assert [len(ledger.find(told)) for told in (stays, goes)] == [1, 0]


@asks(Question.ZONE)
def test_moment_of_another_zone_is_the_same_moment(system: System, mirror: Mirror) -> None:
    told = system.a_moment()
    [row] = ledger_of(loaded(system, mirror)).find(told)
    assert {column: row[column].replace(tzinfo=UTC) for column in told.values} == told.values


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


def test_process_that_is_killed_at_every_page_gives_the_same_facts(system: System, tmp_path: Path) -> None:
    expected = undisturbed(system, tmp_path)
    path = tmp_path / "killed.sqlite3"
    assert lives(system, path) >= system.pages
    mirror = Mirror(path)
    try:
        assert everything(system.connect(), mirror, system.company, system.now()) == expected
    finally:
        mirror.close()
