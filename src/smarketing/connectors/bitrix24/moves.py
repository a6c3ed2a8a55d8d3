"""When did a lead enter which stage, and when was its deal won?

The portal's history comes first. What we saw on the card and the history does not tell is added from our own log.
A card whose history lacks its beginning begins where cards of its pipeline begin, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from smarketing.connectors.bitrix24.families import Attempt, Held
from smarketing.connectors.bitrix24.names import Names
from smarketing.connectors.bitrix24.pipelines import LOST, WON, StageMap, reason_by_stage
from smarketing.connectors.bitrix24.records import Deal, Lead, Status

CREATED = 1  # TYPE_ID of the line that tells a card's beginning
NEAR = timedelta(minutes=2)  # two clocks of one portal tell the same move


@dataclass(frozen=True)
class Entry:
    """A card entered a stage, by its code; ``at`` is None where only that is known."""

    code: str
    at: datetime | None
    by: int | None = None
    assumed: bool = False


def entries(held: Held[Lead] | Held[Deal], stages: StageMap) -> list[Entry]:
    """Every entry of a card into a stage, in order; an entry without a moment comes last."""
    found = _with_seen([Entry(move.stage, move.at) for move in held.moves], held)
    if any(move.type == CREATED for move in held.moves):
        return found
    created = held.card.created
    if found and found[0].at is not None and found[0].at <= created + NEAR:
        return found
    pipeline = held.card.pipeline if isinstance(held.card, Deal) else None
    first = stages.entry(pipeline=pipeline) or held.card.stage
    begun = [Entry(first, created, assumed=True), *found]
    if not found and held.card.stage != first:
        begun.append(Entry(held.card.stage, None))
    return begun


def _with_seen(told: list[Entry], held: Held[Lead] | Held[Deal]) -> list[Entry]:
    """The history with who moved, where we saw it, and with the moves that only we saw."""
    found = list(told)
    for state in held.seen:
        moved = _moment(state.get("moved"))
        code = str(state.get("stage"))
        if moved is None:
            continue
        place = next((at for at, entry in enumerate(found) if _same(entry, code, moved)), None)
        entry = Entry(code, moved, _whole(state.get("by")))
        if place is None:
            found.append(entry)
        else:
            found[place] = Entry(code, found[place].at, entry.by)
    return sorted(found, key=lambda entry: entry.at or held.card.created)


def stage_moves(
    attempt: Attempt, names: Names, stages: StageMap, reason: str | None, competitor: str | None
) -> list[dict[str, Any]]:
    """Rows of ``stage_moves``. A stage that the company's settings do not know gives none."""
    rows: list[dict[str, Any]] = []
    for held in attempt.cards:
        is_deal = isinstance(held.card, Deal)
        known = names.deal_stages if is_deal else names.lead_stages
        listed = entries(held, stages)
        for place, entry in enumerate(listed):
            key = stages.deal(entry.code) if is_deal else stages.lead(entry.code)
            stage = known.get(entry.code)
            if key is None:
                continue
            lost = stage is not None and stage.semantic == LOST
            last = place == len(listed) - 1 and held is attempt.newest
            rows.append(
                {
                    "lead_id": attempt.id,
                    "stage": key,
                    "entered_at": entry.at,
                    "actor": names.person(entry.by),
                    "loss_reason": (reason if last else reason_by_stage(stage)) if lost else None,
                    "competitor": competitor if lost and last else None,
                }
            )
    return rows


def won_at(held: Held[Deal], names: Names, stages: StageMap) -> datetime | None:
    """When the deal was won: its last entry into a winning stage. The closing date may be edited by anybody."""
    return next((entry.at for entry in reversed(entries(held, stages)) if _is_won(names, entry.code)), None)


def is_won(card: Deal, names: Names) -> bool:
    return card.semantic == WON if card.semantic else _is_won(names, card.stage)


def is_lost(card: Lead | Deal, names: Names) -> bool:
    if card.semantic:
        return card.semantic == LOST
    stage = stage_of(card, names)
    return stage is not None and stage.semantic == LOST


def stage_of(card: Lead | Deal, names: Names) -> Status | None:
    known = names.deal_stages if isinstance(card, Deal) else names.lead_stages
    return known.get(card.stage)


def any_assumed(attempt: Attempt, stages: StageMap) -> bool:
    return any(entry.assumed for held in attempt.cards for entry in entries(held, stages))


def _is_won(names: Names, code: str) -> bool:
    stage = names.deal_stages.get(code)
    return stage.semantic == WON if stage else code.rpartition(":")[2] == "WON"


def _same(entry: Entry, code: str, moved: datetime) -> bool:
    return entry.code == code and entry.at is not None and abs(entry.at - moved) <= NEAR


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _whole(value: object) -> int | None:
    return int(str(value)) if value and str(value).isdigit() else None
