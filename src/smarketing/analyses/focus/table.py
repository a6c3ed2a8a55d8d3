"""How do the shares stand in a table? A row per segment, those under test after them with their hours alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from smarketing.analyses.focus.gathering import Gathered
from smarketing.analyses.focus.result import COUNTED, SHARE_METRICS, Amounts, Effort, Resource, Segment
from smarketing.analyses.measuring import measured_as
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.analyses.shares import share
from smarketing.facts.company import Company
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Row, Unit

Shares = Mapping[Resource, Mapping[Segment, float]]

BEYOND: dict[Resource, str] = {
    Resource.SPEND: "spend_beyond_revenue",
    Resource.LEADS: "leads_beyond_revenue",
    Resource.EFFORT: "effort_beyond_revenue",
}


def table(
    reader: Reader,
    question: Question,
    found: Gathered,
    segments: Sequence[Amounts],
    under_test: Sequence[Amounts],
    shares: Shares,
    refused: Sequence[Resource],
) -> Measurement:
    """The shares of every segment, and of each resource what lies beyond the segment's share of revenue."""
    company = reader.company

    def shares_of(of: Sequence[Amounts]) -> list[Figure]:
        return [
            *(_part(resource, segments, of, company, known=resource in shares) for resource in Resource),
            *(_beyond(resource, of, shares, refused, company) for resource in BEYOND),
        ]

    def effort_of(of: Sequence[Amounts]) -> list[Figure]:
        return list(_effort(of, found.effort, company))

    total = _row((), [*map(_whole, shares_of(segments)), *effort_of([*segments, *under_test])])
    return measured_as(
        "focus",
        reader,
        question.split("segment"),
        replace(
            found.measured,
            metrics=tuple(total.figures),
            rows=(
                *(_row((one.segment,), [*shares_of([one]), *effort_of([one])]) for one in segments),
                *(_row((one.segment,), effort_of([one])) for one in under_test),
            ),
            total=total,
            asked=found.asked,
        ),
    )


def share_figure(resource: Resource, segments: Sequence[Amounts], keys: set[Segment], company: Company) -> Figure:
    """What these segments have of a resource together, with its parts; counted things with Wilson's interval."""
    name = SHARE_METRICS[resource]
    zone = accountable(metric(name), company)
    amounts = {one.segment: max(one.of[resource], Decimal(0)) for one in segments}
    top = sum((amount for key, amount in amounts.items() if key in keys), Decimal(0))
    bottom = sum(amounts.values(), Decimal(0))
    if resource in COUNTED:
        return share(name, int(top), int(bottom), zone)
    return _ratio(name, top, bottom, company)


def hours(name: str, of: Sequence[Amounts], effort: Effort | None, company: Company) -> Figure:
    """Hours of sellers, all or those on non-target leads; no value where minutes are not known."""
    zone = accountable(metric(name), company)
    if effort is not Effort.MINUTES:
        return Figure(name, Unit.COUNT, None, zone=zone, reason=NoValue.NOT_LOADED)
    value = sum((one.hours if name == "effort_hours" else one.non_target / 60 for one in of), Decimal(0))
    return Figure(name, Unit.COUNT, value, value, zone=zone)


def effort_share(of: Sequence[Amounts], effort: Effort | None, company: Company) -> Figure:
    """The share of effort that went to non-target leads."""
    name = "non_target_effort_share"
    if effort is None:
        return Figure(name, Unit.SHARE, None, zone=accountable(metric(name), company), reason=NoValue.NOT_LOADED)
    top = sum((one.non_target for one in of), Decimal(0))
    return _ratio(name, top, sum((one.of[Resource.EFFORT] for one in of), Decimal(0)), company)


def _row(keys: tuple[str | None, ...], figures: Sequence[Figure]) -> Row:
    return Row(keys, {figure.metric: figure for figure in figures})


def _whole(figure: Figure) -> Figure:
    """All of a thing is all of it: there is nothing to be unsure of."""
    return replace(figure, interval=None)


def _part(
    resource: Resource, segments: Sequence[Amounts], of: Sequence[Amounts], company: Company, *, known: bool
) -> Figure:
    name = SHARE_METRICS[resource]
    if not known:
        zone = accountable(metric(name), company)
        return Figure(name, Unit.SHARE, None, zone=zone, reason=NoValue.NOT_LOADED)
    return share_figure(resource, segments, {one.segment for one in of}, company)


def _beyond(
    resource: Resource, of: Sequence[Amounts], shares: Shares, refused: Sequence[Resource], company: Company
) -> Figure:
    name = BEYOND[resource]
    zone = accountable(metric(name), company)
    own, revenue = shares.get(resource), shares.get(Resource.REVENUE)
    if own is None or revenue is None:
        return Figure(name, Unit.SHARE, None, zone=zone, reason=NoValue.NOT_LOADED)
    if {resource, Resource.REVENUE} & set(refused):
        return Figure(name, Unit.SHARE, None, zone=zone, reason=NoValue.CANNOT_SPLIT)
    value = sum(max(own[one.segment] - revenue[one.segment], 0.0) for one in of)
    return Figure(name, Unit.SHARE, value, zone=zone)


def _effort(of: Sequence[Amounts], effort: Effort | None, company: Company) -> Iterator[Figure]:
    if effort is Effort.ACTIONS:
        zone, count = accountable(metric("effort_actions"), company), sum(one.actions for one in of)
        yield Figure("effort_actions", Unit.COUNT, count, count, zone=zone)
    else:
        yield hours("effort_hours", of, effort, company)
        yield hours("non_target_hours", of, effort, company)
    yield effort_share(of, effort, company)


def _ratio(name: str, top: Decimal, bottom: Decimal, company: Company) -> Figure:
    zone = accountable(metric(name), company)
    if not bottom:
        return Figure(name, Unit.SHARE, None, top, bottom, zone=zone, reason=NoValue.EMPTY_DENOMINATOR)
    return Figure(name, Unit.SHARE, top / bottom, top, bottom, zone=zone)
