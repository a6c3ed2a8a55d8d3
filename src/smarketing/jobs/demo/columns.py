"""How do numpy arrays become the columns of fact tables?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from smarketing.jobs.demo.clock import DAY, MOSCOW, Seconds
from smarketing.jobs.demo.walk import NEVER

_MONEY = pa.decimal128(18, 2)


def words(values: Sequence[Any] | NDArray[Any]) -> pa.Array:
    return pa.array(values, pa.string())


def moments(wall: Seconds, *, zone: str = "Europe/Moscow") -> pa.Array:
    """Moments of the wall clock; ``NEVER`` is empty."""
    missing = wall >= NEVER
    utc = np.where(missing, 0, wall - MOSCOW)
    return pa.array(utc, pa.int64(), mask=missing).cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s", zone))


def days(wall: Seconds) -> pa.Array:
    return pa.array((wall // DAY).astype(np.int32), pa.int32()).cast(pa.date32())


def money(kopecks: NDArray[np.int64], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Whole kopecks as exact decimals."""
    kopecks = np.ascontiguousarray(kopecks, dtype=np.int64)
    pairs = np.column_stack([kopecks, kopecks >> 63])  # a 128-bit number, low half first
    exact = pa.Array.from_buffers(_MONEY, len(kopecks), [None, pa.py_buffer(pairs.tobytes())])
    return exact if missing is None else pc.if_else(pa.array(~missing), exact, pa.scalar(None, _MONEY))


def ids(prefix: str, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array([f"{prefix}{number}" for number in numbers.tolist()], dtype=object)
