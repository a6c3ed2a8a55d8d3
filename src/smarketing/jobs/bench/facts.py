"""Which facts does the benchmark run on? A company of any size, made in pieces that each have a seed of their own.

Lead numbers grow with time over four years; sources are skewed by u², segments by u^1.5; stage times are
log-normal and grow along the path; 93 % of the leads that were not won are lost; 55 % of these cards went one
stage back before, 60 % of them forward again and once more back, which is what breaks naive funnels. A lead has
about 4.6 stage moves. Every piece has a seed of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from smarketing.facts.company import Company, parse_company

PIECE = 250_000
STAGES = ("new", "reached", "accepted", "meeting", "proposal", "contract", "won")
SURVIVAL = (0.75, 0.60, 0.70, 0.70, 0.75, 0.70)
SEGMENTS = ("retail", "small", "medium", "large", "public", "abroad")
SOURCES, CAMPAIGNS, MANAGERS = 20, 25, 200
REASONS = ("price", "competitor", "no_answer", "timing", "no_need")
FIRST_DAY = date(2022, 11, 1)
DAYS = 1461
_START = int(np.datetime64(FIRST_DAY, "s").astype(np.int64))
_MEDIAN_DAYS = (0.2, 0.7, 2.0, 3.0, 5.0, 8.0)
_MONEY = pa.decimal128(18, 2)


def bench_company(segments: Sequence[str] = SEGMENTS) -> Company:
    """Stages, segments, sources and criteria of the generated facts; its clock is UTC."""
    milestones = {"accepted": "accepted", "contract": "deal", "won": "won", "lost": "lost"}
    stages = [
        {
            "key": key,
            "name": {"ru": key, "en": key},
            **({"milestone": milestones[key]} if key in milestones else {}),
        }
        for key in (*STAGES, "lost")
    ]
    rules = [
        {
            "key": "abroad",
            "name": {"ru": "За границей", "en": "Abroad"},
            "verdict": "non_target",
            "when": [{"field": "segment", "op": "is", "value": "abroad"}],
        },
        {
            "key": "small_order",
            "name": {"ru": "Мелкий заказ", "en": "Small order"},
            "verdict": "non_target",
            "when": [{"field": "amount", "op": "below", "value": 20_000}],
        },
    ]
    content: dict[str, object] = {
        "name": "Bench",
        "zone": "UTC",
        "stages": stages,
        "segments": [{"key": key, "name": {"ru": key, "en": key}} for key in segments],
        "source_groups": [
            {
                "key": "paid",
                "name": {"ru": "Реклама", "en": "Paid"},
                "paid": True,
                "sources": [source_name(i) for i in range(SOURCES)],
            }
        ],
        "custom_fields": [{"key": "size", "name": {"ru": "Размер", "en": "Size"}}],
        "criteria": [{"version": "1", "valid_from": FIRST_DAY, "rules": rules}],
    }
    return parse_company(content)


def source_name(number: int) -> str:
    return f"source-{number:02d}"


def write_facts(folder: Path, leads: int) -> None:
    """``leads-000.parquet``, ``stage_moves-000.parquet``, ``payments-000.parquet`` …, and ``ad_spend-000``."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = -(-leads // PIECE)
    for piece in range(pieces):
        for name, table in make_piece(piece, pieces, min(PIECE, leads - piece * PIECE)).items():
            pq.write_table(table, folder / f"{name}-{piece:03d}.parquet", compression="zstd")
    pq.write_table(ad_spend(), folder / "ad_spend-000.parquet", compression="zstd")


def make_piece(piece: int, pieces: int, size: int) -> dict[str, pa.Table]:
    """The facts of the leads of one piece: a slice of the four years, in order of creation."""
    random = np.random.default_rng([2026, piece])
    number = piece * PIECE + np.arange(size)
    share = (piece + np.sort(random.random(size))) / pieces
    created = _START + (share * (DAYS * 86_400 - 1)).astype(np.int64)
    source = (SOURCES * random.random(size) ** 2).astype(np.int64)
    segment = (len(SEGMENTS) * random.random(size) ** 1.5).astype(np.int64)
    amount = np.rint(60_000 * np.exp(0.8 * random.standard_normal(size))).astype(np.int64)
    manager = random.integers(0, MANAGERS, size)
    reached, entered, lost = _walk(random, created, source, segment)
    moves = _moves(random, number, reached, entered, lost)
    last = np.where(lost > 0, lost, entered[np.arange(size), reached])
    won = np.flatnonzero(reached == len(STAGES) - 1)
    return {
        "leads": _leads(random, (number, created, last, source, segment, amount, manager)),
        "stage_moves": moves,
        "payments": _payments(number[won], entered[won, -1], amount[won]),
    }


