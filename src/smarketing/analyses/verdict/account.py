"""What is split? One month's chain held against what was due, with everything its chance depends on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from smarketing.analyses.planning.numbers import Cell
from smarketing.analyses.verdict.chain import Levels, Links, Segment
from smarketing.stats.simulation import Noise

Zoned = Literal["marketing", "sales", "joint"]


@dataclass(frozen=True)
class Habit:
    """The past months that a plan was learnt from: it carries their chance.

    ``levels`` of their average, every sale counted whenever it comes; ``learnt``: factors (keys of the causes) and
    segments that the plan took from them; ``keeps_revenue``: revenue itself was given, leads follow from it.
    """

    levels: Mapping[Segment, Levels]
    months: int
    learnt: Collection[tuple[str, Segment]]
    keeps_revenue: bool = False


@dataclass(frozen=True)
class Split:
    """One account to be split. ``due`` is the plan by segment at the age of the leads; ``gap`` is exact money.

    ``timing`` is the line of other months' leads, None where the cohort clock needs no such line; ``habit`` is
    what a learnt plan was learnt from, None where the company gave every number of it. ``due_by_source`` has the
    cells of the segments that were planned source by source.
    """

    cells: tuple[Segment, ...]  # in the order of the page; ``noise`` has one spread for each
    links: Mapping[Segment, Links]
    due: Mapping[Segment, Levels]
    conversion_zone: Zoned
    timing: Fraction | None
    gap: Decimal
    noise: Noise
    seed: int
    draws: int
    min_sales: int
    habit: Habit | None = None
    plan: Decimal = Decimal(0)  # what the gap is held against: with timing, more than the chain's own share of it
    due_by_source: Mapping[Cell, Levels] = field(default_factory=dict)
