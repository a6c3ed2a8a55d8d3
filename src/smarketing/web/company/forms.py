"""How is a section of the settings made into a form, and its form into settings?

A form holds the fields of one table of the settings, or of those without a table; lines hold an array of tables.
Fields carry the names of the settings, so that a wrong place finds its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.facts.wrong_places import Place
from smarketing.jobs.settings import COMMENTS
from smarketing.web.company.fields import TypedLines
from smarketing.web.forms import SpokenForm

SPARE = 2  # empty lines below the present ones
_REMOVE = Text("Убрать", "Remove")
_TWICE = Text("Уже названо выше.", "Named above already.")
_UNSAID: tuple[object, ...] = (None, "", (), {})


class PartForm(SpokenForm):
    """The fields of one table of the settings; ``part`` is empty for those that stand without a table."""

    part: ClassVar[str] = ""

    def __init__(self, language: Language, company: Company, data: Any = None) -> None:
        super().__init__(language, data, initial=self.shown(company))
        self.company = company
        for name, field in self.fields.items():
            _speak(field, language)
            if not self.part and not field.help_text and name in COMMENTS:
                field.help_text = Text(*COMMENTS[name]).say(language)

    @classmethod
    def shown(cls, company: Company) -> dict[str, Any]:
        """What the fields show of the settings."""
        where = getattr(company, cls.part) if cls.part else company
        return {name: getattr(where, name) for name in cls.base_fields}

    def parts(self) -> dict[str, Any]:
        """The settings as the form says; what it says nothing of takes its usual value."""
        said = {key: value for key, value in self.cleaned_data.items() if value not in _UNSAID}
        return {self.part: said} if self.part else {key: said.get(key, _usual(key)) for key in self.fields}

    def tell(self, place: Place, text: Text) -> None:
        """Say what is wrong beside its field."""
        names = place[1:] if self.part else place
        field = str(names[0]) if names else ""
        self.add_error(field if field in self.fields else None, text.say(self.language))

    @classmethod
    def owns(cls, place: Place) -> bool:
        return bool(place) and place[0] in ((cls.part,) if cls.part else cls.base_fields)


class LineForm(forms.Form):
    """One item of an array of tables. ``minor``: fields that fold away."""

    part: ClassVar[str] = ""
    labels: ClassVar[Mapping[str, Text]] = {}
    hints: ClassVar[Mapping[str, Text]] = {}
    minor: ClassVar[tuple[str, ...]] = ()
    unique: ClassVar[str] = "key"
    title: ClassVar[Text] = Text("Строки", "Lines")
    new: ClassVar[Text] = Text("Новая строка", "A new line")

    is_new = False  # nothing of it stands in the settings yet

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        for name, field in self.fields.items():
            _speak(field, language)
            if name in self.labels:
                field.label = self.labels[name].say(language)
            if name in self.hints:
                field.help_text = self.hints[name].say(language)

    @classmethod
    def shown(cls, item: Any) -> dict[str, Any]:
        """What the fields show of an item that stands in the settings."""
        names = {"name_ru": item.name.ru, "name_en": item.name.en} if "name_ru" in cls.base_fields else {}
        return {**{name: getattr(item, name, None) for name in cls.base_fields if name not in names}, **names}

    @classmethod
    def items(cls, company: Company) -> Iterable[Any]:
        found: Iterable[Any] = getattr(company, cls.part)
        return found

    @classmethod
    def whole(cls, items: Sequence[Mapping[str, Any]]) -> Any:
        """The setting that these items make up."""
        return tuple(items)

    @classmethod
    def judge(cls, lines: Sequence[LineForm]) -> None:
        """Say beside its field what no line can see alone."""
        named: set[Any] = set()
        for line in lines:
            value = line.cleaned_data.get(cls.unique)
            if value is not None and value in named:
                line.add_error(cls.unique, _TWICE.say(line.language))
            named.add(value)

    def said(self) -> dict[str, Any]:
        """The item as the line says."""
        cleaned = {key: value for key, value in self.cleaned_data.items() if value not in _UNSAID}
        for aside in ("DELETE", "place"):
            cleaned.pop(aside, None)
        if "name_ru" in self.base_fields:
            ru, en = (str(cleaned.pop(name, "")) for name in ("name_ru", "name_en"))
            cleaned["name"] = {"ru": ru, "en": en or ru}
        return cleaned

    def tell(self, place: Place, text: Text) -> None:
        wanted = ("_".join(map(str, place[:2])), str(place[0]) if place else "")
        field = next((name for name in wanted if name in self.fields), None)
        self.add_error(field, text.say(self.language))

    @property
    def legend(self) -> str:
        """How the line is called above its fields."""
        named = (self[name].value() for name in (f"name_{self.language}", "name_ru", "key") if name in self.fields)
        return next((str(one) for one in named if one), self.new.say(self.language))

    @property
    def main_fields(self) -> list[forms.BoundField]:
        aside = (*self.minor, "DELETE") if self.is_new else self.minor
        return [one for one in self if one.name not in aside]

    @property
    def minor_fields(self) -> list[forms.BoundField]:
        return [one for one in self if one.name in self.minor]

    @property
    def is_open(self) -> bool:
        """Something that folds away is wrong."""
        return any(one.errors for one in self.minor_fields)


class Lines(BaseFormSet):  # type: ignore[type-arg]
    """The lines of one array of tables; a line may be removed, and moved where their order means something."""

    form: type[LineForm]

    @property
    def title(self) -> Text:
        return self.form.title

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _REMOVE.say(form.language)
        form.is_new = index is None or index >= self.initial_form_count()
        if form.is_new:
            return
        for name in form.fields.keys() - set(form.minor):
            form.fields[name].help_text = ""  # said once, where a new one is typed
        if "key" in form.fields:
            form.fields["key"].widget.attrs["readonly"] = True  # facts hold the key

    def clean(self) -> None:
        self.form.judge(self.standing())

    def standing(self) -> list[LineForm]:
        """The lines that were filled and stay, in the order that was asked for."""
        kept = [
            (place, form)
            for place, form in enumerate(self.forms, start=1)
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]
        return [form for _, form in sorted(kept, key=lambda pair: _asked_place(*pair))]

    def parts(self) -> dict[str, Any]:
        return {self.form.part: self.form.whole([form.said() for form in self.standing()])}

    def tell(self, place: Place, text: Text) -> bool:
        """Say what is wrong beside its field; False where no line is named."""
        lines = self.standing()
        if len(place) < 2 or not isinstance(place[1], int) or place[1] >= len(lines):
            return False
        lines[place[1]].tell(place[2:], text)
        return True


def lines_of(
    kind: type[LineForm],
    language: Language,
    company: Company,
    added: Sequence[Mapping[str, Any]] = (),
    data: Any = None,
) -> Lines:
    """The lines of one array: what stands, what was asked for, and empty ones below."""
    made: Any = formset_factory(kind, formset=Lines, extra=SPARE + len(added), can_delete=True, max_num=500)
    options: dict[str, Any] = {"auto_id": "f-%s", "prefix": kind.part, "form_kwargs": {"language": language}}
    if data is not None:
        bound: Lines = made(data, **options)
        return bound
    shown = [kind.shown(item) for item in kind.items(company)]
    lines: Lines = made(initial=[{**one, "place": place} for place, one in enumerate(shown, start=1)], **options)
    for form, one in zip(lines.forms[len(shown) :], added, strict=False):
        form.initial = dict(one)
    return lines


def _asked_place(place: int, form: LineForm) -> tuple[float, int]:
    """A line that moved up comes before the one that stood there, one that moved down behind it."""
    asked = form.cleaned_data.get("place") or place
    return asked + (-0.5 if asked < place else 0.5 if asked > place else 0), place


def _usual(key: str) -> Any:
    return Company.model_fields[key].get_default(call_default_factory=True)


def _speak(field: forms.Field, language: Language) -> None:
    if isinstance(field, TypedLines):
        field.language = language
    if isinstance(field, forms.ChoiceField):
        field.choices = [
            (value, name.say(language) if isinstance(name, Text) else name)
            for value, name in cast(Iterable[tuple[str, Any]], field.choices)
        ]
