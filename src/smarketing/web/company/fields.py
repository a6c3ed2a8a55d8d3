"""How are lists, days and pairs of the settings typed in a form? One thing a line, as they would be on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from smarketing.facts.language import Language, Text

_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)\Z|(\d\d?)\.(\d\d?)\.(\d{4})\Z")
_NO_DAY = Text("«{line}» — не дата. Пишите 2026-12-31 или 31.12.2026.", "“{line}” is no date. Write 2026-12-31.")
_NO_PAIR = Text("В строке «{line}» нет знака равенства.", "There is no equals sign in “{line}”.")
_TWICE = Text("«{line}» названо дважды.", "“{line}” is named twice.")


class TypedLines(forms.CharField):
    """Something on every line; empty lines say nothing."""

    language: Language = "ru"

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
        super().__init__(**{"required": False, "widget": area, "max_length": 50_000, **kwargs})

    def refuse(self, text: Text, line: str) -> forms.ValidationError:
        return forms.ValidationError(text.fill(line=line).say(self.language))


def _lines(text: object) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


class WordsField(TypedLines):
    """A list of words, each on its line."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(map(str, value))

    def clean(self, value: Any) -> Any:
        return tuple(dict.fromkeys(_lines(super().clean(value))))


class DaysField(TypedLines):
    """A list of days, in the order of time; read as 2026-12-31 or 31.12.2026."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(day.isoformat() for day in value)

    def clean(self, value: Any) -> Any:
        parts = re.split(r"[\s,;]+", str(super().clean(value) or ""))
        return tuple(sorted({self._day(part) for part in parts if part}))

    def _day(self, line: str) -> date:
        found = _DAY.match(line)
        try:
            if found and found[1]:
                return date(int(found[1]), int(found[2]), int(found[3]))
            if found:
                return date(int(found[6]), int(found[5]), int(found[4]))
        except ValueError:  # the 31st of June
            pass
        raise self.refuse(_NO_DAY, line)


class NumberField(forms.DecimalField):
    """A number with a decimal point or comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().replace(",", ".") if isinstance(value, str) else value)


class PairsField(TypedLines):
    """``their word = ours`` on every line."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{key} = {_pair_end(said)}" for key, said in value.items())

    def clean(self, value: Any) -> Any:
        found: dict[str, Any] = {}
        for line in _lines(super().clean(value)):
            key, equals, said = (part.strip() for part in line.rpartition("="))
            if not equals or not key:
                raise self.refuse(_NO_PAIR, line)
            if key in found:
                raise self.refuse(_TWICE, key)
            found[key] = self.end(said)
        return found

    def end(self, said: str) -> Any:
        return said


class ListsField(PairsField):
    """``a pipeline = its fields, by commas`` on every line."""

    def end(self, said: str) -> Any:
        return tuple(word.strip() for word in said.split(",") if word.strip())


def _pair_end(said: object) -> str:
    return ", ".join(map(str, said)) if isinstance(said, list | tuple) else str(said)
