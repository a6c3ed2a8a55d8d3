"""Which rows of a sheet become rows of a fact, and what is wrong with the others?

One SELECT per fact reads, checks and types all rows; Python sees only the rows that are set aside.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import datetime

from smarketing.connectors.files.channelling import PREFIX, with_channels
from smarketing.connectors.files.deciding import decide_moment_column, decide_number_column, refuse_undecided
from smarketing.connectors.files.expressions import UNIT, Cells, condition, formula_error, making_text
from smarketing.connectors.files.folding import folded
from smarketing.connectors.files.mapping import Making, Mapping, Section, plain
from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.connectors.files.slugs import slug
from smarketing.connectors.files.values import (
    DATED_KINDS,
    NUMERIC_KINDS,
    Decision,
    duration_expression,
    flag_expression,
    moment_expression,
    month_expression,
    number_expression,
)
from smarketing.facts.channels import COLUMNS, KEPT_FIELDS
from smarketing.facts.company import Company
from smarketing.facts.query import literal
from smarketing.facts.tables import STORED, TABLES, Column, Kind

OLDEST = "1990-01-01"

_LARGEST = "1000000000000"  # a thousand milliards: more is a slip of the keyboard

_CURRENCY_WORDS = {
    **dict.fromkeys(("₽", "руб", "руб.", "рубль", "рубли", "российский рубль", "rur", "rub", "р."), "RUB"),
    **dict.fromkeys(("€", "eur", "евро"), "EUR"),
    **dict.fromkeys(("$", "usd", "доллар", "доллар сша"), "USD"),
    **dict.fromkeys(("₸", "kzt", "тенге"), "KZT"),
    **dict.fromkeys(("byn", "белорусский рубль"), "BYN"),
}


@dataclass(frozen=True)
class Issue:
    """One thing that can be wrong with one column; sifted rows carry its number as ``issue``."""

    code: str
    column: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Sifted:
    """Rows of one section: a relation of ``row``, ``issue``, ``issue_value``, the fact's columns, ``custom``."""

    relation: str
    table: str
    place: int  # of the section in its mapping
    issues: tuple[Issue, ...]
    decisions: MappingOf[str, Decision]
    received: int
    custom: tuple[str, ...] = ()
    folded: int = 0  # rows that became a part of another one


@dataclass(frozen=True)
class Terms:
    """What the checks need to know besides the file."""

    company: Company
    now: datetime
    known: MappingOf[str, Decision] = field(default_factory=dict)  # decisions to keep, when rows are mended

    @property
    def entry(self) -> str | None:
        return self.company.path[0].key if self.company.path else None


@dataclass(frozen=True)
class _Typed:
    """A fact column in SQL: the text it is made of, its typed value, what can be wrong with it."""

    column: Column
    text: str
    value: str
    tests: tuple[tuple[str, Issue], ...]


