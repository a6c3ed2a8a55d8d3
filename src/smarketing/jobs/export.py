"""How does a measurement leave the product? As CSV, XLSX or JSON with the very figures of the page.

JSON is a contract. ``contract_version`` grows when a key changes its meaning or goes; new keys do not raise it.
Every figure carries ``value, numerator, denominator, interval, n, unit, zone, ripe, reason``; ``value`` of a share
is a fraction of one; money is in ``currency``; ``value`` is null exactly where ``reason`` is a word.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import xlsxwriter

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text, same
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Figure, Number, Row, Unit
from smarketing.metrics.wording import CLOCK_NAMES, DASH, money_unit, say_no_value, say_period

CONTRACT = "smarketing.measurement"
CONTRACT_VERSION = 1
TOTAL = Text("Всего", "Total")
MARK = Text("Отметка", "Mark")

_UNIT_HEADS = {
    Unit.SHARE: same("%"),
    Unit.SECONDS: Text("секунды", "seconds"),
    Unit.DAYS: Text("дни", "days"),
    Unit.MONTHS: Text("месяцы", "months"),
}
_PARTS = (
    ("numerator", Text("числитель", "numerator")),
    ("denominator", Text("знаменатель", "denominator")),
    ("low", Text("от", "from")),
    ("high", Text("до", "to")),
)
_NEGATIVE = re.compile(r"-\d+([.,]\d+)?")
_FORMATS = {Unit.SHARE: "0.0%", Unit.MONEY: "#,##0.00", Unit.COUNT: "#,##0", Unit.RATIO: "0.00"}


@dataclass(frozen=True)
class _Column:
    key: str
    part: str  # value, numerator, denominator, low, high
    head: str
    unit: Unit


def to_json(measurement: Measurement, company: Company, language: Language) -> str:
    """The measurement as the JSON contract, labels and notes in one language, keys sorted as documented."""
    return json.dumps(as_data(measurement, company, language), ensure_ascii=False, indent=2)


def as_data(measurement: Measurement, company: Company, language: Language) -> dict[str, Any]:
    """The contract as plain data, for those who wrap it into more."""
    question = measurement.question
    return {
        "contract": CONTRACT,
        "contract_version": CONTRACT_VERSION,
        "what": measurement.what,
        "lake_version": measurement.version,
        "known_until": measurement.known_until.isoformat(),
        "currency": measurement.currency,
        "clock": question.clock.value,
        "period": _period(question.period),
        "compare": _period(question.compare),
        "by": list(measurement.by),
        "where": {key: [value or None for value in values] for key, values in sorted(question.where.items())},
        "metrics": [_definition(key, company, language) for key in measurement.metrics],
        "rows": [_row(row, measurement, company, language) for row in measurement.rows],
        "total": {key: figure_data(figure) for key, figure in measurement.total.figures.items()},
        "total_mark": _mark(measurement.total, language),
        "notes": [{"code": note.code, "text": note.text.say(language)} for note in measurement.notes],
    }


def figure_data(figure: Figure) -> dict[str, Any]:
    """One figure of the contract."""
    interval = figure.interval
    return {
        "value": _plain(figure.value),
        "numerator": _plain(figure.numerator),
        "denominator": _plain(figure.denominator),
        "interval": interval and {"low": interval.low, "high": interval.high, "level": interval.level},
        "n": figure.n,
        "unit": figure.unit.value,
        "zone": figure.zone.value,
        "ripe": figure.ripe,
        "reason": figure.reason.value if figure.reason else None,
    }


def to_csv(measurement: Measurement, company: Company, language: Language) -> bytes:
    """A table that the reader's own Excel opens: UTF-8 with a mark; ``;`` and a decimal comma in Russian.

    Values are not rounded to what the page shows; shares are in per cent; where there is no value the cell is
    empty. A label that would start a formula gets an apostrophe.
    """
    columns = _columns(measurement, company, language)
    lines = [[*_dimension_heads(measurement, language), *(column.head for column in columns)]]
    for labels, row in _lines(measurement, company, language):
        lines.append([*labels, *(_cell(row, column, language) for column in columns)])
    return csv_of(lines, language)


def csv_of(lines: Iterable[Sequence[str]], language: Language) -> bytes:
    """Rows of text as the reader's own Excel opens them; figures are those of :func:`plain_number`."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if language == "ru" else ",", lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(measurement: Measurement, company: Company, language: Language) -> bytes:
    """A workbook: the table with numbers as numbers, and a sheet on what was asked and what each column is."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        _write_table(book, measurement, company, language)
        _write_question(book, measurement, company, language)
    return file.getvalue()


def _write_table(book: Any, measurement: Measurement, company: Company, language: Language) -> None:
    sheet = book.add_worksheet(Text("Таблица", "Table").say(language))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1})
    formats = _formats(book)
    columns = _columns(measurement, company, language)
    heads = [*_dimension_heads(measurement, language), *(column.head for column in columns)]
    for place, text in enumerate(heads):
        sheet.write_string(0, place, text, head)
    shift = len(heads) - len(columns)
    lines = list(_lines(measurement, company, language))
    for line, (labels, row) in enumerate(lines, start=1):
        bold = line == len(lines)
        for place, label in enumerate(labels):
            sheet.write_string(line, place, label, formats["bold" if bold else "text"])
        for place, column in enumerate(columns, start=shift):
            _write_figure(sheet, (line, place), row, column, formats[(column.unit, bold)], language)
    sheet.freeze_panes(1, shift)
    sheet.set_column(0, shift - 1, 28)
    sheet.set_column(shift, len(heads), 14)


def _formats(book: Any) -> dict[Any, Any]:
    made: dict[Any, Any] = {"text": book.add_format(), "bold": book.add_format({"bold": True, "top": 1})}
    for unit in Unit:
        shape = {"num_format": _FORMATS.get(unit, "#,##0.00"), "align": "right"}
        made[(unit, False)] = book.add_format(shape)
        made[(unit, True)] = book.add_format({**shape, "bold": True, "top": 1})
    return made


def _write_figure(
    sheet: Any, place: tuple[int, int], row: Row, column: _Column, look: Any, language: Language
) -> None:
    figure = row.figures.get(column.key)
    value = _part(figure, column.part)
    if value is not None:
        sheet.write_number(*place, float(value), look)
    elif column.part == "value":
        sheet.write_string(*place, DASH, look)
        sheet.write_comment(*place, say_no_value(figure.reason if figure else None).say(language))
    else:
        sheet.write_blank(*place, None, look)


def _write_question(book: Any, measurement: Measurement, company: Company, language: Language) -> None:
    sheet = book.add_worksheet(Text("О таблице", "About").say(language))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for line, (name, text) in enumerate(_about(measurement, company, language)):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, text, wrap)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 96)


def _about(measurement: Measurement, company: Company, language: Language) -> Iterator[tuple[str, str]]:
    question = measurement.question
    yield Text("Период", "Period").say(language), say_period(question.period).say(language)
    yield Text("Счёт", "Clock").say(language), CLOCK_NAMES[question.clock].say(language)
    for dimension, values in sorted(question.where.items()):
        said = ", ".join(say_key(company, dimension, value or None).say(language) for value in values)
        yield _dimension_name(dimension).say(language), said
    yield Text("Версия данных", "Lake version").say(language), str(measurement.version)
    known = measurement.known_until.astimezone(company.tz)
    yield Text("Данные по", "Facts until").say(language), f"{known:%Y-%m-%d %H:%M}"
    for note in measurement.notes:
        yield Text("Примечание", "Note").say(language), note.text.say(language)
    for key in measurement.metrics:
        what = metric(key)
        yield name_of(what, company).say(language), f"{what.meaning.say(language)} = {what.formula.say(language)}"


def _lines(measurement: Measurement, company: Company, language: Language) -> Iterator[tuple[list[str], Row]]:
    """Every row with its labels, then the sums of the first dimension, the total last."""
    for row in measurement.rows:
        keys = zip(measurement.by, row.keys, strict=True)
        labels = [say_key(company, dimension, key).say(language) for dimension, key in keys]
        yield [*labels, *_marks(measurement, row, language)], row
    width = max(len(measurement.by), 1)
    blank = [""] * (width - 1)
    for row in measurement.subtotals:
        label = say_key(company, measurement.by[0], row.keys[0]).say(language)
        yield [label, TOTAL.say(language), *blank[1:], *_marks(measurement, row, language)], row
    yield [TOTAL.say(language), *blank, *_marks(measurement, measurement.total, language)], measurement.total


def _dimension_heads(measurement: Measurement, language: Language) -> list[str]:
    names = [_dimension_name(dimension).say(language) for dimension in measurement.by]
    return [*(names or [""]), *([MARK.say(language)] if measurement.has_marks else [])]


def _marks(measurement: Measurement, row: Row, language: Language) -> list[str]:
    """What is said of the row, in a column of its own where any row has something said of it."""
    if not measurement.has_marks:
        return []
    return [row.mark.text.say(language) if row.mark else ""]


def _dimension_name(dimension: str) -> Text:
    return DIMENSION_NAMES.get(dimension, same(dimension))


def _columns(measurement: Measurement, company: Company, language: Language) -> list[_Column]:
    """A column per metric, and beside it those of its parts that any row has."""
    columns = []
    every = (*measurement.rows, measurement.total)
    for key in measurement.metrics:
        what = metric(key)
        figures = [row.figures[key] for row in every if key in row.figures]
        name = name_of(what, company).say(language)
        columns.append(_Column(key, "value", _head(name, what.unit, measurement.currency, language), what.unit))
        for part, said in _PARTS if _has_parts(figures) else ():
            if any(_part(figure, part) is not None for figure in figures):
                unit = what.unit if part in ("low", "high") else Unit.RATIO
                columns.append(_Column(key, part, f"{name}: {said.say(language)}", unit))
    return columns


def _has_parts(figures: list[Figure]) -> bool:
    return any(figure.denominator is not None or figure.interval is not None for figure in figures)


def _head(name: str, unit: Unit, currency: str, language: Language) -> str:
    said = money_unit(currency) if unit in (Unit.MONEY, Unit.MONEY_PER_DAY) else _UNIT_HEADS.get(unit)
    return f"{name}, {said.say(language)}" if said else name


def _part(figure: Figure | None, part: str) -> Number | float | None:
    if figure is None:
        return None
    if part in ("low", "high"):
        return getattr(figure.interval, part) if figure.interval else None
    found: Number | float | None = getattr(figure, part)
    return found


def _cell(row: Row, column: _Column, language: Language) -> str:
    value = _part(row.figures.get(column.key), column.part)
    if value is None:
        return ""
    return plain_number(Decimal(str(value)) * (100 if column.unit is Unit.SHARE else 1), language)


def plain_number(value: Number | float | None, language: Language) -> str:
    """Four digits at most, without a unit and without grouping; empty where there is no value."""
    if value is None:
        return ""
    rounded = Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    said = f"{rounded:f}".rstrip("0").rstrip(".") or "0"
    return said.replace(".", ",") if language == "ru" else said


def _harmless(cell: str) -> str:
    """A text that would start a formula gets an apostrophe; a negative number is no formula."""
    starts = cell[:1] in ("=", "+", "-", "@", "\t", "\r")
    return "'" + cell if starts and not _NEGATIVE.fullmatch(cell) else cell


def _row(row: Row, measurement: Measurement, company: Company, language: Language) -> dict[str, Any]:
    keys = dict(zip(measurement.by, row.keys, strict=True))
    return {
        "keys": keys,
        "labels": {dimension: say_key(company, dimension, key).say(language) for dimension, key in keys.items()},
        "figures": {key: figure_data(figure) for key, figure in row.figures.items()},
        "mark": _mark(row, language),
    }


def _mark(row: Row, language: Language) -> dict[str, str] | None:
    return {"code": row.mark.code, "text": row.mark.text.say(language)} if row.mark else None


def _definition(key: str, company: Company, language: Language) -> dict[str, Any]:
    what = metric(key)
    return {
        "key": key,
        "name": name_of(what, company).say(language),
        "unit": what.unit.value,
        "direction": what.direction.value,
        "zone": company.accountable.get(key, what.zone).value,
        "formula": what.formula.say(language),
    }


def _period(period: Any) -> dict[str, str] | None:
    return period and {"first_day": period.start.isoformat(), "last_day": period.last_day.isoformat()}


def _plain(value: Number | float | None) -> int | float | None:
    if value is None or isinstance(value, int | float):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
