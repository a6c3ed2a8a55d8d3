"""What in the account's own records makes figures poorer, and how often?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from smarketing.connectors.amocrm.directory import Fields
from smarketing.connectors.amocrm.facts import lead_id
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.amocrm.records import LOST, WON, Required, required_of, stage_code
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Finding
from smarketing.facts.language import Text

_SHOWN = 5
_SAID = {
    "won-without-sum": Text(
        "Выигранные карточки без бюджета: оплаты по ним не посчитаны.",
        "Won cards without a budget: no payment is counted for them.",
    ),
    "lost-without-reason": Text(
        "Проигранные карточки без причины отказа.",
        "Lost cards without a loss reason.",
    ),
    "required-empty": Text(
        "Карточки на стадии, где amoCRM сама требует поля, а они пусты: переведены роботом, через API или раньше, "
        "чем поле стало обязательным.",
        "Cards at a stage where amoCRM itself requires fields that are empty: moved by a robot, by the API, or "
        "before the field was required.",
    ),
    "no-source": Text(
        "Карточки без источника: ни меток, ни источника amoCRM.",
        "Cards without a source: neither tags nor a source of amoCRM.",
    ),
}


def findings(mirror: Mirror, options: Options) -> Iterator[Finding]:
    """One pass over the cards that exist; kinds that found nothing are left out."""
    required = required_of(record.body for record in mirror.all("custom_fields"))
    found: dict[str, list[str]] = {key: [] for key in _SAID}
    counts = dict.fromkeys(_SAID, 0)
    for card in mirror.all("leads"):
        if options.pipelines and card.body["pipeline_id"] not in options.pipelines:
            continue
        for key in _of_card(card.body, required):
            counts[key] += 1
            if len(found[key]) < _SHOWN:
                found[key].append(lead_id(card.key))
    for key, text in _SAID.items():
        if counts[key]:
            yield Finding(key, text, counts[key], tuple(found[key]))


def _of_card(card: Mapping[str, Any], required: Mapping[str, Sequence[Required]]) -> Iterator[str]:
    fields = Fields(card)
    if card["status_id"] == WON and not card.get("price"):
        yield "won-without-sum"
    if card["status_id"] == LOST and card.get("loss_reason_id") is None:
        yield "lost-without-reason"
    if _lacks(fields, required.get(stage_code(card["pipeline_id"], card["status_id"]), ())):
        yield "required-empty"
    if not fields.tags() and not (card.get("_embedded") or {}).get("source"):
        yield "no-source"


def _lacks(fields: Fields, required: Collection[Required]) -> bool:
    return any(fields.get(str(field.id)) is None for field in required)
