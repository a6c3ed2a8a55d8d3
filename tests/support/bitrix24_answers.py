"""How does a portal read a request and choose what it answers? Queries as PHP spells them, filters, order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

Row = dict[str, Any]


def php_query(query: str, results: Mapping[str, Any]) -> Row:
    """The parameters of a command as PHP reads them: split at the first ``=``, then decoded; a raw operator breaks
    its name, and the condition is lost."""
    found: Row = {}
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        if value.startswith("$result"):
            value = str(_referred(value, results))
        name, value = unquote_plus(name), unquote_plus(value)
        head, *inside = name.replace("]", "").split("[")
        if name.count("[") != name.count("]"):
            continue
        place = found
        for step in (head, *inside[:-1]) if inside else ():
            place = place.setdefault(step, {})
        place[inside[-1] if inside else head] = value
    return found


def _referred(reference: str, results: Mapping[str, Any]) -> Any:
    place: Any = results
    for step in reference.replace("]", "").split("[")[1:]:
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, ValueError):
            return ""
    return place


def listed(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [str(one) for _, one in sorted(value.items(), key=lambda pair: int(pair[0]))]
    return list(value or [])


def selected(row: Row, select: list[str]) -> Row:
    own = {name: value for name, value in row.items() if name.startswith("ufCrm")}
    plain = {name: value for name, value in row.items() if name not in own}
    if "*" in select:
        return {**plain, **{name: own.get(name) for name in select if name.startswith("ufCrm")}}
    return {name: row[name] for name in select if name in row}


def camel(name: str) -> str:
    """UF_CRM_1700 → ufCrm_1700, UF_CRM_WHY_LOST → ufCrmWhyLost."""
    first, *rest = name.lower().split("_")
    return first + "".join(f"_{part}" if part.isdigit() else part.capitalize() for part in rest)


@lru_cache(maxsize=400_000)
def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def matches(row: Row, conditions: Mapping[str, Any]) -> bool:
    for name, value in conditions.items():
        key = name.lstrip("><=!@%")
        sign = name[: len(name) - len(key)]
        has = row.get(key, row.get({"CHANGED_DATE": "changedDate"}.get(key, key)))
        if sign == ">=" and isinstance(has, str) and "T" in has:
            if _moment(has) < _moment(str(value)):
                return False
        elif sign == "" and isinstance(value, list):
            if has not in value:
                return False
        elif sign == "" and str(has) != str(value):
            return False
    return True


def descends(params: Row) -> bool:
    order = params.get("order") or {}
    return isinstance(order, dict) and "DESC" in {str(value).upper() for value in order.values()}


def as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
