"""What in the portal's own records makes figures poorer, and how often?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from smarketing.connectors.bitrix24.names import Names
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.pipelines import LOST, WON, StageMap
from smarketing.connectors.bitrix24.records import ProductRow
from smarketing.connectors.bitrix24.sold import CENT, sold, total_of
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.streams import Finding
from smarketing.facts.company import Company
from smarketing.facts.language import Text

_SHOWN = 5
_AT_ONCE = 1_000  # deals
_SAID = {
    "won-without-sum": Text(
        "Выигранные сделки без суммы: оплаты по ним не посчитаны.",
        "Won deals without a sum: no payment is counted for them.",
    ),
    "lost-without-reason": Text(
        "Проигранные карточки без причины отказа.",
        "Lost cards without a loss reason.",
    ),
    "unknown-stage": Text(
        "Карточки на стадиях, которых нет в company.toml: переходы в них не посчитаны.",
        "Cards in stages that company.toml does not know: moves into them are not counted.",
    ),
    "no-source": Text(
        "Лиды без источника: ни меток, ни поля «Источник».",
        "Leads without a source: neither tags nor the field “Source”.",
    ),
    "several-products": Text(
        "Сделки с несколькими товарами: в срезе по продукту вся сделка стоит у товара с наибольшей суммой.",
        "Deals with several products: split by product, the whole deal stands at the one with the greatest sum.",
    ),
    "products-differ": Text(
        "Сделки, где сумма товаров не равна сумме сделки, хотя портал считает её сам.",
        "Deals whose products do not add up to the deal's sum although the portal works it out itself.",
    ),
    "owner-unknown": Text(
        "Карточки сотрудников, о которых портал не рассказывает: боты и внешние пользователи.",
        "Cards of people whom the portal does not tell us of: bots and outside users.",
    ),
}


def findings(mirror: Mirror, company: Company, options: Options) -> Iterator[Finding]:
    """One pass over the cards; kinds that found nothing are left out."""
    names = Names(mirror)
    stages = StageMap(names, company)
    found: dict[str, list[str]] = {key: [] for key in _SAID}
    counts = dict.fromkeys(_SAID, 0)
    for stored, lines in _cards(mirror):
        for key in (*_of_card(stored, stages, names, options), *_of_lines(stored, lines, names)):
            counts[key] += 1
            if len(found[key]) < _SHOWN:
                found[key].append(f"{'L' if stored.stream == 'leads' else 'D'}{stored.key}")
    for key, text in _SAID.items():
        if counts[key]:
            yield Finding(key, text, counts[key], tuple(found[key]))


def _cards(mirror: Mirror) -> Iterator[tuple[Stored, list[ProductRow]]]:
    """Every lead and deal with the lines of what was sold."""
    yield from ((stored, []) for stored in mirror.all("leads"))
    deals = mirror.all("deals")
    while some := list(islice(deals, _AT_ONCE)):
        lines = mirror.linked("deal_products", "card", [deal.key for deal in some])
        for deal in some:
            there = (line for line in lines.get(deal.key, ()) if line.gone_at is None)
            yield deal, [ProductRow.model_validate(line.body) for line in there]


def _of_lines(stored: Stored, lines: list[ProductRow], names: Names) -> Iterator[str]:
    if len(sold(lines, names)) > 1:
        yield "several-products"
    said = str(stored.body.get("opportunity") or "0")
    if lines and stored.body.get("isManualOpportunity") == "N" and total_of(lines) != Decimal(said).quantize(CENT):
        yield "products-differ"


def _of_card(stored: Stored, stages: StageMap, names: Names, options: Options) -> Iterator[str]:
    body, is_lead = stored.body, stored.stream == "leads"
    semantic, code = body.get("stageSemanticId"), str(body.get("stageId"))
    if semantic == WON and not is_lead and str(body.get("opportunity") or "0").strip("0.") == "":
        yield "won-without-sum"
    field = options.lead_loss_field if is_lead else options.deal_loss_field
    if semantic == LOST and field and body.get(field) in (None, "", 0, "0", []):
        yield "lost-without-reason"
    if (stages.lead(code) if is_lead else stages.deal(code)) is None:
        yield "unknown-stage"
    if is_lead and not body.get("sourceId") and not body.get("utmSource"):
        yield "no-source"
    owner = body.get("assignedById")
    if owner and int(str(owner)) not in names.users:
        yield "owner-unknown"
