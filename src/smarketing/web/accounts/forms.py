"""What may a person write on the pages of accounts?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.http import HttpRequest

from smarketing.facts.language import Language, Text
from smarketing.web.accounts.actions import address_of, is_throttled, note_failure
from smarketing.web.accounts.models import Role, User
from smarketing.web.forms import SpokenForm

TOO_MANY = Text(
    "Слишком много неудачных попыток. Повторите через 15 минут.",
    "Too many failed attempts. Try again in 15 minutes.",
)
NOT_FOUND = Text("Имя или пароль не подошли.", "The name or the password does not match.")


class SignInForm(SpokenForm):
    labels = {"username": Text("Имя для входа", "User name"), "password": Text("Пароль", "Password")}

    username = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, request: HttpRequest, language: Language, data: Any = None) -> None:
        super().__init__(language, data)
        self.request = request
        self.user: User | None = None
        self.throttled = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        username, password = cleaned.get("username"), cleaned.get("password")
        if not username or not password:
            return cleaned
        address = address_of(self.request)
        if is_throttled(username, address):
            self.throttled = True
            raise forms.ValidationError(TOO_MANY.say(self.language))
        user = authenticate(self.request, username=username, password=password)
        if not isinstance(user, User):
            note_failure(username, address)
            raise forms.ValidationError(NOT_FOUND.say(self.language))
        self.user = user
        return cleaned


class PasswordForm(SpokenForm):
    labels = {
        "current": Text("Текущий пароль", "Current password"),
        "new": Text("Новый пароль", "New password"),
        "again": Text("Новый пароль ещё раз", "New password again"),
    }
    hints = {"new": Text("Не короче 8 знаков.", "At least 8 characters.")}

    current = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, user: User, language: Language, data: Any = None) -> None:
        super().__init__(language, data)
        self.user = user

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            said = Text("Текущий пароль не подошёл.", "The current password does not match.")
            raise forms.ValidationError(said.say(self.language))
        return current

    def clean_new(self) -> str:
        new = str(self.cleaned_data["new"])
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            said = Text("Два новых пароля различаются.", "The two new passwords differ.")
            self.add_error("again", said.say(self.language))
        return cleaned


class PersonForm(SpokenForm):
    labels = {
        "username": Text("Имя для входа", "User name"),
        "name": Text("Имя и фамилия", "Full name"),
        "role": Text("Роль", "Role"),
        "person": Text("Имя менеджера в CRM", "Manager's name in the CRM"),
        "password": Text("Пароль", "Password"),
        "is_active": Text("Может входить", "May sign in"),
    }
    hints = {
        "person": Text(
            "Нужно продавцу: он видит лиды, где стоит это имя.",
            "A seller needs it: leads under this name are shown.",
        ),
        "password": Text("У существующего человека пусто — без изменений.", "Empty: an existing one is kept."),
    }

    username = forms.CharField(max_length=150)
    name = forms.CharField(max_length=150, required=False)
    role = forms.ChoiceField(choices=())
    person = forms.CharField(max_length=200, required=False)
    password = forms.CharField(
        required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    is_active = forms.BooleanField(required=False, initial=True)

    def __init__(self, language: Language, data: Any = None, *, existing: User | None = None) -> None:
        initial = (
            {key: getattr(existing, key) for key in ("username", "name", "role", "person", "is_active")}
            if existing
            else {"role": Role.SELLER, "is_active": True}
        )
        super().__init__(language, data, initial=initial)
        self.existing = existing
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - tells the type checker
        role.choices = [(one.value, one.text.say(language)) for one in Role]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        taken = User.objects.filter(username__iexact=username)
        if self.existing:
            taken = taken.exclude(pk=self.existing.pk)
        if taken.exists():
            said = Text("Такое имя уже занято.", "This name is taken.")
            raise forms.ValidationError(said.say(self.language))
        return username

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password:
            password_validation.validate_password(password, self.existing)
        elif not self.existing:
            said = Text("Задайте пароль новому человеку.", "Set a password for the new person.")
            raise forms.ValidationError(said.say(self.language))
        return password

    def filled(self) -> User:
        """The person as the form says, not yet saved."""
        person = self.existing or User()
        for key in ("username", "name", "role", "person", "is_active"):
            setattr(person, key, self.cleaned_data[key])
        return person
