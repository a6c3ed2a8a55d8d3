"""Connected systems on pages: what is connected, how it stands, and everything an administrator does with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from smarketing.connectors.outside.kinds import Connection, ConnectorKind
from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.checking import check as ask_account
from smarketing.jobs.connections import Connections
from smarketing.jobs.granting import has_application, is_waiting
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.record_export import MOST
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import Wish
from smarketing.jobs.sync import resume as go_on
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.connections import system_shown as shown
from smarketing.web.connections.hooks import hook_address
from smarketing.web.connections.lists import runs_sheet, systems_sheet, writing_sheet
from smarketing.web.connections.system_forms import AgainForm, SystemForm
from smarketing.web.connections.working import background, company, workspace
from smarketing.web.connections.writing import writing_context, writing_entries
from smarketing.web.lists import Lists, list_file, offered
from smarketing.web.shell import language_of

RUNS = 30


@needs(Right.MANAGE_CONNECTIONS)
def systems(request: HttpRequest) -> HttpResponse:
    lines = [_line(connection) for connection in Connections(workspace()).all()]
    has_worker = background().has_worker()
    if file := list_file(request, {"connections": lambda: systems_sheet(lines, language_of(request))}):
        return file
    return render(
        request,
        "connections/systems_table.html" if _is_part(request) else "connections/systems.html",
        {
            "lines": lines,
            "files": offered(request, "connections")["connections"],
            "conclusion": shown.conclusion(lines, on_schedule=has_worker),
            "busy": any(line.busy for line in lines),
            "kinds": sorted(KINDS.values(), key=lambda kind: kind.key),
            "no_worker": bool(lines) and not has_worker,
        },
    )


@needs(Right.MANAGE_CONNECTIONS)
@sensitive_post_parameters()
@sensitive_variables("form")
def system_new(request: HttpRequest, kind: str) -> HttpResponse:
    chosen = KINDS.get(kind)
    if chosen is None:
        raise Http404
    form = SystemForm(language_of(request), chosen, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = Connections(workspace()).add(form.connection(_free_key(chosen)), form.secrets())
        except SmarketingError as error:
            form.add_error(None, error.say(form.language))
        else:
            audit(_user(request), "connection_added", added.key, kind=kind, secrets=sorted(form.secrets()))
            _tell(request, Text("Система подключена.", "The system is connected."))
            return redirect(
                "system_grant" if is_waiting(workspace(), added.key) else "system_check", key=added.key
            )
    return render(request, "connections/system_form.html", {"form": form, "kind": chosen})


@needs(Right.MANAGE_CONNECTIONS)
@sensitive_post_parameters()
@sensitive_variables("form")
def system_edit(request: HttpRequest, key: str) -> HttpResponse:
    connection = _connection(key)
    kind = KINDS[connection.kind]
    form = SystemForm(language_of(request), kind, connection, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            Connections(workspace()).change(form.connection(key), form.secrets())
        except SmarketingError as error:
            form.add_error(None, error.say(form.language))
        else:
            audit(_user(request), "connection_changed", key, secrets=sorted(form.secrets()))
            _tell(request, Text("Сохранено.", "Saved."))
            return redirect("system", key=key)
    return render(request, "connections/system_form.html", {"form": form, "kind": kind, "connection": connection})


@needs(Right.MANAGE_CONNECTIONS)
def system(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, _connection(key), AgainForm(language_of(request)))


@needs(Right.MANAGE_CONNECTIONS)
def system_check(request: HttpRequest, key: str) -> HttpResponse:
    """Asking takes seconds and changes nothing there; the button posts, so that no link does it unasked."""
    connection = _connection(key)
    checked, wrong = None, None
    if request.method == "POST":
        audit(_user(request), "connection_checked", key)
        try:
            checked = ask_account(workspace(), key)
        except SmarketingError as error:
            wrong = error.text
    context = {"connection": connection, "checked": checked, "wrong": wrong}
    return render(request, "connections/system_check.html", context)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def system_run(request: HttpRequest, key: str) -> HttpResponse:
    """Run now: as usual, again from a day, everything anew, or with a look at what was deleted."""
    connection = _connection(key)
    how = request.POST.get("how", "")
    wish = Wish(anew=how == "anew", sweep=how == "sweep")
    if how == "since":
        form = AgainForm(language_of(request), request.POST)
        if not form.is_valid():
            return _page(request, connection, form)
        wish = Wish(since=form.cleaned_data["since"])
    user = _user(request)
    said = {"since": wish.since.isoformat()} if wish.since else {}
    audit(user, "connection_run", key, **said, anew=wish.anew, sweep=wish.sweep)
    background().ask_sync(key, wish, user.username)
    return redirect("system", key=key)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def system_pause(request: HttpRequest, key: str) -> HttpResponse:
    Connections(workspace()).pause(_connection(key).key, paused=True)
    audit(_user(request), "connection_paused", key)
    return redirect("system", key=key)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def system_resume(request: HttpRequest, key: str) -> HttpResponse:
    go_on(workspace(), _connection(key).key)
    audit(_user(request), "connection_resumed", key)
    return redirect("system", key=key)


@needs(Right.MANAGE_CONNECTIONS)
def system_remove(request: HttpRequest, key: str) -> HttpResponse:
    connection = _connection(key)
    if request.method == "POST":
        Connections(workspace()).remove(key)  # a run under way is told by the page of errors
        audit(_user(request), "connection_removed", key, kind=connection.kind)
        _tell(request, Text("Отключено. Загруженные факты остались.", "Disconnected. The loaded facts stay."))
        return redirect("connections")
    return render(request, "connections/system_remove.html", {"connection": connection})


def _page(request: HttpRequest, connection: Connection, again: AgainForm) -> HttpResponse:
    desk, now, language = Desk(workspace(), connection.key), datetime.now(UTC), language_of(request)
    made: Lists = {
        "runs": lambda: runs_sheet(desk.runs(MOST), company(), language),
        "writing": lambda: writing_sheet(writing_entries(connection.key, MOST), company(), language, now),
    }
    if file := list_file(request, made):
        return file
    return render(
        request,
        "connections/system_state.html" if _is_part(request) else "connections/system.html",
        {
            "line": _line(connection),
            "connection": connection,
            "runs": shown.run_lines(desk.runs(RUNS), company(), language, now),
            "files": offered(request, *made),
            "form": again,
            "secrets": Connections(workspace()).secret_names(connection.key),
            "grantable": has_application(workspace(), connection.key),
            "granted": not is_waiting(workspace(), connection.key),
            "hook": hook_address(request, connection.key),
            "set_up": KINDS[connection.kind].messages,
            "no_worker": not background().has_worker(),
            **writing_context(connection.key),
        },
    )


def _line(connection: Connection) -> shown.SystemLine:
    return shown.system_line(workspace(), connection, company(), background(), datetime.now(UTC))


def _connection(key: str) -> Connection:
    try:
        return Connections(workspace()).get(key)
    except WrongQuestion as error:
        raise Http404 from error


def _free_key(kind: ConnectorKind) -> str:
    """The kind's own name, with a number from the second one on."""
    taken = {one.key for one in Connections(workspace()).all()}
    numbered = (kind.key if number == 1 else f"{kind.key}_{number}" for number in range(1, len(taken) + 2))
    return next(key for key in numbered if key not in taken)


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) and "part" in request.GET


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _tell(request: HttpRequest, text: Text) -> None:
    messages.success(request, text.say(language_of(request)))
