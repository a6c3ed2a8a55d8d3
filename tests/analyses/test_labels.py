from __future__ import annotations

from datetime import date

import pytest

from smarketing.analyses.labels import say_key
from tests.analyses.small_company import COMPANY


@pytest.mark.parametrize(
    ("dimension", "value", "ru", "en"),
    [
        ("month", 202611, "ноябрь", "November"),
        ("month", 202511, "ноябрь 2025", "November 2025"),
        ("week", "2026-11-16", "16–22 ноября", "16–22 November"),
        ("day", "2026-11-16", "16 ноября", "16 November"),
        ("hour", 9, "09:00", "09:00"),
        ("stage", "deal", "Сделка", "Сделка"),
        ("criterion", "small_order", "Мелкий заказ", "Мелкий заказ"),
        ("criterion", "gone", "gone", "gone"),
        ("segment", None, "Сегмент не указан", "Segment not given"),
        ("keyword", None, "не указан", "not given"),
        ("outcome", "lost", "потерян", "lost"),
        ("target_verdict", "unknown", "неизвестно", "unknown"),
        ("campaign", "лето", "лето", "лето"),
    ],
)
def test_key_is_said_in_both_languages(dimension: str, value: str | int | None, ru: str, en: str) -> None:
    said = say_key(COMPANY, dimension, value, date(2026, 11, 20))
    assert (said.ru.replace("\u00a0", " "), said.en.replace("\u00a0", " ")) == (ru, en)
