"""The page of connections: an administrator connects the toy CRM, sees how it stands, and nobody sees a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.facts.language import Text
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.standing import Desk, Standing
from smarketing.jobs.standing import Trouble as Told
from smarketing.jobs.sync import sync
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry
from tests.support.connected import connect, portal, shop, toy_kind
from tests.support.toy import TOKEN, Portal, Shop

__all__ = ["portal", "shop", "toy_kind"]
SignIn = Callable[..., Client]
FORM = {"title": "Касса", "minutes": "15", "secret_token": TOKEN, "option_page": ""}


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


@pytest.fixture
def admin(workspace: Workspace, toy_kind: None, signed_in: SignIn) -> Client:
    return signed_in("charlie")


@pytest.fixture
def toy(workspace: Workspace, admin: Client, portal: Portal) -> Client:
    """The administrator's client, with the toy CRM connected."""
    connect(workspace, portal)
    return admin


def test_system_is_connected_checked_and_loaded(
    admin: Client, workspace: Workspace, portal: Portal, shop: Shop
) -> None:
    shop.lead()
    assert "Ни одна система не подключена." in words(admin.get("/connections"))
    added = admin.post("/connections/new/toy", {**FORM, "base_url": portal.url})
    assert added.headers["Location"] == "/connections/toy/check"
    checked = words(admin.post("/connections/toy/check"))
    assert "Отвечает «Качели»." in checked
    assert "Лиды приходят по порядку изменения. не видно" in checked
    page = words(admin.post("/connections/toy/run", follow=True))
    assert "работает" in page
    assert "лиды 1, переходы по стадиям 1" in page
    assert "leads 1 1 0 1 0 0" in page  # received, accepted, quarantined, new, changed, deleted
    assert "Все системы загружаются по расписанию." in words(admin.get("/connections"))
    actions = ["connection_run", "connection_checked", "connection_added"]
    assert list(AuditEntry.objects.values_list("action", flat=True)) == actions
    assert AuditEntry.objects.get(action="connection_added").details == {"kind": "toy", "secrets": ["token"]}


def test_secret_stands_on_no_page_and_in_no_log(
    toy: Client, workspace: Workspace, caplog: Any, shop: Shop
) -> None:
    shop.token = "another"
    pages = [
        toy.post("/connections/toy/check"),
        toy.post("/connections/toy/run", follow=True),
        toy.get("/connections/toy/settings"),
        toy.post("/connections/toy/settings", {**FORM, "base_url": "", "secret_token": "wrong-secret"}),
        toy.get("/connections"),
        toy.get("/"),
    ]
    found = [word for word in (TOKEN, "wrong-secret") for page in pages if word in page.content.decode()]
    assert found == []
    assert TOKEN not in caplog.text
    assert all(TOKEN not in str(entry.details) for entry in AuditEntry.objects.all())


def test_wrong_form_says_what_is_missing_and_connects_nothing(
    admin: Client, workspace: Workspace, portal: Portal
) -> None:
    answer = admin.post("/connections/new/toy", {**FORM, "base_url": portal.url, "secret_token": ""})
    assert 'id="f-secret_token_error"' in answer.content.decode()
    refused = words(admin.post("/connections/new/toy", {**FORM, "base_url": portal.url, "option_page": "0"}))
    assert "Подключение «toy»: page:" in refused
    assert Connections(workspace).all() == ()
    assert admin.get("/connections/new/no_such").status_code == 404
    assert admin.get("/connections/no_such").status_code == 404


