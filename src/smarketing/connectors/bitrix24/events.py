"""Which cards does an outgoing webhook of the portal hint at?

A hint, never the truth: it only says what to look at soon. It may come twice, late, out of order or not at all,
and a forged one does no more than the poll that was due anyway. A form with another token or portal is nothing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

LARGEST = 20_000  # bytes of a form: real ones have a few hundred
_STREAMS = {
    "LEAD": "leads", "DEAL": "deals", "CONTACT": "contacts", "COMPANY": "companies", "ACTIVITY": "activities",
}  # fmt: skip
_EVENT = re.compile(r"ONCRM(LEAD|DEAL|CONTACT|COMPANY|ACTIVITY)(ADD|UPDATE|DELETE|MOVETOCATEGORY)")


@dataclass(frozen=True)
class Hint:
    """Look at this record soon. ``deleted``: the portal says that it is gone; the next sweep decides."""

    stream: str
    key: str
    deleted: bool = False
    sent_at: datetime | None = None


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form with their brackets; nothing for a form that is too large or no form at all.

    >>> form_of(b"event=ONCRMDEALUPDATE&data%5BFIELDS%5D%5BID%5D=759")
    {'event': 'ONCRMDEALUPDATE', 'data[FIELDS][ID]': '759'}
    """
    if len(body) > LARGEST:
        return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}


def is_ours(form: Mapping[str, str], token: str, member_id: str = "") -> bool:
    """Does the form carry our token, and our portal where that is known? The time taken tells nothing of it."""
    given = form.get("auth[application_token]", "")
    right = hmac.compare_digest(given.encode(), token.encode())
    same_portal = hmac.compare_digest(form.get("auth[member_id]", "").encode(), member_id.encode())
    return bool(token) and right and (same_portal or not member_id)


def hint_of(form: Mapping[str, str]) -> Hint | None:
    """What the form of an event hints at; None for events that concern us not."""
    found = _EVENT.fullmatch(form.get("event", "").upper())
    key = form.get("data[FIELDS][ID]", "")
    if found is None or not re.fullmatch(r"[1-9]\d{0,17}", key):
        return None
    return Hint(_STREAMS[found[1]], key, found[2] == "DELETE", _moment(form.get("ts", "")))


def to_poll(bodies: Iterable[bytes], token: str, member_id: str = "") -> dict[str, tuple[str, ...]]:
    """Stream → keys to look at, each once, from whatever was posted to us in whatever order."""
    found: dict[str, set[str]] = {}
    for body in bodies:
        form = form_of(body)
        hint = hint_of(form) if is_ours(form, token, member_id) else None
        if hint is not None:
            found.setdefault(hint.stream, set()).add(hint.key)
    return {stream: tuple(sorted(keys, key=int)) for stream, keys in sorted(found.items())}


def _moment(text: str) -> datetime | None:
    """The moment of sending, not of the change."""
    return datetime.fromtimestamp(int(text), UTC) if re.fullmatch(r"\d{1,10}", text) else None
