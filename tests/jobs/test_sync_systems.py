"""The real connectors under the real run, over their fake systems: once, again, and after a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.company import Company, IdentitySettings
from smarketing.jobs.checking import check
from smarketing.jobs.connections import Connections
from smarketing.jobs.sync import sync
from smarketing.jobs.workspace import Workspace
from tests.connectors.bitrix24.system import Bitrix24System
from tests.support import amocrm_account as amo


@pytest.fixture
def workspace(tmp_path: Path, toy_kind: None) -> Workspace:
    return Workspace.init(tmp_path / "company", Company(zone="Europe/Moscow"))


def leads_of(workspace: Workspace) -> int:
    with workspace.lake.open() as reader:
        return int(reader.query("SELECT COUNT(*) AS n FROM leads").to_pylist()[0]["n"])


def test_bitrix24_portal(workspace: Workspace) -> None:
    system = Bitrix24System(leads=20, deals=10)
    try:
        connection = Connection(key="crm", kind="bitrix24", title="Битрикс24")
        Connections(workspace).add(connection, {"webhook": system.server.webhook})
        first = sync(workspace, "crm")
        assert (first.outcome, first.trouble) == ("done", None)
        assert first.facts["leads"] == leads_of(workspace) > 0
        assert first.requests > 0
        assert workspace.company.stages
        assert sync(workspace, "crm").facts == {}
        system.do_add()
        assert sync(workspace, "crm").facts["leads"] == 1
        files = [path for path in workspace.root.rglob("*") if path.is_file()]
        assert [path.name for path in files if system.secret.encode() in path.read_bytes()] == []
    finally:
        system.close()


def test_amocrm_account(workspace: Workspace) -> None:
    account = amo.Account()
    for number in range(1, 6):
        account.add_lead(number)
    with amo.serving(account) as server:
        connection = Connection(key="crm", kind="amocrm", title="amoCRM", base_url=server.url)
        Connections(workspace).add(connection, {"token": amo.TOKEN})
        assert check(workspace, "crm", assumptions=False).kind == "amocrm"
        first = sync(workspace, "crm")
        assert (first.outcome, first.trouble) == ("done", None)
        assert first.facts["leads"] == leads_of(workspace) == 5
        assert sync(workspace, "crm").facts == {}
        server.token = "revoked"
        assert sync(workspace, "crm").outcome == "lasting"


def test_one_phone_on_two_cards_is_one_client_where_the_company_says_so(workspace: Workspace) -> None:
    workspace.write_company(workspace.company.model_copy(update={"identity": IdentitySettings(join_exact=True)}))
    account = amo.Account()
    for number in (1, 2):
        account.add_lead(number)
        contact = 8000 + number
        phone = {"field_code": "PHONE", "values": [{"value": "8 (916) 123-45-67"}]}
        account.contacts[contact] = {
            "id": contact,
            "name": "Пётр",
            "created_at": amo.START + number,
            "updated_at": amo.START + number,
            "custom_fields_values": [phone],
        }
    with amo.serving(account) as server:
        connection = Connection(key="crm", kind="amocrm", title="amoCRM", base_url=server.url)
        Connections(workspace).add(connection, {"token": amo.TOKEN})
        assert sync(workspace, "crm").outcome == "done"
    with workspace.lake.open() as reader:
        clients = reader.query("SELECT DISTINCT client_id FROM journeys").to_pylist()
    assert clients == [{"client_id": "amocrm:contact:8001"}]
