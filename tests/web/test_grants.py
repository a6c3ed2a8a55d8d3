"""An administrator lets an application in: the portal's page, the way back, and everything that must not work."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from smarketing.jobs.connections import Connections
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import sync
from smarketing.jobs.vault import Vault
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry, Role, User
from smarketing.web.connections import grants
from tests.support.bitrix24_application import agree, bitrix, connect, fields_of, server
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.web.test_systems import words

__all__ = ["bitrix", "server"]
SignIn = Callable[..., Client]
BACK = "/connections/access/back"


@pytest.fixture
def admin(workspace: Workspace, server: Server, signed_in: SignIn) -> Client:
    connect(workspace, server)
    return signed_in("charlie")


def address_on(client: Client) -> str:
    """Where the button of the page leads."""
    page = client.get("/connections/crm/access").content.decode()
    (address,) = re.findall(r'<a class="btn pri" href="([^"]+)"', page)
    return unescape(address)


def came_back(client: Client, **more: str) -> dict[str, str]:
    return {**fields_of(agree(address_on(client))), **more}


def granted(workspace: Workspace) -> bool:
    return "access_token" in Vault(workspace.secrets_path).names("crm")


def test_application_is_let_in_and_the_portal_is_read(
    admin: Client, workspace: Workspace, bitrix: FakePortal
) -> None:
    assert "Дать доступ" in words(admin.get("/connections/crm"))
    page = words(admin.get("/connections/crm/access"))
    assert "http://testserver/connections/access/back" in page
    answer = admin.get(BACK, came_back(admin))
    assert answer.headers["Location"] == "/connections/crm/check"
    assert "Доступ дан." in words(admin.get("/connections/crm/check"))
    assert "Отвечает «127.0.0.1»." in words(admin.post("/connections/crm/check"))
    assert sync(workspace, "crm").outcome == "done"
    assert Desk(workspace, "crm").standing.good_at is not None
    assert "дать заново" in words(admin.get("/connections/crm"))
    assert AuditEntry.objects.filter(action="connection_granted", details={}).count() == 1


def test_new_application_leads_to_the_page_where_access_is_given(
    workspace: Workspace, server: Server, signed_in: SignIn
) -> None:
    form = {
        "title": "Портал", "minutes": "15", "option_portal": server.home, "secret_client_id": "app",
        "secret_client_secret": "app-secret",
    }  # fmt: skip
    assert signed_in("charlie").post("/connections/new/bitrix24", form).headers["Location"] == (
        "/connections/bitrix24/access"
    )


def test_tokens_stand_on_no_page_and_lie_sealed(admin: Client, workspace: Workspace) -> None:
    admin.get(BACK, came_back(admin))
    account = Connections(workspace).account("crm")
    assert account.secrets["access_token"] == "token-1"
    sealed = workspace.secrets_path.read_text()
    pages = [admin.get(f"/connections/crm{path}").content.decode() for path in ("", "/access", "/settings")]
    assert not [
        word for word in ("token-1", "refresh-1", "app-secret") for page in (*pages, sealed) if word in page
    ]


def test_forged_state_changes_nothing(admin: Client, workspace: Workspace) -> None:
    refused = admin.get(BACK, came_back(admin, state="forged"))
    assert refused.status_code == 400
    assert "начат не вами" in words(refused)
    assert not granted(workspace)


def test_answer_without_a_state_changes_nothing(admin: Client, workspace: Workspace) -> None:
    answer = came_back(admin)
    assert admin.get(BACK, {"code": answer["code"]}).status_code == 400
    assert not granted(workspace)


def test_state_works_once(admin: Client, workspace: Workspace) -> None:
    answer = came_back(admin)
    assert admin.get(BACK, answer).status_code == 302
    assert admin.get(BACK, answer).status_code == 400


def test_state_out_of_date_changes_nothing(
    admin: Client, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = came_back(admin)
    monkeypatch.setattr(grants, "_LIVES", -1.0)
    assert admin.get(BACK, answer).status_code == 400
    assert not granted(workspace)


def test_only_the_person_who_began_can_end_it(admin: Client, workspace: Workspace) -> None:
    """Another administrator, in a session of their own, sends what the first one's portal answered."""
    other = User(username="mallory", name="Mallory", role=Role.ADMINISTRATOR)
    other.save()
    theirs = Client()
    theirs.force_login(other)
    answer = came_back(admin)
    assert theirs.get(BACK, answer).status_code == 400
    assert not granted(workspace)
    assert admin.get(BACK, answer).status_code == 302  # the one who began is not disturbed


def test_person_who_has_signed_out_meanwhile_gives_nothing(admin: Client, workspace: Workspace) -> None:
    answer = came_back(admin)
    admin.logout()
    assert "/sign-in" in admin.get(BACK, answer).headers["Location"]
    assert not granted(workspace)


@pytest.mark.parametrize("name", ["alice", "bob", "dora"])
def test_giving_access_is_for_administrators(admin: Client, signed_in: SignIn, name: str) -> None:
    client = signed_in(name)
    assert client.get("/connections/crm/access").status_code == 403
    assert client.get(BACK, {"code": "c", "state": "s"}).status_code == 403


def test_person_who_does_not_agree_may_try_again(admin: Client, workspace: Workspace, bitrix: FakePortal) -> None:
    bitrix.agrees = False
    refused = admin.get(BACK, came_back(admin))
    assert refused.status_code == 400
    assert "Доступ не дан" in words(refused)
    bitrix.agrees = True
    assert admin.get(BACK, came_back(admin)).status_code == 302


def test_wrong_secret_of_the_application_is_told_on_the_page(admin: Client, workspace: Workspace) -> None:
    Connections(workspace).change(Connections(workspace).get("crm"), {"client_secret": "typo"})
    refused = words(admin.get(BACK, came_back(admin)))
    assert "Портал не узнал приложение" in refused
    assert "typo" not in refused


def test_application_that_is_not_entered_says_what_is_missing(
    workspace: Workspace, server: Server, signed_in: SignIn
) -> None:
    client = signed_in("charlie")
    connect(workspace, server)
    Vault(workspace.secrets_path).forget("crm")
    assert "Сначала впишите в настройки подключения: client_id, client_secret." in words(
        client.get("/connections/crm/access")
    )
    assert client.get("/connections/other/access").status_code == 404


def test_access_given_anew_wakes_a_connection_that_waited_for_a_person(
    admin: Client, workspace: Workspace, bitrix: FakePortal
) -> None:
    admin.get(BACK, came_back(admin))
    bitrix.access_token, bitrix.refresh_token = "gone", "gone"  # half a year without a run
    assert sync(workspace, "crm").outcome == "lasting"
    assert Desk(workspace, "crm").standing.needs_person
    admin.get(BACK, came_back(admin))
    assert not Desk(workspace, "crm").standing.needs_person
    assert sync(workspace, "crm").outcome == "done"


def test_page_speaks_english(workspace: Workspace, server: Server, signed_in: SignIn) -> None:
    connect(workspace, server)
    page = signed_in("charlie", "en").get("/connections/crm/access").content.decode().partition("<main")[2]
    assert "Give access" in page
    assert "Local application" in page
    assert not re.search("[А-Яа-я]", page.replace("Портал", ""))
