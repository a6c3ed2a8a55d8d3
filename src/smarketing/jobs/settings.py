"""How are a company's settings written down so that a person can edit them and nothing changes on the way?

The standard library reads TOML and does not write it; this writes exactly what :class:`Company` needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from smarketing.facts.company import Company

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")

_HEAD = (
    "Настройки компании. Их же правят страницы настроек: содержание одно.",
    "The company's settings. The settings pages edit the same content.",
)
# What stands above each key, in both languages.
COMMENTS: dict[str, tuple[str, str]] = {
    "name": ("Как компания называется в отчётах.", "The name in reports."),
    "currency": ("Валюта всех отчётов, код ISO.", "The currency of all reports, ISO code."),
    "zone": ("Часовой пояс, в котором считаются дни.", "The time zone in which days are counted."),
    "language": ("Язык по умолчанию: ru или en.", "The default language: ru or en."),
    "phone_region": ("Страна номеров без кода.", "The country of numbers without a code."),
    "mql": (
        "target — лиды по письменным критериям; all — всякий лид считается MQL.",
        "target: leads by the written criteria; all: every lead is an MQL.",
    ),
    "response_sla_minutes": (
        "Первый ответ, рабочих минут.",
        "First response, working minutes.",
    ),
    "purchase": (
        "Что считать покупкой: sale — все оплаты лида вместе; payment — каждый день оплаты (абонентская плата).",
        "What one purchase is: sale, all payments of a lead; payment, every day of payment (subscriptions).",
    ),
    "working_hours": ("Рабочие дни (1 — понедельник) и часы.", "Working days (1 is Monday) and hours."),
    "stages": (
        "Стадии по порядку. milestone: accepted — лид принят, deal — сделка, won — продажа, lost — отказ.",
        "Stages in order. milestone: accepted, deal, won, lost.",
    ),
    "segments": ("Сегменты клиентов; focus — фокусный.", "Kinds of client; focus marks the focus segment."),
    "source_groups": ("Группы источников; paid — платные.", "Groups of sources; paid ones cost money."),
    "source_names": (
        "Как страницы называют источник, если не так, как он записан в фактах.",
        "How pages call a source where it is not as the facts spell it.",
    ),
    "channels": (
        "Словарь каналов: как ещё пишут источник, канал, кампанию; формы и номера телефонов → источник.",
        "Dictionary of channels: other spellings of source, medium, campaign; forms and phone lines → source.",
    ),
    "campaign_pairs": (
        "Кампания под двумя именами: report — в отчёте, crm — у лидов; same = false — это разные кампании.",
        "One campaign under two names: report in the ad account, crm on leads; same = false: two campaigns.",
    ),
    "identity": (
        "Один человек: join_exact — соединять карточки с одним телефоном или почтой после каждой загрузки.",
        "One person: join_exact joins cards of one phone or e-mail after every load.",
    ),
    "loss_reasons": ("Причины отказа.", "Loss reasons."),
    "custom_fields": ("Свои поля лида, нужные отчётам.", "The lead's own fields that reports need."),
    "criteria": (
        "Критерии целевого лида: правила по порядку, новая версия действует с valid_from.",
        "Criteria of a target lead: rules in order, a new version holds from valid_from.",
    ),
    "seller_quality": (
        "Что значит оценка продавца: target, non_target или unknown.",
        "What the seller's mark says: target, non_target or unknown.",
    ),
    "accountable": (
        "Кто отвечает за показатель, если не так, как в словаре: marketing, sales, joint, company.",
        "Who answers for a metric where it differs from the catalogue: marketing, sales, joint, company.",
    ),
    "guardrails": ("Пороги, которые компания поставила себе.", "Limits the company set itself."),
    "rates": (
        "Курсы: сколько валюты компании за единицу другой; один на всё время или списком с днём since.",
        "Rates: the company's currency for one of another; one for ever or a list with the day since.",
    ),
    "vat": (
        "Ставки НДС по дням, с которых они действуют: since = 2026-01-01, rate = 0.22.",
        "VAT by the day from which it holds: since = 2026-01-01, rate = 0.22.",
    ),
    "verdict": ("Как выносится вывод по плану.", "How the verdict on the plan is reached."),
}


def company_toml(company: Company) -> str:
    """The settings as commented TOML; reading it back gives an equal :class:`Company`."""
    content = company.model_dump(mode="python")
    plain = {key: value for key, value in content.items() if not is_table(value)}
    tables = {key: value for key, value in content.items() if key not in plain}
    parts = ["\n".join(f"# {line}" for line in _HEAD)]
    parts += [f"{comment_above(key)}{toml_pair(key, value)}" for key, value in plain.items()]
    parts += [toml_table(key, value, comment_above(key)) for key, value in tables.items()]
    return "\n\n".join(parts) + "\n"


def is_table(value: object) -> bool:
    """Whether a setting has a header of its own; an empty list does in settings that hold tables."""
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and (not value or isinstance(value[0], dict))
    )


def comment_above(key: str) -> str:
    """What a new file says above a setting, in both languages."""
    return "".join(f"# {line}\n" for line in COMMENTS.get(key, ()))


def toml_table(key: str, value: Any, comment: str = "") -> str:
    """A section of TOML: a mapping as one table, a sequence of mappings as an array of tables."""
    if not value:  # an empty section is shown as a comment, so that a person sees where it goes
        return f"{comment}# {f'[{key}]' if isinstance(value, dict) else f'[[{key}]]'}"
    if isinstance(value, dict):
        return f"{comment}[{key}]\n" + _pairs(value)
    return comment + "\n".join(f"[[{key}]]\n{toml_pairs(item)}\n" for item in value).rstrip("\n")


def toml_pairs(item: Mapping[str, Any]) -> str:
    """The pairs of one table, without those that say nothing."""
    return _pairs(_filled(item))


def _filled(item: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty lists and tables: in every part of the settings they are what stands when nothing is said."""
    return {key: value for key, value in item.items() if value not in ((), {})}


def _pairs(content: Mapping[str, Any]) -> str:
    return "\n".join(toml_pair(key, value) for key, value in content.items() if value is not None)


def toml_pair(key: str, value: Any) -> str:
    """``key = value``."""
    return f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(toml_pair(key, item) for key, item in value.items() if item is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence):
        return _array(value)
    raise TypeError(f"no TOML for {type(value).__name__}")


def _array(values: Sequence[Any]) -> str:
    if values and isinstance(values[0], Mapping):
        return "[\n" + "".join(f"  {_value(item)},\n" for item in values) + "]"
    return "[" + ", ".join(map(_value, values)) + "]"


def _text(text: str) -> str:
    """A basic string: everything that TOML forbids in it is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_escaped(letter) for letter in escaped) + '"'


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter
