"""What must a record of amoCRM hold for us to take it? Everything else is kept as it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smarketing.connectors.outside.streams import Record, Refused
from smarketing.facts.language import Text

WON, LOST = 142, 143  # in every pipeline
# Unix seconds of 2001 to 2100: a moment outside is a slip, not a date.
_FIRST, _LAST = 978_307_200, 4_102_444_800


class _Known(BaseModel):
    model_config = ConfigDict(extra="allow")


class Lead(_Known):
    id: int
    status_id: int
    pipeline_id: int
    created_at: int = Field(ge=_FIRST, lt=_LAST)
    updated_at: int = Field(ge=_FIRST, lt=_LAST)
    closed_at: int | None = Field(default=None, ge=_FIRST, lt=_LAST)
    price: int | None = None
    responsible_user_id: int | None = None


class Contact(_Known):
    id: int
    created_at: int | None = None
    updated_at: int = Field(ge=_FIRST, lt=_LAST)


class Event(_Known):
    id: str
    type: str
    entity_id: int
    created_at: int = Field(ge=_FIRST, lt=_LAST)


class Note(_Known):
    id: int
    entity_id: int
    note_type: str
    created_at: int = Field(ge=_FIRST, lt=_LAST)


class Task(_Known):
    id: int
    created_at: int = Field(ge=_FIRST, lt=_LAST)


class Unsorted(_Known):
    uid: str
    created_at: int = Field(ge=_FIRST, lt=_LAST)


class Account(_Known):
    id: int


class Named(_Known):
    """An entry of a directory."""

    id: int
    name: str


MODELS: Mapping[str, type[_Known]] = {
    "leads": Lead,
    "contacts": Contact,
    "companies": Contact,
    "events": Event,
    "lead_calls": Note,
    "contact_calls": Note,
    "tasks": Task,
    "unsorted": Unsorted,
    "account": Account,
    "pipelines": Named,
    "users": Named,
    "loss_reasons": Named,
    "custom_fields": Named,
}


def taken(stream: str, items: Iterable[Mapping[str, Any]]) -> tuple[list[Record], list[Refused]]:
    """The records of a page and those that cannot be taken, each with its reason."""
    records, refused = [], []
    for place, item in enumerate(items):
        key = str(item.get("uid") or item.get("id") or f"?{place}")
        wrong = _wrong(stream, item)
        if wrong is None:
            records.append(Record(key, item, _links(stream, item)))
        else:
            refused.append(Refused(key, item, *wrong))
    return records, refused


def stage_code(pipeline: object, status: object) -> str:
    """How company.toml names a stage of this account among its aliases."""
    return f"{pipeline}:{status}"


@dataclass(frozen=True)
class Required:
    """A field of the card that the account itself asks for at a stage."""

    id: int
    name: str


def required_of(fields: Iterable[Mapping[str, Any]]) -> dict[str, list[Required]]:
    """Code of a stage → what is required there."""
    found: dict[str, list[Required]] = {}
    for field in fields:
        for status in field.get("required_statuses") or []:
            code = stage_code(status["pipeline_id"], status["status_id"])
            found.setdefault(code, []).append(Required(int(field["id"]), str(field["name"])))
    return found


def unsorted_codes(pipelines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Code of the stage in which requests wait to be accepted → its pipeline."""
    return {
        stage_code(pipeline["id"], status["id"]): str(pipeline["id"])
        for pipeline in pipelines
        for status in (pipeline.get("_embedded") or {}).get("statuses") or []
        if status.get("type") == 1
    }


def _wrong(stream: str, item: Mapping[str, Any]) -> tuple[str, Text] | None:
    try:
        MODELS[stream].model_validate(item)
    except ValidationError as error:
        problem = error.errors()[0]
        column = ".".join(map(str, problem["loc"]))
        said = item.get(column)
        return column, Text(
            f"поле {column} не такое, как ждали: {said!r}", f"field {column} is not what was expected: {said!r}"
        )
    return None


def _links(stream: str, item: Mapping[str, Any]) -> dict[str, str]:
    if stream == "leads":
        return lead_links(item)
    if stream in {"events", "lead_calls"}:
        return {"lead": str(item["entity_id"])}
    if stream == "contact_calls":
        return {"contact": str(item["entity_id"])}
    if stream == "unsorted":
        leads = item.get("_embedded", {}).get("leads") or []
        return {"lead": str(leads[0]["id"])} if leads else {}
    return {}


def lead_links(lead: Mapping[str, Any]) -> dict[str, str]:
    """The card's company and its main contact."""
    embedded = lead.get("_embedded") or {}
    contacts = embedded.get("contacts") or []
    main = next((contact for contact in contacts if contact.get("is_main")), contacts[0] if contacts else None)
    companies = embedded.get("companies") or []
    links = {"contact": str(main["id"])} if main else {}
    return {**links, "company": str(companies[0]["id"])} if companies else links
