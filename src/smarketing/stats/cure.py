"""How many will it be in the end, when some never will? The cure model c * F(t)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from smarketing.stats.errors import NotComputable, StatsError

Law = Literal["exponential", "weibull"]

_RARE = 0.5  # from a naive share under this we ask whether time ran out or most never convert
_REJECTED = 3.841458820694124  # 95 % point of chi-squared with one degree of freedom


@dataclass(frozen=True)
class CureFit:
    """The fitted curve: by age t a share `conversion` * (1 - exp(-(rate * t) ** shape)) has converted.

    `conversion` is the ultimate share, `conversion_se` its standard error; `rate` is per unit of age;
    `shape` is 1 for the exponential law.
    """

    conversion: float
    conversion_se: float
    rate: float
    shape: float
    log_likelihood: float
    n: int
    events: int

    def share_by(self, age: float) -> float:
        """Share of all cases that have converted by this age."""
        return self.conversion * self.ripeness_at(age)

    def ripeness_at(self, age: float) -> float:
        """Share of the *ultimate* conversions that have happened by this age."""
        return float(-np.expm1(-((self.rate * age) ** self.shape)))


def fit_cure(ages: ArrayLike, converted: ArrayLike, law: Law = "exponential") -> CureFit | NotComputable:
    """Maximum likelihood of the share that will ever convert and of how fast it does.

    log L = sum over converted of ln(c f(t)) + sum over the rest of ln(1 - c F(age)).
    Lost cases are given with their age today and `converted` false: they have not converted by then.

    Parameters: `ages`, shape (n,), > 0: age at conversion, or age today of the rest; `converted`, shape
    (n,), true where it happened; `law` of the delays.
    Returns: the fit; `EMPTY`, `NO_EVENTS`, `NOT_CONVERGED`, or `NOT_IDENTIFIED` when under half have
    converted and the data do not refute (at 5 %) that all would in time: too young to tell slow from never.
    Errors: `StatsError` for ages that are not positive or shapes that differ.
    Reference: Boag 1949, JRSS B 11:15-53; Berkson, Gage 1952, JASA 47:501-515.
    """
    age, event = np.asarray(ages, dtype=np.float64), np.asarray(converted, dtype=bool)
    if age.shape != event.shape:
        raise StatsError(f"{age.size} ages, {event.size} outcomes")
    if not bool(np.all(age > 0)) or not bool(np.all(np.isfinite(age))):
        raise StatsError("the likelihood needs ages that are positive and finite")
    if age.size == 0:
        return NotComputable.EMPTY
    if not event.any():
        return NotComputable.NO_EVENTS
    return _fitted(age, event, law)


def _fitted(age: NDArray[np.float64], event: NDArray[np.bool_], law: Law) -> CureFit | NotComputable:
    share = float(np.clip(event.mean() * 1.2, 0.01, 0.9))
    start = [-float(np.log(age[event].mean())), *([0.0] if law == "weibull" else [])]
    point = _maximum(lambda x: _log_likelihood(x, age, event), [float(special.logit(share)), *start])
    if point is None:
        return NotComputable.NOT_CONVERGED
    best = _log_likelihood(point, age, event)
    if event.mean() < _RARE and not _some_never_convert(best, start, age, event):
        return NotComputable.NOT_IDENTIFIED
    conversion = float(special.expit(point[0]))
    se = conversion * (1 - conversion) * _logit_se(point, age, event)
    rate, shape = _rate_and_shape(point)
    return CureFit(conversion, se, rate, shape, best, int(age.size), int(event.sum()))


def _some_never_convert(
    best: float, start: list[float], age: NDArray[np.float64], event: NDArray[np.bool_]
) -> bool:
    """Do the data refute, at 5 %, that everybody converts, only slowly? Likelihood ratio against c = 1."""

    def everybody(x: NDArray[np.float64]) -> float:
        return _log_likelihood(np.concatenate(([np.inf], x)), age, event)

    slow = [start[0] + float(np.log(event.mean())), *start[1:]]
    point = _maximum(everybody, slow)
    return point is None or 2 * (best - everybody(point)) > _REJECTED


def _maximum(
    log_likelihood: Callable[[NDArray[np.float64]], float], start: list[float]
) -> NDArray[np.float64] | None:
    options = {"xatol": 1e-9, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000}
    found = optimize.minimize(lambda x: -log_likelihood(x), start, method="Nelder-Mead", options=options)
    return np.asarray(found.x, dtype=np.float64) if found.success and np.isfinite(found.fun) else None


def _log_likelihood(x: NDArray[np.float64], age: NDArray[np.float64], event: NDArray[np.bool_]) -> float:
    rate, shape = _rate_and_shape(x)
    log_time = np.log(rate * age)
    hazard = np.exp(np.minimum(shape * log_time, 700.0))  # (rate t)^shape, the cumulative hazard
    log_density = np.log(shape * rate) + (shape - 1) * log_time - hazard
    never_yet = np.logaddexp(special.log_expit(-x[0]), special.log_expit(x[0]) - hazard)
    log_share = float(special.log_expit(x[0]))
    return float((log_share + log_density[event]).sum() + never_yet[~event].sum())


def _rate_and_shape(x: NDArray[np.float64]) -> tuple[float, float]:
    rate = float(np.exp(np.clip(x[1], -50, 50)))
    shape = float(np.exp(np.clip(x[2], -5, 5))) if len(x) > 2 else 1.0
    return rate, shape


def _logit_se(x: NDArray[np.float64], age: NDArray[np.float64], event: NDArray[np.bool_]) -> float:
    """Standard error of the logit of the ultimate share: inverse of the numerical information."""
    step = 1e-4 * np.eye(len(x))

    def at(*moves: NDArray[np.float64]) -> float:
        return _log_likelihood(x + sum(moves, np.zeros(len(x))), age, event)

    information = np.array([[-(at(a, b) - at(a, -b) - at(-a, b) + at(-a, -b)) / 4e-8 for a in step] for b in step])
    return float(np.sqrt(max(np.linalg.pinv(information)[0, 0], 0.0)))
