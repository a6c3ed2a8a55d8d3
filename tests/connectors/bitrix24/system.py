"""The fake portal as the common suite sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from smarketing.connectors.bitrix24.access import Webhook
from smarketing.connectors.bitrix24.client import Portal
from smarketing.connectors.bitrix24.connector import Bitrix24
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.facts.company import Company, parse_company
from tests.connectors.outside.suite import System, Told, sync
from tests.support.bitrix24_portal import CODE, MSK, FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import SEGMENT, WHY_LOST, World

OPTIONS = Options(fields={"segment": SEGMENT}, deal_loss_field=WHY_LOST)
_FAULTS = {
    "rate_limit": "query_limit", "broken": "internal", "unavailable": "html", "torn": "tear",
    "torn_in_body": "tear_body", "garbage": "garbage",
}  # fmt: skip


def connected(server: Server, options: Options = OPTIONS, attempts: int = 6) -> Bitrix24:
    """A connector that never waits."""
    pace = Pace(1e6, 1e6)
    portal = Portal(Webhook(server.webhook), pace=pace, sleep=lambda _: None, attempts=attempts)
    return Bitrix24(portal, options, home=server.home)


def company_of(connector: Bitrix24, mirror: Mirror) -> Company:
    """A company that has said nothing itself."""
    return parse_company(dict(connector.settings(mirror, Company())))


class Bitrix24System(System):
    """A portal with a hundred and twenty leads and ninety deals: every stream has several pages."""

    tells = frozenset({"leads", "stage_moves", "payments", "activities", "clients", "people", "tasks"})

    def __init__(self, leads: int = 120, deals: int = 90) -> None:
        super().__init__()
        self.portal = FakePortal(now=lambda: self.now().astimezone(MSK))
        World(self.portal, seed=7).fill(leads, deals)
        self.portal.fault = lambda number: _FAULTS.get(self.counted(number) or "")
        self.server = Server(self.portal).__enter__()
        self.company = _settled(leads, deals)

    @property
    def secret(self) -> str:
        return CODE

    @property
    def holds(self) -> Mapping[str, int]:
        streams = ("leads", "deals", "contacts", "companies", "activities", "calls", "tasks")
        return {name: len(self.portal.tables[name].rows) for name in streams}

    def connect(self) -> Bitrix24:
        return connected(self.server)

    def close(self) -> None:
        self.server.__exit__()

    def revoke(self) -> None:
        self.portal.revoked = True

    def restore(self) -> None:
        self.portal.revoked = False

    def do_change(self) -> Told:
        """A lead of ten months ago is named a dealer's."""
        number = self.portal.tables["leads"].ids[0]
        self.portal.change("leads", number, ufCrm_1700000001=45)
        for deal in self._deals_of(number):
            self.portal.change("deals", deal, ufCrm_1700000001=None)
        return Told("leads", {"lead_id": f"L{number}"}, {"segment": "Дилеры"})

    def do_add(self) -> Told:
        number = self.portal.tables["leads"].ids[-1] + 3
        row = {
            "id": number, "title": "Новый", "stageId": "NEW", "stageSemanticId": "P", "assignedById": 6,
            "createdTime": self.now().isoformat(), "movedTime": self.now().isoformat(), "movedBy": 6, "fm": [],
            "opportunity": 0, "companyId": "0", "sourceId": "WEB",
        }  # fmt: skip
        self.portal.tables["leads"].put(number, row)
        self.portal.change("leads", number)
        self.portal.tell_move("leads", number, 1, self.now(), "NEW", "P")
        return Told("leads", {"lead_id": f"L{number}"})

    def do_delete(self) -> Told:
        number = next(one for one in self.portal.tables["leads"].ids if not self._deals_of(one))
        self.portal.tables["leads"].drop(number)
        return Told("leads", {"lead_id": f"L{number}"})

    def do_merge(self) -> tuple[Told, Told]:
        """The losing card disappears and its activities move to the other one."""
        stays, goes = [one for one in self.portal.tables["leads"].ids if not self._deals_of(one)][:2]
        for deed in self.portal.tables["activities"].rows.values():
            if (deed["OWNER_TYPE_ID"], deed["OWNER_ID"]) == (1, goes):
                deed |= {"OWNER_ID": stays, "LAST_UPDATED": self.now().isoformat()}
        self.portal.tables["leads"].drop(goes)
        return Told("leads", {"lead_id": f"L{stays}"}), Told("leads", {"lead_id": f"L{goes}"})

    def a_moment(self) -> Told:
        """Half past midnight in Moscow is the evening before in Greenwich."""
        number = self.portal.tables["leads"].ids[2]
        self.portal.change("leads", number, createdTime="2026-02-14T00:30:00+03:00")
        moment = datetime(2026, 2, 13, 21, 30, tzinfo=UTC)
        return Told("leads", {"lead_id": f"L{number}"}, {"created_at": moment})

    def _deals_of(self, lead: int) -> list[int]:
        return [number for number, row in self.portal.tables["deals"].rows.items() if row["leadId"] == lead]


@cache
def _settled(leads: int, deals: int) -> Company:
    """The company as the portal of this size proposes it: found out once, for all of its tests."""
    portal = FakePortal()
    World(portal, seed=7).fill(leads, deals, activities=False)
    with Server(portal) as server, TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder) / "mirror.sqlite3")
        connector = connected(server)
        sync(connector, mirror, portal.now())
        company = company_of(connector, mirror)
        mirror.close()
    return company
