"""Do the figures follow what was said yet? A line on the pages on which people decide, until they do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from smarketing.facts.language import Text
from smarketing.jobs.deciding import Following, standing
from smarketing.web.accounts.rights import Right, may, needs
from smarketing.web.connections.working import background, follow_what_was_said, workspace
from smarketing.web.shell import language_of

_KEPT = Text("Решение записано, цифры пересчитываются.", "The decision is kept, the figures are being built anew.")
_BUILT = Text("Решение записано, цифры пересчитаны.", "The decision is kept, the figures are built anew.")
_ONLY_KEPT = Text("Решение записано.", "The decision is kept.")
_FOLLOWED = Text("Цифры пересчитаны.", "The figures are built anew.")


def how_far(request: HttpRequest) -> dict[str, Following | str | bool | None]:
    """What a page needs to say how far the figures are; ``following`` is None where they follow everything."""
    now = standing(workspace())
    return {
        "following": now,
        "back": request.GET.get("back", request.path),
        "no_worker": now is not None and not background().has_worker(),
        "may_build": may(request.user, Right.SETTLE_DATA),
    }


def follow_and_tell(request: HttpRequest) -> None:
    """After a word was kept: let the figures follow and say how far they are."""
    follow_what_was_said()
    now = standing(workspace())
    text = _BUILT if now is None else _ONLY_KEPT if now.state == "failed" else _KEPT
    messages.success(request, text.say(language_of(request)))


@needs(Right.SEE_DATA)
def following(request: HttpRequest) -> HttpResponse:
    """The line alone, asked for each second; once nothing is waited for, the page comes anew with its figures."""
    found = how_far(request)
    answer = render(request, "parts/following.html", found)
    if found["following"] is None:
        messages.success(request, _FOLLOWED.say(language_of(request)))
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@needs(Right.SETTLE_DATA)
def follow_again(request: HttpRequest) -> HttpResponse:
    """Try once more what could not be built."""
    follow_and_tell(request)
    back = request.POST.get("back", "")
    known = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if known else reverse("data"))
