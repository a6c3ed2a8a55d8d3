"""The lists of data as files: loads, connected systems, quarantine, mappings, runs, the log of writing back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from smarketing.connectors.outside.actions import Done
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.jobs.quarantine import QuarantinedRow
from smarketing.jobs.record_export import Sheet
from smarketing.jobs.same_people import Match
from smarketing.jobs.standing import Run
from smarketing.jobs.writing_log import Switched
from smarketing.web.connections.shown import quarantine_groups, sum_of, table_name
from smarketing.web.connections.system_shown import SystemLine, news, outcome_of
from smarketing.web.connections.writing_shown import DueLine, entry_lines
from smarketing.web.lists import list_sheet

_WHEN, _WHO, _WHY = Text("когда", "when"), Text("кто", "who"), Text("почему", "why")
_SYSTEM, _STATE = Text("система", "system"), Text("состояние", "state")
_UNTIL = Text("данные до", "data until")
_RECEIVED, _ACCEPTED = Text("получено", "received"), Text("принято", "accepted")
_ASIDE = Text("в карантин", "quarantined")
_YES = Text("да", "yes")


def loads_sheet(records: Sequence[Mapping[str, Any]], company: Company, language: Language) -> Sheet:
    """The journal, newest first: all of it, also what the page leaves out."""
    heads = (
        _WHEN, Text("файлы", "files"), Text("исправленные строки", "mended rows"), _WHO, _RECEIVED, _ACCEPTED,
        _ASIDE, Text("версия", "version"),
    )  # fmt: skip
    rows = [
        (
            _local(datetime.fromisoformat(one["at"]), company),
            ", ".join(str(file["name"]) for file in one.get("files", ())),
            _YES if one.get("mended") else None, one.get("who"),
            *(sum_of(one, key) for key in ("received", "accepted", "quarantined")), one.get("version"),
        )
        for one in reversed(records)
    ]  # fmt: skip
    return list_sheet(heads, rows, language)


def states_sheet(lines: Iterable[tuple[str, Text, str, Text]], language: Language) -> Sheet:
    """How connected systems stand, for everybody who sees data."""
    rows = [(title, state, until) for title, state, _, until in lines]
    return list_sheet((_SYSTEM, _STATE, _UNTIL), rows, language)


def reasons_sheet(rows: Iterable[QuarantinedRow], language: Language) -> Sheet:
    """Every reason of the quarantine with its rows, most first."""
    made = [(text, number) for text, number, _ in quarantine_groups(rows)]
    return list_sheet((Text("причина", "reason"), Text("строк", "rows")), made, language)


def quarantine_sheet(rows: Iterable[QuarantinedRow], language: Language) -> Sheet:
    heads = (
        Text("файл", "file"), Text("строка", "row"), Text("таблица", "table"), Text("столбец", "column"),
        Text("значение", "value"), _WHY,
    )  # fmt: skip
    made = [(row.file, row.row, table_name(row.table), row.column, row.value, row.text) for row in rows]
    return list_sheet(heads, made, language)


def mappings_sheet(names: Iterable[tuple[str, Text, bool]], language: Language) -> Sheet:
    """Key, title and whether the company made it itself."""
    heads = (Text("ключ", "key"), Text("название", "title"), Text("чьё", "whose"))
    whose = {True: Text("своё", "own"), False: Text("готовое", "shipped")}
    return list_sheet(heads, [(key, title, whose[own]) for key, title, own in names], language)


def systems_sheet(lines: Iterable[SystemLine], language: Language) -> Sheet:
    heads = (
        _SYSTEM, Text("вид", "kind"), _STATE, _UNTIL, Text("последняя загрузка", "last run"),
        Text("следующая", "next"), Text("в карантине", "quarantined"),
    )  # fmt: skip
    rows = [
        (one.connection.title, one.kind, one.state, one.good_at, one.last, one.next_at, one.waiting)
        for one in lines
    ]
    return list_sheet(heads, rows, language)


def runs_sheet(runs: Iterable[Run], company: Company, language: Language) -> Sheet:
    """Every run that is kept: a row of the run itself, then one of each kind of record in it."""
    heads = (
        _WHEN, _WHO, Text("чем кончилась", "outcome"), Text("вид записей", "kind of record"), _RECEIVED, _ACCEPTED,
        _ASIDE, Text("новых", "new"), Text("изменено", "changed"), Text("удалено", "deleted"),
        Text("новое в фактах", "new in the facts"),
    )  # fmt: skip
    rows = []
    for run in runs:
        for stream, kept in ((None, run.kept), *run.streams.items()):
            fresh = news(run) if stream is None and run.outcome == "done" else None
            counts = (kept.received, kept.received - kept.refused, kept.refused, kept.new, kept.changed, kept.gone)
            rows.append((_local(run.started_at, company), run.who, outcome_of(run), stream, *counts, fresh))
    return list_sheet(heads, rows, language)


def writing_sheet(
    entries: Sequence[Done | Switched], company: Company, language: Language, now: datetime
) -> Sheet:
    heads = (_WHEN, Text("что", "what"), Text("карточка или кто", "card or who"), Text("итог", "outcome"),
             Text("что помешало", "what hindered"), Text("ссылка", "link"))  # fmt: skip
    rows = [
        (_local(one.at, company), line.what, line.card, line.outcome, line.problem, line.url or None)
        for one, line in zip(entries, entry_lines(entries, company, now), strict=True)
    ]
    return list_sheet(heads, rows, language)


def due_sheet(lines: Iterable[DueLine], language: Language) -> Sheet:
    """What would be written, card by card."""
    switch = {True: Text("включён", "on"), False: Text("выключен", "off")}
    stopped = Text("остановлен", "stopped")
    heads = (
        Text("карточка", "card"), Text("что", "what"), Text("текст", "text"), Text("переключатель", "switch"),
        Text("ссылка", "link"),
    )  # fmt: skip
    rows = [
        (one.card, one.what, one.text, stopped if one.on and one.stopped else switch[one.on], one.url or None)
        for one in lines
    ]
    return list_sheet(heads, rows, language)


def pairs_sheet(pairs: Iterable[tuple[Match, Text | None]], language: Language) -> Sheet:
    """Cards or enquiries that may be one, each with why."""
    heads = (
        Text("номер", "id"), Text("имя", "name"), Text("номер более ранней", "id of the earlier one"),
        Text("имя более ранней", "name of the earlier one"), Text("город", "city"), _WHY,
    )  # fmt: skip
    rows = [(one.one, one.names[0], one.other, one.names[1], one.region, why) for one, why in pairs]
    return list_sheet(heads, rows, language)


def _local(moment: datetime, company: Company) -> datetime:
    return moment.astimezone(company.tz).replace(tzinfo=None, microsecond=0)
