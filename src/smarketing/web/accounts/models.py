"""People who sign in, failed attempts to, and the log of what was changed."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from smarketing.facts.language import Text


class Role(models.TextChoices):
    FOUNDER = "founder"
    HEAD_MARKETING = "head_marketing"
    HEAD_SALES = "head_sales"
    MARKETER = "marketer"
    SELLER = "seller"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def text(self) -> Text:
        return _ROLE_NAMES[self]


_ROLE_NAMES = {
    Role.FOUNDER: Text("основатель", "founder"),
    Role.HEAD_MARKETING: Text("руководитель маркетинга", "head of marketing"),
    Role.HEAD_SALES: Text("руководитель продаж", "head of sales"),
    Role.MARKETER: Text("маркетолог", "marketer"),
    Role.SELLER: Text("менеджер продаж", "seller"),
    Role.ANALYST: Text("аналитик", "analyst"),
    Role.ADMINISTRATOR: Text("администратор", "administrator"),
}


class User(AbstractBaseUser):
    """A person with a role. Nobody is deleted: who has left is no longer active."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ANALYST)
    # The manager of journeys whose leads a seller sees.
    person = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True)
    theme = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[BaseUserManager[User]] = BaseUserManager()  # type: ignore[assignment]

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ("username",)

    @property
    def role_text(self) -> Text:
        return Role(self.role).text


class SignInAttempt(models.Model):
    """A failed attempt to sign in; successes clear those of the name."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    username = models.CharField(max_length=150, db_index=True)
    address = models.CharField(max_length=45, db_index=True)


class _AppendOnly(models.QuerySet["AuditEntry"]):
    def update(self, **_: Any) -> NoReturn:
        raise TypeError("the audit log is append-only")

    def delete(self) -> NoReturn:
        raise TypeError("the audit log is append-only")


class AuditEntry(models.Model):
    """What was done, by whom, to what. Never changed, never removed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[AuditEntry]] = models.Manager.from_queryset(_AppendOnly)()

    class Meta:
        ordering = ("-at", "-id")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("the audit log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the audit log is append-only")
