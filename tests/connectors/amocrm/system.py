"""The fake account as the common suite sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from smarketing.connectors.amocrm.connector import AmoCrm
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.facts.company import Company, parse_company
from tests.connectors.outside.suite import System, Told, sync
from tests.support.amocrm_account import TOKEN, Account, Server
from tests.support.faults import WORDS, start, stop

HOUR = 3600
CITY = {"field_id": 902, "field_name": "Город", "field_code": None, "field_type": "text"}


class AmoCrmSystem(System):
    """An account of a year's work: three hundred cards, a move or two each, calls, tasks, waiting requests."""

    tells = frozenset({"leads", "stage_moves", "payments", "activities", "clients", "people", "tasks"})

    def __init__(self, leads: int = 300) -> None:
        super().__init__()
        self.account = filled(leads)
        self.server = start(Server(self.account))
        self.server.plan = lambda number: WORDS.get(self.counted(number) or "")
        self.company = _settled(leads)

    @property
    def secret(self) -> str:
        return TOKEN

    @property
    def holds(self) -> Mapping[str, int]:
        account = self.account
        return {
            "leads": len(account.leads),
            "contacts": len(account.contacts),
            "companies": len(account.companies),
            "events": len(account.events),
            "lead_calls": len(account.lead_notes),
            "contact_calls": len(account.contact_notes),
            "tasks": len(account.tasks),
            "unsorted": len(account.unsorted),
        }

    def connect(self) -> AmoCrm:
        return connected(self.server.url)

    def close(self) -> None:
        stop(self.server)

    def revoke(self) -> None:
        self.server.token = "another"

    def restore(self) -> None:
        self.server.token = TOKEN

    def do_change(self) -> Told:
        """The city of a year-old card is another one."""
        self._now()
        self._named(1, "Омск")
        self.account.leads[1]["updated_at"] = self.account.clock
        return Told("leads", {"lead_id": "amocrm:1"}, {"region": "Омск"})

    def do_add(self) -> Told:
        self._now()
        number = max(self.account.leads) + 1
        self.account.add_lead(number)
        return Told("leads", {"lead_id": f"amocrm:{number}"})

    def do_delete(self) -> Told:
        self._now()
        self.account.delete(3)
        return Told("leads", {"lead_id": "amocrm:3"})

    def do_merge(self) -> tuple[Told, Told]:
        self._now()
        self.account.merge(4)
        return Told("leads", {"lead_id": "amocrm:5"}), Told("leads", {"lead_id": "amocrm:4"})

    def a_moment(self) -> Told:
        """Half past midnight of the account's Moscow is the evening before in Greenwich."""
        moment = datetime(2026, 2, 13, 21, 30, tzinfo=UTC)
        self.account.leads[6]["created_at"] = int(moment.timestamp())
        return Told("leads", {"lead_id": "amocrm:6"}, {"created_at": moment})

    def _now(self) -> None:
        """People work at the moment of the test."""
        self.account.clock = int(self.now().timestamp())

    def _named(self, number: int, city: str) -> None:
        self.account.leads[number]["custom_fields_values"] = [{**CITY, "values": [{"value": city}]}]


def connected(url: str) -> AmoCrm:
    """A connector that never waits."""
    return AmoCrm(url, TOKEN, Options(region="Город"), pace=Pace(1e6, 1e6))


def filled(leads: int) -> Account:
    """Cards that walked several ways, by their numbers: the same account each time."""
    account = Account()
    for number in range(1, leads + 1):
        account.tick(28 * HOUR)
        account.add_lead(number, price=number * 100)
        for status in ((101, 142), (143,), (101, 102), ())[number % 4]:
            account.move(number, status)
        account.tasks.append(_task(account, number))
        account.lead_notes.append(_call(account, number, number))
        account.contact_notes.append(_call(account, 5000 + number, 8000 + number % 50))
    for number in range(8000, 8050):
        account.contacts[number] = _named(account, number, f"Клиент {number}")
    account.companies[31] = _named(account, 31, "Дилер")
    account.unsorted = [_request(account, number) for number in (901, 902)]
    return account


def _named(account: Account, number: int, name: str) -> dict[str, Any]:
    return {"id": number, "name": name, "created_at": account.clock, "updated_at": account.clock}


def _task(account: Account, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "entity_id": number,
        "entity_type": "leads",
        "text": "Перезвонить",
        "created_at": account.clock,
        "updated_at": account.tick(),
        "complete_till": account.clock + 9_000,
        "is_completed": bool(number % 2),
        "responsible_user_id": 12,
    }


def _call(account: Account, number: int, entity: int) -> dict[str, Any]:
    return {
        "id": number,
        "entity_id": entity,
        "note_type": "call_out",
        "created_at": account.tick(),
        "updated_at": account.clock,
        "responsible_user_id": 11,
        "params": {"duration": 90, "call_status": 4},
    }


def _request(account: Account, number: int) -> dict[str, Any]:
    return {
        "uid": f"u{number}",
        "created_at": account.tick(),
        "pipeline_id": 77,
        "source_name": "Форма сайта",
        "category": "forms",
        "_embedded": {"leads": [{"id": number}]},
    }


@cache
def _settled(leads: int) -> Company:
    """The company as the account proposes it: found out once, for all of its tests."""
    server = start(Server(filled(leads)))
    with TemporaryDirectory() as folder:
        mirror, connector = Mirror(Path(folder) / "mirror.sqlite3"), connected(server.url)
        sync(connector, mirror, datetime(2026, 11, 20, 9, tzinfo=UTC))
        company = parse_company(dict(connector.settings(mirror, Company())))
        mirror.close()
    stop(server)
    return company
