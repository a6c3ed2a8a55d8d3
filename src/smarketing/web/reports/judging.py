"""How is qualification shown: by criterion, where the seller disagrees, and what a draft would have said?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smarketing.analyses.labels import say_key
from smarketing.analyses.qualification import Arbitration, CriterionRow, DisputedLead, WhatIf, what_if
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.facts.company import Company
from smarketing.facts.criteria import CriteriaVersion, TargetVerdict
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import DASH, say, say_day, say_difference, say_no_value, say_number
from smarketing.web.reports.page import Page
from smarketing.web.reports.rows import safe_url
from smarketing.web.reports.sheets import FORMATS
from smarketing.web.reports.tables import parts

_ALL_MET = Text("все выполнены", "all met")


@dataclass(frozen=True)
class CriterionLine:
    name: Text
    leads: str
    href: str
    share: str
    share_href: str
    title: str
    difference: str
    label: Text | None


@dataclass(frozen=True)
class DisputedLine:
    lead: str
    href: str
    created: Text
    rule: Text
    criterion: Text
    seller: Text
    opinion: str
    manager: Text
    source: Text


def criteria_lines(page: Page, criteria: tuple[CriterionRow, ...]) -> list[CriterionLine]:
    return [_criterion(page, row) for row in criteria]


def agreement_line(page: Page, figure: Figure) -> dict[str, Any]:
    why = "" if figure.value is not None else page.say(say_no_value(figure.reason))
    return {"text": say(figure, page.language), "title": parts(figure, page.language), "why": why}


def disputed_lines(page: Page, found: Arbitration) -> dict[str, Any]:
    company = page.company
    lines = []
    for lead in found.leads:
        seller = say_key(company, "target_verdict", lead.seller_verdict.value)
        lines.append(
            DisputedLine(
                lead=lead.lead_id,
                href=safe_url(lead.url),
                created=say_day(lead.created_at.astimezone(company.tz).date(), page.today),
                rule=say_key(company, "target_verdict", lead.target_verdict.value),
                criterion=_criterion_of(lead, company),
                seller=seller,
                opinion=_other_words(lead.seller_quality or DASH, seller),
                manager=say_key(company, "manager", lead.manager),
                source=say_key(company, "lead_source", lead.lead_source),
            )
        )
    files = [(name.upper(), page.records("disputed_leads", {}, format=name)) for name in FORMATS]
    return {"count": found.count, "lines": lines, "href": page.records("disputed_leads", {}), "files": files}


def _criterion_of(lead: DisputedLead, company: Company) -> Text:
    """The criterion that turned a lead down; a target lead has met them all."""
    if lead.criterion is None and lead.target_verdict is TargetVerdict.TARGET:
        return _ALL_MET
    return say_key(company, "criterion", lead.criterion)


def _other_words(opinion: str, said: Text) -> str:
    """What the CRM calls the opinion, where that is more than what is said already."""
    return "" if opinion.casefold() in (said.ru.casefold(), said.en.casefold()) else opinion


def versions(page: Page) -> list[dict[str, Any]]:
    """The versions of the criteria that may be tried on the leads of the page."""
    return [
        {"version": version.version, "from": say_day(version.valid_from, page.today), "rules": len(version.rules)}
        for version in page.company.criteria
    ]


def what_if_of(page: Page) -> WhatIf | None:
    """What a version would have said of the leads of the page; None where none is asked for."""
    draft = page.request.GET.get("draft", "")
    if not draft:
        return None
    version, question = version_of(page, draft), page.question
    return page.facts.answer(f"what-if:{draft}", question, lambda: what_if(page.reader, question, version))


def version_of(page: Page, draft: str) -> CriteriaVersion:
    known = {version.version: version for version in page.company.criteria}
    if draft not in known:
        hint = did_you_mean(draft, known)
        raise WrongQuestion(
            "unknown-criteria",
            Text(f"Версии критериев «{draft}» нет. {hint.ru}", f"No criteria version “{draft}”. {hint.en}"),
        )
    return known[draft]


def _criterion(page: Page, row: CriterionRow) -> CriterionLine:
    difference = row.shift.difference if row.shift else None
    return CriterionLine(
        name=row.name,
        leads=say_number(row.leads, Unit.COUNT, page.language),
        href=page.records("non_target_leads", {"criterion": row.criterion}),
        share=say(row.share, page.language),
        share_href=page.records("non_target_leads", {}),
        title=parts(row.share, page.language),
        difference=DASH if difference is None else say_difference(difference, Unit.SHARE, page.language),
        label=LABEL_NAMES[row.shift.label] if row.shift else None,
    )
