"""How is the what-if of the criteria shown: each figure of the matrix, its file and the leads behind it?"""

from __future__ import annotations

from typing import Any

from smarketing.analyses import doors
from smarketing.analyses.labels import say_key
from smarketing.analyses.qualification import WhatIf
from smarketing.analyses.records import Records
from smarketing.facts.criteria import TargetVerdict
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.record_export import Cell, Sheet
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say, say_number
from smarketing.web.reports.judging import version_of
from smarketing.web.reports.page import Page

_BY_VERDICT = {
    TargetVerdict.TARGET: "target_leads",
    TargetVerdict.NON_TARGET: "non_target_leads",
    TargetVerdict.UNKNOWN: "unknown_leads",
}
_CHANGED = Text(
    "Лиды, о которых версия {draft} решила бы иначе.", "The leads that version {draft} would judge otherwise."
)
_NOW = Text("Решение сейчас: {verdict}.", "The verdict now: {verdict}.")
_THEN = Text("По версии {draft}: {verdict}.", "By version {draft}: {verdict}.")


def what_if_shown(page: Page, found: WhatIf | None) -> dict[str, Any] | None:
    """The matrix in words, each figure with the address of its leads."""
    if found is None:
        return None
    return {
        "draft": found.draft,
        "changed": (_count(page, found.changed), _href(page, "leads", found.draft)),
        "leads": (_count(page, found.leads), page.records("leads", {})),
        "before": (say(found.before, page.language), page.records("non_target_share", {})),
        "after": (say(found.after, page.language), _then_href(page, found)),
        "heads": [_named(page, verdict) for verdict in TargetVerdict],
        "rows": [
            (_named(page, now), [_cell(page, found, now, then) for then in TargetVerdict]) for now in TargetVerdict
        ],
    }


def what_if_sheet(page: Page, found: WhatIf) -> Sheet:
    """The verdicts now against those of the draft, as on the page."""
    head = Text(f"сейчас, по версии {found.draft} →", f"now, by version {found.draft} →")
    rows: list[tuple[Cell, ...]] = [
        (page.say(_named(page, now)), *(found.matrix[now, then] for then in TargetVerdict))
        for now in TargetVerdict
    ]
    return Sheet((page.say(head), *(page.say(_named(page, then)) for then in TargetVerdict)), rows)


def draft_records(page: Page, draft: str, limit: int, offset: int) -> Records:
    """The leads behind a figure of the what-if: its verdicts stand in the address."""
    now, then = _verdict(page, "now"), _verdict(page, "then")
    return doors.of_draft(page.reader, page.question, version_of(page, draft), now, then, limit, offset)


def draft_text(page: Page) -> Text | None:
    """Which leads of the what-if the records are; None for records of anything else."""
    draft = page.request.GET.get("draft", "")
    if not draft:
        return None
    now, then = _verdict(page, "now"), _verdict(page, "then")
    said = [_NOW.fill(verdict=_named(page, now))] if now else []
    said += [_THEN.fill(draft=draft, verdict=_named(page, then))] if then else []
    said = said or [_CHANGED.fill(draft=draft)]
    return Text(" ".join(one.ru for one in said), " ".join(one.en for one in said))


def _cell(page: Page, found: WhatIf, now: TargetVerdict, then: TargetVerdict) -> tuple[str, str]:
    return _count(page, found.matrix[now, then]), _href(page, _BY_VERDICT[now], found.draft, now, then)


def _then_href(page: Page, found: WhatIf) -> str:
    return _href(page, "non_target_leads", found.draft, None, TargetVerdict.NON_TARGET)


def _href(
    page: Page, metric: str, draft: str, now: TargetVerdict | None = None, then: TargetVerdict | None = None
) -> str:
    chosen = {"now": now.value if now else "", "then": then.value if then else ""}
    return page.records(metric, {}, draft=draft, **chosen)


def _count(page: Page, number: int) -> str:
    return say_number(number, Unit.COUNT, page.language)


def _verdict(page: Page, side: str) -> TargetVerdict | None:
    said = page.request.GET.get(side, "")
    if said and said not in set(TargetVerdict):
        words = ", ".join(TargetVerdict)
        raise WrongQuestion("bad-verdict", Text(f"{side}: одно из {words}.", f"{side}: one of {words}."))
    return TargetVerdict(said) if said else None


def _named(page: Page, verdict: TargetVerdict) -> Text:
    return say_key(page.company, "target_verdict", verdict.value)
