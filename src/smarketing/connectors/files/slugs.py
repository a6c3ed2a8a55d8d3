"""Under which key is a custom field kept when its heading is «Уровень языка»?"""

from __future__ import annotations

import re

_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (
            *("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t"),
            *("u", "f", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"),
        ),
        strict=True,
    )
)


def slug(heading: str) -> str:
    """A heading as a key of company.toml.

    >>> slug("Уровень языка"), slug("Level of Deutsch"), slug("2-й телефон")
    ('uroven_yazyka', 'level_of_deutsch', 'f_2_y_telefon')
    """
    latin = "".join(_LETTERS.get(letter, letter) for letter in heading.lower())
    key = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")
    return key if key[:1].isalpha() else f"f_{key}"
