"""What did managers do, and for which lead: ``activities`` out of activities and the telephony's statistics.

A call stands in both; it is one row under the activity's number. An activity of a contact or a company belongs to
the newest of their leads that had begun by then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from smarketing.connectors.bitrix24.families import Carried, carriers
from smarketing.connectors.bitrix24.leads import Reading
from smarketing.connectors.bitrix24.records import Call, Deed
from smarketing.connectors.outside.mirror import Mirror, Stored

_LEAD, _DEAL, _CONTACT, _COMPANY = "1", "2", "3", "4"
_OF_CALL = {"LEAD": _LEAD, "CONTACT": _CONTACT, "COMPANY": _COMPANY}
_KINDS = {1: "meeting", 2: "call", 4: "letter"}
_PROVIDERS = {
    "IMOPENLINES_SESSION": "message", "CRM_SMS": "message", "CRM_EMAIL": "letter", "CRM_WEBFORM": "form",
    "CRM_TODO": "todo", "CRM_MEETING": "meeting", "CRM_CALL": "call", "VOXIMPLANT_CALL": "call",
}  # fmt: skip
_RESULTS = {"304": "missed", "486": "busy", "603": "failed", "404": "failed", "484": "failed", "503": "failed"}
_RESULTS |= {"480": "no_answer", "408": "no_answer", "403": "failed", "402": "failed"}
_TASK = 3  # tasks are a stream of their own
_INFORMS = 5  # a call by a machine


@dataclass
class Owners:
    """Whose lead is it? By owner (``type/number``) and moment."""

    carried: Mapping[str, Carried] = field(default_factory=dict)
    leads: frozenset[str] = frozenset()
    by_client: Mapping[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    prefix: str = ""

    def lead(self, kind: str, number: str, at: datetime) -> Carried | None:
        if kind == _LEAD:
            return Carried(f"{self.prefix}L{number}") if number in self.leads else None
        if kind == _DEAL:
            return self.carried.get(number)
        begun = self.by_client.get(f"{kind}/{number}", [])
        place = bisect_right([moment for moment, _ in begun], at)
        return Carried(begun[place - 1][1]) if place else None


def deed_rows(mirror: Mirror, stored: Iterable[Stored], reading: Reading) -> list[dict[str, Any]]:
    """Rows of ``activities`` for activities of the portal."""
    deeds = [Deed.model_validate(one.body) for one in stored]
    found = mirror.linked("calls", "activity", [str(deed.id) for deed in deeds])
    calls = {key: Call.model_validate(ones[0].body) for key, ones in found.items()}
    owners = find_owners(mirror, [(str(deed.owner_type), str(deed.owner)) for deed in deeds], reading)
    rows = (_deed_row(deed, calls.get(str(deed.id)), owners, reading) for deed in deeds)
    return [row for row in rows if row is not None]


def call_rows(mirror: Mirror, stored: Iterable[Stored], reading: Reading) -> list[dict[str, Any]]:
    """Rows of ``activities`` for calls; those that are activities, too, are read as such."""
    calls = [Call.model_validate(one.body) for one in stored]
    known = mirror.get("activities", [str(call.activity) for call in calls if call.activity])
    alone = [call for call in calls if str(call.activity) not in known]
    owners = find_owners(mirror, [_owner(call) for call in alone], reading)
    rows = [_call_row(call, owners.lead(*_owner(call), call.at), reading) for call in alone]
    return [*deed_rows(mirror, known.values(), reading), *rows]


def rows_of_absorbed(mirror: Mirror, deals: Iterable[str], reading: Reading) -> Iterator[dict[str, Any]]:
    """Activities of deals that have become part of a lead: told again under that lead."""
    found = mirror.linked("activities", "owner", [f"{_DEAL}/{deal}" for deal in deals])
    for ones in found.values():
        yield from deed_rows(mirror, ones, reading)


def find_owners(mirror: Mirror, asked: Iterable[tuple[str, str]], reading: Reading) -> Owners:
    """Everything that is needed to tell the lead of these owners."""
    prefix = reading.options.prefix
    wanted: dict[str, set[str]] = {}
    for kind, number in asked:
        wanted.setdefault(kind, set()).add(number)
    begun: dict[str, list[tuple[datetime, str]]] = {}
    for kind, name in ((_CONTACT, "contact"), (_COMPANY, "company")):
        for number, listed in _begun(mirror, name, wanted.get(kind, set()), prefix).items():
            begun[f"{kind}/{number}"] = sorted(listed)
    return Owners(
        carriers(mirror, wanted.get(_DEAL, set()), prefix),
        frozenset(mirror.has("leads", wanted.get(_LEAD, set()))),
        begun,
        prefix,
    )


def _begun(mirror: Mirror, link: str, numbers: set[str], prefix: str) -> dict[str, list[tuple[datetime, str]]]:
    """Contact or company → when its leads began, and which they are."""
    found: dict[str, list[tuple[datetime, str]]] = {number: [] for number in numbers}
    for number, ones in mirror.linked("leads", link, numbers).items():
        found[number] += [(_created(one), f"{prefix}L{one.key}") for one in ones]
    deals = mirror.linked("deals", link, numbers)
    carried = carriers(mirror, {one.key for ones in deals.values() for one in ones}, prefix)
    for number, ones in deals.items():
        found[number] += [(_created(one), carried[one.key].lead_id) for one in ones]
    return found


def _deed_row(deed: Deed, call: Call | None, owners: Owners, reading: Reading) -> dict[str, Any] | None:
    kind = _PROVIDERS.get(deed.provider or "") or _KINDS.get(deed.type or 0, (deed.provider or "other").lower())
    at = call.at if call else _at(deed, kind)
    incoming = deed.direction == 1
    if deed.type == _TASK or at is None or not (deed.completed or incoming or call):
        return None
    carried = owners.lead(str(deed.owner_type), str(deed.owner), at)
    row = {
        "activity_id": f"{reading.options.prefix}A{deed.id}",
        "at": at,
        "lead_id": carried.lead_id if carried else None,
        "manager": reading.names.person(deed.person),
        "kind": kind,
        "direction": {1: "in", 2: "out"}.get(deed.direction or 0),
        **(_of_call(call) if call else {}),
    }
    if carried and carried.absorbed:  # it was told under the deal's own number before
        row["activity_id"] = f"{row['activity_id']}/{carried.lead_id}"
    return row


def _call_row(call: Call, carried: Carried | None, reading: Reading) -> dict[str, Any]:
    number = f"A{call.activity}" if call.activity else f"V{call.id}"
    return {
        "activity_id": f"{reading.options.prefix}{number}",
        "at": call.at,
        "lead_id": carried.lead_id if carried else None,
        "manager": reading.names.person(call.person),
        "kind": "call",
        **_of_call(call),
    }


def _of_call(call: Call) -> dict[str, Any]:
    result = "ok" if call.code == "200" else _RESULTS.get(call.code or "", "failed" if call.code else None)
    return {
        "kind": "info_call" if call.type == _INFORMS else "call",
        "direction": "in" if call.type in (2, 3) else "out",
        "minutes": round(Decimal(call.seconds or 0) / 60, 6),
        "result": result,
    }


def _at(deed: Deed, kind: str) -> datetime | None:
    """When it happened: a call and a letter at their start, what was planned when it was ended."""
    if kind in ("call", "letter", "message", "form"):
        return deed.starts or deed.created
    return deed.ends or deed.updated or deed.created


def _owner(call: Call) -> tuple[str, str]:
    return _OF_CALL.get(call.entity or "", ""), str(call.owner)


def _created(stored: Stored) -> datetime:
    return datetime.fromisoformat(str(stored.body["createdTime"]))
