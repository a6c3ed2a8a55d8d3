"""How sure is a share, do two shares differ, and is a count more than its rate allows?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special, stats

from smarketing.stats.errors import NotComputable, StatsError

LEVEL = 0.90  # the product's own level for rates and verdicts


@dataclass(frozen=True)
class Interval:
    """A confidence interval [lo, hi] at `level`, in the unit of the estimate."""

    lo: float
    hi: float
    level: float

    @property
    def width(self) -> float:
        return self.hi - self.lo

    def contains(self, value: float) -> bool:
        return self.lo <= value <= self.hi


@dataclass(frozen=True)
class Proportion:
    """A share that travels with its parts: k of n, the estimate and its interval."""

    k: int
    n: int
    estimate: float
    interval: Interval


@dataclass(frozen=True)
class Difference:
    """First share minus second share, with its interval."""

    estimate: float
    interval: Interval


@dataclass(frozen=True)
class TwoSampleTest:
    """Two-sided test that two shares are equal; `method` is `fisher` or `score`."""

    p_value: float
    method: str


def wilson(k: int, n: int, level: float = LEVEL) -> Proportion | NotComputable:
    """Wilson's score interval for k successes of n.

    Parameters: counts 0 <= k <= n; `level` in (0, 1).
    Returns: the share with its interval, or `EMPTY` when n = 0.
    Errors: `StatsError` for impossible counts or level.
    Reference: Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17:857-872.
    """
    _check_counts(k, n)
    if n == 0:
        return NotComputable.EMPTY
    z = normal_quantile(level)
    share, z2 = k / n, z * z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    lo = 0.0 if k == 0 else centre - half
    hi = 1.0 if k == n else centre + half
    return Proportion(k, n, share, Interval(lo, hi, level))


def clopper_pearson(k: int, n: int, level: float = LEVEL) -> Proportion | NotComputable:
    """The exact (conservative) binomial interval for k successes of n.

    Parameters: counts 0 <= k <= n; `level` in (0, 1).
    Returns: the share with its interval, or `EMPTY` when n = 0.
    Errors: `StatsError` for impossible counts or level.
    Reference: Clopper, Pearson 1934; method 5 of Newcombe 1998, Statistics in Medicine 17:857-872.
    """
    _check_counts(k, n)
    _check_level(level)
    if n == 0:
        return NotComputable.EMPTY
    tail = (1 - level) / 2
    lo = 0.0 if k == 0 else float(special.betaincinv(k, n - k + 1, tail))
    hi = 1.0 if k == n else float(special.betaincinv(k + 1, n - k, 1 - tail))
    return Proportion(k, n, k / n, Interval(lo, hi, level))


def newcombe_difference(k1: int, n1: int, k2: int, n2: int, level: float = LEVEL) -> Difference | NotComputable:
    """Difference k1/n1 - k2/n2 of two independent shares by the square-and-add of Wilson intervals.

    Parameters: counts of both samples; `level` in (0, 1).
    Returns: estimate with interval, or `EMPTY` when either sample is empty.
    Errors: `StatsError` for impossible counts or level.
    Reference: method 10 of Newcombe 1998, Statistics in Medicine 17:873-890.
    """
    first, second = wilson(k1, n1, level), wilson(k2, n2, level)
    if isinstance(first, NotComputable) or isinstance(second, NotComputable):
        return NotComputable.EMPTY
    estimate = first.estimate - second.estimate
    lo = estimate - math.hypot(first.estimate - first.interval.lo, second.interval.hi - second.estimate)
    hi = estimate + math.hypot(first.interval.hi - first.estimate, second.estimate - second.interval.lo)
    return Difference(estimate, Interval(lo, hi, level))


def exact_binomial_p(k: int, n: int, rate: float) -> float | NotComputable:
    """Exact two-sided p-value that k of n came from a share `rate`.

    Two-sided by likelihood: the total probability of outcomes no more likely than the one seen.
    Parameters: counts 0 <= k <= n; `rate` in [0, 1].
    Returns: p in [0, 1], or `EMPTY` when n = 0.
    Errors: `StatsError` for impossible counts or rate.
    Reference: as `binom.test` of R (Conover 1971) and `scipy.stats.binomtest`.
    """
    _check_counts(k, n)
    if not 0 <= rate <= 1:
        raise StatsError(f"a rate lies in [0, 1], got {rate}")
    if n == 0:
        return NotComputable.EMPTY
    return float(stats.binomtest(k, n, rate).pvalue)


def exact_poisson_p(count: int, mean: float) -> float | NotComputable:
    """Exact two-sided p-value that a count came from a Poisson law with this mean.

    Two-sided by doubling the smaller tail (central, as Garwood's interval): 44 against 60 is 0.037946.
    Parameters: `count` >= 0; `mean` >= 0, expected number.
    Returns: p in [0, 1], or `EMPTY` when nothing was expected and nothing came.
    Errors: `StatsError` for negative arguments.
    Reference: Garwood 1936, Biometrika 28:437-442.
    """
    if count < 0 or not mean >= 0:
        raise StatsError(f"a count and its mean are not negative, got {count} and {mean}")
    if mean == 0:
        return NotComputable.EMPTY if count == 0 else 0.0
    lower = special.gammaincc(count + 1, mean)  # P(X <= count)
    upper = special.gammainc(count, mean) if count > 0 else 1.0  # P(X >= count)
    return min(1.0, 2 * float(min(lower, upper)))


def two_proportion_test(k1: int, n1: int, k2: int, n2: int) -> TwoSampleTest | NotComputable:
    """Do two independent shares differ? Fisher's exact test for few cases, else the score test.

    Exact when a sample is under 10 or an expected count of the 2x2 table is under 5.
    Parameters: counts of both samples.
    Returns: two-sided p with the method used; `EMPTY` when a sample is empty.
    Errors: `StatsError` for impossible counts.
    Reference: Fisher 1935; score test = Pearson's chi-squared without correction (Cochran 1954 for the rule).
    """
    _check_counts(k1, n1)
    _check_counts(k2, n2)
    if n1 == 0 or n2 == 0:
        return NotComputable.EMPTY
    if _has_few_cases(k1 + k2, n1, n2):
        table = [[k1, n1 - k1], [k2, n2 - k2]]
        return TwoSampleTest(min(1.0, float(stats.fisher_exact(table)[1])), "fisher")
    pooled = (k1 + k2) / (n1 + n2)
    se = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return TwoSampleTest(math.erfc(abs(k1 / n1 - k2 / n2) / se / math.sqrt(2)), "score")


def normal_quantile(level: float) -> float:
    """How many standard errors an interval of this level reaches to each side (0.95 -> 1.959964)."""
    _check_level(level)
    return float(special.ndtri((1 + level) / 2))


def _has_few_cases(successes: int, n1: int, n2: int) -> bool:
    rarer = min(successes, n1 + n2 - successes)
    return min(n1, n2) < 10 or rarer * min(n1, n2) / (n1 + n2) < 5


def _check_counts(k: int, n: int) -> None:
    if not 0 <= k <= n:
        raise StatsError(f"{k} of {n} is not a share: 0 <= k <= n is needed")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise StatsError(f"a level lies between 0 and 1, got {level}")
