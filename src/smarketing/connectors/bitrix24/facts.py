"""How do the records of a mirror become facts?

Changed cards are followed to all that hangs together with them, a thousand at a time. When a directory has
changed (a stage renamed, a person married), everything is told again, for its words stand in every row; the lake
keeps only what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import pyarrow as pa

from smarketing.connectors.bitrix24 import deeds
from smarketing.connectors.bitrix24.families import Attempt, attempts_of_deals, attempts_of_leads, roots
from smarketing.connectors.bitrix24.leads import Reading, lead_row, loss_reason, payment_rows, reach
from smarketing.connectors.bitrix24.moves import stage_moves
from smarketing.connectors.bitrix24.names import Names, department_of
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.pipelines import StageMap
from smarketing.connectors.bitrix24.records import Contact, Firm, Lead, Task
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.rows import fact_tables
from smarketing.facts.company import Company

BATCH = 1_000
_NAMING = ("statuses", "categories", "user_fields", "users")
_DONE = 5  # status of a finished task

Rows = dict[str, list[dict[str, Any]]]


def facts(
    mirror: Mirror, company: Company, options: Options, home: str, *, after: int, upto: int, now: datetime
) -> Iterator[Mapping[str, pa.Table]]:
    """Facts of everything that changed in (after, upto], in batches of bounded size."""
    reading = reading_of(mirror, company, options, home, now)
    if after and any(True for name in _NAMING for _ in mirror.changed(name, after, upto)):
        after = 0
    for rows in _everything(mirror, reading, after, upto):
        tables = fact_tables(rows)
        if tables:
            yield tables


def reading_of(mirror: Mirror, company: Company, options: Options, home: str, now: datetime) -> Reading:
    """What is needed to read this mirror's cards."""
    names = Names(mirror)
    return Reading(company, options, names, StageMap(names, company), home, now)


def _everything(mirror: Mirror, reading: Reading, after: int, upto: int) -> Iterator[Rows]:
    found = roots(mirror, after, upto)
    prefix = reading.options.prefix
    for some in _some(sorted(found.leads, key=int)):
        yield _of_attempts(mirror, attempts_of_leads(mirror, some, prefix), reading)
    for some in _some(sorted(found.deals, key=int)):
        yield _of_attempts(mirror, attempts_of_deals(mirror, some, prefix), reading)
    for stream, rows_of in _BY_RECORD.items():
        for stored in _some(mirror.changed(stream, after, upto)):
            yield rows_of(mirror, stored, reading)
    if any(True for name in ("users", "departments") for _ in mirror.changed(name, after, upto)):
        yield {"people": _people(reading)}


def _of_attempts(mirror: Mirror, attempts: Collection[Attempt], reading: Reading) -> Rows:
    rows: Rows = {"leads": [], "stage_moves": [], "payments": [], "clients": [], "activities": []}
    lines = _lines(mirror, [str(attempt.lead.card.id) for attempt in attempts if attempt.lead])
    for attempt in attempts:
        number = str(attempt.lead.card.id) if attempt.lead else ""
        rows["leads"].append(lead_row(attempt, reading, lines.get(number)))
        if attempt.absorbed:
            continue
        reason = loss_reason(attempt, reading)
        competitor = reading.told(attempt, reading.options.competitor_field)
        rows["stage_moves"] += stage_moves(attempt, reading.names, reading.stages, reason, competitor)
        rows["payments"] += payment_rows(attempt, reading)
        rows["clients"] += _own_person(attempt, reading)
    absorbed = [str(attempt.newest.card.id) for attempt in attempts if attempt.absorbed]
    rows["activities"] += deeds.rows_of_absorbed(mirror, absorbed, reading)
    return rows


def _lines(mirror: Mirror, leads: Collection[str]) -> dict[str, str]:
    """Lead → the number of ours that was called first."""
    found = mirror.linked("calls", "owner", [f"LEAD/{lead}" for lead in leads])
    return {
        owner.partition("/")[2]: str(first.body["PORTAL_NUMBER"])
        for owner, calls in found.items()
        if (first := min(calls, key=lambda call: int(call.key))).body.get("PORTAL_NUMBER")
        and str(first.body.get("CALL_TYPE")) in ("2", "3")
    }


