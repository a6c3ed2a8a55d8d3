"""Files in, facts in the lake, quarantine and a report out: one load from end to end.

What a load does, in order: recognise every file, take settings from a mapping if the workspace has none, sift
rows, keep the quarantined ones, write the facts in one version of the lake, note the load in the journal. Killed
between any two steps it is simply done again: no step does harm twice.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from smarketing.connectors.files.findings import Fill, Finding
from smarketing.connectors.files.folders import Found, expand, fact_mapping
from smarketing.connectors.files.gathering import Count, FileReading, Intake, Reading
from smarketing.connectors.files.mapping import NEAR, named_mapping, nearly_recognised, read_mapping, recognise
from smarketing.connectors.files.mapping import Mapping as FileMapping
from smarketing.connectors.files.profile import Profile, profile
from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.connectors.files.reasons import wrong_file
from smarketing.connectors.files.totals import Totals, latest_moment
from smarketing.facts.company import Company, parse_company
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs import quarantine as aside
from smarketing.jobs.deciding import settle
from smarketing.jobs.journal import Journal, as_json
from smarketing.jobs.planning import PlanFile, load_with_plans
from smarketing.jobs.proposals import with_proposal
from smarketing.jobs.settings import company_toml
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.store import Change, FactBatch

Progress = Callable[[Text], None]
WRITING = Text("Записываем факты", "Writing the facts")  # said when every row has been checked


@dataclass(frozen=True)
class LoadReport:
    """What one load did or, with ``check``, would do."""

    load_id: str
    files: tuple[FileReading, ...]
    counts: Mapping[str, Count]
    totals: Totals
    findings: tuple[Finding, ...] = ()
    fills: tuple[Fill, ...] = ()
    quarantined: tuple[aside.QuarantinedRow, ...] = ()
    version: int | None = None  # of the lake; None when nothing was written
    known_until: datetime | None = None
    change: Change | None = None
    plans: Mapping[Month, int] = field(default_factory=dict)  # the versions of the plan that the load made
    settings_from: str | None = None  # the mapping whose settings the empty workspace took
    unchanged: bool = False  # the same files had been loaded before, by the same mappings and settings
    check: bool = False
    profiles: tuple[Profile, ...] = ()
    problems: tuple[Text, ...] = ()  # with ``check``: why a file could not be loaded as it is
    company: Company | None = (
        None  # with ``check``: the settings a load would take; the sums are in their currency
    )

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, but rows were quarantined or a finding is red."""
        red = any(finding.red for finding in self.findings)
        return int(red or bool(self.problems) or any(count.quarantined for count in self.counts.values()))


@dataclass(frozen=True)
class _Plan:
    """Which sheet is read by which mapping."""

    sheets: tuple[tuple[Sheet, FileMapping], ...]
    company: Company
    settings_from: str | None

    def fingerprint(self, known_until: datetime | None) -> str:
        """The same for the same files, mappings and settings, in any order."""
        parts = sorted(f"{sheet.sniffed.file}:{sheet.sniffed.sha256}:{used.digest}" for sheet, used in self.sheets)
        # Written and read once, so that 0.2 and 0.20 are the same settings before and after they lay on the disk.
        settings = company_toml(parse_company(tomllib.loads(company_toml(self.company))))
        said = "\n".join([*parts, settings, str(known_until)])
        return hashlib.sha256(said.encode()).hexdigest()


