"""How does a form speak both languages? Labels and hints are :class:`Text`, said when the form is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from smarketing.facts.language import Language, Text


class SpokenForm(forms.Form):
    """A form whose labels are said in the reader's language and whose errors are tied to their fields."""

    labels: ClassVar[Mapping[str, Text]] = {}
    hints: ClassVar[Mapping[str, Text]] = {}

    def __init__(self, language: Language, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, auto_id="f-%s", **kwargs)
        self.language = language
        for name, field in self.fields.items():
            if name in self.labels:
                field.label = self.labels[name].say(language)
            if name in self.hints:
                field.help_text = self.hints[name].say(language)
