"""What did every measure come to in every row? One SELECT per table of facts and date; keys are merged here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from smarketing.analyses.measuring.asking import MONTHLY, Batch, Key, batches, key_of, select, select_undated
from smarketing.analyses.measuring.figures import Part, Value, as_part
from smarketing.analyses.measuring.monthly import monthly_sums
from smarketing.analyses.question import TIME_DIMENSIONS, Question
from smarketing.analyses.silence import silence
from smarketing.facts.company import Company
from smarketing.facts.query import Reader, literal
from smarketing.metrics.kinds import Measure, NoValue
from smarketing.metrics.terms import marks_paid_groups, terms

_LOADED = {
    "spend": "SELECT COUNT(*) AS loaded FROM spend",
    "receipts": "SELECT COUNT(*) AS loaded, COUNT(*) FILTER (WHERE cost <> 0) AS costed FROM receipts",
    "customers": "SELECT COUNT(*) AS loaded, COUNT(*) FILTER (WHERE cost_of_goods <> 0) AS costed FROM customers",
    "duties": "SELECT COUNT(*) AS loaded FROM duties",
    "costs": "SELECT COUNT(*) AS loaded FROM costs",
    "plans": "SELECT COUNT(*) AS loaded FROM plans WHERE metric = 'revenue'",
}
_CUSTOMER_COSTS = ("year_cost", "paid_year_cost")
_OF_SILENCE = ("{judged}", "{lost}", "{year_old}")
_PAID_SOURCES = (
    "SELECT DISTINCT lead_source FROM spend WHERE cost > 0 AND lead_source IS NOT NULL ORDER BY lead_source"
)


@dataclass(frozen=True)
class Facts:
    """What the lake holds: rows per table, and of the payments how many carry their cost."""

    rows: Mapping[str, int]
    costed_payments: int
    costed_customers: int = 0
    # Asked for every cell of a table, and the same for all rows of it.
    _known: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def missing(self, measure: Measure, company: Company) -> bool:
        """Whether the facts of a measure were never loaded, or the company has no stage that makes them."""
        if measure.key not in self._known:
            self._known[measure.key] = self._is_missing(measure, company)
        return self._known[measure.key]

    def _is_missing(self, measure: Measure, company: Company) -> bool:
        if measure.key == "cost_of_goods" and not self.costed_payments:
            return True
        if measure.key in _CUSTOMER_COSTS and not self.costed_customers:
            return True
        if measure.needs and company.stages and company.order(measure.needs) is None:
            return True
        return self.rows.get(measure.table, 1) == 0


@dataclass
class Gathered:
    """Measures by row, and for the total; ``asked`` are the questions as the engine got them."""

    rows: dict[Key, dict[str, Value]] = field(default_factory=dict)
    total: dict[str, Value] = field(default_factory=dict)
    undated: dict[str, Value] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def what_is_loaded(reader: Reader, tables: Iterable[str]) -> Facts:
    """Which of these tables hold anything at all."""
    found = {
        table: reader.query(_LOADED[table]).to_pylist()[0] for table in dict.fromkeys(tables) if table in _LOADED
    }
    return Facts(
        {table: int(row["loaded"]) for table, row in found.items()},
        int(found.get("receipts", {}).get("costed", 0)),
        int(found.get("customers", {}).get("costed", 0)),
    )


def words_for(reader: Reader, measures: Iterable[Measure]) -> Mapping[str, str]:
    """The company's words for the definitions of these measures."""
    company, conditions = reader.company, [measure.condition for measure in measures]
    sources: list[str] = []
    if not marks_paid_groups(company) and any("{paid}" in condition for condition in conditions):
        sources = [row["lead_source"] for row in reader.query(_PAID_SOURCES).to_pylist()]
    asks_silence = any(word in condition for word in _OF_SILENCE for condition in conditions)
    return {
        **terms(company, company.calendar.clock(reader.known_until), sources),
        "now": literal(reader.known_until),
        **(silence(reader).words() if asks_silence else {}),
    }


def gather(
    reader: Reader, question: Question, in_rows: Iterable[Measure], in_total: Iterable[Measure]
) -> Gathered:
    """Everything that is asked: rows of the measures that can be split so, and the total of all."""
    split, all_measures = _once(in_rows), _once(in_total)
    words, found = words_for(reader, all_measures), Gathered()
    whole = question.split()
    if question.by:
        for batch in batches(split, question.clock):
            asked = select(batch, question, words)
            found.asked.append(asked)
            for row in reader.query(asked).to_pylist():
                _take(found.rows.setdefault(key_of(row, question), {}), batch, row)
    for batch in batches(all_measures, question.clock):
        asked = select(batch, whole, words, grouped=False)
        found.asked.append(asked)
        _take(found.total, batch, reader.query(asked).to_pylist()[0])
        if _leaves_undated(batch, question):
            asked = select_undated(batch, question, words)
            _take(found.undated, batch, reader.query(asked).to_pylist()[0])
    for measure in all_measures:
        if measure.table in MONTHLY:
            _take_monthly(reader, question if measure in split else whole, measure, found)
    return found


def parts_of_row(
    values: Mapping[str, Value], measures: Iterable[Measure], facts: Facts, company: Company, by: tuple[str, ...]
) -> dict[str, Part]:
    """Every measure of a row as a value or a reason; a row without ad spend of its own is not a row with zero."""
    return {measure.key: _part(values, measure, facts, company, by) for measure in measures}


def _part(
    values: Mapping[str, Value], measure: Measure, facts: Facts, company: Company, by: tuple[str, ...]
) -> Part:
    if facts.missing(measure, company):
        return NoValue.NOT_LOADED
    if measure.key in values:
        return values[measure.key]
    if measure.table in ("spend", "costs", "plans") and not set(by) <= set(TIME_DIMENSIONS):
        return NoValue.NOT_LOADED
    return as_part(measure, None)


def _once(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    return tuple({measure.key: measure for measure in measures}.values())


def _take(values: dict[str, Value], batch: Batch, row: Mapping[str, object]) -> None:
    for measure in batch.measures:
        values[measure.key] = as_part(measure, row[measure.key])


def _take_monthly(reader: Reader, question: Question, measure: Measure, found: Gathered) -> None:
    sums, total, asked = monthly_sums(reader, question, measure.table)
    found.asked.append(asked)
    found.total[measure.key] = total
    if question.by:
        for key, value in sums.items():
            found.rows.setdefault(key, {})[measure.key] = value


def _leaves_undated(batch: Batch, question: Question) -> bool:
    return batch.may_lack_date and question.period is not None