class _Builder:
    """Composes the SELECT of one section."""

    def __init__(self, bench: Workbench, sheet: Sheet, mapping: Mapping, place: int, terms: Terms) -> None:
        self.bench, self.sheet, self.mapping, self.place, self.terms = bench, sheet, mapping, place, terms
        self.section: Section = mapping.tables[place]
        self.cells = Cells(sheet, mapping)
        self.decisions: dict[str, Decision] = {}

    def run(self) -> Sifted:
        where = " AND ".join(condition(when, self.cells) for when in self.section.when) or "TRUE"
        texts = {
            name: making_text(making, self.cells, self.terms.entry)
            for name, making in self.section.columns.items()
        }
        custom = self._custom()
        evidence = {key: making_text(making, self.cells, None) for key, making in self.section.channel.items()}
        rows = f"rows_{self.bench.number()}"
        listed = "".join(f', {text} AS "t_{name}"' for name, text in texts.items())
        listed += "".join(f', {text} AS "k_{key}"' for key, text in custom.items())
        listed += "".join(f', {text} AS "{PREFIX}{key}"' for key, text in evidence.items())
        self.bench.run(f'CREATE TEMP VIEW {rows} AS SELECT "row"{listed} FROM {self.sheet.relation} WHERE {where}')
        if evidence:
            rows = with_channels(self.bench, rows, list(evidence), self.terms.company.channels)
            texts |= dict.fromkeys(COLUMNS.values(), "")
            custom |= dict.fromkeys(KEPT_FIELDS, "")
        typed = [
            self._typed(rows, column) for column in TABLES[self.section.table].columns if column.name in texts
        ]
        return self._store(rows, typed, custom)

    def _custom(self) -> dict[str, str]:
        makings = {key: making_text(making, self.cells, None) for key, making in self.section.custom.items()}
        if self.section.custom_rest:
            named = {plain(heading) for heading in self.section.headings}
            for heading in self.sheet.headings:
                if plain(heading) not in named and not heading.startswith("№ "):
                    makings[_free(slug(heading), makings)] = self.cells.stored(heading)
        return makings

    def _typed(self, rows: str, column: Column) -> _Typed:
        text = f'"t_{column.name}"'
        making = self.section.columns.get(column.name) or Making(constant="")  # made by the channel
        value = self._value(rows, column, making, text)
        tests = [(formula_error(text), Issue("formula-error", column.name))]
        if column.required:
            tests.append((f"{text} IS NULL", Issue("missing", column.name)))
        if making.otherwise == "reject":
            tests.append((f"{text} LIKE {literal(UNIT + '%')}", Issue("unknown-value", column.name)))
        tests += self._value_tests(column, text)
        return _Typed(column, text, value, tuple(tests))

    def _value_tests(self, column: Column, text: str) -> list[tuple[str, Issue]]:
        value = f'"v_{column.name}"'
        bad = f"({text} IS NOT NULL AND {value} IS NULL)"
        if column.name == "stage" and self.terms.company.stages:
            return [(bad, Issue("unknown-stage", column.name))]
        if column.name == "currency":
            return [(bad, Issue("unknown-currency", column.name))]
        if column.kind is Kind.TEXT:
            return []
        code = {Kind.MONEY: "bad-money", Kind.FLAG: "bad-flag"}.get(column.kind, "bad-number")
        if column.kind in (*DATED_KINDS, Kind.MONTH):
            code = "bad-moment"
        tests = [(bad, Issue(code, column.name, column.kind))]
        if column.kind in DATED_KINDS:
            latest = f"{self.terms.now.year + 2}-12-31"
            outside = f"({value} < '{OLDEST}' OR {value} > '{latest}')"
            tests.append((outside, Issue("impossible-date", column.name, column.kind)))
        if column.kind in NUMERIC_KINDS:
            low = "0" if column.kind is Kind.COUNT else f"-{_LARGEST}"
            outside = f"({value} < {low} OR {value} > {_LARGEST})"
            tests.append((outside, Issue("out-of-range", column.name, column.kind)))
        return tests

    def _value(self, rows: str, column: Column, making: Making, text: str) -> str:
        if making.sum is not None:
            return self._sum(rows, column)
        if making.minutes_of is not None:
            return f"CAST({duration_expression(text)} / 60.0 AS {STORED[column.kind]})"
        if column.name == "stage":
            return self._stage(text, making)
        if column.name == "currency":
            return self._currency(text)
        if column.kind in NUMERIC_KINDS:
            return number_expression(text, column.kind, self._number(rows, column.name, text), whole=making.whole)
        if column.kind in DATED_KINDS:
            decision = self._moment(rows, column.name, text)
            return moment_expression(text, column.kind, decision, self.terms.company.zone)
        if column.kind is Kind.MONTH:
            return month_expression(text)
        return flag_expression(text) if column.kind is Kind.FLAG else text

    def _sum(self, rows: str, column: Column) -> str:
        """A moment and a duration, both taken back from the text «moment + duration»."""
        moment, duration = (f"SPLIT_PART(\"t_{column.name}\", ' + ', {place})" for place in (1, 2))
        moment = f"NULLIF({moment}, '')"
        decision = self._moment(rows, column.name, moment)
        start = moment_expression(moment, column.kind, decision, self.terms.company.zone)
        return f"{start} + to_seconds({duration_expression(duration)})"

    def _number(self, rows: str, name: str, text: str) -> Decision:
        hinted = self.mapping.file.decimal
        return self._decided(name) or self._decide(name, decide_number_column(self.bench, rows, text, hinted))

    def _moment(self, rows: str, name: str, text: str) -> Decision:
        known = self._decided(name)
        if known is not None:
            return known
        order = self.mapping.file.date_order
        decision = decide_moment_column(self.bench, rows, text, order)
        heading = (self.section.columns[name].columns or (name,))[0]
        return self._decide(name, refuse_undecided(decision, self.sheet.sniffed.file, heading))

    def _key(self, name: str) -> str:
        return f"{self.place}/{self.section.table}/{name}"

    def _decided(self, name: str) -> Decision | None:
        known = self.terms.known.get(self._key(name))
        return None if known is None else self._decide(name, known)

    def _decide(self, name: str, decision: Decision) -> Decision:
        self.decisions[self._key(name)] = decision
        return decision

    def _stage(self, text: str, making: Making) -> str:
        keys = stage_words(self.terms.company, self.mapping)
        if not self.terms.company.stages:
            known = self.mapping.stages.items()
            whens = " ".join(f"WHEN {literal(word.lower())} THEN {literal(key)}" for word, key in known)
            return f"CASE LOWER({text}) {whens} ELSE {text} END" if whens else text
        if making.column is None:
            keys = {stage.key: stage.key for stage in self.terms.company.stages} | keys
        whens = " ".join(f"WHEN {literal(word)} THEN {literal(key)}" for word, key in keys.items())
        return f"CASE LOWER({text}) {whens} END"

    def _currency(self, text: str) -> str:
        known = {self.terms.company.currency, *self.terms.company.rates}
        words = {code.lower(): code for code in known}
        words |= {word: code for word, code in _CURRENCY_WORDS.items() if code in known}
        whens = " ".join(f"WHEN {literal(word)} THEN {literal(code)}" for word, code in words.items())
        return f"CASE LOWER({text}) {whens} END"

    def _store(self, rows: str, typed: list[_Typed], custom: dict[str, str]) -> Sifted:
        tests = [test for item in typed for test in item.tests]
        issues = tuple(issue for _, issue in tests)
        texts = {item.column.name: item.text for item in typed}
        chosen = " ".join(f"WHEN {test} THEN {place}" for place, (test, _) in enumerate(tests))
        said = " ".join(f"WHEN {place} THEN {texts[issue.column]}" for place, issue in enumerate(issues))
        values = ", ".join(f'{item.value} AS "v_{item.column.name}"' for item in typed)
        columns = ", ".join(_stored(column, set(texts)) for column in TABLES[self.section.table].columns)
        extra = f", {_json(custom)} AS custom" if TABLES[self.section.table].open else ""
        relation = f"sifted_{self.bench.number()}"
        self.bench.run(
            f"CREATE TEMP TABLE {relation} AS WITH typed AS (SELECT *, {values} FROM {rows}), "
            f"judged AS (SELECT *, CASE {chosen} END AS issue FROM typed) "
            f'SELECT "row", issue, CASE issue {said} END AS issue_value, {columns}{extra} FROM judged'
        )
        received = int(self.bench.one(f"SELECT COUNT(*) FROM {relation}")[0])
        table, together, vanished = self.section.table, self.section.together, 0
        if together:
            relation, vanished = folded(self.bench, self.sheet, relation, table, together)
        return Sifted(relation, table, self.place, issues, dict(self.decisions), received, tuple(custom), vanished)


