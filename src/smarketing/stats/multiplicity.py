"""How many of many comparisons survive together? Adjusted p-values for families of tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.errors import StatsError


def bonferroni(p_values: Sequence[float]) -> tuple[float, ...]:
    """Bonferroni: each p-value times the size of the family.

    Parameters: `p_values`, shape (m,), each in [0, 1].
    Returns: adjusted p-values in the order given; reject where adjusted <= level.
    Errors: `StatsError` when a value is outside [0, 1].
    Reference: Dunn 1961, JASA 56:52-64.
    """
    p = _checked(p_values)
    return _capped(p * p.size)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down: as strict a promise as Bonferroni (family-wise error), never less power.

    Parameters: `p_values`, shape (m,), each in [0, 1].
    Returns: adjusted p-values in the order given; reject where adjusted <= level.
    Errors: `StatsError` when a value is outside [0, 1].
    Reference: Holm 1979, Scandinavian Journal of Statistics 6:65-70.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    return _capped(_restored(stepped, order))


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Benjamini-Hochberg's step-up: bounds the share of false finds among the finds (FDR).

    Parameters: `p_values`, shape (m,), each in [0, 1].
    Returns: adjusted p-values in the order given; reject where adjusted <= level.
    Errors: `StatsError` when a value is outside [0, 1].
    Reference: Benjamini, Hochberg 1995, JRSS B 57:289-300.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _capped(_restored(stepped, order))


def _checked(p_values: Sequence[float]) -> NDArray[np.float64]:
    p = np.asarray(p_values, dtype=np.float64)
    if not bool(np.all((p >= 0) & (p <= 1))):
        raise StatsError(f"p-values must lie in [0, 1]: {list(p_values)}")
    return p


def _restored(ordered: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    back = np.empty_like(ordered)
    back[order] = ordered
    return back


def _capped(p: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.minimum(p, 1.0))
