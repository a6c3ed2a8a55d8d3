"""From what a person typed to a portal that answers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from smarketing.connectors.bitrix24.connector import Bitrix24
from smarketing.connectors.bitrix24.kind import KIND, made
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.granting import Grant
from smarketing.connectors.outside.kinds import Account
from smarketing.connectors.outside.trouble import LastingTrouble
from tests.connectors.bitrix24.test_events import TOKEN, body
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server


def account(kept: list[Mapping[str, str]] | None = None, **secrets: str) -> Account:
    return Account("", Options(segment="UF_CRM_1"), secrets, (kept if kept is not None else []).append)


def test_webhook_opens_the_portal(portal: FakePortal, server: Server) -> None:
    connector = KIND.open(account(webhook=server.webhook))
    assert isinstance(connector, Bitrix24)
    assert connector.health().title == "127.0.0.1"
    connector.close()


def test_nothing_given_says_what_is_missing() -> None:
    with pytest.raises(LastingTrouble) as caught:
        KIND.open(account(client_id="app"))
    assert caught.value.code == "no-access"
    assert "client_secret" in caught.value.text.ru


def test_application_that_nobody_let_in_says_where_access_is_given() -> None:
    with pytest.raises(LastingTrouble) as caught:
        KIND.open(account(client_id="app", client_secret="s"))
    assert caught.value.code == "not-granted"


# ── an application is let in ──


def application(server: Server, **more: str) -> Account:
    secrets = {"client_id": "app", "client_secret": "app-secret", **more}
    return Account("", Options(portal=server.home), secrets, lambda _: None)


def let_in(server: Server) -> Grant:
    grant = made(f"{server.home}/oauth/token/").grant
    assert grant is not None
    return grant


def agreed(server: Server, state: str = "st4te") -> dict[str, str]:
    """The browser goes to the portal, a person agrees, the portal sends the browser back."""
    gone = httpx.get(let_in(server).ask(application(server), state, ""))
    assert gone.headers["Location"].startswith("http://testserver/connections/access/back?")
    return dict(parse_qsl(urlsplit(gone.headers["Location"]).query))


def test_address_to_open_is_the_portals_own_with_our_state(server: Server) -> None:
    assert let_in(server).ask(application(server), "st4te", "") == (
        f"{server.home}/oauth/authorize/?client_id=app&state=st4te"
    )
    bare = Account("", Options(portal="name.bitrix24.ru"), {"client_id": "app"}, lambda _: None)
    assert let_in(server).ask(bare, "s", "").startswith("https://name.bitrix24.ru/oauth/authorize/?")


@pytest.mark.parametrize("portal", ["", "javascript://x/%0aalert(1)", "https://"])
def test_address_that_is_no_portal_is_refused(server: Server, portal: str) -> None:
    with pytest.raises(LastingTrouble) as caught:
        let_in(server).ask(Account("", Options(portal=portal), {"client_id": "app"}, lambda _: None), "s", "")
    assert caught.value.code == "no-portal"


def test_code_becomes_a_pair_by_which_the_portal_answers(portal: FakePortal, server: Server) -> None:
    answer = agreed(server)
    assert answer["state"] == "st4te"
    given = let_in(server).take(application(server, webhook="https://p.example/rest/1/c0de"), answer, "")
    assert (given["access_token"], given["refresh_token"], given["member_id"]) == ("token-1", "refresh-1", "m1")
    connector = made(f"{server.home}/oauth/token/").open(application(server, **given))
    assert connector.health().title == "127.0.0.1"  # the webhook that was there before is asked no more
    connector.close()


def test_code_works_once(portal: FakePortal, server: Server) -> None:
    answer = agreed(server)
    let_in(server).take(application(server), answer, "")
    with pytest.raises(LastingTrouble) as caught:
        let_in(server).take(application(server), answer, "")
    assert caught.value.code == "invalid-grant"


def test_person_who_does_not_agree_gives_nothing(portal: FakePortal, server: Server) -> None:
    portal.agrees = False
    with pytest.raises(LastingTrouble) as caught:
        let_in(server).take(application(server), agreed(server), "")
    assert caught.value.code == "not-granted"


def test_tokens_of_another_portal_do_not_replace_those_of_ours(portal: FakePortal, server: Server) -> None:
    portal.member_id = "m2"
    with pytest.raises(LastingTrouble) as caught:
        let_in(server).take(application(server, member_id="m1"), agreed(server), "")
    assert caught.value.code == "other-portal"


def test_wrong_secret_is_told_without_it_and_without_the_code(portal: FakePortal, server: Server) -> None:
    answer = agreed(server)
    with pytest.raises(LastingTrouble) as caught:
        let_in(server).take(application(server, client_secret="guess"), answer, "")
    assert caught.value.code == "invalid-client"
    assert not [word for word in ("guess", answer["code"]) if word in str(caught.value)]


def test_form_of_the_outgoing_webhook_is_known_by_its_token() -> None:
    form = dict(parse_qsl(body().decode()))
    assert KIND.verify is not None
    assert KIND.verify(form, account(event_token=TOKEN, member_id="m1"))
    assert not KIND.verify(form, account(event_token="other"))
    assert not KIND.verify(form, account())
