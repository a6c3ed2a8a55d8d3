"""Pages that belong to nobody: refusals, failures, and whether the product is alive."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from smarketing.facts.language import Text

_FORBIDDEN = Text("Эта страница открыта другим ролям.", "This page is for other roles.")
_NOT_FOUND = Text("Такой страницы нет.", "There is no such page.")
_REFUSED = Text("Запрос не принят: адрес или форма устарели.", "The request was refused: a stale form or address.")
_FAILED = Text("Ошибка на нашей стороне", "An error on our side")
_FAILED_MORE = Text(
    "Данные целы. Запись об ошибке есть в журнале сервера.",
    "The data are safe. The server's log has a record of it.",
)


@login_not_required
def health(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def forbidden(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _said(request, _FORBIDDEN, 403)


def not_found(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _said(request, _NOT_FOUND, 404)


def refused(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _said(request, _REFUSED, 400)


def csrf_failed(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _said(request, _REFUSED, 403)


def failed(_request: HttpRequest) -> HttpResponse:
    """Says both languages and asks nothing: what failed may be the database itself."""
    page = render_to_string("500.html", {"title": _FAILED, "text": _FAILED_MORE})
    return HttpResponse(page, status=500)


def _said(request: HttpRequest, text: Text, status: int) -> HttpResponse:
    return render(request, "error.html", {"error": text, "status": status}, status=status)
