"""Which streams does a portal have, and by which call is each of them listed?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from smarketing.connectors.bitrix24 import records
from smarketing.connectors.bitrix24.client import Listing
from smarketing.connectors.outside.streams import Stream
from smarketing.facts.language import Text

LEAD, DEAL, CONTACT, COMPANY = 1, 2, 3, 4  # entityTypeId

STREAMS = (
    Stream("statuses", Text("стадии и источники", "stages and sources"), directory=True),
    Stream("categories", Text("воронки", "pipelines"), directory=True),
    Stream("user_fields", Text("свои поля", "own fields"), directory=True),
    Stream("users", Text("сотрудники", "people"), directory=True),
    Stream("departments", Text("отделы", "departments"), directory=True),
    Stream("products", Text("каталог товаров", "catalogue of products")),
    Stream("leads", Text("лиды", "leads"), sweeps=True),
    Stream("deals", Text("сделки", "deals"), sweeps=True),
    Stream("deal_products", Text("товары сделок", "products of deals")),
    Stream("contacts", Text("контакты", "contacts"), sweeps=True),
    Stream("companies", Text("компании", "companies"), sweeps=True),
    Stream("lead_moves", Text("история стадий лидов", "stage history of leads")),
    Stream("deal_moves", Text("история стадий сделок", "stage history of deals")),
    Stream("activities", Text("дела", "activities")),
    Stream("calls", Text("звонки", "calls")),
    Stream("tasks", Text("задачи", "tasks")),
)
# A portal may keep these from us; the rest of it is read all the same, and health says what is missing.
OPTIONAL = frozenset({"users", "departments", "products", "deal_products", "calls", "tasks"})
# Which states of a card we have seen with our own eyes: kept beside the cards, never asked for.
SEEN = {"leads": "lead_seen", "deals": "deal_seen"}

_DEAL = (
    "id", "title", "stageId", "stageSemanticId", "categoryId", "createdTime", "updatedTime", "movedTime",
    "movedBy", "assignedById", "sourceId", "sourceDescription", "opportunity", "currencyId", "taxValue",
    "isManualOpportunity", "companyId", "contactId", "leadId", "closedate", "closed", "webformId",
    "isReturnCustomer", "isRepeatedApproach", "utmSource", "utmMedium", "utmCampaign", "utmContent", "utmTerm",
    "originatorId", "originId",
)  # fmt: skip
_DEED = (
    "ID", "OWNER_ID", "OWNER_TYPE_ID", "TYPE_ID", "PROVIDER_ID", "DIRECTION", "CREATED", "LAST_UPDATED",
    "START_TIME", "END_TIME", "DEADLINE", "COMPLETED", "RESPONSIBLE_ID",
)  # fmt: skip
_TASK = (
    "ID", "TITLE", "STATUS", "DEADLINE", "RESPONSIBLE_ID", "CREATED_DATE", "CHANGED_DATE", "CLOSED_DATE",
    "FORKED_BY_TEMPLATE_ID", "UF_CRM_TASK",
)  # fmt: skip


@dataclass(frozen=True)
class Inside:
    """A call about one card: ``owned`` names the card's number among the conditions of its ``params``."""

    method: str
    params: Mapping[str, Any]
    owned: str
    rows: tuple[str, ...]

    def of(self, card: str) -> dict[str, Any]:
        return {**self.params, "filter": {**self.params["filter"], self.owned: int(card)}}


@dataclass(frozen=True)
class Kind:
    """How one stream is asked and checked.

    ``changed``: the filter for what is newer than a moment. ``passes``: records change, so each walk is a pass
    over what changed; else they only come to be. ``offsets``: may be read by offsets where ids do not help.
    ``inside``: the listing is of cards, and the records are what this call gives for each of them.
    """

    listing: Listing
    model: type[BaseModel]
    changed: str
    passes: bool = True
    offsets: bool = False
    entity: int = 0
    links: Callable[[Mapping[str, Any]], Mapping[str, object]] = lambda _: {}
    inside: Inside | None = None


