"""What does the demo company get paid: in parts, with VAT, refunds, cost of goods and sales without a lead?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smarketing.jobs.demo import columns
from smarketing.jobs.demo.clock import DAY, EPOCH, WORKING_DAY, Seconds, WorkingClock, day_number
from smarketing.jobs.demo.draw import Drawn, Random, Words, kept
from smarketing.jobs.demo.market import vat_rate
from smarketing.jobs.demo.walk import NEVER, Walk

_IN_TWO_PARTS = 0.25  # of the sales to organisations: 70 % at once, the rest after some days
_REFUNDED = 0.015
_SPARE_PARTS = 0.04  # payments of old clients without any lead, to one sale
_COST_SHARE = (0.56, 0.66)


@dataclass(frozen=True)
class Sales:
    """Payments as arrays: row of the lead, moment, kopecks with VAT, cost of goods in kopecks, product."""

    lead: NDArray[np.int64]
    has_lead: NDArray[np.bool_]  # False: the row only names the client
    at: Seconds
    amount: NDArray[np.int64]
    cost: NDArray[np.int64]
    product: Words


def sales_of(random: Random, leads: Drawn, paths: Walk, clock: WorkingClock) -> Sales:
    """All payments that will ever be made, in order of time."""
    won = np.flatnonzero(paths.stopped == 5)
    # Drawn for every lead, so that one sale more or less does not change the money of the others.
    draws = random.random((len(leads), 8))[won]
    at = paths.entered[won, 5]
    amount = (leads.amount[won] * (0.96 + 0.07 * draws[:, 0]) / 100).astype(np.int64) * 100
    low, high = _COST_SHARE
    margin = low + (high - low) * draws[:, 1]
    split = (leads.true_segment[won] != "private") & (draws[:, 2] < _IN_TWO_PARTS)
    first = np.where(split, amount * 7 // 10, amount)
    later = clock.moment(clock.of(at) + ((2 + 5 * draws[:, 3]) * WORKING_DAY).astype(np.int64))
    refunded, back = (
        draws[:, 4] < _REFUNDED,
        -(amount * (0.1 + 0.9 * draws[:, 5]) / 10000).astype(np.int64) * 10000,
    )
    spare, price = draws[:, 6] < _SPARE_PARTS, (8_000 + 32_000 * draws[:, 5]).astype(np.int64) * 100
    days = (10 + 30 * draws[:, 7]).astype(np.int64)
    pieces = (
        (np.ones(len(won), dtype=bool), True, at + 1800, first),
        (split, True, later, amount - first),
        (refunded, True, at + 1800 + days * DAY, back),
        (spare, False, at + 5 * days * DAY, price),
    )
    return _in_order(leads, won, margin, pieces)


def _in_order(
    leads: Drawn,
    won: NDArray[np.int64],
    margin: NDArray[np.float64],
    pieces: tuple[tuple[NDArray[np.bool_], bool, Seconds, NDArray[np.int64]], ...],
) -> Sales:
    lead = np.concatenate([won[mark] for mark, _, _, _ in pieces])
    at = np.concatenate([moment[mark] for mark, _, moment, _ in pieces])
    amount = np.concatenate([paid[mark] for mark, _, _, paid in pieces])
    has_lead = np.concatenate([np.full(mark.sum(), known) for mark, known, _, _ in pieces])
    share = np.concatenate([margin[mark] for mark, _, _, _ in pieces])
    order = np.lexsort((lead, at))
    lead, at, amount, has_lead, share = (v[order] for v in (lead, at, amount, has_lead, share))
    cost = (share * (amount - vat_part(at, amount)) / 100).astype(np.int64) * 100
    return Sales(lead, has_lead, at, amount, cost, leads.product[lead])


def vat_part(at: Seconds, amount: NDArray[np.int64]) -> NDArray[np.int64]:
    """Kopecks of VAT inside an amount, by the rate of its day."""
    new_rate = at >= day_number(date(2026, 1, 1)) * DAY
    rate = np.where(new_rate, vat_rate(date(2026, 1, 1)), vat_rate(EPOCH + timedelta(days=1)))
    part: NDArray[np.int64] = np.rint(amount * rate / (100 + rate)).astype(np.int64)
    return part


def payments(sales: Sales, lead_ids: Words, client: NDArray[np.int64], cut: int) -> pa.Table:
    """The payments known by ``cut``; numbered in order of time."""
    known = sales.at <= min(cut, NEVER - 1)
    lead, at, amount = sales.lead[known], sales.at[known], sales.amount[known]
    return pa.table(
        {
            "payment_id": columns.words(columns.ids("P-", np.arange(len(lead)) + 1)),
            "paid_at": columns.moments(at),
            "amount": columns.money(amount),
            "currency": columns.words(np.full(len(lead), "RUB")),
            "vat": columns.money(vat_part(at, amount)),
            "cost": columns.money(sales.cost[known]),
            "lead_id": columns.words(kept(lead_ids[lead], sales.has_lead[known])),
            "client_id": columns.words(columns.ids("C-", client[lead] + 1)),
            "product": columns.words(sales.product[known]),
        }
    )
