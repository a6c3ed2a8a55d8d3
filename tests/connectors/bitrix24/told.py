"""What facts come of which cards? Few rows, put into the mirror as a walk would put them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from smarketing.connectors.bitrix24.facts import facts
from smarketing.connectors.bitrix24.listings import KINDS, SEEN
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.pipelines import settings
from smarketing.connectors.bitrix24.walks import checked, seen_state
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Page, Record, Refused
from smarketing.facts.company import Company, parse_company
from tests.connectors.outside.suite import Fact, Ledger, everything
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_world import SEGMENT, WHY_LOST, directories

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OPTIONS = Options(fields={"segment": SEGMENT}, deal_loss_field=WHY_LOST)
HOME = "https://portal.example"
_ENTRY = {"leads": "STATUS", "deals": "STAGE"}


def at(day: int, hour: int = 12, minute: int = 0) -> str:
    """A moment of October as the portal writes it; facts have it three hours earlier, in UTC."""
    return f"2026-10-{day:02d}T{hour:02d}:{minute:02d}:00+03:00"


def utc(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour - 3, minute)  # noqa: DTZ001 - facts hold UTC without a mark


class Told:
    """A mirror and what it tells. Cards are given by what matters; the rest is as a portal fills it."""

    kind = "bitrix24"

    def __init__(self, mirror: Mirror, options: Options = OPTIONS) -> None:
        self.mirror, self.options, self.when = mirror, options, NOW
        self.names = FakePortal()
        directories(self.names)
        self.directories()
        self.company = _company()

    def directories(self) -> None:
        rows = {
            "statuses": {f"{row['ENTITY_ID']}/{row['STATUS_ID']}": row for row in self.names.statuses},
            "categories": {str(row["id"]): row for row in self.names.categories},
            "users": {row["ID"]: row for row in self.names.users},
            "departments": {row["ID"]: row for row in self.names.departments},
            "user_fields": {},
        }
        for entity, fields in self.names.fields.items():
            for field in fields:
                key = f"{entity}/{field['FIELD_NAME']}"
                rows["user_fields"][key] = {name: value for name, value in field.items() if name != "LIST"}
                for word in field["LIST"]:
                    rows["user_fields"][f"{key}/{word['ID']}"] = {"VALUE": word["VALUE"]}
        for stream, listed in rows.items():
            records = [Record(key, row, slice="all") for key, row in listed.items()]
            self.mirror.keep(Page(stream, records, {}, replaces=["all"]), self.when)

    def take(self, stream: str, *rows: Mapping[str, Any]) -> list[Refused]:
        made = [checked(KINDS[stream], dict(row)) for row in rows]
        records = [one for one in made if isinstance(one, Record)]
        aside = [one for one in made if isinstance(one, Refused)]
        beside = {SEEN[stream]: [seen_state(one) for one in records]} if stream in SEEN else {}
        self.mirror.keep(Page(stream, records, {}, aside, beside=beside), self.when)
        return aside

    def lead(self, number: int, stage: str = "NEW", semantic: str = "P", **more: Any) -> None:
        self.take("leads", {**a_card(number, stage, semantic), "fm": [], **more})

    def deal(self, number: int, stage: str = "NEW", semantic: str = "P", **more: Any) -> None:
        self.take("deals", {**a_card(number, stage, semantic), "categoryId": 0, "leadId": None, **more})

    def moves(self, table: str, owner: int, *steps: tuple[str, str, int]) -> None:
        """Steps of a history: stage, moment, TYPE_ID."""
        for place, (stage, moment, kind) in enumerate(steps):
            row = {"ID": owner * 100 + place, "TYPE_ID": kind, "OWNER_ID": owner, "CREATED_TIME": moment}
            self.take("lead_moves" if table == "leads" else "deal_moves", {**row, f"{_ENTRY[table]}_ID": stage})

    def facts(self, mirror: Mirror, company: Company, **window: Any) -> Any:
        return facts(mirror, company, self.options, HOME, **window)

    def rows(self, table: str) -> list[Fact]:
        rows = everything(self, self.mirror, self.company, NOW).get(table, [])
        return sorted(rows, key=lambda row: str(next(iter(row.values()))))

    def one(self, table: str, key: str) -> Fact:
        ledger = Ledger()
        ledger.take({table: self.rows(table)})
        return ledger.one(table, key)

    def way(self, lead: str) -> list[tuple[str, datetime | None]]:
        found = [(row["stage"], row["entered_at"]) for row in self.rows("stage_moves") if row["lead_id"] == lead]
        return sorted(found, key=lambda one: one[1] or utc(31))


@cache
def _company() -> Company:
    """A company as the portal proposes it once it has leads."""
    with TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder) / "mirror.sqlite3")
        told = Told.__new__(Told)
        told.mirror, told.when, told.names = mirror, NOW, FakePortal()
        directories(told.names)
        told.directories()
        told.lead(1)
        company = parse_company(dict(settings(mirror, OPTIONS)))
        mirror.close()
    return company


def a_card(number: int, stage: str, semantic: str) -> dict[str, Any]:
    return {
        "id": number, "title": f"Card {number}", "stageId": stage, "stageSemanticId": semantic,
        "createdTime": at(1), "updatedTime": at(9), "movedTime": None, "movedBy": 6, "assignedById": 6,
        "opportunity": 0, "currencyId": "RUB", "companyId": 0, "contactId": 0, "sourceId": "WEB",
    }  # fmt: skip


def deed(number: int, kind: int, owner: int, **more: Any) -> dict[str, Any]:
    return {
        "ID": str(number), "OWNER_TYPE_ID": str(kind), "OWNER_ID": str(owner), "TYPE_ID": "4", "PROVIDER_ID": "",
        "DIRECTION": "2", "CREATED": at(5), "LAST_UPDATED": at(5), "START_TIME": at(5), "END_TIME": "",
        "COMPLETED": "Y", "RESPONSIBLE_ID": "6", **more,
    }  # fmt: skip


def reach_of(kind: str, value: str) -> dict[str, Any]:
    return {"id": 1, "typeId": kind, "valueType": "WORK", "value": value}


def a_call(number: int, **more: Any) -> dict[str, Any]:
    return {
        "ID": str(number), "PORTAL_USER_ID": "6", "PORTAL_NUMBER": "+74950000000", "CALL_TYPE": "1",
        "CALL_DURATION": "0", "CALL_START_DATE": at(5), "CALL_FAILED_CODE": "200", "CRM_ENTITY_TYPE": "LEAD",
        "CRM_ENTITY_ID": "12", "CRM_ACTIVITY_ID": "", **more,
    }  # fmt: skip
