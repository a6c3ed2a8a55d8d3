"""How does a measurement become a table on a page? One component for all pages; the template writes it down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES
from smarketing.analyses.result import Measurement, Note
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import Language, Text, same
from smarketing.facts.period import Month, Period
from smarketing.metrics.catalogue import METRICS, metric, name_of
from smarketing.metrics.kinds import Figure, NoValue, Number, Row, Unit
from smarketing.metrics.wording import (
    DASH,
    Scale,
    money_scale,
    money_unit,
    say,
    say_interval,
    say_level,
    say_no_value,
    say_working,
)

LOW_N = 10  # design.md: rates of fewer sales are grey with the interval beneath
# Costs per thing are read to the rouble, sums in the page's unit.
_PER_THING = frozenset({"cpl", "cptl", "cpql", "cac_paid", "cac_full"})
_WORKING_TIME = frozenset({"response_median", "response_p90", "forgotten_median_age", "forgotten_oldest_age"})
MILLION_FROM = 10_000_000  # below, a row of some thousands would read 0,00
_BARS = frozenset({"spend", "leads", "revenue"})
ZONE_CLASS = {Zone.MARKETING: "m", Zone.SALES: "s", Zone.JOINT: "ms", Zone.COMPANY: "co"}

Drill = Callable[[str, Mapping[str, str | int | None]], str]


@dataclass(frozen=True)
class Group:
    """A head over several columns; ``metrics`` in their order."""

    name: Text
    metrics: tuple[str, ...]
    zone: Zone | None = None


@dataclass(frozen=True)
class Head:
    key: str
    name: str
    unit: str
    tip: str
    definition: str  # address
    sort: str  # address
    order: str = ""  # ascending, descending
    starts_group: bool = False


@dataclass(frozen=True)
class GroupHead:
    name: str
    span: int
    zone_class: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""
    why: str = ""  # of a dash
    interval: str = ""
    is_low: bool = False
    bar: int | None = None  # per cent of the column's largest
    starts_group: bool = False
    title: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    cells: tuple[Cell, ...]
    href: str = ""
    pill: str = ""
    pill_class: str = ""
    parent: str = ""  # of a row of the second level
    tree: str = ""  # of a row that has such rows
    is_group: bool = False


@dataclass(frozen=True)
class Table:
    caption: str
    first_head: str
    first_sort: str
    first_order: str
    groups: tuple[GroupHead, ...]
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    total: Line
    notes: tuple[Note, ...]
    has_low: bool = False


@dataclass(frozen=True)
class Look:
    """How this reader wants this table."""

    company: Company
    language: Language
    caption: str
    drill: Drill
    sort_href: Callable[[str], str]
    definition: Callable[[str], str]
    sort: str = ""  # metric key, a leading minus for descending; "name" for the label
    today: date | None = None
    groups: tuple[Group, ...] = ()
    intervals: frozenset[str] = frozenset()  # metrics whose interval stands under every figure
    mark: Callable[[Row], Text | None] = lambda _row: None  # what a row is marked with, if anything


def table(measurement: Measurement, look: Look, parents: Measurement | None = None) -> Table:
    """The table of a measurement; ``parents`` is the same question by the first dimension alone, for the tree."""
    maker = _Maker(measurement, look, parents)
    lines = maker.tree(parents) if parents else [maker.line(row) for row in maker.sorted(measurement.rows)]
    total = replace(maker.line(measurement.total, bars=False), label=Text("Всего", "Total").say(look.language))
    cells = [cell for line in (*lines, total) for cell in line.cells]
    return Table(
        caption=look.caption,
        first_head=maker.first_head,
        first_sort=look.sort_href(_turned("name", look.sort)),
        first_order=_order("name", look.sort),
        groups=maker.group_heads(),
        heads=maker.heads(),
        lines=tuple(lines),
        total=total,
        notes=measurement.notes,
        has_low=any(cell.is_low for cell in cells),
    )


class _Maker:
    """Writes the rows of one measurement; knows the units and the largest values of its columns."""

    def __init__(self, measurement: Measurement, look: Look, parents: Measurement | None) -> None:
        self.measurement, self.look = measurement, look
        self.company, self.language = look.company, look.language
        self.columns = _columns(measurement, look.groups)
        self.starts = {group.metrics[0] for group in _present(look.groups, self.columns)}
        self.scales = {key: self._scale(key) for key in self.columns}
        self.largest = _largest(measurement.rows if parents is None else parents.rows, self.columns)

    @property
    def first_head(self) -> str:
        names = [DIMENSION_NAMES.get(dimension, same(dimension)) for dimension in self.measurement.by]
        first, *rest = [name.say(self.language) for name in names] or [""]
        return ", ".join([first, *(name.lower() for name in rest)])

    def heads(self) -> tuple[Head, ...]:
        return tuple(self._head(key) for key in self.columns)

    def group_heads(self) -> tuple[GroupHead, ...]:
        found = []
        for group in _present(self.look.groups, self.columns):
            span = len(group.metrics)
            zone = ZONE_CLASS[group.zone] if group.zone else ""
            found.append(GroupHead(group.name.say(self.language), span, zone))
        return tuple(found)

    def sorted(self, rows: Sequence[Row]) -> list[Row]:
        sort = self.look.sort
        key = sort.removeprefix("-")
        if key == "name":
            return sorted(rows, key=lambda row: self._label(row).casefold(), reverse=sort.startswith("-"))
        if key not in self.columns:
            return list(rows)
        known = [row for row in rows if _value(row, key) is not None]
        unknown = [row for row in rows if _value(row, key) is None]
        return sorted(known, key=lambda row: _value(row, key) or 0, reverse=sort.startswith("-")) + unknown

    def tree(self, parents: Measurement) -> list[Line]:
        lines: list[Line] = []
        for parent in self.sorted(parents.rows):
            kids = self.sorted([row for row in self.measurement.rows if row.keys[0] == parent.keys[0]])
            name = f"t{len(lines)}"
            line = self.line(parent)
            lines.append(replace(line, tree=name if kids else "", is_group=True))
            lines += [replace(self.line(kid, bars=False), parent=name) for kid in kids]
        return lines

    def line(self, row: Row, *, bars: bool = True) -> Line:
        keys = dict(zip(self.measurement.by, row.keys, strict=False))
        cells = tuple(self._cell(row, key, keys, bars=bars) for key in self.columns)
        marked = self.look.mark(row)
        pill = marked.say(self.language) if marked else self._pill(keys)
        return Line(self._label(row), cells, pill=pill, pill_class="warn" if marked else "")

    def _label(self, row: Row) -> str:
        if not row.keys:
            return ""
        place = len(row.keys) - 1
        return say_key(self.company, self.measurement.by[place], row.keys[place], self.look.today).say(
            self.language
        )

    def _pill(self, keys: Mapping[str, str | int | None]) -> str:
        focus = self.company.focus_segment
        if focus is None or len(keys) != 1 or keys.get("segment") != focus.key:
            return ""
        return Text("фокус", "focus").say(self.language)

    def _cell(self, row: Row, key: str, keys: Mapping[str, str | int | None], *, bars: bool) -> Cell:
        figure = row.figures.get(key)
        starts = key in self.starts
        if figure is None or figure.value is None:
            reason = figure.reason if figure else NoValue.CANNOT_SPLIT
            return Cell(DASH, why=say_no_value(reason).say(self.language), starts_group=starts)
        low = is_low(figure)
        return Cell(
            text=say_cell(figure, self.language, self.measurement.currency, self.scales[key]),
            href=self.look.drill(key, keys),
            interval=self._interval(figure) if low or key in self.look.intervals else "",
            is_low=low,
            bar=self._bar(key, figure.value) if bars else None,
            starts_group=starts,
            title=parts(figure, self.language),
        )

    def _interval(self, figure: Figure) -> str:
        if figure.interval is None:
            return ""
        return say_interval(figure.interval, figure.unit, self.language, self.measurement.currency)

    def _bar(self, key: str, value: Number | float) -> int | None:
        largest = self.largest.get(key)
        if not largest or value <= 0:
            return None
        return max(round(float(value) / float(largest) * 100), 1)

    def _head(self, key: str) -> Head:
        what = metric(key)
        return Head(
            key=key,
            name=name_of(what, self.company).say(self.language),
            unit=self._unit(key),
            tip=f"{what.meaning.say(self.language)} {what.formula.say(self.language)}",
            definition=self.look.definition(key),
            sort=self.look.sort_href(_turned(key, self.look.sort)),
            order=_order(key, self.look.sort),
            starts_group=key in self.starts,
        )

    def _unit(self, key: str) -> str:
        if metric(key).unit is Unit.MONEY:
            return money_unit(self.measurement.currency, self.scales[key]).say(self.language)
        return ""

    def _scale(self, key: str) -> Scale:
        if metric(key).unit is not Unit.MONEY or key in _PER_THING:
            return Scale.ONE
        values = [_value(row, key) for row in (*self.measurement.rows, self.measurement.total)]
        return money_scale(values, million_from=MILLION_FROM)


def say_cell(figure: Figure, language: Language, currency: str, scale: Scale = Scale.ONE) -> str:
    """A figure as tables say it: money without its unit (the head has it), returns with a sign."""
    if figure.value is None:
        return DASH
    if figure.metric in _WORKING_TIME:
        return say_working(figure.value).say(language)
    what = METRICS.get(figure.metric)
    is_return = bool(what and what.minus_one)
    bare = figure.unit is Unit.MONEY
    return say(figure, language, currency, scale, signed=is_return, bare=bare, digits=0 if is_return else None)


def is_low(figure: Figure) -> bool:
    """A rate that rests on too few cases to be compared with another."""
    if figure.unit is not Unit.SHARE or figure.interval is None:
        return False
    return figure.n is not None and figure.numerator is not None and min(figure.n, figure.numerator) < LOW_N


def parts(figure: Figure, language: Language) -> str:
    """«53 из 510, интервал 90 %: 8,3–12,9 %»: what a share is made of, for the tip."""
    if figure.denominator is None or figure.numerator is None or figure.unit is not Unit.SHARE:
        return ""
    said = Text("{k} из {n}", "{k} of {n}").fill(k=_whole(figure.numerator), n=_whole(figure.denominator))
    if figure.interval is None:
        return said.say(language)
    bounds = say_interval(figure.interval, figure.unit, language)
    return f"{said.say(language)}, {say_level(figure.interval).say(language)}: {bounds}"


def narrowed(period: Period | None, dimension: str, value: str | int) -> Period | None:
    """The days of a row of a time split that lie within the question's period."""
    if dimension == "month":
        row = Month.from_number(int(value)).period
    else:
        day = date.fromisoformat(str(value))
        row = Period(day, date.fromordinal(day.toordinal() + (7 if dimension == "week" else 1)))
    if period is None:
        return row
    start, end = max(row.start, period.start), min(row.end, period.end)
    return Period(start, end) if start < end else row


