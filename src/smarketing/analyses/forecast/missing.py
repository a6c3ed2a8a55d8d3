"""What separates the forecast from the plan: how many leads of whom, and which deals in work?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

import numpy as np

from smarketing.analyses.forecast.curves import AGES
from smarketing.analyses.forecast.gathering import STATES, Amounts, Flow, Leads
from smarketing.analyses.forecast.outlook import RATE_DAYS, Ahead, Outlook
from smarketing.analyses.forecast.result import LeadsNeeded, Missing, OpenDeals
from smarketing.facts.company import Company
from smarketing.facts.money import to_kopecks

DEAL = STATES.index("deal")
USUAL_DAYS = 30
_ROUNDING = 1e-9


@dataclass(frozen=True)
class _Deals:
    """Deals in work, one by one: what each brings if it pays, and with what chance it does in time."""

    worth: Amounts
    chance: Amounts


def missing(flow: Flow, seen: Outlook, company: Company, shortfall: Decimal) -> Missing:
    """What would make up a shortfall against the plan; every way is counted as if it were the only one."""
    deals = _deals(flow, seen)
    expected = float((deals.worth * deals.chance).sum())
    return Missing(
        shortfall,
        _leads(flow, seen, company, float(shortfall)),
        OpenDeals(
            int(deals.worth.size), _money(float(deals.worth.sum())), _money(expected),
            _needed(deals, float(shortfall)),
        ),
    )  # fmt: skip


def _leads(flow: Flow, seen: Outlook, company: Company, shortfall: float) -> tuple[LeadsNeeded, ...]:
    """The segment that needs fewest and the focus segment; segments under test are no way to make a plan."""
    tested = {segment.key for segment in company.segments if segment.under_test}
    focus = company.focus_segment.key if company.focus_segment else None
    known = [place for place, ahead in enumerate(seen.segments) if ahead.segment not in {None, *tested}]
    places = known or range(len(seen.segments))
    found = [_needed_leads(flow, seen, place, focus, shortfall) for place in places]
    if not found:
        return ()
    fewest = min(found, key=lambda one: (one.count is None, one.count or 0))
    return tuple(dict.fromkeys([fewest, *(one for one in found if one.is_focus)]))


def _needed_leads(flow: Flow, seen: Outlook, place: int, focus: str | None, shortfall: float) -> LeadsNeeded:
    ahead, cut = seen.segments[place], seen.day.toordinal()
    is_target = bool(flow.leads.target.any())
    rest = flow.last_step(seen.month.period.last_day.toordinal()) - int(flow.step_of(np.array([cut + 1]))[0])
    ripe = 0.0 if rest < 0 else float(ahead.curve.to_end[0][min(rest, AGES - 1)])
    chance = min(ripe * (ahead.curve.target_gain if is_target else 1.0), 1.0)
    brings = chance * ahead.prices.order
    count = ceil(shortfall / brings - _ROUNDING) if brings > 0 else None
    return LeadsNeeded(
        ahead.segment, is_target, ahead.segment == focus and focus is not None, count, chance,
        _money(ahead.prices.order), _usual(flow, place, cut, is_target=is_target),
    )  # fmt: skip


def _usual(flow: Flow, place: int, cut: int, *, is_target: bool) -> int:
    """Such leads of the segment in thirty days, by the last eight weeks."""
    leads, start = flow.leads, max(cut + 1 - RATE_DAYS, flow.first)
    rows = (leads.segment == place) & (leads.entered[0] >= start) & (leads.entered[0] <= cut)
    count = float((leads.target if is_target else leads.count)[rows].sum())
    return round(count / (cut + 1 - start) * USUAL_DAYS)


def _deals(flow: Flow, seen: Outlook) -> _Deals:
    waiting = flow.leads.open_on(seen.day.toordinal())
    found = [_of_segment(flow, waiting, seen, place, ahead) for place, ahead in enumerate(seen.segments)]
    worth, chance = ([one[side] for one in found] for side in (0, 1))
    return _Deals(np.concatenate(worth or [np.zeros(0)]), np.concatenate(chance or [np.zeros(0)]))


def _of_segment(flow: Flow, leads: Leads, seen: Outlook, place: int, ahead: Ahead) -> tuple[Amounts, Amounts]:
    cut = seen.day.toordinal()
    worth: list[Amounts] = []
    chance: list[Amounts] = []
    for state in range(DEAL, len(STATES)):
        rows = leads.standing(cut, place, state)
        age = np.clip(flow.last_step(cut) - leads.steps[state][rows], 0, AGES - 1)
        count, (money, _) = leads.count[rows], ahead.prices.worth(leads, rows, state)
        times = count.astype(np.int64)
        worth.append(np.repeat(money / count, times))
        chance.append(np.repeat(ahead.curve.within(state, seen.rest)[age], times))
    return np.concatenate(worth), np.concatenate(chance)


def _needed(deals: _Deals, shortfall: float) -> int | None:
    """How many of the deals that would add most close the shortfall, if they pay for certain."""
    adds = np.cumsum(np.sort(deals.worth * (1 - deals.chance))[::-1])
    place = int(np.searchsorted(adds, shortfall - _ROUNDING))
    return place + 1 if place < adds.size else None


def _money(value: float) -> Decimal:
    return to_kopecks(Decimal(str(value)))
