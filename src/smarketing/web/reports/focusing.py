"""How is focus shown? Amounts and shares by segment, what lies on the focus segment, how far departments part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from smarketing.analyses.focus import Distance, Effort, Focus, FocusShare, Resource
from smarketing.analyses.focus.gathering import MEASURED
from smarketing.analyses.focus.result import SHARE_METRICS, ZONES, Amounts
from smarketing.analyses.focus.words import NAMES
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import EMPTY
from smarketing.analyses.result import Note
from smarketing.charts.drawing import inline_svg
from smarketing.charts.stacked_share import shares_of, stacked_share
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import (
    DASH,
    ZONE_NAMES,
    Scale,
    money_scale,
    money_unit,
    say,
    say_difference,
    say_interval,
    say_no_value,
    say_number,
)
from smarketing.web.reports.cockpit.strip import Stat
from smarketing.web.reports.page import Page, definition
from smarketing.web.reports.tables import ZONE_CLASS

# What the page itself says in a place of its own.
_SAID = ("focus", "focus-segment", "distances", "together", "under-test")
_MONEY = (Resource.SPEND, Resource.REVENUE)
_HOURS = Text("ч", "h")
_ACTIONS = Text("действия", "actions")


@dataclass(frozen=True)
class Head:
    name: Text
    unit: str
    zone_class: str
    definition: str


@dataclass(frozen=True)
class Cell:
    """An amount and the share it makes; a dash where the facts are not loaded."""

    text: str
    share: str
    href: str


@dataclass(frozen=True)
class SegmentRow:
    name: Text
    is_focus: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class OnFocus:
    """Which share of a resource the focus segment gets."""

    name: Text
    zone: Text
    zone_class: str
    share: str
    interval: str
    before: str
    gap: str
    href: str


@dataclass(frozen=True)
class Apart:
    """How much of one resource would have to move to lie as the other does."""

    name: Text
    share: str
    interval: str
    before: str
    bits: str


def strip(page: Page, found: Focus) -> list[Stat]:
    """How far every department is from the revenue, and what non-target leads take of sellers."""
    apart = [
        Stat(
            Text(f"{_capital(NAMES[one]).ru} и выручка", f"{_capital(NAMES[one]).en} and revenue"),
            _percent(page, distance.variation), "",
            Text("расходится: столько пришлось бы переложить", "apart: so much would have to move"), "#apart",
        )
        for one in (Resource.SPEND, Resource.LEADS, Resource.EFFORT)
        if (distance := found.distance(one, Resource.REVENUE)) is not None
    ]  # fmt: skip
    return [*apart, *_wasted(page, found)]


def _wasted(page: Page, found: Focus) -> list[Stat]:
    share, hours = found.non_target_effort, found.non_target_hours
    if share.value is None:
        return []
    caption = Text("усилий продаж ушло на нецелевых лидов", "of sellers' effort went to non-target leads")
    records = page.records("non_target_leads", {})
    made = [Stat(Text("Усилия на нецелевых", "Effort on non-target"), _figure(page, share), "", caption, records)]
    if hours.value is not None:
        caption = Text("за эти дни на лидов, не прошедших критерии", "on leads that did not meet the criteria")
        name = Text("Часы на нецелевых", "Hours on non-target")
        made.append(Stat(name, _hours(page, Decimal(str(hours.value))), page.say(_HOURS), caption, records))
    return made


def drawing(page: Page, found: Focus) -> SafeString | None:
    """One bar of 100 % for every resource; None where nothing is loaded."""
    if not found.shares:
        return None
    bars = shares_of(found, page.company)
    drawn = page.facts.answer(
        f"focus-shares:{page.language}",
        page.question,
        lambda: inline_svg(lambda size: stacked_share(bars, size, page.language), "focus"),
    )
    return mark_safe(drawn)  # noqa: S308 - drawn here from figures and names, which the drawing escapes


def heads(page: Page, found: Focus) -> list[Head]:
    """A column for every resource, then what non-target leads took."""
    made = [
        Head(_capital(NAMES[one]), _unit(page, found, one), ZONE_CLASS[ZONES[one]], definition(SHARE_METRICS[one]))
        for one in Resource
    ]
    wasted = Text("На нецелевых", "On non-target")
    unit = _unit(page, found, Resource.EFFORT)
    return [*made, Head(wasted, unit, ZONE_CLASS[ZONES[Resource.EFFORT]], definition("non_target_effort_share"))]


def rows(page: Page, found: Focus) -> list[SegmentRow]:
    """The segments of the shares, in the company's order."""
    return [_row(page, found, one, with_shares=True) for one in found.segments]


def tested(page: Page, found: Focus) -> list[SegmentRow]:
    """Segments under test: in no share and in no distance."""
    return [_row(page, found, one, with_shares=False) for one in found.under_test]


def total(page: Page, found: Focus) -> tuple[Cell, ...]:
    """Of all segments that are in the shares; the rows shown sum to it."""
    sums = [sum((one.of[resource] for one in found.segments), Decimal(0)) for resource in Resource]
    hours = sum((one.hours for one in found.segments), Decimal(0))
    wasted = sum((one.non_target for one in found.segments), Decimal(0))
    made = Amounts(
        None, dict(zip(Resource, sums, strict=True)), hours, sum(o.actions for o in found.segments), wasted
    )
    segments = [one.segment or EMPTY for one in found.segments]
    whole = replace(page, said=page.said.only("segment", *segments)) if found.under_test else page
    known = [whole.records(MEASURED.get(resource, "leads"), {}) for resource in Resource]
    hrefs = (*known, whole.records("non_target_leads", {}))
    cells = _row(page, found, made, with_shares=False).cells
    return tuple(
        Cell(cell.text, "", "" if cell.text == DASH else href) for cell, href in zip(cells, hrefs, strict=True)
    )


