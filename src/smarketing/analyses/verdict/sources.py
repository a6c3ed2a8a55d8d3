"""Through which lead sources, inside each segment, did the gap come? Owen's value on cells of segment and source.

A finer account than the verdict's own: a shift between sources inside a segment is mix here and quality, handling
or conversion there. Every segment's total is the same in both, and both sum to the gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.labels import say_key
from smarketing.analyses.maturity import maturity, ripeness_of
from smarketing.analyses.planning.numbers import Cell
from smarketing.analyses.verdict.account import Split
from smarketing.analyses.verdict.chain import Gates, Levels, Links, Segment, Source, chain_by_source, gates
from smarketing.analyses.verdict.history import ripe_months, ripened
from smarketing.analyses.verdict.result import Cause, Verdict
from smarketing.analyses.verdict.split import KEYS, unions
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.money import share_out
from smarketing.facts.period import local_day
from smarketing.facts.query import Reader
from smarketing.stats.chain import chain_model
from smarketing.stats.decomposition import owen
from smarketing.stats.errors import NotComputable

LARGEST = 8  # sources that are told by name; the others are one
REST = "*"  # the key of the others

_NOTHING: Levels = (Fraction(0),) * 6


@dataclass(frozen=True)
class SourceSplit:
    """``effects[cause][segment, source]``, to the kopeck; all of them sum to the gap.

    Source None is «not given», ``REST`` is all but the eight largest. Money of other months' leads stands under
    ``(None, None)`` and belongs to no source. No chance is told: a cell is too small for it. ``planned`` are the
    segments whose plan names its sources; that of the others is laid on sources as the ripe months were.
    """

    effects: Mapping[Cause, Mapping[Cell, Decimal]]
    asked: tuple[str, ...]
    planned: tuple[Segment, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self.effects[Cause.VOLUME])

    def of(self, cell: Cell) -> Decimal:
        """All causes of one cell; money of other months' leads belongs to none."""
        return sum(
            (
                effects.get(cell, Decimal(0))
                for cause, effects in self.effects.items()
                if cause is not Cause.TIMING
            ),
            Decimal(0),
        )


def by_source(
    reader: Reader, verdict: Verdict, where: Mapping[str, tuple[str, ...]] | None = None
) -> SourceSplit | None:
    """The verdict's account by segment and source; None without a verdict.

    A segment planned by source is held against that plan. The plan of any other is laid on sources as the last
    ripe months were; what they never had is planned for ``REST``.
    Parameters: ``where``, the filters that the verdict was asked with.
    """
    account = verdict.account
    if account is None or not verdict.parts:
        return None
    gate, asked_gates = gates(reader)
    one_segment = set(account.cells) == {None}
    links, asked = chain_by_source(reader, gate, verdict.period, where or {})
    past, asked_past = _past(reader, verdict, gate, where or {})
    stated = account.due_by_source
    named = _largest(links, past, stated)
    came = _grouped({cell: link.levels for cell, link in links.items()}, named, one_segment)
    by_segment = tuple(segment for segment in account.cells if any(cell[0] == segment for cell in stated))
    laid = _laid_on(
        {segment: levels for segment, levels in account.due.items() if segment not in by_segment},
        _grouped(past, named, one_segment),
    )
    effects = _effects(account, came, laid | _grouped(stated, named, one_segment))
    return None if effects is None else SourceSplit(effects, (asked_gates, asked, *asked_past), by_segment)


def source_label(source: Source, company: Company) -> Text:
    """How a page calls it."""
    return Text("остальные", "the others") if source == REST else say_key(company, "lead_source", source)


def _past(
    reader: Reader, verdict: Verdict, gate: Gates, where: Mapping[str, tuple[str, ...]]
) -> tuple[dict[Cell, Levels], tuple[str, ...]]:
    """What the ripe months had by segment and source, every sale counted whenever it comes."""
    today = local_day(reader.known_until, reader.company.tz)
    curves = maturity(reader, where)
    total: dict[Cell, Levels] = {}
    asked = []
    for month in ripe_months(reader, verdict.month, curves.overall, today):
        links, question = chain_by_source(reader, gate, month.period, where)
        asked.append(question)
        for (segment, source), link in links.items():
            ripe = Fraction(ripeness_of(curves.of(segment), month.period, today))
            levels = ripened(link.levels, 1 / ripe) if ripe else link.levels
            total[segment, source] = _plus(total.get((segment, source), _NOTHING), levels)
    return total, tuple(asked)


