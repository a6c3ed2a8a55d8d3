"""What may be sent to the pages of data?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from smarketing.facts.language import Language, Text
from smarketing.web.forms import SpokenForm


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        single = super().clean
        if isinstance(data, list | tuple) and data:
            return [single(one, initial) for one in data]
        return [single(data, initial)]


class UploadForm(SpokenForm):
    labels = {"upload": Text("Файлы", "Files")}
    hints = {
        "upload": Text(
            "CSV, XLSX, XLS, Parquet или архив gzip, также «Excel» Битрикс24. Несколько файлов загружаются одной "
            "версией.",
            "CSV, XLSX, XLS, Parquet or gzip, also Bitrix24's “Excel”. Several files are loaded as one version.",
        )
    }

    upload = FilesField(widget=ManyFiles(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.parquet,.gz,.zip"}))

    def clean_upload(self) -> list[UploadedFile[Any]]:
        files: list[UploadedFile[Any]] = self.cleaned_data["upload"]
        limit = int(settings.UPLOAD_LIMIT)
        if sum(file.size or 0 for file in files) > limit:
            said = Text(
                "Файлы больше {mb} МБ загружайте командой smarketing load.",
                "Files above {mb} MB are loaded by the command smarketing load.",
            )
            raise forms.ValidationError(said.fill(mb=limit // 1024 // 1024).say(self.language))
        return files


class MappingForm(SpokenForm):
    """A mapping as TOML; whether it is one is judged by the reader of mappings."""

    labels = {"text": Text("Сопоставление (TOML)", "Mapping (TOML)")}

    text = forms.CharField(
        max_length=200_000, widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "code"})
    )

    def __init__(self, language: Language, data: Any = None, *, initial_text: str = "") -> None:
        super().__init__(language, data, initial={"text": initial_text})


class MendForm(SpokenForm):
    """The cells of one quarantined row, each under its own heading."""

    def __init__(self, language: Language, cells: dict[str, str | None], data: Any = None) -> None:
        super().__init__(language, data)
        self.headings = list(cells)
        for place, heading in enumerate(self.headings):
            self.fields[f"cell_{place}"] = forms.CharField(
                label=heading, required=False, initial=cells[heading] or "", strip=False, max_length=10_000
            )

    def corrections(self) -> dict[str, str]:
        """Heading → text of the cells that were changed."""
        return {
            heading: str(self.cleaned_data[f"cell_{place}"])
            for place, heading in enumerate(self.headings)
            if f"cell_{place}" in self.changed_data
        }
