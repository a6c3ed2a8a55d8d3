"""What do the facts know of the way from a lead to money, day by day?

Two questions, asked once for a forecast and for all its past days alike: leads grouped by the days on which
something happened to them, and money by day. Everything after is arithmetic on these arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.question import filter_condition
from smarketing.facts.company import Company
from smarketing.facts.query import Reader

Segment = str | None
Days = NDArray[np.int64]  # ordinals of days
Amounts = NDArray[np.float64]

OPEN_DAYS = 730  # a lead older than this is not waited for
FAR = 10_000_000  # the ordinal of a day that never comes
STATES = ("lead", "accepted", "deal", "won")  # where a lead stands before its first payment
_COUNTED = ("leads", "target", "priced", "card", "card_squares")
_PAID = ("money", "money_squares", "priced_money", "ratio_squares")
_DAYS = ("created_day", "accepted_day", "deal_day", "won_day", "paid_day", "lost_day")


@dataclass(frozen=True)
class Leads:
    """Groups of leads with the same days, in order of the day they came; arrays of shape (groups,).

    ``entered[k]`` is the day on which the lead came into ``STATES[k]``, ``entered[4]`` the day of its first
    payment; a state that was jumped over is entered and left on the same day. ``lost`` is FAR for the others.
    ``steps`` and ``lost_step`` are the same days by the working clock: how many working days lie before them.
    """

    segment: NDArray[np.int64]  # place in ``Flow.segments``
    entered: Days  # (5, groups)
    lost: Days
    steps: Days
    lost_step: Days
    count: Amounts
    target: Amounts  # how many of them meet the criteria
    priced: Amounts  # how many carry an amount on the card
    card: Amounts  # the sum of those amounts
    card_squares: Amounts
    money: Amounts  # paid on the day of the first payment
    money_squares: Amounts
    priced_money: Amounts  # of it by leads with an amount on the card
    ratio_squares: Amounts  # sum of (money / card)² of those

    @property
    def paid(self) -> Days:
        paid: Days = self.entered[-1]
        return paid

    def came(self, after: int, until: int) -> Leads:
        """The leads that came in the days (after, until]."""
        return self._part(slice(*np.searchsorted(self.entered[0], (after, until), side="right").tolist()))

    def open_on(self, day: int) -> Leads:
        """The leads that at the end of the day had come, not paid and not been lost; of the two years before."""
        recent = self.came(day - OPEN_DAYS, day)
        return recent._part(np.flatnonzero((recent.paid > day) & (recent.lost > day)))

    def standing(self, day: int, segment: int, state: int) -> NDArray[np.int64]:
        """Of those open at the end of the day, places of the segment's groups that stood in the state."""
        here = (self.segment == segment) & (self.entered[state] <= day) & (self.entered[state + 1] > day)
        return np.flatnonzero(here)

    def _part(self, rows: slice | NDArray[np.int64]) -> Leads:
        return Leads(*(getattr(self, field.name)[..., rows] for field in fields(self)))


@dataclass(frozen=True)
class Flow:
    """All leads and all money that the facts date, by segment and day.

    ``received[s, d]`` is the money of day ``first + d``; ``later`` the part of it that is not a lead's first
    payment. ``is_worked`` says of the same days, and of two months after them, whether the calendar works.
    """

    segments: tuple[Segment, ...]
    leads: Leads
    first: int
    received: Amounts
    later: Amounts
    arrived: Amounts  # leads by day
    is_worked: NDArray[np.bool_]
    undated: Decimal  # money whose day is not known
    total: Decimal
    asked: tuple[str, ...]

    def between(self, start: int, end: int) -> slice:
        """Places of the days [start, end) in the arrays by day."""
        return slice(max(start - self.first, 0), max(end - self.first, 0))

    def worked(self, start: int, end: int) -> int:
        """Working days in [start, end)."""
        return int(self.is_worked[self.between(start, end)].sum())

    def step_of(self, days: Days) -> Days:
        """Working days before each day: what happens on a day off belongs to the next working day."""
        return _steps(self.is_worked, self.first, days)

    def last_step(self, day: int) -> int:
        """The step of the last working day up to the end of ``day``."""
        return self.worked(self.first, day + 1) - 1


