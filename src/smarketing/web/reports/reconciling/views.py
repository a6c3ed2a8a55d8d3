"""The reconciliation as a page, and what a person says of two campaign names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from smarketing.analyses.question import DIMENSION_NAMES
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.campaign_pairs import drop_pair, keep_pair
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, may, needs
from smarketing.web.connections.following import follow_and_tell, how_far
from smarketing.web.connections.working import workspace
from smarketing.web.lists import list_file, offered
from smarketing.web.reports.page import FORMATS, Page
from smarketing.web.reports.reconciling import shown
from smarketing.web.reports.reconciling.forms import FORGET, ONE, PairForm
from smarketing.web.shell import language_of

_DONE = {
    True: Text("Сказано: «{report}» и «{crm}» — одна кампания.", "Said: “{report}” and “{crm}” are one campaign."),
    False: Text(
        "Сказано: «{report}» и «{crm}» — разные кампании.", "Said: “{report}” and “{crm}” are two campaigns."
    ),
    None: Text("Пара «{report}» и «{crm}» забыта.", "The pair “{report}” and “{crm}” is forgotten."),
}


@needs(Right.SEE_DATA)
def reconciliation(request: HttpRequest) -> HttpResponse:
    page = shown.known(Page.of(request, by=shown.BY))
    question = page.question
    found = shown.found(page, question)
    ledger = shown.ledger(page)
    first = shown.found(page, question.split(*question.by[:1])) if len(question.by) == 2 else None
    judged = shown.judged_pairs(page)
    whole = replace(found.table, subtotals=first.table.rows) if first else found.table
    if request.GET.get("table") == "names":
        file = list_file(request, {"names": lambda: shown.names_sheet(judged, page.language)})
    else:
        file = page.exported(ledger if request.GET.get("table") == "ledger" else whole)
    if file:
        return file
    return render(
        request,
        "reports/reconciliation.html",
        page.context(
            conclusion=shown.said(page, found),
            table=shown.shown_table(page, found, first),
            reports=shown.reports(page, found),
            pairs=shown.open_pairs(page, found.pairs),
            judged=judged,
            name_files=offered(request, "names")["names"],
            pair_heads=shown.heads(page),
            may_settle=may(request.user, Right.SETTLE_DATA),
            splits=_splits(page),
            ledger=shown.ledger_table(page, ledger),
            ledger_splits=shown.ledger_splits(page),
            **how_far(request),
            ledger_exports=[(name.upper(), page.href(format=name, table="ledger")) for name in FORMATS],
        ),
    )


@require_POST
@needs(Right.SETTLE_DATA)
def campaign_pair(request: HttpRequest) -> HttpResponse:
    """One campaign, two campaigns, or a word taken back; the figures follow beside the pages."""
    form = PairForm(request.POST)
    if not form.is_valid():
        raise WrongQuestion("bad-pair", Text("Пара названа не полностью.", "The pair is not named in full."))
    said, user = form.cleaned_data, cast(User, request.user)
    names = (said["lead_source"], said["report"], said["crm"])
    same = None if said["word"] == FORGET else said["word"] == ONE
    if same is None:
        drop_pair(workspace(), *names)
    else:
        today = timezone.now().astimezone(workspace().company.tz).date()
        keep_pair(workspace(), *names, same=same, who=user.username, today=today)
    audit(user, "campaign_pair", f"{said['report']} = {said['crm']}", word=said["word"], lead_source=names[0])
    text = _DONE[same].fill(report=said["report"], crm=said["crm"])
    messages.success(request, text.say(language_of(request)))
    follow_and_tell(request)
    return redirect("reconciliation")


def _splits(page: Page) -> list[dict[str, Any]]:
    chosen = []
    for by in shown.OFFERED:
        names = [DIMENSION_NAMES[dimension] for dimension in by]
        text = Text(" → ".join(name.ru for name in names), " → ".join(name.en for name in names))
        href = page.href(replace(page.said, by=by), sort="")
        chosen.append({"text": text, "href": href, "chosen": by == page.said.by})
    return chosen
