"""Which numbers make up a plan, which of them contradict each other, and what do they come to?

A number is known by (metric, segment, lead source). A source's number stands inside its segment; a rate that a
source does not state is that of its segment, then that of the company. Shares run from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from smarketing.analyses.labels import say_key
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongInput
from smarketing.facts.language import Text, same
from smarketing.facts.period import Month
from smarketing.facts.query import literal
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.wording import say_month

FACTORS = ("leads", "target_share", "handled_share", "handled_to_sale_cr", "aov")  # the chain, in its order
SHARES = FACTORS[1:4]
PLANNED = (*FACTORS, "revenue", "spend")  # what a page lets a person plan, in its order
WITHDRAWN = "withdrawn"  # the only row of a month whose plan was taken back

_NAMES = {  # links of the verdict's chain that are no metrics of their own
    "handled_share": Text("Доля обработанных", "Handled share"),
    "handled_to_sale_cr": Text("CR обработанный → продажа", "CR handled → sale"),
}

Cell = tuple[str | None, str | None]  # segment and lead source
Key = tuple[str, str | None, str | None]  # metric, segment, lead source
Numbers = Mapping[Key, Fraction]


def plan_question(month: Month) -> str:
    return (
        "SELECT metric, segment, lead_source, SUM(value) AS value FROM plans "
        f"WHERE month = {literal(month.number)} AND metric <> {literal(WITHDRAWN)} "
        "GROUP BY metric, segment, lead_source ORDER BY metric, segment NULLS LAST, lead_source NULLS LAST"
    )


def numbers_of(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Fraction]:
    """The numbers of rows with metric, segment, lead_source and value."""
    return {(row["metric"], row.get("segment"), row.get("lead_source")): Fraction(row["value"]) for row in rows}


def chain_cells(numbers: Numbers) -> tuple[Cell, ...]:
    """Where leads are planned: source by source inside a segment, else the segment whole."""
    cells = [(segment, source) for metric, segment, source in numbers if metric == "leads"]
    split = {segment for segment, source in cells if source is not None}
    return tuple(cell for cell in cells if cell[1] is not None or cell[0] not in split)


def stated(numbers: Numbers, metric: str, cell: Cell) -> Fraction | None:
    """The number of a cell, else that of its segment, else that of all."""
    for segment, source in dict.fromkeys((cell, (cell[0], None), (None, None))):
        if (metric, segment, source) in numbers:
            return numbers[metric, segment, source]
    return None


def planned_total(numbers: Numbers, metric: str) -> Fraction | None:
    """A planned sum over everything: by segments where they are planned, sources where only they are."""
    by_segment: dict[str | None, dict[str | None, Fraction]] = {}
    for (key, segment, source), value in numbers.items():
        if key == metric:
            by_segment.setdefault(segment, {})[source] = value
    # A plan by segment beside a total of all segments would count everything twice, and so would sources.
    named = {segment: parts for segment, parts in by_segment.items() if segment is not None} or by_segment
    if not named:
        return None
    return sum((_whole(parts) for parts in named.values()), Fraction(0))


def planned_revenue(numbers: Numbers) -> Fraction:
    return planned_total(numbers, "revenue") or Fraction(0)


def chain_revenue(numbers: Numbers, cell: Cell) -> Fraction | None:
    """Leads × shares × order value of a cell; None where one of them is not stated."""
    product = numbers.get(("leads", *cell))
    for metric in FACTORS[1:]:
        value = stated(numbers, metric, cell)
        if product is None or value is None:
            return None
        product *= value
    return product


def check_plan(numbers: Numbers, month: Month, company: Company | None = None) -> None:
    """Refuse a plan that contradicts itself.

    Errors: :class:`WrongInput` that names the month, the place and the way out.
    """
    where = company or Company()
    for key, value in numbers.items():
        _check_value(key, value, month, where)
    _check_sources(numbers, month, where)
    _check_sums(numbers, month, where)


def say_cell(cell: Cell, company: Company) -> Text:
    """How a page calls a row of the plan."""
    segment, source = cell
    if segment is None and source is None:
        return Text("все лиды", "all leads")
    told = company.label("segment", segment)
    if source is None:
        return told
    named = say_key(company, "lead_source", source)
    if segment is None:
        return named
    return Text(f"{told.ru}, {named.ru}", f"{told.en}, {named.en}")


def say_metric(metric: str) -> Text:
    """How a page calls a planned number."""
    if metric in _NAMES:
        return _NAMES[metric]
    return METRICS[metric].name if metric in METRICS else same(metric)


def _whole(parts: Mapping[str | None, Fraction]) -> Fraction:
    by_source = [value for source, value in parts.items() if source is not None]
    return parts[None] if None in parts else sum(by_source, Fraction(0))


def _check_value(key: Key, value: Fraction, month: Month, company: Company) -> None:
    metric, *cell = key
    if value < 0 or (metric in SHARES and value > 1):
        raise _wrong(
            "plan-value", month, (cell[0], cell[1]), company,
            Text(
                "«{metric}» не может быть {value}: нужно число от 0" + (" до 1." if metric in SHARES else "."),
                "“{metric}” cannot be {value}: a number from 0" + (" to 1 is needed." if metric in SHARES else
                                                                    " is needed."),
            ).fill(metric=say_metric(metric), value=f"{float(value):g}"),
        )  # fmt: skip


def _check_sources(numbers: Numbers, month: Month, company: Company) -> None:
    leads = {(segment, source) for metric, segment, source in numbers if metric == "leads"}
    for metric, segment, source in numbers:
        if source is None or metric not in FACTORS:
            continue
        if segment is None:
            raise _wrong(
                "plan-source-without-segment", month, (segment, source), company,
                Text(
                    "источник запланирован без сегмента. План по источникам стоит внутри сегмента: "
                    "укажите сегмент или уберите источник.",
                    "a source is planned without a segment. A plan by source stands inside a segment: "
                    "give the segment or leave the source out.",
                ),
            )  # fmt: skip
        if (segment, source) not in leads:
            raise _wrong(
                "plan-source-without-leads", month, (segment, source), company,
                Text(
                    "для источника задано «{metric}», а число лидов нет. Запишите, сколько лидов он приведёт.",
                    "“{metric}” is planned for a source and its leads are not. Say how many leads it brings.",
                ).fill(metric=say_metric(metric)),
            )  # fmt: skip


def _check_sums(numbers: Numbers, month: Month, company: Company) -> None:
    """A segment planned whole and by source must be the same leads."""
    for (metric, segment, source), whole in numbers.items():
        if metric != "leads" or source is not None:
            continue
        parts = [value for (key, own, part), value in numbers.items() if (key, own) == ("leads", segment) and part]
        if parts and sum(parts, Fraction(0)) != whole:
            raise _wrong(
                "plan-sources-differ", month, (segment, None), company,
                Text(
                    "лидов в сегменте {whole}, а по его источникам вместе {parts}. Исправьте или уберите одно "
                    "из двух.",
                    "the segment has {whole} leads and its sources together {parts}. Correct or leave out one "
                    "of the two.",
                ).fill(whole=f"{float(whole):g}", parts=f"{float(sum(parts, Fraction(0))):g}"),
            )  # fmt: skip


def _wrong(code: str, month: Month, cell: Cell, company: Company, what: Text) -> WrongInput:
    place = say_cell(cell, company)
    opening = Text("План на {month}, {place}: ", "Plan of {month}, {place}: ").fill(
        month=say_month(month), place=place
    )
    return WrongInput(code, Text(opening.ru + what.ru, opening.en + what.en))


def as_decimal(value: Fraction) -> Decimal:
    """The number as the lake keeps it: six digits after the point."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))
