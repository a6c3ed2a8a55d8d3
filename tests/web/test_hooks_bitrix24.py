"""Outgoing webhooks of a portal through the real address: at most each brings a poll, which brings the truth."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from smarketing.connectors.outside.kinds import Connection
from smarketing.jobs.connections import Connections
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import sync
from smarketing.jobs.workspace import Workspace
from smarketing.web.connections.working import background
from tests.support.bitrix24_application import bitrix, server
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.web.test_systems import words

__all__ = ["bitrix", "server"]
TOKEN = "appl1cation-t0ken"
RIGHT = {"auth[application_token]": TOKEN, "auth[member_id]": "m1", "auth[domain]": "portal.example"}


@pytest.fixture
def loaded(workspace: Workspace, bitrix: FakePortal, server: Server) -> Workspace:
    """A portal that was read a moment ago: by its schedule the next run is in a quarter of an hour."""
    connection = Connection(key="crm", kind="bitrix24", title="Портал")
    Connections(workspace).add(connection, {"webhook": server.webhook, "event_token": TOKEN})
    assert sync(workspace, "crm").outcome == "done"
    return workspace


def tell(event: str = "ONCRMLEADUPDATE", number: object = 1, **form: str) -> None:
    said = {"event": event, "data[FIELDS][ID]": str(number), "ts": "1736405807", **RIGHT, **form}
    answer = Client(enforce_csrf_checks=True).post("/hooks/crm", said)
    assert (answer.status_code, answer.content) == (200, b"ok")


def runs(workspace: Workspace) -> int:
    """After the minute has passed in which the worker looks what is due."""
    background().tick()
    return len(Desk(workspace, "crm").runs())


def title_of(workspace: Workspace, lead: str) -> str:
    with workspace.lake.open() as reader:
        rows = reader.query(f"SELECT custom FROM leads WHERE lead_id = '{lead}'").to_pylist()
    return str(rows[0]["custom"])


def test_message_brings_the_change_before_the_schedule(loaded: Workspace, bitrix: FakePortal) -> None:
    number = bitrix.tables["leads"].ids[0]
    bitrix.change("leads", number, title="Позвоните до обеда")
    assert runs(loaded) == 1  # nobody has told us: the schedule rests
    tell(number=number)
    assert runs(loaded) == 2
    assert "Позвоните до обеда" in title_of(loaded, f"L{number}")


def test_same_message_many_times_is_one_poll(loaded: Workspace) -> None:
    for _ in range(20):
        tell()
    assert (runs(loaded), runs(loaded)) == (2, 2)


def test_message_that_comes_while_a_poll_runs_brings_another_one(loaded: Workspace, bitrix: FakePortal) -> None:
    def told_once_more(portal: FakePortal) -> None:
        portal.touch_between = None
        tell()

    tell()
    bitrix.touch_between = told_once_more
    assert (runs(loaded), runs(loaded), runs(loaded)) == (2, 3, 3)


def test_order_of_messages_means_nothing(loaded: Workspace, bitrix: FakePortal) -> None:
    """Deleted before it was changed, changed before it was made: what the portal has is what counts."""
    number = bitrix.tables["leads"].ids[0]
    for event in ("ONCRMLEADDELETE", "ONCRMLEADUPDATE", "ONCRMLEADADD"):
        tell(event, number)
    assert runs(loaded) == 2
    with loaded.lake.open() as reader:
        gone = reader.query("SELECT lead_id FROM leads WHERE deleted_at IS NOT NULL").to_pylist()
    assert gone == []


def test_lost_message_costs_only_time(loaded: Workspace, bitrix: FakePortal) -> None:
    number = bitrix.tables["leads"].ids[0]
    bitrix.change("leads", number, title="Об этом никто не сказал")
    assert sync(loaded, "crm").outcome == "done"  # the schedule's own time has come
    assert "Об этом никто не сказал" in title_of(loaded, f"L{number}")


@pytest.mark.parametrize(
    "forged",
    [
        {"auth[application_token]": "guess"},
        {"auth[application_token]": ""},
        {"auth[application_token]": f"{TOKEN} "},
    ],
)
def test_forged_token_brings_no_poll_and_learns_nothing(loaded: Workspace, forged: dict[str, str]) -> None:
    tell(**forged)
    assert runs(loaded) == 1


def test_message_of_another_portal_brings_no_poll(loaded: Workspace) -> None:
    """With an application the portal's own number is known, and a stolen token of another portal is not enough."""
    Connections(loaded).account("crm").keep({"member_id": "m1"})
    tell(**{"auth[member_id]": "m2"})
    assert runs(loaded) == 1
    tell()
    assert runs(loaded) == 2


def test_what_a_message_says_of_a_card_goes_nowhere(loaded: Workspace, bitrix: FakePortal) -> None:
    before = title_of(loaded, "L1") if 1 in bitrix.tables["leads"].rows else ""
    tell(number=1, **{"data[FIELDS][TITLE]": "'; DROP TABLE leads; --", "data[FIELDS][OPPORTUNITY]": "1000000"})
    assert runs(loaded) == 2
    with loaded.lake.open() as reader:
        assert reader.query("SELECT lead_id FROM leads WHERE amount = 1000000").to_pylist() == []
    if before:
        assert title_of(loaded, "L1") == before


def test_page_says_how_the_portal_is_set_up(loaded: Workspace, signed_in: Any) -> None:
    page = words(signed_in("charlie").get("/connections/crm"))
    assert "«Разработчикам» → «Другое» → «Исходящий вебхук»" in page
    assert "http://testserver/hooks/crm?token=" in page
    assert "Outbound webhook" in words(signed_in("charlie", "en").get("/connections/crm"))
