"""The settings on pages: what stands in each section, its form, and the file as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.jobs.applying import Difference, Overtaken, keep, stamp
from smarketing.jobs.deciding import standing
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.company import unplaced as placing
from smarketing.web.company.part_forms import ZONES
from smarketing.web.company.sections import SECTIONS, Editor, Section
from smarketing.web.connections.following import how_far
from smarketing.web.connections.working import follow_what_was_said, workspace
from smarketing.web.shell import language_of

_OFFERED = 50  # values of the facts that a section shows at once
_TOLD = 50  # places of a change that the audit log names
_SAVED = Text("Сохранено, изменений: {count}.", "Saved, changes: {count}.")
_BUILDING = Text("Цифры пересчитываются.", "The figures are being built anew.")
_SAME = Text("Изменений нет.", "Nothing changes.")
_ALL_PLACED = Text(
    "Все стадии, сегменты, источники и причины из фактов названы.",
    "Every stage, segment, source and reason of the facts has its name.",
)
_NO_FACTS = Text(
    "Данных пока нет: настройки можно записать заранее, большую часть предложит первая загрузка.",
    "There are no data yet: settings may be written now, and the first load proposes most of them.",
)


@needs(Right.EDIT_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    company, facts = workspace().company, placing.facts_or_none()
    lines = [(one, one.stands(company), len(placing.unplaced(one, company, facts))) for one in SECTIONS.values()]
    return render(
        request,
        "company/settings.html",
        {
            "conclusion": _conclusion([(one.title, count) for one, _, count in lines if count], facts is not None),
            "sections": lines,
            **how_far(request),
        },
    )


@needs(Right.EDIT_SETTINGS)
def section(request: HttpRequest, key: str) -> HttpResponse:
    chosen = SECTIONS.get(key)
    if chosen is None:
        raise Http404
    return _save(request, chosen) if request.method == "POST" else _show(request, chosen)


def _show(request: HttpRequest, chosen: Section) -> HttpResponse:
    company, facts = workspace().company, placing.facts_or_none()
    missing = placing.unplaced(chosen, company, facts)
    asked = [one.value for one in missing if one.value in request.GET.getlist("add")]
    group = request.GET.get("to", "")
    editor = Editor(
        chosen, language_of(request), placing.with_sources(company, asked, group), has_facts=facts is not None,
        added=placing.added_lines(chosen, company, asked, group),
    )  # fmt: skip
    missing = [one for one in missing if one.value not in asked][:_OFFERED]
    context = {"missing": missing, "asked": asked, "groups": company.source_groups}
    return _page(request, chosen, editor, stamp(company, chosen.parts), context)


def _save(request: HttpRequest, chosen: Section) -> HttpResponse:
    """Keep what was typed; what the settings or the facts refuse stands beside its field and writes nothing."""
    here, has_facts = workspace(), placing.facts_or_none() is not None
    seen = request.POST.get("seen", "")
    editor = Editor(chosen, language_of(request), here.company, request.POST, has_facts=has_facts)
    if not editor.is_valid():
        return _page(request, chosen, editor, seen, status=400)
    try:
        differences = keep(here, editor.parts(), seen)
    except Overtaken as error:
        now = stamp(here.company, chosen.parts)
        return _page(request, chosen, editor, now, {"overtaken": error}, status=409)
    except SmarketingError as error:
        editor.tell(error)
        return _page(request, chosen, editor, seen, status=400)
    note_and_follow(request, chosen.title.say("ru"), differences)
    return redirect("settings_section", key=chosen.key)


def note_and_follow(request: HttpRequest, subject: str, differences: Sequence[Difference]) -> None:
    """After settings were kept: the audit log, the figures, and what is told."""
    language = language_of(request)
    if not differences:
        messages.success(request, _SAME.say(language))
        return
    places = [f"{one.place}: {one.before or '—'} → {one.after or '—'}" for one in differences[:_TOLD]]
    audit(cast(User, request.user), "settings_applied", subject, places=places)
    behind = standing(workspace()) is not None
    if behind:
        follow_what_was_said()
    said = _SAVED.fill(count=len(differences)).say(language)
    messages.success(request, f"{said} {_BUILDING.say(language)}" if standing(workspace()) else said)


def _page(
    request: HttpRequest,
    chosen: Section,
    editor: Editor,
    seen: str,
    more: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "section": chosen,
        "editor": editor,
        "seen": seen,
        "zones": ZONES if chosen.key == "company" else (),
        **how_far(request),
        **(more or {}),
    }
    return render(request, "company/section.html", context, status=status)


def _conclusion(missing: Sequence[tuple[Text, int]], has_facts: bool) -> Text:
    if not missing:
        return _ALL_PLACED if has_facts else _NO_FACTS
    ru, en = (", ".join(f"{title.say(one).lower()} {count}" for title, count in missing) for one in ("ru", "en"))
    return Text(
        f"В фактах есть то, чего нет в настройках: {ru}.", f"The facts hold what the settings do not name: {en}."
    )
