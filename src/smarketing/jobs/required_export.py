"""How do the cards without required fields leave the product? As JSON whose keys are a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smarketing.analyses.labels import say_key
from smarketing.analyses.required import Lacking
from smarketing.facts.company import Company
from smarketing.facts.language import Language
from smarketing.facts.query import Reader

CONTRACT = "smarketing.required_cards"
CONTRACT_VERSION = 1


def cards_data(cards: Sequence[Lacking], reader: Reader, language: Language) -> dict[str, Any]:
    """The cards as plain data; keys as the settings have them, names beside in one language."""
    return {
        "contract": CONTRACT,
        "contract_version": CONTRACT_VERSION,
        "lake_version": reader.version,
        "known_until": reader.known_until.isoformat(),
        "cards": [_card(card, reader.company, language) for card in cards],
    }


def _card(card: Lacking, company: Company, language: Language) -> dict[str, Any]:
    return {
        "lead_id": card.lead_id,
        "url": card.url,
        "manager": card.manager,
        "pipeline": card.pipeline,
        "stage": card.stage,
        "stage_name": say_key(company, "stage", card.stage).say(language),
        "fields": list(card.fields),
        "field_names": [say_key(company, "field", field).say(language) for field in card.fields],
        "moved_at": card.moved_at and card.moved_at.isoformat(),
        "stands": card.stands,
        "outcome": card.outcome,
    }
