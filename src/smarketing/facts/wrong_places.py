"""Which places of the settings are wrong, and how is that said in both languages?

pydantic finds what is wrong; here it is put into the words of the product, so that a terminal and the field of a
form say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text, same

Place = tuple[str | int, ...]
_KEY = Text(
    "ключ — строчные латинские буквы, цифры и подчёркивания, первая — буква",
    "a key is lower-case Latin letters, digits and underscores, the first one a letter",
)
_WORDS = {
    "missing": Text("не указано", "is missing"),
    "extra_forbidden": Text("такой настройки нет", "there is no such setting"),
    "greater_than": Text("нужно больше {gt}", "must be above {gt}"),
    "greater_than_equal": Text("нужно не меньше {ge}", "must be at least {ge}"),
    "too_short": Text("нужно хотя бы одно", "at least one is needed"),
    "literal_error": Text("можно: {expected}", "one of {expected}"),
    "enum": Text("можно: {expected}", "one of {expected}"),
    "int_parsing": Text("нужно целое число", "must be a whole number"),
    "int_type": Text("нужно целое число", "must be a whole number"),
    "decimal_parsing": Text("нужно число", "must be a number"),
    "decimal_type": Text("нужно число", "must be a number"),
    "bool_parsing": Text("нужно true или false", "must be true or false"),
    "bool_type": Text("нужно true или false", "must be true or false"),
    "string_type": Text("нужен текст в кавычках", "must be a text in quotes"),
    "tuple_type": Text("нужен список в квадратных скобках", "must be a list in brackets"),
    "dict_type": Text("нужна таблица", "must be a table"),
    "model_type": Text("нужна таблица", "must be a table"),
    "date_from_datetime_parsing": Text("нужна дата вида 2026-11-20", "must be a date like 2026-11-20"),
    "date_parsing": Text("нужна дата вида 2026-11-20", "must be a date like 2026-11-20"),
    "time_parsing": Text("нужно время вида 09:00:00", "must be a time like 09:00:00"),
}


class Said(ValueError):
    """What a check of our own says, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Wrong:
    """One wrong place: ``("stages", 2, "key")``; the empty place is the settings as a whole."""

    place: Place
    text: Text

    @property
    def named(self) -> str:
        return ".".join(map(str, self.place))


class WrongPlaces(WrongSetting):
    """The settings are wrong in these places."""

    def __init__(self, wrong: tuple[Wrong, ...], where: str) -> None:
        ru, en = (
            "; ".join(f"{one.named or where}: {one.text.say(language)}" for one in wrong)
            for language in ("ru", "en")
        )
        super().__init__("bad-company", Text(f"Ошибка в {where}: {ru}", f"Wrong in {where}: {en}"))
        self.wrong = wrong


def wrong_places(error: ValidationError, where: str) -> WrongPlaces:
    """Every place that pydantic refused."""
    found = (Wrong(tuple(problem["loc"]), _say(problem)) for problem in error.errors())
    return WrongPlaces(tuple(found), where)


def _say(problem: Mapping[str, Any]) -> Text:
    context: Mapping[str, Any] = problem.get("ctx") or {}
    own = context.get("error")
    if isinstance(own, Said):
        return own.text
    if problem["type"] == "string_pattern_mismatch":
        return _KEY if "a-z" in context["pattern"] else _CODE
    said = _WORDS.get(problem["type"])
    if said is None:
        return same(str(problem["msg"]))
    listed = str(context.get("expected", ""))
    return said.fill(**{**context, "expected": Text(listed.replace(" or ", " или "), listed)})


_CODE = Text("нужны три заглавные латинские буквы", "must be three capital Latin letters")
