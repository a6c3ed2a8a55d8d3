"""Which cause explains how many of the leads by which report and CRM differ?

Counts carry no names, so causes are tried from the surest to the weakest and each takes no more than is left: what
one explained the next cannot. Whatever none explains stands as unmatched, in sight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from smarketing.analyses.reconciliation.places import Cause, Cell, Count, Place

DELAY_DAYS = 3
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sides:
    """Both sides of a comparison. ``without_source``: counted leads of a day that name no source at all."""

    reported: Mapping[Place, int]
    crm: Mapping[Place, Count]
    without_source: Mapping[date, int] = field(default_factory=dict)
    pairs: Collection[tuple[str, str, str]] = ()  # source, report's name, CRM's name: proposed, not confirmed


def settle(sides: Sides) -> tuple[Cell, ...]:
    """Every place of both sides with its causes, in order."""
    ledger = _Ledger(sides)
    ledger.set_aside()
    ledger.renamed()
    ledger.without_campaign()
    ledger.without_source()
    ledger.day_border()
    ledger.delayed()
    ledger.not_delivered()
    return ledger.cells()


class _Ledger:
    """What is left to explain in every place: minus, the report has more."""

    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.places = sorted({*sides.reported, *sides.crm}, key=lambda place: place.order)
        self.left = {place: self._count(place).counted - sides.reported.get(place, 0) for place in self.places}
        self.causes: dict[Place, Counter[Cause]] = defaultdict(Counter)

    def set_aside(self) -> None:
        """Rows that the CRM does not count and the report did."""
        for place in self._short():
            count = self._count(place)
            for cause, rows in (
                (Cause.DUPLICATE, count.duplicates),
                (Cause.EXISTING_CLIENT, count.existing_clients),
                (Cause.TEST, count.tests),
            ):
                self._give(place, cause, -min(rows, -self.left[place]))

    def renamed(self) -> None:
        for lead_source, report, crm in self.sides.pairs:
            for place in self._short(lead_source=lead_source, campaign=report):
                self._move(Place(place.month, place.day, lead_source, crm), place, Cause.RENAMED)

    def without_campaign(self) -> None:
        """Leads of the same source and day whose campaign nobody wrote down."""
        for place in self._short():
            if place.campaign is not None:
                self._move(Place(place.month, place.day, place.lead_source, None), place, Cause.NO_SOURCE)

    def without_source(self) -> None:
        pool = dict(self.sides.without_source)
        for place in sorted(self._short(), key=lambda place: (self.left[place], place.order)):
            for day in self._days_of(place, pool):
                taken = min(pool[day], -self.left[place])
                self._give(place, Cause.NO_SOURCE, -taken)
                pool[day] -= taken

    def day_border(self) -> None:
        """The neighbouring day holds as many more, created close to midnight: two clocks cut the night apart."""
        early = {place: count.early for place, count in self.sides.crm.items()}
        late = {place: count.late for place, count in self.sides.crm.items()}
        for place in self._short():
            for step, near in ((DAY, early), (-DAY, late)):
                other = _on(place, step)
                if other is not None:
                    near[other] = near.get(other, 0) - self._move(
                        other, place, Cause.DAY_BORDER, near.get(other, 0)
                    )

    def delayed(self) -> None:
        for place in self._short():
            for days in range(1, DELAY_DAYS + 1):
                later = _on(place, days * DAY)
                if later is not None:
                    self._move(later, place, Cause.DELAYED)

    def not_delivered(self) -> None:
        """On a day on which the CRM got nothing at all from the source, its leads did not arrive."""
        arrived = {(place.day, place.lead_source) for place, count in self.sides.crm.items() if count.rows}
        for place in self._short():
            if place.day is not None and (place.day, place.lead_source) not in arrived:
                self._give(place, Cause.NOT_DELIVERED, self.left[place])

    def cells(self) -> tuple[Cell, ...]:
        for place in self.places:
            self._give(place, Cause.UNMATCHED, self.left[place])
        return tuple(
            Cell(place, self.sides.reported.get(place, 0), self._count(place).counted, dict(self.causes[place]))
            for place in self.places
        )

    def _count(self, place: Place) -> Count:
        return self.sides.crm.get(place, Count())

    def _short(self, **where: str) -> list[Place]:
        """Places in which the report has more."""
        return [
            place
            for place in self.places
            if self.left[place] < 0 and all(getattr(place, key) == value for key, value in where.items())
        ]

    def _days_of(self, place: Place, pool: Mapping[date, int]) -> Iterable[date]:
        if place.day is not None:
            return (place.day,) if place.day in pool else ()
        return [day for day in pool if day.year * 100 + day.month == place.month]

    def _move(self, surplus: Place, short: Place, cause: Cause, limit: int | None = None) -> int:
        """Leads that one place has too many fill what another lacks; returns how many."""
        moved = min(max(self.left.get(surplus, 0), 0), max(-self.left[short], 0))
        moved = moved if limit is None else min(moved, max(limit, 0))
        if moved:
            self._give(short, cause, -moved)
            self._give(surplus, cause, moved)
        return moved

    def _give(self, place: Place, cause: Cause, leads: int) -> None:
        if leads:
            self.causes[place][cause] += leads
            self.left[place] -= leads


def _on(place: Place, step: timedelta) -> Place | None:
    """The same campaign some days later; None in a report by months."""
    if place.day is None:
        return None
    day = place.day + step
    return Place(day.year * 100 + day.month, day, place.lead_source, place.campaign)
