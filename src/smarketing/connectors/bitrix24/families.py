"""Which leads, in the words of the facts, are made of which cards?

A lead of the portal with the first of its deals is one lead (``L12``); every later deal of it, and every deal
without a lead, is a lead of its own (``D77``). A deal that gets a lead later is absorbed: ``D77`` counts as
deleted and ``L12`` carries it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from smarketing.connectors.bitrix24.records import Deal, Lead, Move, ProductRow
from smarketing.connectors.outside.mirror import Mirror, Stored

_Card = TypeVar("_Card", Lead, Deal)
_SOME = 1_000  # cards held at once


class HasBeginning(Protocol):
    """Anything that knows when we saw it first."""

    @property
    def first_seen(self) -> datetime: ...


@dataclass(frozen=True)
class Held(Generic[_Card]):
    """A card of the mirror with its history and the states in which we saw it."""

    card: _Card
    body: Mapping[str, Any]
    gone_at: datetime | None
    first_seen: datetime
    moves: tuple[Move, ...] = ()
    seen: tuple[Mapping[str, Any], ...] = ()
    products: tuple[ProductRow, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One lead of the facts. ``absorbed``: the card lives on in another lead, this one only says so."""

    id: str
    lead: Held[Lead] | None = None
    deal: Held[Deal] | None = None
    updated: datetime | None = None
    absorbed: bool = False

    @property
    def cards(self) -> list[Held[Lead] | Held[Deal]]:
        """The lead first, then the deal."""
        return [card for card in (self.lead, self.deal) if card is not None]

    @property
    def newest(self) -> Held[Lead] | Held[Deal]:
        """The card that tells how things stand now: the deal, once there is one."""
        return self.cards[-1]

    @property
    def deleted_at(self) -> datetime | None:
        """Gone when all of its cards are gone."""
        if self.absorbed:
            return self.newest.card.updated
        gone = [card.gone_at for card in self.cards]
        return None if None in gone else max(moment for moment in gone if moment is not None)


@dataclass(frozen=True)
class Roots:
    """Leads of the portal and deals without one, by number."""

    leads: set[str] = field(default_factory=set)
    deals: set[str] = field(default_factory=set)


def roots(mirror: Mirror, after: int, upto: int) -> Roots:
    """The cards whose facts may have changed between two positions, and those that hang together with them."""
    leads = {stored.key for stored in mirror.changed("leads", after, upto)}
    deals = {stored.key for stored in mirror.changed("deals", after, upto)}
    if after:
        leads |= _owners(mirror, "lead_moves", "lead_seen", after, upto)
        deals |= _owners(mirror, "deal_moves", "deal_seen", after, upto)
        deals |= _sold(mirror, after, upto)
        for call in mirror.changed("calls", after, upto):
            if call.body.get("CRM_ENTITY_TYPE") == "LEAD":
                leads.add(str(call.body.get("CRM_ENTITY_ID")))
    present = _leads_of(mirror, deals)
    left = (
        {str(state.body["lead"]) for state in _states(mirror, deals) if state.body.get("lead")} if after else set()
    )
    known = mirror.has("leads", {*leads, *left, *(lead for lead in present.values() if lead)})
    return Roots(known, {deal for deal, lead in present.items() if lead not in known})


def attempts_of_leads(mirror: Mirror, leads: Iterable[str], prefix: str) -> list[Attempt]:
    """All leads of the facts that hang on these leads of the portal."""
    listed = sorted(leads, key=int)
    deals = mirror.linked("deals", "lead", listed)
    former = mirror.linked("deal_seen", "lead", listed)
    left = {one: {_card_of(seen) for seen in former.get(one, ())} for one in listed}
    moved_on = mirror.get(
        "deals", set().union(*left.values()) - {one.key for found in deals.values() for one in found}
    )
    held_leads = _held(mirror, Lead, mirror.get("leads", listed).values(), "lead")
    held_deals = _held(mirror, Deal, [one for found in deals.values() for one in found], "deal")
    made: list[Attempt] = []
    for number in listed:
        lead = held_leads.get(number)
        if lead is None:
            continue
        own = sorted((held_deals[one.key] for one in deals.get(number, ()) if one.key in held_deals), key=_number)
        gone = [Deal.model_validate(moved_on[key].body).updated for key in left[number] if key in moved_on]
        made += _family(lead, own, gone, prefix)
    return made


def attempts_of_deals(mirror: Mirror, deals: Iterable[str], prefix: str) -> list[Attempt]:
    """Deals that have no lead, each a lead of its own."""
    held = _held(mirror, Deal, mirror.get("deals", deals).values(), "deal")
    return [_alone(held[key], prefix) for key in sorted(held, key=int)]


@dataclass(frozen=True)
class Carried:
    """The lead of the facts that carries a deal, and whether the deal may have stood for itself before."""

    lead_id: str
    absorbed: bool = False


