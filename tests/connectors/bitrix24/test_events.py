"""Hints from outside: duplicates, losses, wrong order and forged ones do no harm."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from smarketing.connectors.bitrix24.events import LARGEST, Hint, form_of, hint_of, is_ours, to_poll

TOKEN, PORTAL = "t0ken", "m1"


def body(event: str = "ONCRMDEALUPDATE", key: str = "759", token: str = TOKEN, member: str = PORTAL) -> bytes:
    form = {
        "event": event,
        "event_handler_id": "201",
        "data[FIELDS][ID]": key,
        "ts": "1736405807",
        "auth[domain]": "portal.example",
        "auth[member_id]": member,
        "auth[application_token]": token,
    }
    return urlencode(form).encode()


def test_event_hints_at_one_card() -> None:
    sent = datetime(2025, 1, 9, 6, 56, 47, tzinfo=UTC)
    assert hint_of(form_of(body())) == Hint("deals", "759", deleted=False, sent_at=sent)
    assert hint_of(form_of(body("ONCRMLEADDELETE", "12"))) == Hint("leads", "12", deleted=True, sent_at=sent)


def test_same_event_many_times_in_any_order_is_one_look() -> None:
    posted = [body("ONCRMDEALUPDATE", "9"), body("ONCRMLEADADD", "3"), body("ONCRMDEALADD", "9"), body(key="10")]
    expected = {"deals": ("9", "10"), "leads": ("3",)}
    assert to_poll(posted * 3, TOKEN, PORTAL) == expected
    assert to_poll(reversed(posted), TOKEN, PORTAL) == expected


@pytest.mark.parametrize(
    "forged",
    [
        body(token="guess"),
        body(token=""),
        body(token=f"{TOKEN}x"),
        body(member="other"),
        urlencode({"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": "1"}).encode(),
    ],
)
def test_forged_form_is_nothing(forged: bytes) -> None:
    assert to_poll([forged], TOKEN, PORTAL) == {}


def test_portal_is_only_compared_where_it_is_known() -> None:
    assert is_ours(form_of(body(member="other")), TOKEN)


def test_nobody_is_let_in_by_an_empty_token() -> None:
    assert not is_ours(form_of(body(token="")), "")


@pytest.mark.parametrize(
    "strange",
    [
        body("ONCRMDEALUPDATE", "759 OR 1=1"),
        body("ONCRMDEALUPDATE", "-5"),
        body("ONCRMDEALUPDATE", "0"),
        body("ONAPPUNINSTALL", "5"),
        body("ONCRMDEALUPDATEX", "5"),
        b"",
        b"\xff\xfe",
        b'{"event": "ONCRMDEALUPDATE"}',
        body() + b"&x=" + b"y" * LARGEST,
        b"&".join(b"a%d=1" % number for number in range(200)),
    ],
)
def test_what_is_no_event_of_ours_hints_at_nothing(strange: bytes) -> None:
    assert to_poll([strange], TOKEN, PORTAL) == {}


def test_time_of_sending_may_be_missing_or_nonsense() -> None:
    for said in ("", "soon", "99999999999999"):
        hint = hint_of({"event": "ONCRMDEALADD", "data[FIELDS][ID]": "1", "ts": said})
        assert hint is not None and hint.sent_at is None
