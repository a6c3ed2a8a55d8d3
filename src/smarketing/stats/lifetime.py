"""Is a silent customer gone, how often will he buy again, and what is he worth?

`BgNbd` says how often and for how long when nobody tells that he left (Fader, Hardie, Lee 2005, Marketing Science
24:275-284); `GammaGamma` says for how much (Fader, Hardie 2013, brucehardie.com/notes/025); `lifetime_value` is
the plain formula for a known share that leaves each month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from smarketing.stats.errors import NotComputable, StatsError

Floats = NDArray[np.float64]

_OPTIONS = {"xatol": 1e-8, "fatol": 1e-9, "maxiter": 8000, "maxfev": 8000}
_FAR = 12.0  # a parameter of e^12 is no estimate: the likelihood is flat there


@dataclass(frozen=True)
class BgNbd:
    """Customers buy by chance at their own rate (gamma: `r`, `alpha`) and leave after a purchase with their own
    chance (beta: `a`, `b`). Time is in the unit of `alpha`; `n` customers."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    n: int = 0

    def alive(self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Chance that a customer with this past will buy again ever; 1 for those who bought once.

        `repeats` purchases after the first, the last of them at `recency` after it; `age`: from the first to now.
        """
        x, tx, t = _past(repeats, recency, age)
        return 1 / (1 + self._gone_to_alive(x, tx, t))

    def expected(self, horizon: float) -> float:
        """Repeat purchases of somebody who has just bought for the first time, within `horizon`."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        more = special.hyp2f1(r, b, a + b - 1, horizon / (alpha + horizon))
        return float((a + b - 1) / (a - 1) * (1 - (alpha / (alpha + horizon)) ** r * more))

    def expected_next(self, horizon: float, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Purchases within `horizon` from now of customers with this past (see :meth:`alive`)."""
        x, tx, t = _past(repeats, recency, age)
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        more = special.hyp2f1(r + x, b + x, a + b + x - 1, horizon / (alpha + t + horizon))
        shrunk = np.exp((r + x) * np.log((alpha + t) / (alpha + t + horizon)))
        bought: Floats = (a + b + x - 1) / (a - 1) * (1 - shrunk * more) / (1 + self._gone_to_alive(x, tx, t))
        return bought

    def _gone_to_alive(self, x: Floats, tx: Floats, t: Floats) -> Floats:
        odds = self.a / (self.b + np.maximum(x, 1) - 1)
        silence = np.exp((self.r + x) * np.log((self.alpha + t) / (self.alpha + tx)))
        return np.where(x > 0, odds * silence, 0.0)


@dataclass(frozen=True)
class GammaGamma:
    """What customers spend on a purchase: each around a mean of his own, the means differ (`p`, `q`, `gamma`)."""

    p: float
    q: float
    gamma: float
    log_likelihood: float = float("nan")
    n: int = 0

    @property
    def mean(self) -> float:
        """The mean spend of a customer drawn at random; infinite where `q` does not exceed 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def expected(self, purchases: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """The mean spend to expect of customers who spent `mean_spend` on each of `purchases`; needs `q` > 1."""
        x, m = np.asarray(purchases, dtype=np.float64), np.asarray(mean_spend, dtype=np.float64)
        found: Floats = self.p * (self.gamma + x * m) / (self.p * x + self.q - 1)
        return found


def fit_bgnbd(
    repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, counts: ArrayLike | None = None
) -> BgNbd | NotComputable:
    """Maximum likelihood of the four parameters.

    Parameters: of each customer, shape (n,): `repeats` >= 0 purchases after the first, `recency` from the first to
    the last (0 where there is no second), `age` > 0 from the first to now; `counts`: how many have this past.
    Returns: the fit in the unit of time that was given; `EMPTY`, `NO_EVENTS` (nobody came again), `NOT_CONVERGED`.
    Errors: `StatsError` for a past that cannot be (a last purchase after now).
    """
    x, tx, t = _past(repeats, recency, age)
    weight = np.ones_like(x) if counts is None else np.asarray(counts, dtype=np.float64)
    if weight.shape != x.shape:
        raise StatsError(f"{x.size} pasts, {weight.size} counts")
    if not x.size:
        return NotComputable.EMPTY
    if not bool((x > 0).any()):
        return NotComputable.NO_EVENTS
    unit = float((weight * t).sum() / weight.sum())  # near 1 the search is well scaled
    tx, scaled = tx / unit, t / unit

    def log_likelihood(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        stays = -(r + x) * np.log(alpha + scaled)
        goes = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + tx)
        both = np.where(x > 0, np.logaddexp(stays, goes), stays)
        own = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        left = special.betaln(a, b + x) - special.betaln(a, b)
        return float((weight * (own + left + both)).sum())

    found = _maximum(log_likelihood, np.log([0.5, 0.2, 0.5, 2.0]))
    if found is None:
        return NotComputable.NOT_CONVERGED
    r, alpha, a, b = (float(value) for value in np.exp(found))
    # The likelihood in the caller's unit of time: a density per unit for every repeat purchase.
    best = log_likelihood(found) - float((weight * x).sum()) * float(np.log(unit))
    return BgNbd(r, alpha * unit, a, b, best, int(weight.sum()))


def fit_gamma_gamma(purchases: ArrayLike, mean_spend: ArrayLike) -> GammaGamma | NotComputable:
    """Maximum likelihood of what customers spend on a purchase.

    Parameters: of each customer who came again, shape (n,): how many repeat `purchases` > 0, and `mean_spend` > 0
    on each. Returns: the fit, `EMPTY` or `NOT_CONVERGED`. Errors: `StatsError` for spend or counts of 0 or less.
    """
    x, spend = np.asarray(purchases, dtype=np.float64), np.asarray(mean_spend, dtype=np.float64)
    if x.shape != spend.shape or not bool(np.all(x > 0)) or not bool(np.all(spend > 0)):
        raise StatsError("every customer needs a number of purchases and a mean spend above 0")
    if not x.size:
        return NotComputable.EMPTY
    unit = float(spend.mean())
    m = spend / unit

    def log_likelihood(logs: Floats) -> float:
        p, q, gamma = np.exp(logs)
        shapes = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q)
        values = (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * m)
        return float((shapes + q * np.log(gamma) + values).sum())

    found = _maximum(log_likelihood, np.log([3.0, 3.0, 0.7]))
    if found is None:
        return NotComputable.NOT_CONVERGED
    p, q, gamma = (float(value) for value in np.exp(found))
    return GammaGamma(p, q, gamma * unit, log_likelihood(found) - x.size * float(np.log(unit)), int(x.size))


def lifetime_value(margin: float, leaving: float, months: int | None = None, discount: float = 0.0) -> float:
    """What a customer brings in all, at `margin` a month, when the share `leaving` of customers goes each month.

    `months`: the horizon, None for ever; `discount`: a month's interest. The first month is paid in full.

    >>> lifetime_value(5_400, 0.04)
    135000.0
    """
    if not 0 <= leaving <= 1 or discount < 0 or (months is None and leaving == 0 and discount == 0):
        raise StatsError("the share that leaves lies between 0 and 1, and without an end somebody must leave")
    kept = (1 - leaving) / (1 + discount)
    if kept == 1:
        return margin * float(months or 0)
    return margin * (1 - (kept**months if months is not None else 0.0)) / (1 - kept)


def _past(repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, tx, t = (np.asarray(values, dtype=np.float64) for values in (repeats, recency, age))
    if x.shape != tx.shape or x.shape != t.shape:
        raise StatsError(f"{x.size} counts, {tx.size} recencies, {t.size} ages")
    if not (bool(np.all(x >= 0)) and bool(np.all(tx >= 0)) and bool(np.all(t >= tx)) and bool(np.all(t > 0))):
        raise StatsError("a past has no negative counts, and its last purchase is not after now")
    return x, tx, t


def _maximum(log_likelihood: Callable[[Floats], float], start: Floats) -> Floats | None:
    def loss(logs: Floats) -> float:
        value = log_likelihood(logs) if bool(np.all(np.abs(logs) < _FAR)) else -np.inf
        return -value if np.isfinite(value) else 1e300

    best = optimize.minimize(loss, start, method="Nelder-Mead", options=_OPTIONS)
    best = optimize.minimize(loss, best.x, method="Nelder-Mead", options=_OPTIONS)  # a simplex may stop too early
    point = np.asarray(best.x, dtype=np.float64)
    inside = bool(np.all(np.abs(point) < _FAR - 0.01))
    return point if best.success and inside and best.fun < 1e300 else None
