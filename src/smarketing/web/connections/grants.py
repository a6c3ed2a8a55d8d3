"""A person lets an application in on the other side's own page, and the browser comes back with a code.

What goes out carries a state that only this session knows: an answer with another one, with a used one, or in
somebody else's session changes nothing. The page is the same for every kind that has a :class:`Grant`.
"""

from __future__ import annotations

import time
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.connections import Connections
from smarketing.jobs.granting import forged, let_in, new_state, way_in
from smarketing.jobs.kinds import kind_of
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.connections.working import workspace
from smarketing.web.shell import language_of

_BEGUN = "grants"  # in the session: state → [connection, person, when it was begun]
_LIVES = 30 * 60.0  # seconds in which a person agrees on the other side


@needs(Right.MANAGE_CONNECTIONS)
def grant(request: HttpRequest, key: str) -> HttpResponse:
    """Where to agree, and what to prepare there."""
    return _page(request, key, None)


@needs(Right.MANAGE_CONNECTIONS)
def grant_back(request: HttpRequest) -> HttpResponse:
    """The browser is back. Raises :class:`WrongQuestion` for an answer that nobody in this session asked for."""
    key = _taken(request, request.GET.get("state", ""))
    try:
        let_in(workspace(), key, request.GET.dict(), _back(request))
    except SmarketingError as error:
        return _page(request, key, error.text)
    audit(_user(request), "connection_granted", key)
    messages.success(request, Text("Доступ дан.", "Access was given.").say(language_of(request)))
    return redirect("system_check", key=key)


def _page(request: HttpRequest, key: str, wrong: Text | None) -> HttpResponse:
    try:
        connection = Connections(workspace()).get(key)
    except WrongQuestion as error:
        raise Http404 from error
    kind, address = kind_of(connection.kind), None
    if kind.grant is None:
        raise Http404
    try:
        address = way_in(workspace(), key, _state_of(request, key), _back(request))
    except SmarketingError as error:
        wrong = wrong or error.text
    context = {
        "connection": connection,
        "kind": kind,
        "address": address,
        "back": _back(request),
        "wrong": wrong,
    }
    return render(request, "connections/system_grant.html", context, status=400 if wrong and address else 200)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("grant_back"))


def _state_of(request: HttpRequest, key: str) -> str:
    """The state of this person's question about a connection: made once, so that a second look spoils nothing."""
    begun = _begun(request)
    person = _user(request).pk
    state = next((one for one, (about, by, _) in begun.items() if (about, by) == (key, person)), None)
    state = state or new_state()
    request.session[_BEGUN] = {**begun, state: [key, person, time.time()]}
    return state


def _taken(request: HttpRequest, state: str) -> str:
    """The connection that the state was made for; the state is used up."""
    begun = _begun(request)
    about, by, _ = begun.pop(state, ("", None, 0.0))
    request.session[_BEGUN] = begun
    if not about or by != _user(request).pk:
        raise forged()
    return str(about)


def _begun(request: HttpRequest) -> dict[str, list[Any]]:
    """What this session has begun and is not out of date."""
    held = request.session.get(_BEGUN, {})
    return {state: one for state, one in held.items() if time.time() - one[2] < _LIVES}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
