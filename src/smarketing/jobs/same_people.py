"""Which cards are one person, which enquiries are one lead, and how is that said and taken back?

Exact: one phone (E.164) or one e-mail. Likely: alike by name in one city; a person decides. Every word is a fact
of its own (table ``identity``); the cards stay as they came.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Literal

import pyarrow as pa
from rapidfuzz import fuzz

from smarketing.facts.errors import WrongState
from smarketing.facts.identity import email_plain, is_filled, one_id, phone_e164
from smarketing.facts.language import Text
from smarketing.facts.query import Reader
from smarketing.lake.store import FactBatch

LIKELY_FROM = 90  # methods.md j
BLOCK_UP_TO = 50  # a word that more names of a city share tells nobody apart
QUEUE = 200
RULE = "rule"

Kind = Literal["client", "lead"]
Verdict = Literal["same", "other"]

_LEGAL = frozenset({"ооо", "оао", "зао", "пао", "ао", "ип", "llc", "ltd", "inc", "gmbh"})
_CLIENTS = """SELECT c.client_id, c.name, c.phone, c.email, c.created_at, f.first_at, f.region
FROM clients c LEFT JOIN (
    SELECT client_id, MIN(created_at) AS first_at, MAX(region) AS region FROM journeys GROUP BY client_id
) f ON f.client_id = c.client_id
ORDER BY COALESCE(f.first_at, c.created_at) NULLS LAST, c.client_id"""
_ENQUIRIES = """SELECT client_id, lead_id, created_at, outcome, won_at, lost_at
FROM journeys WHERE NOT is_test AND NOT is_duplicate AND client_id IN (
    SELECT client_id FROM journeys WHERE client_id IS NOT NULL AND NOT is_test
    GROUP BY client_id HAVING COUNT(*) > 1
)
ORDER BY client_id, created_at, lead_id"""


@dataclass(frozen=True)
class Match:
    """Two ids that are or may be one; ``other`` came earlier and gives its name. ``points``: of 100."""

    kind: Kind
    one: str
    other: str
    reason: str  # phone, email, name, enquiry
    points: int = 100
    names: tuple[str, str] = ("", "")
    region: str = ""


@dataclass(frozen=True)
class Word:
    """What was said of two ids."""

    kind: Kind
    one: str
    other: str
    verdict: Verdict
    reason: str
    said_at: datetime | None
    said_by: str


@dataclass(frozen=True)
class Queue:
    """What waits for a word: exact matches, and the nearest of ``likely_count`` likely ones.

    ``shared_contacts``: phones and addresses of more cards than a person has; they join nobody.
    """

    exact: tuple[Match, ...]
    likely: tuple[Match, ...]
    likely_count: int
    shared_contacts: int
    said: tuple[Word, ...]


def queue(reader: Reader) -> Queue:
    """Clients that are or may be one and of whom nothing was said yet."""
    said = words(reader)
    judged = {frozenset((word.one, word.other)) for word in said if word.kind == "client"}
    joined = one_id((word.one, word.other) for word in said if word.kind == "client" and word.verdict == "same")
    clients = reader.query(_CLIENTS).to_pylist()
    found, shared = _exact(clients, reader.company.phone_region, reader.company.identity.shared_by)
    exact = _unjudged(found, judged, joined)
    taken = judged | {frozenset((match.one, match.other)) for match in exact}
    likely = sorted(_unjudged(_likely(clients), taken, joined), key=lambda match: (-match.points, match.one))
    return Queue(tuple(exact), tuple(likely[:QUEUE]), len(likely), shared, said)


def words(reader: Reader) -> tuple[Word, ...]:
    """What was said, the last word on every pair, newest first."""
    rows = reader.query(
        "SELECT kind, one, other, verdict, reason, said_at, said_by FROM identity "
        "ORDER BY said_at DESC NULLS LAST, kind, one, other"
    ).to_pylist()
    return tuple(
        Word(
            row["kind"], row["one"], row["other"], row["verdict"], row["reason"] or "",
            row["said_at"].replace(tzinfo=UTC) if row["said_at"] else None, row["said_by"] or "",
        )
        for row in rows
    )  # fmt: skip


def second_enquiries(reader: Reader) -> tuple[Match, ...]:
    """Enquiries that came while an earlier lead of the same client was open.

    A repeat deal is a new lead of the same client: once the earlier one is won or lost, the next is no duplicate.
    A lead whose end nobody dated is not taken to be open.
    """
    found: list[Match] = []
    first: Mapping[str, Any] | None = None
    for row in reader.query(_ENQUIRIES).to_pylist():
        if first is not None and first["client_id"] == row["client_id"] and _is_open(first, row["created_at"]):
            found.append(Match("lead", row["lead_id"], first["lead_id"], "enquiry"))
        else:
            first = row
    return tuple(found)


def said_of(matches: Iterable[Match | Word], verdict: Verdict, who: str, now: datetime) -> tuple[Word, ...]:
    """One word on each of these pairs; raises :class:`WrongState` where there is none."""
    said = tuple(Word(one.kind, one.one, one.other, verdict, one.reason, now, who) for one in matches)
    if not said:
        raise WrongState("nothing-said", Text("Не названа ни одна пара.", "No pair was named."))
    return said


def batch(said: Sequence[Word]) -> FactBatch:
    """The words as facts."""
    moments = [word.said_at.astimezone(UTC) if word.said_at else None for word in said]
    columns: dict[str, Any] = {
        column: [getattr(word, column) for word in said]
        for column in ("kind", "one", "other", "verdict", "reason", "said_by")
    }
    return FactBatch("identity", pa.table({**columns, "said_at": pa.array(moments, pa.timestamp("us", "UTC"))}))


def _is_open(first: Mapping[str, Any], at: datetime) -> bool:
    if first["outcome"] == "open":
        return True
    closed = first["won_at"] if first["outcome"] == "won" else first["lost_at"]
    return closed is not None and at < closed


def _exact(clients: Sequence[Mapping[str, Any]], region: str, shared_by: int) -> tuple[list[Match], int]:
    """Later cards with the phone or e-mail of an earlier one, and how many contacts too many cards share."""
    found: dict[frozenset[str], Match] = {}
    shared = 0
    for reason, groups in (("phone", _by_phone(clients, region)), ("email", _by_email(clients))):
        for cards in groups:
            if len(cards) > shared_by:
                shared += 1
                continue
            for card in cards[1:]:
                found.setdefault(
                    frozenset((card["client_id"], cards[0]["client_id"])), _match(card, cards[0], reason)
                )
    return list(found.values()), shared


def _by_phone(clients: Sequence[Mapping[str, Any]], region: str) -> Iterator[list[Mapping[str, Any]]]:
    rough = _grouped(clients, lambda card: re.sub(r"\D", "", card["phone"] or "")[-10:])
    for cards in rough:  # only those that may meet are worth parsing
        yield from _grouped(cards, lambda card: phone_e164(card["phone"], region) or "")


def _by_email(clients: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    rough = _grouped(clients, lambda card: (card["email"] or "").strip().lower())
    for cards in rough:
        yield from _grouped(cards, lambda card: email_plain(card["email"]) or "")


def _grouped(cards: Iterable[Mapping[str, Any]], key: Any) -> list[list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for card in cards:
        if (found := key(card)) != "":
            groups[found].append(card)
    return [group for group in groups.values() if len(group) > 1]


def _likely(clients: Sequence[Mapping[str, Any]]) -> Iterator[Match]:
    blocks: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for card in clients:
        if is_filled(card["region"]) and is_filled(card["name"]):
            for token in set(_plain_name(card["name"]).split()):
                if len(token) > 2:
                    blocks[card["region"].strip().lower(), token].append(card)
    seen: set[frozenset[str]] = set()
    for cards in blocks.values():
        for earlier, later in combinations(cards if len(cards) <= BLOCK_UP_TO else (), 2):
            pair = frozenset((earlier["client_id"], later["client_id"]))
            if pair in seen:
                continue
            seen.add(pair)
            points = fuzz.token_sort_ratio(_plain_name(earlier["name"]), _plain_name(later["name"]))
            if points >= LIKELY_FROM:
                yield _match(later, earlier, "name", int(points))


def _plain_name(name: str) -> str:
    tokens = re.findall(r"\w+", name.lower().replace("ё", "е"))
    return " ".join(token for token in tokens if token not in _LEGAL)


def _match(later: Mapping[str, Any], earlier: Mapping[str, Any], reason: str, points: int = 100) -> Match:
    names = (later["name"] or "", earlier["name"] or "")
    return Match(
        "client", later["client_id"], earlier["client_id"], reason, points, names, later["region"] or ""
    )  # fmt: skip


def _unjudged(found: Iterable[Match], judged: Iterable[frozenset[str]], joined: Mapping[str, str]) -> list[Match]:
    known = set(judged)
    return [
        match
        for match in found
        if frozenset((match.one, match.other)) not in known
        and joined.get(match.one, match.one) != joined.get(match.other, match.other)
    ]
