"""How do leads ripen, as it was known on a day: from each state and age, how many pay by when, and how much?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarketing.analyses.forecast.gathering import OPEN_DAYS, STATES, Amounts, Days, Flow, Leads
from smarketing.analyses.maturity import MIN_SALES
from smarketing.stats.stages import StageLaw, reached, ripens_within, stage_law

AGES = 262  # working days a lead may stand in one state and still teach or be counted on
WINDOW = 365  # days of leads that teach how they ripen
UNKNOWN_CV = 1.0  # of an order where too few are known: wide rather than sure


@dataclass(frozen=True)
class Curve:
    """One segment's way to money. ``own`` is False where too few have paid and all segments stand for it.

    ``to_end[k][t]``: chance to have paid within t working days of entering ``STATES[k]``; ``paid[k]``: how many of
    those who entered it have; ``target_gain``: how many times likelier a target lead pays than any lead.
    """

    own: bool
    laws: tuple[StageLaw, ...]
    to_end: tuple[NDArray[np.float64], ...]
    paid: tuple[float, ...]
    target_gain: float

    def within(self, state: int, rest: int) -> NDArray[np.float64]:
        """Chance to pay in the next ``rest`` working days by age, for a lead that stands in the state."""
        later = self.to_end[state + 1] if state + 1 < len(self.to_end) else np.ones(AGES)
        return ripens_within(self.laws[state], later, rest)


@dataclass(frozen=True)
class Prices:
    """What an order brings on the day of its first payment.

    ``order`` and ``order_sd`` of any order; ``per_card[k]``: what a payer brought for one rouble of the amount on
    the cards of all who entered ``STATES[k]`` (those who pay do not ask for the same as those who do not), empty
    where too few orders had an amount; ``per_card_cv``: how far one payment differs from its own card.
    """

    order: float
    order_sd: float
    per_card: tuple[float, ...]
    per_card_cv: float

    def worth(self, leads: Leads, rows: NDArray[np.int64], state: int) -> tuple[Amounts, Amounts]:
        """What the leads of each group bring together if all of them pay, and the sum of the squares of it."""
        count = leads.count[rows]
        bare = count - leads.priced[rows] if self.per_card else count
        money, squares = bare * self.order, bare * (self.order**2 + self.order_sd**2)
        if not self.per_card:
            return money, squares
        factor = self.per_card[state]
        varied = leads.card_squares[rows] * factor**2 * (1 + self.per_card_cv**2)
        return money + leads.card[rows] * factor, squares + varied


def curves_on(flow: Flow, day: int) -> tuple[Curve, ...]:
    """A curve for each segment from the leads of the year before the end of ``day``."""
    leads, size = flow.leads.came(day - WINDOW, day), len(flow.segments)
    taught = np.ones(leads.count.size, dtype=np.bool_)
    counts = [_counts(leads, state, day, flow.last_step(day), size) for state in range(len(STATES))]
    paid = leads.paid <= day
    sums = [_by_segment(leads, weight, rows, size) for rows, weight in (
        (paid, leads.count), (paid, leads.target), (taught, leads.count), (taught, leads.target),
    )]  # fmt: skip
    entries = [
        _by_segment(leads, leads.count, paid & (leads.entered[state] <= day), size) for state in range(len(STATES))
    ]
    everything = _curve(
        [count.sum(axis=1) for count in counts], [e.sum() for e in entries], [s.sum() for s in sums]
    )
    return tuple(
        _curve(
            [count[:, place] for count in counts], [e[place] for e in entries], [s[place] for s in sums], own=True
        )
        if sums[0][place] >= MIN_SALES
        else everything
        for place in range(size)
    )


def prices_on(flow: Flow, day: int) -> tuple[Prices, ...]:
    """What orders of each segment brought in the year before the end of ``day``; of all where few are known."""
    leads, size = flow.leads.came(day - OPEN_DAYS, day), len(flow.segments)
    rows = (leads.paid <= day) & (leads.paid > day - WINDOW)
    columns = (
        leads.count, leads.money, leads.money_squares, leads.priced, leads.card, leads.priced_money,
        leads.ratio_squares,
    )  # fmt: skip
    sums = np.stack([_by_segment(leads, column, rows, size) for column in columns])
    young = flow.leads.came(day - WINDOW, day)
    cards = np.stack([_cards(young, state, day, size) for state in range(len(STATES))])
    everything = _prices(sums.sum(axis=1), cards.sum(axis=2))
    return tuple(
        _prices(own, cards[:, :, place]) if own[0] >= MIN_SALES else everything for place, own in enumerate(sums.T)
    )


def _cards(leads: Leads, state: int, day: int, size: int) -> NDArray[np.float64]:
    """Of leads with an amount that entered the state: leads, amounts, payers and their money; (4, segments)."""
    came = leads.entered[state]
    rows = (came <= day) & (came <= leads.lost)
    paid = rows & (leads.paid <= day)
    sums = ((rows, leads.priced), (rows, leads.card), (paid, leads.priced), (paid, leads.priced_money))
    return np.stack([_by_segment(leads, column, chosen, size) for chosen, column in sums])


def _counts(leads: Leads, state: int, day: int, now: int, size: int) -> NDArray[np.float64]:
    """Moves, losses and leads still there, by segment and age in the state: shape (3, segments, ages)."""
    came, went = leads.entered[state], leads.entered[state + 1]
    here = (came <= day) & (came <= leads.lost)
    moved = here & (went <= np.minimum(leads.lost, day))
    lost = here & ~moved & (leads.lost <= day)
    still = here & ~moved & ~lost
    ends = ((moved, leads.steps[state + 1]), (lost, leads.lost_step), (still, np.full_like(came, now)))
    return np.stack([_by_age(leads, rows, end - leads.steps[state], size) for rows, end in ends])


def _by_age(leads: Leads, rows: NDArray[np.bool_], age: Days, size: int) -> NDArray[np.float64]:
    place = leads.segment[rows] * AGES + np.clip(age[rows], 0, AGES - 1)
    found = np.bincount(place, leads.count[rows], minlength=size * AGES)
    return np.asarray(found, dtype=np.float64).reshape(size, AGES)


def _by_segment(leads: Leads, weight: Amounts, rows: NDArray[np.bool_], size: int) -> NDArray[np.float64]:
    return np.asarray(np.bincount(leads.segment[rows], weight[rows], minlength=size), dtype=np.float64)


def _curve(
    counts: Sequence[NDArray[np.float64]], paid: Sequence[float], sums: Sequence[float], *, own: bool = False
) -> Curve:
    laws = tuple(stage_law(*count) for count in counts)
    sold, sold_target, came, came_target = sums
    gain = 1.0
    if sold_target and came_target:
        gain = (sold_target / sold) / (came_target / came)
    return Curve(own, laws, tuple(reached(laws)), tuple(float(one) for one in paid), float(gain))


def _prices(sums: NDArray[np.float64], cards: NDArray[np.float64]) -> Prices:
    count, money, squares, priced, card, priced_money, ratios = (float(one) for one in sums)
    if not count or money <= 0:
        return Prices(0.0, 0.0, (), UNKNOWN_CV)
    order = money / count
    sd = max(squares / count - order**2, 0.0) ** 0.5 if count >= MIN_SALES else UNKNOWN_CV * order
    if priced < MIN_SALES or not card or priced_money <= 0:
        return Prices(order, sd, (), UNKNOWN_CV)
    own = priced_money / card
    per_card = tuple(
        (brought / paid) / (asked / came) if paid >= MIN_SALES and asked else own
        for came, asked, paid, brought in cards.tolist()
    )
    return Prices(order, sd, per_card, max(ratios / priced / own**2 - 1, 0.0) ** 0.5)
