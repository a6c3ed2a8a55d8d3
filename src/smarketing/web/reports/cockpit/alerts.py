"""What needs somebody's hand, and which list does it open?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse

from smarketing.analyses.attention import Alert, attention
from smarketing.analyses.question import Question
from smarketing.facts.language import Text
from smarketing.metrics.catalogue import metric
from smarketing.metrics.wording import ZONE_NAMES
from smarketing.web.reports.page import Page
from smarketing.web.reports.tables import ZONE_CLASS


@dataclass(frozen=True)
class AlertLine:
    alert: Alert
    zone: Text
    zone_class: str
    href: str


def alerts(page: Page, question: Question, quarantined: int) -> list[AlertLine]:
    """The worst first; found once for a version of the facts and a question."""
    found = page.facts.answer(
        f"attention:{quarantined}", question, lambda: attention(page.reader, question, quarantined)
    )
    return [AlertLine(one, ZONE_NAMES[one.zone], ZONE_CLASS[one.zone], _href(page, one)) for one in found]


def _href(page: Page, alert: Alert) -> str:
    """The records behind an alert; waiting leads are looked for in all time."""
    if alert.code == "quarantine":
        return reverse("quarantine")
    if not alert.metric or metric(alert.metric).computed_by:
        return ""
    if alert.code == "waiting":
        whole = replace(page, said=page.said.over(None))
        return whole.records(alert.metric, {})
    keys = {dimension: values[0] or None for dimension, values in alert.where.items()}
    return page.records(alert.metric, keys)
