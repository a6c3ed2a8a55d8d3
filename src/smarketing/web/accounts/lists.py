"""The lists of accounts as files: who may sign in, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from smarketing.facts.language import Language, Text
from smarketing.jobs.record_export import Sheet
from smarketing.web.accounts.models import AuditEntry, User
from smarketing.web.accounts.shown import audit_lines
from smarketing.web.lists import list_sheet

_OPEN, _CLOSED = Text("открыт", "open"), Text("закрыт", "closed")


def people_sheet(people: Iterable[User], language: Language) -> Sheet:
    heads = (
        Text("имя для входа", "user name"), Text("имя и фамилия", "full name"), Text("роль", "role"),
        Text("имя в CRM", "name in the CRM"), Text("вход", "access"),
    )  # fmt: skip
    rows = [
        (one.username, one.name, one.role_text, one.person or None, _OPEN if one.is_active else _CLOSED)
        for one in people
    ]  # fmt: skip
    return list_sheet(heads, rows, language)


def audit_sheet(entries: Iterable[AuditEntry], zone: ZoneInfo, language: Language) -> Sheet:
    """Moments in the company's zone, details in one column as on the page."""
    known = list(entries)
    heads = (
        Text("когда", "when"), Text("кто", "who"), Text("что", "what"), Text("с чем", "to what"),
        Text("подробности", "details"),
    )  # fmt: skip
    rows = [
        (
            entry.at.astimezone(zone).replace(tzinfo=None, microsecond=0), line.who, line.action, line.subject,
            "; ".join(f"{name.say(language)}: {value.say(language)}" for name, value in line.details),
        )
        for entry, line in zip(known, audit_lines(known, zone), strict=True)
    ]  # fmt: skip
    return list_sheet(heads, rows, language)
