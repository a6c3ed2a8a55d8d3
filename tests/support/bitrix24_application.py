"""A portal on loopback that can be connected as an application: its pages, its authorisation server, its REST."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import stamina

from smarketing.connectors.bitrix24.kind import made
from smarketing.connectors.outside.kinds import Connection
from smarketing.connectors.outside.pace import Pace
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.workspace import Workspace
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import World
from tests.support.connected import KEY

APPLICATION = {"client_id": "app", "client_secret": "app-secret"}


@pytest.fixture
def bitrix(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePortal]:
    """The portal's state. Its limits and our care for them are tested elsewhere."""
    monkeypatch.setenv("SMARKETING_KEY", KEY)
    monkeypatch.setattr(Pace, "take", lambda _: None)
    portal = FakePortal()
    World(portal, seed=11).fill(12, 8)
    with stamina.set_testing(True, attempts=2):
        yield portal


@pytest.fixture
def server(bitrix: FakePortal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server(bitrix) as started:
        monkeypatch.setitem(KINDS, "bitrix24", made(f"{started.home}/oauth/token/"))
        yield started


def connect(workspace: Workspace, server: Server) -> Connection:
    """The application is entered; nobody has let it in."""
    connection = Connection(key="crm", kind="bitrix24", title="Портал", options={"portal": server.home})
    return Connections(workspace).add(connection, APPLICATION)


def agree(address: str) -> str:
    """A person opens the address and agrees: where the portal sends the browser."""
    return httpx.get(address).headers["Location"]


def fields_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