def _walk(
    random: np.random.Generator,
    created: NDArray[np.int64],
    source: NDArray[np.int64],
    segment: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Place of the furthest stage, first entry into each stage, moment of loss (0: not lost)."""
    size = len(created)
    effect = 1 + 0.004 * (source - 10)[:, None] + 0.015 * (segment - 2)[:, None]
    made = random.random((size, 6)) < np.array(SURVIVAL) * effect
    reached = np.cumprod(made, axis=1).sum(axis=1)
    noise = np.exp(0.8 * random.standard_normal((size, 6)))
    took = 60 + (np.array(_MEDIAN_DAYS) * 86_400 * noise).astype(np.int64)
    entered = created[:, None] + np.concatenate([np.zeros((size, 1), np.int64), np.cumsum(took, axis=1)], axis=1)
    closed = (reached < 6) & (random.random(size) < 0.93)
    stood = 600 + (3 * 86_400 * np.exp(random.standard_normal(size))).astype(np.int64)
    lost = np.where(closed, entered[np.arange(size), reached] + 2 * stood, 0)
    return reached, entered, lost


def _moves(
    random: np.random.Generator,
    number: NDArray[np.int64],
    reached: NDArray[np.int64],
    entered: NDArray[np.int64],
    lost: NDArray[np.int64],
) -> pa.Table:
    lead, place = np.nonzero(np.arange(len(STAGES))[None, :] <= reached[:, None])
    parts = [(lead, place, entered[lead, place])]
    gone = np.flatnonzero(lost > 0)
    parts.append((gone, np.full(len(gone), len(STAGES)), lost[gone]))
    card = np.flatnonzero((lost > 0) & (reached > 0) & (random.random(len(number)) < 0.55))
    for lap in (0, 1):  # one stage back and, for most, forward again; these do it once more
        last = entered[card, reached[card]]
        gap = (lost[card] - last) // 5
        parts.append((card, reached[card] - 1, last + gap * (1 + 2 * lap)))
        forth = random.random(len(card)) < 0.60
        card, at_forth = card[forth], (last + gap * (2 + 2 * lap))[forth]
        parts.append((card, reached[card], at_forth))
    lead, place, at = (np.concatenate([part[i] for part in parts]) for i in range(3))
    order = np.argsort(at, kind="stable")
    lead, place, at = lead[order], place[order], at[order]
    is_lost = place == len(STAGES)
    reason = (number[lead] * 7 + lead) % (len(REASONS) + 1)
    return pa.table(
        {
            "lead_id": _ids(number[lead]),
            "stage": _named((*STAGES, "lost"), place),
            "entered_at": _moments(at),
            "loss_reason": _named((*REASONS, None), np.where(is_lost, reason, len(REASONS))),
        }
    )


def _leads(random: np.random.Generator, drawn: tuple[NDArray[np.int64], ...]) -> pa.Table:
    number, created, last, source, segment, amount, manager = drawn
    campaign = random.integers(0, CAMPAIGNS, len(number))
    empty = random.random(len(number)) < 0.30
    sizes = pa.array(np.where(empty, -1, amount % 7), pa.int64(), mask=empty).cast(pa.string())
    names = [campaign_name(s, c) for s in range(SOURCES) for c in range(CAMPAIGNS)]
    return pa.table(
        {
            "lead_id": _ids(number),
            "created_at": _moments(created),
            "updated_at": _moments(last),
            "lead_source": _named([source_name(i) for i in range(SOURCES)], source),
            "campaign": _named(names, source * CAMPAIGNS + campaign),
            "segment": _named(SEGMENTS, segment),
            "manager": _named([f"manager-{i:03d}" for i in range(MANAGERS)], manager),
            "amount": _money(amount * 100),
            "currency": _named(("RUB",), np.zeros(len(number), dtype=np.int64)),
            "size": sizes,
        }
    )


def campaign_name(source: int, campaign: int) -> str:
    return f"campaign-{source:02d}-{campaign:02d}"


def _payments(number: NDArray[np.int64], at: NDArray[np.int64], amount: NDArray[np.int64]) -> pa.Table:
    kopecks = amount * 120
    return pa.table(
        {
            "payment_id": _ids(number),
            "paid_at": _moments(at + 3600),
            "amount": _money(kopecks),
            "currency": _named(("RUB",), np.zeros(len(number), dtype=np.int64)),
            "vat": _money(kopecks // 6),
            "cost": _money(amount * 60),
            "lead_id": _ids(number),
        }
    )


def ad_spend() -> pa.Table:
    """A row per day and campaign over the four years, whatever the number of leads."""
    random = np.random.default_rng([2026, 1_000_000])
    rows = DAYS * SOURCES * CAMPAIGNS
    campaign = np.tile(np.arange(SOURCES * CAMPAIGNS), DAYS)
    day = np.repeat(np.arange(DAYS), SOURCES * CAMPAIGNS)
    first = (FIRST_DAY - date(1970, 1, 1)) // timedelta(days=1)
    names = [campaign_name(s, c) for s in range(SOURCES) for c in range(CAMPAIGNS)]
    cost = random.integers(20_000, 400_000, rows)
    return pa.table(
        {
            "day": pa.array((day + first).astype(np.int32), pa.int32()).cast(pa.date32()),
            "lead_source": _named([source_name(i) for i in range(SOURCES)], campaign // CAMPAIGNS),
            "campaign": _named(names, campaign),
            "cost": _money(cost),
            "vat": _money(cost // 6),
            "currency": _named(("RUB",), np.zeros(rows, dtype=np.int64)),
            "impressions": pa.array(random.integers(100, 9000, rows)),
            "clicks": pa.array(random.integers(1, 90, rows)),
        }
    )


def files(folder: Path, table: str) -> Iterator[Path]:
    """The Parquet files of one table, in order."""
    yield from sorted(folder.glob(f"{table}-*.parquet"))


def _ids(numbers: NDArray[np.int64]) -> pa.Array:
    return pa.array(numbers + 10_000_000, pa.int64()).cast(pa.string())


def _moments(seconds: NDArray[np.int64]) -> pa.Array:
    return pa.array(seconds, pa.int64()).cast(pa.timestamp("s"))


def _money(kopecks: NDArray[np.int64]) -> pa.Array:
    pairs = np.column_stack([kopecks, kopecks >> 63])
    return pa.Array.from_buffers(_MONEY, len(kopecks), [None, pa.py_buffer(pairs.tobytes())])


def _named(names: list[str] | tuple[str | None, ...], codes: NDArray[np.int64]) -> pa.Array:
    """Texts by number; the texts themselves, so that every engine reads plain strings."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names, pa.string())).cast(
        pa.string()
    )
