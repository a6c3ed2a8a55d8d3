"""Which spellings are the same word: two alphabets, cases, blanks?"""

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
# Letters that look alike on the screen; capitals have more of them.
_TO_LATIN = dict(zip("аеікорсухѕјАВЕІКМНОРСТУХЅЈ", "aeikopcyxsjABEIKMHOPCTYXSJ", strict=True))
_TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in _TO_LATIN.items() if cyrillic.lower() not in "іѕј"}
_WORD = re.compile(r"[^\W\d_]+")


def latin(text: str) -> str:
    """Small Latin letters for Russian ones; the rest stays.

    >>> latin("Площадки_Дилеры 2026")
    'ploschadki_dilery 2026'
    """
    return "".join(_LETTERS.get(letter, letter) for letter in text.lower())


def one_alphabet(text: str) -> str:
    """Words that mix alphabets, written in the one that the whole word can be written in; others stay.

    >>> one_alphabet("gооgle сpс"), one_alphabet("мoсква"), one_alphabet("VIP дилер")
    ('google cpc', 'москва', 'VIP дилер')
    """
    return _WORD.sub(lambda found: _one_alphabet(found[0]), text)


def as_latin_letters(text: str) -> str:
    """Every Cyrillic letter that has a Latin look-alike, as that.

    >>> as_latin_letters("срс")
    'cpc'
    """
    return "".join(_TO_LATIN.get(letter, letter) for letter in text)


def _one_alphabet(word: str) -> str:
    cyrillic = [letter for letter in word if _is_cyrillic(letter)]
    if not cyrillic or len(cyrillic) == len(word):
        return word
    if all(letter in _TO_LATIN for letter in cyrillic):
        return as_latin_letters(word)
    if all(letter in _TO_CYRILLIC for letter in word if not _is_cyrillic(letter)):
        return "".join(_TO_CYRILLIC.get(letter, letter) for letter in word)
    return word


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u04ff"