def _largest(
    links: Mapping[Cell, Links], past: Mapping[Cell, Levels], stated: Mapping[Cell, Levels]
) -> set[Source]:
    """By leads that came, were usual or were planned: a source that is gone or never began is a finding, too."""
    leads: Counter[Source] = Counter()
    for (_, source), link in links.items():
        leads[source] += link.leads
    for cells in (past, stated):
        for (_, source), levels in cells.items():
            leads[source] += int(levels[0])
    return {source for source, _ in leads.most_common(LARGEST)}


def _grouped(levels: Mapping[Cell, Levels], named: set[Source], one_segment: bool) -> dict[Cell, Levels]:
    found: dict[Cell, Levels] = {}
    for (segment, source), row in levels.items():
        cell = (None if one_segment else segment, source if source in named else REST)
        found[cell] = _plus(found.get(cell, _NOTHING), row)
    return found


def _laid_on(due: Mapping[Segment, Levels], past: Mapping[Cell, Levels]) -> dict[Cell, Levels]:
    """Each level of a segment's plan in the proportion of the same level of the past; else of the level before."""
    found: dict[Cell, Levels] = {}
    for segment, levels in due.items():
        rows = {source: row for (own, source), row in past.items() if own == segment and row[0]}
        shares: dict[Source, Fraction] = {REST: Fraction(1)}
        laid: dict[Source, list[Fraction]] = {source: [] for source in rows or shares}
        for place, level in enumerate(levels):
            shares = _shares(rows, place) or shares
            for source, values in laid.items():
                values.append(level * shares.get(source, Fraction(0)))
        found |= {(segment, source): tuple(values) for source, values in laid.items()}
    return found


def _shares(rows: Mapping[Source, Levels], place: int) -> dict[Source, Fraction] | None:
    values = {source: row[place] for source, row in rows.items()}
    total = sum(values.values(), Fraction(0))
    if total <= 0 or min(values.values()) < 0:
        return None
    return {source: value / total for source, value in values.items()}


def _effects(
    account: Split, came: Mapping[Cell, Levels], planned: Mapping[Cell, Levels]
) -> dict[Cause, dict[Cell, Decimal]] | None:
    cells = sorted({*came, *planned}, key=lambda cell: (account.cells.index(cell[0]), *_last(cell[1])))
    sides = [
        list(zip(*(_walked(side.get(cell, _NOTHING)) for cell in cells), strict=True)) for side in (planned, came)
    ]
    found = owen(
        chain_model([str(place) for place in range(len(cells))], unions(account.conversion_zone), KEYS, *sides)
    )
    if isinstance(found, NotComputable):
        return None
    exact = {
        (Cause(factor), cell): found.factor(factor, str(place))
        for factor in found.factors
        for place, cell in enumerate(cells)
    }
    for cell in cells:
        row, plan = came.get(cell, _NOTHING), planned.get(cell, _NOTHING)
        exact[Cause.OUTSIDE, cell] = sum(row[-2:], Fraction(0)) - _walked(row)[-1] - sum(plan[-2:], Fraction(0))
        exact[Cause.OUTSIDE, cell] += _walked(plan)[-1]
    if account.timing is not None:
        exact[Cause.TIMING, (None, None)] = account.timing
    amounts = [Decimal(part.numerator) / Decimal(part.denominator) for part in exact.values()]
    effects: dict[Cause, dict[Cell, Decimal]] = {}
    for (cause, cell), amount in zip(exact, share_out(account.gap, amounts), strict=True):
        effects.setdefault(cause, {})[cell] = amount
    return {cause: effects[cause] for cause in Cause if cause in effects}


def _walked(levels: Levels) -> Levels:
    """Without the money past the chain; where refunds outweigh sales there is no order value."""
    return (*levels[:-2], max(levels[-2], Fraction(0)))


def _last(source: Source) -> tuple[bool, bool, str]:
    return source is None, source == REST, source or ""


def _plus(one: Levels, other: Levels) -> Levels:
    return tuple(a + b for a, b in zip(one, other, strict=True))
