"""What is a measure, a metric, a figure?

A *measure* is an aggregation of one table of facts. A *metric* is a formula over measures. A *figure* is what a
metric came to for one row, together with everything needed to believe it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from smarketing.facts.company import Milestone, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock

Number = Decimal | int

# In ``Measure.dates``: a state as of now, in no period and with no place in time.
NOW = "*"


class Unit(StrEnum):
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"  # shown in per cent; value 0.25 is 25 %
    RATIO = "ratio"  # a plain number such as LTV/CAC
    SECONDS = "seconds"
    DAYS = "days"
    MONTHS = "months"
    MONEY_PER_DAY = "money_per_day"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True)
class Measure:
    """An aggregation of one table of facts.

    ``table`` is journeys, receipts, spend or costs; ``expression`` is SQL over its columns; ``dates`` names, for
    each clock, the prefix of the columns ``<prefix>_day``, ``_week``, ``_month`` by which rows fall into a period
    (an empty prefix means plain ``day``, ``week``, ``month``). The expression is one aggregate call, to which
    the condition is added as FILTER. Expression and condition may hold the words of
    ``metrics.terms``, such as ``{paid}``, which the company's settings fill.
    """

    key: str
    table: str
    expression: str
    dates: Mapping[Clock, str]
    condition: str = "TRUE"
    dimensions: frozenset[str] = frozenset()
    unit: Unit = Unit.COUNT
    additive: bool = True  # False: distinct things, whose total is less than the sum of the rows
    needs: Milestone | None = None  # a company without a stage of this milestone has no such facts


@dataclass(frozen=True)
class Metric:
    """A formula over measures, with who answers for it."""

    key: str
    name: Text
    meaning: Text  # one sentence
    formula: Text  # in words
    unit: Unit
    direction: Direction
    zone: Zone
    clocks: tuple[Clock, ...]  # the first is the metric's own
    numerator: tuple[str, ...]  # measures that are added; a leading "-" subtracts
    denominator: tuple[str, ...] = ()  # empty: the metric is its numerator
    watchers: tuple[Zone, ...] = ()
    interval: Literal["wilson", None] = None  # a share of counts
    ripens: bool = False  # grows as its cohort ages
    pitfall: Text | None = None
    minus_one: bool = False  # a return: numerator / denominator − 1
    product_of: tuple[str, ...] = ()  # instead of measures: metrics multiplied …
    divided_by: tuple[str, ...] = ()  # … and the metric that divides them
    computed_by: str = ""  # instead of both: the measurement that computes it, such as "response"
    name_all_leads: Text | None = None  # its name in a company that calls every lead MQL (Company.mql = "all")

    @property
    def is_ratio(self) -> bool:
        return bool(self.denominator)

    @property
    def measures(self) -> tuple[str, ...]:
        """Keys of the measures it is made of, without signs."""
        return tuple(part.removeprefix("-") for part in (*self.numerator, *self.denominator))


@dataclass(frozen=True)
class Interval:
    low: float
    high: float
    level: float  # 0.90, 0.80


class NoValue(StrEnum):
    """Why a figure has no value."""

    EMPTY_DENOMINATOR = "empty_denominator"
    NOT_LOADED = "not_loaded"  # the facts this needs are not in the lake
    CANNOT_SPLIT = "cannot_split"  # the facts do not carry this dimension
    TOO_FEW = "too_few"
    NOT_RIPE = "not_ripe"


@dataclass(frozen=True)
class Figure:
    """One number and all that is needed to believe it."""

    metric: str
    unit: Unit
    value: Number | float | None
    numerator: Number | None = None
    denominator: Number | None = None
    interval: Interval | None = None
    n: int | None = None  # the count behind a share
    zone: Zone = Zone.COMPANY
    ripe: float | None = None  # share of expected sales that has had time to happen
    reason: NoValue | None = None


@dataclass(frozen=True)
class Mark:
    """What is said of a row as a whole, in words: colour alone tells nothing."""

    code: str
    text: Text


@dataclass(frozen=True)
class Row:
    """One row of a measurement: its place in the dimensions and its figures by metric key."""

    keys: tuple[str | int | None, ...]  # None is «not given»; months yyyymm, weeks and days ISO text
    figures: Mapping[str, Figure] = field(default_factory=dict)
    mark: Mark | None = None
