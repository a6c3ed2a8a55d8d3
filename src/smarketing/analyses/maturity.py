"""How many of a lead's sales have had the time to happen by its age in days?

Sales of young leads are cut short by today; ``stats.delays`` undoes the cut. The same curve by months is the chain
ladder of ``ripeness``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.question import filter_condition
from smarketing.facts.period import Period, local_day
from smarketing.facts.query import Reader, literal
from smarketing.stats.delays import RipeningCurve, ripening_curve
from smarketing.stats.errors import NotComputable

DAY = 86_400
MIN_SALES = 20  # fewer sales do not show how long a sale takes


@dataclass(frozen=True)
class Maturity:
    """The curve of all sales and those of the segments that have sold enough to have their own."""

    overall: RipeningCurve | None
    by_segment: Mapping[str | None, RipeningCurve]

    def of(self, segment: str | None) -> RipeningCurve | None:
        """The segment's own curve, else that of all sales: a dealer takes months, a private person days."""
        return self.by_segment.get(segment, self.overall)


def delay_question(before: date, where: Mapping[str, tuple[str, ...]]) -> str:
    """Sales by segment, the week their lead came in and the whole days it took.

    A sale dated ahead of what is known says nothing of speed: alone at its age it would empty the curve below it.
    """
    return f"""
SELECT segment, created_week, CAST(FLOOR(1.0 * won_seconds / {DAY}) AS BIGINT) AS days, COUNT(*) AS sales
FROM journeys
WHERE is_counted AND is_won AND won_seconds >= 0 AND created_day < {literal(before)}
  AND won_day < {literal(before)} AND {filter_condition(where)}
GROUP BY segment, created_week, CAST(FLOOR(1.0 * won_seconds / {DAY}) AS BIGINT)
ORDER BY segment NULLS LAST, created_week, days
""".strip()


def sales_delays(reader: Reader, where: Mapping[str, tuple[str, ...]] | None = None) -> RipeningCurve | None:
    """The curve of days from lead to sale; None where fewer than 20 dated sales are known."""
    return maturity(reader, where).overall


def maturity(reader: Reader, where: Mapping[str, tuple[str, ...]] | None = None) -> Maturity:
    """The curves of days from lead to sale, of all and by segment, each of 20 dated sales or more."""
    today = local_day(reader.known_until, reader.company.tz)
    found = reader.query(delay_question(today + timedelta(days=1), where or {}))
    # Rows come by segment, so each segment is one stretch of them.
    segments = found["segment"].to_pylist()
    starts = [place for place, own in enumerate(segments) if place == 0 or own != segments[place - 1]]
    delays, weeks, sales = (found[name].to_numpy() for name in ("days", "created_week", "sales"))
    # A week's leads are as old as its first day; a sale is never older than its lead.
    ages = np.maximum((np.datetime64(today) - weeks.astype("datetime64[D]")).astype(np.int64), delays)

    def curve(rows: slice) -> RipeningCurve | None:
        return _curve(delays[rows], ages[rows], sales[rows])

    curves = {segments[start]: curve(slice(start, end)) for start, end in pairwise([*starts, len(segments)])}
    return Maturity(curve(slice(None)), {key: own for key, own in curves.items() if own is not None})


def _curve(delays: NDArray[np.int64], ages: NDArray[np.int64], sales: NDArray[np.int64]) -> RipeningCurve | None:
    curve = ripening_curve(delays, ages, sales)
    if isinstance(curve, NotComputable) or curve.events < MIN_SALES:
        return None
    return curve


def ripeness_of(curve: RipeningCurve | None, period: Period, today: date) -> float:
    """Share of the sales of a period's leads that has had time to happen by ``today``; 1 where nothing is known.

    Leads are taken to come in evenly over the days of the period that have passed.
    """
    if curve is None:
        return 1.0
    last = min(period.last_day, today)
    ages = [(today - period.start).days - day for day in range((last - period.start).days + 1)]
    mean = curve.mean_over(ages) if ages else NotComputable.EMPTY
    return 0.0 if isinstance(mean, NotComputable) else mean
