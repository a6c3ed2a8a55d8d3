"""A workspace with the toy CRM connected to it, for tests of runs, commands and pages alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.company import Company
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.workspace import Workspace
from tests.support.toy import TOKEN, TOY, Portal, Shop

KEY = "Zx1tqJ0mCqv0Hc1dM3m1rVv9k7tq2m0Jc0m1rVv9k7s="  # of the tests alone


@pytest.fixture
def toy_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy system is a kind like the others; its key is in the environment and retries do not wait."""
    monkeypatch.setitem(KINDS, "toy", TOY)
    monkeypatch.setenv("SMARKETING_KEY", KEY)
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal(Shop())
    yield made
    made.close()


@pytest.fixture
def shop(portal: Portal) -> Shop:
    return portal.shop


def connect(workspace: Workspace, portal: Portal, *, page: int = 50, minutes: int = 15) -> Connection:
    connection = Connection(
        key="toy", kind="toy", title="Касса", base_url=portal.url, minutes=minutes, options={"page": page}
    )
    return Connections(workspace).add(connection, {"token": TOKEN})


@pytest.fixture
def connected(tmp_path: Path, toy_kind: None, portal: Portal) -> Workspace:
    """An empty company with the toy CRM connected."""
    workspace = Workspace.init(tmp_path / "company", Company(zone="UTC"))
    connect(workspace, portal)
    return workspace


def facts_of(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Every valid fact of leads and moves, in order."""
    with workspace.lake.open() as reader:
        leads = reader.query("SELECT lead_id, created_at, updated_at, lead_source, deleted_at FROM leads")
        moves = reader.query("SELECT lead_id, stage, entered_at FROM stage_moves")
        journeys = reader.query("SELECT lead_id, stage, outcome FROM journeys")
    tables = {"leads": leads, "moves": moves, "journeys": journeys}
    return {name: sorted(tuple(row.values()) for row in table.to_pylist()) for name, table in tables.items()}
