"""Writing back on the page of a connection: an administrator looks, switches on, and reads the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from smarketing.connectors.outside.actions import ActionKind
from smarketing.jobs.connections import Connections
from smarketing.jobs.writing_back import rules
from smarketing.web.accounts.models import AuditEntry
from tests.support.bitrix24_portal import MSK
from tests.support.connected import connect, toy_kind
from tests.support.connected import portal as toy_portal
from tests.support.toy import Portal
from tests.support.written_back import Crm, clock, crm, loaded_at_noon, portal, server
from tests.web.test_systems import words

__all__ = ["clock", "crm", "loaded_at_noon", "portal", "server", "toy_kind", "toy_portal"]
SignIn = Callable[..., Client]
TWO_HOURS_AGO = datetime.now(MSK) - timedelta(hours=2)
COMMENT_OFF = "комментарий в карточке карточка перешла без обязательных полей —"


@pytest.fixture
def noon() -> datetime:
    return TWO_HOURS_AGO


@pytest.fixture
def admin(crm: Crm, settings: Any, signed_in: SignIn) -> Client:
    settings.WORKSPACE = crm.workspace.root
    settings.WORK_IMMEDIATELY = True
    return signed_in("charlie")


def ticked(page: Any) -> list[str]:
    return re.findall(r'name="on" value="(\w+)" checked', page.content.decode())


def test_everything_is_off_and_the_page_says_so(crm: Crm, admin: Client) -> None:
    page = admin.get("/connections/crm")
    assert COMMENT_OFF in words(page)
    assert (ticked(page), "Записей ещё не было." in words(page)) == ([], True)


def test_dry_run_shows_what_is_off_too_and_sends_nothing(crm: Crm, admin: Client) -> None:
    crm.on(ActionKind.COMMENT)
    crm.happens()
    crm.load_only()
    asked = crm.server.requests
    page = admin.get("/connections/crm/writing/dry")
    assert "После следующей загрузки записалось бы: 1." in words(page)
    assert "D70 комментарий в карточке Карточка перешла на стадию «В работе»" in words(page)
    assert re.search(r"D70 возврат карточки на прежнюю стадию [^—]+ выключен ", words(page))
    assert f'href="{crm.server.home}/crm/deal/details/70/"' in page.content.decode()
    assert (crm.server.requests, crm.sent) == (asked, [])


def test_switches_are_saved_audited_and_told_in_the_log(crm: Crm, admin: Client) -> None:
    saved = admin.post("/connections/crm/writing", {"on": ["comment", "task", "nonsense"]}, follow=True)
    assert ticked(saved) == ["comment", "task"]
    assert "включено: комментарий в карточке, задача charlie" in words(saved)
    admin.post("/connections/crm/writing", {"on": ["comment"]})
    admin.post("/connections/crm/writing", {"on": ["comment"]})  # nothing new, nothing to tell
    told = AuditEntry.objects.filter(action="writing_switched").order_by("id")
    assert [entry.details for entry in told] == [{"on": ["comment", "task"]}, {"off": ["task"]}]
    assert list(Connections(crm.workspace).get("crm").writing) == [ActionKind.COMMENT]


def test_settings_of_the_connection_keep_the_switches(crm: Crm, admin: Client) -> None:
    crm.on(ActionKind.COMMENT)
    form = {"title": "Портал отдела", "minutes": "30"}
    assert admin.post("/connections/crm/settings", form).status_code == 302
    assert Connections(crm.workspace).get("crm").title == "Портал отдела"
    assert list(Connections(crm.workspace).get("crm").writing) == [ActionKind.COMMENT]


def test_log_tells_what_was_done_and_a_stopped_kind_what_to_do(crm: Crm, admin: Client) -> None:
    crm.on(ActionKind.COMMENT, ActionKind.NOTICE)
    crm.portal.scopes = ("crm", "user_basic", "department", "task", "telephony")
    crm.happens()
    crm.load()
    page = admin.get("/connections/crm")
    assert "комментарий в карточке D70 сделано" in words(page)
    assert 'id="ws-notice"' in page.content.decode()
    assert "У вебхука нет нужного права." in words(page)
    log = admin.get("/connections/crm?table=writing&format=csv").content.decode("utf-8-sig").splitlines()
    assert log[0] == "когда;что;карточка или кто;итог;что помешало;ссылка"
    assert any("комментарий в карточке;D70;сделано" in line for line in log)
    due = admin.get("/connections/crm/writing/dry?format=csv").content.decode("utf-8-sig")
    assert "D70;уведомление сотруднику" in due and "остановлен" in due
    dry = words(admin.get("/connections/crm/writing/dry"))
    assert "записалось бы: 0." in dry
    assert re.search(r"D70 уведомление сотруднику .* остановлен D70 задача", dry)
    admin.post("/connections/crm/writing", {"on": ["comment", "notice"]})
    assert all(rule.stopped is None for rule in rules(crm.workspace, "crm"))


def test_page_speaks_english(crm: Crm, admin: Client, signed_in: SignIn) -> None:
    crm.on(ActionKind.COMMENT)
    crm.happens()
    crm.load_only()
    client = signed_in("charlie", "en")
    page = words(client.get("/connections/crm"))
    assert "a call prompt as a comment a lead was not answered in time" in page
    assert "After the next load this much would be written: 1." in words(
        client.get("/connections/crm/writing/dry")
    )


def test_system_without_a_writer_says_so(crm: Crm, admin: Client, toy_kind: None, toy_portal: Portal) -> None:
    connect(crm.workspace, toy_portal)
    assert "В такие системы мы ничего не записываем" in words(admin.get("/connections/toy"))
    assert "мы ничего не записываем" in words(admin.get("/connections/toy/writing/dry"))


def test_dry_run_after_a_load_that_broke_off_says_why(crm: Crm, admin: Client) -> None:
    crm.portal.revoked = True
    admin.post("/connections/crm/run")
    assert "последняя загрузка не дошла до конца" in words(admin.get("/connections/crm/writing/dry"))


@pytest.mark.parametrize("name", ["alice", "bob", "dora"])
def test_writing_is_for_administrators(crm: Crm, admin: Client, signed_in: SignIn, name: str) -> None:
    client = signed_in(name)
    assert client.get("/connections/crm/writing/dry").status_code == 403
    assert client.post("/connections/crm/writing", {"on": ["comment"]}).status_code == 403
    assert Connections(crm.workspace).get("crm").writing == {}
    assert admin.get("/connections/no_such/writing/dry").status_code == 404
    assert admin.post("/connections/no_such/writing").status_code == 404
