"""The portal as a whole: rights, modes, reading again, watermarks by its own clock, and the contract kit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from smarketing.connectors.bitrix24.connector import Bitrix24, by_webhook
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.streams import Since
from smarketing.connectors.outside.trouble import LastingTrouble
from tests.connectors.bitrix24.conftest import Clock
from tests.connectors.bitrix24.system import company_of, connected
from tests.connectors.outside.suite import sync
from tests.support.bitrix24_portal import CODE, FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import World

OURS = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def small(portal: FakePortal) -> FakePortal:
    World(portal, seed=3).fill(12, 8)
    return portal


def walked(connector: Bitrix24, mirror: Mirror, stream: str, since: Since | None = None) -> list[str]:
    """Keys of the records that came."""
    found = []
    for page in connector.walk(stream, mirror.cursor(stream), now=OURS, since=since):
        mirror.keep(page, OURS)
        found += [record.key for record in page.records]
    return found


def test_next_pass_begins_ten_minutes_before_the_portals_clock_of_the_last_one(
    small: FakePortal, server: Server, mirror: Mirror, clock: Clock
) -> None:
    connector = connected(server)
    walked(connector, mirror, "deals")
    assert mirror.cursor("deals") == {"since": clock.now().isoformat(), "last": 0}  # its clock, not ours
    first, second, *_ = small.tables["deals"].ids
    clock.sleep(-9 * 60)
    small.change("deals", first, title="changed within the overlap")
    clock.sleep(-2 * 60)
    small.change("deals", second, title="changed before it")
    clock.sleep(60 * 60)
    assert walked(connector, mirror, "deals") == [str(first)]


def test_period_is_read_again_when_a_person_asks(
    small: FakePortal, server: Server, mirror: Mirror, clock: Clock
) -> None:
    connector = connected(server)
    clock.sleep(60 * 60)
    everything = walked(connector, mirror, "leads")
    assert walked(connector, mirror, "leads") == []
    day = date(2026, 6, 1)
    late = [
        key for key in everything
        if datetime.fromisoformat(small.tables["leads"].rows[int(key)]["updatedTime"]).date() >= day
    ]  # fmt: skip
    assert 0 < len(late) < len(everything)
    assert walked(connector, mirror, "leads", Since(day)) == late
    assert walked(connector, mirror, "leads", Since(None)) == everything


def test_history_that_does_not_go_by_ids_is_read_by_offsets(
    portal: FakePortal, server: Server, mirror: Mirror
) -> None:
    World(portal, seed=3).fill(60, 40)
    portal.ids_ignored_by = ("crm.stagehistory.list",)
    connector = connected(server)
    walked(connector, mirror, "deal_moves")
    assert mirror.counts()["deal_moves"] == len(portal.tables["deal_moves"].ids) > 50
    number = portal.tables["deals"].ids[0]
    portal.move("deals", number, "WON", "S")
    walked(connector, mirror, "deal_moves")
    assert mirror.counts()["deal_moves"] == len(portal.tables["deal_moves"].ids)


def test_history_is_read_again_a_little_for_lines_that_were_written_late(
    small: FakePortal, server: Server, mirror: Mirror
) -> None:
    late = small.tables["deal_moves"].rows[3]
    small.tables["deal_moves"].drop(3)
    connector = connected(server)
    walked(connector, mirror, "deal_moves")
    small.tables["deal_moves"].put(3, late)
    walked(connector, mirror, "deal_moves")
    assert mirror.has("deal_moves", ["3"]) == {"3"}


@pytest.mark.parametrize(("scope", "streams"), [("telephony", ["calls"]), ("task", ["tasks"])])
def test_right_that_is_missing_costs_its_own_stream_and_is_told(
    small: FakePortal, server: Server, mirror: Mirror, scope: str, streams: list[str]
) -> None:
    small.scopes = tuple(one for one in small.scopes if one != scope)
    connector = connected(server)
    sync(connector, mirror, OURS)
    assert {name for name in ("leads", "calls", "tasks") if not mirror.counts().get(name)} == set(streams)
    [problem] = connector.health().problems
    assert problem.ru.startswith("Не дано право")


def test_right_to_the_crm_itself_cannot_be_missing(small: FakePortal, server: Server, mirror: Mirror) -> None:
    small.scopes = ("user_basic",)
    with pytest.raises(LastingTrouble) as caught:
        sync(connected(server), mirror, OURS)
    assert caught.value.code == "insufficient-scope"


def test_health_says_that_the_webhook_is_not_an_administrators(small: FakePortal, server: Server) -> None:
    small.admin = False
    [problem] = connected(server).health().problems
    assert "администратор" in problem.ru


def test_health_of_a_portal_without_leads_says_so(small: FakePortal, server: Server) -> None:
    small.simple = True
    health = connected(server).health()
    assert [note.en for note in health.notes] == [
        "The portal works without leads: the first stage of a deal counts as the first step."
    ]


def test_pipeline_whose_settings_are_hidden_is_told(small: FakePortal, server: Server, mirror: Mirror) -> None:
    assert any(row["categoryId"] == 7 for row in small.tables["deals"].rows.values())
    small.categories = [row for row in small.categories if row["id"] != 7]
    [problem] = connected(server).health().problems
    assert "7" in problem.en


def test_cards_of_a_hidden_pipeline_do_not_break_the_load(
    small: FakePortal, server: Server, mirror: Mirror
) -> None:
    small.hidden_categories = (7,)
    sync(connected(server), mirror, OURS)
    assert {record.body["categoryId"] for record in mirror.all("deals")} == {0}


def test_health_of_a_revoked_webhook_says_what_to_do(small: FakePortal, server: Server) -> None:
    small.revoked = True
    with pytest.raises(LastingTrouble) as caught:
        connected(server).health()
    assert caught.value.code == "invalid-credentials"
    assert CODE not in str(caught.value)


def test_contract_kit_answers_every_point_without_personal_data(portal: FakePortal, server: Server) -> None:
    World(portal, seed=3).fill(80, 60)
    found = {one.key: one for one in connected(server).assumptions()}
    assert len(found) == 19
    assert all(one.says.ru and one.says.en for one in found.values())
    assert found["history-by-ids"].holds is True
    assert found["operators-in-batch"].holds is True
    assert found["after-short-page"].seen == "begins anew"
    assert found["own-fields-by-star"].holds is False
    assert found["products-of-many"].holds is True
    assert found["size"].seen == "leads 80, deals 60"
    said = " ".join(one.seen for one in found.values())
    assert not any(word in said for word in ("+7", "Клиент", "Иван", CODE))


def test_contract_kit_writes_nothing(small: FakePortal, server: Server) -> None:
    list(connected(server).assumptions())
    assert small.written == []
    assert not [method for method in small.asked if method.endswith((".add", ".update", ".delete"))]


def test_load_at_the_portals_real_limits_is_never_refused(
    portal: FakePortal, server: Server, mirror: Mirror, clock: Clock
) -> None:
    """Bounded: 700 cards with history. 50 requests at once, two a second; the clock moves only when we wait."""
    from smarketing.connectors.bitrix24.access import Webhook
    from smarketing.connectors.bitrix24.client import Portal

    World(portal, seed=5).fill(400, 300)
    portal.limits, portal.work_per_call = True, 1.5
    pace = Pace(1.8, 40, clock=clock.seconds, sleep=clock.sleep)
    client = Portal(Webhook(server.webhook), pace=pace, wall=clock.seconds, sleep=clock.sleep)
    connector = Bitrix24(client, home=server.home)
    for _ in range(4):
        sync(connector, mirror, clock.now())
        clock.sleep(60)
    assert portal.refused == 0
    assert (mirror.counts()["leads"], mirror.counts()["deals"]) == (400, 300)
    assert clock.slept < timedelta(hours=1).total_seconds()


def test_streams_that_a_person_switched_off_are_not_read(
    small: FakePortal, server: Server, mirror: Mirror
) -> None:
    connector = connected(server, Options(with_calls=False, with_tasks=False))
    sync(connector, mirror, OURS)
    assert not [method for method in small.asked if method.startswith(("voximplant", "tasks"))]


@pytest.mark.parametrize(
    "wrong", [{"nonsense": 1}, {"fields": {"lead_id": "UF_CRM_1"}}, {"departments": {"sales": ["x"]}}]
)
def test_wrong_options_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate(wrong)


def test_form_and_file_name_fields_alike() -> None:
    assert Options(segment="UF_CRM_1", fields={"city": "UF_CRM_2"}).mapped == {
        "segment": "UF_CRM_1",
        "city": "UF_CRM_2",
    }


def test_portal_is_opened_by_the_address_of_its_webhook(portal: FakePortal, server: Server) -> None:
    connector = by_webhook(f"{server.webhook}profile.json")
    assert connector.health().title == "127.0.0.1"
    connector.close()


def test_load_of_thousands_asks_fifty_pages_at_once_and_hands_facts_over_in_bounded_batches(
    portal: FakePortal, server: Server, mirror: Mirror
) -> None:
    """The same at a hundred thousand leads is told in docs/developing/bench.md."""
    World(portal, seed=9).fill(1500, 1000, activities=False)
    connector = connected(server)
    kept = sync(connector, mirror, OURS)
    assert (mirror.counts()["leads"], mirror.counts()["deals"], kept.refused) == (1500, 1000, 0)
    history = len(portal.tables["lead_moves"].ids) + len(portal.tables["deal_moves"].ids)
    assert server.requests < 30 + (1500 + 1000 + history) / 2500 + 1000 / 50  # lines of fifty deals in a request
    company = company_of(connector, mirror)
    batches = list(connector.facts(mirror, company, after=0, upto=mirror.position, now=OURS))
    leads = [tables["leads"].num_rows for tables in batches if "leads" in tables]
    first = {str(row["leadId"]) for row in portal.tables["deals"].rows.values()} - {"None", "0", ""}
    assert sum(leads) == 1500 + 1000 - len(first)
    assert max(leads) < 1500
