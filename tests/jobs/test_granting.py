"""Access given in the terminal, and tokens that two processes renew at once."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest

from smarketing.connectors.bitrix24.access import PAIR
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.jobs.connections import Connections
from smarketing.jobs.granting import answer_of, has_application, is_waiting, let_in, new_state, way_in
from smarketing.jobs.workspace import Workspace
from tests.support.bitrix24_application import agree, bitrix, connect, fields_of, server
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.support.connected import toy_kind

__all__ = ["bitrix", "server", "toy_kind"]


@pytest.fixture
def company(tmp_path: Path, server: Server) -> Workspace:
    made = Workspace.init(tmp_path / "company", Company())
    connect(made, server)
    return made


def give(company: Workspace) -> None:
    let_in(company, "crm", fields_of(agree(way_in(company, "crm", "s", ""))), "")


def test_access_is_waited_for_until_it_is_given(company: Workspace) -> None:
    assert (has_application(company, "crm"), is_waiting(company, "crm")) == (True, True)
    give(company)
    assert (has_application(company, "crm"), is_waiting(company, "crm")) == (True, False)


def test_two_processes_with_an_old_token_refresh_it_once_and_both_go_on(
    company: Workspace, bitrix: FakePortal
) -> None:
    give(company)
    bitrix.access_token = "an hour later"
    both = [Connections(company).open("crm") for _ in range(2)]  # each has read the same old pair
    together, titles = Barrier(2), []

    def ask(place: int) -> None:
        together.wait(30)
        titles.append(both[place].health().title)

    threads = [Thread(target=ask, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for connector in both:
        connector.close()
    assert titles == ["127.0.0.1", "127.0.0.1"]
    assert bitrix.refreshes == 2  # the first pair came with the code, the second by one refresh
    stored = Connections(company).account("crm").secrets
    assert [stored[name] for name in PAIR] == ["token-2", "refresh-2"]


def test_answer_may_be_pasted_whole_or_as_the_code_alone() -> None:
    assert answer_of(" c0de \n", "s") == {"code": "c0de"}
    assert answer_of("https://our.example/back?code=c0de&state=s&domain=d", "s")["code"] == "c0de"


@pytest.mark.parametrize("said", ["https://our.example/back?code=c0de&state=other", "https://x/?code=1", "code=1"])
def test_pasted_answer_to_another_question_is_refused(said: str) -> None:
    with pytest.raises(WrongQuestion) as caught:
        answer_of(said, "s")
    assert caught.value.code == "wrong-state"


def test_states_are_never_given_twice() -> None:
    assert len({new_state() for _ in range(100)}) == 100


def test_kind_without_applications_says_how_access_is_given(company: Workspace, toy_kind: None) -> None:
    from smarketing.connectors.outside.kinds import Connection

    Connections(company).add(
        Connection(key="till", kind="toy", title="Касса", base_url="https://till.example"), {"token": "t"}
    )
    with pytest.raises(WrongQuestion) as caught:
        way_in(company, "till", "s", "")
    assert caught.value.code == "no-grant"
    assert (has_application(company, "till"), is_waiting(company, "till")) == (False, False)