def load(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    mapping: FileMapping | Path | str | None = None,
    check: bool = False,
    known_until: datetime | None = None,
    now: datetime | None = None,
    who: str | None = None,
    why: str | None = None,
    plan_only: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files and folders into the lake in one version.

    ``mapping``: a mapping, its TOML file or the name of a shipped one; None: recognised by headings.
    ``check``: nothing is written; the report tells what would happen and profiles every column.
    ``plan_only``: every file is a plan in our own format, whatever it is called, and its numbers become the plan
    again even if they were loaded before; ``why``: what the plan's new versions say for themselves.
    Raises :class:`WrongInput` for a file that cannot be read, :class:`WrongSetting` for a wrong mapping.
    """
    now, tell = now or datetime.now(UTC), progress or _silent
    chosen = _mapping(workspace, mapping)
    with Workbench() as bench:
        found = expand(paths)
        if plan_only:
            found = tuple(replace(item, table="plans") for item in found)
        sheets = _read(bench, found, chosen, tell)
        if check:
            return _checked(bench, workspace, sheets, chosen, now)
        plan = _plan(
            workspace, [(sheet, _used(workspace, item, sheet, chosen, len(sheets))) for item, sheet in sheets]
        )
        fingerprint = plan.fingerprint(known_until)
        if not plan_only and _is_loaded(workspace, fingerprint):
            return _repeated(bench, workspace, plan, fingerprint, now)
        reading = _sift(bench, plan, now, tell)
        said = PlanFile(_files_of_plans(reading), why, insist=plan_only)
        report = _keep(workspace, plan, reading, fingerprint, known_until, now, who, tell, said=said)
        settled = settle(workspace, now)
        return replace(report, version=settled.version) if settled else report


def mend(
    workspace: Workspace,
    corrections: Mapping[str, Mapping[str, str]],
    *,
    now: datetime | None = None,
    who: str | None = None,
) -> LoadReport:
    """Load quarantined rows again with corrected cells: id of the row → heading → text.

    A row that is still wrong stays in quarantine; the report tells why.
    """
    from smarketing.jobs.mending import mended_sheets, settled

    now = now or datetime.now(UTC)
    company = workspace.company
    with Workbench() as bench:
        groups = mended_sheets(bench, workspace, corrections)
        intake = Intake(bench, company, now)
        for group in groups:
            intake.add(group.sheet, group.mapping, group.decisions)
        reading = intake.finish()
        plan = _Plan(tuple((group.sheet, group.mapping) for group in groups), company, None)
        fingerprint = hashlib.sha256(as_json({"mended": dict(corrections)}).encode()).hexdigest()
        report = _keep(
            workspace, plan, replace(reading, findings=()), fingerprint, None, now, who, _silent, stored=False
        )
        aside.resolve(workspace, settled(workspace, groups, reading), report.load_id)
        return report


def _silent(_: Text) -> None:
    """Nobody watches."""


def _mapping(workspace: Workspace, mapping: FileMapping | Path | str | None) -> FileMapping | None:
    if mapping is None or isinstance(mapping, FileMapping):
        return mapping
    if isinstance(mapping, Path) or mapping.endswith(".toml"):
        return read_mapping(Path(mapping))
    return named_mapping(mapping, own_mappings(workspace))


def own_mappings(workspace: Workspace) -> tuple[FileMapping, ...]:
    """The mappings that this workspace keeps."""
    return tuple(read_mapping(path) for path in sorted(workspace.mappings_path.glob("*.toml")))


def _read(
    bench: Workbench, found: Sequence[Found], mapping: FileMapping | None, tell: Progress
) -> list[tuple[Found, Sheet]]:
    sheets = []
    for item in found:
        tell(Text(f"Читаем {item.name}", f"Reading {item.name}"))
        sheets.append((item, bench.read(item.path, name=item.name, hints=mapping.file.hints if mapping else None)))
    return sheets


def _used(workspace: Workspace, item: Found, sheet: Sheet, given: FileMapping | None, files: int) -> FileMapping:
    """The mapping of one file: the given one, our own format by the name, else the best that fits the headings.

    Among several files a given mapping is for those that have its headings.
    """
    if given is not None and (files == 1 or not given.headings or given.fits(sheet.headings)):
        return given
    if item.table is not None:
        own = fact_mapping(item.table, sheet.headings)
        if own is not None:
            return own
    proposals = recognise(sheet.headings, own_mappings(workspace))
    for proposal in proposals:
        if proposal.fits:
            return proposal.mapping
    if given is not None:
        return given  # its missing column will be told
    if proposals and proposals[0].share >= NEAR:
        raise nearly_recognised(item.name, proposals[0])
    raise wrong_file("not-recognised", file=item.name, headings=", ".join(sheet.headings[:12]))


def _plan(workspace: Workspace, sheets: Sequence[tuple[Sheet, FileMapping]]) -> _Plan:
    company = workspace.company
    if not company.stages:
        for _, used in sheets:
            if used.company.get("stages"):
                return _Plan(tuple(sheets), proposed_company(company, used), used.name)
    return _Plan(tuple(sheets), company, None)


def proposed_company(company: Company, mapping: FileMapping) -> Company:
    """The settings with the mapping's proposal wherever the company has said nothing yet."""
    return with_proposal(company, mapping.company, f"{mapping.name}.toml")


def _sift(bench: Workbench, plan: _Plan, now: datetime, tell: Progress) -> Reading:
    intake = Intake(bench, plan.company, now)
    for sheet, used in plan.sheets:
        tell(Text(f"Проверяем {sheet.sniffed.file}", f"Checking {sheet.sniffed.file}"))
        intake.add(sheet, used)
    return intake.finish()


def _keep(
    workspace: Workspace,
    plan: _Plan,
    reading: Reading,
    fingerprint: str,
    known_until: datetime | None,
    now: datetime,
    who: str | None,
    tell: Progress,
    *,
    stored: bool = True,
    said: PlanFile | None = None,
) -> LoadReport:
    load_id = fingerprint[:12]
    if plan.settings_from is not None:
        workspace.write_company(plan.company)
    for _, used in plan.sheets:
        write_whole(
            workspace.quarantine_path / "mappings" / f"{used.digest}.json", used.model_dump_json(by_alias=True)
        )
    if stored:
        aside.store(workspace, load_id, reading.quarantined)
    known = known_until or latest_moment(reading.accepted, plan.company, now)
    tell(WRITING)
    batches = [FactBatch(table, rows) for table, rows in reading.accepted.items() if rows.num_rows]
    note = {"load": load_id, "files": [file.sniffed.file for file in reading.files], "who": who}
    change, planned = load_with_plans(
        workspace,
        batches,
        plan.company,
        (said or PlanFile()).signed(who, now),
        known_until=known,
        note=note,
        tell=tell,
    )
    report = _report(load_id, reading, version=change.version, known_until=known, change=change, plans=planned)
    report = replace(report, settings_from=plan.settings_from, quarantined=_rows_of(reading, load_id))
    Journal(workspace.journal_path).append(_record(report, fingerprint, now, who, mended=not stored))
    return report


def _files_of_plans(reading: Reading) -> str | None:
    files = [file.sniffed.file for file in reading.files if "plans" in file.counts]
    return ", ".join(files) or None


def _report(load_id: str, reading: Reading, **rest: object) -> LoadReport:
    return LoadReport(
        load_id=load_id,
        files=reading.files,
        counts=reading.counts,
        totals=reading.totals,
        findings=reading.findings,
        fills=reading.fills,
        **rest,  # type: ignore[arg-type]
    )


def _rows_of(reading: Reading, load_id: str) -> tuple[aside.QuarantinedRow, ...]:
    return aside.rows_of(reading.quarantined, load_id)


def _is_loaded(workspace: Workspace, fingerprint: str) -> bool:
    """A lake that was put back from an earlier backup, or taken away, does not hold what the journal says."""
    record, newest = Journal(workspace.journal_path).standing(fingerprint), workspace.lake.newest()
    return record is not None and newest is not None and (record["version"] or 0) <= newest.number


def _repeated(bench: Workbench, workspace: Workspace, plan: _Plan, fingerprint: str, now: datetime) -> LoadReport:
    """The same again: counted anew for the report, and nothing is written."""
    reading = _sift(bench, plan, now, _silent)
    load_id = fingerprint[:12]
    newest = workspace.lake.newest()
    with_rows = _report(load_id, reading, version=newest.number if newest else 0, unchanged=True)
    return replace(with_rows, quarantined=_rows_of(reading, load_id))


def _checked(
    bench: Workbench,
    workspace: Workspace,
    sheets: Sequence[tuple[Found, Sheet]],
    given: FileMapping | None,
    now: datetime,
) -> LoadReport:
    """What a load would do; a file that could not be loaded becomes a problem of the report."""
    fitting, problems = [], []
    for item, sheet in sheets:
        try:
            fitting.append((sheet, _used(workspace, item, sheet, given, len(sheets))))
        except SmarketingError as error:
            problems.append(error.text)
    plan = _plan(workspace, fitting)
    intake = Intake(bench, plan.company, now)
    for sheet, used in plan.sheets:
        try:
            intake.add(sheet, used)
        except SmarketingError as error:
            problems.append(error.text)
    reading = intake.finish()
    profiles = tuple(profile(bench, sheet, plan.company, own_mappings(workspace)) for _, sheet in sheets)
    report = _report(
        "check", reading, check=True, profiles=profiles, problems=tuple(problems), company=plan.company
    )
    return replace(report, settings_from=plan.settings_from, quarantined=_rows_of(reading, "check"))


def _record(
    report: LoadReport, fingerprint: str, now: datetime, who: str | None, *, mended: bool
) -> dict[str, object]:
    change = report.change
    return {
        "id": report.load_id,
        "at": now.astimezone(UTC).isoformat(),
        "who": who,
        "fingerprint": fingerprint,
        "mended": mended,
        "version": report.version,
        "known_until": report.known_until,
        "settings_from": report.settings_from,
        "files": [_file_record(file, mended=mended) for file in report.files],
        "counts": dict(report.counts),
        "added": dict(change.added) if change else {},
        "updated": dict(change.updated) if change else {},
        "same": dict(change.same) if change else {},
        "totals": report.totals,
        "findings": report.findings,
    }


def _file_record(file: FileReading, *, mended: bool) -> dict[str, object]:
    sniffed = file.sniffed
    return {
        "name": sniffed.file,
        # A mended row belongs to its file without standing for it: the file's quarantine must stay in sight.
        "sha256": "" if mended else sniffed.sha256,
        "sniffed": sniffed,
        "mapping": file.mapping.name,
        "mapping_digest": file.mapping.digest,
        "counts": dict(file.counts),
        "decisions": dict(file.decisions),
    }
