"""Signing in and out, one's own account, and the people of the company."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Text
from smarketing.jobs.record_export import MOST
from smarketing.web.accounts.actions import audit, note_success, save_person
from smarketing.web.accounts.forms import PasswordForm, PersonForm, SignInForm
from smarketing.web.accounts.lists import audit_sheet, people_sheet
from smarketing.web.accounts.models import AuditEntry, User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.accounts.shown import audit_lines
from smarketing.web.lists import list_file, offered
from smarketing.web.reports import reading
from smarketing.web.shell import language_of

THEMES = ("auto", "light", "dark")
YEAR = 365 * 86_400


@login_not_required
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request, language_of(request), request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user:
        login(request, form.user)
        note_success(form.user)
        return redirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))
    status = 429 if form.throttled else 200
    return render(request, "accounts/sign_in.html", {"form": form, "next": _next(request)}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and theme in a cookie and, for who is signed in, in the account."""
    response = redirect(_next(request) or "cockpit")
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language in LANGUAGES:
        _remember(request, response, "language", language)
    if theme in THEMES:
        _remember(request, response, "theme", theme)
    return response


@sensitive_post_parameters()
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = PasswordForm(user, language_of(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["new"])
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        audit(user, "password_changed", user.username)
        _tell(request, Text("Пароль изменён.", "The password is changed."))
        return redirect("account")
    return render(request, "accounts/account.html", {"form": form})


@needs(Right.MANAGE_USERS)
def people(request: HttpRequest) -> HttpResponse:
    known, language = User.objects.all(), language_of(request)
    if file := list_file(request, {"people": lambda: people_sheet(known, language)}):
        return file
    return render(
        request, "accounts/people.html", {"people": known, "files": offered(request, "people")["people"]}
    )


@needs(Right.MANAGE_USERS)
@sensitive_post_parameters("password")
def person(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    existing = get_object_or_404(User, pk=pk) if pk else None
    form = PersonForm(language_of(request), request.POST or None, existing=existing)
    if request.method == "POST" and form.is_valid():
        saved = save_person(cast(User, request.user), form.filled(), form.cleaned_data["password"])
        _tell(request, Text("Сохранено: {name}.", "Saved: {name}.").fill(name=saved.username))
        return redirect("people")
    return render(request, "accounts/person.html", {"form": form, "existing": existing})


@needs(Right.SEE_AUDIT)
def audit_log(request: HttpRequest) -> HttpResponse:
    entries, language = AuditEntry.objects.select_related("user"), language_of(request)
    zone = (reading.company() or Company()).tz
    if file := list_file(request, {"audit": lambda: audit_sheet(entries[: MOST + 1], zone, language)}):
        return file
    context = {"entries": audit_lines(entries[:200], zone), "files": offered(request, "audit")["audit"]}
    return render(request, "accounts/audit.html", context)


def _remember(request: HttpRequest, response: HttpResponse, what: str, value: str) -> None:
    response.set_cookie(
        what,
        value,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=what != "theme",  # the script of the theme button writes this one
    )
    if isinstance(request.user, User):
        setattr(request.user, what, value)
        request.user.save(update_fields=[what])


def _next(request: HttpRequest) -> str:
    """Where to go afterwards, only within this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def _tell(request: HttpRequest, text: Text) -> None:
    messages.success(request, text.say(language_of(request)))
