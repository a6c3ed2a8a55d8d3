"""What is the answer about focus made of? Five distributions over segments, and how far apart they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from smarketing.analyses.result import Measurement
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Figure, Interval

Segment = str | None  # None: not given


class Resource(StrEnum):
    """What is spread over segments, in the order of the chain from ad to money."""

    SPEND = "spend"
    LEADS = "leads"
    EFFORT = "effort"
    SALES = "sales"
    REVENUE = "revenue"


ZONES: dict[Resource, Zone] = {
    Resource.SPEND: Zone.MARKETING,
    Resource.LEADS: Zone.MARKETING,
    Resource.EFFORT: Zone.SALES,
    Resource.SALES: Zone.SALES,
    Resource.REVENUE: Zone.COMPANY,
}
SHARE_METRICS: dict[Resource, str] = {
    Resource.SPEND: "spend_share",
    Resource.LEADS: "lead_share",
    Resource.EFFORT: "effort_share",
    Resource.SALES: "sale_share",
    Resource.REVENUE: "revenue_share",
}
# Of these every case is one of its own, so chance is in them; spend is what the accounts say.
COUNTED = (Resource.LEADS, Resource.SALES)
# The distributions that are compared all at once; sales stand between leads and revenue and add no department.
DEPARTMENTS = (Resource.SPEND, Resource.LEADS, Resource.EFFORT, Resource.REVENUE)


class Effort(StrEnum):
    """In what sellers' effort is counted."""

    MINUTES = "minutes"
    ACTIONS = "actions"  # where minutes are missing too often


class FocusState(StrEnum):
    """Whether the headline may be said."""

    JUDGED = "judged"
    UNKNOWN_SEGMENT = "unknown_segment"  # the segment is not given more often than the company allows
    NO_REVENUE = "no_revenue"
    NOTHING_TO_COMPARE = "nothing_to_compare"  # neither spend nor leads


@dataclass(frozen=True)
class Amounts:
    """One segment: how much of each resource it got or gave; effort in minutes, or in actions."""

    segment: Segment
    of: Mapping[Resource, Decimal]
    hours: Decimal
    actions: int
    non_target: Decimal  # effort on non-target leads, in the unit of ``effort``


@dataclass(frozen=True)
class Distance:
    """Between two resources: ``variation`` is the share that would have to move, ``bits`` Jensen-Shannon.

    Intervals exist where at least one side was counted and the other has no chance in it or was counted, too.
    """

    first: Resource
    second: Resource
    variation: float
    bits: float
    variation_interval: Interval | None = None
    bits_interval: Interval | None = None


@dataclass(frozen=True)
class FocusShare:
    """Which share of a resource the focus segment gets; ``gap`` is that share less its share of revenue."""

    resource: Resource
    zone: Zone
    figure: Figure
    gap: float | None


@dataclass(frozen=True)
class Focus:
    """Shares by segment as a ``table``, and what they say together."""

    table: Measurement
    state: FocusState
    headline: Text
    effort: Effort | None  # None: no actions are loaded
    segments: tuple[Amounts, ...]  # in the company's order, «not given» last; those under test are not here
    under_test: tuple[Amounts, ...]
    shares: Mapping[Resource, Mapping[Segment, float]]  # only of what is loaded
    unknown: Mapping[Resource, float]  # share whose segment is not given
    refused: tuple[Resource, ...]  # those whose unknown share is above the company's limit
    distances: tuple[Distance, ...]
    together: float | None  # Jensen-Shannon of spend, leads, effort and revenue, bits
    focus_segment: Segment
    focus_shares: tuple[FocusShare, ...]
    non_target_hours: Figure
    non_target_effort: Figure
    seed: int

    def distance(self, first: Resource, second: Resource) -> Distance | None:
        return next((one for one in self.distances if {one.first, one.second} == {first, second}), None)