def test_missing_key_is_told_with_the_way_out(
    admin: Client, workspace: Workspace, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMARKETING_KEY")
    refused = words(admin.post("/connections/new/toy", {**FORM, "base_url": portal.url}))
    assert "smarketing connection key" in refused
    assert Connections(workspace).all() == ()


def test_settings_change_and_an_empty_secret_stays(toy: Client, workspace: Workspace, portal: Portal) -> None:
    changed = {
        "title": "Новая касса",
        "minutes": "60",
        "base_url": portal.url,
        "secret_token": "",
        "option_page": "5",
    }
    assert toy.post("/connections/toy/settings", changed).status_code == 302
    connection = Connections(workspace).get("toy")
    assert (connection.title, connection.minutes, connection.options) == ("Новая касса", 60, {"page": 5})
    assert Connections(workspace).account("toy").secrets == {"token": TOKEN}
    toy.post("/connections/toy/settings", {**changed, "secret_token": "n3w"})
    assert Connections(workspace).account("toy").secrets == {"token": "n3w"}


def test_second_account_of_a_kind_gets_its_own_key(toy: Client, workspace: Workspace, portal: Portal) -> None:
    toy.post("/connections/new/toy", {**FORM, "base_url": portal.url})
    assert [one.key for one in Connections(workspace).all()] == ["toy", "toy_2"]


def test_revoked_access_says_what_to_do_and_goes_on_when_resumed(
    toy: Client, workspace: Workspace, shop: Shop
) -> None:
    shop.token = "another"
    page = words(toy.post("/connections/toy/run", follow=True))
    assert "Доступ отозван: выдайте новый ключ." in page
    assert "Нужен человек: «Касса»." in words(toy.get("/connections"))
    shop.token = TOKEN
    toy.post("/connections/toy/resume")
    assert "работает" in words(toy.post("/connections/toy/run", follow=True))


def test_pause_resume_and_remove(toy: Client, workspace: Workspace, shop: Shop) -> None:
    shop.lead()
    toy.post("/connections/toy/run")
    assert "на паузе" in words(toy.post("/connections/toy/pause", follow=True))
    assert Connections(workspace).get("toy").paused
    assert "работает" in words(toy.post("/connections/toy/resume", follow=True))
    assert "Загруженные факты остаются" in words(toy.get("/connections/toy/remove"))
    gone = words(toy.post("/connections/toy/remove", follow=True))
    assert "Отключено. Загруженные факты остались." in gone
    with workspace.lake.open() as reader:
        assert reader.query("SELECT COUNT(*) AS n FROM leads").to_pylist() == [{"n": 1}]


def test_period_is_read_again_and_a_day_to_come_is_refused(toy: Client, workspace: Workspace, shop: Shop) -> None:
    shop.lead()
    toy.post("/connections/toy/run")
    shop.leads[1]["source"] = "vk"
    page = words(toy.post("/connections/toy/run", {"how": "since", "since": "2026-11-01"}, follow=True))
    assert "лиды 1" in page
    refused = words(toy.post("/connections/toy/run", {"how": "since", "since": "2999-01-01"}))
    assert "Этот день ещё не настал." in refused


def test_deletions_are_looked_for_on_request(toy: Client, workspace: Workspace, shop: Shop) -> None:
    shop.lead()
    shop.lead()
    toy.post("/connections/toy/run")
    shop.delete(2)
    toy.post("/connections/toy/run", {"how": "sweep"})
    assert Desk(workspace, "toy").runs()[0].streams["leads"].gone == 1


def test_refused_records_stand_among_the_quarantined_and_are_mended_there(
    toy: Client, workspace: Workspace, shop: Shop
) -> None:
    shop.lead()
    del shop.leads[1]["created"]
    toy.post("/connections/toy/run")
    page = toy.get("/data/quarantine")
    assert "Касса: leads, 1" in words(page)
    assert "исправьте в системе" in words(page)
    assert "/data/quarantine/toy" not in page.content.decode()
    assert toy.get("/data/quarantine/toy:leads:1").status_code == 404


def test_data_page_of_a_company_without_files_says_where_the_facts_come_from(toy: Client) -> None:
    page = words(toy.get("/data"))
    assert "Файлы не загружались: данные приходят из подключённых систем." in page
    assert "Загрузок ещё не было" not in page


def test_menu_names_the_section_of_a_page_inside_it(toy: Client) -> None:
    for address, line in (
        ("/connections/toy", "/connections"),
        ("/connections/toy/settings", "/connections"),
        ("/data/upload", "/data"),
        ("/data/quarantine", "/data"),
        ("/people/new", "/people"),
    ):
        page = toy.get(address).content.decode()
        assert re.search(rf'href="{line}" aria-current="true"', page), address
        assert 'aria-current="page"' not in page


def test_part_of_a_page_renews_itself_only_while_something_is_going_on(
    toy: Client, workspace: Workspace, settings: Any
) -> None:
    quiet = toy.get("/connections").content.decode()
    assert "hx-trigger" not in quiet
    settings.WORK_IMMEDIATELY = False  # nobody works here: the run stays in the queue
    toy.post("/connections/toy/run")
    part = toy.get("/connections/toy?part=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part
    assert "ждёт очереди" in part
    stands = words(toy.get("/connections/toy"))
    assert "работник не запущен" in stands
    assert "по расписанию сейчас ничего не загружается" in stands
    assert "Системы подключены, загрузка по расписанию стоит." in words(toy.get("/connections"))


@pytest.mark.parametrize("name", ["alice", "bob", "dora"])
def test_connections_are_for_administrators(
    workspace: Workspace, toy_kind: None, portal: Portal, signed_in: SignIn, name: str
) -> None:
    connect(workspace, portal)
    client = signed_in(name)
    for path in ("", "/new/toy", "/toy", "/toy/settings", "/toy/check", "/toy/remove"):
        assert client.get(f"/connections{path}").status_code == 403
    for path in ("run", "pause", "resume", "remove"):
        assert client.post(f"/connections/toy/{path}").status_code == 403
    assert Connections(workspace).get("toy").paused is False


# ── messages of the system ───────────────────────────────────────────────────


def hinted(workspace: Workspace) -> bool:
    return Desk(workspace, "toy").hint_path.exists()


def test_message_with_the_systems_own_mark_leads_to_a_poll(
    toy: Client, workspace: Workspace, client: Client
) -> None:
    answer = Client(enforce_csrf_checks=True).post("/hooks/toy", {"event": "lead", "token": TOKEN})
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert hinted(workspace)


def test_message_to_the_address_we_gave_leads_to_a_poll(toy: Client, workspace: Workspace) -> None:
    (address,) = re.findall(r'<code class="hook">([^<]+)</code>', toy.get("/connections/toy").content.decode())
    path = unescape(address).removeprefix("http://testserver")
    assert path.startswith("/hooks/toy?token=")
    assert Client().post(path, "{not json", content_type="application/json").status_code == 200
    assert hinted(workspace)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/hooks/toy", {"token": "forged"}),
        ("/hooks/toy", {}),
        ("/hooks/toy?token=0", {}),
        ("/hooks/unknown", {"token": TOKEN}),
    ],
)
def test_forged_message_does_nothing_and_learns_nothing(
    toy: Client, workspace: Workspace, path: str, form: dict[str, str]
) -> None:
    answer = Client().post(path, form)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert not hinted(workspace)
    assert not workspace.connection_folder("unknown").exists()


