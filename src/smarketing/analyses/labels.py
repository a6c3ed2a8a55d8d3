"""How is the key of a row called on a page, in the terminal and in an export?"""

from __future__ import annotations

from datetime import date

from smarketing.analyses.question import label
from smarketing.facts.company import Company
from smarketing.facts.criteria import Rule
from smarketing.facts.language import Text, same
from smarketing.facts.period import Month
from smarketing.facts.tables import LEADS
from smarketing.metrics.wording import say_day, say_month, say_week

_UNSAID = {
    "segment": Text("Сегмент не указан", "Segment not given"),
    "lead_source": Text("Источник не указан", "Source not given"),
    "source_group": Text("Группа не указана", "Group not given"),
    "campaign": Text("Кампания не указана", "Campaign not given"),
    "manager": Text("Менеджер не назначен", "No manager"),
    "product": Text("Продукт не указан", "Product not given"),
    "region": Text("Регион не указан", "Region not given"),
    "pipeline": Text("Воронка не указана", "Pipeline not given"),
    "loss_reason": Text("Причина не указана", "No reason given"),
    "loss_stage": Text("Стадия неизвестна", "Stage not known"),
    "criterion": Text("Без критерия", "No criterion"),
}
_TIME = ("day", "week", "month")
_FIXED = {
    "target_verdict": {
        "target": Text("целевой", "target"),
        "non_target": Text("нецелевой", "non-target"),
        "unknown": Text("неизвестно", "unknown"),
    },
    "milestone": {
        "lead": Text("Лид", "Lead"),
        "target": Text("Целевой (MQL)", "Target (MQL)"),
        "accepted": Text("Принят (SQL)", "Accepted (SQL)"),
        "deal": Text("Сделка", "Deal"),
        "won": Text("Продажа", "Sale"),
    },
    "stage": {"lead": Text("Лид", "Lead")},
    "outcome": {
        "won": Text("продажа", "won"),
        "lost": Text("потерян", "lost"),
        "open": Text("в работе", "open"),
    },
}


def say_key(company: Company, dimension: str, value: str | int | None, today: date | None = None) -> Text:
    """The company's own name of a value; «Источник не указан» for None; months and weeks in words."""
    if value is None:
        return _UNSAID.get(dimension, label(company, dimension, None))
    if dimension in _TIME:
        return _time(dimension, value, today)
    if dimension == "criterion":
        rule = _rule(company, str(value))
        return rule.name.text if rule else same(str(value))
    if dimension == "field":
        return _field(str(value), company)
    if dimension == "hour":
        return same(f"{int(value):02d}:00")
    found = label(company, dimension, value)
    fixed = _FIXED.get(dimension, {}).get(str(value))
    # A company may have a stage of its own with the key of a fixed word: its name wins.
    return fixed if fixed is not None and found == same(str(value)) else found


def _time(dimension: str, value: str | int, today: date | None) -> Text:
    if dimension == "month":
        return say_month(Month.from_number(int(value)), today)
    day = date.fromisoformat(str(value))
    return say_week(day, today) if dimension == "week" else say_day(day, today)


def _field(key: str, company: Company) -> Text:
    """A field of a lead as the company calls its own ones, else as the facts call theirs."""
    own = next(
        (field.name.text for field in company.custom_fields if key in (field.key, f"custom_{field.key}")), None
    )
    if own is not None:
        return own
    return LEADS.column(key).label if key in LEADS.names else same(key)


def _rule(company: Company, key: str) -> Rule | None:
    """The newest rule of this key: a criterion keeps its key from version to version."""
    versions = sorted(company.criteria, key=lambda version: version.valid_from, reverse=True)
    return next((rule for version in versions for rule in version.rules if rule.key == key), None)
