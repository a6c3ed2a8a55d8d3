"""How does a table of figures look in a terminal?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES
from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict.result import CAUSE_NAMES, Part, Verdict, VerdictState
from smarketing.analyses.verdict.words import LABEL_NAMES, clock_name, headline, plan_name, question, sentence
from smarketing.cli.language import t
from smarketing.facts.company import Company
from smarketing.facts.language import Language
from smarketing.jobs.compared import Compared
from smarketing.metrics.catalogue import metric
from smarketing.metrics.kinds import Figure, Interval, Row, Unit
from smarketing.metrics.wording import (
    CLOCK_NAMES,
    DASH,
    ZONE_NAMES,
    Scale,
    money_scale,
    say,
    say_difference,
    say_interval,
    say_moment,
    say_number,
    say_period,
)

GAP = 2  # between columns


def print_measurement(console: Console, measurement: Measurement, company: Company, language: Language) -> None:
    """A measurement with what must be said beside it."""
    period = say_period(measurement.question.period).say(language)
    clock = CLOCK_NAMES[measurement.question.clock].say(language)
    console.print(f"{company.name} · {period} · {clock}", style="bold", highlight=False)
    grid = _grid(measurement, company, language)
    for block in _blocks(grid, console.width):
        console.print(_table(grid, block))
    _print_notes(console, [note.text.say(language) for note in measurement.notes])
    known = say_moment(measurement.known_until, company.tz).say(language)
    console.print(t(f"Данные до {known}.", f"Facts until {known}."), style="dim", highlight=False)


def print_compared(console: Console, found: Compared, company: Company, language: Language) -> None:
    """What the measurement is in the period or group compared with, and which differences are more than chance."""
    console.print()
    beside = t("Было", "Before") if found.group is None else found.group.say(language)
    console.print(beside, style="bold", highlight=False)
    print_measurement(console, found.before, company, language)
    if found.changes:
        console.print()
        console.print(_changes(found, language))


def _changes(found: Compared, language: Language) -> Table:
    heads = (t("Стало", "Now"), t("Было", "Before"), t("Разница", "Change"))
    if found.group is not None:
        heads = (t("Здесь", "Here"), t("Там", "There"), t("Разница", "Difference"))
    table = Table(box=None, pad_edge=False)
    for place, head in enumerate((t("Доля", "Share"), *heads)):
        table.add_column(head, justify="left" if place == 0 else "right")
    table.add_column(t("Оценка", "Judgement"))
    for change in found.changes:
        difference, judged = change.shift.difference if change.shift else None, found.judged(change)
        table.add_row(
            change.name.say(language),
            say(change.now, language),
            say(change.before, language) if change.before else DASH,
            DASH if difference is None else say_difference(difference, Unit.SHARE, language),
            judged.say(language) if judged else DASH,
        )
    return table


@dataclass(frozen=True)
class _Column:
    """One column of text; ``total`` stands under it."""

    head: str
    cells: tuple[str, ...]
    total: str
    is_whole: bool = False  # its words stand on one line

    @property
    def width(self) -> int:
        """Of the longest word of the head and the longest cell: narrower it would break inside a word."""
        words = [*self.head.split(), *self.cells, self.total]
        return max(map(len, words), default=1) + GAP


@dataclass(frozen=True)
class _Grid:
    keys: tuple[_Column, ...]
    figures: tuple[_Column, ...]


def _grid(measurement: Measurement, company: Company, language: Language) -> _Grid:
    scale = _scale(measurement)
    labels = [_keys(row, measurement, company, language) for row in measurement.rows]
    keys = [
        _Column(
            DIMENSION_NAMES[dimension].say(language),
            tuple(row[place] for row in labels),
            t("Всего", "Total") if place == 0 else "",
        )
        for place, dimension in enumerate(measurement.by)
    ]
    if measurement.has_marks:
        marks = tuple(_mark(row, language) for row in measurement.rows)
        keys.append(_Column(t("Отметка", "Mark"), marks, _mark(measurement.total, language), is_whole=True))
    figures = [
        _Column(
            metric(key).name.say(language),
            tuple(_cell(row.figures.get(key), company, language, scale) for row in measurement.rows),
            _cell(measurement.total.figures.get(key), company, language, scale),
        )
        for key in measurement.metrics
    ]
    return _Grid(tuple(keys), tuple(figures))


def _mark(row: Row, language: Language) -> str:
    return row.mark.text.say(language) if row.mark else ""


def _blocks(grid: _Grid, width: int) -> list[list[_Column]]:
    """Columns in as many tables as the terminal's width needs, one under the other."""
    room = width - sum(column.width for column in grid.keys)
    blocks: list[list[_Column]] = [[]]
    used = 0
    for column in grid.figures:
        if blocks[-1] and used + column.width > room:
            blocks.append([])
            used = 0
        blocks[-1].append(column)
        used += column.width
    return blocks


