"""How does a stream come page by page, so that a walk broken off anywhere goes on from its last page?

Cards and activities come in passes: everything changed since the pass before, by rising id. A pass begins at the
server's own clock; the next one looks ten minutes behind that, and what comes twice is told by its content.
History and calls come by rising id alone. Where the portal does not go by ids, offsets are used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from smarketing.connectors.bitrix24 import errors
from smarketing.connectors.bitrix24.client import PAGE, Answer, Listing, NotRising, Portal, Row
from smarketing.connectors.bitrix24.errors import TimeSpent
from smarketing.connectors.bitrix24.listings import KEPT, KINDS, SEEN, Inside, Kind
from smarketing.connectors.bitrix24.records import refused
from smarketing.connectors.outside.streams import Cursor, Page, Record, Refused, Since
from smarketing.connectors.outside.trouble import PassingTrouble, Trouble

OVERLAP = timedelta(minutes=10)
BACK = 200  # numbers of the history that are read again: a row may be written later than its number was given


@dataclass(frozen=True)
class Place:
    """Where a pass stands: what it looks for, behind which id, since when it runs."""

    since: str | None = None
    last: int = 0
    began: str | None = None
    offset: int | None = None  # by offsets, where ids do not help

    @property
    def cursor(self) -> Cursor:
        return {name: value for name, value in vars(self).items() if value is not None}


class Walker:
    """Reads the streams of one portal. Keeps nothing but the names of the portal's own fields."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._own_fields: dict[int, dict[str, str]] = {}

    def walk(self, stream: str, cursor: Cursor | None, now: datetime, since: Since | None) -> Iterator[Page]:
        """Pages by rising id; by offsets where the portal does not go by ids and the stream allows it."""
        kind = self._kind(stream)
        place = _asked_again(since, now) if since else Place(**(cursor or {}))
        if place.offset is None:
            try:
                for page in self._by_ids(stream, kind, place, now):
                    place = Place(**page.cursor)
                    yield page
                return
            except NotRising:
                if not kind.offsets:
                    raise
                place = Place(since=place.since, offset=0)
        yield from self._by_offsets(stream, kind, place, now)

    def directory(self, stream: str) -> Iterator[Page]:
        """A small directory, whole; what is no longer in it stays with its old name."""
        yield Page(stream, [replace(one, slice="all") for one in self._entries(stream)], {}, replaces=["all"])

    def keys(self, stream: str) -> Iterator[Sequence[str]]:
        """Every id that exists now, 2,500 in a request."""
        kind = KINDS[stream]
        params = {"entityTypeId": kind.entity, "select": ["id"]}
        for rows in self._portal.batch_chain(replace(kind.listing, params=params)):
            yield [str(row["id"]) for row in rows]

    # ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_ids(self, stream: str, kind: Kind, place: Place, now: datetime) -> Iterator[Page]:
        listing = _filtered(kind, place.since)
        if not kind.passes:
            back = 0 if place.began else BACK  # a walk that was broken off goes on, a new one looks back
            place = Place(last=max(0, place.last - back), began=place.began or now.isoformat())
        elif place.began is None:
            first = self._portal.call(listing.method, listing.after(place.last))
            rows = listing.found(first.result)
            place = replace(place, began=first.asked_at or now.isoformat(), last=_last(listing, rows, place.last))
            yield self._page(stream, kind, rows, place)
            if len(rows) < PAGE:
                return
        for rows in self._portal.batch_chain(listing, place.last):
            place = replace(place, last=_last(listing, rows, place.last))
            yield self._page(stream, kind, rows, place)

    def _by_offsets(self, stream: str, kind: Kind, place: Place, now: datetime) -> Iterator[Page]:
        """A page is asked again when the walk goes on, for what was deleted meanwhile moves the others up."""
        listing = _filtered(kind, place.since) if kind.passes else kind.listing
        start, began = max(0, (place.offset or 0) - PAGE), place.began or now.isoformat()
        order = listing.order or {"order": {listing.id: "ASC"}}
        while True:
            answer = self._portal.call(listing.method, {**listing.params, **order, "start": start})
            rows = listing.found(answer.result)
            start += len(rows)
            is_last = answer.next is None or not rows
            after = Place(place.since, began=began, offset=start) if kind.passes else Place(offset=start)
            if is_last and kind.passes:
                after = Place(since=began, offset=0)
            yield self._checked_page(stream, kind, rows, after)
            if is_last:
                return

    def _page(self, stream: str, kind: Kind, rows: Sequence[Row], place: Place) -> Page:
        """A page of a walk by ids. A short page ends it; the next pass looks from where this one began."""
        if len(rows) < PAGE:
            place = Place(since=place.began) if kind.passes else Place(last=place.last)
        return self._checked_page(stream, kind, rows, place)

    def _checked_page(self, stream: str, kind: Kind, rows: Sequence[Row], place: Place) -> Page:
        if kind.inside is not None:
            return self._inside(stream, kind, kind.inside, rows, place)
        bodies = [_renamed(row, self._names(kind.entity)) for row in _kept(stream, rows)]
        made = [checked(kind, body) for body in bodies]
        taken = [one for one in made if isinstance(one, Record)]
        aside = [one for one in made if isinstance(one, Refused)]
        beside = {SEEN[stream]: [seen_state(one) for one in taken]} if stream in SEEN else {}
        return Page(stream, taken, place.cursor, aside, beside=beside)

    def _inside(self, stream: str, kind: Kind, inside: Inside, cards: Sequence[Row], place: Place) -> Page:
        """What lies inside these cards: all of it, so that what is no longer there is gone."""
        numbers = [str(row[kind.listing.id]) for row in cards]
        asked = {number: (inside.method, inside.of(number)) for number in numbers}
        taken: list[Record] = []
        aside: list[Refused] = []
        told: list[str] = []
        for number, answer in self._portal.batch_calls(asked).items():
            rows = self._rows_inside(inside, number, answer)
            if rows is None:
                continue
            told.append(number)
            for body in _kept(stream, rows):
                made = checked(kind, dict(body))
                if isinstance(made, Record):
                    taken.append(replace(made, slice=number))
                else:
                    aside.append(made)
        return Page(stream, taken, place.cursor, aside, replaces=told)

    def _rows_inside(self, inside: Inside, number: str, answer: Answer | Trouble) -> Sequence[Row] | None:
        """The rows of one card; None where it was deleted meanwhile or is closed to us."""
        if isinstance(answer, Answer) and answer.next is None:
            return Listing(inside.method, {}, inside.rows).found(answer.result)
        if isinstance(answer, Trouble) and errors.no_card(answer):
            return None
        if isinstance(answer, Trouble) and not isinstance(answer, PassingTrouble | TimeSpent):
            raise answer
        if isinstance(answer, TimeSpent):
            self._portal.work.refused(inside.method)
        return self._portal.call_all(inside.method, inside.of(number), inside.rows)

    # ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _kind(self, stream: str) -> Kind:
        kind = KINDS[stream]
        names = self._names(kind.entity)
        if not names:
            return kind
        select = [*kind.listing.params["select"], *names]
        return replace(kind, listing=replace(kind.listing, params={**kind.listing.params, "select": select}))

    def _names(self, entity: int) -> dict[str, str]:
        """Own fields of an entity: as ``crm.item.list`` calls them → as everybody else does."""
        if entity and entity not in self._own_fields:
            answer = self._portal.call("crm.item.fields", {"entityTypeId": entity})
            fields = answer.result.get("fields", {}) if isinstance(answer.result, Mapping) else {}
            known = fields.items() if isinstance(fields, Mapping) else ()
            self._own_fields[entity] = {
                name: str(about["upperName"])
                for name, about in known
                if isinstance(about, Mapping) and str(about.get("upperName", "")).startswith("UF_")
            }
        return self._own_fields.get(entity, {})

    def _entries(self, stream: str) -> Iterator[Record]:
        if stream == "statuses":
            for row in self._portal.call_all("crm.status.list", {"order": {"SORT": "ASC"}}):
                yield Record(f"{row.get('ENTITY_ID')}/{row.get('STATUS_ID')}", row)
        elif stream == "categories":
            for row in self._portal.call_all("crm.category.list", {"entityTypeId": 2}, ("categories",)):
                yield Record(str(row.get("id")), row)
        elif stream == "user_fields":
            yield from self._fields()
        else:
            method = {"users": "user.get", "departments": "department.get"}[stream]
            params = {"FILTER": {"USER_TYPE": "employee"}} if stream == "users" else {}
            for row in _kept(stream, self._portal.call_all(method, params)):
                yield Record(str(row.get("ID")), row)

    def _fields(self) -> Iterator[Record]:
        """Own fields, and each word of a list as a record of its own: old words must keep their names."""
        for entity in ("lead", "deal", "contact", "company"):
            for row in self._portal.call_all(f"crm.{entity}.userfield.list", {"filter": {"LANG": "ru"}}):
                key = f"{entity}/{row.get('FIELD_NAME')}"
                yield Record(key, {name: value for name, value in row.items() if name != "LIST"})
                listed = row.get("LIST") or ()
                for word in listed.values() if isinstance(listed, Mapping) else listed:
                    yield Record(f"{key}/{word.get('ID')}", {"VALUE": word.get("VALUE")})


