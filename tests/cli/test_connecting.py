"""Connected systems from the terminal, over the toy CRM."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smarketing.cli.main import app
from smarketing.jobs.connections import Connections
from smarketing.jobs.vault import Vault
from smarketing.jobs.workspace import Workspace
from tests.support.bitrix24_application import APPLICATION, agree, bitrix, fields_of, server
from tests.support.bitrix24_portal import CODE, FakePortal
from tests.support.bitrix24_server import Server
from tests.support.connected import portal, shop, toy_kind
from tests.support.toy import TOKEN, Portal, Shop

__all__ = ["bitrix", "portal", "server", "shop", "toy_kind"]


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=said)


def flat(result: Result) -> str:
    return " ".join(f"{result.stdout} {result.stderr}".split())


@pytest.fixture
def company(home: Path, toy_kind: None) -> Workspace:
    return Workspace(home)


@pytest.fixture
def connected(company: Workspace, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("SMARKETING_SECRET_TOKEN", TOKEN)
    assert (
        run("connection", "add", "crm", "--kind", "toy", "--title", "Касса", "--address", portal.url).exit_code
        == 0
    )
    return company


def test_secret_is_asked_for_and_not_echoed(company: Workspace, portal: Portal) -> None:
    done = run("connection", "add", "crm", "--kind", "toy", "--address", portal.url, said=f"{TOKEN}\n")
    assert done.exit_code == 0
    assert "Ключ доступа" in done.stdout
    assert TOKEN not in done.output
    assert Vault(company.secrets_path).get("crm") == {"token": TOKEN}
    assert Connections(company).get("crm").minutes == 15  # the kind's own


def test_add_without_the_key_says_how_to_make_one(
    company: Workspace, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMARKETING_KEY")
    monkeypatch.setenv("SMARKETING_SECRET_TOKEN", TOKEN)
    refused = run("connection", "add", "crm", "--kind", "toy", "--address", portal.url)
    assert refused.exit_code == 2
    assert "smarketing connection key" in flat(refused)
    assert Connections(company).all() == ()
    made = run("connection", "key")
    monkeypatch.setenv("SMARKETING_KEY", made.stdout.strip())
    assert run("connection", "add", "crm", "--kind", "toy", "--address", portal.url).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "crm", "--kind", "toi"], "Возможно, имелось в виду «toy»."),
        (["add", "Моя CRM", "--kind", "toy"], "Подключение «Моя CRM»"),
        (["add", "crm", "--kind", "toy", "--option", "page"], "имя=значение"),
        (["add", "crm", "--kind", "toy", "--every", "0"], "minutes"),
        (["pause", "crm"], "Подключения «crm» нет."),
    ],
)
def test_wrong_call_is_one_sentence(
    company: Workspace, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.setenv("SMARKETING_SECRET_TOKEN", TOKEN)
    refused = run("connection", *words)
    assert refused.exit_code == 2
    assert said in flat(refused)


def test_sync_tells_what_came_and_list_how_it_stands(connected: Workspace, shop: Shop) -> None:
    shop.lead()
    shop.lead()
    done = run("sync")
    assert done.exit_code == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["leads", "2", "2", "0", "0", "0", "0"] in lines
    assert "Новое в фактах: лиды 2, переходы по стадиям 2." in flat(done)
    assert "Загружено." in done.stdout
    listed = flat(run("connection", "list"))
    assert "crm Касса toy работает" in listed


def test_sync_that_needs_a_person_says_what_to_do_and_ends_with_two(connected: Workspace, shop: Shop) -> None:
    shop.token = "another"
    refused = run("sync", "crm")
    assert refused.exit_code == 2
    assert "Доступ отозван: выдайте новый ключ." in flat(refused)
    assert TOKEN not in refused.output
    assert "нужен человек" in flat(run("connection", "list"))
    shop.token = TOKEN
    assert run("connection", "resume", "crm").exit_code == 0
    assert run("sync", "crm", "--sweep").exit_code == 0


def test_sync_that_is_tried_again_ends_with_one(connected: Workspace, shop: Shop) -> None:
    shop.answers = [503, 503]
    broken = run("sync")
    assert broken.exit_code == 1
    assert "Повтор:" in flat(broken)


def test_period_is_read_again(connected: Workspace, shop: Shop) -> None:
    shop.lead()
    run("sync")
    shop.leads[1]["source"] = "vk"
    assert "лиды 1" in flat(run("sync", "crm", "--since", "2026-11-01"))
    assert run("sync", "crm", "--since", "ноябрь").exit_code == 2


def test_check_prints_which_assumptions_hold(connected: Workspace, shop: Shop) -> None:
    unknown = flat(run("connection", "check", "crm"))
    assert "Качели" in unknown
    assert "Лиды приходят по порядку изменения. не видно" in unknown
    shop.lead()
    shop.lead()
    assert "Лиды приходят по порядку изменения. верно" in flat(run("connection", "check", "crm"))


def test_check_as_json_has_no_name_and_no_address(connected: Workspace, shop: Shop, portal: Portal) -> None:
    shop.lead(name="Анна", phone="+79991234567")
    done = run("connection", "check", "crm", "--format", "json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["assumptions"] == [
        {
            "key": "leads-ordered",
            "holds": None,
            "seen": "1 leads",
            "says": "Leads come in the order of their changes.",
        }
    ]
    assert (told["contract"], told["contract_version"], told["kind"]) == ("smarketing.check", 1, "toy")
    assert [word for word in ("Качели", "Касса", "Анна", "7999", "127.0.0.1", TOKEN) if word in done.stdout] == []


def test_pause_and_remove(connected: Workspace, shop: Shop) -> None:
    shop.lead()
    run("sync")
    assert run("connection", "pause", "crm").exit_code == 0
    assert "на паузе" in flat(run("connection", "list"))
    assert run("sync").exit_code == 2  # nothing that is not paused
    assert run("sync", "crm").exit_code == 0  # named, it runs
    assert run("connection", "remove", "crm", said="n\n").exit_code == 1
    assert run("connection", "remove", "crm", said="y\n").exit_code == 0
    assert Connections(connected).all() == ()
    with connected.lake.open() as reader:
        assert reader.query("SELECT COUNT(*) AS n FROM leads").to_pylist() == [{"n": 1}]


# ── an application ──


def test_access_is_given_from_the_terminal(
    home: Path, server: Server, bitrix: FakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in APPLICATION.items():
        monkeypatch.setenv(f"SMARKETING_SECRET_{name.upper()}", value)
    for name in ("WEBHOOK", "EVENT_TOKEN"):
        monkeypatch.setenv(f"SMARKETING_SECRET_{name}", "")
    added = run("connection", "add", "crm", "--kind", "bitrix24", "--option", f"portal={server.home}")
    assert added.exit_code == 0, added.output
    asked = run("connection", "grant", "crm", said="nonsense\n")
    (address,) = [line for line in asked.stdout.splitlines() if "/oauth/authorize/" in line]
    assert asked.exit_code == 2  # the portal knows no such code
    code = fields_of(agree(address))["code"]
    done = run("connection", "grant", "crm", said=f"{code}\n")
    assert done.exit_code == 0, done.output
    assert "smarketing connection check crm" in flat(done)
    assert not [word for word in (code, "app-secret", "token-1") if word in done.output]
    assert run("sync", "crm").exit_code == 0


# ── what a check may tell ──


def people_of(portal: FakePortal) -> set[str]:
    """Every name, phone, address and title that the portal holds."""
    found = {str(user[name]) for user in portal.users for name in ("NAME", "LAST_NAME")}
    for table in ("leads", "deals", "contacts", "companies", "tasks"):
        for row in portal.tables[table].rows.values():
            found |= {str(row[name]) for name in ("title", "name", "lastName") if row.get(name)}
            found |= {str(one["value"]) for one in row.get("fm", ())}
    found |= {str(row["productName"]) for row in portal.tables["deal_products"].rows.values()}
    found |= {str(row["PHONE_NUMBER"]) for row in portal.tables["calls"].rows.values()}
    return found


def test_check_tells_nobodys_name_phone_or_address(
    home: Path, server: Server, bitrix: FakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = next(iter(bitrix.tables["contacts"].rows.values()))
    contact |= {"lastName": "Секретова", "fm": [{"id": 1, "typeId": "EMAIL", "value": "olga@example.com"}]}
    monkeypatch.setenv("SMARKETING_SECRET_WEBHOOK", server.webhook)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "EVENT_TOKEN"):
        monkeypatch.setenv(f"SMARKETING_SECRET_{name}", "")
    assert run("connection", "add", "crm", "--kind", "bitrix24", "--title", "Наш портал").exit_code == 0
    told = run("connection", "check", "crm", "--format", "json").stdout
    assert json.loads(told)["contract"] == "smarketing.check"
    people = people_of(bitrix)
    assert {"Секретова", "olga@example.com", "+79160000000", "Анна"} <= people
    assert [word for word in (*people, "Наш портал", "127.0.0.1", CODE) if word in told] == []


def test_check_hides_what_a_portal_writes_in_place_of_a_code(
    home: Path, server: Server, bitrix: FakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARKETING_SECRET_WEBHOOK", server.webhook)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "EVENT_TOKEN"):
        monkeypatch.setenv(f"SMARKETING_SECRET_{name}", "")
    run("connection", "add", "crm", "--kind", "bitrix24")
    bitrix.page_faults = {"p0": "No access for Ivan Petrov, ivan@example.com"}
    told = run("connection", "check", "crm", "--format", "json").stdout
    assert "after-short-page" in told
    assert "ivan" not in told.lower()
