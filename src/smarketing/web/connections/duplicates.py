"""One person or two: the queue, what was said, and the word itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Language, Text
from smarketing.jobs.deciding import keep_words, kept_words
from smarketing.jobs.record_export import Sheet
from smarketing.jobs.same_people import Match, Queue, Word, queue, second_enquiries
from smarketing.metrics.wording import say_count, say_moment
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.connections.following import follow_and_tell, how_far
from smarketing.web.connections.lists import pairs_sheet
from smarketing.web.connections.working import workspace
from smarketing.web.lists import Lists, list_file, list_sheet, offered
from smarketing.web.reports import reading
from smarketing.web.shell import language_of

_Pair = TypeVar("_Pair", Match, Word)
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
    is_waiting: bool = False  # kept, and the figures do not follow it yet


@needs(Right.SETTLE_DATA)
def duplicates(request: HttpRequest) -> HttpResponse:
    facts = reading.newest()
    kept = kept_words(workspace())
    found = _found(facts, kept)
    second = _unsaid(facts.answer("second_enquiries", "", lambda: second_enquiries(facts.reader)), found)
    zone, language = facts.reader.company.tz, language_of(request)
    made: Lists = {
        "exact": lambda: pairs_sheet(((match, _why(match)) for match in found.exact), language),
        "likely": lambda: pairs_sheet(((match, _why(match)) for match in found.likely), language),
        "enquiries": lambda: pairs_sheet(((match, None) for match in second), language),
        "words": lambda: words_sheet(_said_lines(found, kept, zone), language),
    }
    if file := list_file(request, made):
        return file
    return render(
        request,
        "connections/duplicates.html",
        {
            "conclusion": conclusion(found),
            "exact": [Line(match, _why(match)) for match in found.exact[:PAGE]],
            "exact_count": len(found.exact),
            "likely": [Line(match, _why(match)) for match in found.likely[:PAGE]],
            "likely_count": found.likely_count,
            "shared": found.shared_contacts,
            "second": second[:PAGE],
            "second_count": len(second),
            "said": _said_lines(found, kept, zone)[:PAGE],
            "files": offered(request, *made),
            **how_far(request),
        },
    )


@require_POST
@needs(Right.SETTLE_DATA)
def word(request: HttpRequest) -> HttpResponse:
    """Keep what a person says of two ids; the figures follow beside the pages."""
    form = WordForm(request.POST)
    if not form.is_valid():
        raise WrongQuestion("bad-pair", Text("Пара названа не полностью.", "The pair is not named in full."))
    user, said = cast(User, request.user), form.cleaned_data
    named = _named(reading.newest(), said)
    keep_words(workspace(), named, said["verdict"], user.username, timezone.now())
    subject = f"{named[0].one} = {named[0].other}" if len(named) == 1 else str(len(named))
    audit(user, "same_person", subject, verdict=said["verdict"])
    follow_and_tell(request)
    return redirect("duplicates")


def conclusion(found: Queue) -> Text:
    """The sentence at the top of the page."""
    if not found.exact and not found.likely:
        return _NOTHING
    pairs = ("пара", "пары", "пар"), ("pair", "pairs")
    exact, likely = len(found.exact), found.likely_count
    return _WAITING.fill(exact=say_count(exact, *pairs), likely=say_count(likely, *pairs))


def _found(facts: reading.Facts, kept: Sequence[Word]) -> Queue:
    """The queue of the newest version, and what was said since: nobody is asked twice while figures follow."""
    found = facts.answer("duplicates", "", lambda: queue(facts.reader))
    said = {(word.kind, frozenset((word.one, word.other))) for word in kept}

    def unsaid(pairs: Iterable[_Pair]) -> tuple[_Pair, ...]:
        return tuple(pair for pair in pairs if (pair.kind, frozenset((pair.one, pair.other))) not in said)

    likely = unsaid(found.likely)
    return replace(
        found,
        exact=unsaid(found.exact),
        likely=likely,
        likely_count=found.likely_count - (len(found.likely) - len(likely)),
        said=(*kept, *unsaid(found.said)),
    )


def _said_lines(found: Queue, kept: Sequence[Word], zone: ZoneInfo) -> list[SaidLine]:
    return [
        SaidLine(word, _why(word), say_moment(word.said_at, zone) if word.said_at else None, word in kept)
        for word in found.said
    ]


def words_sheet(lines: Iterable[SaidLine], language: Language) -> Sheet:
    """What was said of pairs: the decision, why, who and when."""
    verdicts = {"same": Text("один", "one"), "other": Text("разные", "two")}
    heads = (
        Text("номер", "id"), Text("номер другой", "id of the other"), Text("решение", "decision"),
        Text("почему", "why"), Text("кто", "who"), Text("когда", "when"),
    )  # fmt: skip
    rows = [
        (one.word.one, one.word.other, verdicts[one.word.verdict], one.why, one.word.said_by, one.when)
        for one in lines
    ]
    return list_sheet(heads, rows, language)


def _named(facts: reading.Facts, said: dict[str, Any]) -> Sequence[Match | Word]:
    found = _found(facts, kept_words(workspace()))
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