def _cards(entity: int, model: type[BaseModel], select: tuple[str, ...], **links: str) -> Kind:
    listing = Listing("crm.item.list", {"entityTypeId": entity, "select": list(select)}, ("items",), id="id")
    return Kind(
        listing,
        model,
        ">=updatedTime",
        entity=entity,
        links=lambda row: {name: row.get(key) for name, key in links.items()},
    )


def _moves(entity: int) -> Kind:
    listing = Listing("crm.stagehistory.list", {"entityTypeId": entity}, ("items",))
    return Kind(
        listing,
        records.Move,
        ">=CREATED_TIME",
        passes=False,
        offsets=True,
        links=lambda row: {"card": row.get("OWNER_ID")},
    )


# The lines of a deal. An owner has to be named, so those of the deals that changed are asked, fifty in a request.
LINES = Inside(
    "crm.item.productrow.list",
    {"filter": {"=ownerType": "D"}, "order": {"id": "ASC"}},
    "=ownerId",
    ("productRows",),
)
# `*` alone gives the phones and e-mails of leads, contacts and companies; deals have none and are asked by name.
KINDS: Mapping[str, Kind] = {
    "leads": _cards(LEAD, records.Lead, ("*",), contact="contactId", company="companyId"),
    "deals": _cards(DEAL, records.Deal, _DEAL, lead="leadId", contact="contactId", company="companyId"),
    "products": Kind(
        Listing("crm.product.list", {"select": ["ID", "NAME", "TIMESTAMP_X"]}),
        records.Product,
        ">=TIMESTAMP_X",
        offsets=True,
    ),
    "deal_products": Kind(
        Listing("crm.item.list", {"entityTypeId": DEAL, "select": ["id"]}, ("items",), id="id"),
        records.ProductRow,
        ">=updatedTime",
        links=lambda row: {"card": row.get("ownerId"), "product": row.get("productId")},
        inside=LINES,
    ),
    "contacts": _cards(CONTACT, records.Contact, ("*",)),
    "companies": _cards(COMPANY, records.Firm, ("*",)),
    "lead_moves": _moves(LEAD),
    "deal_moves": _moves(DEAL),
    "activities": Kind(
        Listing("crm.activity.list", {"select": list(_DEED)}),
        records.Deed,
        ">=LAST_UPDATED",
        links=lambda row: {"owner": f"{row.get('OWNER_TYPE_ID')}/{row.get('OWNER_ID')}"},
    ),
    "calls": Kind(
        Listing("voximplant.statistic.get", {}, filter="FILTER", order={"SORT": "ID", "ORDER": "ASC"}, start=None),
        records.Call,
        ">=CALL_START_DATE",
        passes=False,
        offsets=True,
        links=lambda row: {
            "activity": row.get("CRM_ACTIVITY_ID"),
            "owner": f"{row.get('CRM_ENTITY_TYPE')}/{row.get('CRM_ENTITY_ID')}",
        },
    ),
    "tasks": Kind(
        Listing("tasks.task.list", {"select": list(_TASK)}, ("tasks",), start=None, row_id="id"),
        records.Task,
        ">=CHANGED_DATE",
        offsets=True,
    ),
}
# Of these only what is named is kept: the rest changes with every look (last seen) or is nobody's business here
# (numbers that were called, recordings, private phones).
KEPT: Mapping[str, tuple[str, ...]] = {
    "users": ("ID", "NAME", "LAST_NAME", "ACTIVE", "WORK_POSITION", "UF_DEPARTMENT", "USER_TYPE"),
    "departments": ("ID", "NAME", "SORT", "PARENT", "UF_HEAD"),
    "products": ("ID", "NAME"),
    "deal_products": ("id", "ownerId", "productId", "productName", "price", "quantity", "sort"),
    "calls": (
        "ID", "PORTAL_USER_ID", "PORTAL_NUMBER", "CALL_TYPE", "CALL_DURATION", "CALL_START_DATE",
        "CALL_FAILED_CODE", "CRM_ENTITY_TYPE", "CRM_ENTITY_ID", "CRM_ACTIVITY_ID", "COST", "COST_CURRENCY",
    ),
}  # fmt: skip