def sift(bench: Workbench, sheet: Sheet, mapping: Mapping, place: int, terms: Terms) -> Sifted:
    """The rows of one section of a mapping, checked and typed; raises :class:`WrongInput` for a missing column."""
    return _Builder(bench, sheet, mapping, place, terms).run()


def stage_words(company: Company, mapping: Mapping) -> dict[str, str]:
    """Lower-case outside name → key of a stage. The company's own words win over the mapping's."""
    keys = {stage.key for stage in company.stages}
    words = {word.strip().lower(): key for word, key in mapping.stages.items() if key in keys}
    for stage in company.stages:
        for word in (stage.key, stage.name.ru, stage.name.en, *stage.aliases):
            words[word.strip().lower()] = stage.key
    return words


def stage_names(company: Company, mapping: Mapping) -> list[str]:
    """The same words as people write them, for a hint."""
    keys = {stage.key for stage in company.stages}
    own = [word for stage in company.stages for word in (stage.name.ru, stage.name.en, *stage.aliases, stage.key)]
    return [*(word for word, key in mapping.stages.items() if key in keys), *own]


def _stored(column: Column, made: set[str]) -> str:
    if column.name in made:
        return f'CAST("v_{column.name}" AS {STORED[column.kind]}) AS "{column.name}"'
    return f'CAST(NULL AS {STORED[column.kind]}) AS "{column.name}"'


def _json(custom: dict[str, str]) -> str:
    """Filled custom fields as JSON text with sorted keys; NULL where none is filled."""
    if not custom:
        return "CAST(NULL AS VARCHAR)"
    parts = ", ".join(
        f'CASE WHEN "k_{key}" IS NOT NULL THEN {literal(_label(key))} || to_json("k_{key}") END'
        for key in sorted(custom)
    )
    listed = f"concat_ws(',', {parts})"
    return f"CASE WHEN {listed} <> '' THEN '{{' || {listed} || '}}' END"


def _free(key: str, taken: MappingOf[str, str]) -> str:
    """The key, or with a number where another heading already took it: no column may vanish."""
    number = 2
    free = key
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    return free


def _label(key: str) -> str:
    return f'"{key}":'
