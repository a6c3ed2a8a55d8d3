"""How do templates speak? Both languages side by side, icons, and the pieces of an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString, mark_safe

from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number
from smarketing.web.icons import drawn

register = template.Library()


@register.simple_tag(takes_context=True)
def t(context: dict[str, Any], ru: str, en: str, **values: object) -> str:
    """``{% t "Лидов: {n}" "Leads: {n}" n=count %}``; escaped like any text."""
    language: Language = context.get("language", "ru")
    text = Text(ru, en)
    return (text.fill(**values) if values else text).say(language)


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], text: Text | str | None) -> str:
    """A :class:`Text` in the reader's language."""
    if isinstance(text, Text):
        return _together(text.say(context.get("language", "ru")))
    return text or ""


def _together(said: str) -> str:
    """A line may not break between a minus and the sign of the currency: both are prefixes to the browser."""
    return said.replace("\u2212₽", "\u2212\u2060₽")


@register.simple_tag(takes_context=True)
def count(context: dict[str, Any], number: int) -> str:
    """How many, grouped as the reader's language groups: a space in Russian, a comma in English."""
    return say_number(number, Unit.COUNT, context.get("language", "ru"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A lucide icon inside the page, hidden from screen readers: a word stands beside it always."""
    return mark_safe(drawn(name))  # noqa: S308 - the icon comes from a package, its name from a template


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key)


@register.simple_tag
def address(path: str, **query: object) -> str:
    """A path with a query; empty values are left out."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
