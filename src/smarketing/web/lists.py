"""How do the lists of the house leave: loads, quarantine, people, the log?

They name people, so every file of them is written down in the audit log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from django.http import HttpRequest, HttpResponse

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Language, Text
from smarketing.jobs.record_export import MOST, Cell, Sheet
from smarketing.web.accounts.actions import audit
from smarketing.web.accounts.models import User
from smarketing.web.reports.sheets import FORMATS, sheet_file
from smarketing.web.shell import language_of

Lists = Mapping[str, Callable[[], Sheet]]
_TOO_LONG = Text(
    "В списке строк {count}, в файл помещается {most}.", "The list has {count} rows, a file takes {most}."
)
_NOT_IN_A_FILE = frozenset({"format", "table", "page", "part"})


def list_file(request: HttpRequest, lists: Lists) -> HttpResponse | None:
    """The list that the address names, as a file; its name is that of the file and stands in the audit log."""
    name = request.GET.get("table") or next(iter(lists))
    if request.GET.get("format", "") not in FORMATS or name not in lists:
        return None
    sheet = lists[name]()
    if len(sheet.rows) > MOST:
        raise WrongQuestion("too-long-list", _TOO_LONG.fill(count=len(sheet.rows), most=MOST))
    audit(cast(User, request.user), "list_exported", name, format=request.GET["format"], rows=len(sheet.rows))
    return sheet_file(request, lambda: sheet, name, language_of(request))


def offered(request: HttpRequest, *names: str) -> dict[str, list[tuple[str, str]]]:
    """The addresses of the files of each list, with what the address of the page says."""
    return {name: [(kind.upper(), _address(request, name, kind)) for kind in FORMATS] for name in names}


def list_sheet(heads: Iterable[Text], rows: Iterable[Sequence[Cell | Text]], language: Language) -> Sheet:
    """Rows of values and of words in both languages, said in one."""
    said = [tuple(cell.say(language) if isinstance(cell, Text) else cell for cell in row) for row in rows]
    return Sheet(tuple(head.say(language) for head in heads), said)


def _address(request: HttpRequest, name: str, kind: str) -> str:
    query = request.GET.copy()
    for key in _NOT_IN_A_FILE:
        query.pop(key, None)
    query["table"], query["format"] = name, kind
    return f"{request.path}?{query.urlencode()}"
