"""What can go wrong when mathematics is asked something impossible.

Two kinds, kept apart. A *wrong call* (negative counts, a factor that belongs to two departments) raises
`StatsError`: a programmer must mend it. A *question without an answer in these data* (no leads, no
plan, a median not reached yet) returns a `NotComputable` reason: a page says it in words.
"""

from __future__ import annotations

from enum import StrEnum


class StatsError(ValueError):
    """Root of the errors of this package: the arguments cannot be right, whatever the data."""


class NotComputable(StrEnum):
    """Why a figure does not exist. Returned in place of the figure; never NaN, never a silent zero."""

    EMPTY = "empty"  # nothing was observed: the denominator is 0
    NO_EVENTS = "no_events"  # cases were observed, the event never happened
    NOT_REACHED = "not_reached"  # the curve does not come down (or up) to the share that was asked
    BEYOND_DATA = "beyond_data"  # the age asked for is older than anything observed
    NO_PLAN = "no_plan"  # the plan is 0 for everything: there is no gap to split
    ZERO_CELL = "zero_cell"  # the method takes logarithms and a cell holds a 0
    ZERO_DENOMINATOR = "zero_denominator"  # a growth factor would divide by 0
    NO_VARIANCE = "no_variance"  # groups cannot differ: every case is alike
    NOT_CONVERGED = "not_converged"  # the likelihood has no maximum that we could find
    NOT_IDENTIFIED = "not_identified"  # the data cannot tell "slow" from "never"
