"""Which leads come in a month: when, of which segment, from where, with which fields?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from smarketing.facts.period import Month
from smarketing.jobs.demo.clock import DAY, Seconds, WorkingClock, day_number
from smarketing.jobs.demo.market import (
    CAMPAIGNS,
    FAR_REGIONS,
    ITEM_PRICE,
    PRIVATE_ITEMS,
    PRODUCTS,
    REGIONS,
    SEGMENTS,
    SegmentModel,
    planned_leads,
    smallest_order,
    vat_rate,
)
from smarketing.jobs.demo.truths import (
    BROKEN_TAG,
    BROKEN_TAG_NAME,
    FALLING_SOURCE,
    FEWER_DEALERS,
    MORE_PRIVATE,
    SKIPPED_FIELDS,
    SLOW_ANSWERS,
)

Words: TypeAlias = NDArray[np.object_]
Marks: TypeAlias = NDArray[np.bool_]
Random: TypeAlias = np.random.Generator

FORMER_MANAGER = "Роман Шилов"  # had the leads of the one who skips fields before his first day
VK_WRONG_NUMBER, VK_SMALL = 0.16, 0.56  # together FALLING_SOURCE.after
DACHA_SMALL = 0.66
UNTAGGED = 0.05
# Leads of a working day by hour, midnight first.
_HOURS = np.array([1, 1, 1, 1, 1, 1, 2, 4, 7, 11, 12, 12, 10, 10, 11, 11, 10, 9, 7, 6, 6, 5, 4, 2], dtype=float)


@dataclass(frozen=True)
class Drawn:
    """Leads as arrays of one length, in any order. ``true_segment`` is what the lead is, whatever was written."""

    created: Seconds
    true_segment: Words
    lead_source: Words
    campaign: Words  # as the lead carries it
    ad_campaign: Words  # as the ad account knows it
    product: Words
    region: Words
    manager: Words
    positions: NDArray[np.int64]
    amount: NDArray[np.int64]  # kopecks with VAT
    wrong_number: Marks
    no_budget: Marks
    is_small: Marks
    is_handled: Marks
    skips: Marks  # the manager leaves the fields empty
    repeats: Marks
    chance: NDArray[np.float64]  # (n, 4) draws that decide how far the lead goes

    @property
    def is_target(self) -> Marks:
        far = np.isin(self.region, FAR_REGIONS)
        return ~(self.wrong_number | self.no_budget | self.is_small | far)

    def __len__(self) -> int:
        return len(self.created)

    def take(self, rows: NDArray[Any]) -> Drawn:
        return Drawn(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def draw_month(random: Random, month: Month, clock: WorkingClock) -> Drawn:
    """All leads of a month, sorted by creation."""
    parts = [_segment(random, month, model, clock) for model in SEGMENTS]
    drawn = join(parts)
    return drawn.take(np.argsort(drawn.created, kind="stable"))


def join(parts: list[Drawn]) -> Drawn:
    return Drawn(
        **{field.name: np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Drawn)}
    )


def pick(random: Random, shares: Mapping[str, float], size: int) -> Words:
    """Words by their shares."""
    words = np.array(list(shares), dtype=object)
    weights = np.array(list(shares.values()))
    return words[random.choice(len(words), size, p=weights / weights.sum())]


def kept(words: NDArray[Any] | list[str], where: Marks) -> Words:
    """The words where they are wanted, None elsewhere."""
    found: Words = np.array(words, dtype=object)
    found[~where] = None
    return found


def _segment(random: Random, month: Month, model: SegmentModel, clock: WorkingClock) -> Drawn:
    expected = planned_leads(month) * model.mix
    day = month.first
    regular = random.poisson(expected)
    added = random.poisson(expected * MORE_PRIVATE.after)  # drawn always, so that truths do not shift the chance
    sources = pick(random, model.sources, regular)
    stays = (sources != FEWER_DEALERS.lead_source) | (random.random(regular) < FEWER_DEALERS.after)
    if FEWER_DEALERS.holds(day) and model.key == FEWER_DEALERS.segment:
        sources = sources[stays]
    campaigns = _campaigns(random, sources, model.key)
    if MORE_PRIVATE.holds(day) and model.key == MORE_PRIVATE.segment:
        sources = np.concatenate([sources, np.full(added, MORE_PRIVATE.lead_source, dtype=object)])
        campaigns = np.concatenate([campaigns, np.full(added, MORE_PRIVATE.campaign, dtype=object)])
    return _fill(random, model, sources, campaigns, _moments(random, month, model, clock, len(sources)))


def _fill(random: Random, model: SegmentModel, sources: Words, campaigns: Words, created: Seconds) -> Drawn:
    size = len(created)
    day = _date(created)
    wrong, small = _quality(model, sources, campaigns, day)
    is_small = random.random(size) < small
    positions, net = _order(random, model, is_small, day)
    rate = vat_rate(day)
    manager = _managers(random, model, created, size)
    skips = (manager == SKIPPED_FIELDS.manager) & (random.random(size) < SKIPPED_FIELDS.after)
    handled = SLOW_ANSWERS.after if _is_slow(model, day) else model.handled
    return Drawn(
        created=created,
        true_segment=np.full(size, model.key, dtype=object),
        lead_source=sources,
        campaign=_tags(random, campaigns, day),
        ad_campaign=campaigns,
        product=np.array(PRODUCTS[model.key], dtype=object)[random.integers(0, 2, size)],
        region=_regions(random, model, size),
        manager=manager,
        positions=positions,
        amount=np.rint(net * (100 + rate) / 100).astype(np.int64) * 100,
        wrong_number=random.random(size) < wrong,
        no_budget=random.random(size) < model.no_budget,
        is_small=is_small,
        is_handled=random.random(size) < handled,
        skips=skips,
        repeats=random.random(size) < model.repeats,
        chance=random.random((size, 4)),
    )


def _date(created: Seconds) -> date:
    """The first day of the month that all these moments share."""
    days = int(created.min()) // DAY if len(created) else 0
    return date.fromordinal(days + date(1970, 1, 1).toordinal()).replace(day=1)


def _is_slow(model: SegmentModel, day: date) -> bool:
    return model.key == SLOW_ANSWERS.segment and SLOW_ANSWERS.holds(day)


def _quality(
    model: SegmentModel, sources: Words, campaigns: Words, day: date
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each lead the chance of a wrong number and of a small order."""
    wrong = np.full(len(sources), model.wrong_number)
    small = np.full(len(sources), model.small_share(day))
    if FALLING_SOURCE.holds(day):
        falling = sources == FALLING_SOURCE.lead_source
        wrong[falling], small[falling] = VK_WRONG_NUMBER, VK_SMALL
    small[campaigns == MORE_PRIVATE.campaign] = DACHA_SMALL
    return wrong, small


