"""Is what the portal sent what we take it for? Checked here, once; the rest of a record is kept as it came.

Strict for what figures are made of: a deal without a number, a moment without an offset or a sum that is no number
is refused with its reason. Empty text, ``0`` for a missing link, ``[]`` for an empty map and ids as text are how
the portal speaks, and are taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from smarketing.connectors.outside.streams import Refused
from smarketing.facts.language import Text


def _no_empty(value: object) -> object:
    return None if value in ("", "0000-00-00", "0000-00-00 00:00:00", None, False) or value == [] else value


def _number(value: object) -> int:
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,18}", str(value)):
        raise ValueError("not a number of a record")
    return int(str(value))


def _link(value: object) -> int | None:
    if type(value) is int and value > 0:
        return value
    return None if _no_empty(value) is None or str(value) == "0" else _number(value)


def _moment(value: object) -> datetime | None:
    if _no_empty(value) is None:
        return None
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset")
    return moment


def _day(value: object) -> date | None:
    """A date; from a moment the day as it was written, for the portal's dates are midnights of its own zone."""
    return None if _no_empty(value) is None else date.fromisoformat(str(value)[:10])


def _amount(value: object) -> Decimal | None:
    if _no_empty(value) is None:
        return None
    try:
        amount = Decimal(str(value).split("|")[0].replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise ValueError("not a sum") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        raise ValueError("not a sum")
    return amount


def _flag(value: object) -> bool:
    return str(value).upper() in ("Y", "1", "TRUE")


def _text(value: object) -> str | None:
    return None if _no_empty(value) is None else str(value).strip() or None


def _links(value: object) -> tuple[str, ...]:
    found = value.values() if isinstance(value, Mapping) else value
    return tuple(str(one) for one in found) if isinstance(found, list | tuple) else ()


def _multi(value: object) -> tuple[Any, ...]:
    """Phones and e-mails: a list, or a map of number to row; ``[]`` where there are none."""
    found = list(value.values()) if isinstance(value, Mapping) else value
    return tuple(one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()


Number = Annotated[int, BeforeValidator(_number)]
Link = Annotated[int | None, BeforeValidator(_link)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
MaybeMoment = Annotated[datetime | None, BeforeValidator(_moment)]
MaybeDay = Annotated[date | None, BeforeValidator(_day)]
Amount = Annotated[Decimal | None, BeforeValidator(_amount)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Word = Annotated[str | None, BeforeValidator(_text)]
Links = Annotated[tuple[str, ...], BeforeValidator(_links)]
Multi = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_multi)]


class Parsed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Card(Parsed):
    """What a lead and a deal have in common (``crm.item.*``: camelCase, ids as numbers)."""

    id: Number
    title: Word = None
    stage: str = Field(alias="stageId", min_length=1)
    semantic: Word = Field(None, alias="stageSemanticId")
    created: Moment = Field(alias="createdTime")
    updated: Moment = Field(alias="updatedTime")
    moved: MaybeMoment = Field(None, alias="movedTime")
    moved_by: Link = Field(None, alias="movedBy")
    manager: Link = Field(None, alias="assignedById")
    source: Word = Field(None, alias="sourceId")
    source_detail: Word = Field(None, alias="sourceDescription")
    amount: Amount = Field(None, alias="opportunity")
    currency: Word = Field(None, alias="currencyId")
    company: Link = Field(None, alias="companyId")
    contact: Link = Field(None, alias="contactId")
    web_form: Link = Field(None, alias="webformId")
    returning: Flag = Field(False, alias="isReturnCustomer")
    utm_source: Word = Field(None, alias="utmSource")
    utm_medium: Word = Field(None, alias="utmMedium")
    utm_campaign: Word = Field(None, alias="utmCampaign")
    utm_content: Word = Field(None, alias="utmContent")
    utm_term: Word = Field(None, alias="utmTerm")

    @property
    def tags(self) -> dict[str, str | None]:
        names = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
        return {name: getattr(self, name) for name in names}


class Lead(Card):
    name: Word = None
    last_name: Word = Field(None, alias="lastName")
    company_title: Word = Field(None, alias="companyTitle")
    fm: Multi = ()


class Deal(Card):
    lead: Link = Field(None, alias="leadId")
    pipeline: Annotated[int, BeforeValidator(lambda value: _link(value) or 0)] = Field(0, alias="categoryId")
    closes: MaybeDay = Field(None, alias="closedate")
    vat: Amount = Field(None, alias="taxValue")

    @property
    def lead_key(self) -> str | None:
        return None if self.lead is None else str(self.lead)


class Contact(Parsed):
    id: Number
    created: MaybeMoment = Field(None, alias="createdTime")
    name: Word = None
    last_name: Word = Field(None, alias="lastName")
    company: Link = Field(None, alias="companyId")
    fm: Multi = ()

    @property
    def called(self) -> str | None:
        return " ".join(part for part in (self.name, self.last_name) if part) or None


class Firm(Parsed):
    """A company of the portal."""

    id: Number
    created: MaybeMoment = Field(None, alias="createdTime")
    title: Word = None
    fm: Multi = ()

    @property
    def called(self) -> str | None:
        return self.title


class Move(Parsed):
    """A line of the stage history: entered ``stage`` at ``at``. Leads write STATUS_ID, deals STAGE_ID."""

    id: Number = Field(alias="ID")
    type: Number = Field(alias="TYPE_ID")
    owner: Number = Field(alias="OWNER_ID")
    at: Moment = Field(alias="CREATED_TIME")
    stage: str = Field(validation_alias=AliasChoices("STAGE_ID", "STATUS_ID"), min_length=1)
    semantic: Word = Field(None, validation_alias=AliasChoices("STAGE_SEMANTIC_ID", "STATUS_SEMANTIC_ID"))


class Deed(Parsed):
    """An activity of a manager (old style: UPPER_CASE, ids as text)."""

    id: Number = Field(alias="ID")
    owner: Link = Field(None, alias="OWNER_ID")
    owner_type: Link = Field(None, alias="OWNER_TYPE_ID")
    type: Link = Field(None, alias="TYPE_ID")
    provider: Word = Field(None, alias="PROVIDER_ID")
    direction: Link = Field(None, alias="DIRECTION")
    created: MaybeMoment = Field(None, alias="CREATED")
    updated: MaybeMoment = Field(None, alias="LAST_UPDATED")
    starts: MaybeMoment = Field(None, alias="START_TIME")
    ends: MaybeMoment = Field(None, alias="END_TIME")
    completed: Flag = Field(False, alias="COMPLETED")
    person: Link = Field(None, alias="RESPONSIBLE_ID")


class Call(Parsed):
    """A line of the telephony's statistics."""

    id: Number = Field(alias="ID")
    person: Link = Field(None, alias="PORTAL_USER_ID")
    line: Word = Field(None, alias="PORTAL_NUMBER")
    type: Link = Field(None, alias="CALL_TYPE")
    seconds: Link = Field(None, alias="CALL_DURATION")
    at: Moment = Field(alias="CALL_START_DATE")
    code: Word = Field(None, alias="CALL_FAILED_CODE")
    entity: Word = Field(None, alias="CRM_ENTITY_TYPE")
    owner: Link = Field(None, alias="CRM_ENTITY_ID")
    activity: Link = Field(None, alias="CRM_ACTIVITY_ID")


class Task(Parsed):
    """A task (camelCase, ids as text)."""

    id: Number
    title: Word = None
    status: Link = None
    person: Link = Field(None, alias="responsibleId")
    created: MaybeMoment = Field(None, alias="createdDate")
    due: MaybeMoment = Field(None, alias="deadline")
    closed: MaybeMoment = Field(None, alias="closedDate")
    template: Link = Field(None, alias="forkedByTemplateId")
    bound: Links = Field((), alias="ufCrmTask")


class Product(Parsed):
    """A product of the catalogue as it is called now."""

    id: Number = Field(alias="ID")
    name: Word = Field(None, alias="NAME")


class ProductRow(Parsed):
    """A line of a deal: what was sold, how much of it, for how much each (with discounts and taxes)."""

    id: Number
    deal: Number = Field(alias="ownerId")
    product: Link = Field(None, alias="productId")
    name: Word = Field(None, alias="productName")
    price: Amount = None
    quantity: Amount = None

    @property
    def sum(self) -> Decimal:
        return (self.price or Decimal(0)) * (self.quantity or Decimal(0))


class Status(Parsed):
    """A word of a directory: a stage, a source."""

    entity: str = Field(alias="ENTITY_ID")
    code: str = Field(alias="STATUS_ID")
    name: str = Field(alias="NAME")
    sort: Annotated[int, BeforeValidator(lambda value: _link(value) or 0)] = Field(0, alias="SORT")
    semantic: Word = Field(None, alias="SEMANTICS")
    extra: Annotated[dict[str, Any], BeforeValidator(lambda value: value or {})] = Field({}, alias="EXTRA")


class Category(Parsed):
    """A pipeline of deals."""

    id: Number
    name: str
    sort: Annotated[int, BeforeValidator(lambda value: _link(value) or 0)] = 0


class User(Parsed):
    id: Number = Field(alias="ID")
    name: Word = Field(None, alias="NAME")
    last_name: Word = Field(None, alias="LAST_NAME")
    active: Flag = Field(True, alias="ACTIVE")
    departments: Links = Field((), alias="UF_DEPARTMENT")


class Department(Parsed):
    id: Number = Field(alias="ID")
    name: str = Field(alias="NAME")
    parent: Link = Field(None, alias="PARENT")


class UserField(Parsed):
    """A field of the portal's own, without the words of its list: those are records of their own."""

    name: str = Field(alias="FIELD_NAME", min_length=1)
    type: Word = Field(None, alias="USER_TYPE_ID")
    label: Word = Field(None, alias="EDIT_FORM_LABEL")


def refused(key: str, body: Mapping[str, Any], error: ValidationError) -> Refused:
    """A record that is not what we take it for, with the first reason."""
    problem = error.errors()[0]
    column = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "missing":
        return Refused(key, body, column, Text("поле не пришло", "the field did not come"))
    shown = str(problem["input"])[:60]
    return Refused(key, body, column, Text(f"«{shown}» не подходит", f"“{shown}” does not fit"))
