"""What came of the leads of a period, stage by stage and segment by segment?

The chain is leads → target → handled → won → revenue. Where the company has no written criteria, or no record of
answers, the gate is left out and what it would have caught falls to the next one; the verdict says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.question import filter_condition, period_condition
from smarketing.facts.period import Period
from smarketing.facts.query import Reader, name

Segment = str | None
Source = str | None


@dataclass(frozen=True)
class Gates:
    """Which gates the facts can show."""

    target: bool
    handled: bool

    @property
    def conditions(self) -> tuple[str, str, str]:
        """SQL for «came through»: target, target and handled, and won through both."""
        target = "target_verdict = 'target'" if self.target else "TRUE"
        handled = f"{target} AND is_handled" if self.handled else target
        return target, handled, f"{handled} AND is_won"


Levels = tuple[Fraction, ...]  # leads, target, handled, won, revenue of the whole chain, revenue past it


@dataclass(frozen=True)
class Links:
    """The chain of one segment: counts, and exact money in the company's currency."""

    leads: int
    target: int
    handled: int
    won: int
    revenue: Decimal  # of the won that came through every gate
    all_revenue: Decimal  # of all leads of the segment
    undecided: int  # no verdict on whether they are target
    without_source: int
    outside_squares: float = 0.0  # sum of squares of the money past the chain: how uncertain it is

    @property
    def outside(self) -> Decimal:
        """Money of leads that did not walk the whole chain."""
        return self.all_revenue - self.revenue

    @property
    def levels(self) -> Levels:
        counts = (self.leads, self.target, self.handled, self.won)
        return (*(Fraction(count) for count in counts), Fraction(self.revenue), Fraction(self.outside))


def gates(reader: Reader) -> tuple[Gates, str]:
    """Which gates these facts can show at all, and the question that told."""
    question = """
SELECT COUNT(*) FILTER (WHERE target_verdict IN ('target', 'non_target')) AS judged, COUNT(is_handled) AS handled
FROM journeys WHERE is_counted
""".strip()
    row = reader.query(question).to_pylist()[0]
    return Gates(row["judged"] > 0, row["handled"] > 0), question


def chain_question(
    gate: Gates, period: Period, where: Mapping[str, tuple[str, ...]], by: tuple[str, ...] = ("segment",)
) -> str:
    target, handled, won = gate.conditions
    keys = ", ".join(name(column) for column in by)
    order = ", ".join(f"{name(column)} NULLS LAST" for column in by)
    return f"""
SELECT {keys},
  COUNT(*) AS leads,
  COUNT(*) FILTER (WHERE {target}) AS target,
  COUNT(*) FILTER (WHERE {handled}) AS handled,
  COUNT(*) FILTER (WHERE {won}) AS won,
  SUM(revenue) FILTER (WHERE {won}) AS revenue,
  SUM(revenue) AS all_revenue,
  SUM(CAST(revenue AS DOUBLE) * CAST(revenue AS DOUBLE))
    FILTER (WHERE NOT COALESCE({won}, FALSE)) AS outside_squares,
  COUNT(*) FILTER (WHERE target_verdict = 'unknown') AS undecided,
  COUNT(*) FILTER (WHERE lead_source IS NULL) AS without_source
FROM journeys
WHERE is_counted AND {period_condition(period, "created")} AND {filter_condition(where)}
GROUP BY {keys}
ORDER BY {order}
""".strip()


def chain(
    reader: Reader, gate: Gates, period: Period, where: Mapping[str, tuple[str, ...]]
) -> tuple[dict[Segment, Links], str]:
    """The chain of each segment that had leads in the period, and the question that was asked."""
    question = chain_question(gate, period, where)
    rows = reader.query(question).to_pylist()
    return {row.pop("segment"): _links(row) for row in rows}, question


def chain_by_source(
    reader: Reader, gate: Gates, period: Period, where: Mapping[str, tuple[str, ...]]
) -> tuple[dict[tuple[Segment, Source], Links], str]:
    """The chain of each segment and lead source, and the question that was asked."""
    question = chain_question(gate, period, where, ("segment", "lead_source"))
    rows = reader.query(question).to_pylist()
    return {(row.pop("segment"), row.pop("lead_source")): _links(row) for row in rows}, question


def merged(links: Mapping[Segment, Links]) -> dict[Segment, Links]:
    """All segments as one, for when the segment is not known for too many."""
    if not links:
        return {}
    total = {name: sum(getattr(one, name) for one in links.values()) for name in Links.__dataclass_fields__}
    return {None: Links(**total)}


def spread_question(gate: Gates, period: Period, where: Mapping[str, tuple[str, ...]]) -> str:
    """How much order values differ: count, sum and sum of squares per segment."""
    _, _, won = gate.conditions
    return f"""
SELECT segment, COUNT(*) AS won, SUM(CAST(revenue AS DOUBLE)) AS total,
  SUM(CAST(revenue AS DOUBLE) * CAST(revenue AS DOUBLE)) AS squares
FROM journeys
WHERE is_counted AND {won} AND {period_condition(period, "created")} AND {filter_condition(where)}
GROUP BY segment
ORDER BY segment NULLS LAST
""".strip()


def _links(row: Mapping[str, object]) -> Links:
    money = {name: row[name] or Decimal(0) for name in ("revenue", "all_revenue")}
    return Links(**{**row, **money, "outside_squares": row["outside_squares"] or 0.0})  # type: ignore[arg-type]
