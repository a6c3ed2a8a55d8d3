"""One amoCRM account as a connector: what is read of it and how it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time

import pyarrow as pa

from smarketing.connectors.amocrm import checking, facts, findings, records, setting, walking
from smarketing.connectors.amocrm.access import Access
from smarketing.connectors.amocrm.assumptions import assumptions
from smarketing.connectors.amocrm.client import Api
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.streams import Assumption, Cursor, Finding, Health, Page, Record, Since, Stream
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.company import Company
from smarketing.facts.language import Text

SEEN_STAGES = "seen_stages"

_STREAMS = (
    Stream("account", Text("аккаунт", "account"), directory=True),
    Stream("pipelines", Text("воронки", "pipelines"), directory=True),
    Stream("users", Text("сотрудники", "users"), directory=True),
    Stream("loss_reasons", Text("причины отказа", "loss reasons"), directory=True),
    Stream("custom_fields", Text("поля карточки", "fields of the card"), directory=True),
    Stream("leads", Text("сделки", "leads"), sweeps=True),
    Stream("unsorted", Text("неразобранное", "unsorted"), sweeps=True),
    Stream("contacts", Text("контакты", "contacts")),
    Stream("companies", Text("компании", "companies")),
    Stream("events", Text("события", "events")),
    Stream("lead_calls", Text("звонки по сделкам", "calls of leads")),
    Stream("contact_calls", Text("звонки контактам", "calls of contacts")),
    Stream("tasks", Text("задачи", "tasks")),
)
_WHOLE = {
    "pipelines": ("leads/pipelines", "pipelines", ()),
    "users": ("users", "users", (("with", "role,group"),)),
    "loss_reasons": ("leads/loss_reasons", "loss_reasons", ()),
    "custom_fields": ("leads/custom_fields", "custom_fields", ()),
    "unsorted": ("leads/unsorted", "unsorted", ()),
}
_BY_CHANGE = {
    "leads": ("leads", "leads", (("with", "contacts,loss_reason,source"),)),
    "contacts": ("contacts", "contacts", ()),
    "companies": ("companies", "companies", ()),
}
_CALLS = (("filter[note_type][]", "call_in"), ("filter[note_type][]", "call_out"))
_BY_NUMBER = {
    "lead_calls": ("leads/notes", "notes", _CALLS),
    "contact_calls": ("contacts/notes", "notes", _CALLS),
    "tasks": ("tasks", "tasks", ()),
}
_EVENTS = tuple(("filter[type][]", kind) for kind in ("lead_status_changed", "lead_deleted", "lead_restored"))


class AmoCrm:
    """An account. ``base_url``: ``https://NAME.amocrm.ru``; ``access``: a long-lived token or an application."""

    kind = "amocrm"

    def __init__(
        self, base_url: str, access: str | Access, options: Options | None = None, *, pace: Pace | None = None
    ) -> None:
        self.options = options or Options()
        self.api = Api(base_url, access, pace=pace)

    @property
    def traffic(self) -> Traffic:
        return self.api.http.traffic

    @property
    def streams(self) -> Sequence[Stream]:
        return _STREAMS

    def health(self) -> Health:
        return checking.health(self.api)

    def assumptions(self) -> Iterator[Assumption]:
        return assumptions(self.api)

    def walk(
        self, stream: str, cursor: Cursor | None, *, now: datetime, since: Since | None = None
    ) -> Iterator[Page]:
        """What the account may keep from us and does, gives no page: health names it."""
        start = cursor if since is None else _from(since)
        for items, place in self._allowed(stream, self._ways(stream, start, now)):
            taken, refused = records.taken(stream, items)
            beside = {SEEN_STAGES: stages} if (stages := _stages_of(stream, taken)) else {}
            yield Page(stream, taken, place, refused=refused, beside=beside)

    def _allowed(self, stream: str, ways: walking.Walk) -> walking.Walk:
        try:
            yield from ways
        except LastingTrouble as trouble:
            if stream not in checking.OPTIONAL or trouble.code != "forbidden":
                raise

    def keys(self, stream: str) -> Iterator[Sequence[str]]:
        """By moment of change: pages by number would slide while cards are deleted, and living cards be missed."""
        if stream == "unsorted":
            path, name, params = _WHOLE[stream]
            for items, _ in walking.whole(self.api, path, name, params):
                yield [str(item["uid"]) for item in items]
            return
        path, name, _ = _BY_CHANGE[stream]
        for items, _ in walking.by_change(self.api, path, name, None):
            yield [str(item["id"]) for item in items]

    def settings(self, mirror: Mirror, company: Company) -> Mapping[str, object]:  # noqa: ARG002 the protocol's
        return setting.settings(mirror, self.options)

    def facts(
        self,
        mirror: Mirror,
        company: Company,
        *,
        after: int,
        upto: int,
        now: datetime,  # noqa: ARG002 the protocol's
    ) -> Iterator[Mapping[str, pa.Table]]:
        maker = facts.Maker(mirror, company, self.options, self.api.base_url)
        return maker.make(after, upto)

    def findings(self, mirror: Mirror, company: Company) -> Iterator[Finding]:  # noqa: ARG002 the protocol's
        return findings.findings(mirror, self.options)

    def close(self) -> None:
        self.api.close()

    def _ways(self, stream: str, cursor: Cursor | None, now: datetime) -> walking.Walk:
        if stream == "account":
            return self._account()
        if stream in _WHOLE:
            return walking.whole(self.api, *_WHOLE[stream])
        if stream in _BY_CHANGE:
            path, name, params = _BY_CHANGE[stream]
            return walking.by_change(self.api, path, name, cursor, params)
        if stream in _BY_NUMBER:
            path, name, params = _BY_NUMBER[stream]
            return walking.by_number(self.api, path, name, cursor, params)
        until = int(now.timestamp())
        return walking.by_window(
            self.api, "events", "events", cursor, _EVENTS, first=lambda: self._first(until), now=until
        )

    def _account(self) -> walking.Walk:
        account = self.api.one("account", [("with", "datetime_settings")])
        yield [{**account, "id": account.get("id", 0)}], {}

    def _first(self, now: int) -> int:
        """When the oldest card was created: events before it tell nothing."""
        oldest = self.api.page("leads", "leads", 1, 1, [("order[created_at]", "asc")]).items
        return int(oldest[0]["created_at"]) if oldest else now


def _from(since: Since) -> Cursor | None:
    if since.day is None:
        return None
    return {"from": int(datetime.combine(since.day, time(), UTC).timestamp()) - walking.DAY}


def _stages_of(stream: str, taken: Sequence[Record]) -> list[Record]:
    """Every stage that a card or an event names: a deleted stage stands in no directory."""
    codes: set[str] = set()
    for record in taken:
        if stream == "leads":
            codes.add(records.stage_code(record.body["pipeline_id"], record.body["status_id"]))
        if stream == "events":
            sides = (facts.stage_of(record.body, side) for side in ("value_before", "value_after"))
            codes.update(code for code in sides if code)
    return [Record(code, {"code": code}) for code in sorted(codes)]