def _order(
    random: Random, model: SegmentModel, is_small: Marks, day: date
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Items of the order and its value before VAT."""
    size = len(is_small)
    noise = np.exp(model.spread * random.standard_normal(size) - model.spread**2 / 2)
    if model.key == "private":
        limit = smallest_order(day)
        items = np.array(list(PRIVATE_ITEMS))
        shares = np.array(list(PRIVATE_ITEMS.values()))
        low, high = items < limit, items >= limit
        few = random.choice(items[low], size, p=shares[low] / shares[low].sum())
        many = random.choice(items[high], size, p=shares[high] / shares[high].sum())
        positions = np.where(is_small, few, many)
        return positions, np.rint(positions * ITEM_PRICE * noise)
    large = np.maximum(model.order_value * noise, 110_000)
    value = np.where(is_small, random.integers(15_000, 75_000, size), large)
    return np.maximum(1, np.rint(value / 48_000)).astype(np.int64), np.rint(value)


def _campaigns(random: Random, sources: Words, segment: str) -> Words:
    campaigns = np.full(len(sources), None, dtype=object)
    for source in np.unique(sources.astype(str)):
        known = CAMPAIGNS.get((source, segment))
        if known:
            rows = np.flatnonzero(sources == source)
            campaigns[rows] = pick(random, {name: share for name, share, _ in known}, len(rows))
    return campaigns


def _tags(random: Random, campaigns: Words, day: date) -> Words:
    """The campaign as the lead carries it: sometimes lost, one of them renamed."""
    tags = kept(campaigns, random.random(len(campaigns)) >= UNTAGGED)
    if BROKEN_TAG.holds(day):
        tags[tags == BROKEN_TAG.campaign] = BROKEN_TAG_NAME
    return tags


def _managers(random: Random, model: SegmentModel, created: Seconds, size: int) -> Words:
    managers = pick(random, model.managers, size)
    early = created < day_number(SKIPPED_FIELDS.since) * DAY
    return np.where(early & (managers == SKIPPED_FIELDS.manager), FORMER_MANAGER, managers).astype(object)


def _regions(random: Random, model: SegmentModel, size: int) -> Words:
    near = pick(random, REGIONS, size)
    far = pick(random, dict.fromkeys(FAR_REGIONS, 1.0), size)
    return np.where(random.random(size) < model.not_delivered, far, near).astype(object)


def _moments(random: Random, month: Month, model: SegmentModel, clock: WorkingClock, size: int) -> Seconds:
    days = day_number(month.first) + np.arange(month.days)
    weights = np.where(clock.works(days), 1.0, model.weekend)
    day = random.choice(days, size, p=weights / weights.sum())
    hour = random.choice(24, size, p=_HOURS / _HOURS.sum())
    return (day * DAY + hour * 3600 + random.integers(0, 3600, size)).astype(np.int64)
