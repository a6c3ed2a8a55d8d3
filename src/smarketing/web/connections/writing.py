"""Writing back on the page of a connection: the switches, what would be done, the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from smarketing.connectors.outside.actions import ActionKind, Done
from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.connections import Connections
from smarketing.jobs.writing_back import PER_RUN, act, rules, switch, written
from smarketing.jobs.writing_log import Switched
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.connections import writing_shown as shown
from smarketing.web.connections.lists import due_sheet
from smarketing.web.connections.working import company, workspace
from smarketing.web.lists import list_file, offered
from smarketing.web.shell import language_of

LINES = 30
_SAVED = Text(
    "Сохранено. Включённое записывается после каждой загрузки.",
    "Saved. What is on is written after each load.",
)


def writing_context(key: str) -> dict[str, Any]:
    """What the section on the page of a connection shows."""
    now, here = datetime.now(UTC), company()
    return {
        "rules": shown.rule_lines(rules(workspace(), key), here, now),
        "entries": shown.entry_lines(writing_entries(key, LINES), here, now),
    }


def writing_entries(key: str, newest: int) -> Sequence[Done | Switched]:
    """The log of one connection, the newest first."""
    return written(workspace(), key).entries(newest)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def writing_switch(request: HttpRequest, key: str) -> HttpResponse:
    """Exactly what is ticked is on; what had stopped goes on."""
    connection, user = _connection(key), cast(User, request.user)
    known = {kind.value for kind in ActionKind}
    on = [ActionKind(said) for said in request.POST.getlist("on") if said in known]
    switched = switch(workspace(), connection.key, on, user.username, datetime.now(UTC))
    if not switched.is_empty:
        kinds = {name: [kind.value for kind in getattr(switched, name)] for name in ("on", "off", "resumed")}
        audit(user, "writing_switched", key, **{name: listed for name, listed in kinds.items() if listed})
    messages.success(request, _SAVED.say(language_of(request)))
    return redirect("system", key=key)


@needs(Right.MANAGE_CONNECTIONS)
def writing_dry(request: HttpRequest, key: str) -> HttpResponse:
    """What would be done, by the facts and cards as they were last read; the system is not asked."""
    connection = _connection(key)
    context: dict[str, Any] = {"connection": connection}
    try:
        found = rules(workspace(), key)
        acted = act(workspace(), key, dry=True)
    except SmarketingError as error:
        context["wrong"] = error.text
    else:
        lines = shown.due_lines(acted, found)
        if file := list_file(request, {"dry": lambda: due_sheet(lines, language_of(request))}):
            return file
        more = {
            "left": acted.left,
            "per_run": PER_RUN,
            "ready": sum(line.on and not line.stopped for line in lines),
        }
        context |= {"lines": lines, "files": offered(request, "dry")["dry"], **more}
    return render(request, "connections/writing_dry.html", context)


def _connection(key: str) -> Connection:
    try:
        return Connections(workspace()).get(key)
    except WrongQuestion as error:
        raise Http404 from error
