"""What does a sheet of the plan send, and how is it read back into rows?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from django import forms
from django.http import QueryDict

from smarketing.analyses.planning.numbers import Cell
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.web.forms import SpokenForm
from smarketing.web.planning.sheet import ALL, Row, Sheet, typed_in

MAX_ROWS = 600


class WhyForm(SpokenForm):
    """What a version says for itself."""

    labels = {"why": Text("Почему меняется план", "Why the plan changes")}
    hints = {
        "why": Text(
            "Останется в истории плана рядом с вашим именем.", "It stays in the plan's history beside your name."
        )
    }

    why = forms.CharField(max_length=300)


@dataclass(frozen=True)
class Sent:
    """A sheet as it was sent: rows, the versions it started from, the growth of an implied plan if it was one."""

    rows: tuple[Row, ...]
    seen: Mapping[Month, int]
    implied: str


def place_name(row: Row) -> str:
    """A row in one word of the form: month, segment, source."""
    parts = (str(row.month.number), *(quote(part or "", safe="") for part in row.cell))
    return ":".join(parts)


def cell_name(place: int, metric: str) -> str:
    return f"c{place}-{metric}"


def sent(data: QueryDict) -> Sent:
    """Errors: :class:`WrongQuestion` for a form that is none of ours."""
    try:
        seen = {_month(word): int(number) for word, _, number in map(_parted, data.getlist("seen"))}
        rows = tuple(_row(place, word, data) for place, word in enumerate(data.getlist("row")[:MAX_ROWS]))
    except ValueError as error:
        raise WrongQuestion(
            "bad-sheet",
            Text("Форма плана устарела: откройте её заново.", "The plan's form is stale: open it again."),
        ) from error
    return Sent(tuple(row for row in rows if row.month in seen), seen, data.get("implied", ""))


def added(data: QueryDict) -> tuple[Month, Cell] | None:
    """The source that a person wants a row for; None where the form was sent for something else."""
    word = data.get("add", "")
    if not word.isdecimal():
        return None
    segment, source = data.get(f"add-segment-{word}", ""), data.get(f"add-source-{word}", "").strip()[:200]
    return (_month(word), (segment, source)) if segment and source else None


def hidden(sheet: Sheet) -> Sequence[tuple[str, str]]:
    """The versions that the sheet started from, as the form carries them."""
    return [("seen", f"{month.number}:{number}") for month, number in sheet.seen.items()]


def _row(place: int, word: str, data: QueryDict) -> Row:
    month, segment, source = word.split(":")
    cell: Cell = (unquote(segment) or None, unquote(source) or None)
    texts = {metric: data.get(cell_name(place, metric), "")[:40] for metric in typed_in(cell)}
    return Row(_month(month), cell if cell[0] else ALL, texts)


def _month(word: str) -> Month:
    month = Month.from_number(int(word))
    month.period  # noqa: B018 (a month that is none has no days)
    return month


def _parted(word: str) -> tuple[str, str, str]:
    return word.partition(":")
