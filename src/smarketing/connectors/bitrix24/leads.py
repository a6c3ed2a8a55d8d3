"""What does a row of ``leads`` and of ``payments`` say, when the cards behind it are these?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from smarketing.connectors.bitrix24 import moves
from smarketing.connectors.bitrix24.families import Attempt, Held
from smarketing.connectors.bitrix24.names import Names
from smarketing.connectors.bitrix24.options import COLUMNS, Options
from smarketing.connectors.bitrix24.pipelines import StageMap, reason_by_stage
from smarketing.connectors.bitrix24.records import Deal, Lead, Multi
from smarketing.connectors.bitrix24.sold import in_words, main_product, sold
from smarketing.facts.channels import clean_utm
from smarketing.facts.company import Company, LossReason, Segment
from smarketing.facts.identity import email_plain, phone_e164

SYSTEM = "bitrix24"
# A title made of such words and numbers alone is a test; «Тест-драйв Haval» is not.
_TEST_WORDS = frozenset(
    ("тест", "тестовый", "тестовая", "тестовое", "тестирование", "test", "testing", "проверка", "лид", "заявка",
     "сделка", "lead", "deal", "order", "с", "сайта", "формы", "form", "crm", "срм")
)  # fmt: skip
_TELLING = frozenset(("тест", "тестовый", "тестовая", "тестовое", "тестирование", "test", "testing", "проверка"))


@dataclass(frozen=True)
class Reading:
    """Everything by which cards are read."""

    company: Company
    options: Options
    names: Names
    stages: StageMap
    home: str
    now: datetime

    def told(self, attempt: Attempt, field: str) -> str | None:
        """A field of the portal in words, from the deal or else from the lead."""
        for held in reversed(attempt.cards):
            entity = "deal" if isinstance(held.card, Deal) else "lead"
            found = self.names.told(entity, field, held.body.get(field)) if field else None
            if found:
                return found
        return None

    def product(self, attempt: Attempt) -> str | None:
        """The field that a person named for it, else what brings most of the deal's sum."""
        told = self.told(attempt, self.options.mapped.get("product", ""))
        return told or main_product(sold(attempt.deal.products if attempt.deal else (), self.names))

    def client(self, lead: Lead | None, deal: Deal | None) -> str | None:
        """The company, else the contact, else the lead's own person where a phone or an address is known."""
        cards = [card for card in (deal, lead) if card is not None]
        firm = next((card.company for card in cards if card.company), None)
        contact = next((card.contact for card in cards if card.contact), None)
        if firm or contact:
            return f"{self.options.prefix}{f'CO{firm}' if firm else f'C{contact}'}"
        if lead is None or not any(reach(lead.fm, self.company.phone_region)):
            return None
        return f"{self.options.prefix}L{lead.id}"


def lead_row(attempt: Attempt, reading: Reading, line: str | None) -> dict[str, Any]:
    """A row of ``leads``. ``line``: the number that the person called first."""
    newest, names, options = attempt.newest.card, reading.names, reading.options
    lead, deal = _card(attempt.lead), _card(attempt.deal)
    tagged = next((held.card for held in attempt.cards if any(held.card.tags.values())), None)
    sourced = next((held.card for held in attempt.cards if held.card.source), None)
    source = names.sources.get(sourced.source or "", sourced.source) if sourced else None
    form = next((held.card.web_form for held in attempt.cards if held.card.web_form), None)
    channel = clean_utm(
        tagged.tags if tagged else {},
        reading.company.channels,
        crm_source=source,
        web_form=None if form is None else str(form),
        call_line=line,
    )
    own = _own(attempt, reading)
    first = attempt.cards[0].card
    return {
        "lead_id": attempt.id,
        "created_at": first.created,
        "updated_at": attempt.updated,
        "client_id": reading.client(lead, deal),
        **channel.columns,
        **{column: own.get(column) for column in COLUMNS},
        "manager": names.person(newest.manager),
        "pipeline": names.pipeline(deal.pipeline) if deal else None,
        "amount": newest.amount or None,
        "currency": newest.currency if newest.amount else None,
        "is_test": is_test(first.title, options.test_words),
        "deleted_at": attempt.deleted_at,
        "loss_reason": loss_reason(attempt, reading),
        "deal_id": str(deal.id) if deal else None,
        "source_system": SYSTEM,
        "url": f"{reading.home}/crm/{'deal' if deal else 'lead'}/details/{newest.id}/",
        "custom": {
            **channel.custom,
            **{column: text for column, text in own.items() if column not in COLUMNS},
            "title": newest.title,
            "products": in_words(sold(attempt.deal.products if attempt.deal else (), names)),
            "crm_source": source,
            "source_detail": sourced.source_detail if sourced else None,
            "web_form": form,
            "returning": "yes" if any(held.card.returning for held in attempt.cards) else None,
            "beginning": "assumed" if moves.any_assumed(attempt, reading.stages) else None,
        },
    }


