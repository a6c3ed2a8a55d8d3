"""How do changed records of a mirror become facts of the lake, and what do they say of the settings?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from smarketing.connectors.outside.kinds import Connection
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Connector, Finds
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.jobs.journal import as_json
from smarketing.jobs.proposals import with_new_stages, with_proposal
from smarketing.jobs.standing import Finding
from smarketing.jobs.vault import alone
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import Change, FactBatch

LOAD_ROWS = 300_000  # rows in one version of the lake: what is held in memory at once
LOOK_EVERY = timedelta(hours=20)  # at what is poor in the records
CLOCK_STEP = timedelta(hours=1)  # so seldom does a version only say that nothing has changed
_DELIVERED, _READ_BY, _LOOKED = "delivered", "read-by", "looked"
# Settings by which no connector reads its records; when any other changes, all facts are made again.
_UNREAD = {
    "name", "language", "mql", "response_sla_minutes", "working_hours", "loss_reasons", "criteria", "accountable",
    "guardrails", "rates", "verdict",
}  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """What came of the facts. ``waiting``: records that wait for a person."""

    version: int | None = None
    known_until: datetime | None = None
    facts: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    waiting: int = 0


def deliver(
    workspace: Workspace,
    connection: Connection,
    connector: Connector,
    mirror: Mirror,
    *,
    now: datetime,
    known_until: datetime | None,
    anew: bool,
    who: str | None,
) -> Delivered:
    """Hand the lake the facts of everything that changed since the last delivery, and note how far that was.

    The position is noted after the lake took the facts: killed between, they are handed over again and change
    nothing.
    """
    company, findings = _settings(workspace, connection, connector, mirror)
    read_by = _reading(company, connection)
    whole = anew or mirror.marked(_READ_BY) != read_by
    after, upto = 0 if whole else int(str(mirror.marked(_DELIVERED) or 0)), mirror.position
    facts: Counter[str] = Counter()
    change: Change | None = None
    note = {"connection": connection.key, "who": who}
    made = connector.facts(mirror, company, after=after, upto=upto, now=now) if upto > after else iter(())
    for batches, is_last in _loads(made):
        if not batches and not _clock_has_moved(workspace, known_until):
            continue
        change = workspace.lake.load(batches, company, known_until=known_until if is_last else None, note=note)
        facts.update(change.added)
        facts.update(change.updated)
    poor = _poor(connector, mirror, company, now) if facts else ()
    mirror.mark(_DELIVERED, upto)
    mirror.mark(_READ_BY, read_by)
    return Delivered(
        version=change.version if change else None,
        known_until=known_until,
        facts={table: rows for table, rows in facts.items() if rows},
        findings=(*findings, *poor),
        waiting=sum(len(rows) for rows in mirror.refused().values()),
    )


def _loads(made: Iterator[Mapping[str, pa.Table]]) -> Iterator[tuple[list[FactBatch], bool]]:
    """The connector's batches, joined until a load is worth a version; the last one is told."""
    held: list[FactBatch] = []
    rows = 0
    for tables in made:
        if rows >= LOAD_ROWS:
            yield held, False
            held, rows = [], 0
        for table, content in tables.items():
            if content.num_rows:
                held.append(FactBatch(table, content))
                rows += content.num_rows
    yield held, True


def _clock_has_moved(workspace: Workspace, known_until: datetime | None) -> bool:
    """Whether a version that only says «nothing new until then» is worth making."""
    if known_until is None:
        return False
    newest = workspace.lake.newest()
    return newest is not None and known_until - newest.known_until >= CLOCK_STEP


def _settings(
    workspace: Workspace, connection: Connection, connector: Connector, mirror: Mirror
) -> tuple[Company, tuple[Finding, ...]]:
    """The company by which facts are read; what was added to its settings is told."""
    with alone(workspace.company_path):
        company = workspace.company
        proposal = connector.settings(mirror, company)
        if not proposal:
            return company, ()
        if not company.stages:
            proposed = with_proposal(company, proposal, connection.title)
            if proposed != company:
                workspace.write_company(proposed)
            return proposed, _proposed(proposed, connection) if proposed.stages else ()
        widened, stages = with_new_stages(company, proposal, connection.title)
        if stages:
            workspace.write_company(widened)
        return widened, tuple(_new_stage(stage.name.text, connection) for stage in stages)


def _poor(connector: Connector, mirror: Mirror, company: Company, now: datetime) -> tuple[Finding, ...]:
    """What is poor in the account's own records. A pass over all of them, so it is made once a day at most."""
    last = mirror.marked(_LOOKED)
    if not isinstance(connector, Finds) or (last and now - datetime.fromisoformat(str(last)) < LOOK_EVERY):
        return ()
    mirror.mark(_LOOKED, now.isoformat())
    return tuple(
        Finding(one.key, Text(f"{one.text.ru} Записей: {one.count}.", f"{one.text.en} Records: {one.count}."))
        for one in connector.findings(mirror, company)
    )


def _reading(company: Company, connection: Connection) -> str:
    said = as_json([company.model_dump(mode="json", exclude=_UNREAD), connection.options])
    return hashlib.sha256(said.encode()).hexdigest()


def _proposed(company: Company, connection: Connection) -> tuple[Finding, ...]:
    names: Sequence[Text] = [stage.name.text for stage in company.stages]
    ru, en = ", ".join(name.ru for name in names), ", ".join(name.en for name in names)
    return (
        Finding(
            "settings-proposed",
            Text(
                f"Настройки взяты из «{connection.title}»: {ru}. Проверьте порядок и вехи в company.toml.",
                f"Settings were taken from “{connection.title}”: {en}. "
                "Check order and milestones in company.toml.",
            ),
        ),
    )


def _new_stage(name: Text, connection: Connection) -> Finding:
    return Finding(
        "new-stage",
        Text(
            f"В «{connection.title}» появилась стадия «{name.ru}»: она добавлена в company.toml. "
            "Проверьте её место и веху.",
            f"“{connection.title}” has a new stage “{name.en}”: it was added to company.toml. "
            "Check its place and milestone.",
        ),
    )
