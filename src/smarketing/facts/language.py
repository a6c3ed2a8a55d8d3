"""In which words is a thing said to a Russian and to an English reader?

Both languages stand side by side in one value, so that a text can never exist in one of them only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")


@dataclass(frozen=True)
class Text:
    """One text in both languages; ``{name}`` places are filled by :meth:`fill`."""

    ru: str
    en: str

    def say(self, language: Language) -> str:
        """The text as it is, in one language."""
        return self.ru if language == "ru" else self.en

    def fill(self, **values: object) -> Text:
        """The same text with its places filled; a :class:`Text` value is said in each language."""
        ru = {key: value.ru if isinstance(value, Text) else value for key, value in values.items()}
        en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
        return Text(self.ru.format(**ru), self.en.format(**en))


def same(text: str) -> Text:
    """A text that is the same in both languages: a name, a code, a figure."""
    return Text(text, text)


def plural_ru(number: int, one: str, few: str, many: str) -> str:
    """The Russian form that agrees with the number.

    >>> [plural_ru(n, "лид", "лида", "лидов") for n in (1, 3, 11, 25)]
    ['лид', 'лида', 'лидов', 'лидов']
    """
    tens, units = abs(number) % 100, abs(number) % 10
    if units == 1 and tens != 11:
        return one
    return few if units in (2, 3, 4) and tens not in (12, 13, 14) else many


def plural(number: int, ru: tuple[str, str, str], en: tuple[str, str]) -> Text:
    """The form of a word that agrees with the number, without the number itself.

    >>> plural(2, ("лид", "лида", "лидов"), ("lead", "leads"))
    Text(ru='лида', en='leads')
    """
    return Text(plural_ru(number, *ru), en[0] if abs(number) == 1 else en[1])
