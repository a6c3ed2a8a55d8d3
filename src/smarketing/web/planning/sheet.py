"""What stands in the sheet in which a plan is typed, what does it come to, and what is wrong in which cell?

A row is a month, a segment and, where wanted, a source; the row of the whole company holds what a segment does not
state itself. Revenue is not typed: it follows from the chain, except for a company that plans revenue alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from smarketing.analyses.planning.numbers import (
    FACTORS,
    PLANNED,
    Cell,
    Key,
    Numbers,
    as_decimal,
    chain_cells,
    chain_revenue,
    check_plan,
    planned_total,
)
from smarketing.facts.company import Company
from smarketing.facts.errors import SmarketingError, WrongInput
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Month
from smarketing.web.planning.numerals import read_number, write_number

TYPED = (*FACTORS, "spend")
ALL: Cell = (None, None)


@dataclass(frozen=True)
class Row:
    """One row as it was typed: text by metric, and the error of each cell."""

    month: Month
    cell: Cell
    texts: Mapping[str, str]
    errors: Mapping[str, Text] = field(default_factory=dict)
    revenue: Fraction | None = None  # what its chain comes to


@dataclass(frozen=True)
class Sheet:
    """Rows of several months. ``numbers`` by month are what would be saved, ``seen`` what they started from.

    ``wrong`` are sentences about a month as a whole.
    """

    rows: tuple[Row, ...]
    numbers: Mapping[Month, Numbers]
    seen: Mapping[Month, int]
    wrong: Mapping[Month, Text] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        return not self.wrong and not any(row.errors for row in self.rows)

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(self.seen)

    def revenue(self, month: Month) -> Fraction | None:
        return planned_total(self.numbers.get(month, {}), "revenue")

    @property
    def total(self) -> Fraction | None:
        known = [value for month in self.months if (value := self.revenue(month)) is not None]
        return sum(known, Fraction(0)) if known else None

    def of(self, month: Month) -> tuple[tuple[int, Row], ...]:
        """The rows of a month with their places in the sheet."""
        return tuple((place, row) for place, row in enumerate(self.rows) if row.month == month)


def typed_in(cell: Cell) -> tuple[str, ...]:
    """The metrics a row lets a person type: revenue only for the whole company."""
    return (*FACTORS, "revenue", "spend") if cell == ALL else TYPED


def sheet_of(
    plans: Mapping[Month, Numbers], seen: Mapping[Month, int], company: Company, language: Language
) -> Sheet:
    """The sheet that shows these plans."""
    rows = [
        Row(
            month, cell, {metric: _text(plans.get(month, {}), metric, cell, language) for metric in typed_in(cell)}
        )
        for month in seen
        for cell in cells_of(plans.get(month, {}), company)
    ]
    return judged(rows, plans, seen, company, language)


def judged(
    rows: Sequence[Row], before: Mapping[Month, Numbers], seen: Mapping[Month, int], company: Company,
    language: Language,
) -> Sheet:  # fmt: skip
    """Read every cell, work revenue out, find what contradicts; ``before`` keeps what the sheet cannot show."""
    read = [_read(row, language) for row in rows]
    numbers: dict[Month, Numbers] = {}
    wrong: dict[Month, Text] = {}
    for month in seen:
        typed = {key: value for row, own in read if row.month == month for key, value in own.items()}
        numbers[month] = completed({**_unseen(before.get(month, {})), **typed})
        try:
            check_plan(numbers[month], month, company)
            _check_whole(numbers[month], typed)
        except SmarketingError as error:
            wrong[month] = error.text
    shown = tuple(replace(row, revenue=_revenue(numbers[row.month], row.cell)) for row, _ in read)
    return Sheet(shown, numbers, seen, wrong)


def completed(numbers: Numbers) -> dict[Key, Fraction]:
    """With the revenue of every cell whose chain is whole, and of a segment that its sources make up."""
    found = dict(numbers)
    cells = chain_cells(numbers)
    by_segment: dict[str | None, list[Fraction | None]] = {}
    for cell in cells:
        revenue = chain_revenue(numbers, cell)
        if revenue is not None and (cell != ALL or ("revenue", *ALL) not in numbers):
            found["revenue", cell[0], cell[1]] = _kopecks(revenue)
        by_segment.setdefault(cell[0], []).append(revenue)
    for segment, parts in by_segment.items():
        known = [part for part in parts if part is not None]
        if (segment, None) not in cells and len(known) == len(parts):
            found["revenue", segment, None] = _kopecks(sum(known, Fraction(0)))
    return found


def cells_of(numbers: Numbers, company: Company) -> tuple[Cell, ...]:
    """The company as a whole, its segments in their order, others of the plan, sources under their segment."""
    planned = {(segment, source) for metric, segment, source in numbers if metric in PLANNED}
    listed: list[str | None] = [segment.key for segment in company.segments]
    others = sorted({segment for segment, _ in planned if segment is not None} - set(listed))
    found: list[Cell] = [ALL]
    for segment in (*listed, *others):
        sources = sorted(source for own, source in planned if own == segment and source is not None)
        found += [(segment, None), *((segment, source) for source in sources)]
    return tuple(found)


def with_source(rows: Iterable[Row], month: Month, cell: Cell) -> list[Row]:
    """The rows with one more, an empty one for a source, below the rows of its segment."""
    found = list(rows)
    if any((row.month, row.cell) == (month, cell) for row in found):
        return found
    places = [place for place, row in enumerate(found) if (row.month, row.cell[0]) == (month, cell[0])]
    found.insert(places[-1] + 1 if places else len(found), Row(month, cell, dict.fromkeys(TYPED, "")))
    return found


def _read(row: Row, language: Language) -> tuple[Row, dict[Key, Fraction]]:
    values: dict[Key, Fraction] = {}
    errors: dict[str, Text] = {}
    for metric in typed_in(row.cell):
        try:
            value = read_number(row.texts.get(metric, ""), metric, language)
        except SmarketingError as error:
            errors[metric] = error.text
            continue
        if value is not None:
            values[metric, row.cell[0], row.cell[1]] = value
    return replace(row, errors=errors), values


def _unseen(numbers: Numbers) -> dict[Key, Fraction]:
    """What the sheet has no cell for: other metrics, and money of a segment that was planned without its chain."""
    chained = chain_cells(numbers)
    return {
        key: value
        for key, value in numbers.items()
        if key[0] not in PLANNED
        or (key[0] == "revenue" and key[1:] != ALL and key[1] not in {segment for segment, _ in chained})
    }


def _check_whole(numbers: Numbers, typed: Numbers) -> None:
    """A company's revenue beside that of its segments would be a second plan."""
    leads = {key[1] for key in typed if key[0] == "leads"}
    if None in leads and len(leads) > 1:
        raise WrongInput(
            "plan-two-levels",
            Text(
                "Лиды заданы и компании, и сегментам. Оставьте ячейку компании пустой: сумма складывается сама.",
                "Leads are given for the company and for segments. Leave the company's cell empty: the sum makes "
                "itself.",
            ),
        )
    said = typed.get(("revenue", *ALL))
    parts = planned_total({key: value for key, value in numbers.items() if key[1] is not None}, "revenue")
    own = chain_revenue(numbers, ALL)
    for other, what in ((parts, Text("сегментов", "segments")), (own, Text("лидов", "leads"))):
        if said is not None and other is not None and said != _kopecks(other):
            raise WrongInput(
                "plan-two-revenues",
                Text(
                    "Выручка компании задана отдельно и расходится с выручкой {what}. Оставьте её ячейку пустой: "
                    "сумма складывается сама.",
                    "Revenue of the company is given apart and differs from that of its {what}. Leave its cell "
                    "empty: the sum makes itself.",
                ).fill(what=what),
            )


def _revenue(numbers: Numbers, cell: Cell) -> Fraction | None:
    known = numbers.get(("revenue", *cell))
    return known if known is not None or cell != ALL else planned_total(numbers, "revenue")


def _text(numbers: Numbers, metric: str, cell: Cell, language: Language) -> str:
    if metric == "revenue" and chain_cells(numbers):
        return ""  # it follows from the chain
    return write_number(numbers.get((metric, *cell)), metric, language)


def _kopecks(value: Fraction) -> Fraction:
    return Fraction(round(as_decimal(value), 2))
