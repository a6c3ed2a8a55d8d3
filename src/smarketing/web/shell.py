"""What stands round every page: language, theme, menu, the company's name and how fresh the facts are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, may
from smarketing.web.documents import pages
from smarketing.web.reports import reading

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Place:
    """A line of the menu."""

    name: str  # of the address
    label: Text
    icon: str
    right: Right
    minor: bool = False  # behind «Ещё» on the phone
    asks: bool = False  # keeps the period and filters of the page before


PLACES = (
    Place("cockpit", Text("Сводка", "Overview"), "layout-dashboard", Right.SEE_FIGURES, asks=True),
    Place("diagnosis", Text("Диагностика", "Diagnosis"), "stethoscope", Right.SEE_COMPANY, minor=True, asks=True),
    Place("analytics", Text("Аналитика", "Analytics"), "table-2", Right.SEE_FIGURES, asks=True),
    Place("funnel", Text("Воронка", "Funnel"), "list-filter", Right.SEE_FIGURES, asks=True),
    Place("qualification", Text("Квалификация", "Qualification"), "list-checks", Right.SEE_FIGURES, asks=True),
    Place("response", Text("Скорость ответа", "Response"), "timer", Right.SEE_FIGURES, minor=True, asks=True),
    Place("focus", Text("Фокус", "Focus"), "crosshair", Right.SEE_COMPANY, minor=True, asks=True),
    Place("customers", Text("Клиенты", "Customers"), "handshake", Right.SEE_FIGURES, minor=True, asks=True),
    Place("plan", Text("План", "Plan"), "target", Right.SEE_PLAN, minor=True),
    Place("reconciliation", Text("Сверка", "Reconciliation"), "scale", Right.SEE_DATA, minor=True, asks=True),
    Place("data", Text("Данные", "Data"), "database", Right.SEE_DATA, minor=True),
    Place("connections", Text("Подключения", "Connections"), "plug", Right.MANAGE_CONNECTIONS, minor=True),
    Place("settings", Text("Настройки", "Settings"), "settings", Right.EDIT_SETTINGS, minor=True),
    Place("metrics", Text("Словарь метрик", "Metric dictionary"), "book-open", Right.SEE_FIGURES, minor=True),
    Place("people", Text("Люди", "People"), "users", Right.MANAGE_USERS, minor=True),
    Place("audit", Text("Журнал", "Audit log"), "scroll-text", Right.SEE_AUDIT, minor=True),
    Place("account", Text("Моя учётная запись", "My account"), "circle-user", Right.SEE_FIGURES, minor=True),
)
# Pages inside a line of the menu, by the names of their addresses.
_WITHIN = {
    "data": ("upload", "check", "loading", "quarantine", "quarantined_row", "mapping", "duplicates"),
    "connections": (
        "system", "system_new", "system_grant", "system_edit", "system_check", "system_remove", "writing_dry",
    ),
    "plan": ("plan_edit", "plan_confirm"),
    "people": ("person", "person_new"),
}  # fmt: skip


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    language = language_of(request)
    found = reading.company()
    user = getattr(request, "user", None)
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    return {
        "language": language,
        "theme": theme_of(request),
        "other_language": "en" if language == "ru" else "ru",
        "company_name": found.name if found else "",
        "who": _who(user, language) if isinstance(user, User) else "",
        "places": _places(user) if isinstance(user, User) else [],
        "has_documents": bool(pages()),
        "can_load": isinstance(user, User) and may(user, Right.LOAD_DATA),
        "here": here,
        "section": next((place for place, names in _WITHIN.items() if here in names), ""),
    }


def language_of(request: HttpRequest) -> Language:
    """The user's language, else the cookie's, else the company's."""
    for chosen in (getattr(getattr(request, "user", None), "language", ""), request.COOKIES.get("language")):
        for language in LANGUAGES:
            if chosen == language:
                return language
    found: Company | None = reading.company()
    return found.language if found else "ru"


def theme_of(request: HttpRequest) -> str:
    """light or dark where the person chose; empty leaves it to the device."""
    cookie = request.COOKIES.get("theme", "")
    chosen = cookie or getattr(getattr(request, "user", None), "theme", "")
    return chosen if chosen in THEMES else ""


def _who(user: User, language: Language) -> str:
    """Name and role, once where they are the same word."""
    name, role = user.name or user.username, user.role_text.say(language)
    return name if name.casefold() == role.casefold() else f"{name}, {role}"


def _places(user: User) -> list[dict[str, Any]]:
    return [{"place": place, "url": reverse(place.name)} for place in PLACES if may(user, place.right)]
