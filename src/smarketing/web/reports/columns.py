"""Which columns of the records does the page show?

Those that tell most of the figure; the address may ask for others. A file always has them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest

from smarketing.analyses.records import Records
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.web.reports import rows
from smarketing.web.reports.asking import Pairs
from smarketing.web.reports.page import Page

ALL = "all"
_KEPT_BACK = "url"  # the link of the first column
# Nine of them fit beside the menu on a laptop.
_LEADS = ("lead_id", "created_at", "lead_source", "segment", "manager", "stage", "outcome", "amount", "revenue")
# What a figure is about takes the place of what it is not.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "lost": ("lead_id", "created_at", "lead_source", "segment", "manager", "loss_stage", "loss_reason", "amount"),
    "target": (
        "lead_id", "created_at", "lead_source", "segment", "manager", "target_verdict", "criterion",
        "seller_quality",
    ),
    "response": (
        "lead_id", "created_at", "lead_source", "segment", "manager", "stage", "outcome",
        "response_working_seconds",
    ),
}  # fmt: skip
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "lost": ("lost", "loss"),
    "target": ("target", "disputed", "unknown", "seller_agreement", "accepted"),
    "response": ("response", "answered", "handled", "waiting", "contact", "unanswered"),
}
_CUSTOMERS = (
    "customer", "first_day", "last_day", "left_day", "purchases", "revenue", "lead_source", "segment", "manager",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """The columns to tick, what the form carries along, and the addresses of all and of the usual ones."""

    boxes: tuple[tuple[str, Text, bool], ...]
    left_out: int
    hidden: Pairs
    all_href: str
    usual_href: str


def asked(request: HttpRequest) -> tuple[str, ...]:
    """The columns that the address names, whether listed in one word or ticked one by one."""
    return tuple(name for said in request.GET.getlist("columns") for name in said.split(",") if name)


def shown(found: Records, metric: str, wanted: tuple[str, ...]) -> Records:
    """The same records with fewer columns, in the order of the table.

    Raises :class:`WrongQuestion` for a column that these records do not have.
    """
    for name in wanted:
        if name != ALL and name not in found.columns:
            hint = did_you_mean(name, found.columns)
            raise WrongQuestion(
                "unknown-column",
                Text(f"Столбца «{name}» у этих записей нет. {hint.ru}", f"No column “{name}” here. {hint.en}"),
            )
    kept = set(wanted or _usual(found, metric)) | {found.columns[0], _KEPT_BACK}
    places = [
        place for place, name in enumerate(found.columns) if name in kept or ALL in kept
    ]  # fmt: skip
    return replace(
        found,
        columns=tuple(found.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in found.rows),
    )


def choice(page: Page, found: Records, chosen: Records) -> Choice:
    """What the picker of columns offers; the first column stays, it leads to the record."""
    names = [name for name in found.columns[1:] if name != _KEPT_BACK]
    boxes = tuple((name, rows.head_of(name), name in chosen.columns) for name in names)
    return Choice(
        boxes=boxes,
        left_out=sum(not ticked for *_, ticked in boxes),
        hidden=page.carried("columns", "page"),
        all_href=page.href(columns=ALL),
        usual_href=page.href(columns=""),
    )


def _usual(found: Records, metric: str) -> tuple[str, ...]:
    if found.table == "customers":
        return _CUSTOMERS
    if found.table != "journeys":
        return found.columns
    about = next((key for key, words in _ABOUT.items() if any(word in metric for word in words)), None)
    return _TELLING[about] if about else _LEADS
