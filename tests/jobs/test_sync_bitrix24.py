"""From an empty company to journeys: a Bitrix24 portal connected by its webhook, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.kinds import Connection
from smarketing.connectors.outside.pace import Pace
from smarketing.facts.company import Company, Milestone
from smarketing.jobs.connections import Connections
from smarketing.jobs.sync import Wish, sync
from smarketing.jobs.workspace import Workspace
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import SEGMENT, World
from tests.support.connected import KEY


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePortal]:
    monkeypatch.setenv("SMARKETING_KEY", KEY)
    monkeypatch.setattr(Pace, "take", lambda _: None)  # the portal's limits are tested elsewhere
    made = FakePortal()
    World(made, seed=11).fill(60, 40)
    with stamina.set_testing(True, attempts=2):
        yield made


@pytest.fixture
def server(portal: FakePortal) -> Iterator[Server]:
    with Server(portal) as made:
        yield made


@pytest.fixture
def company(tmp_path: Path, server: Server) -> Workspace:
    workspace = Workspace.init(tmp_path / "company", Company())
    connection = Connection(key="crm", kind="bitrix24", title="Портал", options={"segment": SEGMENT})
    Connections(workspace).add(connection, {"webhook": server.webhook})
    return workspace


def count(workspace: Workspace, condition: str = "TRUE") -> int:
    with workspace.lake.open() as reader:
        return int(reader.query(f"SELECT COUNT(*) AS n FROM journeys WHERE {condition}").to_pylist()[0]["n"])


def test_portal_becomes_journeys_with_its_own_stages(company: Workspace, portal: FakePortal) -> None:
    run = sync(company, "crm", now=portal.now())
    assert run.outcome == "done", run
    tables = portal.tables
    leads, deals = tables["leads"].rows, tables["deals"].rows.values()
    first = {int(row["leadId"]) for row in deals if str(row["leadId"] or "0") != "0"}
    assert count(company) == len(leads) + len(deals) - len(first)  # a lead and its first deal are one
    won = sum(row["stageSemanticId"] == "S" for row in deals)
    assert count(company, "outcome = 'won'") == won > 0
    assert [stage.name.ru for stage in company.company.stages if stage.milestone is Milestone.ACCEPTED] == [
        "Качественный лид"
    ]
    paid = {number for number, row in tables["deals"].rows.items() if _paid(row)}
    with company.lake.open() as reader:
        listed = reader.query("SELECT payment_id FROM payments").to_pylist()
    assert {row["payment_id"] for row in listed} == {f"D{number}" for number in paid}
    assert {"won-without-sum", "settings-proposed"} <= {finding.code for finding in run.findings}


def test_next_run_is_small_and_a_deletion_is_found(company: Workspace, portal: FakePortal) -> None:
    sync(company, "crm", now=portal.now())
    before = count(company, "is_deleted")
    portal.tables["leads"].drop(next(one for one in portal.tables["leads"].ids if not _deals_of(portal, one)))
    later = portal.now() + timedelta(days=8)
    run = sync(company, "crm", now=later, wish=Wish(sweep=True))
    assert run.facts == {"leads": 1}
    assert (before, count(company, "is_deleted")) == (0, 1)


def _paid(row: dict[str, object]) -> bool:
    return row["stageSemanticId"] == "S" and float(str(row["opportunity"] or 0)) > 0


def _deals_of(portal: FakePortal, lead: int) -> list[int]:
    return [number for number, row in portal.tables["deals"].rows.items() if row["leadId"] == lead]