def test_message_too_large_to_read_does_nothing(toy: Client, workspace: Workspace, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = Client().post("/hooks/toy", f"token={TOKEN}", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not hinted(workspace)


def test_paused_connection_listens_to_nobody(toy: Client, workspace: Workspace) -> None:
    Connections(workspace).pause("toy", paused=True)
    Client().post("/hooks/toy", {"token": TOKEN})
    assert not hinted(workspace)


def test_data_page_says_how_fresh_each_system_is(
    workspace: Workspace, toy_kind: None, portal: Portal, signed_in: SignIn
) -> None:
    assert "Подключённые системы" not in words(signed_in("alice").get("/data"))
    connect(workspace, portal)
    sync(workspace, "toy", now=datetime(2020, 11, 20, 12, tzinfo=UTC))
    assert re.search(r"Касса работает 20 ноября 2020, 1[0-9]:", words(signed_in("alice").get("/data")))


# ── the overview ─────────────────────────────────────────────────────────────


def test_overview_says_since_when_data_are_late(facts: Any, toy: Client, workspace: Workspace) -> None:
    assert "Касса" not in words(toy.get("/"))
    long_ago = datetime(2026, 11, 1, 12, tzinfo=UTC)
    trouble = Told("revoked", Text("Доступ отозван: выдайте новый ключ.", "Revoked."))
    Desk(workspace, "toy").stands(Standing(good_at=long_ago, needs_person=True, trouble=trouble))
    page = toy.get("/")
    assert "Данные из «Касса» не обновлялись с 1 ноября" in words(page)
    assert "Доступ отозван: выдайте новый ключ." in words(page)
    assert 'href="/connections/toy"' in page.content.decode()


def test_overview_tells_a_founder_without_a_link_to_what_is_closed(
    facts: Any, workspace: Workspace, toy_kind: None, portal: Portal, signed_in: SignIn
) -> None:
    connect(workspace, portal)
    Desk(workspace, "toy").stands(Standing(good_at=datetime.now(UTC) - timedelta(hours=5)))
    page = signed_in("alice").get("/")
    assert "Данные из «Касса» не обновлялись с" in words(page)
    assert "/connections/toy" not in page.content.decode()
    Desk(workspace, "toy").stands(Standing(good_at=datetime.now(UTC) - timedelta(minutes=90)))
    assert "Касса" not in words(signed_in("alice").get("/"))


def test_every_kind_has_a_form_that_opens(admin: Client) -> None:
    for kind in KINDS:
        assert admin.get(f"/connections/new/{kind}").status_code == 200


def test_form_folds_what_is_seldom_needed_and_opens_what_was_written(admin: Client, workspace: Workspace) -> None:
    folded = r'<details class="fold"( open)?><summary>([^<]+)</summary>'
    page = admin.get("/connections/new/bitrix24").content.decode()
    assert re.findall(folded, page) == [
        ("", "Приложение вместо вебхука"),
        ("", "Поля портала для отчётов"),
        ("", "Что читать"),
        ("", "Сообщения портала об изменениях"),
    ]
    assert page.count('<option value="" selected>по умолчанию: да</option>') == 3
    assert page.index('name="secret_webhook"') < page.index("<details class=") < page.index("secret_client_id")
    written = {"title": "Портал", "minutes": "15", "option_segment": "UF_CRM_1", "option_with_tasks": "false"}
    assert admin.post("/connections/new/bitrix24", written).status_code == 302
    edited = admin.get("/connections/bitrix24/settings").content.decode()
    assert [title for opened, title in re.findall(folded, edited) if opened] == [
        "Поля портала для отчётов",
        "Что читать",
    ]


def test_form_of_a_kind_without_groups_stands_open(admin: Client) -> None:
    assert 'class="fold"' not in admin.get("/connections/new/toy").content.decode()


def test_page_asks_the_database_no_more_with_more_runs(
    toy: Client, workspace: Workspace, django_assert_num_queries: Any
) -> None:
    sync(workspace, "toy")
    with django_assert_num_queries(2):  # the session and the user
        toy.get("/connections/toy")
    sync(workspace, "toy")
    with django_assert_num_queries(2):
        toy.get("/connections/toy")