def leads_question(where: Mapping[str, tuple[str, ...]]) -> str:
    """Leads by segment and by the days of their milestones, with what their first day of payment brought."""
    keys = ", ".join(f"j.{day}" if day != "paid_day" else "p.paid_day" for day in _DAYS)
    order = ", ".join(f"{day} NULLS LAST" for day in (_DAYS[0], "segment", *_DAYS[1:]))
    return f"""
SELECT j.segment AS segment, {keys},
  COUNT(*) AS leads,
  COUNT(*) FILTER (WHERE j.target_verdict = 'target') AS target,
  COUNT(*) FILTER (WHERE j.amount > 0) AS priced,
  SUM(CAST(j.amount AS DOUBLE)) FILTER (WHERE j.amount > 0) AS card,
  SUM(CAST(j.amount AS DOUBLE) * CAST(j.amount AS DOUBLE)) FILTER (WHERE j.amount > 0) AS card_squares,
  SUM(CAST(p.money AS DOUBLE)) AS money,
  SUM(CAST(p.money AS DOUBLE) * CAST(p.money AS DOUBLE)) AS money_squares,
  SUM(CAST(p.money AS DOUBLE)) FILTER (WHERE j.amount > 0) AS priced_money,
  SUM((1.0 * CAST(p.money AS DOUBLE) / NULLIF(CAST(j.amount AS DOUBLE), 0))
    * (1.0 * CAST(p.money AS DOUBLE) / NULLIF(CAST(j.amount AS DOUBLE), 0)))
    FILTER (WHERE j.amount > 0) AS ratio_squares
FROM (
  SELECT lead_id, segment, created_day, accepted_day, deal_day, won_day, lost_day, amount, target_verdict
  FROM journeys WHERE is_counted AND created_day IS NOT NULL AND {filter_condition(where)}
) AS j
LEFT JOIN (
  SELECT r.lead_id AS lead_id, f.paid_day AS paid_day, SUM(r.amount) AS money
  FROM receipts AS r
  JOIN (
    SELECT lead_id, MIN(paid_day) AS paid_day FROM receipts
    WHERE is_counted AND amount > 0 AND paid_day IS NOT NULL AND lead_id IS NOT NULL GROUP BY lead_id
  ) AS f ON r.lead_id = f.lead_id AND r.paid_day = f.paid_day
  WHERE r.is_counted
  GROUP BY r.lead_id, f.paid_day
) AS p ON j.lead_id = p.lead_id
GROUP BY j.segment, {keys}
ORDER BY {order}
""".strip()


def money_question(where: Mapping[str, tuple[str, ...]]) -> str:
    """Money by segment and day; the day may be unknown."""
    return (
        "SELECT segment, paid_day, SUM(amount) AS money FROM receipts "
        f"WHERE is_counted AND {filter_condition(where)} "
        "GROUP BY segment, paid_day ORDER BY segment NULLS LAST, paid_day NULLS LAST"
    )


def gather(reader: Reader, where: Mapping[str, tuple[str, ...]], until: date) -> Flow:
    """The flow of the company, or of a part of it; ``until`` is the last day that may be asked about."""
    asked = (leads_question(where), money_question(where))
    grouped, paid = (reader.query(question) for question in asked)
    money = paid.to_pylist()
    segments = _in_order(
        reader.company, {*grouped.column("segment").to_pylist(), *(row["segment"] for row in money)}
    )
    first = min([until, *(day for day in grouped.column("created_day").to_pylist())]).toordinal()
    size = until.toordinal() - first + 1
    is_worked = _worked(reader.company, first, size)
    leads = _leads(grouped, {segment: place for place, segment in enumerate(segments)}, first, is_worked)
    received = _by_day(money, segments, first, size)
    started = _placed(leads.segment, leads.paid, leads.money, first, received.shape)
    arrived = _placed(leads.segment, leads.entered[0], leads.count, first, received.shape)
    return Flow(
        segments, leads, first, received, received - started, arrived, is_worked,
        undated=sum((row["money"] for row in money if row["paid_day"] is None), Decimal(0)),
        total=sum((row["money"] for row in money), Decimal(0)), asked=asked,
    )  # fmt: skip