def _columns(measurement: Measurement, groups: tuple[Group, ...]) -> tuple[str, ...]:
    if not groups:
        return measurement.metrics
    grouped = [key for group in groups for key in group.metrics if key in measurement.metrics]
    return tuple(grouped)


def _present(groups: tuple[Group, ...], columns: Sequence[str]) -> list[Group]:
    kept = [replace(group, metrics=tuple(key for key in group.metrics if key in columns)) for group in groups]
    return [group for group in kept if group.metrics]


def _largest(rows: Sequence[Row], columns: Sequence[str]) -> dict[str, Number | float]:
    """The largest value of every column with bars, over the rows of the first level."""
    found = {}
    for key in columns:
        if key in _BARS:
            values = [_value(row, key) for row in rows]
            found[key] = max((value for value in values if value is not None), default=0)
    return found


def _value(row: Row, key: str) -> Number | float | None:
    figure = row.figures.get(key)
    return figure.value if figure else None


def _turned(key: str, sort: str) -> str:
    """What a press on the head asks for: figures fall first, names rise first, a second press turns round."""
    first = key if key == "name" else f"-{key}"
    second = f"-{key}" if key == "name" else key
    return second if sort == first else first


def _order(key: str, sort: str) -> str:
    if sort.removeprefix("-") != key:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def _whole(number: Number) -> str:
    exact = Decimal(number)
    return str(int(exact)) if exact == exact.to_integral_value() else f"{exact:f}"
