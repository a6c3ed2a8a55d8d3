"""Which cards moved into a stage without the fields that it requires, whose are they, and since when?

The company says which fields a stage requires (``stages.required_fields``, by pipeline ``required_in``). A card is
asked as it is now: what was filled after the move is filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from smarketing.analyses.measuring.asking import column, key_of, renamed
from smarketing.analyses.question import Question, check_dimensions, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import share
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader, literal, name
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, Row
from smarketing.metrics.terms import Requirement, requirements

COLUMNS = ("obliged_leads", "lacking_leads", "lacking_share")
_BY_LEAD = Note("by-lead", Text("Поля считаются по дате лида.", "Fields are counted by the lead's date."))
_NONE = Note(
    "no-required-fields",
    Text(
        "Обязательные поля не заданы: укажите их у стадий в company.toml (required_fields).",
        "No required fields are set: name them at the stages in company.toml (required_fields).",
    ),
)


@dataclass(frozen=True)
class Lacking:
    """A card that entered a stage and lacks fields that the stage requires.

    ``moved_at``: its first entry, None where nobody knows. ``stands``: it stands in that stage now.
    """

    lead_id: str
    stage: str
    fields: tuple[str, ...]
    moved_at: datetime | None
    stands: bool
    outcome: str
    manager: str | None = None
    pipeline: str | None = None
    url: str | None = None


def required(reader: Reader, question: Question) -> Measurement:
    """Stage × field, split further by the question: reached the stage, of them without the field. By cohort."""
    check_dimensions(question.by)
    asked = replace(question, clock=Clock.COHORT)
    needed = requirements(reader.company)
    by_row, whole = _counting(needed, asked), _counting(needed, asked.split())
    found = reader.query(by_row).to_pylist()
    (every,) = reader.query(whole).to_pylist()
    rows = tuple(
        Row((one.stage, one.field, *key_of(row, asked)), _figures(reader, row, str(place)))
        for place, one in enumerate(needed)
        for row in found
        if row[f"obliged_{place}"]
    )
    notes = [] if needed else [_NONE]
    notes += [_BY_LEAD] if question.clock is Clock.PERIOD else []
    return Measurement(
        "required", asked, reader.version, reader.known_until, reader.company.currency,
        ("stage", "field", *asked.by), COLUMNS, rows, Row((), _figures(reader, every, "any")),
        tuple(notes), tuple(dict.fromkeys((by_row, whole))),
    )  # fmt: skip


def lacking(
    reader: Reader,
    question: Question,
    *,
    standing: bool = False,
    since: datetime | None = None,
    limit: int = 1000,
) -> tuple[Lacking, ...]:
    """Cards without a stage's fields, stage by stage, the newest moves first, ``limit`` of each stage.

    ``standing``: only where the card stands now. ``since``: only cards that may have moved in after this moment:
    a card that went back once may have come again, and journeys know its first entry alone.
    """
    found: list[Lacking] = []
    for stage, ones in groupby(requirements(reader.company), key=lambda one: one.stage):
        needed = tuple(ones)
        conditions = [f"stage = {literal(stage)}"] if standing else []
        if since is not None:
            conditions.append(f"({name(f'at_{stage}')} >= {literal(since)} OR returns > 0 OR reopenings > 0)")
        for row in reader.query(_listing(stage, needed, question, conditions, limit)).to_pylist():
            found.append(_card(stage, needed, row))
    return tuple(found)


def _counting(needed: Sequence[Requirement], question: Question) -> str:
    keys = [column(dimension, "created") for dimension in question.by]
    columns = [f"{key} AS key_{place}" for place, key in enumerate(keys)]
    for place, one in enumerate(needed):
        columns += [_count(one.concerns, f"obliged_{place}"), _count(one.lacks, f"lacking_{place}")]
    columns.append(_count(_any([one.concerns for one in needed]), "obliged_any"))
    columns.append(_count(_any([one.lacks for one in needed]), "lacking_any"))
    text = f"SELECT {', '.join(columns)}\nFROM journeys\nWHERE {_leads(question)}"
    if keys:
        text += f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(f'{key} NULLS LAST' for key in keys)}"
    return text


def _listing(
    stage: str, needed: Sequence[Requirement], question: Question, conditions: Sequence[str], limit: int
) -> str:
    entered = name(f"at_{stage}")
    columns = ["lead_id", "manager", "pipeline", "url", "outcome", "stage", f"{entered} AS moved_at"]
    columns += [f"{one.lacks} AS lacks_{place}" for place, one in enumerate(needed)]
    where = [_leads(question), f"({_any([one.lacks for one in needed])})", *conditions]
    return (
        f"SELECT {', '.join(columns)}\nFROM journeys\nWHERE {' AND '.join(where)}\n"
        f"ORDER BY {entered} DESC NULLS LAST, lead_id NULLS LAST LIMIT {literal(limit)}"
    )


def _card(stage: str, needed: Sequence[Requirement], row: Mapping[str, Any]) -> Lacking:
    moved = row["moved_at"]
    return Lacking(
        lead_id=row["lead_id"],
        stage=stage,
        fields=tuple(one.field for place, one in enumerate(needed) if row[f"lacks_{place}"]),
        moved_at=None if moved is None else moved.replace(tzinfo=UTC),
        stands=row["stage"] == stage,
        outcome=row["outcome"],
        manager=row["manager"],
        pipeline=row["pipeline"],
        url=row["url"],
    )


def _leads(question: Question) -> str:
    parts = ("is_counted", period_condition(question.period, "created"), filter_condition(renamed(question.where)))
    return " AND ".join(part for part in parts if part != "TRUE")


def _any(conditions: Sequence[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions) or "FALSE"


def _count(condition: str, called: str) -> str:
    return f"COUNT(*) FILTER (WHERE {condition}) AS {called}"


def _figures(reader: Reader, row: Mapping[str, Any], place: str) -> dict[str, Figure]:
    obliged, without = int(row[f"obliged_{place}"]), int(row[f"lacking_{place}"])
    zones = {key: accountable(metric(key), reader.company) for key in COLUMNS}
    counts = {"obliged_leads": obliged, "lacking_leads": without}
    figures = {
        key: Figure(key, metric(key).unit, count, numerator=count, zone=zones[key])
        for key, count in counts.items()
    }
    return {**figures, "lacking_share": share("lacking_share", without, obliged, zones["lacking_share"])}
