"""The settings as one file: taken away, and put back with a look at what would change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from smarketing.facts.company import Company, company_of
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Text
from smarketing.jobs.applying import Overtaken, check_company, keep, stamp
from smarketing.jobs.settings import company_toml
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.company.views import note_and_follow
from smarketing.web.connections.following import how_far
from smarketing.web.connections.working import workspace
from smarketing.web.forms import SpokenForm
from smarketing.web.shell import language_of

_EVERYTHING = tuple(Company.model_fields)
_LIMIT = 1024 * 1024
_LARGE = Text("Файл настроек больше мегабайта не бывает.", "No file of settings is above a megabyte.")
_NOT_TEXT = Text("Это не текст в кодировке UTF-8.", "This is no text in UTF-8.")


class FileForm(SpokenForm):
    """A file of settings, or the text of one that was looked through already."""

    labels = {"upload": Text("Файл настроек", "File of settings")}
    hints = {"upload": Text("TOML, какой даёт выгрузка. Сначала покажем, что изменится.",
                            "TOML, as the download gives it. First you see what would change.")}  # fmt: skip

    upload = forms.FileField(widget=forms.FileInput(attrs={"accept": ".toml"}))

    def clean_upload(self) -> str:
        file: UploadedFile[Any] = self.cleaned_data["upload"]
        if (file.size or 0) > _LIMIT:
            raise forms.ValidationError(_LARGE.say(self.language))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_NOT_TEXT.say(self.language)) from error


@needs(Right.EDIT_SETTINGS)
@require_GET
def settings_export(_request: HttpRequest) -> HttpResponse:
    """What ``smarketing config export`` writes."""
    response = HttpResponse(company_toml(workspace().company), content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="company.toml"'
    return response


@needs(Right.EDIT_SETTINGS)
def settings_file(request: HttpRequest) -> HttpResponse:
    """Look a file through; ``text`` is one that was looked through and is to be put in place."""
    if request.method == "POST" and "text" in request.POST:
        return _apply(request, request.POST["text"].replace("\r\n", "\n"), request.POST.get("seen", ""))
    form = FileForm(language_of(request), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _look(request, form, form.cleaned_data["upload"])
    return _page(request, form, {}, status=400 if request.method == "POST" else 200)


def _look(request: HttpRequest, form: FileForm, text: str) -> HttpResponse:
    here = workspace()
    try:
        differences = check_company(here, company_of(text, "company.toml"))
    except SmarketingError as error:
        form.add_error("upload", error.say(form.language))
        return _page(request, form, {}, status=400)
    checked = {"differences": differences, "text": text, "seen": stamp(here.company, _EVERYTHING), "looked": True}
    return _page(request, form, checked)


def _apply(request: HttpRequest, text: str, seen: str) -> HttpResponse:
    form = FileForm(language_of(request))
    try:
        company = company_of(text, "company.toml")
        differences = keep(workspace(), company.model_dump(mode="python"), seen)
    except Overtaken as error:
        now = stamp(workspace().company, _EVERYTHING)
        again = {"differences": error.differences, "text": text, "seen": now, "looked": True, "overtaken": error}
        return _page(request, form, again, status=409)
    except SmarketingError as error:
        return _page(request, form, {"wrong": error.text}, status=400)
    note_and_follow(request, "company.toml", differences)
    return redirect("settings_file")


def _page(request: HttpRequest, form: FileForm, more: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, "company/file.html", {"form": form, **how_far(request), **more}, status=status)
