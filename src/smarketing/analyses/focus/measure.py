"""The answer about focus, step by step: amounts, shares, who is known well enough, distances, the table.

Total variation and Jensen-Shannon divergence as in methods.md (i); told in prose in
``docs/how-computed/focus.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from smarketing.analyses.focus import words
from smarketing.analyses.focus.gathering import gather
from smarketing.analyses.focus.result import (
    COUNTED,
    DEPARTMENTS,
    ZONES,
    Amounts,
    Distance,
    Focus,
    FocusShare,
    FocusState,
    Resource,
    Segment,
)
from smarketing.analyses.focus.table import effort_share, hours, share_figure, table
from smarketing.analyses.question import Question
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Interval
from smarketing.stats.distance import (
    Weights,
    divergence_interval,
    jensen_shannon,
    total_variation,
    variation_interval,
)
from smarketing.stats.errors import NotComputable
from smarketing.stats.proportions import Interval as StatsInterval

Shares = Mapping[Resource, Mapping[Segment, float]]


def focus(reader: Reader, question: Question) -> Focus:
    """Where money, leads and effort go, against where sales and revenue come from.

    By the cohort clock everything belongs to the leads of the period (spend to its own days); by the period clock
    actions, sales and payments are those of the period. Segments under test are in no share and no distance.
    Raises :class:`WrongQuestion` for a split other than by segment.
    """
    _check_split(question)
    company, found = reader.company, gather(reader, question.split())
    tested = {segment.key for segment in company.segments if segment.under_test}
    segments = tuple(one for one in found.segments if one.segment not in tested)
    under_test = tuple(one for one in found.segments if one.segment in tested)
    shares = _shares(segments, found.known)
    unknown = {resource: of.get(None, 0.0) for resource, of in shares.items()}
    refused = _refused(unknown, float(company.verdict.max_unknown_segment))
    seed = question.period.start.toordinal() if question.period else reader.version
    distances = _distances(segments, [one for one in shares if one not in refused], seed)
    state = _state(shares, refused)
    answer = Focus(
        table=table(reader, question, found, segments, under_test, shares, refused),
        state=state,
        headline=Text("", ""),
        effort=found.effort,
        segments=segments,
        under_test=under_test,
        shares=shares,
        unknown=unknown,
        refused=refused,
        distances=distances,
        together=_together(shares, refused),
        focus_segment=company.focus_segment.key if company.focus_segment else None,
        focus_shares=_focus_shares(company, segments, shares),
        non_target_hours=hours("non_target_hours", [*segments, *under_test], found.effort, company),
        non_target_effort=effort_share([*segments, *under_test], found.effort, company),
        seed=seed,
    )
    return words.told(answer, company, found)


def _check_split(question: Question) -> None:
    if question.by not in ((), ("segment",)):
        raise WrongQuestion(
            "focus-split",
            Text(
                "Фокус считается только по сегментам: уберите --by или укажите segment.",
                "Focus is counted by segment alone: drop --by or give segment.",
            ),
        )


def _shares(segments: Sequence[Amounts], known: Sequence[Resource]) -> Shares:
    found = {}
    for resource in known:
        amounts = {one.segment: max(one.of[resource], Decimal(0)) for one in segments}
        total = sum(amounts.values(), Decimal(0))
        if total:
            found[resource] = {segment: float(amount / total) for segment, amount in amounts.items()}
    return found


def _refused(unknown: Mapping[Resource, float], limit: float) -> tuple[Resource, ...]:
    """What is known too badly; without the segments of leads nothing that leads bring is known either."""
    if unknown.get(Resource.LEADS, 0.0) > limit:
        return tuple(unknown)
    return tuple(resource for resource, share_of in unknown.items() if share_of > limit)


def _state(shares: Shares, refused: Sequence[Resource]) -> FocusState:
    if Resource.REVENUE in refused or Resource.LEADS in refused:
        return FocusState.UNKNOWN_SEGMENT
    if Resource.REVENUE not in shares:
        return FocusState.NO_REVENUE
    first = next((one for one in (Resource.SPEND, Resource.LEADS) if one in shares), None)
    if first is None:
        return FocusState.NOTHING_TO_COMPARE
    return FocusState.UNKNOWN_SEGMENT if first in refused else FocusState.JUDGED


def _distances(segments: Sequence[Amounts], fit: Sequence[Resource], seed: int) -> tuple[Distance, ...]:
    weights = {
        resource: Weights(
            tuple(float(max(one.of[resource], Decimal(0))) for one in segments), counted=resource in COUNTED
        )
        for resource in fit
    }
    return tuple(
        _distance(first, second, weights, seed)
        for first, second in combinations((one for one in Resource if one in weights), 2)
    )


def _distance(first: Resource, second: Resource, weights: Mapping[Resource, Weights], seed: int) -> Distance:
    one, other = weights[first], weights[second]
    variation, bits = total_variation(one.amounts, other.amounts), jensen_shannon(one.amounts, other.amounts)
    if isinstance(variation, NotComputable) or isinstance(bits, NotComputable):
        raise TypeError("a resource without any amount has no shares")  # _shares has left it out
    # Minutes and money come in series and in lumps: a bootstrap of cases would call them surer than they are.
    if not {first, second} <= {Resource.SPEND, *COUNTED}:
        return Distance(first, second, variation, bits)
    return Distance(
        first,
        second,
        variation,
        bits,
        _interval(variation_interval(one, other, seed)),
        _interval(divergence_interval(one, other, seed)),
    )


def _interval(found: StatsInterval | NotComputable) -> Interval | None:
    return None if isinstance(found, NotComputable) else Interval(found.lo, found.hi, found.level)


def _together(shares: Shares, refused: Sequence[Resource]) -> float | None:
    fit = [tuple(shares[one].values()) for one in DEPARTMENTS if one in shares and one not in refused]
    if len(fit) < len(DEPARTMENTS):
        return None
    found = jensen_shannon(*fit)
    return None if isinstance(found, NotComputable) else found


def _focus_shares(company: Company, segments: Sequence[Amounts], shares: Shares) -> tuple[FocusShare, ...]:
    named = company.focus_segment
    if named is None or named.under_test:
        return ()
    of_revenue = shares.get(Resource.REVENUE, {}).get(named.key)
    found = []
    for resource, of in shares.items():
        own = of.get(named.key, 0.0)
        gap = None if of_revenue is None or resource is Resource.REVENUE else own - of_revenue
        figure = share_figure(resource, segments, {named.key}, company)
        found.append(FocusShare(resource, ZONES[resource], figure, gap))
    return tuple(found)