def _own(attempt: Attempt, reading: Reading) -> dict[str, str | None]:
    """The columns and custom fields that are filled from fields of the portal."""
    own = {column: reading.told(attempt, field) for column, field in reading.options.mapped.items()}
    segment = keyed(own.get("segment"), reading.company.segments)
    return {**own, "segment": segment, "product": reading.product(attempt)}


def loss_reason(attempt: Attempt, reading: Reading) -> str | None:
    """As the card tells now: its field, else the name of the losing stage where the portal has several."""
    held, options = attempt.newest, reading.options
    if not moves.is_lost(held.card, reading.names):
        return None
    is_deal = isinstance(held.card, Deal)
    field = options.deal_loss_field if is_deal else options.lead_loss_field
    told = reading.names.told("deal" if is_deal else "lead", field, held.body.get(field)) if field else None
    if told is None and options.loss_stages:
        told = reason_by_stage(moves.stage_of(held.card, reading.names))
    return keyed(told, reading.company.loss_reasons)


def payment_rows(attempt: Attempt, reading: Reading) -> list[dict[str, Any]]:
    """A won deal is one payment. One that was told and is no longer won, or has lost its sum, becomes a zero."""
    held = attempt.deal
    if held is None or attempt.absorbed:
        return []
    deal, names = held.card, reading.names
    won = moves.is_won(deal, names) and held.gone_at is None
    amount = (deal.amount if won else None) or Decimal(0)
    if amount <= 0 and not any(_positive(state.get("won")) for state in held.seen):
        return []
    lead = _card(attempt.lead)
    return [
        {
            "payment_id": f"{reading.options.prefix}D{deal.id}",
            "paid_at": moves.won_at(held, names, reading.stages) or _closed(deal, reading),
            "amount": max(amount, Decimal(0)),
            "currency": deal.currency,
            "vat": deal.vat if amount > 0 and deal.vat else None,
            "lead_id": attempt.id,
            "client_id": reading.client(lead, deal),
            "product": reading.product(attempt),
        }
    ]


def is_test(title: str | None, own: Sequence[str]) -> bool:
    """Is the title nothing but words of a test?

    >>> is_test("Тест 2", ()), is_test("тестовая заявка с сайта", ()), is_test("Тест-драйв Haval", ())
    (True, True, False)
    """
    words = set(re.findall(r"[^\W\d_]+", (title or "").lower()))
    telling = _TELLING | {word.lower() for word in own}
    return bool(words & telling) and words <= _TEST_WORDS | telling


def keyed(name: str | None, known: Sequence[Segment | LossReason]) -> str | None:
    """The company's key for a word of the portal; the word itself where settings name none."""
    if name is None:
        return None
    plain = name.casefold()
    for one in known:
        if plain in (one.key.casefold(), one.name.ru.casefold(), one.name.en.casefold()):
            return one.key
    return name


def reach(fm: Multi, region: str) -> tuple[str | None, str | None]:
    """The first good phone and the first good e-mail of a card."""
    phones = (phone_e164(str(one.get("value") or ""), region) for one in fm if one.get("typeId") == "PHONE")
    emails = (email_plain(str(one.get("value") or "")) for one in fm if one.get("typeId") == "EMAIL")
    return next(filter(None, phones), None), next(filter(None, emails), None)


def _card(held: Held[Any] | None) -> Any:
    return held.card if held else None


def _closed(deal: Deal, reading: Reading) -> datetime | None:
    """The closing date, unless it still lies ahead: then it is a plan."""
    zone = reading.company.tz
    if deal.closes is None or deal.closes > reading.now.astimezone(zone).date():
        return None
    return datetime.combine(deal.closes, time(), zone)


def _positive(text: object) -> bool:
    try:
        return Decimal(str(text or 0)) > 0
    except InvalidOperation:
        return False
