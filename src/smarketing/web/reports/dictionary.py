"""How is the catalogue of metrics told to a reader?"""

from __future__ import annotations

from dataclasses import dataclass

from smarketing.facts.company import Zone
from smarketing.facts.language import Language, Text
from smarketing.jobs.record_export import Sheet
from smarketing.metrics.catalogue import METRICS, accountable, name_of
from smarketing.metrics.kinds import Direction, Metric
from smarketing.metrics.wording import CLOCK_NAMES, UNIT_NAMES, ZONE_NAMES
from smarketing.web.lists import list_sheet
from smarketing.web.reports import reading
from smarketing.web.reports.tables import ZONE_CLASS

_DIRECTIONS = {
    Direction.UP: Text("больше — лучше", "more is better"),
    Direction.DOWN: Text("меньше — лучше", "less is better"),
    Direction.NEITHER: Text("само по себе не говорит ни о чём", "says nothing by itself"),
}


@dataclass(frozen=True)
class Entry:
    key: str
    name: Text
    metric: Metric
    zone: Text
    zone_class: str
    watchers: Text
    unit: Text
    direction: Text
    clock: Text


@dataclass(frozen=True)
class Chapter:
    zone: Text
    zone_class: str
    entries: tuple[Entry, ...]


def chapters() -> list[Chapter]:
    """Every metric under the zone that answers for it, marketing first."""
    company = reading.company()
    entries = [_entry(what) for what in METRICS.values()]
    made = []
    for zone in Zone:
        kept = tuple(
            entry
            for entry in entries
            if (accountable(entry.metric, company) if company else entry.metric.zone) is zone
        )
        if kept:
            made.append(Chapter(ZONE_NAMES[zone], ZONE_CLASS[zone], kept))
    return made


def dictionary_sheet(made: list[Chapter], language: Language) -> Sheet:
    """Every metric with all that its article says."""
    heads = (
        Text("ключ", "key"), Text("название", "name"), Text("зона", "zone"), Text("смысл", "meaning"),
        Text("формула", "formula"), Text("единица", "unit"), Text("направление", "direction"),
        Text("счёт", "clock"), Text("смотрит также", "also watched by"), Text("ловушка", "pitfall"),
    )  # fmt: skip
    rows = [
        (
            one.key, one.name, one.zone, one.metric.meaning, one.metric.formula, one.unit, one.direction,
            one.clock, one.watchers, one.metric.pitfall,
        )
        for chapter in made
        for one in chapter.entries
    ]  # fmt: skip
    return list_sheet(heads, rows, language)


def _entry(what: Metric) -> Entry:
    company = reading.company()
    zone = accountable(what, company) if company else what.zone
    watchers = [ZONE_NAMES[one] for one in what.watchers if one is not zone]
    return Entry(
        key=what.key,
        name=name_of(what, company) if company else what.name,
        metric=what,
        zone=ZONE_NAMES[zone],
        zone_class=ZONE_CLASS[zone],
        watchers=Text(", ".join(one.ru for one in watchers), ", ".join(one.en for one in watchers)),
        unit=UNIT_NAMES[what.unit],
        direction=_DIRECTIONS[what.direction],
        clock=CLOCK_NAMES[what.clocks[0]],
    )
