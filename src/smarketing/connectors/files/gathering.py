"""What came of all files of one load: the accepted facts, the rows set aside, and do the counts add up?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from smarketing.connectors.files.asides import QUARANTINE, called, heading_of, misfit_rows, raw_row, set_aside
from smarketing.connectors.files.expressions import Cells
from smarketing.connectors.files.findings import Fill, Finding, fact_findings, fills
from smarketing.connectors.files.mapping import Mapping
from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.connectors.files.reasons import nearest, row_reason
from smarketing.connectors.files.sifting import Issue, Sifted, Terms, sift, stage_names
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.suspicions import file_findings, spend_of_two_files
from smarketing.connectors.files.totals import Totals, totals
from smarketing.connectors.files.values import Decision, moment_formats, number_problem
from smarketing.connectors.files.worth import in_company_money
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.tables import STORED, TABLES, Kind, Table


@dataclass(frozen=True)
class Count:
    """Rows of one table. ``repeated`` are accepted rows without one of their own: repeats, older versions, and
    lines that were put together with another one."""

    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    repeated: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.received + other.received,
            self.accepted + other.accepted,
            self.quarantined + other.quarantined,
            self.repeated + other.repeated,
        )


@dataclass(frozen=True)
class FileReading:
    """One file of a load: what was recognised, by which mapping it was read, how its rows were counted."""

    sniffed: Sniffed
    mapping: Mapping
    counts: MappingOf[str, Count]
    decisions: MappingOf[str, Decision]


@dataclass(frozen=True)
class Reading:
    """All files of a load. For every table: received = accepted + quarantined, rows = accepted - repeated."""

    files: tuple[FileReading, ...]
    accepted: MappingOf[str, pa.Table]
    quarantined: pa.Table
    totals: Totals = field(default_factory=Totals)
    findings: tuple[Finding, ...] = ()
    fills: tuple[Fill, ...] = ()

    @property
    def counts(self) -> dict[str, Count]:
        total: dict[str, Count] = defaultdict(Count)
        for file in self.files:
            for table, count in file.counts.items():
                total[table] += count
        return {table: total[table] for table in TABLES if table in total}

    def quarantined_of(self, table: str) -> pa.Table:
        """The rows set aside from one table."""
        chosen = [place for place, name in enumerate(self.quarantined["table"].to_pylist()) if name == table]
        return self.quarantined.take(pa.array(chosen, pa.int64()))


@dataclass(frozen=True)
class _Part:
    """One section of one file."""

    file: int
    sifted: Sifted


@dataclass
class _Aside:
    """Rows being set aside, in the order they are found."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def table(self) -> pa.Table:
        return pa.Table.from_pylist(self.rows, schema=QUARANTINE)


