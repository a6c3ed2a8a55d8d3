"""How is a connected system told on a page: how it stands, what it is at, what its runs brought?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.company import Company
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Language, Text, plural, same
from smarketing.facts.tables import TABLES
from smarketing.jobs.background import Background
from smarketing.jobs.connections import Connections
from smarketing.jobs.freshness import is_late, next_of, state_of
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.standing import Desk, Doing, Run, Standing
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, say_moment, say_number

_OUTCOMES = {
    "done": Text("загружено", "loaded"),
    "passing": Text("повторится", "will be tried again"),
    "lasting": Text("нужен человек", "needs a person"),
    "stopped": Text("прервано остановкой сервера", "the server stopped"),
    "failed": Text("ошибка на нашей стороне", "an error on our side"),
}


@dataclass(frozen=True)
class SystemLine:
    """One connection. ``mark``: bad, warn or nothing, as the page marks it."""

    connection: Connection
    kind: Text
    lead: Text
    state: Text
    mark: str
    good_at: Text
    next_at: Text
    last: Text
    trouble: Text | None
    doing: Text | None
    busy: bool
    waiting: int


@dataclass(frozen=True)
class StreamLine:
    stream: str
    received: str
    accepted: str
    refused: str
    new: str
    changed: str
    gone: str


@dataclass(frozen=True)
class RunLine:
    """One run of the history."""

    run: Run
    at: Text
    outcome: Text
    mark: str
    received: str
    news: Text
    streams: tuple[StreamLine, ...]
    traffic: Text
    trouble: Text | None


def system_line(
    workspace: Workspace, connection: Connection, company: Company, work: Background, now: datetime
) -> SystemLine:
    """How a connection stands at this moment."""
    desk = Desk(workspace, connection.key)
    standing, doing = desk.standing, desk.doing
    asked = work.is_asked(connection.key)
    runs = desk.runs(1)
    return SystemLine(
        connection=connection,
        kind=kind_of(connection.kind).title,
        lead=_lead(connection, standing, company, now, on_schedule=work.has_worker()),
        state=_state(connection, standing, doing, asked),
        mark=_mark(connection, standing, now),
        good_at=_moment(standing.good_at, company, now),
        next_at=_moment(next_of(connection, standing), company, now),
        last=news(runs[0]) if runs else same(DASH),
        trouble=standing.trouble.text if standing.trouble else None,
        doing=_doing(doing),
        busy=doing is not None or asked,
        waiting=standing.waiting,
    )


def brief_lines(workspace: Workspace, company: Company, now: datetime) -> list[tuple[str, Text, str, Text]]:
    """Title, state, mark and freshness of every connection, for everybody who sees data; none where unreadable."""
    try:
        known = Connections(workspace).all()
    except SmarketingError:  # told on the page of connections
        return []
    lines = []
    for connection in known:
        standing = Desk(workspace, connection.key).standing
        until = _moment(standing.good_at, company, now)
        lines.append((connection.title, state_of(connection, standing), _mark(connection, standing, now), until))
    return lines


def run_lines(runs: tuple[Run, ...], company: Company, language: Language, now: datetime) -> list[RunLine]:
    """The history, newest first."""
    return [_run_line(run, company, language, now) for run in runs]


def conclusion(lines: list[SystemLine], *, on_schedule: bool) -> Text:
    """The sentence at the top of the page; ``on_schedule``: a worker runs that loads them."""
    if not lines:
        return Text("Ни одна система не подключена.", "No system is connected.")
    broken = [line for line in lines if line.mark == "bad"]
    if broken:
        names_ru = ", ".join(f"«{line.connection.title}»" for line in broken)
        names_en = ", ".join(f"“{line.connection.title}”" for line in broken)
        return Text(f"Нужен человек: {names_ru}.", f"A person is needed: {names_en}.")
    late = [line for line in lines if line.mark == "warn"]
    if late:
        return Text(
            f"Данные отстают: {', '.join(f'«{line.connection.title}»' for line in late)}.",
            f"The data are late: {', '.join(f'“{line.connection.title}”' for line in late)}.",
        )
    if not on_schedule:
        return Text(
            "Системы подключены, загрузка по расписанию стоит.", "Connected, but nothing loads on schedule."
        )
    return Text("Все системы загружаются по расписанию.", "Every system is loaded on schedule.")


def news(run: Run) -> Text:
    """What a run changed in the facts, in a few words."""
    if run.outcome != "done":
        return _OUTCOMES[run.outcome]
    if not run.facts:
        return Text("нового нет", "nothing new")
    parts = [
        (TABLES[table].label if table in TABLES else same(table), rows)
        for table, rows in sorted(run.facts.items())
    ]
    return Text(
        ", ".join(f"{label.ru} {say_number(rows, Unit.COUNT, 'ru')}" for label, rows in parts),
        ", ".join(f"{label.en} {say_number(rows, Unit.COUNT, 'en')}" for label, rows in parts),
    )


def outcome_of(run: Run) -> Text:
    """How a run ended."""
    return _OUTCOMES[run.outcome]


def _state(connection: Connection, standing: Standing, doing: Doing | None, asked: bool) -> Text:
    if doing is not None:
        return Text("загружается", "loading")
    return Text("ждёт очереди", "waiting for its turn") if asked else state_of(connection, standing)


def _mark(connection: Connection, standing: Standing, now: datetime) -> str:
    if connection.paused:
        return ""
    if standing.needs_person:
        return "bad"
    return "warn" if standing.failures or is_late(connection, standing, now) else ""


def _doing(doing: Doing | None) -> Text | None:
    if doing is None:
        return None
    if not doing.received:
        return doing.text
    said = Text(say_number(doing.received, Unit.COUNT, "ru"), say_number(doing.received, Unit.COUNT, "en"))
    if doing.expected:
        said = Text(
            f"{said.ru} из {say_number(doing.expected, Unit.COUNT, 'ru')}",
            f"{said.en} of {say_number(doing.expected, Unit.COUNT, 'en')}",
        )
    return Text(f"{doing.text.ru}: {said.ru}", f"{doing.text.en}: {said.en}")


def _run_line(run: Run, company: Company, language: Language, now: datetime) -> RunLine:
    def count(number: int) -> str:
        return say_number(number, Unit.COUNT, language)

    return RunLine(
        run=run,
        at=_moment(run.started_at, company, now),
        outcome=outcome_of(run),
        mark={"lasting": "bad", "failed": "bad", "passing": "warn"}.get(run.outcome, ""),
        received=count(run.kept.received),
        news=news(run) if run.outcome == "done" else same(DASH),
        streams=tuple(
            StreamLine(
                stream,
                count(kept.received),
                count(kept.received - kept.refused),
                count(kept.refused),
                count(kept.new),
                count(kept.changed),
                count(kept.gone),
            )
            for stream, kept in run.streams.items()
        ),
        traffic=_traffic(run),
        trouble=run.trouble.text if run.trouble else None,
    )


def _traffic(run: Run) -> Text:
    asked = plural(run.requests, ("запрос", "запроса", "запросов"), ("request", "requests"))
    again = plural(run.retries, ("повтор", "повтора", "повторов"), ("retry", "retries"))
    return Text(
        f"{run.requests} {asked.ru}, {run.retries} {again.ru}, отказов по нагрузке: {run.refused_requests}, "
        f"ждали {round(run.waited_seconds)} с",
        f"{run.requests} {asked.en}, {run.retries} {again.en}, refused for load: {run.refused_requests}, "
        f"waited {round(run.waited_seconds)} s",
    )


def _lead(
    connection: Connection, standing: Standing, company: Company, now: datetime, *, on_schedule: bool
) -> Text:
    """The sentence at the top of a connection's page."""
    until, again = _moment(standing.good_at, company, now), next_of(connection, standing)
    if standing.good_at is None:
        first = Text("Данные ещё не загружены", "Nothing has been loaded yet")
    else:
        first = Text(f"Данные до {until.ru}", f"The data reach until {until.en}")
    if standing.needs_person:
        rest = Text("загрузки ждут человека", "runs wait for a person")
    elif connection.paused:
        rest = Text("расписание остановлено", "the schedule is paused")
    elif not on_schedule:
        rest = Text("по расписанию сейчас ничего не загружается", "nothing is loaded on schedule now")
    elif again is None or again <= now:
        rest = Text("загрузка начнётся в течение минуты", "a run starts within a minute")
    else:
        at = _moment(again, company, now)
        rest = Text(f"следующая загрузка {at.ru}", f"the next run is on {at.en}")
    return Text(f"{first.ru}; {rest.ru}.", f"{first.en}; {rest.en}.")


def _moment(moment: datetime | None, company: Company, now: datetime) -> Text:
    if moment is None:
        return same(DASH)
    return say_moment(moment, company.tz, now.astimezone(company.tz).date())
