"""An application instead of a long-lived token: let in, renewed once by whoever is first, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stamina

from smarketing.connectors.amocrm.access import GIVEN, Application
from smarketing.connectors.amocrm.connector import AmoCrm
from smarketing.connectors.amocrm.kind import KIND
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.granting import Granted
from smarketing.connectors.outside.kinds import Account as Said
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble
from tests.support.amocrm_account import APPLICATION, TOKEN, Account, Server, serving

BACK = APPLICATION[2]
KEYS = {"client_id": APPLICATION[0], "client_secret": APPLICATION[1]}
GRANTED = {**KEYS, "access_token": TOKEN, "refresh_token": "refresh-0", "redirect_uri": BACK}


@dataclass
class Vault:
    """Where secrets lie between processes, and the order in which things happened to them."""

    secrets: dict[str, str] = field(default_factory=lambda: dict(GRANTED))
    kept: list[dict[str, str]] = field(default_factory=list)

    def account(self, url: str) -> Said:
        return Said(url, Options(), dict(self.secrets), keep=self.keep, reread=lambda: dict(self.secrets))

    def keep(self, fresh: Any) -> None:
        self.kept.append(dict(fresh))
        self.secrets |= fresh


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Account()) as made, stamina.set_testing(True, attempts=2):
        yield made


def opened(server: Server, vault: Vault) -> AmoCrm:
    access = Application(Granted(vault.account(server.url)), server.url, pace=lambda: Pace(1e6, 1e6))
    return AmoCrm(server.url, access, pace=Pace(1e6, 1e6))


def test_old_token_is_renewed_kept_and_the_request_repeated(server: Server) -> None:
    vault, server.token = Vault(), "a day later"
    assert opened(server, vault).health().title == "Игроград"
    pair = {"access_token": "token-1", "refresh_token": "refresh-1", "redirect_uri": BACK}
    assert (vault.kept, server.refreshes) == ([pair], 1)


def test_pair_that_another_process_has_stored_is_taken_and_no_refresh_token_used(server: Server) -> None:
    vault = Vault()
    first, second = opened(server, vault), opened(server, vault)
    server.token = "a day later"
    first.health()
    second.health()
    assert (server.refreshes, len(vault.kept)) == (1, 1)


def test_write_refused_for_its_old_token_is_sent_again_and_written_once(server: Server) -> None:
    vault, server.token = Vault(), "a day later"
    server.account.add_lead(7)
    connector = opened(server, vault)
    connector.api.write("leads/7/notes", [{"note_type": "common", "params": {"text": "т"}}])
    assert len(server.account.written) == 1


def test_refresh_whose_answer_was_lost_is_not_repeated_and_the_next_run_says_what_to_do(server: Server) -> None:
    vault, server.token = Vault(), "a day later"
    server.plan = lambda number: "tear_body" if number == 2 else None
    with pytest.raises(PassingTrouble):
        opened(server, vault).health()
    assert len(server.asked) == 2
    with pytest.raises(LastingTrouble) as caught:
        opened(server, vault).health()
    assert caught.value.code == "no-access"
    assert "Дать доступ" in caught.value.text.ru


def test_revoked_application_stops_after_two_requests_with_a_sentence(server: Server) -> None:
    vault = Vault()
    server.token = server.refresh = "revoked"
    with pytest.raises(LastingTrouble) as caught:
        opened(server, vault).health()
    assert (caught.value.code, len(server.asked), vault.kept) == ("no-access", 2, [])
    for secret in (APPLICATION[1], TOKEN, "refresh-0"):
        assert secret not in f"{caught.value} {caught.value.text}"


def test_person_is_led_to_the_vendors_page_of_the_accounts_domain() -> None:
    assert KIND.grant is not None
    for host, page in (
        ("igrograd.amocrm.ru", "https://www.amocrm.ru/oauth"),
        ("a.kommo.com", "https://www.kommo.com/oauth"),
    ):
        account = Vault(dict(KEYS)).account(f"https://{host}")
        assert KIND.grant.ask(account, "s", BACK) == f"{page}?client_id=app&state=s"


def test_code_becomes_a_pair_and_a_long_lived_token_gives_way(server: Server) -> None:
    assert KIND.grant is not None
    vault = Vault({**KEYS, "token": "old"})
    answer = {"code": "c0de", "state": "s", "referer": "127.0.0.1"}
    vault.keep(KIND.grant.take(vault.account(server.url), answer, BACK))
    assert {name: vault.secrets[name] for name in (*GIVEN, "token")} == {
        "access_token": "token-1",
        "refresh_token": "refresh-1",
        "redirect_uri": BACK,
        "token": "",
    }
    assert isinstance(KIND.open(vault.account(server.url)), AmoCrm)


@pytest.mark.parametrize(
    ("answer", "back", "code"),
    [
        ({"code": "c0de", "referer": "other.amocrm.ru"}, BACK, "other-account"),
        ({"code": "c0de"}, "", "no-return-address"),
        ({"error": "access_denied"}, BACK, "not-granted"),
        ({"code": "stale"}, BACK, "no-access"),
    ],
)
def test_access_that_was_not_given_is_told(server: Server, answer: dict[str, str], back: str, code: str) -> None:
    assert KIND.grant is not None
    with pytest.raises(LastingTrouble) as caught:
        KIND.grant.take(Vault(dict(KEYS)).account(server.url), answer, back)
    assert caught.value.code == code


@pytest.mark.parametrize(("secrets", "code"), [({}, "no-access"), (KEYS, "not-granted")])
def test_connection_without_access_says_what_is_missing(secrets: dict[str, str], code: str) -> None:
    with pytest.raises(LastingTrouble) as caught:
        KIND.open(Vault(dict(secrets)).account("https://igrograd.amocrm.ru"))
    assert caught.value.code == code
