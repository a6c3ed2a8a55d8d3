"""The rows that were set aside, on a page and as a file: all that wait, or those of one reason or one load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from smarketing.facts.language import Text
from smarketing.jobs import quarantine
from smarketing.jobs.quarantine import QuarantinedRow
from smarketing.web.accounts.rights import Right, Whoever, may, needs
from smarketing.web.connections.lists import quarantine_sheet
from smarketing.web.connections.shown import reason_of
from smarketing.web.connections.working import workspace
from smarketing.web.lists import list_file, offered
from smarketing.web.shell import language_of

PAGE = 50
_CHOSEN = ("load", "reason", "connection")
_HIDDEN = "•••"


@needs(Right.SEE_DATA)
def quarantined(request: HttpRequest) -> HttpResponse:
    rows = _asked(request)
    language = language_of(request)
    if file := list_file(request, {"quarantine": lambda: quarantine_sheet(rows, language)}):
        return file
    start = (max(_number(request.GET.get("page", "1")), 1) - 1) * PAGE
    return render(
        request,
        "connections/quarantine.html",
        {
            "rows": rows[start : start + PAGE],
            "count": len(rows),
            "narrowed": any(request.GET.get(key) for key in _CHOSEN),
            "earlier": _page(request, start // PAGE) if start else "",
            "later": _page(request, start // PAGE + 2) if start + PAGE < len(rows) else "",
            "may_load": may(request.user, Right.LOAD_DATA),
            "open_ids": {row.id for row in waiting(request.user)},
            "hidden": not may(request.user, Right.SEE_PERSONAL),
            "files": offered(request, "quarantine")["quarantine"],
        },
    )


def waiting(user: Whoever) -> list[QuarantinedRow]:
    """The rows that nobody has mended yet, as this person may read them."""
    return masked(quarantine.waiting(workspace()), user)


def masked(rows: Sequence[QuarantinedRow], user: Whoever) -> list[QuarantinedRow]:
    """Without their values for whom personal data are none of the work: a cell of a file may hold anything."""
    if may(user, Right.SEE_PERSONAL):
        return list(rows)
    return [replace(row, value=row.value and _HIDDEN, text=_without(row.text, row.value)) for row in rows]


def _asked(request: HttpRequest) -> list[QuarantinedRow]:
    load, reason, connection = (request.GET.get(key, "") for key in _CHOSEN)
    rows = masked(quarantine.of_load(workspace(), load), request.user) if load else waiting(request.user)
    return [row for row in rows if reason in ("", reason_of(row)) and connection in ("", row.load_id)]


def _without(text: Text, value: str | None) -> Text:
    return Text(text.ru.replace(value, _HIDDEN), text.en.replace(value, _HIDDEN)) if value else text


def _page(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 1
