"""How is the audit log told? Actions in words, moments in the company's zone, details without brackets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from smarketing.analyses.planning.record import Origin
from smarketing.analyses.planning.words import ORIGIN_NAMES
from smarketing.facts.company import Zone
from smarketing.facts.language import Text, same
from smarketing.metrics.wording import DASH, ZONE_NAMES, say_moment
from smarketing.web.accounts.models import AuditEntry, Role

_ACTIONS = {
    "sign_in": Text("вход", "signed in"),
    "password_changed": Text("сменил пароль", "changed the password"),
    "user_created": Text("добавил человека", "added a person"),
    "user_changed": Text("изменил человека", "changed a person"),
    "load": Text("загрузил данные", "loaded data"),
    "mend": Text("исправил строку карантина", "mended a quarantined row"),
    "question_asked": Text("отметил вопрос заданным", "noted that a question was asked"),
    "question_answered": Text("записал ответ на вопрос", "wrote down an answer"),
    "connection_added": Text("подключил систему", "connected a system"),
    "connection_changed": Text("изменил подключение", "changed a connection"),
    "connection_checked": Text("проверил подключение", "checked a connection"),
    "connection_granted": Text("дал подключению доступ", "gave a connection access"),
    "connection_paused": Text("остановил подключение", "paused a connection"),
    "connection_resumed": Text("продолжил подключение", "resumed a connection"),
    "connection_run": Text("запустил загрузку", "started a run"),
    "connection_removed": Text("отключил систему", "disconnected a system"),
    "writing_switched": Text("переключил запись в систему", "switched writing back"),
    "written_back": Text("записал в систему", "wrote into a system"),
    "records_exported": Text("выгрузил записи", "exported records"),
    "list_exported": Text("выгрузил список", "exported a list"),
    "settings_applied": Text("применил настройки", "put settings in place"),
    "backup": Text("сделал резервную копию", "made a backup"),
    "restored": Text("восстановил из копии", "restored from a backup"),
    "mapping_saved": Text("сохранил сопоставление", "saved a mapping"),
    "plan_saved": Text("изменил план", "changed the plan"),
    "plan_confirmed": Text("подтвердил план", "confirmed the plan"),
    "same_person": Text("решил, один или разные", "judged one or two"),
    "campaign_pair": Text("решил о названиях кампании", "judged campaign names"),
}
_DETAILS = {
    "kind": Text("вид", "kind"),
    "secrets": Text("введены секреты", "secrets were entered"),
    "since": Text("с дня", "since"),
    "anew": Text("заново", "anew"),
    "sweep": Text("поиск удалённого", "deletions looked for"),
    "on": Text("включено", "switched on"),
    "off": Text("выключено", "switched off"),
    "resumed": Text("продолжено", "resumed"),
    "actions": Text("действий", "actions"),
    "files": Text("файлы", "files"),
    "version": Text("версия данных", "lake version"),
    "value": Text("цифра", "figure"),
    "answer": Text("ответ", "answer"),
    "cells": Text("ячейки", "cells"),
    "plan_version": Text("версия плана", "version of the plan"),
    "origin": Text("откуда", "origin"),
    "why": Text("почему", "why"),
    "department": Text("отдел", "department"),
    "format": Text("вид файла", "format"),
    "rows": Text("строк", "rows"),
    "account": Text("учётная запись машины", "account of the machine"),
    "places": Text("места", "places"),
    "files_count": Text("файлов", "files"),
    "period": Text("период", "period"),
    "filters": Text("отбор", "filters"),
    "word": Text("решение", "decision"),
    "verdict": Text("решение", "decision"),
    "lead_source": Text("источник", "source"),
    "role": Text("роль", "role"),
    "username": Text("имя для входа", "user name"),
    "name": Text("имя", "name"),
    "email": Text("почта", "e-mail"),
    "person": Text("имя в CRM", "name in the CRM"),
    "is_active": Text("может входить", "may sign in"),
    "password_was_changed": Text("пароль сменён", "the password was changed"),
}


@dataclass(frozen=True)
class AuditLine:
    at: Text
    who: str
    action: Text
    subject: str
    details: tuple[tuple[Text, Text], ...]


def audit_lines(entries: Iterable[AuditEntry], zone: ZoneInfo) -> list[AuditLine]:
    """The entries in their order; an action nobody has named is shown by its key."""
    return [
        AuditLine(
            at=say_moment(entry.at, zone),
            who=entry.user.username if entry.user else DASH,
            action=_ACTIONS.get(entry.action, same(entry.action)),
            subject=entry.subject,
            details=tuple(
                (_DETAILS.get(key, same(key)), _say(key, value)) for key, value in entry.details.items()
            ),
        )
        for entry in entries
    ]


_WORDS = {
    "one": Text("одна кампания", "one campaign"),
    "two": Text("разные кампании", "two campaigns"),
    "same": Text("один", "one"),
    "other": Text("разные", "two"),
    "forget": Text("решение отменено", "taken back"),
}


def _say(key: str, value: Any) -> Text:
    if key in ("word", "verdict"):
        return _WORDS.get(str(value), same(str(value)))
    if isinstance(value, bool):
        return Text("да", "yes") if value else Text("нет", "no")
    if isinstance(value, list):
        return same(", ".join(str(one) for one in value))
    if key == "department" and value in set(Zone):
        return ZONE_NAMES[Zone(value)]
    if key == "origin" and value in set(Origin):
        return ORIGIN_NAMES[Origin(value)]
    if key == "role" and value in set(Role):
        return Role(value).text
    return same(str(value))
