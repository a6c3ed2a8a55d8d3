"""Is every published figure met by the product, or explained where it is not?

``docs/developing/known-differences.md`` holds the explanations. Its figures are compared with the product's, so
that the document cannot say what is no longer so: a difference that has gone, or has changed, fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tests.proof.loaded import Loaded
from tests.proof.shared import ROOT, expected

DOCUMENT = ROOT / "docs" / "developing" / "known-differences.md"
ARROW = " › "
NONE = "none"  # the product has no such figure
ANY = "—"  # several figures at once: only where the product has none of them

Value = Any
Figures = Mapping[str, Callable[..., Value]]


@dataclass(frozen=True)
class Difference:
    """One row of the document. ``place`` is «key › part», with * for any rest where the product has no figure."""

    place: str
    published: str
    product: str
    why: str

    @property
    def is_none(self) -> bool:
        return self.product == NONE

    def covers(self, place: str) -> bool:
        return fnmatchcase(place, self.place) if self.is_none else place == self.place


@cache
def differences(data_set: str) -> tuple[Difference, ...]:
    """The rows of the data set's table of differences."""
    rows = _tables(data_set).get("Differences", [])
    return tuple(Difference(*row) for row in rows)


@cache
def asked_of_facts(data_set: str) -> dict[str, str]:
    """The keys met by a question to the facts, because no measurement gives them: key → why."""
    return {row[0]: row[1] for row in _tables(data_set).get("Asked of the facts", [])}


def _tables(data_set: str) -> dict[str, list[list[str]]]:
    text = DOCUMENT.read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    mine = next(part for part in section if part.startswith(f"{data_set}\n"))
    parts = re.split(r"^### ", mine, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: list(_rows(part)) for part in parts}


def _rows(part: str) -> Iterator[list[str]]:
    lines = [line for line in part.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]


def said(value: object) -> str:
    """A figure as the document writes it: numbers to six decimals without idle zeros."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    text = f"{float(str(value)):.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def leaves(value: Value, place: str) -> dict[str, str]:
    """Every single figure under a key: place → text."""
    if isinstance(value, Mapping):
        parts = [leaves(part, f"{place}{ARROW}{name}") for name, part in value.items()]
    elif isinstance(value, list | tuple):
        parts = [leaves(part, f"{place}{ARROW}{number}") for number, part in enumerate(value, start=1)]
    else:
        return {place: said(value)}
    return {name: text for part in parts for name, text in part.items()}


def account(data_set: str, key: str, figures: Figures, loaded: Loaded, *more: object) -> None:
    """Assert that each figure of a key is met exactly or stands in the document with the product's own figure."""
    published = leaves(expected(data_set)[key], key)
    before = len(loaded.asked)
    product = leaves(figures[key](loaded, *more), key) if key in figures else {}
    by_hand = len(loaded.asked) > before
    assert by_hand == (key in asked_of_facts(data_set)), (
        f"{key}: the document is wrong on whether a measurement has it"
    )
    listed = {row.place: row for row in differences(data_set) if not row.is_none}
    wrong = []
    for place in dict.fromkeys([*published, *product]):
        ours, theirs = product.get(place, NONE), published.get(place, NONE)
        row = listed.get(place) or _covering(data_set, place)
        if row is None and ours != theirs:
            wrong.append(f"{place}: published {theirs}, product {ours}, and the document is silent")
        elif row is not None and ours == theirs:
            wrong.append(f"{place}: {ours} is met, yet the document calls it a difference")
        elif row is not None and (row.product != ours or row.published not in (theirs, ANY)):
            wrong.append(f"{place}: published {theirs}, product {ours}, the document says {row}")
    assert not wrong, "\n".join(wrong)


def _covering(data_set: str, place: str) -> Difference | None:
    """The row that says the product has no such figure."""
    return next((row for row in differences(data_set) if row.is_none and row.covers(place)), None)


def idle_rows(data_set: str) -> list[str]:
    """Rows of the document about figures that were never published."""
    places = [place for key, value in expected(data_set).items() for place in leaves(value, key)]
    told = [
        row.place
        for row in differences(data_set)
        if row.published != NONE and not any(row.covers(place) for place in places)
    ]
    return told + [key for key in asked_of_facts(data_set) if key not in expected(data_set)]
