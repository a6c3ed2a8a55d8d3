"""How does a sheet of the plan look: months, rows, cells with their names, sums and errors?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.labels import say_key
from smarketing.analyses.planning.numbers import FACTORS, SHARES, say_metric
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, money_unit, say_month, say_number
from smarketing.web.planning.forms import cell_name, place_name
from smarketing.web.planning.sheet import ALL, Row, Sheet, typed_in

COLUMNS = (*FACTORS, "revenue", "spend")
_COMPANY = Text("Вся компания", "The whole company")


@dataclass(frozen=True)
class GridCell:
    """A cell to type in, or where ``name`` is empty one that is worked out."""

    name: str
    value: str
    label: str
    error: Text | None


@dataclass(frozen=True)
class GridRow:
    place: int
    word: str
    name: Text
    cells: tuple[GridCell, ...]
    revenue: str
    is_whole: bool
    is_source: bool


@dataclass(frozen=True)
class GridMonth:
    number: int
    name: Text
    rows: tuple[GridRow, ...]
    revenue: str
    wrong: Text | None
    segments: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Grid:
    months: tuple[GridMonth, ...]
    heads: tuple[tuple[Text, str], ...]  # a metric with the unit of its column
    total: str
    unit: str  # of the money
    wrong: int  # cells and months with an error
    sources: tuple[str, ...]


def grid(sheet: Sheet, company: Company, language: Language, sources: Sequence[str]) -> Grid:
    unit = money_unit(company.currency).say(language)
    heads = tuple(
        (say_metric(metric), "%" if metric in SHARES else "" if metric == "leads" else unit) for metric in COLUMNS
    )
    return Grid(
        tuple(_month(sheet, month, company, language) for month in sheet.months),
        heads,
        _money(sheet.total, language),
        unit,
        sum(len(row.errors) for row in sheet.rows) + len(sheet.wrong),
        tuple(sources),
    )


def _month(sheet: Sheet, month: Month, company: Company, language: Language) -> GridMonth:
    own = sheet.of(month)
    segments = dict.fromkeys(row.cell[0] for _, row in own if row.cell[0] is not None)
    return GridMonth(
        month.number, say_month(month), tuple(_row(place, row, company, language) for place, row in own),
        _money(sheet.revenue(month), language), sheet.wrong.get(month),
        tuple((segment, company.label("segment", segment)) for segment in segments),
    )  # fmt: skip


def _row(place: int, row: Row, company: Company, language: Language) -> GridRow:
    name = _name(row, company)
    cells = tuple(
        GridCell(
            cell_name(place, metric) if metric in typed_in(row.cell) else "",
            row.texts.get(metric, ""),
            f"{say_month(row.month).say(language)}, {name.say(language)}: {say_metric(metric).say(language)}",
            row.errors.get(metric),
        )
        for metric in COLUMNS
    )
    return GridRow(
        place, place_name(row), name, cells, _money(row.revenue, language), row.cell == ALL,
        row.cell[1] is not None,
    )  # fmt: skip


def _name(row: Row, company: Company) -> Text:
    segment, source = row.cell
    if row.cell == ALL:
        return _COMPANY
    return company.label("segment", segment) if source is None else say_key(company, "lead_source", source)


def _money(value: Fraction | None, language: Language) -> str:
    if value is None:
        return DASH
    return say_number(Decimal(value.numerator) / value.denominator, Unit.COUNT, language, digits=0)
