"""How sure is a share, and have several shares moved more than chance moves them?

Every measurement that says «12 of 400» makes its figure here, and every measurement that compares many shares
with another period or segment judges them here together, so that a long table does not find shifts by its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from smarketing.facts.company import Zone
from smarketing.metrics.kinds import Figure, Interval, NoValue, Unit
from smarketing.stats import proportions
from smarketing.stats.errors import NotComputable
from smarketing.stats.multiplicity import holm
from smarketing.stats.uncertainty import Label

LEVEL = proportions.LEVEL
MIN_CASES = 10  # methods.md d: a rate of fewer is grey and gets no verdict

Count = tuple[int, int]  # k of n


@dataclass(frozen=True)
class Shift:
    """One share against the same share elsewhere.

    ``difference`` is now minus before (0.03 is three percentage points) with Newcombe's interval; ``p_adjusted``
    is Holm's over all shares compared at once; both are None where one side has no cases or too few.
    """

    now: Count
    before: Count
    difference: float | None
    interval: Interval | None
    p_value: float | None
    p_adjusted: float | None
    label: Label


def share(
    metric: str,
    k: int,
    n: int,
    zone: Zone,
    *,
    interval: Literal["wilson", None] = "wilson",
    ripe: float | None = None,
) -> Figure:
    """k of n as a figure, with Wilson's interval at 90 %; ``EMPTY_DENOMINATOR`` where n is 0.

    ``interval=None`` is for ratios that are no share of one group: events of a period over other events of it.
    """
    if n == 0:
        return Figure(metric, Unit.SHARE, None, k, n, n=n, zone=zone, ripe=ripe, reason=NoValue.EMPTY_DENOMINATOR)
    return Figure(metric, Unit.SHARE, k / n, k, n, _wilson(k, n) if interval else None, n=n, zone=zone, ripe=ripe)


def shifts(pairs: Iterable[tuple[Count, Count]]) -> tuple[Shift, ...]:
    """Every (now, before) pair judged as one family, in the order given.

    Pairs with fewer than ten cases on a side are ``TOO_LITTLE_DATA`` and no part of the family: nothing is claimed
    of them. Else ``CONFIRMED`` when Holm's p < 0.10 and Newcombe's interval excludes 0, else ``WITHIN_CHANCE``.
    """
    listed = list(pairs)
    p_values = [_p_value(now, before) for now, before in listed]
    adjusted = iter(holm([p for p in p_values if p is not None]))
    judged = [None if p is None else next(adjusted) for p in p_values]
    return tuple(_shift(*pair, p, q) for pair, p, q in zip(listed, p_values, judged, strict=True))


def _shift(now: Count, before: Count, p: float | None, adjusted: float | None) -> Shift:
    found = proportions.newcombe_difference(*now, *before)
    if isinstance(found, NotComputable):
        return Shift(now, before, None, None, None, None, Label.TOO_LITTLE_DATA)
    interval = Interval(found.interval.lo, found.interval.hi, found.interval.level)
    return Shift(now, before, found.estimate, interval, p, adjusted, _label(interval, adjusted))


def _label(interval: Interval, adjusted: float | None) -> Label:
    if adjusted is None:
        return Label.TOO_LITTLE_DATA
    moved = adjusted < 1 - LEVEL and not interval.low <= 0 <= interval.high
    return Label.CONFIRMED if moved else Label.WITHIN_CHANCE


def _p_value(now: Count, before: Count) -> float | None:
    if min(now[1], before[1]) < MIN_CASES:
        return None
    if _same_certainty([now, before]):  # nobody or everybody on both sides: the score has no variance
        return 1.0
    test = proportions.two_proportion_test(*now, *before)
    return None if isinstance(test, NotComputable) else test.p_value


def _same_certainty(counts: Sequence[Count]) -> bool:
    return all(k == 0 for k, _ in counts) or all(k == n for k, n in counts)


def _wilson(k: int, n: int) -> Interval | None:
    found = proportions.wilson(k, n)
    if isinstance(found, NotComputable):
        return None
    return Interval(found.interval.lo, found.interval.hi, found.interval.level)
