"""Which stages, segments, sources and reasons do the facts speak of that the settings do not name?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smarketing.facts.company import Company
from smarketing.facts.query import Reader, name
from smarketing.web.company.line_forms import SourceGroupForm
from smarketing.web.company.sections import Section
from smarketing.web.reports import reading


@dataclass(frozen=True)
class Unplaced:
    """A value and how often the facts hold it."""

    value: str
    count: int


def facts_or_none() -> reading.Facts | None:
    try:
        return reading.newest()
    except reading.NoFacts:
        return None


def unplaced(section: Section, company: Company, facts: reading.Facts | None) -> list[Unplaced]:
    """The most frequent ones first."""
    if not section.names_values_of or facts is None:
        return []
    column = section.names_values_of
    counted = facts.answer(f"values:{column}", "", lambda: _values(facts.reader, column))
    known = _known(section, company)
    return [Unplaced(value, count) for value, count in counted if value not in known]


def added_lines(
    section: Section, company: Company, asked: Sequence[str], group: str
) -> dict[str, list[Mapping[str, Any]]]:
    """Lines of the form for values that a person wants to place; for sources, the group they come into."""
    if not asked:
        return {}
    if section.names_values_of != "lead_source":
        return {kind.part: [{"key": value, "name_ru": value} for value in asked] for kind in section.lines}
    if any(one.key == group for one in company.source_groups):
        return {}
    return {SourceGroupForm.part: [{"sources": tuple(asked)}]}


def with_sources(company: Company, asked: Sequence[str], group: str) -> Company:
    """The settings as the form should show them: these sources stand in the group that was chosen."""
    return company.model_copy(
        update={
            "source_groups": tuple(
                one.model_copy(update={"sources": tuple(dict.fromkeys((*one.sources, *asked)))})
                if one.key == group
                else one
                for one in company.source_groups
            )
        }
    )


def _values(reader: Reader, column: str) -> list[tuple[str, int]]:
    table = "stage_moves" if column == "stage" else "journeys"
    rows = reader.query(
        f"SELECT {name(column)} AS value, COUNT(*) AS n FROM {table} WHERE {name(column)} IS NOT NULL "
        f"GROUP BY {name(column)} ORDER BY n DESC NULLS LAST, value NULLS LAST"
    )
    return [(str(row["value"]), int(row["n"])) for row in rows.to_pylist()]


def _known(section: Section, company: Company) -> set[str]:
    if section.names_values_of == "lead_source":
        return {source for group in company.source_groups for source in group.sources}
    return {one.key for kind in section.lines for one in getattr(company, kind.part)}