def _own_person(attempt: Attempt, reading: Reading) -> list[dict[str, Any]]:
    """A lead that has neither contact nor company is its own client, as long as one can reach it."""
    if attempt.lead is None:
        return []
    lead = attempt.lead.card
    deal = attempt.deal.card if attempt.deal else None
    if reading.client(lead, deal) != f"{reading.options.prefix}L{lead.id}":
        return []
    name = lead.company_title or " ".join(part for part in (lead.name, lead.last_name) if part) or None
    return [_client(f"L{lead.id}", name, lead, reading)]


def _client(key: str, name: str | None, card: Lead | Contact | Firm, reading: Reading) -> dict[str, Any]:
    phone, email = reach(card.fm, reading.company.phone_region)
    return {
        "client_id": f"{reading.options.prefix}{key}",
        "created_at": card.created,
        "name": name,
        "phone": phone,
        "email": email,
    }


def _contacts(_: Mirror, stored: Iterable[Stored], reading: Reading) -> Rows:
    cards = [Contact.model_validate(one.body) for one in stored]
    return {"clients": [_client(f"C{card.id}", card.called, card, reading) for card in cards]}


def _companies(_: Mirror, stored: Iterable[Stored], reading: Reading) -> Rows:
    cards = [Firm.model_validate(one.body) for one in stored]
    return {"clients": [_client(f"CO{card.id}", card.called, card, reading) for card in cards]}


def _activities(mirror: Mirror, stored: Iterable[Stored], reading: Reading) -> Rows:
    return {"activities": deeds.deed_rows(mirror, stored, reading)}


def _calls(mirror: Mirror, stored: Iterable[Stored], reading: Reading) -> Rows:
    return {"activities": deeds.call_rows(mirror, stored, reading)}


def _tasks(mirror: Mirror, stored: Iterable[Stored], reading: Reading) -> Rows:
    tasks = [Task.model_validate(one.body) for one in stored]
    bound = [_bound(task, {"L": "1", "D": "2"}) for task in tasks]
    owners = deeds.find_owners(mirror, [one for one in bound if one], reading)
    return {"tasks": [_task(task, one, owners, reading) for task, one in zip(tasks, bound, strict=True)]}


def _task(task: Task, bound: tuple[str, str] | None, owners: deeds.Owners, reading: Reading) -> dict[str, Any]:
    client = _bound(task, {"CO": "CO", "C": "C"})
    moment = task.created or reading.now
    carried = owners.lead(*bound, moment) if bound else None
    person = task.person or 0
    return {
        "task_id": f"{reading.options.prefix}T{task.id}",
        "created_at": task.created,
        "due_at": task.due,
        "done_at": task.closed if task.status == _DONE else None,
        "person": reading.names.person(task.person),
        "lead_id": carried.lead_id if carried else None,
        "client_id": f"{reading.options.prefix}{''.join(client)}" if client else None,
        "title": task.title,
        "template": str(task.template) if task.template else None,
        "source_system": "bitrix24",
        "url": f"{reading.home}/company/personal/user/{person}/tasks/task/view/{task.id}/",
    }


def _bound(task: Task, kinds: Mapping[str, str]) -> tuple[str, str] | None:
    """The first card of these kinds that a task hangs on: ``D_15``."""
    for one in task.bound:
        kind, _, number = one.partition("_")
        if kind in kinds and number.isdigit():
            return kinds[kind], number
    return None


def _people(reading: Reading) -> list[dict[str, Any]]:
    names = reading.names
    rows = []
    for number, user in sorted(names.users.items()):
        first = next((int(one) for one in user.departments if one.isdigit()), None)
        team = names.departments.get(first or 0)
        rows.append(
            {
                "person": names.person(number),
                "department": department_of(names, user, reading.options.departments),
                "team": team.name if team else None,
            }
        )
    return rows


def _some(things: Iterable[Any]) -> Iterator[list[Any]]:
    each = iter(things)
    while some := list(islice(each, BATCH)):
        yield some


_BY_RECORD: Mapping[str, Callable[[Mirror, Iterable[Stored], Reading], Rows]] = {
    "contacts": _contacts,
    "companies": _companies,
    "activities": _activities,
    "calls": _calls,
    "tasks": _tasks,
}
