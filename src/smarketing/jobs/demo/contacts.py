"""Who touched whom: marketing before a lead came, managers after it?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smarketing.jobs.demo import columns
from smarketing.jobs.demo.clock import DAY, Seconds
from smarketing.jobs.demo.draw import Drawn, Random, Words, kept
from smarketing.jobs.demo.walk import NEVER, Walk

_KIND = {
    "Яндекс Директ": "click",
    "VK Реклама": "click",
    "Партнёрская рассылка": "letter",
    "Отраслевая выставка": "meeting",
    "Рекомендации": "referral",
    "Тендерные площадки": "tender",
}
_MINUTES = {"call": 6.0, "meeting": 45.0, "letter": 12.0}


def activities(random: Random, leads: Drawn, paths: Walk, lead_ids: Words, cut: int) -> pa.Table:
    """The first answer, a contact at each further stage and the calls of clients, in order of time."""
    contacts = [
        _one(paths.response, "call", "out", "дозвонились"),
        _one(paths.entered[:, 2], "call", "out", "дозвонились"),
        _one(_earlier(paths.entered[:, 3]), "letter", "out", "отправлено КП"),
        _one(_earlier(paths.entered[:, 4]), "meeting", "out", "состоялась"),
        _one(_some(random, leads.created + 2 * DAY, paths.entered[:, 2], 0.5), "call", "in", "вопрос клиента"),
        _one(_some(random, paths.entered[:, 5], paths.entered[:, 5], 1.0), "call", "out", "оплата получена"),
    ]
    row, at, kind, direction, result = (np.concatenate([part[i] for part in contacts]) for i in range(5))
    order = np.lexsort((row, at))
    row, at, kind, direction, result = (v[order] for v in (row, at, kind, direction, result))
    missed = (kind == "call") & leads.wrong_number[row]
    mean = np.array([_MINUTES[k] for k in kind])
    tenths = np.rint(10 * mean * random.gamma(2.0, 0.5, len(row))).astype(np.int64)
    tenths[missed] = 0
    table = pa.table(
        {
            "activity_id": columns.words(columns.ids("A-", np.arange(len(row)) + 1)),
            "at": columns.moments(at),
            "lead_id": columns.words(lead_ids[row]),
            "manager": columns.words(leads.manager[row]),
            "kind": columns.words(kind),
            "direction": columns.words(direction),
            "minutes": columns.money(tenths * 10).cast(pa.decimal128(20, 6)).cast(pa.decimal128(18, 6)),
            "result": columns.words(np.where(missed, "не дозвонились", result)),
        }
    )
    return table.filter(pa.array(at <= cut))


_Contacts = tuple[NDArray[np.int64], Seconds, Words, Words, Words]


def _one(at: Seconds, kind: str, direction: str, result: str) -> _Contacts:
    rows = np.flatnonzero(at < NEVER)
    said = (np.full(len(rows), word, dtype=object) for word in (kind, direction, result))
    first, second, third = said
    return rows, at[rows], first, second, third


def _earlier(entered: Seconds) -> Seconds:
    """A quarter of an hour before the card was moved."""
    return np.where(entered < NEVER, entered - 900, NEVER)


def _some(random: Random, at: Seconds, where: Seconds, share: float) -> Seconds:
    chosen = (where < NEVER) & (random.random(len(at)) < share)
    return np.where(chosen, at, NEVER)


def touches(random: Random, leads: Drawn, lead_ids: Words, client: NDArray[np.int64], cut: int) -> pa.Table:
    """The touch that brought each lead and up to two before it, by channels that others came from, too."""
    size = len(leads)
    others = leads.lead_source[random.permutation(size)]
    earlier = random.random((size, 2)) < (0.45, 0.2)
    everyone = np.arange(size)
    row = np.concatenate([everyone, everyone[earlier[:, 0]], everyone[earlier[:, 1]]])
    gap = random.integers(60, 3600, size), random.integers(1, 9, size) * DAY, random.integers(9, 40, size) * DAY
    at = np.concatenate(
        [leads.created - gap[0], *(leads.created[earlier[:, i]] - gap[1 + i][earlier[:, i]] for i in (0, 1))]
    )
    is_last = np.arange(len(row)) < size
    channel = np.where(is_last, leads.lead_source[row], others[row]).astype(object)
    known = leads.created[row] <= cut
    order = np.flatnonzero(known)[np.lexsort((row[known], at[known]))]
    row, channel, is_last = row[order], channel[order], is_last[order]
    return pa.table(
        {
            "touch_id": columns.words(columns.ids("T-", np.arange(len(row)) + 1)),
            "at": columns.moments(at[order]),
            "client_id": columns.words(columns.ids("C-", client[row] + 1)),
            "lead_id": columns.words(kept(lead_ids[row], is_last)),
            "channel": columns.words(channel),
            "campaign": columns.words(kept(leads.campaign[row], is_last)),
            "kind": columns.words([_KIND.get(name, "visit") for name in channel]),
        }
    )
