"""One run over the toy CRM, over real HTTP: what came, what the lake holds, what is said when it breaks."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from smarketing.facts.company import Company
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongState
from smarketing.jobs.backup import backup, restore
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.quarantine import quarantine
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import Wish, due, resume, sync
from smarketing.jobs.workspace import Workspace
from smarketing.lake.lock import holding
from tests.support.connected import facts_of
from tests.support.toy import STAGES, TOKEN, TOY, Shop

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(minutes: int = 0, days: int = 0) -> datetime:
    return NOON + timedelta(minutes=minutes, days=days)


@pytest.fixture
def three(shop: Shop) -> Shop:
    """Three leads; the second is sold."""
    for source in ("site", "yandex", "site"):
        shop.lead(source)
    shop.move(2, "talk")
    shop.move(2, "won")
    return shop


def test_first_run_brings_everything_and_settings(connected: Workspace, three: Shop) -> None:
    run = sync(connected, "toy", now=NOON, who="anna")
    assert run.outcome == "done"
    assert {name: kept.received for name, kept in run.streams.items()} == {"stages": 4, "leads": 3, "moves": 5}
    assert run.facts == {"leads": 3, "stage_moves": 5}
    assert [stage.key for stage in connected.company.stages] == ["fresh", "talk", "won", "lost"]
    assert [finding.code for finding in run.findings] == ["settings-proposed"]
    facts = facts_of(connected)
    assert facts["journeys"] == [("toy-1", "fresh", "open"), ("toy-2", "won", "won"), ("toy-3", "fresh", "open")]
    assert run.requests == 5  # stages once; leads and moves twice, for the last page of each is empty
    assert run.who == "anna"


def test_run_without_changes_changes_nothing(connected: Workspace, three: Shop) -> None:
    first = sync(connected, "toy", now=NOON)
    again = sync(connected, "toy", now=at(15))
    assert again.facts == {}
    assert {name: kept.new + kept.changed for name, kept in again.streams.items()} == {
        "stages": 0,
        "leads": 0,
        "moves": 0,
    }
    assert connected.lake.open().version == first.version


def test_late_change_arrives_and_the_hour_moves_on(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    three.move(1, "lost")
    run = sync(connected, "toy", now=at(15))
    assert run.facts == {"leads": 1, "stage_moves": 1}
    assert ("toy-1", "lost", "lost") in facts_of(connected)["journeys"]
    version = connected.lake.open().version
    quiet = sync(connected, "toy", now=at(30))
    assert quiet.version is None
    later = sync(connected, "toy", now=at(90))  # an hour and more after the last known moment
    assert later.version == version + 1


def test_facts_are_known_until_the_start_of_the_run_by_the_portals_clock(
    connected: Workspace, three: Shop
) -> None:
    three.ahead = timedelta(hours=2)
    run = sync(connected, "toy", now=NOON)
    assert run.known_until is not None
    assert abs(run.known_until - at(120)) < timedelta(seconds=30)
    assert connected.lake.open().known_until == run.known_until


def test_account_that_knows_no_leads_does_not_tell_the_time(
    connected: Workspace, three: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "toy", replace(TOY, tells_time=False))
    run = sync(connected, "toy", now=NOON)
    assert run.known_until is None
    assert connected.lake.open().known_until == three.clock  # the last moment in the facts themselves
    assert Desk(connected, "toy").standing.good_at is not None


def test_deleted_lead_is_found_by_the_weekly_look(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    three.delete(3)
    assert sync(connected, "toy", now=at(days=6)).streams["leads"].gone == 0
    run = sync(connected, "toy", now=at(days=7))
    assert run.streams["leads"].gone == 1
    assert [row[0] for row in facts_of(connected)["leads"] if row[4] is not None] == ["toy-3"]


def test_deleted_lead_is_found_on_request(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    three.delete(1)
    assert sync(connected, "toy", now=at(1), wish=Wish(sweep=True)).streams["leads"].gone == 1


def test_listing_that_lost_most_records_deletes_nothing(connected: Workspace, shop: Shop) -> None:
    for _ in range(24):
        shop.lead()
    sync(connected, "toy", now=NOON)
    for number in range(1, 15):
        shop.delete(number)
    run = sync(connected, "toy", now=at(1), wish=Wish(sweep=True))
    assert run.streams["leads"].gone == 0
    assert [finding.code for finding in run.findings] == ["thin-listing"]
    assert run.exit_code == 1


def test_new_stage_is_added_after_its_neighbour_and_no_other_changes(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    own = connected.company
    renamed = own.stages[1].model_copy(update={"name": Names(ru="Разговор", en="Talk"), "sla_minutes": 30})
    connected.write_company(own.model_copy(update={"stages": (own.stages[0], renamed, *own.stages[2:])}))
    three.stages.insert(2, {"key": "offer", "name": {"ru": "Смета", "en": "Offer"}})
    three.move(1, "offer")
    run = sync(connected, "toy", now=at(15))
    assert [finding.code for finding in run.findings] == ["new-stage"]
    assert "Смета" in run.findings[0].text.ru
    stages = connected.company.stages
    assert [stage.key for stage in stages] == ["fresh", "talk", "offer", "won", "lost"]
    assert stages[1] == renamed
    assert ("toy-1", "offer", "open") in facts_of(connected)["journeys"]


def test_refused_record_waits_in_quarantine_until_it_comes_right(connected: Workspace, three: Shop) -> None:
    created = three.leads[3].pop("created")
    run = sync(connected, "toy", now=NOON)
    assert (run.streams["leads"].received, run.streams["leads"].refused) == (3, 1)
    assert run.exit_code == 1
    (row,) = quarantine(connected)
    assert (row.file, row.row, row.column, row.text.ru) == ("Касса: leads", "3", "created", "Нет дня создания.")
    assert row.raw["source"] == "site"
    assert not row.mendable
    assert Desk(connected, "toy").standing.waiting == 1
    three.leads[3]["created"] = created
    three.move(3, "talk")
    assert sync(connected, "toy", now=at(15)).facts == {"leads": 1, "stage_moves": 1}
    assert quarantine(connected) == ()


def test_passing_trouble_is_tried_again_and_longer_each_time(connected: Workspace, three: Shop) -> None:
    three.answers = [503] * 2
    run = sync(connected, "toy", now=NOON)
    assert (run.outcome, run.again_at) == ("passing", at(5))
    assert (run.retries, run.refused_requests) == (1, 2)
    three.answers = [503] * 2
    assert sync(connected, "toy", now=at(5)).again_at == at(15)
    three.answers = [503] * 2
    assert sync(connected, "toy", now=at(15)).again_at == at(30)  # never longer than the schedule of 15 minutes
    good = sync(connected, "toy", now=at(30))
    assert (good.outcome, good.again_at) == ("done", at(45))
    standing = Desk(connected, "toy").standing
    assert (standing.failures, standing.trouble) == (0, None)


def test_portal_that_asks_to_wait_is_obeyed(connected: Workspace, three: Shop) -> None:
    three.answers = [429] * 2
    assert sync(connected, "toy", now=NOON).again_at == at(30)  # Retry-After: 1800


def test_torn_connection_goes_on_from_the_last_page(connected: Workspace, shop: Shop) -> None:
    for _ in range(120):
        shop.lead()
    shop.answers = [200, 200, 0, 0]  # stages, the first page of leads, then torn
    torn = sync(connected, "toy", now=NOON)
    assert torn.outcome == "passing"
    assert torn.streams["leads"].received == 50
    assert not (connected.lake_path / "current.json").exists()  # half a picture is no picture
    shop.asked.clear()
    assert sync(connected, "toy", now=at(5)).streams["leads"].received == 70
    assert len(facts_of(connected)["leads"]) == 120
    assert [path for path in shop.asked if path.startswith("/leads") and "after=0" in path] == []


def test_lasting_trouble_stops_the_schedule_until_a_person_resumes(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    three.token = "another"
    run = sync(connected, "toy", now=at(15))
    assert (run.outcome, run.again_at, run.exit_code) == ("lasting", None, 2)
    assert run.trouble is not None
    assert "выдайте новый ключ" in run.trouble.text.ru
    assert due(connected, at(days=30)) == ()
    Connections(connected).change(Connections(connected).get("toy"), {"token": "another"})
    resume(connected, "toy")
    assert [one.key for one in due(connected, at(16))] == ["toy"]
    assert sync(connected, "toy", now=at(16)).outcome == "done"


def test_missing_key_is_told_and_tried_again_by_itself(
    connected: Workspace, three: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    key = os.environ["SMARKETING_KEY"]
    monkeypatch.delenv("SMARKETING_KEY")
    run = sync(connected, "toy", now=NOON)
    assert run.outcome == "passing"
    assert run.trouble is not None
    assert run.trouble.code == "no-secret-key"
    monkeypatch.setenv("SMARKETING_KEY", key)
    assert sync(connected, "toy", now=at(5)).outcome == "done"


def test_our_own_error_is_told_without_the_secret(
    connected: Workspace, three: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    three.leads[1]["updated"] = f"not a day but {TOKEN}"
    with caplog.at_level(logging.ERROR, "smarketing.sync"):
        run = sync(connected, "toy", now=NOON)
    assert run.outcome == "failed"
    assert run.trouble is not None
    assert run.trouble.text.en.startswith("An error on our side (ValueError)")
    assert "ValueError" in caplog.text
    assert TOKEN not in caplog.text
    assert "•••" in caplog.text


def test_a_secret_renewed_on_the_way_is_told_neither(
    connected: Workspace, three: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    account = Connections(connected).account("toy")
    renewed = "renewed-on-the-way"
    three.leads[1]["updated"] = f"not a day but {TOKEN} and {renewed}"
    with caplog.at_level(logging.ERROR, "smarketing.sync"):
        run = sync(connected, "toy", now=NOON, progress=lambda _: account.keep({"renewed": renewed}))
    assert run.outcome == "failed"
    assert "not a day but ••• and •••" in caplog.text


def test_two_runs_at_once_are_one(connected: Workspace, three: Shop) -> None:
    desk = Desk(connected, "toy")
    desk.folder.mkdir(parents=True)
    with holding(desk.lock_path, 0) as held:
        assert held
        assert desk.is_busy
        assert due(connected, NOON) == ()
        with pytest.raises(WrongState, match="sync-running"):
            sync(connected, "toy", now=NOON)
    assert sync(connected, "toy", now=NOON).outcome == "done"


def test_period_read_again_brings_what_the_log_had_lost(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    three.leads[2]["source"] = "vk"  # changed behind the CRM's back: no new moment of change
    assert sync(connected, "toy", now=at(15)).facts == {}
    assert sync(connected, "toy", now=at(30), wish=Wish(since=date(2026, 11, 3))).facts == {}
    assert sync(connected, "toy", now=at(45), wish=Wish(since=date(2026, 11, 2))).facts == {"leads": 1}
    assert [row[3] for row in facts_of(connected)["leads"]] == ["site", "vk", "site"]


def test_reading_again_that_broke_off_is_done_to_the_end(connected: Workspace, shop: Shop) -> None:
    for _ in range(60):
        shop.lead()
    sync(connected, "toy", now=NOON)
    for lead in shop.leads.values():
        lead["source"] = "vk"
    shop.answers = [200, 200, 0, 0]  # torn after the first page of leads
    assert sync(connected, "toy", now=at(1), wish=Wish(since=date(2026, 11, 1))).outcome == "passing"
    assert sync(connected, "toy", now=at(6)).facts == {"leads": 60}
    assert {row[3] for row in facts_of(connected)["leads"]} == {"vk"}


def test_loading_anew_reads_all_and_finds_what_is_gone(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    three.leads[1]["source"] = "vk"
    three.delete(3)
    run = sync(connected, "toy", now=at(1), wish=Wish(anew=True))
    assert run.streams["leads"].received == 2
    assert run.streams["leads"].gone == 1
    assert run.facts == {"leads": 2}


def test_changed_setting_makes_the_facts_again(connected: Workspace, three: Shop) -> None:
    sync(connected, "toy", now=NOON)
    connected.write_company(connected.company.model_copy(update={"zone": "Asia/Tomsk"}))
    run = sync(connected, "toy", now=at(1))
    assert run.outcome == "done"
    assert connected.lake.open().company.zone == "Asia/Tomsk"


def test_stopped_run_keeps_its_pages_and_goes_on_at_once(connected: Workspace, three: Shop) -> None:
    said = iter([False, True])
    run = sync(connected, "toy", now=NOON, stop=lambda: next(said, True))
    assert run.outcome == "stopped"
    assert [one.key for one in due(connected, NOON)] == ["toy"]
    assert sync(connected, "toy", now=at(1)).outcome == "done"
    assert len(facts_of(connected)["leads"]) == 3


def test_due_by_schedule_by_hint_and_not_when_paused(connected: Workspace, three: Shop) -> None:
    assert [one.key for one in due(connected, NOON)] == ["toy"]  # never run yet
    sync(connected, "toy", now=NOON)
    assert due(connected, at(14)) == ()
    assert [one.key for one in due(connected, at(15))] == ["toy"]
    Desk(connected, "toy").hint()
    assert [one.key for one in due(connected, at(1))] == ["toy"]
    sync(connected, "toy", now=at(1))
    assert due(connected, at(2)) == ()
    Connections(connected).pause("toy", paused=True)
    assert due(connected, at(days=9)) == ()


def test_workspace_brought_back_goes_on_and_its_backup_holds_no_secret(
    connected: Workspace, three: Shop, tmp_path: Path
) -> None:
    sync(connected, "toy", now=NOON)
    desk = Desk(connected, "toy")
    desk.hint()
    backup(connected, tmp_path / "saved.tar")
    assert TOKEN.encode() not in (tmp_path / "saved.tar").read_bytes()
    restore(tmp_path / "saved.tar", tmp_path / "again")
    again = Workspace(tmp_path / "again")
    assert due(again, at(1)) == ()
    run = sync(again, "toy", now=at(15))
    assert (run.outcome, run.facts) == ("done", {})
    assert run.streams["leads"].received == 0  # it went on from where the saved one had stopped
    assert facts_of(again) == facts_of(connected)


def test_progress_is_told_and_seen_from_outside(connected: Workspace, three: Shop) -> None:
    seen = []
    desk = Desk(connected, "toy")
    sync(connected, "toy", now=NOON, progress=lambda text: seen.append((text.ru, desk.doing is not None)))
    assert ("лиды", True) in seen
    assert ("Записываем факты", True) in seen
    assert desk.doing is None


def test_runs_are_remembered_newest_first(connected: Workspace, three: Shop) -> None:
    first, second = sync(connected, "toy", now=NOON), sync(connected, "toy", now=at(15))
    assert Desk(connected, "toy").runs() == (second, first)


def test_company_with_stages_of_its_own_keeps_them(connected: Workspace, three: Shop) -> None:
    begin = {**STAGES[0], "key": "begin", "aliases": ["fresh"]}
    own = Company.model_validate({"name": "Качели", "zone": "UTC", "stages": [begin, *STAGES[1:]]})
    connected.write_company(own)
    three.stages.append({"key": "begin", "name": {"ru": "Начало", "en": "Begin"}})
    run = sync(connected, "toy", now=NOON)
    assert run.findings == ()
    assert connected.company == own
