"""In which order is a list read, so that nothing slips by while people go on working?

Each way gives (items, where to go on from). Items may come twice, never be left out:

* ``whole``: a short list, all of it each time;
* ``by_change``: from one moment of change to the next. A card that changes on the way moves to the end, where it
  is met again; cards changed in the same second are read until a pass brings nothing new;
* ``by_number``: everything changed since a moment, by id: nothing leaves such a list, so its pages hold still;
* ``by_window``: events of a span of time, which nobody can change afterwards. Deep pages are slow, so the span
  shrinks where much happened and grows where little did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from smarketing.connectors.amocrm.client import Api, Params
from smarketing.connectors.outside.streams import Cursor

Items = Sequence[Mapping[str, Any]]
Walk = Iterator[tuple[Items, Cursor]]

LIMIT = 250
EVENT_LIMIT = 100  # asked for more, the account silently gives fifty
OVERLAP = 600  # seconds read again, since the account's own lists lag behind
DAY = 86_400
_DEEP, _SHALLOW = 20, 3
_LONGEST = 30 * DAY


def whole(api: Api, path: str, name: str, params: Params = ()) -> Walk:
    number = 1
    while True:
        listed = api.page(path, name, number, LIMIT, params)
        yield listed.items, {}
        if not listed.more:
            return
        number += 1


def by_change(api: Api, path: str, name: str, cursor: Cursor | None, params: Params = ()) -> Walk:
    start = max(int((cursor or {}).get("from", 0)) - OVERLAP, 0)
    while True:
        listed = api.page(path, name, 1, LIMIT, [*params, *_changed(start), ("order[updated_at]", "asc")])
        last = max((int(item["updated_at"]) for item in listed.items if "updated_at" in item), default=start)
        if not listed.more:
            yield listed.items, {"from": max(last, start)}
            return
        if last > start:
            start = last
            yield listed.items, {"from": start}
            continue
        yield from _same_second(api, path, name, start, params)
        start += 1


def by_number(api: Api, path: str, name: str, cursor: Cursor | None, params: Params = ()) -> Walk:
    said = cursor or {}
    start, number, newest = int(said.get("from", 0)), int(said.get("page", 1)), int(said.get("newest", 0))
    while True:
        asked = [*params, *_changed(max(start - OVERLAP, 0)), ("order[id]", "asc")]
        listed = api.page(path, name, number, LIMIT, asked)
        newest = max([newest, *(int(item.get("updated_at") or 0) for item in listed.items)])
        if not listed.more:
            yield listed.items, {"from": max(newest, start)}
            return
        number += 1
        yield listed.items, {"from": start, "page": number, "newest": newest}


def by_window(
    api: Api, path: str, name: str, cursor: Cursor | None, params: Params, *, first: Callable[[], int], now: int
) -> Walk:
    said = cursor or {}
    start = int(said["from"]) if "from" in said else first()
    span, number, end = int(said.get("span", 7 * DAY)), int(said.get("page", 1)), int(said.get("to", 0))
    while start <= now:
        end = end or min(start + span, now)
        listed = api.page(path, name, number, EVENT_LIMIT, [*params, *_created(start, end)])
        if listed.more and number >= _DEEP and end - start > 3600:
            span, end, number = max((end - start) // 4, 3600), 0, 1
            yield listed.items, {"from": start, "span": span}
            continue
        if listed.more:
            number += 1
            yield listed.items, {"from": start, "to": end, "span": span, "page": number}
            continue
        reached = end >= now
        span = min(span * 2, _LONGEST) if number <= _SHALLOW else span
        start, end, number = (max(end - OVERLAP, start) if reached else end), 0, 1
        yield listed.items, {"from": start, "span": span}
        if reached:
            return


def _same_second(api: Api, path: str, name: str, second: int, params: Params) -> Walk:
    """Everything changed in one second: read until a whole pass brings nothing new."""
    seen: set[str] = set()
    while True:
        before, number = len(seen), 1
        while True:
            asked = [*params, *_changed(second), ("filter[updated_at][to]", str(second)), ("order[id]", "asc")]
            listed = api.page(path, name, number, LIMIT, asked)
            new = [item for item in listed.items if str(item.get("id")) not in seen]
            seen.update(str(item.get("id")) for item in new)
            yield new, {"from": second}
            if not listed.more:
                break
            number += 1
        if len(seen) == before:
            return


def _changed(start: int) -> list[tuple[str, str]]:
    return [("filter[updated_at][from]", str(start))]


def _created(start: int, end: int) -> list[tuple[str, str]]:
    return [("filter[created_at][from]", str(start)), ("filter[created_at][to]", str(end))]
