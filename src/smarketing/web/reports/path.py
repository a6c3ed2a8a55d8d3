"""How is a funnel shown: the path with its bars, the transitions with their chance, the losses as a heat map?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from smarketing.analyses.funnel import Funnel, Kind, Step, Transition
from smarketing.analyses.losses import Losses, Reason
from smarketing.analyses.losses import drill as loss_filter
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.charts.drawing import inline_svg
from smarketing.charts.funnel_bars import bars_of, funnel_bars
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import (
    DASH,
    Scale,
    money_scale,
    money_unit,
    say,
    say_difference,
    say_interval,
    say_no_value,
    say_number,
    say_working,
)
from smarketing.stats.uncertainty import Label
from smarketing.web.reports.page import Page
from smarketing.web.reports.tables import ZONE_CLASS, is_low, parts

SHADES = 5


@dataclass(frozen=True)
class TransitionLine:
    name: Text
    zone_class: str
    conversion: str
    why: str
    title: str
    interval: str
    href: str
    before: str
    difference: str
    label: Text | None
    is_notable: bool
    money: str
    money_interval: str
    money_is_certain: bool
    median: str
    p90: str
    norm: str
    lost: str
    lost_href: str
    open: str
    open_href: str


@dataclass(frozen=True)
class HeatCell:
    text: str
    href: str
    shade: int


@dataclass(frozen=True)
class HeatRow:
    name: Text
    cells: tuple[HeatCell, ...]
    total: HeatCell
    share: str
    shift: Text | None
    amount: str


@dataclass(frozen=True)
class HeatMap:
    stages: tuple[Text, ...]
    rows: tuple[HeatRow, ...]
    lost: tuple[HeatCell, ...]
    open: tuple[HeatCell, ...]
    all_lost: str
    all_open: str
    money_unit: str
    amount: str


def drawing(page: Page, funnel: Funnel) -> SafeString:
    """The path as bars, before as an outline; the same figures stand in the table below."""
    key = f"{page.language}:{funnel.kind}"
    found = page.facts.answer(
        f"funnel-drawing:{key}",
        funnel.question,
        lambda: inline_svg(lambda size: funnel_bars(bars_of(funnel), size, page.language), "funnel"),
    )
    return mark_safe(found)  # noqa: S308 - drawn here from figures and names, which the drawing escapes


def transitions(page: Page, funnel: Funnel) -> list[TransitionLine]:
    """From step to step: the share, what it was, whether that is chance, what it costs, how long it takes."""
    moved = {one.end: one for one in funnel.comparison.transitions} if funnel.comparison else {}
    scale = worth_scale(funnel)
    pairs = zip(funnel.steps, funnel.steps[1:], strict=False)
    return [_transition(page, funnel, start, end, moved.get(end.key), scale) for start, end in pairs]


def worth_scale(funnel: Funnel) -> Scale:
    """The one unit of what the former rates would bring."""
    found = funnel.comparison.transitions if funnel.comparison else ()
    return money_scale([one.worth.amount.amount for one in found if one.worth])


def totals(page: Page, funnel: Funnel) -> list[tuple[Text, str]]:
    """What became of the leads, in figures."""
    found = funnel.totals
    counted = [
        (Text("Лиды", "Leads"), found.leads),
        (Text("Продажи", "Sales"), found.won),
        (Text("Потеряно", "Lost"), found.lost),
        (Text("Ещё в работе", "Still open"), found.open),
        (Text("Вернулись на раннюю стадию", "Went back a stage"), found.returned),
        (Text("Открыты снова после отказа", "Reopened after a loss"), found.reopened),
    ]
    lines = [(name, say_number(number, Unit.COUNT, page.language)) for name, number in counted]
    if found.median_won_seconds is not None:
        time = say_number(found.median_won_seconds, Unit.SECONDS, page.language)
        lines.append((Text("До продажи, медиана", "Time to sale, median"), time))
    return lines


def heat_map(page: Page, losses: Losses) -> HeatMap:
    """Reason by stage; darker is more leads, by steps of the largest cell."""
    largest = max((cell.leads for reason in losses.reasons for cell in reason.cells), default=0)
    scale = money_scale([reason.amount.amount for reason in losses.reasons])
    money, known = page.company.currency, {stage.key for stage in page.company.path}
    return HeatMap(
        stages=tuple(stage.name for stage in losses.stages),
        rows=tuple(_heat_row(page, reason, largest, losses) for reason in losses.reasons),
        lost=tuple(_plain(page, stage.lost, _where(page, stage=stage.key)) for stage in losses.stages),
        open=tuple(
            _plain(page, stage.open, page.records("stage_open", {}, step=stage.key) if stage.key in known else "")
            for stage in losses.stages
        ),
        all_lost=say_number(losses.lost, Unit.COUNT, page.language),
        all_open=say_number(losses.open, Unit.COUNT, page.language),
        money_unit=page.say(money_unit(money, scale)),
        amount=say_number(losses.amount.amount, Unit.MONEY, page.language, money, scale, bare=True),
    )


def _transition(
    page: Page, funnel: Funnel, start: Step, end: Step, transition: Transition | None, scale: Scale
) -> TransitionLine:
    figure = end.conversion
    before = transition.before if transition else None
    worth = transition.worth if transition else None
    money = page.company.currency
    difference = transition.shift.difference if transition and transition.shift else None
    return TransitionLine(
        name=Text(f"{start.step.name.ru} → {end.step.name.ru}", f"{start.step.name.en} → {end.step.name.en}"),
        zone_class=ZONE_CLASS[end.step.zone],
        conversion=_figure(page, figure),
        why=page.say(say_no_value(figure.reason)) if figure and figure.value is None else "",
        title=parts(figure, page.language) if figure else "",
        interval=say_interval(figure.interval, Unit.SHARE, page.language)
        if figure and figure.interval and is_low(figure)
        else "",
        href=page.records("stage_reached", {}, step=end.key, kind=_kind(funnel)),
        before=_figure(page, before),
        difference=DASH if difference is None else say_difference(difference, Unit.SHARE, page.language),
        label=LABEL_NAMES[transition.label] if transition and transition.label else None,
        is_notable=bool(transition and transition.label is Label.CONFIRMED),
        money=say_number(worth.amount.amount, Unit.MONEY, page.language, money, scale, signed=True, bare=True)
        if worth
        else DASH,
        money_interval=say_interval(worth.interval, Unit.MONEY, page.language, money, scale, signed=True)
        if worth
        else "",
        money_is_certain=bool(worth and worth.is_certain),
        median=_figure(page, start.median_seconds),
        p90=_figure(page, start.p90_seconds),
        norm=page.say(say_working(start.step.sla_minutes * 60)) if start.step.sla_minutes else DASH,
        lost=say_number(start.counts.lost, Unit.COUNT, page.language),
        lost_href=page.records("stage_lost", {}, step=start.key, kind=_kind(funnel)),
        open=say_number(start.counts.open, Unit.COUNT, page.language),
        open_href=page.records("stage_open", {}, step=start.key, kind=_kind(funnel)),
    )


def _kind(funnel: Funnel) -> str:
    return "" if funnel.kind is Kind.STAGES else funnel.kind.value


def _figure(page: Page, figure: Figure | None) -> str:
    return say(figure, page.language) if figure is not None else DASH


def _heat_row(page: Page, reason: Reason, largest: int, losses: Losses) -> HeatRow:
    scale = money_scale([one.amount.amount for one in losses.reasons])
    cells = tuple(
        HeatCell(
            say_number(cell.leads, Unit.COUNT, page.language) if cell.leads else "·",
            _where(page, cell.where) if cell.leads else "",
            shade(cell.leads, largest),
        )
        for cell in reason.cells
    )
    return HeatRow(
        name=reason.name,
        cells=cells,
        total=_plain(page, reason.leads, _where(page, _of_reason(reason.key))),
        share=_figure(page, reason.share),
        shift=LABEL_NAMES[reason.shift.label] if reason.shift else None,
        amount=say_number(
            reason.amount.amount, Unit.MONEY, page.language, page.company.currency, scale, bare=True
        ),
    )


def shade(count: int, largest: int) -> int:
    """0 for nothing, then five steps of the largest, so that a few losses stay pale."""
    if not count or not largest:
        return 0
    return min(int(count / largest * SHADES) + 1, SHADES)


def _of_reason(key: str | None) -> dict[str, tuple[str, ...]]:
    found = dict(loss_filter(key, None))
    found.pop("loss_stage")
    return found


def _where(page: Page, where: Mapping[str, tuple[str, ...]] | None = None, stage: str | None = "") -> str:
    filters = dict(where or {"outcome": ("lost",)})
    if where is None:
        filters["loss_stage"] = (stage or "",)
    keys = {dimension: values[0] or None for dimension, values in filters.items()}
    return page.records("lost_leads", keys)


def _plain(page: Page, count: int, href: str) -> HeatCell:
    return HeatCell(say_number(count, Unit.COUNT, page.language), href if count else "", 0)
