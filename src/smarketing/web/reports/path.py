"""How is a funnel shown? The path with its bars, the transitions with their chance, what became of the leads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.safestring import SafeString, mark_safe

from smarketing.analyses.funnel import Funnel, Kind, Step, Transition
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import EMPTY, Question
from smarketing.analyses.verdict.words import GROUP_LABEL_NAMES, LABEL_NAMES
from smarketing.charts.drawing import inline_svg
from smarketing.charts.funnel_bars import BEFORE, bars_of, funnel_bars
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import (
    DASH,
    Scale,
    money_scale,
    say,
    say_difference,
    say_interval,
    say_no_value,
    say_number,
    say_period,
    say_working,
)
from smarketing.stats.uncertainty import Label
from smarketing.web.reports.asking import word_for
from smarketing.web.reports.lost import still_open
from smarketing.web.reports.page import Page, definition
from smarketing.web.reports.tables import ZONE_CLASS, is_low, parts

_THEIRS = Text("у них {count}", "theirs {count}")


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
    time_href: str


@dataclass(frozen=True)
class TotalLine:
    name: Text
    text: str
    definition: str
    href: str = ""


def against(page: Page) -> Question | None:
    """The same days of the segment that the address compares with.

    None where no other segment is chosen: all leads hold every segment, and the same leads on both sides are no
    comparison. Raises :class:`WrongQuestion` for a segment that no lead has.
    """
    word = page.request.GET.get("against", "")
    if not word:
        return None
    every = {word_for(value): value for value in page.values("segment")}
    if word not in every:
        hint = did_you_mean(word, every)
        raise WrongQuestion(
            "unknown-segment",
            Text(f"Сегмента «{word}» нет. {hint.ru}", f"There is no segment “{word}”. {hint.en}"),
        )
    if word not in dict(_segments(page)):
        return None
    return replace(page.question, compare=None).only("segment", every[word] or EMPTY)


def rivals(page: Page) -> list[tuple[Text, str, bool]]:
    """The segments that the chosen one can be held against, each with its address; a second press takes it off."""
    chosen = page.request.GET.get("against", "")
    return [
        (
            say_key(page.company, "segment", value),
            page.href(against="" if word == chosen else word),
            word == chosen,
        )
        for word, value in _segments(page)
    ]


def compared(page: Page, funnel: Funnel) -> Text | None:
    """What the funnel is held against, in words."""
    other = against(page)
    if other is not None:
        return say_key(page.company, "segment", other.where["segment"][0] or None)
    compare = funnel.question.compare
    return say_period(compare, page.today) if compare else None


def _segments(page: Page) -> list[tuple[str, str | None]]:
    """The segments beside the chosen ones, none where none is chosen."""
    mine = page.said.where.get("segment", ())
    if not mine:
        return []
    return [(word_for(value), value) for value in page.values("segment") if (value or EMPTY) not in mine]


def drawing(page: Page, funnel: Funnel) -> SafeString:
    """The path as bars, before as an outline; the same figures stand in the table below."""
    other = funnel.comparison.question.where if funnel.comparison else ""
    key = f"{page.language}:{funnel.kind}:{other}"
    beside = _THEIRS if against(page) else BEFORE
    found = page.facts.answer(
        f"funnel-drawing:{key}",
        funnel.question,
        lambda: inline_svg(lambda size: funnel_bars(bars_of(funnel), size, page.language, beside), "funnel"),
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


def totals(page: Page, funnel: Funnel) -> list[TotalLine]:
    """What became of the leads, in figures; each opens its leads where they can be told apart."""
    found = funnel.totals
    doors = {
        "lost_leads": page.records("lost_leads", {"outcome": "lost"}),
        "open_leads": still_open(page),
    }
    shown = [
        TotalLine(
            name, say_number(number, Unit.COUNT, page.language), definition(key),
            (doors.get(key) or page.records(key, {})) if number else "",
        )
        for name, number, key in of_totals(funnel)
    ]  # fmt: skip
    if found.median_won_seconds is not None:
        time = say_number(found.median_won_seconds, Unit.SECONDS, page.language)
        shown.append(
            TotalLine(
                Text("До продажи, медиана", "Time to sale, median"),
                time,
                definition("cycle_days"),
                page.records("sales", {}),
            )
        )
    return shown


def of_totals(funnel: Funnel) -> list[tuple[Text, int, str]]:
    """What became of the leads: the name, how many, and the metric that defines it."""
    found = funnel.totals
    return [
        (Text("Лиды", "Leads"), found.leads, "leads"),
        (Text("Продажи", "Sales"), found.won, "sales"),
        (Text("Потеряно", "Lost"), found.lost, "lost_leads"),
        (Text("Ещё в работе", "Still open"), found.open, "open_leads"),
        (Text("Вернулись на раннюю стадию", "Went back a stage"), found.returned, "lead_returns"),
        (Text("Открыты снова после отказа", "Reopened after a loss"), found.reopened, "lead_reopenings"),
    ]


def _transition(
    page: Page, funnel: Funnel, start: Step, end: Step, transition: Transition | None, scale: Scale
) -> TransitionLine:
    figure = end.conversion
    before = transition.before if transition else None
    worth = transition.worth if transition else None
    money = page.company.currency
    difference = transition.shift.difference if transition and transition.shift else None
    names = GROUP_LABEL_NAMES if against(page) else LABEL_NAMES
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
        label=names[transition.label] if transition and transition.label else None,
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
        time_href=page.records("stage_reached", {}, step=start.key, kind=_kind(funnel)),
    )


def _kind(funnel: Funnel) -> str:
    return "" if funnel.kind is Kind.STAGES else funnel.kind.value


def _figure(page: Page, figure: Figure | None) -> str:
    return say(figure, page.language) if figure is not None else DASH
