"""What is done with accounts: counting failures, writing the audit log, changing a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from smarketing.web.accounts.models import AuditEntry, SignInAttempt, User


def is_throttled(username: str, address: str) -> bool:
    """Whether too many failures of this name or from this address lie within the window."""
    recent = SignInAttempt.objects.filter(at__gt=_window_start())
    by_name = recent.filter(username=_folded(username)).count()
    by_address = recent.filter(address=address).count()
    return by_name >= settings.SIGN_IN_FAILURES_BY_NAME or by_address >= settings.SIGN_IN_FAILURES_BY_ADDRESS


def note_failure(username: str, address: str) -> None:
    SignInAttempt.objects.filter(at__lte=_window_start()).delete()
    SignInAttempt.objects.create(username=_folded(username), address=address)


def note_success(user: User) -> None:
    SignInAttempt.objects.filter(username=_folded(user.username)).delete()
    audit(user, "sign_in", user.username)


def audit(user: User | None, action: str, subject: str = "", **details: Any) -> AuditEntry:
    """Write down what was done; the only way into the log."""
    return AuditEntry.objects.create(user=user, action=action, subject=subject, details=details)


@transaction.atomic
def save_person(by: User, person: User, password: str = "") -> User:
    """Create or change a person and write down which fields changed; a password is only said to have changed."""
    before = User.objects.filter(pk=person.pk).values(*_AUDITED).first() or {}
    if password:
        person.set_password(password)
    person.save()
    changed = {key: getattr(person, key) for key in _AUDITED if before.get(key) != getattr(person, key)}
    if password:
        changed["password_was_changed"] = True
    audit(by, "user_changed" if before else "user_created", person.username, **changed)
    return person


def address_of(request: HttpRequest) -> str:
    """The address that connected; a proxy's headers are not believed, for anybody can write them."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


_AUDITED = ("username", "name", "email", "role", "person", "is_active")


def _folded(username: str) -> str:
    return username.strip().casefold()[:150]


def _window_start() -> Any:
    return timezone.now() - timedelta(minutes=settings.SIGN_IN_WINDOW_MINUTES)
