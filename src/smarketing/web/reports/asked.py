"""Which questions of the page were asked already, and who may write that down?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from smarketing.analyses.questions import AskedQuestion, words
from smarketing.analyses.questions.memory import Asked, Remembered, gone, remember
from smarketing.analyses.verdict.result import Cause, Verdict
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.jobs.asked import AskedBook, question_named
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, may, needs, zones
from smarketing.web.reports.page import Page
from smarketing.web.reports.verdicts import month_of, questions_of, verdict_of
from smarketing.web.shell import language_of

_NOTED = Text("Записано: вопрос задан.", "Noted: the question was asked.")
_ANSWERED = Text("Ответ записан.", "The answer is written down.")


@dataclass(frozen=True)
class QuestionLine:
    """A question as the page shows it; ``key`` is empty where nothing may be written down about it."""

    text: Text
    records: str
    standing: Text | None = None
    answer: Text | None = None
    is_settled: bool = False
    key: str = ""
    may_ask: bool = False
    may_answer: bool = False
    action: str = ""


@dataclass(frozen=True)
class GoneLine:
    """A question that was asked this month and that today's figures do not ask."""

    text: Text
    standing: Text
    answer: Text | None


def question_lines(page: Page, found: Verdict) -> dict[Cause, QuestionLine]:
    """The question of each cause that this person reads; memory only where the page asks as the terminal does."""
    asked = questions_of(page, found)
    if not _is_pinned(page):
        return {one.cause: QuestionLine(one.text, page.behind(one.records)) for one in asked if _reads(page, one)}
    known = remember(asked, _book().asked())
    return {one.question.cause: _line(page, one) for one in known if _reads(page, one.question)}


def gone_lines(page: Page, found: Verdict) -> list[GoneLine]:
    """Nothing that was asked is lost, though its cause is a cause no more."""
    if not _is_pinned(page):
        return []
    before = gone(questions_of(page, found), _book().asked(), found.month)
    return [_gone(page, one) for one in before if one.zone in zones(cast(User, page.request.user))]


@require_POST
@needs(Right.SEE_FIGURES)
def note(request: HttpRequest) -> HttpResponse:
    """Write down that a question was asked, or what was answered; the figure is the server's own."""
    page = Page.of(request, clock=Clock.PERIOD)
    user, key = cast(User, request.user), request.POST.get("key", "")
    answer = request.POST.get("answer")
    if answer is None:
        _ask(page, user, key)
    else:
        _answer(user, key, answer)
    messages.success(request, (_NOTED if answer is None else _ANSWERED).say(language_of(request)))
    return redirect(_back(request))


def _ask(page: Page, user: User, key: str) -> None:
    if not may(user, Right.ASK) or page.question.where:
        raise PermissionDenied
    question = question_named(questions_of(page, verdict_of(page, month_of(page))), key)
    _book().ask(question, user.username, datetime.now(UTC))
    audit(user, "question_asked", key[:300], value=question.pinned.value)


def _answer(user: User, key: str, answer: str) -> None:
    book = _book()
    asked = book.asked().get(key)
    if asked is None:
        raise WrongQuestion("not-asked", Text("Этот вопрос ещё не задавали.", "This question was not asked yet."))
    if not may(user, Right.ANSWER) or asked.zone not in zones(user):
        raise PermissionDenied
    book.answer(key, answer, user.username, datetime.now(UTC))
    audit(user, "question_answered", key[:300], answer=" ".join(answer.split()))


def _line(page: Page, one: Remembered) -> QuestionLine:
    user, question = cast(User, page.request.user), one.question
    return QuestionLine(
        text=question.text,
        records=page.behind(question.records),
        standing=words.standing(one, page.company),
        answer=words.answered(one.asked, page.company) if one.asked else None,
        is_settled=one.is_settled,
        key=question.key,
        may_ask=may(user, Right.ASK) and not one.is_settled,
        may_answer=may(user, Right.ANSWER) and one.asked is not None,
        action=f"{reverse('note_question')}?month={question.month}",
    )


def _gone(page: Page, one: Asked) -> GoneLine:
    return GoneLine(one.text, words.gone_by(one, page.company), words.answered(one, page.company))


def _is_pinned(page: Page) -> bool:
    """Filters and the other clock ask of another figure: it is not the one that was written down."""
    return not page.question.where and page.said.clock is Clock.PERIOD


def _reads(page: Page, question: AskedQuestion) -> bool:
    return question.zone in zones(cast(User, page.request.user))


def _book() -> AskedBook:
    return AskedBook(Workspace(Path(settings.WORKSPACE)).asked_path)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else reverse("cockpit")