def _leads(grouped: Any, places: Mapping[Segment, int], first: int, is_worked: NDArray[np.bool_]) -> Leads:
    def days(name: str) -> Days:
        found = (
            grouped.column(name).cast("int32").to_numpy().astype(np.float64)
        )  # a missing day comes as no number
        return np.where(np.isnan(found), FAR, np.nan_to_num(found) + _EPOCH).astype(np.int64)

    def sums(name: str) -> Amounts:
        found: Amounts = np.nan_to_num(grouped.column(name).to_numpy().astype(np.float64))
        return found

    # A stage that is known by a later one only was entered with it.
    entered = np.minimum.accumulate(np.stack([days(name) for name in _DAYS[:-1]])[::-1])[::-1]
    entered[0] = days("created_day")
    entered = np.maximum(entered, entered[0])
    lost = np.maximum(days("lost_day"), entered[0])
    # Whoever paid after the loss was no open lead in between: that money belongs to no state.
    is_late = lost < entered[-1]
    entered[-1] = np.where(is_late, FAR, entered[-1])
    return Leads(
        np.array([places[segment] for segment in grouped.column("segment").to_pylist()], dtype=np.int64),
        entered, lost, _steps(is_worked, first, entered), _steps(is_worked, first, lost),
        *(sums(name) for name in _COUNTED), *(np.where(is_late, 0.0, sums(name)) for name in _PAID),
    )  # fmt: skip


_EPOCH = date(1970, 1, 1).toordinal()


def _by_day(money: Sequence[Mapping[str, Any]], segments: Sequence[Segment], first: int, size: int) -> Amounts:
    found = np.zeros((len(segments), size))
    places = {segment: place for place, segment in enumerate(segments)}
    for row in money:
        place = -1 if row["paid_day"] is None else row["paid_day"].toordinal() - first
        if 0 <= place < size:
            found[places[row["segment"]], place] += float(row["money"])
    return found


def _placed(segment: Days, day: Days, amount: Amounts, first: int, shape: tuple[int, ...]) -> Amounts:
    """Amounts summed by segment and day."""
    place = day - first
    known = (place >= 0) & (place < shape[1])
    places = segment[known] * shape[1] + place[known]
    return np.asarray(np.bincount(places, amount[known], shape[0] * shape[1]), dtype=np.float64).reshape(shape)


def _steps(is_worked: NDArray[np.bool_], first: int, days: Days) -> Days:
    before = np.concatenate(([0], np.cumsum(is_worked)))
    return np.asarray(before[np.clip(days - first, 0, is_worked.size)], dtype=np.int64)


def _worked(company: Company, first: int, size: int) -> NDArray[np.bool_]:
    start, end = (date.fromordinal(first + place) for place in (0, size + 62))
    found = np.array([day.closes > day.opens for day in company.calendar.days(start, end)], dtype=np.bool_)
    return found if found.any() else np.ones(found.size, dtype=np.bool_)  # a calendar without hours counts days


def _in_order(company: Company, keys: set[Segment]) -> tuple[Segment, ...]:
    """Segments as the company lists them, then the others by name, «not given» last."""
    places = {segment.key: place for place, segment in enumerate(company.segments)}
    return tuple(sorted(keys, key=lambda key: (key is None, places.get(key or "", len(places)), key or "")))
