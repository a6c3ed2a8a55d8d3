"""A connected system says that something has changed: a reason to ask sooner, and nothing more.

Whatever comes is answered alike and at once, so that nobody learns anything by trying. No data are taken from a
message: lost, repeated, reordered or forged, it does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.csrf import csrf_exempt

from smarketing.facts.errors import SmarketingError
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.standing import Desk
from smarketing.web.connections.working import workspace

log = logging.getLogger("smarketing.hooks")


@csrf_exempt
@login_not_required
def hook(request: HttpRequest, key: str) -> HttpResponse:
    if request.method == "POST":
        try:
            if _is_genuine(request, key):
                Desk(workspace(), key).hint()
        except SmarketingError as error:
            log.warning("hook of %s: %s", key, error.code)
    return HttpResponse("ok", content_type="text/plain")


def hook_address(request: HttpRequest, key: str) -> str:
    """The address to give to the system: nobody else can guess its end."""
    return request.build_absolute_uri(f"{reverse('hook', args=[key])}?token={_token(key)}")


def _is_genuine(request: HttpRequest, key: str) -> bool:
    """By the end of the address that only we give, or by the kind's own mark in the form."""
    connections = Connections(workspace())
    connection = next((one for one in connections.all() if one.key == key), None)
    if connection is None or connection.paused:
        return False
    if constant_time_compare(request.GET.get("token", ""), _token(key)):
        return True
    verify = kind_of(connection.kind).verify
    form = _form(request) if verify is not None else {}
    return verify is not None and bool(form) and verify(form, connections.account(key))


def _form(request: HttpRequest) -> Mapping[str, str]:
    try:
        return {name: str(value) for name, value in request.POST.items()}
    except (SuspiciousOperation, UnreadablePostError):
        return {}


def _token(key: str) -> str:
    return salted_hmac("smarketing.hook", key).hexdigest()[:32]
