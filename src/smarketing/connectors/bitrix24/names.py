"""How does the portal call things: stages, sources, people, words of its own fields? Also those it has deleted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError

from smarketing.connectors.bitrix24 import records
from smarketing.connectors.bitrix24.records import Category, Department, Product, Status, User, UserField
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.facts.language import Text

LEAD_STAGES, DEAL_STAGES = "STATUS", "DEAL_STAGE"
_Row = TypeVar("_Row", bound=records.Parsed)
_YES, _NO = Text("да", "yes"), Text("нет", "no")


class Names:
    """The directories of a mirror, read when they are first needed."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror

    # ── stages ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def statuses(self) -> list[tuple[Status, bool]]:
        """Every word of the directories in the portal's order, and whether it is there now."""
        found = [
            (status, stored.gone_at is None)
            for stored in self._mirror.all("statuses", gone=True)
            if (status := _read(Status, stored)) is not None
        ]
        return sorted(found, key=lambda one: (one[0].entity, one[0].sort, one[0].code))

    @cached_property
    def lead_stages(self) -> dict[str, Status]:
        """Code → stage."""
        return {one.code: one for one, _ in self.statuses if one.entity == LEAD_STAGES}

    @cached_property
    def deal_stages(self) -> dict[str, Status]:
        """Code → stage; codes outside of the main pipeline carry it (``C7:NEW``)."""
        found = {}
        for one, _ in self.statuses:
            if one.entity == DEAL_STAGES or one.entity.startswith(f"{DEAL_STAGES}_"):
                found[full_code(one)] = one
        return found

    @cached_property
    def categories(self) -> list[Category]:
        """Pipelines in the portal's order, deleted ones too."""
        found = [_read(Category, stored) for stored in self._mirror.all("categories", gone=True)]
        return sorted((one for one in found if one is not None), key=lambda one: (one.sort, one.id))

    def pipeline(self, number: int) -> str:
        return next((one.name for one in self.categories if one.id == number), f"#{number}")

    @cached_property
    def sources(self) -> dict[str, str]:
        return {one.code: one.name for one, _ in self.statuses if one.entity == "SOURCE"}

    @cached_property
    def products(self) -> dict[int, str]:
        """Number in the catalogue → name as it is now, also of those deleted there."""
        found = [_read(Product, stored) for stored in self._mirror.all("products", gone=True)]
        return {one.id: one.name for one in found if one is not None and one.name}

    # ── people ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def users(self) -> dict[int, User]:
        found = [_read(User, stored) for stored in self._mirror.all("users", gone=True)]
        return {one.id: one for one in found if one is not None}

    @cached_property
    def _people(self) -> dict[int, str]:
        plain = {
            number: " ".join(part for part in (user.name, user.last_name) if part) or f"#{number}"
            for number, user in self.users.items()
        }
        times = Counter(plain.values())
        return {number: name if times[name] == 1 else f"{name} #{number}" for number, name in plain.items()}

    def person(self, number: int | None) -> str | None:
        """A person's name; the number of one who is not told to us (a bot, an integrator), so that no lead loses
        its owner."""
        return None if number is None else self._people.get(number, f"#{number}")

    @cached_property
    def departments(self) -> dict[int, Department]:
        found = [_read(Department, stored) for stored in self._mirror.all("departments", gone=True)]
        return {one.id: one for one in found if one is not None}

    # ── own fields ─────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _fields(self) -> tuple[dict[str, UserField], dict[str, str]]:
        """``deal/UF_X`` → the field; ``deal/UF_X/3157`` → the word."""
        fields: dict[str, UserField] = {}
        words: dict[str, str] = {}
        for stored in self._mirror.all("user_fields", gone=True):
            if stored.key.count("/") == 2:
                words[stored.key] = str(stored.body.get("VALUE") or "")
            elif (field := _read(UserField, stored)) is not None:
                fields[stored.key] = field
        return fields, words

    def words_of(self, name: str) -> list[str]:
        """The words of a list field, on whichever card it is."""
        _, words = self._fields
        return [word for key, word in words.items() if key.split("/")[1] == name and word]

    def told(self, entity: str, name: str, value: object) -> str | None:
        """A value of an own field in words: list items by their names, people by theirs, several by commas."""
        if isinstance(value, list | tuple):
            parts = [self.told(entity, name, one) for one in value]
            return ", ".join(part for part in parts if part) or None
        if value is None or str(value).strip() in ("", "0000-00-00"):
            return None
        fields, words = self._fields
        field = fields.get(f"{entity}/{name}")
        kind = field.type if field else None
        if kind == "enumeration":
            known = words.get(f"{entity}/{name}/{value}")
            return known or (None if str(value) in ("0", "False") else f"#{value}")
        return self._plain(kind, value)

    def _plain(self, kind: str | None, value: object) -> str | None:
        text = str(value).strip()
        if kind == "employee":
            return self.person(int(text)) if text.isdigit() and text != "0" else None
        if kind == "boolean":
            return (_YES if text.upper() in ("1", "Y", "TRUE") else _NO).ru
        if kind == "crm_status":
            return next((one.name for one, _ in self.statuses if one.code == text), text)
        if kind == "money":
            return " ".join(text.split("|"))
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, Mapping) else text


def full_code(stage: Status) -> str:
    """The code of a stage as cards carry it.

    >>> full_code(Status(entity="DEAL_STAGE_7", code="NEW", name="New")), full_code(
    ...     Status(entity="DEAL_STAGE_7", code="C7:NEW", name="New")
    ... )
    ('C7:NEW', 'C7:NEW')
    """
    _, _, number = stage.entity.partition(f"{DEAL_STAGES}_")
    prefix = f"C{number}:"
    return stage.code if not number or stage.code.startswith(prefix) else f"{prefix}{stage.code}"


def _read(model: type[_Row], stored: Stored) -> _Row | None:
    """A line of a directory; one that we cannot read names nothing."""
    try:
        return model.model_validate(stored.body)
    except ValidationError:
        return None


def department_of(names: Names, user: User, given: Mapping[str, Iterable[int]]) -> str | None:
    """Sales or marketing? What a person said of a department holds for those below it; else its name tells."""
    for number in (int(one) for one in user.departments if one.isdigit()):
        for department in _upwards(names, number):
            said = next((ours for ours, theirs in given.items() if department in theirs), None)
            if said is not None:
                return said
            known = names.departments.get(department)
            guessed = _guess(known.name) if known else None
            if guessed is not None:
                return guessed
    return None


_WORDS = {"marketing": ("маркет", "реклам", "market"), "sales": ("продаж", "сбыт", "коммерч", "sales")}


def _guess(name: str) -> str | None:
    lower = name.lower()
    return next((ours for ours, words in _WORDS.items() if any(word in lower for word in words)), None)


def _upwards(names: Names, number: int) -> list[int]:
    way: list[int] = []
    current: int | None = number
    while current is not None and current not in way:
        way.append(current)
        known: Any = names.departments.get(current)
        current = known.parent if known else None
    return way
