"""What is wrong with the settings is said with its place, in both languages."""

from __future__ import annotations

import pytest

from smarketing.facts.company import parse_company
from smarketing.facts.wrong_places import WrongPlaces


@pytest.mark.parametrize(
    ("content", "place", "ru", "en"),
    [
        ({"zone": "Nowhere"}, "zone", "часового пояса Nowhere нет", "unknown time zone Nowhere"),
        ({"response_sla_minutes": 0}, "response_sla_minutes", "нужно больше 0", "must be above 0"),
        ({"currency": "rubles"}, "currency",
         "нужны три заглавные латинские буквы", "must be three capital Latin letters"),
        ({"language": "de"}, "language", "можно: 'ru' или 'en'", "one of 'ru' or 'en'"),
        ({"colour": 1}, "colour", "такой настройки нет", "there is no such setting"),
        ({"stages": [{"key": "new"}]}, "stages.0.name", "не указано", "is missing"),
        ({"working_hours": {"days_off": ["x"]}}, "working_hours.days_off.0", "нужна дата вида 2026-11-20",
         "must be a date like 2026-11-20"),
        ({"loss_reasons": [{"key": "a", "name": {"ru": "А", "en": "A"}}] * 2}, "",
         "причина отказа: названо дважды: a", "loss reason named twice: a"),
    ],
)  # fmt: skip
def test_place_and_sentence_of_each_wrong_setting(content, place, ru, en):
    with pytest.raises(WrongPlaces) as error:
        parse_company(content)
    (found,) = error.value.wrong
    assert (found.named, found.text.ru, found.text.en) == (place, ru, en)
    assert error.value.text.ru == f"Ошибка в company.toml: {place or 'company.toml'}: {ru}"