class Intake:
    """Takes sheets one by one, then settles what concerns them together: keys that meet in several rows."""

    def __init__(self, bench: Workbench, company: Company, now: datetime) -> None:
        self.bench, self.terms = bench, Terms(company, now)
        self._files: list[tuple[Sheet, Mapping]] = []
        self._parts: list[_Part] = []

    def add(self, sheet: Sheet, mapping: Mapping, known: MappingOf[str, Decision] | None = None) -> None:
        """Sift one sheet by a mapping; raises :class:`WrongInput` where a needed column is absent.

        ``known``: how the columns were read before, so that a mended row is read like its file.
        """
        terms = replace(self.terms, known=known or {})
        self._files.append((sheet, mapping))
        for place in range(len(mapping.tables)):
            sifted = sift(self.bench, sheet, mapping, place, terms)
            self._parts.append(_Part(len(self._files) - 1, sifted))

    def finish(self) -> Reading:
        """Accepted facts and quarantined rows of everything added."""
        aside = _Aside()
        counts: list[dict[str, Count]] = [defaultdict(Count) for _ in self._files]
        for part in self._parts:
            counts[part.file][part.sifted.table] += self._set_aside(part, aside)
        for place, (sheet, mapping) in enumerate(self._files):
            misfits = list(misfit_rows(sheet, mapping.tables[0].table))
            aside.rows += misfits
            counts[place][mapping.tables[0].table] += Count(len(misfits), quarantined=len(misfits))
        accepted = {}
        for name in dict.fromkeys(part.sifted.table for part in self._parts):
            relation = self._together(name)
            for file, count in self._settle(TABLES[name], relation, aside).items():
                counts[file][name] += count
            accepted[name] = self._rows(TABLES[name], relation)
        relations = self._shown(accepted)
        company = self.terms.company
        reading = Reading(
            files=self._readings(counts),
            accepted=accepted,
            quarantined=aside.table(),
            totals=totals(self.bench, relations, company),
            findings=(
                *self._file_findings(),
                *self._spend_findings(),
                *fact_findings(self.bench, relations, company),
            ),
            fills=fills(self.bench, relations, self._custom_keys()),
        )
        _assert_nothing_lost(reading)
        return reading

    def _readings(self, counts: list[dict[str, Count]]) -> tuple[FileReading, ...]:
        readings = []
        for place, (sheet, mapping) in enumerate(self._files):
            decisions = {
                key: decision
                for part in self._parts
                if part.file == place
                for key, decision in part.sifted.decisions.items()
            }
            readings.append(FileReading(sheet.sniffed, mapping, dict(counts[place]), decisions))
        return tuple(readings)

    def _shown(self, accepted: MappingOf[str, pa.Table]) -> dict[str, str]:
        """Accepted rows under names that questions can use, money in the company's currency."""
        names = {}
        for table, rows in accepted.items():
            shown = f"accepted_{table}_{self.bench.number()}"
            self.bench.connection.register(shown, rows)
            names[table] = in_company_money(self.bench, shown, table, self.terms.company)
        return names

    def _custom_keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for part in self._parts for key in part.sifted.custom))

    def _file_findings(self) -> list[Finding]:
        return [
            finding
            for place, (sheet, mapping) in enumerate(self._files)
            for finding in file_findings(
                self.bench,
                Cells(sheet, mapping),
                [part.sifted for part in self._parts if part.file == place],
                self.terms.company,
            )
        ]

    def _spend_findings(self) -> Iterable[Finding]:
        parts = [
            (part.file, in_company_money(self.bench, part.sifted.relation, "ad_spend", self.terms.company))
            for part in self._parts
            if part.sifted.table == "ad_spend"
        ]
        names = [self._files[file][0].sniffed.file for file, _ in parts]
        return spend_of_two_files(self.bench, names, parts, self.terms.company)

    # --- rows with something wrong in themselves ---------------------------------------------------------

    def _set_aside(self, part: _Part, aside: _Aside) -> Count:
        sheet, mapping = self._files[part.file]
        found = self.bench.rows(
            f'SELECT s."row", s.issue, s.issue_value, {raw_row(sheet)} AS raw FROM {part.sifted.relation} s '
            f'JOIN {sheet.relation} r ON r."row" = s."row" WHERE s.issue IS NOT NULL ORDER BY s."row"'
        )
        for row, number, value, raw in found:
            issue = part.sifted.issues[number]
            said = None if value is None else str(value).removeprefix("\x1f")
            code = self._code(issue, said, part)
            column, table = issue.column, part.sifted.table
            heading = heading_of(sheet, mapping, part.sifted.place, column, raw)
            text = self._said(code, issue, called(table, column, heading), said, mapping)
            aside.rows.append(
                set_aside(sheet, row, table, code, text, raw=raw, column=column, heading=heading, value=said)
            )
        good = part.sifted.received - len(found)
        return Count(part.sifted.received, good, len(found), part.sifted.folded)

    def _code(self, issue: Issue, value: str | None, part: _Part) -> str:
        """A finer code than the query could give, from the value itself."""
        if issue.code in ("bad-money", "bad-number") and value is not None:
            decision = part.sifted.decisions.get(f"{part.sifted.place}/{part.sifted.table}/{issue.column}")
            return number_problem(value, issue.kind, decision) if decision else issue.code
        if issue.code == "bad-moment" and value is not None:
            shape = "".join("9" if letter.isdigit() else letter for letter in value.split(" + ")[0])
            return "impossible-date" if moment_formats(shape) else "bad-moment"
        return issue.code

    def _said(self, code: str, issue: Issue, named: Text | str, value: str | None, mapping: Mapping) -> Text:
        hint = Text("", "")
        if code == "unknown-stage":
            hint = nearest(value or "", stage_names(self.terms.company, mapping))
        if code == "unknown-value":
            known = [word for section in mapping.tables for word in _words(section.columns.get(issue.column))]
            hint = nearest(value or "", known)
        return row_reason(code, column=named, value=value, hint=hint)

    # --- rows whose keys meet ----------------------------------------------------------------------------

    def _together(self, name: str) -> str:
        """One relation of the good rows of a table over all files, with the number of the file."""
        columns = ", ".join(f'"{column}"' for column in _columns(TABLES[name]))
        selects = " UNION ALL ".join(
            f'SELECT {part.file} AS "#file", "row" AS "#row", {columns} '
            f"FROM {part.sifted.relation} WHERE issue IS NULL"
            for part in self._parts
            if part.sifted.table == name
        )
        relation = f"together_{self.bench.number()}"
        self.bench.run(f"CREATE TEMP VIEW {relation} AS {selects}")
        self._dropped = f"dropped_{relation}"
        self.bench.run(
            f'CREATE TEMP TABLE {self._dropped} ("#file" INTEGER, "#row" BIGINT, fate VARCHAR, key VARCHAR)'
        )
        return relation

    def _settle(self, table: Table, relation: str, aside: _Aside) -> dict[int, Count]:
        """Repeats are dropped, contradictions set aside. Returns what to add to the counts of each file."""
        if table.identity == "slice" or not self._has_repeats(table, relation):
            return {}
        self._drop(table, relation)
        changes: dict[int, Count] = defaultdict(Count)
        for file, row, fate, key, raw in self._dropped_rows():
            if fate == "repeat":
                changes[file] += Count(repeated=1)
                continue
            sheet, _ = self._files[file]
            heading, text = self._key_heading(file, table, raw), row_reason("conflict", value=key)
            column = ", ".join(table.key)
            kept = set_aside(sheet, row, table.name, "conflict", text, raw=raw, column=column, heading=heading)
            aside.rows.append(kept | {"value": key})
            changes[file] += Count(accepted=-1, quarantined=1)
        return changes

    def _key_heading(self, file: int, table: Table, raw: str) -> str | None:
        sheet, mapping = self._files[file]
        section = next(place for place, one in enumerate(mapping.tables) if one.table == table.name)
        found = (heading_of(sheet, mapping, section, column, raw) for column in table.key)
        return ", ".join(dict.fromkeys(filter(None, found))) or None

    def _has_repeats(self, table: Table, relation: str) -> bool:
        """May a key stand in several rows? As the lake asks it: two keys with one number only cost time."""
        key = ", ".join(f'"{column}"' for column in table.key)
        return bool(self.bench.one(f"SELECT COUNT(*) > COUNT(DISTINCT HASH({key})) FROM {relation}")[0])

    def _drop(self, table: Table, relation: str) -> None:
        key = ", ".join(f'"{column}"' for column in table.key)
        content = ", ".join(f'"{column}"' for column in _columns(table))
        shown = ", ".join(f"COALESCE(CAST(\"{column}\" AS VARCHAR), '')" for column in table.key)
        version = '"updated_at"' if "updated_at" in table.names else "CAST(NULL AS TIMESTAMP)"
        self.bench.run(
            f"INSERT INTO {self._dropped} WITH repeated AS ("
            f"SELECT {key} FROM {relation} GROUP BY {key} HAVING COUNT(*) > 1), "
            f"met AS (SELECT t.*, {version} AS version, CAST(ROW({content}) AS VARCHAR) AS content "
            f"FROM {relation} t SEMI JOIN repeated r ON {_same_key(table)}), "
            f'ranked AS (SELECT "#file", "#row", concat_ws(\' · \', {shown}) AS key, '
            f"COUNT(DISTINCT content) OVER same AS contents, "
            f'ROW_NUMBER() OVER (PARTITION BY {key}, content ORDER BY "#file", "#row") AS copy, '
            f"version, COUNT(version) OVER same AS versions, COUNT(*) OVER same AS rows_of_key, "
            f"MAX(version) OVER same AS newest, content FROM met WINDOW same AS (PARTITION BY {key})), "
            f"settled AS (SELECT *, COUNT(DISTINCT CASE WHEN version = newest THEN content END) "
            f"OVER (PARTITION BY key) AS newest_contents FROM ranked) "
            f'SELECT "#file", "#row", CASE '
            f"WHEN contents = 1 THEN CASE WHEN copy > 1 THEN 'repeat' END "
            f"WHEN versions = rows_of_key AND newest_contents = 1 "
            f"THEN CASE WHEN version < newest OR copy > 1 THEN 'repeat' END "
            f"ELSE 'conflict' END AS fate, key FROM settled WHERE fate IS NOT NULL"
        )

    def _dropped_rows(self) -> list[tuple[int, int, str, str, str]]:
        found: list[tuple[int, int, str, str, str]] = []
        for place, (sheet, _) in enumerate(self._files):
            found += self.bench.rows(
                f'SELECT d."#file", d."#row", d.fate, d.key, {raw_row(sheet)} FROM {self._dropped} d '
                f'JOIN {sheet.relation} r ON r."row" = d."#row" WHERE d."#file" = {place} ORDER BY d."#row"'
            )
        return found

    def _rows(self, table: Table, relation: str) -> pa.Table:
        columns = ", ".join(f't."{column}"' for column in _columns(table))
        dropped = self.bench.one(f"SELECT COUNT(*) FROM {self._dropped}")[0]
        without = f'ANTI JOIN {self._dropped} d ON t."#file" = d."#file" AND t."#row" = d."#row"'
        return self.bench.arrow(f"SELECT {columns} FROM {relation} t {without if dropped else ''}")


