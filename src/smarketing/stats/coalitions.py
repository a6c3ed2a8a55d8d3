"""Which weights share a change among factors, so that the parts add up and no order is argued about?

Every rule here is linear: a factor's effect is a weighted sum of v(S), the outcome when the factors in S
take their actual values and the others stay at plan. A rule is therefore one matrix, exact in fractions,
and serves money (`Fraction`) and simulation (numpy) alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from smarketing.stats.errors import StatsError

Coalition = frozenset[str]
_Step = tuple[str, Coalition, Fraction]  # a factor joins these predecessors, with this weight


@dataclass(frozen=True)
class Union:
    """Factors that one owner answers for (a department), in the order in which they are shown."""

    key: str
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """A rule of attribution: effect of `factors[i]` = sum over j of `matrix[i][j]` * v(`coalitions[j]`).

    Only coalitions that the rule needs are listed: Owen with two unions of three needs 28 of the 64.
    """

    method: str
    factors: tuple[str, ...]
    coalitions: tuple[Coalition, ...]
    matrix: tuple[tuple[Fraction, ...], ...]

    def exact(self) -> NDArray[np.object_]:
        """The matrix in fractions, shape (factors, coalitions)."""
        return np.array(self.matrix, dtype=object)

    def floats(self) -> NDArray[np.float64]:
        """The matrix in floats, shape (factors, coalitions)."""
        return np.array(self.matrix, dtype=np.float64)


def owen_weights(unions: Sequence[Union]) -> Weights:
    """Owen's value: unions enter in random order, and the factors of a union in random order inside it.

    A predecessor set made of `a` other whole unions and `b` factors of one's own union weighs
    a!(M-a-1)!/M! * b!(u-b-1)!/u!, with M unions and u factors in one's own.
    Parameters: `unions`, disjoint and not empty.
    Errors: `StatsError` when a factor stands in two unions or a union has none.
    Reference: Owen 1977, "Values of games with a priori unions", LNEMS 141:76-88.
    """
    return _owen_table(tuple(unions))


@lru_cache(maxsize=64)
def _owen_table(unions: tuple[Union, ...]) -> Weights:
    return _weights("owen", all_factors(unions), _owen_steps(unions))


def shapley_weights(factors: Sequence[str]) -> Weights:
    """Shapley's value: the mean effect over all orders of the factors, owners disregarded.

    On products of factors it equals Das Gupta's standardisation effects.
    Reference: Shapley 1953; Das Gupta 1993, Standardization and Decomposition of Rates, P23-186.
    """
    one = Union("all", tuple(factors))
    return _weights("shapley", all_factors([one]), _owen_steps([one]))


def sequential_weights(order: Sequence[str]) -> Weights:
    """One order only: each factor takes its actual value after those before it (price-volume-mix)."""
    names = all_factors([Union("all", tuple(order))])
    steps = ((name, frozenset(names[:index]), Fraction(1)) for index, name in enumerate(names))
    return _weights("sequential", names, steps)


def attribute(weights: Weights, outcome: Callable[[Coalition], Fraction]) -> dict[str, Fraction]:
    """Effects of the factors in any game, product or not (a capacity that caps sales, say).

    Parameters: `outcome`, v(S), called once for each coalition that the rule needs.
    Returns: effect by factor; they sum to v(all) - v(none) exactly.
    """
    values = [outcome(coalition) for coalition in weights.coalitions]
    return {
        factor: sum((w * v for w, v in zip(row, values, strict=True)), Fraction(0))
        for factor, row in zip(weights.factors, weights.matrix, strict=True)
    }


def all_factors(unions: Sequence[Union]) -> tuple[str, ...]:
    """The factors of the unions in order; each must stand exactly once."""
    names = tuple(factor for union in unions for factor in union.factors)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StatsError(f"a factor has one owner; named twice: {', '.join(twice)}")
    if not names or not all(union.factors for union in unions):
        raise StatsError("every union needs a factor")
    return names


def subsets(names: Sequence[str]) -> Iterator[Coalition]:
    """All subsets, the empty one first."""
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            yield frozenset(chosen)


def _owen_steps(unions: Sequence[Union]) -> Iterator[_Step]:
    for union in unions:
        others = {other.key: other.factors for other in unions if other is not union}
        for factor in union.factors:
            mates = [mate for mate in union.factors if mate != factor]
            for whole in subsets(tuple(others)):
                for inner in subsets(mates):
                    before = inner.union(*(others[key] for key in whole))
                    weight = _share(len(whole), len(unions)) * _share(len(inner), len(union.factors))
                    yield factor, before, weight


def _share(before: int, total: int) -> Fraction:
    """Chance that exactly one given set of this size comes before a given one of `total` in random order."""
    return Fraction(factorial(before) * factorial(total - before - 1), factorial(total))


def _weights(method: str, factors: tuple[str, ...], steps: Iterable[_Step]) -> Weights:
    table: dict[tuple[str, Coalition], Fraction] = {}
    for factor, before, weight in steps:
        after = before | {factor}
        table[factor, after] = table.get((factor, after), Fraction(0)) + weight
        table[factor, before] = table.get((factor, before), Fraction(0)) - weight
    coalitions = tuple(sorted({coalition for _, coalition in table}, key=lambda c: (len(c), sorted(c))))
    matrix = tuple(tuple(table.get((f, c), Fraction(0)) for c in coalitions) for f in factors)
    return Weights(method, factors, coalitions, matrix)
