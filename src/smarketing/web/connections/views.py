"""Data on pages: what was loaded, what waits in quarantine, how files are mapped, and the wizard of a load."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from smarketing.connectors.files.mapping import parse_mapping, shipped, shipped_text
from smarketing.facts.company import Company
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text, same
from smarketing.jobs.journal import Journal
from smarketing.jobs.load import LoadReport, load, mend, own_mappings
from smarketing.jobs.quarantine import QuarantinedRow, waiting
from smarketing.jobs.uploading import LoadJob, ask_load, load_job
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, may, needs
from smarketing.web.connections import aside, lists, shown, system_shown, uploads
from smarketing.web.connections.forms import MappingForm, MendForm, UploadForm
from smarketing.web.connections.working import background
from smarketing.web.lists import Lists, list_file, offered
from smarketing.web.shell import language_of

PAGE = 50
SAMPLE = 20


@needs(Right.SEE_DATA)
def data(request: HttpRequest) -> HttpResponse:
    workspace, language = _workspace(), language_of(request)
    company = _company(workspace)
    records = Journal(workspace.journal_path).records()
    waiting = aside.waiting(request.user)
    systems = system_shown.brief_lines(workspace, company, datetime.now(UTC))
    made: Lists = {
        "loads": lambda: lists.loads_sheet(records, company, language),
        "systems": lambda: lists.states_sheet(systems, language),
        "reasons": lambda: lists.reasons_sheet(waiting, language),
        "mappings": lambda: lists.mappings_sheet(_mappings(workspace), language),
    }
    if file := list_file(request, made):
        return file
    return render(
        request,
        "connections/data.html",
        {
            "conclusion": shown.conclusion(list(records), len(waiting), company, connected=bool(systems)),
            "systems": systems,
            "loads": shown.load_lines(records, company, language)[:PAGE],
            "groups": shown.quarantine_groups(waiting)[:8],
            "waiting": len(waiting),
            "mappings": _mappings(workspace),
            "files": offered(request, *made),
            "may_load": may(request.user, Right.LOAD_DATA),
            "may_settle": may(request.user, Right.SETTLE_DATA),
        },
    )


@needs(Right.LOAD_DATA)
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(language_of(request), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        token = uploads.keep(_workspace(), form.cleaned_data["upload"])
        return redirect("check", token=token)
    return render(request, "connections/upload.html", {"form": form})


@needs(Right.LOAD_DATA)
def check(request: HttpRequest, token: str) -> HttpResponse:
    """The second step: what was recognised, what would be loaded, and a mapping to correct where none fits."""
    workspace, language = _workspace(), language_of(request)
    paths = uploads.waiting(workspace, token)
    form = MappingForm(language, request.POST or None)
    wrong: SmarketingError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _save_mapping(request, workspace, form.cleaned_data["text"])
            return redirect("check", token=token)
        except SmarketingError as error:
            wrong = error
    try:
        report = load(workspace, paths, check=True)
    except SmarketingError as error:  # no table at all: another file is needed, and the form for it
        context = {"form": UploadForm(language), "wrong": error}
        return render(request, "connections/upload.html", context, status=400)
    if request.method != "POST":
        form = MappingForm(language, initial_text=_proposed(report))
    company = report.company or _company(workspace)
    return render(
        request,
        "connections/check.html",
        {
            "token": token,
            "report": report,
            "files": shown.files_read(report),
            "profiles": shown.profiles(report),
            "counts": shown.count_lines(report.counts, language),
            "totals": shown.totals_lines(report.totals, company, language),
            "findings": shown.findings_of(report),
            "rows": shown.one_for_a_cell(report.quarantined)[:SAMPLE],
            "form": form,
            "wrong": wrong,
        },
    )


@needs(Right.LOAD_DATA)
def take(request: HttpRequest, token: str) -> HttpResponse:
    """The third step: have the worker load what was checked."""
    if request.method != "POST":
        return redirect("check", token=token)
    workspace, user = _workspace(), cast(User, request.user)
    files = [path.name for path in uploads.waiting(workspace, token)]
    audit(user, "load", token, files=files)
    ask_load(workspace, token, user.username)
    background().ask_load(token)
    return redirect("loading", token=token)


@needs(Right.LOAD_DATA)
def loading(request: HttpRequest, token: str) -> HttpResponse:
    """How far the load is; when it is over, what came of it."""
    job = load_job(_workspace(), token)
    if job is None:
        raise Http404
    part = bool(getattr(request, "htmx", False)) and "part" in request.GET
    if job.state == "done":
        return HttpResponseClientRedirect(request.path) if part else _loaded(request, _workspace(), job)
    context = {"job": job, "no_worker": not background().has_worker()}
    return render(request, "connections/loading_state.html" if part else "connections/loading.html", context)


@needs(Right.LOAD_DATA)
def quarantined_row(request: HttpRequest, row_id: str) -> HttpResponse:
    """One row with its raw cells; corrected ones are loaded again."""
    workspace = _workspace()
    row = next((row for row in _waiting(workspace) if row.id == row_id and row.mendable), None)
    if row is None:
        raise Http404
    form = MendForm(language_of(request), dict(row.raw), request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        report = mend(workspace, {row.id: form.corrections()}, who=user.username)
        audit(user, "mend", row.id, cells=sorted(form.corrections()))
        if not report.quarantined:
            said = Text("Строка загружена.", "The row is loaded.")
            messages.success(request, said.say(language_of(request)))
            return redirect("quarantine")
        row = report.quarantined[0]
    return render(request, "connections/row.html", {"row": row, "row_id": row_id, "form": form})


@needs(Right.SEE_DATA)
def mapping(request: HttpRequest, name: str) -> HttpResponse:
    workspace = _workspace()
    own = workspace.mappings_path / f"{name}.toml"
    if name in {one.name for one in own_mappings(workspace)} and own.is_file():
        text = own.read_text(encoding="utf-8")
    elif name in shipped():
        text = shipped_text(name)
    else:
        raise Http404
    return render(request, "connections/mapping.html", {"name": name, "text": text})


def _loaded(request: HttpRequest, workspace: Workspace, job: LoadJob) -> HttpResponse:
    language = language_of(request)
    return render(
        request,
        "connections/loaded.html",
        {
            "report": job,
            "counts": shown.count_lines(job.counts, language),
            "totals": shown.totals_lines(job.totals, _company(workspace), language),
            "findings": sorted(((one.text, one.red) for one in job.findings), key=lambda pair: not pair[1]),
        },
    )


def _save_mapping(request: HttpRequest, workspace: Workspace, text: str) -> None:
    """Keep a mapping of one's own; raises the reader's error where it is none."""
    made = parse_mapping(text, "mapping.toml")
    write_whole(workspace.mappings_path / f"{made.name}.toml", text)
    audit(cast(User, request.user), "mapping_saved", made.name)


def _proposed(report: LoadReport) -> str:
    return report.profiles[0].proposed_toml if report.profiles else ""


def _workspace() -> Workspace:
    return Workspace(Path(settings.WORKSPACE))


def _waiting(workspace: Workspace) -> list[QuarantinedRow]:
    """The rows that nobody has mended yet."""
    return list(waiting(workspace))


def _mappings(workspace: Workspace) -> list[tuple[str, Text, bool]]:
    """Key, title and whether it is the company's own, own ones first."""
    own = [(mapping.name, same(mapping.name), True) for mapping in own_mappings(workspace)]
    return own + [(key, one.title.text, False) for key, one in sorted(shipped().items())]


def _company(workspace: Workspace) -> Company:
    """The settings, or those of nobody where the workspace is still empty."""
    return workspace.company if workspace.company_path.exists() else Company()