def shares(page: Page, found: Focus, before: Focus | None) -> list[OnFocus]:
    """The focus segment's share of every resource, beside its share of revenue."""
    old = {one.resource: one.figure for one in before.focus_shares} if before else {}
    return [_on_focus(page, found, one, old.get(one.resource)) for one in found.focus_shares]


def distances(page: Page, found: Focus, before: Focus | None) -> list[Apart]:
    """Every two resources whose segments are known well enough."""
    return [
        _apart(page, one, before.distance(one.first, one.second) if before else None) for one in found.distances
    ]


def together(page: Page, found: Focus) -> str:
    """Jensen-Shannon of spend, leads, effort and revenue at once; nothing where one of them is not known."""
    return "" if found.together is None else _bits(page, found.together)


def note_of(found: Focus, code: str) -> Text | None:
    return next((note.text for note in found.table.notes if note.code == code), None)


def notes(found: Focus) -> list[Note]:
    """What the page has not said yet."""
    return [note for note in found.table.notes if note.code not in _SAID]


def _row(page: Page, found: Focus, one: Amounts, *, with_shares: bool) -> SegmentRow:
    cells = [_cell(page, found, one, resource, with_shares=with_shares) for resource in Resource]
    return SegmentRow(
        say_key(page.company, "segment", one.segment),
        one.segment is not None and one.segment == found.focus_segment,
        (*cells, _wasted_cell(page, found, one)),
    )


def _cell(page: Page, found: Focus, one: Amounts, resource: Resource, *, with_shares: bool) -> Cell:
    known = (
        resource in found.shares if with_shares else found.effort is not None or resource is not Resource.EFFORT
    )
    if not known:
        return Cell(DASH, "", "")
    share = found.shares[resource].get(one.segment, 0.0) if with_shares else None
    key = MEASURED.get(resource, "leads")
    return Cell(
        _amount(page, found, one, resource),
        "" if share is None else _percent(page, share),
        page.records(key, {"segment": one.segment}),
    )


def _wasted_cell(page: Page, found: Focus, one: Amounts) -> Cell:
    if found.effort is None:
        return Cell(DASH, "", "")
    amount, whole = one.non_target, one.of[Resource.EFFORT]
    text = _hours(page, amount / 60) if found.effort is Effort.MINUTES else _count(page, amount)
    share = _percent(page, float(amount / whole)) if whole else ""
    return Cell(text, share, page.records("non_target_leads", {"segment": one.segment}))


def _amount(page: Page, found: Focus, one: Amounts, resource: Resource) -> str:
    if resource in _MONEY:
        scale = _scale(found)
        return say_number(one.of[resource], Unit.MONEY, page.language, "", scale, bare=True)
    if resource is not Resource.EFFORT:
        return _count(page, one.of[resource])
    return _hours(page, one.hours) if found.effort is Effort.MINUTES else _count(page, Decimal(one.actions))


def _unit(page: Page, found: Focus, resource: Resource) -> str:
    if resource in _MONEY:
        return page.say(money_unit(page.company.currency, _scale(found)))
    if resource is not Resource.EFFORT:
        return ""
    return page.say(_HOURS if found.effort is Effort.MINUTES else _ACTIONS)


def _scale(found: Focus) -> Scale:
    return money_scale([one.of[resource] for one in found.segments for resource in _MONEY])


def _on_focus(page: Page, found: Focus, one: FocusShare, old: Figure | None) -> OnFocus:
    figure, interval = one.figure, one.figure.interval
    return OnFocus(
        name=_capital(NAMES[one.resource]),
        zone=ZONE_NAMES[one.zone],
        zone_class=ZONE_CLASS[one.zone],
        share=_figure(page, figure),
        interval=say_interval(interval, Unit.SHARE, page.language) if interval else "",
        before=_figure(page, old) if old else "",
        gap="" if one.gap is None else say_difference(one.gap, Unit.SHARE, page.language),
        href=page.records(MEASURED.get(one.resource, "leads"), {"segment": found.focus_segment}),
    )


def _apart(page: Page, one: Distance, old: Distance | None) -> Apart:
    interval = one.variation_interval
    first, second = NAMES[one.first], NAMES[one.second]
    return Apart(
        name=Text(f"{_capital(first).ru} и {second.ru}", f"{_capital(first).en} and {second.en}"),
        share=_percent(page, one.variation),
        interval=say_interval(interval, Unit.SHARE, page.language) if interval else "",
        before=_percent(page, old.variation) if old else "",
        bits=_bits(page, one.bits),
    )


def _percent(page: Page, share: float) -> str:
    return say_number(Decimal(str(round(share, 6))), Unit.SHARE, page.language)


def _bits(page: Page, bits: float) -> str:
    return say_number(Decimal(str(round(bits, 6))), Unit.RATIO, page.language, digits=3)


def _hours(page: Page, hours: Decimal) -> str:
    return say_number(hours, Unit.RATIO, page.language, digits=0 if hours >= 10 else 1)


def _count(page: Page, amount: Decimal) -> str:
    return say_number(amount, Unit.COUNT, page.language)


def _figure(page: Page, figure: Figure) -> str:
    return say(figure, page.language) if figure.value is not None else page.say(say_no_value(figure.reason))


def _capital(text: Text) -> Text:
    return Text(text.ru[:1].upper() + text.ru[1:], text.en[:1].upper() + text.en[1:])
