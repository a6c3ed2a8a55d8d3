"""One person or two: the queue, what was said, and the word itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text, plural
from smarketing.jobs.same_people import Match, Queue, Word, queue, say, second_enquiries
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.wording import say_moment
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.reports import reading
from smarketing.web.shell import language_of

PAGE = 20
ALL = "all"
REASONS = {
    "phone": Text("один телефон", "one phone"),
    "email": Text("одна почта", "one e-mail"),
    "name": Text("имя и город похожи на {points} из 100", "name and city alike by {points} of 100"),
    "enquiry": Text("первый лид клиента ещё был открыт", "the client's first lead was still open"),
}
_NOTHING = Text("Совпадений, о которых ничего не сказано, нет.", "No match waits for a word.")
_WAITING = Text(
    "Ждут слова: {exact} с одним телефоном или почтой, {likely} по имени и городу.",
    "Waiting for a word: {exact} of one phone or e-mail, {likely} by name and city.",
)
_SAID = Text("Решение записано, цифры пересчитаны.", "The decision is kept, the figures are built anew.")


class WordForm(forms.Form):
    """A word on one pair, or on every exact match at once."""

    kind = forms.ChoiceField(choices=[("client", "client"), ("lead", "lead")])
    one = forms.CharField(max_length=500, strip=False)
    other = forms.CharField(max_length=500, strip=False, required=False)
    verdict = forms.ChoiceField(choices=[("same", "same"), ("other", "other")])


@dataclass(frozen=True)
class Line:
    """A pair with why it may be one."""

    match: Match
    why: Text


@dataclass(frozen=True)
class SaidLine:
    word: Word
    why: Text
    when: Text | None


@needs(Right.SETTLE_DATA)
def duplicates(request: HttpRequest) -> HttpResponse:
    facts = reading.newest()
    found = facts.answer("duplicates", "", lambda: queue(facts.reader))
    second = facts.answer("second_enquiries", "", lambda: _unsaid(second_enquiries(facts.reader), found))
    zone = facts.reader.company.tz
    return render(
        request,
        "connections/duplicates.html",
        {
            "conclusion": conclusion(found),
            "exact": [Line(match, _why(match)) for match in found.exact[:PAGE]],
            "exact_count": len(found.exact),
            "likely": [Line(match, _why(match)) for match in found.likely[:PAGE]],
            "likely_count": len(found.likely),
            "shared": found.shared_contacts,
            "second": second[:PAGE],
            "second_count": len(second),
            "said": [
                SaidLine(word, _why(word), say_moment(word.said_at, zone) if word.said_at else None)
                for word in found.said[:PAGE]
            ],
        },
    )


@require_POST
@needs(Right.SETTLE_DATA)
def word(request: HttpRequest) -> HttpResponse:
    """Keep what a person says of two ids; the figures are built anew by it."""
    form = WordForm(request.POST)
    if not form.is_valid():
        raise WrongQuestion("bad-pair", Text("Пара названа не полностью.", "The pair is not named in full."))
    user, said = cast(User, request.user), form.cleaned_data
    facts = reading.newest()
    named = _named(facts, said)
    change = say(Workspace(Path(settings.WORKSPACE)), named, said["verdict"], user.username, timezone.now())
    subject = f"{named[0].one} = {named[0].other}" if len(named) == 1 else str(len(named))
    audit(user, "same_person", subject, verdict=said["verdict"], version=change.version)
    messages.success(request, _SAID.say(language_of(request)))
    return redirect("duplicates")


def conclusion(found: Queue) -> Text:
    """The sentence at the top of the page."""
    if not found.exact and not found.likely:
        return _NOTHING
    pairs = ("пара", "пары", "пар"), ("pair", "pairs")
    exact, likely = len(found.exact), len(found.likely)
    return _WAITING.fill(
        exact=Text(f"{exact} {plural(exact, *pairs).ru}", f"{exact} {plural(exact, *pairs).en}"),
        likely=Text(f"{likely} {plural(likely, *pairs).ru}", f"{likely} {plural(likely, *pairs).en}"),
    )


def _named(facts: reading.Facts, said: dict[str, Any]) -> Sequence[Match | Word]:
    found = facts.answer("duplicates", "", lambda: queue(facts.reader))
    if said["one"] == ALL and said["kind"] == "client":
        return found.exact
    pairs: list[Match | Word] = [*found.exact, *found.likely, *found.said, *second_enquiries(facts.reader)]
    wanted = (said["kind"], said["one"], said["other"])
    named = [one for one in pairs if (one.kind, one.one, one.other) == wanted]
    if not named:
        raise WrongQuestion("unknown-pair", Text("Такой пары в очереди нет.", "There is no such pair."))
    return named[:1]


def _unsaid(second: Sequence[Match], found: Queue) -> list[Match]:
    judged = {(one.one, one.other) for one in found.said if one.kind == "lead"}
    return [match for match in second if (match.one, match.other) not in judged]


def _why(one: Match | Word) -> Text:
    if one.reason == "name" and isinstance(one, Word):
        return Text("имя и город похожи", "name and city alike")
    points = one.points if isinstance(one, Match) else 100
    return REASONS.get(one.reason, Text(one.reason, one.reason)).fill(points=points)
