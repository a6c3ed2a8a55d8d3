"""What are the facts of the demo company? Eighteen months of them, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smarketing.facts.company import Company, read_company
from smarketing.facts.period import Month
from smarketing.jobs.demo import columns
from smarketing.jobs.demo.cards import two_cards
from smarketing.jobs.demo.clock import DAY, Seconds, WorkingClock, day_number
from smarketing.jobs.demo.contacts import activities, touches
from smarketing.jobs.demo.draw import Drawn, Marks, Random, Words, draw_month, join, kept
from smarketing.jobs.demo.market import CITIES, FIRST_MONTH, MEDIUMS, SEGMENTS
from smarketing.jobs.demo.money import Sales, payments, sales_of
from smarketing.jobs.demo.names import client_name, email, phone, seller_quality
from smarketing.jobs.demo.plan import ad_spend, costs, people, plans, reported
from smarketing.jobs.demo.tasks import tasks
from smarketing.jobs.demo.truths import MORE_PRIVATE
from smarketing.jobs.demo.walk import NEVER, STAGES, Walk, walk

TODAY = date(2026, 11, 20)
SEED = 847
CLOSING = time(20)  # the facts of the last day end with its evening
_DUPLICATES, _TESTS = 0.018, 0.003
_FIRST_LEAD = 10_001


def demo_company() -> Company:
    """«Игроград» as its company.toml says."""
    return read_company(Path(__file__).with_name("company.toml"))


@dataclass(frozen=True)
class World:
    """Everything that happens up to and beyond «today»; the tables show the part before ``cut``."""

    company: Company
    until: date
    seed: int
    leads: Drawn
    walk: Walk
    is_test: Marks
    original: NDArray[np.int64]  # row of the lead this one repeats, −1
    client: NDArray[np.int64]
    sales: Sales

    @cached_property
    def cut(self) -> int:
        return day_number(self.until) * DAY + CLOSING.hour * 3600

    @cached_property
    def lead_ids(self) -> Words:
        return columns.ids("L-", np.arange(len(self.leads)) + _FIRST_LEAD)

    def random(self, purpose: int) -> Random:
        return np.random.default_rng([self.seed, 0, purpose])


def generate(seed: int = SEED, until: date = TODAY) -> dict[str, pa.Table]:
    """Fact tables by name as ``facts.tables`` describes them: moments with a zone, money as decimals.

    The evening of ``until`` is the last moment known; the computer's clock is never asked. Qualifications are
    not among the facts: the company's written criteria judge every lead.
    """
    world = make_world(seed, until)
    people_table = people()
    return {
        "leads": _leads(world),
        "stage_moves": _stage_moves(world),
        "payments": payments(world.sales, world.lead_ids, world.client, world.cut),
        "ad_spend": ad_spend(world.random(5), world.leads, months(until), world.cut),
        "touches": touches(world.random(6), world.leads, world.lead_ids, world.client, world.cut),
        "activities": activities(world.random(7), world.leads, world.walk, world.lead_ids, world.cut),
        "clients": _clients(world),
        "people": people_table,
        "plans": plans(months(until)),
        "costs": costs(months(until)),
        "reported": reported(world.random(8), world.leads, world.cut),
        "tasks": tasks(world.random(10), months(until), working_clock(world.company, until), world.cut),
    }


def make_world(seed: int, until: date) -> World:
    company = demo_company()
    clock = working_clock(company, until)
    drawn = [draw_month(np.random.default_rng([seed, m.number]), m, clock) for m in months(until)]
    leads = join(drawn)
    random = np.random.default_rng([seed, 0, 1])
    original = _duplicates(random, leads)
    leads = _repeat_fields(leads, original)
    is_test = (random.random(len(leads)) < _TESTS) & (original < 0)
    paths = walk(random, leads, is_test | (original >= 0), clock)
    client = _client_numbers(random, leads, paths, original)
    sales = sales_of(np.random.default_rng([seed, 0, 2]), leads, paths, clock)
    return World(company, until, seed, leads, paths, is_test, original, client, sales)


def working_clock(company: Company, until: date) -> WorkingClock:
    return WorkingClock(company.calendar, FIRST_MONTH.first, date(until.year + 2, 1, 1))


def months(until: date) -> list[Month]:
    found, month = [], FIRST_MONTH
    while month <= Month.of(until):
        found.append(month)
        month = month.shift(1)
    return found


def _duplicates(random: Random, leads: Drawn) -> NDArray[np.int64]:
    """For each lead the row it repeats, or −1: the latest earlier lead of the same true segment."""
    original = np.full(len(leads), -1, dtype=np.int64)
    chosen = random.random(len(leads)) < _DUPLICATES
    for model in SEGMENTS:
        rows = np.flatnonzero(leads.true_segment == model.key)
        again = np.flatnonzero(chosen[rows])
        again = again[(again > 0) & ~chosen[rows[np.maximum(again - 1, 0)]]]
        original[rows[again]] = rows[again - 1]
    return original


def _repeat_fields(leads: Drawn, original: NDArray[np.int64]) -> Drawn:
    """A duplicate says what the original said, later."""
    rows = np.where(original >= 0, original, np.arange(len(leads)))
    repeated = leads.take(rows)
    return Drawn(**{**vars(repeated), "created": leads.created})


def _client_numbers(random: Random, leads: Drawn, paths: Walk, original: NDArray[np.int64]) -> NDArray[np.int64]:
    """A client per lead; duplicates share one, and some leads are of a client who bought before."""
    client = np.arange(len(leads))
    for model in SEGMENTS:
        rows = np.flatnonzero(leads.true_segment == model.key)
        bought = rows[paths.stopped[rows] == 5]
        bought = bought[np.argsort(paths.entered[bought, 5], kind="stable")]
        again = rows[leads.repeats[rows] & (original[rows] < 0)]
        known = np.searchsorted(paths.entered[bought, 5], leads.created[again])
        chosen = (random.random(len(again)) * known).astype(np.int64)
        has = known > 0
        client[again[has]] = bought[chosen[has]]
    for _ in range(4):  # a repeat client may point at a repeat client
        client = client[client]
    return np.where(original >= 0, client[np.maximum(original, 0)], client)


def _leads(world: World) -> pa.Table:
    leads, paths = world.leads, world.walk
    shown = leads.created <= world.cut
    draws = world.random(3).random((len(leads), 3))
    segment = kept(leads.true_segment, ~leads.skips)
    recorded = ~(leads.skips | (draws[:, 1] < 0.012))
    is_dacha: Marks = np.asarray(leads.campaign == MORE_PRIVATE.campaign)
    client_ids = columns.ids("C-", world.client + 1)
    originals = kept(world.lead_ids[world.original], world.original >= 0)
    deal = (paths.entered[:, 4] <= world.cut) & shown
    region = leads.region
    organisation = leads.true_segment != "private"
    names = np.array([client_name(s, int(n)) for s, n in zip(leads.true_segment, world.client, strict=True)])
    table = pa.table(
        {
            "lead_id": columns.words(world.lead_ids),
            "created_at": columns.moments(leads.created),
            "updated_at": columns.moments(_updated(world)),
            "client_id": columns.words(client_ids),
            "lead_source": columns.words(leads.lead_source),
            "medium": columns.words([MEDIUMS[source] for source in leads.lead_source]),
            "campaign": columns.words(leads.campaign),
            "segment": columns.words(segment),
            "product": columns.words(leads.product),
            "region": columns.words(region),
            "manager": columns.words(leads.manager),
            "pipeline": columns.words(np.where(organisation, "Проекты", "Розница")),
            "amount": columns.money(leads.amount),
            "currency": columns.words(np.full(len(leads), "RUB")),
            "seller_quality": columns.words(
                seller_quality(leads.is_target, draws[:, 0], paths.response <= world.cut)
            ),
            "is_test": pa.array(world.is_test),
            "duplicate_of": columns.words(originals),
            "deal_id": columns.words(kept(columns.ids("D-", np.arange(len(leads)) + 1), deal)),
            "hypothesis": columns.words(kept(np.full(len(leads), "Г-14"), is_dacha)),
            "source_system": columns.words(np.full(len(leads), "Битрикс24")),
            "url": columns.words(
                columns.ids("https://crm.example.com/lead/", np.arange(len(leads)) + _FIRST_LEAD)
            ),
            "positions": columns.words(kept(leads.positions.astype(str), recorded)),
            "city": columns.words([CITIES[r] if keep else None for r, keep in zip(region, recorded, strict=True)]),
            "company_name": columns.words(kept(names, organisation & recorded)),
            "budget": columns.words(np.where(leads.no_budget, "нет бюджета", "есть")),
            "phone_check": columns.words(np.where(leads.wrong_number, "неверный", "верный")),
        }
    )
    return table.filter(pa.array(shown))


def _updated(world: World) -> Seconds:
    """The last thing known to have happened to each lead."""
    paths = world.walk
    moments = np.column_stack([paths.entered, paths.lost, paths.response])
    latest: Seconds = np.where(moments <= world.cut, moments, 0).max(axis=1)
    return latest


def _stage_moves(world: World) -> pa.Table:
    parts = list(_moves(world))
    row, stage, at, reason = (np.concatenate([part[i] for part in parts]) for i in range(4))
    order = np.lexsort((row, at))
    row, stage, at, reason = (values[order] for values in (row, stage, at, reason))
    rivals = np.array(["Дворик", "Лазурь-спорт", "Малыш и Ко"], dtype=object)
    competitor = kept(rivals[row % 3], reason == "competitor")
    table = pa.table(
        {
            "lead_id": columns.words(world.lead_ids[row]),
            "stage": columns.words(stage),
            "entered_at": columns.moments(at),
            "actor": columns.words(world.leads.manager[row]),
            "loss_reason": columns.words(reason),
            "competitor": columns.words(competitor),
        }
    )
    return table.filter(pa.array(at <= world.cut))


def _moves(world: World) -> Iterator[tuple[NDArray[np.int64], Words, Seconds, Words]]:
    """Rows of each stage, then of loss, returns and reopenings: lead row, stage, moment, reason."""
    paths, random = world.walk, world.random(4)
    draws = random.random((len(world.leads), 3))
    for place, stage in enumerate(STAGES):
        enters = paths.entered[:, place] < NEVER
        if place in (1, 2):  # a card that went on may have jumped over this one
            enters &= ~(paths.skipped & (paths.stopped > place) & (np.arange(len(paths.stopped)) % 2 == place % 2))
        yield _rows(np.flatnonzero(enters), stage, paths.entered[:, place])
    lost = np.flatnonzero(paths.lost < NEVER)
    yield lost, np.full(len(lost), "lost", dtype=object), paths.lost[lost], paths.reason[lost]
    yield from _returns(world, draws[:, 0])
    yield from _reopenings(world, draws[:, 1])


def _rows(
    rows: NDArray[np.int64], stage: str, moments: Seconds
) -> tuple[NDArray[np.int64], Words, Seconds, Words]:
    none = np.full(len(rows), None, dtype=object)
    return rows, np.full(len(rows), stage, dtype=object), moments[rows], none


def _returns(
    world: World, draws: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.int64], Words, Seconds, Words]]:
    """Every twelfth card that reached the proposal went back to «accepted» for a while."""
    entered = world.walk.entered
    rows = np.flatnonzero((entered[:, 4] < NEVER) & (draws < 0.08))
    stay = entered[:, 4] - entered[:, 3]
    yield _rows(rows, "accepted", entered[:, 3] + stay // 3)
    yield _rows(rows, "proposal", entered[:, 3] + stay * 2 // 3)


def _reopenings(
    world: World, draws: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.int64], Words, Seconds, Words]]:
    """Every fiftieth lost lead was taken up again, most of these were lost again."""
    lost = world.walk.lost
    rows = np.flatnonzero((lost < NEVER) & (draws < 0.02) & (world.walk.stopped > 0))
    yield _rows(rows, "qualified", lost + 6 * DAY)
    again = rows[draws[rows] < 0.014]
    yield again, np.full(len(again), "lost", dtype=object), lost[again] + 9 * DAY, world.walk.reason[again]


def _clients(world: World) -> pa.Table:
    """Each client once, as of the first lead; the segment is what the company learned in the end."""
    leads = world.leads
    rows = np.unique(world.client[leads.created <= world.cut])
    segments = leads.true_segment[rows]
    paid = np.isin(np.arange(len(leads)), world.client[world.sales.lead[world.sales.at <= world.cut]])
    again = two_cards(world.random(9), leads, rows, paid)
    whose = np.array([again.get(row, row) for row in rows.tolist()])
    second = whose != rows
    return pa.table(
        {
            "client_id": columns.words(columns.ids("C-", rows + 1)),
            "created_at": columns.moments(leads.created[rows]),
            "name": columns.words([client_name(s, int(n)) for s, n in zip(segments, whose, strict=True)]),
            "segment": columns.words(kept(segments, ~leads.skips[rows])),
            "phone": columns.words(
                [phone(int(n), bool(leads.wrong_number[n]), again=a) for n, a in zip(whose, second, strict=True)]
            ),
            "email": columns.words(
                [None if a else email(s, int(n)) for s, n, a in zip(segments, rows, second, strict=True)]
            ),
        }
    )
