from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smarketing.facts.errors import WrongState
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import AuditEntry, SignInAttempt, User
from smarketing.web.accounts.rights import Right, may, scope
from tests.web.conftest import PASSWORD

SignIn = Callable[..., Client]


def enter(client: Client, name: str, password: str, **more: str) -> Any:
    return client.post("/sign-in", {"username": name, "password": password, **more})


def test_sign_in_leads_to_the_page_that_was_asked_for(workspace: Any, cast: dict[str, User]) -> None:
    client = Client()
    assert client.get("/funnel").headers["Location"] == "/sign-in?next=/funnel"
    assert enter(client, "alice", PASSWORD, next="/funnel").headers["Location"] == "/funnel"


def test_sign_in_never_leads_to_another_site(workspace: Any, cast: dict[str, User]) -> None:
    answer = enter(Client(), "alice", PASSWORD, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_wrong_password_and_unknown_name_get_the_same_sentence(
    workspace: Any, cast: dict[str, User], name: str
) -> None:
    answer = enter(Client(), name, "wrong")
    assert answer.status_code == 200
    assert "Имя или пароль не подошли." in answer.content.decode()


def test_inactive_person_cannot_sign_in(workspace: Any, cast: dict[str, User]) -> None:
    User.objects.filter(username="alice").update(is_active=False)
    assert enter(Client(), "alice", PASSWORD).status_code == 200


def test_fifth_failure_closes_the_door_even_to_the_right_password(workspace: Any, cast: dict[str, User]) -> None:
    client = Client()
    for _ in range(5):
        assert enter(client, "alice", "wrong").status_code == 200
    closed = enter(client, "Alice", PASSWORD)  # the name in any case
    assert closed.status_code == 429
    assert "Повторите через 15 минут" in closed.content.decode()
    assert enter(client, "charlie", PASSWORD).status_code == 302


def test_success_clears_the_failures_of_the_name(workspace: Any, cast: dict[str, User]) -> None:
    for _ in range(4):
        enter(Client(), "alice", "wrong")
    enter(Client(), "alice", PASSWORD)
    assert SignInAttempt.objects.count() == 0


def test_many_names_from_one_address_close_the_door(workspace: Any, cast: dict[str, User], settings: Any) -> None:
    settings.SIGN_IN_FAILURES_BY_ADDRESS = 3
    for name in ("a", "b", "c"):
        enter(Client(), name, "wrong")
    assert enter(Client(), "alice", PASSWORD).status_code == 429


def test_sign_in_and_change_of_password_are_written_down(workspace: Any, cast: dict[str, User]) -> None:
    client = Client()
    enter(client, "alice", PASSWORD)
    new = "another horse battery"
    answer = client.post("/account", {"current": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert list(AuditEntry.objects.values_list("action", "subject")) == [
        ("password_changed", "alice"),
        ("sign_in", "alice"),
    ]
    assert client.get("/account").status_code == 200  # the session survives
    assert enter(Client(), "alice", new).status_code == 302


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"current": "wrong", "new": "another horse battery", "again": "another horse battery"}, "не подошёл"),
        ({"current": PASSWORD, "new": "another horse battery", "again": "another horse"}, "различаются"),
        ({"current": PASSWORD, "new": "12345", "again": "12345"}, "слишком короткий"),
    ],
)
def test_password_is_not_changed_by_a_wrong_form(
    workspace: Any, signed_in: SignIn, given: dict[str, str], expected: str
) -> None:
    answer = signed_in("alice").post("/account", given)
    assert expected in answer.content.decode()
    assert User.objects.get(username="alice").check_password(PASSWORD)


def test_audit_log_cannot_be_rewritten(cast: dict[str, User]) -> None:
    entry = audit(cast["charlie"], "load", "x")
    for rewriting in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(action="y"),
        AuditEntry.objects.all().delete,
    ):
        with pytest.raises(TypeError):
            rewriting()


@pytest.mark.parametrize(
    ("name", "rights"),
    [
        (
            "alice",
            set(Right) - {Right.LOAD_DATA, Right.MANAGE_CONNECTIONS, Right.MANAGE_USERS, Right.CONFIRM_PLAN},
        ),
        ("bob", {Right.SEE_FIGURES}),
        ("charlie", set(Right) - {Right.ASK, Right.ANSWER, Right.EDIT_PLAN, Right.CONFIRM_PLAN}),
        (
            "dora",
            {
                Right.SEE_FIGURES,
                Right.SEE_COMPANY,
                Right.SEE_PLAN,
                Right.EDIT_PLAN,
                Right.CONFIRM_PLAN,
                Right.ANSWER,
                Right.SEE_DATA,
                Right.SEE_PERSONAL,
                Right.SETTLE_DATA,
            },
        ),
    ],
)
def test_rights_of_each_role(cast: dict[str, User], name: str, rights: set[Right]) -> None:
    assert {right for right in Right if may(cast[name], right)} == rights


def test_scope_of_a_seller_is_the_own_name_and_of_others_everything(cast: dict[str, User]) -> None:
    assert scope(cast["bob"]) == {"manager": ("Анна",)}
    assert scope(cast["alice"]) == {}


def test_seller_without_a_name_sees_nothing_rather_than_everything(cast: dict[str, User]) -> None:
    with pytest.raises(WrongState, match="seller-without-person"):
        scope(cast["eve"])


def test_administrator_adds_a_person_and_the_log_keeps_no_password(workspace: Any, signed_in: SignIn) -> None:
    given = {
        "username": "fay",
        "role": "seller",
        "person": "Борис",
        "password": "yet another horse",
        "is_active": "on",
    }
    assert signed_in("charlie").post("/people/new", given).status_code == 302
    fay = User.objects.get(username="fay")
    assert (fay.role, fay.person, fay.check_password("yet another horse")) == ("seller", "Борис", True)
    entry = AuditEntry.objects.get(action="user_created")
    assert "yet another horse" not in str(entry.details)
    assert entry.details["person"] == "Борис"


def test_two_people_cannot_have_one_name(workspace: Any, signed_in: SignIn) -> None:
    answer = signed_in("charlie").post(
        "/people/new", {"username": "ALICE", "role": "analyst", "password": PASSWORD}
    )
    assert "уже занято" in answer.content.decode()


@pytest.mark.parametrize("page", ["/people", "/people/new", "/audit", "/data/upload", "/data"])
def test_seller_is_refused_what_is_for_others(workspace: Any, signed_in: SignIn, page: str) -> None:
    assert signed_in("bob").get(page).status_code == 403


def test_language_and_theme_stay_with_the_person(workspace: Any, signed_in: SignIn) -> None:
    client = signed_in("alice")
    client.post("/appearance", {"language": "en", "theme": "dark", "next": "/account"})
    page = client.get("/account").content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    alice = User.objects.get(username="alice")
    assert (alice.language, alice.theme) == ("en", "dark")


def test_sign_out_needs_a_post(workspace: Any, signed_in: SignIn) -> None:
    client = signed_in("alice")
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/account").status_code == 302