def carriers(mirror: Mirror, deals: Collection[str], prefix: str) -> dict[str, Carried]:
    """Deal → the lead of the facts that carries it, as :func:`attempts_of_leads` decides."""
    linked = _leads_of(mirror, deals)
    leads = mirror.get("leads", {lead for lead in linked.values() if lead})
    siblings = mirror.linked("deals", "lead", leads)
    states = mirror.linked("deal_seen", "card", deals)
    found = {}
    for deal, number in linked.items():
        lead, brothers = leads.get(number or ""), siblings.get(number or "", [])
        if lead is None or _first(brothers).key != deal:
            found[deal] = Carried(f"{prefix}D{deal}")
            continue
        own = next(one for one in brothers if one.key == deal)
        alone = _stood_alone(
            [one.body for one in states.get(deal, ())], lead, own, is_lowest=_lowest(brothers) == deal
        )
        found[deal] = Carried(f"{prefix}L{number}", alone)
    return found


def _family(lead: Held[Lead], deals: list[Held[Deal]], former: list[datetime], prefix: str) -> list[Attempt]:
    """The first deal that exists belongs to the lead; ``former``: when deals were changed that have left it."""
    first = next((deal for deal in deals if deal.gone_at is None), deals[0] if deals else None)
    moments = [lead.card.updated, *(deal.card.updated for deal in deals), *former]
    made = [Attempt(f"{prefix}L{lead.card.id}", lead, first, max(moments))]
    for deal in deals:
        if deal is not first:
            made.append(_alone(deal, prefix))
        elif _stood_alone(deal.seen, lead, deal, is_lowest=deals[0] is deal):
            made.append(Attempt(f"{prefix}D{deal.card.id}", deal=deal, updated=deal.card.updated, absorbed=True))
    return made


def _alone(deal: Held[Deal], prefix: str) -> Attempt:
    return Attempt(f"{prefix}D{deal.card.id}", deal=deal, updated=deal.card.updated)


def _stood_alone(
    states: Iterable[Mapping[str, Any]], lead: HasBeginning, deal: HasBeginning, *, is_lowest: bool
) -> bool:
    """May this deal have been a lead of its own before: without its lead, before we saw it, or behind another?"""
    numbers = {str(state.get("lead")) for state in states}
    return len(numbers) > 1 or lead.first_seen > deal.first_seen or not is_lowest


def _lowest(deals: Iterable[Stored]) -> str:
    return min(deals, key=lambda one: int(one.key)).key


def _first(deals: Iterable[Stored]) -> Stored:
    ordered = sorted(deals, key=lambda one: int(one.key))
    return next((one for one in ordered if one.gone_at is None), ordered[0])


def _number(held: Held[Deal]) -> int:
    return held.card.id


def _owners(mirror: Mirror, moves: str, seen: str, after: int, upto: int) -> set[str]:
    owners = {str(stored.body.get("OWNER_ID")) for stored in mirror.changed(moves, after, upto)}
    return owners | {_card_of(stored) for stored in mirror.changed(seen, after, upto)}


def _sold(mirror: Mirror, after: int, upto: int) -> set[str]:
    """Deals whose lines have changed, or a product in them its name."""
    lines = list(mirror.changed("deal_products", after, upto))
    renamed = [one.key for one in mirror.changed("products", after, upto)]
    lines += [line for found in mirror.linked("deal_products", "product", renamed).values() for line in found]
    return {str(line.body.get("ownerId")) for line in lines}


def _card_of(seen: Stored) -> str:
    return seen.key.partition("/")[0]


def _leads_of(mirror: Mirror, deals: Collection[str]) -> dict[str, str | None]:
    """Deal → the lead of the portal it hangs on, or None; deals that we do not know are left out."""
    found: dict[str, str | None] = {}
    for some in _some(deals):
        for key, stored in mirror.get("deals", some).items():
            found[key] = Deal.model_validate(stored.body).lead_key
    return found


def _states(mirror: Mirror, deals: Collection[str]) -> Iterator[Stored]:
    for some in _some(deals):
        for states in mirror.linked("deal_seen", "card", some).values():
            yield from states


def _some(keys: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(keys)
    for start in range(0, len(listed), _SOME):
        yield listed[start : start + _SOME]


def _held(mirror: Mirror, model: type[_Card], stored: Iterable[Stored], kind: str) -> dict[str, Held[_Card]]:
    listed = list(stored)
    keys = [one.key for one in listed]
    moves = mirror.linked(f"{kind}_moves", "card", keys)
    seen = mirror.linked(f"{kind}_seen", "card", keys)
    products = mirror.linked(f"{kind}_products", "card", keys)
    return {
        one.key: Held(
            model.model_validate(one.body),
            one.body,
            one.gone_at,
            one.first_seen,
            tuple(sorted((Move.model_validate(row.body) for row in moves.get(one.key, ())), key=_when)),
            tuple(row.body for row in sorted(seen.get(one.key, ()), key=lambda row: row.position)),
            tuple(ProductRow.model_validate(row.body) for row in products.get(one.key, ()) if row.gone_at is None),
        )
        for one in listed
    }


def _when(move: Move) -> tuple[datetime, int]:
    return move.at, move.id
