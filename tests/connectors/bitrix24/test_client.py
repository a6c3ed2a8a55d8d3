"""Calls, walks and batches over real HTTP: what is tried again, what is waited for, what a person is told."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from smarketing.connectors.bitrix24 import errors
from smarketing.connectors.bitrix24.access import Application, Webhook
from smarketing.connectors.bitrix24.client import Answer, Listing, NotRising, Portal
from smarketing.connectors.bitrix24.commands import command
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.granting import Granted
from smarketing.connectors.outside.kinds import Account
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from tests.connectors.bitrix24.conftest import Clock
from tests.support.bitrix24_answers import php_query
from tests.support.bitrix24_portal import CODE, FakePortal
from tests.support.bitrix24_server import Server

DEALS = Listing("crm.item.list", {"entityTypeId": 2, "select": ["id"]}, ("items",), id="id")


def client(server: Server, clock: Clock, pace: Pace | None = None) -> Portal:
    return Portal(
        Webhook(server.webhook),
        pace=pace or Pace(1e6, 1e6),
        wall=clock.seconds,
        sleep=clock.sleep,
    )


def deals(portal: FakePortal, *numbers: int) -> None:
    moment = portal.now().isoformat()
    for number in numbers:
        portal.tables["deals"].put(number, {"id": number, "createdTime": moment, "updatedTime": moment})


def walked(portal: Portal, listing: Listing = DEALS, after: int = 0) -> list[int]:
    return [int(row["id"]) for page in portal.batch_chain(listing, after) for row in page]


# ── batches ──


def test_operators_of_a_command_are_encoded_and_references_are_not() -> None:
    asked = command(
        "crm.item.list", {"filter": {">=id": 5, ">id": "$result[p0][items][49][id]"}, "select": ["id"]}
    )
    assert asked == "crm.item.list?filter[%3E%3Did]=5&filter[%3Eid]=$result[p0][items][49][id]&select[0]=id"
    assert php_query(asked.partition("?")[2], {})["filter"] == {">=id": "5", ">id": ""}


def test_raw_operator_loses_its_condition_on_the_other_side() -> None:
    assert php_query("filter[<=id]=5&start=-1", {}) == {"start": "-1"}


def test_chain_of_commands_gives_every_row_once(portal: FakePortal, server: Server, clock: Clock) -> None:
    numbers = list(range(3, 3 * 2601, 3))  # gaps, and one row more than a request holds
    deals(portal, *numbers)
    assert walked(client(server, clock)) == numbers
    assert server.requests == 2


def test_chain_ends_at_the_first_short_page_and_leaves_the_rubbish_after_it(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    deals(portal, *range(1, 71))
    portal.page_faults = {"p9": "ERROR_CORE"}  # far behind the short page p1
    assert walked(client(server, clock)) == list(range(1, 71))
    assert server.requests == 1


def test_chain_that_ends_with_a_full_page_is_seen_to_end(portal: FakePortal, server: Server, clock: Clock) -> None:
    deals(portal, *range(1, 101))
    assert walked(client(server, clock)) == list(range(1, 101))


def test_command_that_fails_in_the_middle_is_asked_again_from_there(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    deals(portal, *range(1, 401))
    portal.page_faults = {"p3": "INTERNAL_SERVER_ERROR"}
    assert walked(client(server, clock)) == list(range(1, 401))


def test_rows_that_come_and_go_while_pages_are_read_neither_repeat_nor_hide_others(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    deals(portal, *range(1, 301))

    def change(there: FakePortal) -> None:
        there.touch_between = None
        there.tables["deals"].drop(20)
        deals(there, 900)

    portal.touch_between = change
    found = walked(client(server, clock))
    assert found == [*range(1, 20), *range(21, 301), 900]


def test_independent_calls_fail_one_by_one(portal: FakePortal, server: Server, clock: Clock) -> None:
    portal.scopes = ("crm",)
    answers = client(server, clock).batch_calls(
        {"mode": ("crm.settings.mode.get", {}), "people": ("user.get", {})}
    )
    assert isinstance(answers["mode"], Answer) and answers["mode"].result == 1
    assert isinstance(answers["people"], LastingTrouble)


def test_portal_that_does_not_go_by_ids_is_found_out(portal: FakePortal, server: Server, clock: Clock) -> None:
    deals(portal, *range(1, 120))
    portal.ids_ignored_by = ("crm.item.list",)
    with pytest.raises(NotRising):
        walked(client(server, clock))


def test_batch_too_heavy_for_the_portals_minute_is_made_smaller(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    deals(portal, *range(1, 1201))
    portal.fault = lambda number: "html" if number <= 6 else None  # every attempt at fifty pages fails
    assert walked(client(server, clock)) == list(range(1, 1201))
    assert server.requests == 6 + 3  # ten pages, ten pages, five pages


# ── limits, by a clock that moves only when we wait ──


def test_own_bucket_keeps_below_the_portals(portal: FakePortal, server: Server, clock: Clock) -> None:
    portal.limits = True
    deals(portal, *range(1, 5001))
    pace = Pace(1.8, 40, clock=clock.seconds, sleep=clock.sleep)
    asking = client(server, clock, pace)
    pages = sum(1 for _ in asking.keyset(DEALS))
    assert (pages, portal.refused) == (101, 0)
    assert clock.slept == pytest.approx((101 - 40) / 1.8, abs=0.1)


def test_bucket_shared_with_another_program_is_found_full_and_waited_for(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    portal.limits, portal.burst = True, 5
    deals(portal, *range(1, 1001))
    pace = Pace(1.8, 40, clock=clock.seconds, sleep=clock.sleep)
    asking = client(server, clock, pace)
    assert sum(len(page) for page in asking.keyset(DEALS)) == 1000
    assert portal.refused > 0
    assert asking.traffic.refused == portal.refused


def test_method_whose_work_is_spent_rests_until_the_portal_gives_some_back(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    portal.limits, portal.burst, portal.budget, portal.work_per_call = True, 1e6, 300.0, 4.0
    deals(portal, *range(1, 5001))
    started = clock.seconds()
    assert walked(client(server, clock)) == list(range(1, 5001))
    # 101 pages of 4 s are more than 300 s of work in ten minutes: the walk must reach into a second window.
    assert clock.seconds() - started >= 600
    assert clock.slept < 3600


def test_nearly_spent_method_waits_before_it_is_refused(portal: FakePortal, server: Server, clock: Clock) -> None:
    portal.limits, portal.burst, portal.work_per_call = True, 1e6, 8.0
    deals(portal, *range(1, 5001))
    assert sum(len(page) for page in client(server, clock).keyset(DEALS)) == 5000
    assert portal.refused == 0  # 101 pages of 8 s against 480 s in ten minutes
    assert clock.slept > 0


def test_method_that_stays_spent_is_a_passing_trouble(portal: FakePortal, server: Server, clock: Clock) -> None:
    portal.limits, portal.budget = True, 0.0
    with pytest.raises(PassingTrouble) as caught:
        client(server, clock).call("crm.item.list", {"entityTypeId": 2})
    assert caught.value.code == "operation-time"


# ── access ──


@pytest.mark.parametrize("end", ["", "/", "/profile.json", "/crm.lead.list/"])
def test_webhook_is_taken_as_people_copy_it(end: str) -> None:
    access = Webhook(f" https://portal.example/rest/1/{CODE}{end} ")
    assert access.base_url == f"https://portal.example/rest/1/{CODE}/"
    assert access.secrets == (CODE,)
    assert CODE not in repr(access)


@pytest.mark.parametrize("address", ["https://portal.example/", "https://portal.example/rest/", "portal"])
def test_address_that_is_no_webhook_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(LastingTrouble) as caught:
        _ = Webhook(address).base_url
    assert caught.value.code == "wrong-webhook"


class Store:
    """The secrets of a connection; notes what was kept before which request."""

    def __init__(self, server: Server, access: str = "old", refresh: str = "refresh-0") -> None:
        self.server = server
        self.secrets = {
            "client_id": "app", "client_secret": "app-secret", "access_token": access, "refresh_token": refresh,
            "client_endpoint": f"{server.home}/rest/", "member_id": "m1",
        }  # fmt: skip
        self.kept: list[tuple[str, int]] = []

    def keep(self, renewed: Mapping[str, str]) -> None:
        self.kept.append((renewed["refresh_token"], self.server.requests))
        self.secrets = {**self.secrets, **renewed}


def application(server: Server, store: Store) -> Portal:
    granted = Granted(Account("", Options(), store.secrets, store.keep, lambda: store.secrets))
    access = Application(granted, tokens_url=f"{server.home}/oauth/token/", pace=lambda: Pace(1e6, 1e6))
    return Portal(access, pace=Pace(1e6, 1e6))


def test_old_token_is_renewed_once_and_saved_before_it_is_used(portal: FakePortal, server: Server) -> None:
    store = Store(server)
    assert application(server, store).call("profile").result["ADMIN"] is True
    assert portal.refreshes == 1
    assert store.kept == [("refresh-1", 2)]  # one call refused, one refresh, then kept, then the call again
    assert server.requests == 3


def test_token_that_another_worker_renewed_is_taken_from_the_store(portal: FakePortal, server: Server) -> None:
    store = Store(server)
    asking = application(server, store)
    store.secrets = {**store.secrets, "access_token": "token-0"}
    asking.call("profile")
    assert portal.refreshes == 0
    assert store.kept == []


def test_refresh_token_that_is_used_up_asks_for_a_new_installation(portal: FakePortal, server: Server) -> None:
    with pytest.raises(LastingTrouble) as caught:
        application(server, Store(server, refresh="used")).call("profile")
    assert caught.value.code == "invalid-grant"


def test_wrong_secret_of_the_application_is_told_without_it(portal: FakePortal, server: Server) -> None:
    store = Store(server)
    store.secrets["client_secret"] = "guess"
    with pytest.raises(LastingTrouble) as caught:
        application(server, store).call("profile")
    assert caught.value.code == "invalid-client"
    assert "guess" not in str(caught.value)


# ── what answers mean ──


def response(status: int, body: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, text=body, headers=headers)


@pytest.mark.parametrize(
    ("status", "code", "kind", "told"),
    [
        (503, "QUERY_LIMIT_EXCEEDED", PassingTrouble, "too-many-requests"),
        (429, "OPERATION_TIME_LIMIT", errors.TimeSpent, "operation-time"),
        (503, "OVERLOAD_LIMIT", LastingTrouble, "overload-limit"),
        (500, "INTERNAL_SERVER_ERROR", PassingTrouble, "portal-broken"),
        (500, "ERROR_UNEXPECTED_ANSWER", PassingTrouble, "portal-broken"),
        (401, "expired_token", errors.TokenExpired, "expired-token"),
        (401, "NO_AUTH_FOUND", LastingTrouble, "invalid-credentials"),
        (403, "INVALID_CREDENTIALS", LastingTrouble, "invalid-credentials"),
        (403, "insufficient_scope", LastingTrouble, "insufficient-scope"),
        (403, "ACCESS_DENIED", LastingTrouble, "access-denied"),
        (403, "user_access_error", LastingTrouble, "user-access-error"),
        (403, "allowed_only_intranet_user", LastingTrouble, "user-access-error"),
        (400, "INVALID_ARG_VALUE", WrongAnswer, "invalid-arg-value"),
        (400, "100", WrongAnswer, "100"),
        (404, "ERROR_METHOD_NOT_FOUND", WrongAnswer, "error-method-not-found"),
        (400, "ERROR_BATCH_LENGTH_EXCEEDED", WrongAnswer, "error-batch-length-exceeded"),
    ],
)
def test_code_of_the_portal_says_what_to_do(status: int, code: str, kind: type[Trouble], told: str) -> None:
    trouble = errors.judge(response(status, f'{{"error": "{code}", "error_description": "x"}}'))
    assert type(trouble) is kind
    assert trouble.code == told
    assert trouble.text.ru and trouble.text.en and trouble.text.ru != trouble.text.en


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (502, "<html>Bad gateway</html>", "portal-broken"),
        (503, "", "portal-broken"),
        (200, "<html>Log in</html>", "garbled-answer"),
        (200, '{"result": [', "garbled-answer"),
        (200, "[]", "garbled-answer"),
        (200, '{"time": {}}', "garbled-answer"),
        (401, "", "invalid-credentials"),
        (403, "<html></html>", "access-denied"),
    ],
)
def test_answer_without_a_code_is_judged_by_its_status(status: int, body: str, told: str) -> None:
    trouble = errors.judge(response(status, body))
    assert trouble is not None and trouble.code == told


def test_plain_http_is_told_apart_from_other_wrong_requests() -> None:
    trouble = errors.judge(response(400, '{"error": "INVALID_REQUEST", "error_description": "Https required."}'))
    assert isinstance(trouble, LastingTrouble) and trouble.code == "https-required"


def test_sums_are_read_without_binary_floats() -> None:
    good = response(200, '{"result": {"opportunity": 19000.10, "id": 7}}')
    assert errors.judge(good) is None
    assert errors.answer_of(good)["result"] == {"opportunity": "19000.10", "id": 7}


def test_moved_portal_asks_for_its_new_address(portal: FakePortal, server: Server, clock: Clock) -> None:
    portal.fault = lambda _: "redirect"
    with pytest.raises(LastingTrouble) as caught:
        client(server, clock).call("profile")
    assert caught.value.code == "portal-moved"


def test_code_of_the_webhook_is_in_no_text_even_if_the_portal_repeats_it(
    portal: FakePortal, server: Server, clock: Clock
) -> None:
    portal.fault = lambda number: "tear" if number <= 6 else None
    with pytest.raises(PassingTrouble) as torn:
        client(server, clock).call("profile")
    assert CODE not in f"{torn.value} {torn.value.text} {torn.value.args}"
    with pytest.raises(WrongAnswer) as caught:
        client(server, clock).call(f"nothing.{CODE}")
    assert CODE not in f"{caught.value} {caught.value.text} {caught.value.args}"


def test_name_of_a_method_may_be_in_any_case(portal: FakePortal, server: Server, clock: Clock) -> None:
    assert client(server, clock).call("crm.Settings.Mode.Get").result == 1


def test_write_is_sent_once(portal: FakePortal, server: Server, clock: Clock) -> None:
    portal.fault = lambda _: "internal"
    with pytest.raises(PassingTrouble):
        client(server, clock).write("crm.timeline.comment.add", {"fields": {}})
    assert server.requests == 1
