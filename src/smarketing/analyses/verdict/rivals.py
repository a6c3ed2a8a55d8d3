"""What does each department like to quote, and what would revenue be had some causes been as planned?

A split in one order is exact, too, and depends on the order: the two favourite orders beside the fair split are
the quarrel in numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.verdict.account import Split
from smarketing.analyses.verdict.result import Cause, Verdict
from smarketing.analyses.verdict.split import FACTORS, KEYS, doubt_of, model_of, rounded, unions
from smarketing.facts.company import Zone
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.money import to_kopecks
from smarketing.metrics.kinds import Interval
from smarketing.stats.decomposition import counterfactual, sequential
from smarketing.stats.errors import NotComputable
from smarketing.stats.whatif import as_planned

ENDS = (Zone.MARKETING, Zone.SALES)


@dataclass(frozen=True)
class RivalSplit:
    """The gap split in one order. ``effects`` of all causes, account lines too, sum to the gap to the kopeck."""

    first: Zone  # whose causes take their actual values first
    order: tuple[Cause, ...]
    effects: Mapping[Cause, Decimal]
    zones: Mapping[Zone, Decimal]


@dataclass(frozen=True)
class Had:
    """Revenue had ``causes`` been as planned, with the 90 % interval of such months drawn around the fact.

    ``change`` is against the fact. Other months' leads and sales past the process are taken as known.
    """

    causes: tuple[Cause, ...]
    revenue: Decimal
    change: Decimal
    interval: Interval


def rival_splits(verdict: Verdict) -> tuple[RivalSplit, ...]:
    """The gap split along the chain, marketing first, and back along it, sales first; empty without a verdict."""
    account = verdict.account
    if account is None:
        return ()
    found = [_rival(account, zone) for zone in ENDS]
    return tuple(rival for rival in found if rival is not None)


def had(verdict: Verdict, causes: Collection[Cause]) -> Had | None:
    """Revenue of the verdict's month had these causes been as planned; None without a verdict.

    With no cause it is the fact, with all of them the plan. Account lines may be named like any cause.
    """
    account = verdict.account
    if account is None or not verdict.parts:
        return None
    factors = [cause for cause in FACTORS if cause in causes]
    model = model_of(account)
    found = as_planned(
        model, KEYS, account.noise, factors, seed=account.seed, draws=account.draws, doubt=doubt_of(account)
    )
    chain = sum(counterfactual(model, model.factors), Fraction(0))
    lines = [part.effect for part in verdict.parts if part.cause in causes and part.cause not in FACTORS]
    rest = Fraction(verdict.fact) - chain - sum((Fraction(effect) for effect in lines), Fraction(0))
    exact = found.value + rest
    revenue = to_kopecks(Decimal(exact.numerator) / Decimal(exact.denominator))
    low, high = (bound + float(rest) for bound in (found.interval.lo, found.interval.hi))
    named = tuple(part.cause for part in verdict.parts if part.cause in causes)
    return Had(named, revenue, revenue - verdict.fact, Interval(low, high, found.interval.level))


def parse_causes(text: str) -> tuple[Cause, ...]:
    """Causes of «mix,quality»; raises :class:`WrongQuestion` with the nearest name for any other."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = {cause.value: cause for cause in Cause}
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known)
            raise WrongQuestion(
                "unknown-cause",
                Text(f"Причины «{word}» нет. {hint.ru}", f"There is no cause “{word}”. {hint.en}"),
            )
    return tuple(known[word] for word in words)


def _rival(account: Split, first: Zone) -> RivalSplit | None:
    order = _order(account, first)
    found = sequential(model_of(account), order)
    if isinstance(found, NotComputable):
        return None
    parts = rounded(account, found)
    zones: dict[Zone, Decimal] = {}
    for part in parts:
        zones[part.zone] = zones.get(part.zone, Decimal(0)) + part.effect
    return RivalSplit(first, order, {part.cause: part.effect for part in parts}, zones)


def _order(account: Split, first: Zone) -> tuple[Cause, ...]:
    """Along the chain with each zone's causes together, a joint zone between the two; or that read backwards."""
    rank = [Zone.MARKETING.value, Zone.JOINT.value, Zone.SALES.value]
    owned = sorted(unions(account.conversion_zone), key=lambda union: rank.index(union.key))
    along = tuple(Cause(factor) for union in owned for factor in union.factors)
    return along if first is Zone.MARKETING else along[::-1]
