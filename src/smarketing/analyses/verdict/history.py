"""What do the months before tell: an average ripe month, how leads vary, how order values differ?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import sqrt

from smarketing.analyses.maturity import Maturity, ripeness_of
from smarketing.analyses.question import filter_condition
from smarketing.analyses.verdict.chain import Gates, Levels, Segment, chain, spread_question
from smarketing.facts.period import Month, Period
from smarketing.facts.query import Reader, literal
from smarketing.stats.delays import RipeningCurve
from smarketing.stats.errors import NotComputable
from smarketing.stats.simulation import dispersion_index

IMPLIED_MONTHS = 3
HISTORY_MONTHS = 12
MIN_SALES = 10  # fewer sales do not show how much order values differ
UNKNOWN_CV = 1.0  # then an exponential spread is assumed: wide rather than sure


@dataclass(frozen=True)
class AverageMonth:
    """Levels of the chain of an average of ``months``, every sale counted whenever it will come."""

    levels: Mapping[Segment, Levels]
    months: tuple[Month, ...]
    asked: tuple[str, ...]


def average_ripe_month(
    reader: Reader,
    gate: Gates,
    before: Month,
    curves: Maturity,
    today: date,
    where: Mapping[str, tuple[str, ...]],
) -> AverageMonth:
    """The last three months before ``before`` that are riper than the company's setting, averaged."""
    months = ripe_months(reader, before, curves.overall, today)
    total: dict[Segment, list[Fraction]] = {}
    asked = []
    for month in months:
        links, question = chain(reader, gate, month.period, where)
        asked.append(question)
        for segment, link in links.items():
            ripe = Fraction(ripeness_of(curves.of(segment), month.period, today))
            levels = ripened(link.levels, 1 / ripe) if ripe else link.levels
            kept = total.setdefault(segment, [Fraction(0)] * len(levels))
            total[segment] = [a + b for a, b in zip(kept, levels, strict=True)]
    levels_of = {segment: tuple(level / len(months) for level in levels) for segment, levels in total.items()}
    return AverageMonth(levels_of, months, tuple(asked))


def ripe_months(reader: Reader, before: Month, curve: RipeningCurve | None, today: date) -> tuple[Month, ...]:
    """Up to three whole months before ``before``, newest first, that had leads and are ripe enough."""
    enough = float(reader.company.verdict.ripe_share)
    known = months_with_leads(reader, before)
    # The oldest month on record has usually begun before the record did.
    whole = known[1:] if len(known) > 1 else known
    ripe = [
        month for month in whole if month.period.end <= today and ripeness_of(curve, month.period, today) >= enough
    ]
    return tuple(ripe[-IMPLIED_MONTHS:])


def ripened(levels: Sequence[Fraction], ripe: Fraction) -> Levels:
    """The same chain with its sales at another age: won and money times ``ripe``, won never over handled."""
    leads, target, handled, won, revenue, outside = levels
    share = min(won * ripe, handled) / won if won else Fraction(0)
    return (leads, target, handled, won * share, revenue * share, outside * ripe)


def lead_dispersion(
    reader: Reader, before: Month, where: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[float, int]:
    """Variance of monthly leads over their mean in the last twelve months, and its degrees of freedom.

    Of the leads within the filters: a part of the company varies less, by its mean, than the whole. 1 (Poisson)
    where it is not known or the months vary less than that.
    """
    months = [month for month in months_with_leads(reader, before)[1:] if month >= before.shift(-HISTORY_MONTHS)]
    question = _leads_question(before, where)
    counts = {row["created_month"]: row["leads"] for row in reader.query(question).to_pylist()}
    found = dispersion_index([counts.get(month.number, 0) for month in months])
    return (1.0, 0) if isinstance(found, NotComputable) else (max(1.0, found), len(months) - 1)


def order_value_spread(
    reader: Reader, gate: Gates, month: Month, where: Mapping[str, tuple[str, ...]]
) -> dict[Segment, float]:
    """Coefficient of variation of order value by segment over the last year; key ``None`` too, for the rest.

    A segment with fewer than ten sales takes the pooled spread inside all segments.
    """
    year = Period(month.shift(1 - HISTORY_MONTHS).first, month.period.end)
    rows = reader.query(spread_question(gate, year, where)).to_pylist()
    own = {row["segment"]: _spread(row["won"], row["total"], row["squares"]) for row in rows}
    rest = _pooled([(row["won"], own[row["segment"]]) for row in rows])
    enough = {row["segment"] for row in rows if row["won"] >= MIN_SALES}
    found: dict[Segment, float] = {None: rest}
    for segment, spread in own.items():
        found[segment] = rest if spread is None or segment not in enough else spread
    return found


def _spread(won: int, total: float | None, squares: float | None) -> float | None:
    if won < 2 or not total or total <= 0 or squares is None:
        return None
    mean = total / won
    variance = (squares - won * mean * mean) / (won - 1)
    return sqrt(max(variance, 0.0)) / mean


def _pooled(spreads: Sequence[tuple[int, float | None]]) -> float:
    """The spread inside segments: that between them is no chance."""
    known = [(won - 1, spread) for won, spread in spreads if spread is not None]
    freedom = sum(degrees for degrees, _ in known)
    if freedom < MIN_SALES - 1:
        return UNKNOWN_CV
    return sqrt(sum(degrees * spread * spread for degrees, spread in known) / freedom)


def _leads_question(before: Month, where: Mapping[str, tuple[str, ...]] | None = None) -> str:
    return (
        "SELECT created_month, COUNT(*) AS leads FROM journeys "
        f"WHERE is_counted AND created_month < {literal(before.number)} AND {filter_condition(where or {})} "
        "GROUP BY created_month ORDER BY created_month"
    )


def months_with_leads(
    reader: Reader, before: Month, where: Mapping[str, tuple[str, ...]] | None = None
) -> list[Month]:
    """The months before one in which leads came, oldest first."""
    rows = reader.query(_leads_question(before, where)).to_pylist()
    return [Month.from_number(row["created_month"]) for row in rows]
