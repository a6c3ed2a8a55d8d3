"""How are losses shown? Reason by stage as a heat map of leads or of shares, and the newest months one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from smarketing.analyses.losses import Losses, Reason, StageLosses, top
from smarketing.analyses.losses import drill as loss_filter
from smarketing.analyses.question import EMPTY, Question
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import Scale, money_scale, money_unit, say, say_month, say_number
from smarketing.web.reports.page import Page
from smarketing.web.reports.tables import parts

SHADES = 5
MONTHS = 6
SHARES = "shares"
NOTHING = "·"


@dataclass(frozen=True)
class HeatCell:
    text: str
    href: str = ""
    shade: int = 0
    count: int = 0


@dataclass(frozen=True)
class HeatRow:
    name: Text
    cells: tuple[HeatCell, ...]
    total: HeatCell
    share: str
    title: str
    shift: Text | None
    amount: str


@dataclass(frozen=True)
class HeatMap:
    stages: tuple[Text, ...]
    rows: tuple[HeatRow, ...]
    lost: tuple[HeatCell, ...]
    open: tuple[HeatCell, ...]
    all_lost: HeatCell
    all_open: HeatCell
    money_unit: str
    amount: str
    is_shares: bool
    counts_href: str
    shares_href: str


@dataclass(frozen=True)
class MonthTable:
    """Lost leads by reason and month, newest month last."""

    months: tuple[Text, ...]
    rows: tuple[tuple[Text, tuple[HeatCell, ...]], ...]
    total: tuple[HeatCell, ...]


def heat_map(page: Page, losses: Losses) -> HeatMap:
    """Reason by stage; darker is more leads, by steps of the largest cell."""
    largest = max((cell.leads for reason in losses.reasons for cell in reason.cells), default=0)
    scale = money_scale([reason.amount.amount for reason in losses.reasons])
    whole = losses.lost if _wants_shares(page) else None
    return HeatMap(
        stages=tuple(stage.name for stage in losses.stages),
        rows=tuple(_heat_row(page, reason, largest, whole, scale) for reason in losses.reasons),
        lost=tuple(_cell(page, one.lost, _lost_at(page, one), whole) for one in losses.stages),
        open=tuple(_cell(page, one.open, _open_at(page, one), None) for one in losses.stages),
        all_lost=_cell(page, losses.lost, page.records("lost_leads", {"outcome": "lost"}), None),
        all_open=_cell(page, losses.open, still_open(page), None),
        money_unit=page.say(money_unit(page.company.currency, scale)),
        amount=_amount(page, losses.amount.amount, scale),
        is_shares=whole is not None,
        counts_href=page.href(losses=""),
        shares_href=page.href(losses=SHARES),
    )


def months_of(page: Page) -> Question:
    """The question of the last six months up to the end of the page's period."""
    last = page.today if page.question.period is None else min(page.question.period.last_day, page.today)
    start = Month.of(last).shift(1 - MONTHS).first
    period = Period(start, min(Month.of(last).period.last_day, page.today) + timedelta(days=1))
    return replace(page.question, period=period, compare=None, by=("month",))


def month_table(page: Page, question: Question, losses: Losses) -> MonthTable | None:
    """The six most frequent reasons of these months, the rest together; None where nothing was lost."""
    if question.period is None or not losses.lost:
        return None
    there = replace(page, said=replace(page.said, period=question.period, compare=None))
    counted = {(one.reason, one.month): one.leads for one in losses.months}
    shown = top(losses.reasons)
    named = {reason.key for reason in shown if reason.key != ""}
    rows = []
    for reason in shown:
        keys = [reason.key] if reason.key != "" else [one.key for one in losses.reasons if one.key not in named]
        rows.append((reason.name, _month_cells(there, question.period.months, counted, keys)))
    total = _month_cells(there, question.period.months, counted, ())
    return MonthTable(tuple(say_month(month, page.today) for month in question.period.months), tuple(rows), total)


def shade(count: int, largest: int) -> int:
    """0 for nothing, then five steps of the largest, so that a few losses stay pale."""
    if not count or not largest:
        return 0
    return min(int(count / largest * SHADES) + 1, SHADES)


def still_open(page: Page) -> str:
    """The leads still in work; by the period clock those of all days, as the losses count them."""
    return _of_now(page).records("open_leads", {})


def _wants_shares(page: Page) -> bool:
    wanted = page.request.GET.get("losses", "")
    if wanted not in ("", SHARES):
        raise WrongQuestion("bad-losses", Text("losses бывает только shares.", "losses may only be shares."))
    return wanted == SHARES


def _heat_row(page: Page, reason: Reason, largest: int, whole: int | None, scale: Scale) -> HeatRow:
    cells = tuple(
        replace(_cell(page, cell.leads, _where(page, cell.where), whole), shade=shade(cell.leads, largest))
        for cell in reason.cells
    )
    return HeatRow(
        name=reason.name,
        cells=cells,
        total=_cell(page, reason.leads, _where(page, _of_reason(reason.key)), None),
        share=say(reason.share, page.language),
        title=parts(reason.share, page.language),
        shift=LABEL_NAMES[reason.shift.label] if reason.shift else None,
        amount=_amount(page, reason.amount.amount, scale),
    )


def _cell(page: Page, count: int, href: str, whole: int | None) -> HeatCell:
    """A count, or its share of all lost leads; a nought is a point and leads nowhere."""
    if not count:
        return HeatCell(NOTHING)
    if whole:
        return HeatCell(say_number(Decimal(count) / whole, Unit.SHARE, page.language), href, count=count)
    return HeatCell(say_number(count, Unit.COUNT, page.language), href, count=count)


def _month_cells(
    there: Page,
    months: Sequence[Month],
    counted: Mapping[tuple[str | None, Month], int],
    keys: Sequence[str | None],
) -> tuple[HeatCell, ...]:
    """A cell for each month of the losses for these reasons; no reasons: of all."""
    cells = []
    for month in months:
        count = sum(number for (key, of), number in counted.items() if of == month and (not keys or key in keys))
        where: dict[str, str | int | None] = {"outcome": "lost", "month": month.number}
        narrowed = there if not keys else _only(there, keys)
        cells.append(_cell(there, count, narrowed.records("lost_leads", where), None))
    return tuple(cells)


def _only(page: Page, reasons: Sequence[str | None]) -> Page:
    return replace(page, said=page.said.only("loss_reason", *(reason or EMPTY for reason in reasons)))


def _of_reason(key: str | None) -> dict[str, tuple[str, ...]]:
    found = dict(loss_filter(key, None))
    found.pop("loss_stage")
    return found


def _lost_at(page: Page, stage: StageLosses) -> str:
    return page.records("lost_leads", {"outcome": "lost", "loss_stage": stage.key})


def _open_at(page: Page, stage: StageLosses) -> str:
    known = {one.key for one in page.company.path}
    return page.records("stage_open", {}, step=stage.key) if stage.key in known and stage.key else ""


def _of_now(page: Page) -> Page:
    """By the period clock open leads are those of now, whenever they came."""
    return page if page.question.clock is Clock.COHORT else replace(page, said=page.said.over(None))


def _where(page: Page, where: Mapping[str, tuple[str, ...]]) -> str:
    return page.records("lost_leads", {dimension: values[0] or None for dimension, values in where.items()})


def _amount(page: Page, amount: Decimal, scale: Scale) -> str:
    return say_number(amount, Unit.MONEY, page.language, page.company.currency, scale, bare=True)
