"""Has a figure shifted, or does it vary as it always has? Shewhart's limits around its own earlier points.

Individuals (XmR): mean ± 3 · MR̄ / 1.128 = mean ± 2.66 · MR̄, where MR̄ is the mean of the differences between
neighbouring points; a trend or a season inside the earlier points widens the limits far less than a standard
deviation would. Shares (p chart): p̄ ± 3 · √(p̄ (1 − p̄) / n) with the n of each point. Both as in the NIST/SEMATECH
e-Handbook of Statistical Methods, 6.3.2.2 and 6.3.3.2. A shift is a point beyond its limits, or the last eight
points on one side of the centre.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from smarketing.stats.errors import NotComputable, StatsError

D2 = 1.128  # expected range of two draws from a normal law, in standard deviations
SIGMAS = 3
RUN = 8  # as many on one side of the centre come by chance once in 128 looks
LEAST = 6  # earlier points: with fewer the limits say nothing

Trials = tuple[int, int]  # k of n


class Signal(StrEnum):
    """How a figure has shifted."""

    ABOVE = "above"
    BELOW = "below"
    RUN_ABOVE = "run_above"
    RUN_BELOW = "run_below"


@dataclass(frozen=True)
class Limits:
    """Within which one point varies by chance, in the unit of the figure."""

    centre: float
    low: float
    high: float


def individuals(earlier: Sequence[float | None], *, floor: float | None = None) -> Limits | NotComputable:
    """The limits that earlier points give to any point; ``floor`` is a value the figure cannot go under.

    None is a point that is not known: it makes no range with its neighbours.

    >>> individuals([10, 12, 10, 12, 10, 12])  # mean 11, ranges of 2: 11 ± 3 · 2 / 1.128
    Limits(centre=11.0, low=5.680851063829788, high=16.319148936170212)
    """
    known = [value for value in earlier if value is not None]
    ranges = [
        abs(after - before) for before, after in pairwise(earlier) if before is not None and after is not None
    ]
    if len(known) < LEAST or not ranges:
        return NotComputable.EMPTY
    centre = sum(known) / len(known)
    width = SIGMAS * sum(ranges) / len(ranges) / D2
    low = centre - width
    return Limits(centre, low if floor is None else max(low, floor), centre + width)


def proportions(
    earlier: Sequence[Trials | None], points: Sequence[Trials | None]
) -> tuple[Limits | None, ...] | NotComputable:
    """The limits of each of ``points`` by the share of all ``earlier`` cases and the point's own n.

    None in, or a point of no cases: None out. Raises :class:`StatsError` for more hits than cases.
    """
    known = [one for one in earlier if one is not None and one[1] > 0]
    if any(not 0 <= k <= n for k, n in (*known, *(one for one in points if one is not None))):
        raise StatsError("a share has from none to all of its cases")
    if len(known) < LEAST:
        return NotComputable.EMPTY
    share = sum(k for k, _ in known) / sum(n for _, n in known)
    return tuple(None if one is None or one[1] == 0 else _around(share, one[1]) for one in points)


def signal(values: Sequence[float | None], limits: Sequence[Limits | None]) -> Signal | None:
    """How the last known point has shifted, if it has; ``limits`` are each point's own.

    Raises :class:`StatsError` where there are not as many limits as points.
    """
    if len(values) != len(limits):
        raise StatsError("every point has its limits, or None")
    known = [(value, limit) for value, limit in zip(values, limits, strict=True) if value is not None and limit]
    if not known:
        return None
    last, limit = known[-1]
    if last > limit.high:
        return Signal.ABOVE
    if last < limit.low:
        return Signal.BELOW
    sides = [_side(value, limit.centre) for value, limit in known[-RUN:]]
    if len(sides) < RUN or len(set(sides)) > 1 or not sides[0]:
        return None
    return Signal.RUN_ABOVE if sides[0] > 0 else Signal.RUN_BELOW


def _around(share: float, n: int) -> Limits:
    width = SIGMAS * math.sqrt(share * (1 - share) / n)
    return Limits(share, max(share - width, 0.0), min(share + width, 1.0))


def _side(value: float, centre: float) -> int:
    return (value > centre) - (value < centre)
