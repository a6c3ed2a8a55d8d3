"""What happens inside one load, from the rows handed in to the manifest that names them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.query import literal
from smarketing.facts.tables import TABLES, Table
from smarketing.lake import arrivals, changes, renamed, same, verdicts, views
from smarketing.lake.arrivals import Counts
from smarketing.lake.batches import Change, FactBatch, moment_columns, table_of
from smarketing.lake.build import DERIVED, Work, build
from smarketing.lake.changes import Extent
from smarketing.lake.engine import Engine
from smarketing.lake.lasting import write_through
from smarketing.lake.manifest import Manifest, TableState, build_hash
from smarketing.lake.settings import MONEY, check_currencies, check_stages, put_calendar, put_settings

# When nothing says until when the facts are known, these moments do.
_TELL_TIME = ("leads", "stage_moves", "payments", "activities", "touches")
FOLLOWING = Text("Факты записаны, считаем путь каждого лида", "The facts are written; following each lead")
_AT_ONCE = 250_000  # rows of a fact that go to its files together: every piece is cut by months anew
LARGE = 2_000_000  # more changed leads than this are built like everything: in chunks


class Loading:
    """One load over the version ``base`` (None: the lake is empty)."""

    def __init__(
        self,
        engine: Engine,
        root: Path,
        base: Manifest | None,
        company: Company,
        known_until: datetime | None,
        tell: Callable[[Text], None] | None = None,
    ) -> None:
        self._engine = engine
        self._root = root
        self._base = base
        self._company = company
        self._asked_until = known_until
        self._tell = tell or _silent
        self._began = datetime.now(UTC)
        self._version = base.version + 1 if base else 1
        self._states: dict[str, TableState] = dict(base.tables) if base else {}
        self._counts: dict[str, Counts] = {}

    def run(self, batches: Sequence[FactBatch], note: Mapping[str, object], *, anew: bool) -> Manifest | None:
        """Write everything that the new manifest will name; None where nothing is new."""
        views.show_raw(self._engine, self._root, self._delta_versions())
        self._compare(batches)
        known_until = self._known_until()
        if not anew and self._nothing_new(known_until):
            return None
        put_settings(self._engine, self._company)
        self._check()
        self._append_facts()
        self._tell(FOLLOWING)
        self._bring_up_to_date(known_until, anew=anew)
        write_through(views.written(self._root, self._base.tables if self._base else {}, self._states))
        return Manifest(
            version=self._version,
            made_at=datetime.now(UTC),  # until now readers saw the version before, and «as of» says what they saw
            known_until=known_until,
            company=self._company,
            tables=self._states,
            built_by=build_hash(self._company),
            note=note,
        )

    def change(self, manifest: Manifest | None) -> Change:
        version = manifest.version if manifest else self._version - 1
        return Change(
            version=version,
            added={table: counts.added for table, counts in self._counts.items()},
            updated={table: counts.updated for table, counts in self._counts.items()},
            same={table: counts.same for table, counts in self._counts.items()},
        )

    @property
    def _changed(self) -> list[str]:
        return [table for table, counts in self._counts.items() if counts.changed]

    def _delta_versions(self) -> dict[str, int]:
        return {table: state.delta_version for table, state in self._states.items()}

    def _compare(self, batches: Sequence[FactBatch]) -> None:
        for batch in batches:
            table_of(batch)
        ordered = sorted(batches, key=lambda batch: batch.table)
        for name, group in groupby(ordered, key=lambda batch: batch.table):
            self._counts[name] = arrivals.find(self._engine, TABLES[name], list(group))

    def _nothing_new(self, known_until: datetime) -> bool:
        base = self._base
        if base is None or self._changed:
            return False
        return base.company == self._company and base.known_until == known_until and not self._must_build_anew()

    def _must_build_anew(self) -> bool:
        return self._base is None or self._base.built_by != build_hash(self._company)

    def _known_until(self) -> datetime:
        before = self._base.known_until if self._base else None
        asked = self._asked_until or self._latest_moment()
        known = max((moment for moment in (before, asked) if moment is not None), default=self._began)
        return known.astimezone(UTC)

    def _latest_moment(self) -> datetime | None:
        """The latest moment among the new rows; a typing error in a far year is not the present day.

        None where all of them lie ahead: money planned for next year does not make it this year.
        """
        now = literal(self._began + timedelta(days=1))
        moments = [
            f'SELECT "{column}" AS moment FROM new_{table}'
            for table in self._changed
            if table in _TELL_TIME
            for column in moment_columns(TABLES[table])
        ]
        if not moments:
            return None
        found = self._engine.value(
            f"SELECT MAX(moment) FROM ({' UNION ALL '.join(moments)}) WHERE moment <= {now}"
        )
        return None if found is None else found.replace(tzinfo=UTC)

    def _check(self) -> None:
        """Facts that the settings cannot read stop the load before anything is written."""
        anew = self._must_build_anew()
        for table in TABLES:
            rows = f"raw_{table}" if anew else None
            for place in (rows, f"new_{table}" if table in self._changed else None):
                if place is None:
                    continue
                if table == "stage_moves":
                    check_stages(self._engine, self._company, place)
                if table in MONEY:
                    check_currencies(self._engine, self._company, place, MONEY[table])

    def _append_facts(self) -> None:
        for name in self._changed:
            self._append(TABLES[name], arrivals.new_rows(TABLES[name], self._version), self._counts[name].grown)
        views.show_raw(self._engine, self._root, self._delta_versions())

    def _append(self, table: Table, rows: str, grown: int) -> None:
        state = self._states.get(table.name)
        version = views.fact_folder(self._root, table.name).append(
            state.delta_version if state else None, self._engine.stream(rows, _AT_ONCE), self._version
        )
        self._states[table.name] = TableState(version, (state.rows if state else 0) + grown)

    def _bring_up_to_date(self, known_until: datetime, *, anew: bool) -> None:
        versions = self._delta_versions()
        written = {
            name: views.raw_relation(self._root, TABLES[name], versions.get(name))
            for name in ("leads", "payments")
        }
        same.apply(self._engine, written, self._version)
        extent = self._extent(known_until, anew=anew)
        for table in self._changed:
            arrivals.forget(self._engine, TABLES[table])  # written, and their extent is known
        put_calendar(self._engine, self._company)
        work = Work(
            engine=self._engine,
            root=self._root,
            company=self._company,
            known_until=known_until,
            load=self._version,
            base={table: self._states[table].delta_version for table in DERIVED if table in self._states},
            has_activities="activities" in self._states,
        )
        built = build(work, extent)
        self._append_verdicts()
        for table in DERIVED:
            self._states[table] = TableState(built[table], self._rows_of(table, built[table]))

    def _extent(self, known_until: datetime, *, anew: bool) -> Extent:
        first_activities = self._base is not None and (
            ("activities" in self._base.tables) != ("activities" in self._states)
        )
        if anew or self._must_build_anew() or first_activities:
            return changes.find_all(self._engine)
        same.put_touched(self._engine, self._version)
        renamed.put_touched(self._engine, self._base.company if self._base else None, self._company)
        views.show_old(self._engine, self._root, self._delta_versions(), self._company)
        waiting = self._base is not None and known_until > self._base.known_until
        extent = changes.find(self._engine, self._company, self._changed, waiting=waiting)
        return changes.find_all(self._engine) if extent.leads > LARGE else extent

    def _append_verdicts(self) -> None:
        added = self._engine.value("SELECT COUNT(*) FROM new_verdicts")
        if added:
            self._append(TABLES["qualifications"], verdicts.new_rows(self._version), added)

    def _rows_of(self, table: str, delta_version: int) -> int:
        relation = views.derived_relation(self._root, table, delta_version, self._company)
        return int(self._engine.value(f"SELECT COUNT(*) FROM {relation}"))


def _silent(said: Text) -> None:
    """Nobody is told."""
