"""From what a person typed to a portal that answers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import pytest

from smarketing.connectors.bitrix24.connector import Bitrix24
from smarketing.connectors.bitrix24.kind import KIND, KeptTokens
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.kinds import Account
from smarketing.connectors.outside.trouble import LastingTrouble
from tests.connectors.bitrix24.test_events import TOKEN, body
from tests.support.bitrix24_portal import FakePortal, Server


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
    assert "refresh_token" in caught.value.text.ru


def test_tokens_of_an_application_are_kept_with_its_other_secrets() -> None:
    kept: list[Mapping[str, str]] = []
    given = {"client_id": "a", "client_secret": "b", "access_token": "acc3ss", "refresh_token": "r3fresh"}
    store = KeptTokens(
        {**given, "client_endpoint": "https://portal.example/rest/", "member_id": "m1"}, kept.append
    )
    tokens = store.load()
    store.save(tokens)
    assert kept == [{**given, "client_endpoint": "https://portal.example/rest/", "member_id": "m1"}]
    assert "acc3ss" not in repr(tokens)
    assert "r3fresh" not in repr(tokens)


def test_form_of_the_outgoing_webhook_is_known_by_its_token() -> None:
    form = dict(parse_qsl(body().decode()))
    assert KIND.verify is not None
    assert KIND.verify(form, account(event_token=TOKEN, member_id="m1"))
    assert not KIND.verify(form, account(event_token="other"))
    assert not KIND.verify(form, account())