def _same_key(table: Table) -> str:
    return " AND ".join(f't."{column}" IS NOT DISTINCT FROM r."{column}"' for column in table.key)


def _columns(table: Table) -> tuple[str, ...]:
    return (*table.names, "custom") if table.open else table.names


def _words(making: object) -> list[str]:
    return list(getattr(making, "values", {}))


def _assert_nothing_lost(reading: Reading) -> None:
    """Accepted + quarantined = received, for every file and table, and in the tables themselves."""
    for file in reading.files:
        for table, count in file.counts.items():
            if count.received != count.accepted + count.quarantined:
                raise AssertionError(f"{file.sniffed.file}, {table}: {count}")
    for table, count in reading.counts.items():
        rows = reading.accepted[table].num_rows if table in reading.accepted else 0
        if rows != count.accepted - count.repeated:
            raise AssertionError(f"{table}: {rows} rows of {count}")
    if reading.quarantined.num_rows != sum(count.quarantined for count in reading.counts.values()):
        raise AssertionError("rows in quarantine do not match their count")


def typed_schema(table: Table) -> dict[str, str]:
    """Columns of the accepted rows and the types they are stored by, in DuckDB's words."""
    columns = {column.name: STORED[column.kind] for column in table.columns}
    return {**columns, "custom": STORED[Kind.TEXT]} if table.open else columns
