"""A data set loaded as a user would load it: a workspace, what the load said, and a reader of the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.connectors.files.findings import Finding
from smarketing.connectors.files.profile import ColumnProfile
from smarketing.facts.period import Clock
from smarketing.jobs.load import LoadReport, load
from smarketing.jobs.workspace import Workspace
from smarketing.lake.reader import LakeReader
from smarketing.metrics.kinds import Figure

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
EMPTY = "(empty)"  # as the published figures call what is not given


@dataclass(frozen=True)
class Loaded:
    workspace: Workspace
    report: LoadReport
    profiles: Mapping[str, Mapping[str, ColumnProfile]]  # file → heading → its profile
    reader: LakeReader
    asked: list[str] = field(default_factory=list)  # questions that no measurement answers

    def rows(
        self,
        by: str,
        metrics: Sequence[str],
        clock: Clock = Clock.COHORT,
        where: Mapping[str, tuple[str, ...]] | None = None,
    ) -> dict[Any, Mapping[str, Figure]]:
        """The end-to-end table by one dimension: value of the dimension → figures."""
        question = Question(clock=clock, by=(by,), where=where or {})
        found = economics(self.reader, question, metrics)
        return {named(row.keys[0]): row.figures for row in found.rows}

    def total(self, *metrics: str) -> Mapping[str, Figure]:
        return economics(self.reader, Question(), metrics).total.figures

    def ask(self, question: str) -> list[dict[str, Any]]:
        """A question to the facts: for what no measurement gives."""
        self.asked.append(question)
        found: list[dict[str, Any]] = self.reader.query(question).to_pylist()
        return found

    def finding(self, code: str) -> Finding:
        return next(finding for finding in self.report.findings if finding.code == code)

    def written(self) -> dict[str, int]:
        """How many cells of each field of the leads are not blank."""
        return {fill.field: fill.written for fill in self.report.fills}

    def sniffed_rows(self, mapping: str) -> int:
        return next(file.sniffed.rows for file in self.report.files if file.mapping.name == mapping)


def named(key: object) -> Any:
    """A key of a row as the published figures write it: months YYYY-MM, «not given» as (empty)."""
    if key is None:
        return EMPTY
    return f"{key // 100:04d}-{key % 100:02d}" if isinstance(key, int) else key


@contextmanager
def loaded(
    root: Path, paths: Sequence[Path], mappings: Sequence[Path] = (), known_until: datetime | None = None
) -> Iterator[Loaded]:
    """Load files into a new workspace that keeps these mappings of its own; profile them first."""
    workspace = Workspace.init(root)
    for mapping in mappings:
        (workspace.mappings_path / mapping.name).write_text(mapping.read_text(encoding="utf-8"), encoding="utf-8")
    checked = load(workspace, paths, check=True, now=NOW)
    report = load(workspace, paths, known_until=known_until, now=NOW)
    profiles = {
        profile.sniffed.file: {column.heading: column for column in profile.columns}
        for profile in checked.profiles
    }
    with workspace.lake.open() as reader:
        yield Loaded(workspace, report, profiles, reader)
