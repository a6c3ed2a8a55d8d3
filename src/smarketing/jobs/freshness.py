"""Which connections do not bring what they should, since when, and who can help?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.jobs.connections import Connections
from smarketing.jobs.standing import Desk, Standing
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.wording import say_moment

LATE_RUNS = 3  # schedules missed in a row before anybody is told
SOONEST = timedelta(hours=2)


@dataclass(frozen=True)
class Concern:
    """A connection that somebody should look at. ``red``: nothing comes until a person acts."""

    connection: str
    title: Text
    more: Text
    red: bool = False


def concerns(workspace: Workspace, now: datetime) -> tuple[Concern, ...]:
    """Every connection out of order; a paused one is a person's own decision and none."""
    return tuple(_concerns(workspace, now))


def state_of(connection: Connection, standing: Standing) -> Text:
    """The one word for how a connection stands."""
    if connection.paused:
        return Text("на паузе", "paused")
    if standing.needs_person:
        return Text("нужен человек", "needs a person")
    if standing.failures:
        return Text("повторится", "will be tried again")
    return Text("работает", "works") if standing.good_at else Text("ещё не загружалось", "not loaded yet")


def next_of(connection: Connection, standing: Standing) -> datetime | None:
    """When it is asked again by itself; None where it is not, or is about to be for the first time."""
    return None if connection.paused or standing.needs_person else standing.next_at


def _concerns(workspace: Workspace, now: datetime) -> Iterator[Concern]:
    connections = Connections(workspace).all()
    if not connections:
        return
    company = workspace.company
    for connection in connections:
        if connection.paused:
            continue
        standing = Desk(workspace, connection.key).standing
        if standing.needs_person:
            yield _stopped(connection, standing, company)
        elif is_late(connection, standing, now):
            yield _late(connection, standing, company)


def is_late(connection: Connection, standing: Standing, now: datetime) -> bool:
    """Whether the facts are older than a few schedules allow; one that has never run is not late."""
    if standing.good_at is None:
        return standing.failures > LATE_RUNS
    return now - standing.good_at > max(LATE_RUNS * timedelta(minutes=connection.minutes), SOONEST)


def _stopped(connection: Connection, standing: Standing, company: Company) -> Concern:
    return Concern(connection.key, _title(connection, standing, company), _why(standing), red=True)


def _late(connection: Connection, standing: Standing, company: Company) -> Concern:
    return Concern(connection.key, _title(connection, standing, company), _why(standing))


def _title(connection: Connection, standing: Standing, company: Company) -> Text:
    if standing.good_at is None:
        return Text(
            f"Данные из «{connection.title}» ещё не загружены",
            f"Nothing has been loaded from “{connection.title}” yet",
        )
    when = say_moment(standing.good_at, company.tz)
    return Text(
        f"Данные из «{connection.title}» не обновлялись с {when.ru}",
        f"The data from “{connection.title}” are not newer than {when.en}",
    )


def _why(standing: Standing) -> Text:
    if standing.trouble is not None:
        return standing.trouble.text
    return Text("Загрузка по расписанию не запускалась.", "The schedule has not been run.")
