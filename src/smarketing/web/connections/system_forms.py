"""What may a person write about a connected system? The kind says which fields there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms

from smarketing.connectors.outside.kinds import Connection, ConnectorKind, FormField
from smarketing.facts.language import Language, Text
from smarketing.web.forms import SpokenForm

_KEEP = Text("Пустое поле не меняет сохранённого.", "An empty field keeps what is stored.")


@dataclass(frozen=True)
class FieldGroup:
    """Lines of a form that stand together under a title, or openly without one."""

    title: Text | None
    fields: tuple[forms.BoundField, ...]

    @property
    def is_open(self) -> bool:
        """Somebody has written here, or something here is wrong."""
        return any(field.errors or field.value() for field in self.fields)


class SystemForm(SpokenForm):
    """A connection of one kind; for an existing one empty secrets stay as they are."""

    labels = {
        "title": Text("Название", "Title"),
        "base_url": Text("Адрес", "Address"),
        "minutes": Text("Загружать раз в столько минут", "Load every so many minutes"),
    }
    hints = {"title": Text("Так подключение называется на страницах.", "Its name on pages.")}

    title = forms.CharField(max_length=100)
    base_url = forms.URLField(max_length=500, assume_scheme="https", widget=forms.URLInput())
    minutes = forms.IntegerField(min_value=1, max_value=7 * 24 * 60)

    def __init__(
        self, language: Language, kind: ConnectorKind, existing: Connection | None = None, data: Any = None
    ) -> None:
        super().__init__(language, data, initial=_initial(kind, existing, language))
        self.kind, self.existing = kind, existing
        if kind.asks_address and not kind.base_url:
            self.fields["base_url"].help_text = kind.address.say(language)
        else:
            del self.fields["base_url"]
        for field in kind.fields:
            self.fields[_name(field)] = self._field(field)

    def _field(self, field: FormField) -> forms.Field:
        hint, required = field.help, field.required
        if field.secret and self.existing is not None:
            hint = Text(f"{hint.ru} {_KEEP.ru}".strip(), f"{hint.en} {_KEEP.en}".strip())
            required = False
        said: dict[str, Any] = {
            "label": field.label.say(self.language),
            "help_text": hint.say(self.language),
            "required": required,
        }
        if field.choices:
            named = [(value, name.say(self.language)) for value, name in field.choices.items()]
            return forms.ChoiceField(choices=[("", self._unsaid(field)), *named], **said)
        return forms.CharField(
            max_length=5000, widget=_secret_input() if field.secret else forms.TextInput(), **said
        )

    def _unsaid(self, field: FormField) -> str:
        """What holds where nobody chooses."""
        known = self.kind.options.model_fields.get(field.name)
        usual = field.choices.get(str(known.default).lower()) if known else None
        if usual is None:
            return "—"
        return Text(f"по умолчанию: {usual.ru}", f"by default: {usual.en}").say(self.language)

    @property
    def groups(self) -> list[FieldGroup]:
        """The lines of the form as they stand on the page: first those without a group."""
        named = {_name(field): field.group for field in self.kind.fields}
        found: dict[Text | None, list[forms.BoundField]] = {None: []}
        for bound in self:
            found.setdefault(named.get(bound.name), []).append(bound)
        return [FieldGroup(title, tuple(fields)) for title, fields in found.items()]

    def connection(self, key: str) -> Connection:
        """The connection as it was written; whether the kind takes its options is judged by the kind."""
        cleaned = self.cleaned_data
        before = dict(self.existing.options) if self.existing else {}
        for field in self.kind.fields:
            if not field.secret:
                before.pop(field.name, None)
                if cleaned[_name(field)]:
                    before[field.name] = field.value(str(cleaned[_name(field)]))
        return Connection(
            key=key,
            kind=self.kind.key,
            title=cleaned["title"],
            base_url=str(cleaned.get("base_url") or ""),
            minutes=cleaned["minutes"],
            paused=self.existing.paused if self.existing else False,
            options=before,
            writing=self.existing.writing if self.existing else {},
        )

    def secrets(self) -> Mapping[str, str]:
        """Only those that were written now."""
        return {
            field.name: str(self.cleaned_data[_name(field)])
            for field in self.kind.secret_fields
            if self.cleaned_data[_name(field)]
        }


class AgainForm(SpokenForm):
    """From which day to read again."""

    labels = {"since": Text("Перечитать с дня", "Read again from")}
    since = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"]
        if day > datetime.now(UTC).date():
            raise forms.ValidationError(
                Text("Этот день ещё не настал.", "This day is yet to come.").say(self.language)
            )
        return day


def _secret_input() -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False)


def _name(field: FormField) -> str:
    """Secrets and options may share a name with a field of our own."""
    return f"{'secret' if field.secret else 'option'}_{field.name}"


def _initial(kind: ConnectorKind, existing: Connection | None, language: Language) -> dict[str, Any]:
    if existing is None:
        return {"title": kind.title.say(language), "minutes": kind.minutes}
    options = {_name(field): _said(existing.options.get(field.name)) for field in kind.fields if not field.secret}
    return {
        "title": existing.title,
        "base_url": existing.base_url,
        "minutes": existing.minutes,
        **options,
    }


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{name}={one}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
