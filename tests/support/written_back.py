"""A company with a Bitrix24 portal into which something is to be written, for runs, commands and pages alike.

The portal is loaded at noon; the stage «В работе» requires a segment; deal 70 of manager 7 stands before it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import stamina

from smarketing.connectors.outside.actions import ActionKind, Done
from smarketing.connectors.outside.kinds import Connection
from smarketing.connectors.outside.pace import Pace
from smarketing.facts.company import Company
from smarketing.jobs import applying
from smarketing.jobs.connections import Connections
from smarketing.jobs.sync import sync
from smarketing.jobs.workspace import Workspace
from smarketing.jobs.writing_back import Acted, act, switch, written
from smarketing.jobs.writing_log import Switched
from tests.support.bitrix24_answers import Row
from tests.support.bitrix24_portal import MSK, FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import SEGMENT, World
from tests.support.connected import KEY

NOON = datetime(2026, 11, 20, 12, tzinfo=MSK)


@dataclass
class Clock:
    now: datetime


@pytest.fixture
def noon() -> datetime:
    """When the portal is loaded first; a test that runs by the real clock says another moment."""
    return NOON


@pytest.fixture
def clock(noon: datetime) -> Clock:
    return Clock(noon)


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[FakePortal]:
    monkeypatch.setenv("SMARKETING_KEY", KEY)
    monkeypatch.setattr(Pace, "take", lambda _: None)  # the portal's limits are tested elsewhere
    with stamina.set_testing(True, attempts=1):
        yield _portal(clock)


@pytest.fixture
def server(portal: FakePortal) -> Iterator[Server]:
    with Server(portal) as made:
        yield made


@pytest.fixture(scope="session")
def loaded_at_noon() -> Iterator[dict[datetime, Path]]:
    """Workspaces as they are after the first load, by its moment: made once, copied for every test."""
    with TemporaryDirectory() as folder:
        made: dict[datetime, Path] = _Made(Path(folder))
        yield made


@pytest.fixture
def crm(tmp_path: Path, server: Server, clock: Clock, loaded_at_noon: dict[datetime, Path]) -> Crm:
    """The portal, loaded at noon; the stage «В работе» requires a segment."""
    workspace = Workspace(tmp_path / "company")
    shutil.copytree(loaded_at_noon[clock.now], workspace.root)
    connections = Connections(workspace)
    connections.change(connections.get("crm"), {"webhook": server.webhook})
    return Crm(workspace, server.portal, server, clock)


class _Made(dict[datetime, Path]):
    """A loaded workspace for a moment, made when it is asked for first."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, noon: datetime) -> Path:
        clock, root = Clock(noon), self._folder / str(len(self))
        with Server(_portal(clock)) as server:
            workspace = Workspace.init(root, Company())
            connection = Connection(key="crm", kind="bitrix24", title="Портал", options={"segment": SEGMENT})
            Connections(workspace).add(connection, {"webhook": server.webhook})
            made = Crm(workspace, server.portal, server, clock)
            made.load()
            made.require("deal:EXECUTING", "segment")
        self[noon] = root
        return root


def _portal(clock: Clock) -> FakePortal:
    made = FakePortal(now=lambda: clock.now)
    World(made, seed=11).fill(6, 3)
    _deal(made, 70, "PREPARATION", clock.now - timedelta(days=1))
    return made


class Crm:
    """A company with its portal, and what people do there."""

    def __init__(self, workspace: Workspace, portal: FakePortal, server: Server, clock: Clock) -> None:
        self.workspace, self.portal, self.server, self.clock = workspace, portal, server, clock

    def load(self) -> None:
        assert sync(self.workspace, "crm", now=self.clock.now).outcome == "done"

    def load_only(self) -> None:
        """A load that nothing is written after, whatever is switched on."""
        connections = Connections(self.workspace)
        on = connections.get("crm").writing
        connections.change(connections.get("crm").model_copy(update={"writing": {}}))
        self.load()
        connections.change(connections.get("crm").model_copy(update={"writing": on}))

    def later(self, **span: float) -> None:
        self.clock.now += timedelta(**span)

    def require(self, code: str, *fields: str) -> None:
        require(self.workspace, code, *fields)

    def on(self, *kinds: ActionKind) -> Switched:
        return switch(self.workspace, "crm", kinds, "Чарли", self.clock.now)

    def happens(self) -> None:
        """An hour later: deal 70 is taken into work without a segment."""
        self.later(hours=1)
        self.portal.move("deals", 70, "EXECUTING", "P", by=7)
        self.later(minutes=5)

    def act(self, *, dry: bool = False) -> Acted:
        return act(self.workspace, "crm", dry=dry, now=self.clock.now)

    @property
    def log(self) -> list[tuple[str, str]]:
        """What was written, the oldest first: kind and outcome."""
        found = written(self.workspace, "crm").entries(99)[::-1]
        return [(one.action.kind.value, one.outcome.value) for one in found if isinstance(one, Done)]

    @property
    def sent(self) -> list[str]:
        return [method for method, _ in self.portal.written]


def require(workspace: Workspace, code: str, *fields: str) -> None:
    """The stage of a code of the system requires these fields."""
    company = workspace.company
    coded = [stage for stage in company.stages if any(alias.endswith(code) for alias in stage.aliases)]
    assert coded
    stages = [
        stage.model_copy(update={"required_fields": fields}) if stage in coded else stage
        for stage in company.stages
    ]
    applying.apply(workspace, company.model_copy(update={"stages": tuple(stages)}))


def _deal(portal: FakePortal, number: int, stage: str, at: datetime, **more: Any) -> None:
    row: Row = {
        "id": number, "title": f"Сделка {number}", "stageId": stage, "stageSemanticId": "P", "categoryId": 0,
        "createdTime": at.isoformat(), "updatedTime": at.isoformat(), "movedTime": at.isoformat(), "movedBy": 6,
        "assignedById": 7, "sourceId": "WEB", "opportunity": 0, "currencyId": "RUB", "leadId": 0,
        "ufCrm_1700000001": None, **more,
    }  # fmt: skip
    portal.tables["deals"].put(number, row)
    portal.tell_move("deals", number, 1, at, stage, "P")


def new_lead(portal: FakePortal, number: int, at: datetime) -> None:
    row: Row = {
        "id": number, "title": f"Лид {number}", "stageId": "NEW", "stageSemanticId": "P", "fm": [],
        "createdTime": at.isoformat(), "updatedTime": at.isoformat(), "movedTime": at.isoformat(), "movedBy": 6,
        "assignedById": 6, "sourceId": "WEB", "opportunity": 0, "companyId": "0",
    }  # fmt: skip
    portal.tables["leads"].put(number, row)
    portal.tell_move("leads", number, 1, at, "NEW", "P")