def _table(grid: _Grid, block: list[_Column]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", footer_style="bold", show_footer=True)
    for column in grid.keys:
        table.add_column(column.head, footer=column.total, no_wrap=column.is_whole)
    for column in block:
        table.add_column(column.head, footer=column.total, justify="right")
    columns = [*grid.keys, *block]
    for place in range(len(columns[0].cells) if columns else 0):
        table.add_row(*(column.cells[place] for column in columns))
    return table


def print_verdict(console: Console, verdict: Verdict, company: Company, language: Language) -> None:
    """The verdict: the conclusion, the causes that sum to the gap, the zones, what must be known beside."""
    console.print(headline(verdict, company).say(language), style="bold", highlight=False)
    against = plan_name(verdict)
    if verdict.state is not VerdictState.JUDGED or against is None:
        _print_notes(console, [note.text.say(language) for note in verdict.notes])
        return
    basis = f"{against.say(language)}; {clock_name(verdict).say(language)}"
    console.print(basis, style="dim", highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold", show_footer=True)
    scale = money_scale([verdict.plan, verdict.fact, *(part.effect for part in verdict.parts)])

    def money(amount: Decimal, *, signed: bool = True) -> str:
        return say_number(amount, Unit.MONEY, language, company.currency, scale, signed=signed)

    table.add_column(t("Причина", "Cause"), footer=t("Отклонение", "Gap"))
    table.add_column(t("Зона", "Zone"))
    table.add_column(t("Вклад", "Effect"), justify="right", footer=money(verdict.gap))
    table.add_column(
        t("Интервал 90 %", "90% interval"),
        justify="right",
        footer=_bounds(verdict.interval, language, company, scale),
    )
    table.add_column(
        t("Оценка", "Assessment"), footer=LABEL_NAMES[verdict.label].say(language) if verdict.label else ""
    )
    table.add_row(t("План", "Plan"), "", money(verdict.plan, signed=False), "", "", style="dim")
    for part in verdict.parts:
        table.add_row(*_part(part, language, company, scale, money(part.effect)))
    table.add_row(t("Факт", "Fact"), "", money(verdict.fact, signed=False), "", "", style="dim")
    console.print(table)
    for part in verdict.parts:
        asked = question(part)
        if asked:
            name = CAUSE_NAMES[part.cause].say(language)
            console.print(f"{name}. {sentence(part, company).say(language)}", highlight=False)
            console.print(f"  → {asked.say(language)}", highlight=False)
    _print_notes(console, [note.text.say(language) for note in verdict.notes])


def _part(part: Part, language: Language, company: Company, scale: Scale, effect: str) -> list[str]:
    return [
        CAUSE_NAMES[part.cause].say(language),
        ZONE_NAMES[part.zone].say(language),
        effect,
        _bounds(part.interval, language, company, scale),
        LABEL_NAMES[part.label].say(language) if part.label else "",
    ]


def _bounds(interval: Interval | None, language: Language, company: Company, scale: Scale) -> str:
    if interval is None:
        return ""
    return say_interval(interval, Unit.MONEY, language, company.currency, scale, signed=True)


def _scale(measurement: Measurement) -> Scale:
    rows = [*measurement.rows, measurement.total]
    money = [
        figure.value
        for row in rows
        for key, figure in row.figures.items()
        if figure.unit is Unit.MONEY and not metric(key).is_ratio
    ]
    return Scale.ONE if not money else money_scale(money)


def _keys(row: Row, measurement: Measurement, company: Company, language: Language) -> list[str]:
    return [
        say_key(company, dimension, key).say(language)
        for dimension, key in zip(measurement.by, row.keys, strict=True)
    ]


def _cell(figure: Figure | None, company: Company, language: Language, scale: Scale) -> str:
    if figure is None:
        return ""
    # A price of one thing next to a turnover in millions would read 0,00: only sums share the unit.
    own = Scale.ONE if metric(figure.metric).is_ratio else scale
    said = say(figure, language, company.currency, own)
    if figure.interval is None:
        return said
    return f"{said} {say_interval(figure.interval, figure.unit, language, company.currency, own)}"


def _print_notes(console: Console, notes: list[str]) -> None:
    for note in notes:
        console.print(f"· {note}", highlight=False)
