"""In which language and theme is this request answered, and what does a person see when it cannot be?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.web import shell
from smarketing.web.reports.reading import NoFacts

log = logging.getLogger("smarketing.web")
Answer = Callable[[HttpRequest], HttpResponse]
# Whoever signs in again after a form was sent is led to the form's address, which is no page.
_ONLY_SENT = Text(
    "Форма не отправлена: вход был закончен раньше. Откройте страницу и повторите.",
    "The form was not sent: the sign-in had ended. Open the page and try again.",
)


def speak(answer: Answer) -> Answer:
    """Give the request its ``language``: the user's, else the cookie's, else the company's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = shell.language_of(request)
        request.language = language  # type: ignore[attr-defined]
        with translation.override(language):
            response = answer(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


class SayErrors:
    """An error of the family becomes a page with its sentence; its code goes to the log."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            return render(request, "error.html", {"error": _ONLY_SENT}, status=response.status_code)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SmarketingError):
            return None
        if isinstance(error, NoFacts):
            return render(request, "reports/empty.html")
        log.warning("%s %s: %s", request.method, request.path, error.code)
        return render(request, "error.html", {"error": error.text, "code": error.code}, status=400)
