"""What needs somebody's hand, and which list does it open?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from django.urls import reverse

from smarketing.analyses.attention import Alert, Urgency, attention
from smarketing.analyses.question import Question
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.jobs.freshness import Concern
from smarketing.metrics.catalogue import metric
from smarketing.metrics.wording import ZONE_NAMES
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, may, zones
from smarketing.web.reports.page import Page
from smarketing.web.reports.tables import ZONE_CLASS

CONNECTION = "connection"
_OPEN_LIST = Text("Открыть список", "Open the list")
_OPEN_CONNECTION = Text("Открыть подключение", "Open the connection")


@dataclass(frozen=True)
class AlertLine:
    alert: Alert
    zone: Text
    zone_class: str
    href: str
    button: Text


def alerts(page: Page, question: Question, quarantined: int, connected: Sequence[Concern] = ()) -> list[AlertLine]:
    """The worst first, what only the other department can mend after all that the reader can.

    Of the facts found once for a version and a question, of connections as they stand now.
    """
    of_facts = page.facts.answer(
        f"attention:{quarantined}", question, lambda: attention(page.reader, question, quarantined)
    )
    order, own = list(Urgency), zones(cast(User, page.request.user))
    found = sorted(
        (*map(_of_connection, connected), *of_facts),
        key=lambda alert: (alert.zone not in own, order.index(alert.urgency)),
    )
    return [_line(page, one) for one in found]


def _line(page: Page, alert: Alert) -> AlertLine:
    button = _OPEN_CONNECTION if alert.code == CONNECTION else _OPEN_LIST
    return AlertLine(alert, ZONE_NAMES[alert.zone], ZONE_CLASS[alert.zone], _href(page, alert), button)


def _of_connection(concern: Concern) -> Alert:
    urgency = Urgency.BAD if concern.red else Urgency.WARNING
    return Alert(
        CONNECTION, urgency, Zone.COMPANY, concern.title, concern.more, where={"key": (concern.connection,)}
    )


def _href(page: Page, alert: Alert) -> str:
    """The records behind an alert; waiting leads are looked for in all time."""
    if alert.code == "quarantine":
        return reverse("quarantine")
    if alert.code == CONNECTION and may(cast(User, page.request.user), Right.MANAGE_CONNECTIONS):
        return reverse("system", args=[alert.where["key"][0]])
    if alert.code in ("reconciliation", "campaign-pair"):
        return page.elsewhere("reconciliation")
    if not alert.metric or metric(alert.metric).computed_by:
        return ""
    if alert.code == "waiting":
        whole = replace(page, said=page.said.over(None))
        return whole.records(alert.metric, {})
    keys = {dimension: values[0] or None for dimension, values in alert.where.items()}
    return page.records(alert.metric, keys)
