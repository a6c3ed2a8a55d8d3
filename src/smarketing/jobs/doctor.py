"""Is this installation in order, and what is to be done where it is not?"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from smarketing.facts.company import Company, Milestone
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text, plural
from smarketing.facts.query import Reader
from smarketing.jobs.connections import Connections
from smarketing.jobs.freshness import concerns
from smarketing.jobs.quarantine import waiting
from smarketing.jobs.workspace import Workspace

OLDEST_PYTHON = (3, 11)
LITTLE_SPACE = 1 << 30
STALE = timedelta(days=3)


class State(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    code: str
    state: State
    text: Text


def examine(workspace: Workspace, now: datetime | None = None) -> tuple[Finding, ...]:
    """Every check in order; a check that cannot run because an earlier one failed is left out."""
    return tuple(_findings(workspace, now or datetime.now(UTC)))


def _findings(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    yield _python()
    yield _space(workspace)
    try:
        company = workspace.company
    except SmarketingError as error:
        yield Finding(error.code, State.BAD, error.text)
        return
    yield Finding("company", State.GOOD, Text(f"Компания: {company.name}.", f"Company: {company.name}."))
    yield from _settings(company)
    try:
        reader = workspace.lake.open()
    except SmarketingError as error:
        yield Finding(error.code, State.BAD, error.text)
        return
    with reader:
        yield from _facts(reader, now)
    yield _quarantined(workspace)
    yield from _connected(workspace, now)


def _python() -> Finding:
    said = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return Finding("python", State.GOOD, Text(f"Python {said}.", f"Python {said}."))
    return Finding(
        "python",
        State.BAD,
        Text(f"Python {said}: нужен 3.11 или новее.", f"Python {said}: 3.11 or newer is needed."),
    )


def _space(workspace: Workspace) -> Finding:
    folder = workspace.root
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{free / (1 << 30):.1f}"
    comma = said.replace(".", ",")
    if free >= LITTLE_SPACE:
        return Finding("space", State.GOOD, Text(f"Свободно {comma} ГиБ.", f"{said} GiB free."))
    return Finding(
        "space", State.WARNING, Text(f"Свободно только {comma} ГиБ: освободите место.", f"Only {said} GiB free.")
    )


def _settings(company: Company) -> Iterator[Finding]:
    if not company.stages:
        yield Finding(
            "no-stages",
            State.BAD,
            Text(
                "В company.toml нет стадий: воронка и вывод не считаются. Опишите их в [[stages]].",
                "company.toml has no stages: no funnel and no verdict. Describe them in [[stages]].",
            ),
        )
    for milestone in Milestone:
        if company.stages and not any(stage.milestone is milestone for stage in company.stages):
            yield Finding(
                f"no-milestone-{milestone}",
                State.BAD if milestone is Milestone.WON else State.WARNING,
                Text(
                    f"Ни одна стадия не несёт веху «{milestone}»: отметьте её полем milestone.",
                    f"No stage carries the milestone “{milestone}”: mark it by milestone.",
                ),
            )
    if not company.criteria:
        yield Finding(
            "no-criteria",
            State.WARNING,
            Text(
                "Критерии целевого лида не записаны: качество лидов не отделить от работы с ними.",
                "The criteria of a target lead are not written: quality cannot be told from handling.",
            ),
        )


def _facts(reader: Reader, now: datetime) -> Iterator[Finding]:
    row = reader.query("SELECT COUNT(*) AS leads FROM journeys WHERE is_counted").to_pylist()[0]
    leads = row["leads"]
    if not leads:
        yield Finding(
            "no-leads",
            State.WARNING,
            Text("Лидов пока нет. Загрузите файлы: smarketing load ФАЙЛ", "No leads yet: smarketing load FILE"),
        )
        return
    words = plural(leads, ("лид", "лида", "лидов"), ("lead", "leads"))
    said = Text(f"{leads} {words.ru}, версия {reader.version}.", f"{leads} {words.en}, version {reader.version}.")
    yield Finding("facts", State.GOOD, said)
    if now - reader.known_until > STALE:
        day = f"{reader.known_until.astimezone(reader.company.tz):%d.%m.%Y}"
        yield Finding(
            "stale",
            State.WARNING,
            Text(f"Данные кончаются {day}: загрузите свежие.", f"The facts end on {day}: load newer ones."),
        )


def _connected(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """Connections out of order, and whether their secrets can be opened here; nothing where none is connected."""
    connections = Connections(workspace)
    try:
        known = connections.all()
        for connection in known:
            connections.account(connection.key)
        late = concerns(workspace, now)
    except SmarketingError as error:
        yield Finding(error.code, State.BAD, error.text)
        return
    for one in late:
        said = Text(f"{one.title.ru}. {one.more.ru}", f"{one.title.en}. {one.more.en}")
        yield Finding("connection", State.BAD if one.red else State.WARNING, said)
    if known and not late:
        words = plural(len(known), ("подключение", "подключения", "подключений"), ("connection", "connections"))
        said = Text(f"В порядке: {len(known)} {words.ru}.", f"In order: {len(known)} {words.en}.")
        yield Finding("connections", State.GOOD, said)


def _quarantined(workspace: Workspace) -> Finding:
    count = len(waiting(workspace))
    if not count:
        return Finding("quarantine", State.GOOD, Text("Карантин пуст.", "Nothing is in quarantine."))
    words = plural(count, ("строка", "строки", "строк"), ("row", "rows"))
    return Finding(
        "quarantine",
        State.WARNING,
        Text(
            f"В карантине {count} {words.ru}: исправьте их на странице «Данные».",
            f"{count} {words.en} in quarantine: mend them on the page “Data”.",
        ),
    )
