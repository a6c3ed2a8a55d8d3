"""How are invented clients called, and how can they be reached? No name, number or address belongs to anybody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FIRST = (
    "Спорт",
    "Игра",
    "Двор",
    "Город",
    "Парк",
    "Радуга",
    "Кубик",
    "Сказка",
    "Маяк",
    "Комета",
    "Вираж",
    "Атлант",
)
_SECOND = ("Строй", "Мастер", "Проект", "Сервис", "Торг", "Лайн", "Групп", "Плюс", "Дом", "Снаб", "Арт", "Мир")
_STREETS = ("Садовая", "Лесная", "Речная", "Школьная", "Полевая", "Солнечная", "Озёрная", "Кленовая")
_PEOPLE = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Инна", "Кирилл", "Лидия", "Марк")
_FAMILIES = ("Астрова", "Берёзка", "Веснин", "Громов", "Дубрава", "Ельник", "Жарких", "Зимний", "Искра", "Ковыль")


def client_name(segment: str, number: int) -> str:
    """An invented name, the same for the same client."""
    if segment == "private":
        return f"{_PEOPLE[number % 12]} {_FAMILIES[number // 12 % 10]}"
    if segment == "municipal":
        return f"ТСЖ «{_STREETS[number % 8]}, {number // 8 % 97 + 1}»"
    form = "СЗ" if segment == "developers" else "ООО"
    return f"{form} «{_FIRST[number % 12]}-{_SECOND[number // 12 % 12]} {number % 89 + 1}»"


def phone(number: int, wrong: bool, *, again: bool = False) -> str:
    """As people write it, in one of four ways, ``again`` in another; a wrong one no network would accept."""
    if wrong:
        return "+7 111 111 11 11"
    digits = f"{number:07d}"
    a, b, c = digits[:3], digits[3:5], digits[5:]
    forms = (f"+7 900 {a}-{b}-{c}", f"8 (900) {a}-{b}-{c}", f"8900{digits}", f"+7(900){a}{b}{c}")
    return forms[(number + again) % 4]


def email(segment: str, number: int) -> str | None:
    if number % 5 == 0:
        return None
    return f"{segment}.{number}@example.com"


def seller_quality(
    is_target: NDArray[np.bool_], draws: NDArray[np.float64], answered: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """The seller's opinion: mostly the rule's verdict, harsher than it in one target lead of nine."""
    said = np.where(is_target, "целевой", "нецелевой").astype(object)
    said[is_target & (draws < 0.11)] = "нецелевой"
    said[~is_target & (draws < 0.06)] = "целевой"
    said[(draws > 0.80) & (draws < 0.86)] = "под вопросом"
    said[(draws >= 0.86) | ~answered] = None
    return said
