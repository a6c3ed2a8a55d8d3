"""Tokens that renew themselves: one renewal at a time, kept before use, and nobody's work done twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Barrier, Lock, Thread

import pytest

from smarketing.connectors.outside.granting import Granted, code_of
from smarketing.connectors.outside.kinds import Account, NoOptions
from smarketing.connectors.outside.trouble import LastingTrouble


class Vault:
    """Where the secrets lie; several readers as there are several processes."""

    def __init__(self) -> None:
        self.secrets: Mapping[str, str] = {"access_token": "a0", "refresh_token": "r0", "client_id": "app"}
        self.lock = Lock()
        self.told: list[str] = []

    def account(self) -> Account:
        return Account("", NoOptions(), dict(self.secrets), self.keep, lambda: self.secrets, self.alone)

    def keep(self, renewed: Mapping[str, str]) -> None:
        self.told.append(f"kept {renewed['refresh_token']}")
        self.secrets = {**self.secrets, **renewed}

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.lock:
            yield

    def refreshed(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        """The other side: a refresh token is used up by one refresh."""
        self.told.append(f"used {stored['refresh_token']}")
        number = int(stored["refresh_token"][1:]) + 1
        return {"access_token": f"a{number}", "refresh_token": f"r{number}"}


def test_fresh_pair_is_kept_before_it_is_used_and_other_secrets_stay() -> None:
    vault = Vault()
    granted = Granted(vault.account())
    granted.renew(vault.refreshed)
    assert (granted.access, vault.told) == ("a1", ["used r0", "kept r1"])
    assert vault.secrets == {"access_token": "a1", "refresh_token": "r1", "client_id": "app"}


def test_pair_that_could_not_be_kept_is_not_used() -> None:
    vault = Vault()

    def full(_: Mapping[str, str]) -> None:
        raise OSError("no space left")

    granted = Granted(Account("", NoOptions(), vault.secrets, full, lambda: vault.secrets, vault.alone))
    with pytest.raises(OSError, match="no space"):
        granted.renew(vault.refreshed)
    assert granted.access == "a0"


def test_two_processes_that_find_the_same_old_token_refresh_it_once() -> None:
    vault, together = Vault(), Barrier(2)
    both = [Granted(vault.account()) for _ in range(2)]

    def renew(granted: Granted) -> None:
        together.wait(30)
        granted.renew(vault.refreshed)

    threads = [Thread(target=renew, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert vault.told == ["used r0", "kept r1"]
    assert [one.access for one in both] == ["a1", "a1"]


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"error": "access_denied", "code": "c"}])
def test_answer_without_a_code_is_a_refusal(answer: dict[str, str]) -> None:
    with pytest.raises(LastingTrouble) as caught:
        code_of(answer)
    assert caught.value.code == "not-granted"