def seen_state(record: Record) -> Record:
    """The state in which we saw a card: our own log of moves, links and won sums, one line per state."""
    body = record.body
    state = {
        "stage": body.get("stageId"),
        "moved": body.get("movedTime") or None,
        "by": body.get("movedBy") or None,
        "lead": body.get("leadId") or None,
        "won": body.get("opportunity") if body.get("stageSemanticId") == "S" else None,
    }
    digest = hashlib.blake2b(json.dumps(state, sort_keys=True).encode(), digest_size=9).hexdigest()
    links = {"card": record.key}
    if "lead" in record.links:
        links["lead"] = record.links["lead"]
    return Record(f"{record.key}/{digest}", state, links)


def _asked_again(since: Since, now: datetime) -> Place:
    if since.day is None:
        return Place()
    zone = now.tzinfo
    return Place(since=datetime(since.day.year, since.day.month, since.day.day, tzinfo=zone).isoformat())


def _filtered(kind: Kind, since: str | None) -> Listing:
    if since is None:
        return kind.listing
    behind = (datetime.fromisoformat(since) - OVERLAP).isoformat()
    listing = kind.listing
    return replace(listing, params={**listing.params, listing.filter: {kind.changed: behind}})


def _last(listing: Listing, rows: Sequence[Row], before: int) -> int:
    return int(str(rows[-1][listing.row_id or listing.id])) if rows else before


def _kept(stream: str, rows: Sequence[Row]) -> Sequence[Row]:
    if stream not in KEPT:
        return rows
    return [{name: row[name] for name in KEPT[stream] if name in row} for row in rows]


def _renamed(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in row.items()}


def checked(kind: Kind, body: dict[str, Any]) -> Record | Refused:
    key = str(body.get(kind.listing.row_id or kind.listing.id))
    try:
        kind.model.model_validate(body)
    except ValidationError as error:
        return refused(key, body, error)
    links = {name: str(value) for name, value in kind.links(body).items() if value not in (None, "", "0", 0)}
    return Record(key, body, links)
