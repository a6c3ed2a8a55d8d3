"""Writing back into a connected system, from end to end: what is due, asked of its writer, told in a log.

Off by default. Each kind is switched on for itself and looks only at what happened after that moment, a week back
at most. The same thing is done to a card once for one move, also over restarts. A passing trouble ends the run and
is tried again with the next one; a lasting one stops its kind until a person has acted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from smarketing.connectors.outside.actions import (
    LABELS,
    Action,
    ActionKind,
    Card,
    CrmActions,
    Done,
    Outcome,
    Rules,
    Writer,
)
from smarketing.connectors.outside.kinds import Connection, WriterKind
from smarketing.connectors.outside.mirror import Mirror
from smarketing.facts.company import Company
from smarketing.facts.errors import SmarketingError, WrongQuestion, WrongState
from smarketing.facts.language import Text
from smarketing.facts.stored import read_back
from smarketing.jobs.connections import Connections
from smarketing.jobs.journal import as_json
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.standing import RUN_PATIENCE, Desk, Trouble, running
from smarketing.jobs.walking import Stop, never
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.jobs.writing_due import Looked, due
from smarketing.jobs.writing_log import Switched, WritingLog
from smarketing.lake.lock import holding

log = logging.getLogger("smarketing.writing")
PER_RUN = 50  # things done in one run; what is left waits for the next
LOOKS_BACK = timedelta(days=7)  # a word about an older move helps nobody
_CHUNK = 500


@dataclass(frozen=True)
class Rule:
    """One kind of action on one connection. ``since``: on since then; ``stopped``: why it waits for a person."""

    kind: ActionKind
    since: datetime | None = None
    stopped: Trouble | None = None


@dataclass(frozen=True)
class Acted:
    """What a run did or, dry, would do. ``left``: how many more are due than one run may do."""

    connection: str
    at: datetime
    dry: bool
    done: tuple[Done, ...] = ()
    left: int = 0

    @property
    def exit_code(self) -> int:
        """0 nothing to worry about; 1 something is tried again, is uncertain or failed; 2 a person is needed."""
        if any(done.stops for done in self.done):
            return 2
        fine = (Outcome.DONE, Outcome.DRY)
        return int(any(done.outcome not in fine for done in self.done))


@dataclass(frozen=True)
class _State:
    stopped: Mapping[ActionKind, Trouble] = field(default_factory=dict)


# ── rules ────────────────────────────────────────────────────────────────────


def rules(workspace: Workspace, key: str) -> tuple[Rule, ...]:
    """What can be written there, and what of it is on; nothing where such a system has no writer."""
    connection = Connections(workspace).get(key)
    writer = kind_of(connection.kind).writer
    if writer is None:
        return ()
    stopped = _state(Desk(workspace, key)).stopped
    return tuple(
        Rule(kind, connection.writing.get(kind), stopped.get(kind)) for kind in ActionKind if kind in writer.can
    )


def switch(workspace: Workspace, key: str, on: Collection[ActionKind], who: str, now: datetime) -> Switched:
    """Have exactly these kinds on. What was on keeps its moment; what had stopped goes on.

    Raises :class:`WrongQuestion` for a kind that cannot be done there.
    """
    connections, desk = Connections(workspace), Desk(workspace, key)
    connection = connections.get(key)
    can = _writer(connection).can
    impossible = [kind for kind in on if kind not in can]
    if impossible:
        raise _cannot(connection, impossible[0])
    before, stopped = connection.writing, _state(desk).stopped
    after = {kind: before.get(kind, now) for kind in ActionKind if kind in on}
    switched = Switched(
        at=now,
        who=who,
        on=tuple(kind for kind in after if kind not in before),
        off=tuple(kind for kind in before if kind not in after),
        resumed=tuple(kind for kind in stopped if kind in after and kind in before),
    )
    if not switched.is_empty:
        connections.change(connection.model_copy(update={"writing": after}))
        _keep(desk, _State())
        written(workspace, key).switched(switched)
    return switched


def written(workspace: Workspace, key: str) -> WritingLog:
    """What was written into this system, and who switched what."""
    return WritingLog(Desk(workspace, key).folder / "written.jsonl")


# ── runs ─────────────────────────────────────────────────────────────────────


def act(
    workspace: Workspace, key: str, *, dry: bool, now: datetime | None = None, stop: Stop | None = None
) -> Acted:
    """Do what is due, or say what would be done: dry, for the kinds that are off as well and without a request.

    Raises :class:`WrongState` while the connection is being loaded or after a load that did not end well, and
    :class:`WrongQuestion` where nothing can be written there.
    """
    connection = Connections(workspace).get(key)
    writer = _writer(connection)
    desk = Desk(workspace, key)
    desk.folder.mkdir(parents=True, exist_ok=True)
    with holding(desk.lock_path, RUN_PATIENCE) as held:
        if not held:
            raise running(connection.title)
        _check_loaded(desk, connection)
        run = _Run(workspace, connection, desk, writer, now or datetime.now(UTC), dry=dry)
        return run.whole(stop or never)


def after_sync(workspace: Workspace, key: str, now: datetime, stop: Stop) -> Acted | None:
    """What a good load is followed by; trouble is told in the log and never breaks the load."""
    try:
        connection = Connections(workspace).get(key)
        if not connection.writing or kind_of(connection.kind).writer is None:
            return None
        return act(workspace, key, dry=False, now=now, stop=stop)
    except SmarketingError as error:
        log.warning("%s: %s", key, error.code)
    except Exception as error:
        log.error("%s: %s", key, type(error).__name__)  # its text might carry an address with its secret
    return None


class _Run:
    """One run on its way."""

    def __init__(
        self,
        workspace: Workspace,
        connection: Connection,
        desk: Desk,
        writer: WriterKind,
        now: datetime,
        *,
        dry: bool,
    ) -> None:
        self._workspace, self._connection, self._desk = workspace, connection, desk
        self._kind, self._now, self._dry = writer, now, dry
        self._log = written(workspace, connection.key)
        self._stopped = dict(_state(desk).stopped)

    def whole(self, stop: Stop) -> Acted:
        since = self._since()
        account = Connections(self._workspace).account(self._connection.key)
        with closing(self._kind.open(account)) as crm:
            writer = self._writer(crm, since)
            settled = self._log.settled()
            waiting = [action for action in self._due(crm, writer, since) if action.key not in settled]
            done = tuple(self._carried(writer, waiting[:PER_RUN], stop))
        return Acted(self._connection.key, self._now, self._dry, done, left=max(len(waiting) - PER_RUN, 0))

    def _since(self) -> dict[ActionKind, datetime]:
        """From when on each kind looks: dry, one that is off is tried on the last week."""
        first = self._now - LOOKS_BACK
        on = {kind: max(moment, first) for kind, moment in self._connection.writing.items()}
        if self._dry:
            on = {kind: on.get(kind, first) for kind in ActionKind}
        stopped = () if self._dry else self._stopped
        return {kind: moment for kind, moment in on.items() if kind in self._kind.can and kind not in stopped}

    def _writer(self, crm: CrmActions, since: Collection[ActionKind]) -> Writer:
        return Writer(crm, self._log, Rules(frozenset(since), dry_run=self._dry), lambda: self._now)

    def _due(self, crm: CrmActions, writer: Writer, since: Mapping[ActionKind, datetime]) -> Iterator[Action]:
        with closing(Mirror(self._desk.mirror_path)) as mirror, self._workspace.lake.open() as reader:

            def cards(leads: Collection[str]) -> Mapping[str, Card]:
                return _cards(crm, mirror, reader.company, leads)

            language = self._workspace.company.language
            yield from due(Looked(reader, cards, since, self._now, writer.is_echo, language))

    def _carried(self, writer: Writer, actions: list[Action], stop: Stop) -> Iterator[Done]:
        for action in actions:
            if stop():
                return
            if action.kind in self._stopped and not self._dry:
                continue
            done = writer.do(action)
            yield done
            if done.stops:
                self._stopped[action.kind] = Trouble(done.code, done.problem or Text("", ""))
                _keep(self._desk, _State(self._stopped))
            elif done.passing or done.outcome is Outcome.UNCERTAIN:
                return  # the other side is in trouble: asking on would only lose more


def _cards(crm: CrmActions, mirror: Mirror, company: Company, leads: Collection[str]) -> Mapping[str, Card]:
    listed, found = list(leads), dict[str, Card]()
    for start in range(0, len(listed), _CHUNK):
        found.update(crm.cards(mirror, company, listed[start : start + _CHUNK]))
    return found


def _check_loaded(desk: Desk, connection: Connection) -> None:
    """Cards that were read half-way may stand elsewhere than the facts say."""
    runs = desk.runs(1)
    if not runs or runs[0].outcome != "done":
        raise WrongState(
            "writing-needs-a-load",
            Text(
                f"«{connection.title}»: последняя загрузка не дошла до конца. Сначала загрузите систему, тогда "
                "будет видно, что записать.",
                f"“{connection.title}”: the last load did not come to its end. Load the system first, then it can "
                "be told what to write.",
            ),
        )


def _writer(connection: Connection) -> WriterKind:
    kind = kind_of(connection.kind)
    if kind.writer is None:
        raise WrongQuestion(
            "no-writer",
            Text(
                f"«{connection.title}»: в системы вида {kind.title.ru} мы ничего не записываем.",
                f"“{connection.title}”: nothing is written into systems of the kind {kind.title.en}.",
            ),
        )
    return kind.writer


def _cannot(connection: Connection, kind: ActionKind) -> WrongQuestion:
    label = LABELS[kind]
    return WrongQuestion(
        "cannot-write",
        Text(
            f"«{connection.title}»: там нельзя сделать: {label.ru}.",
            f"“{connection.title}”: this cannot be done there: {label.en}.",
        ),
    )


def _state(desk: Desk) -> _State:
    try:
        return read_back(_State, (desk.folder / "writing.json").read_text(encoding="utf-8")) or _State()
    except OSError:
        return _State()


def _keep(desk: Desk, state: _State) -> None:
    write_whole(desk.folder / "writing.json", as_json(state))
