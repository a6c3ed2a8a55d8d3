"""Which mapping would read a file that no mapping knows? A draft in TOML for the person to finish."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from smarketing.connectors.files.mapping import plain
from smarketing.connectors.files.slugs import slug
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.vocabulary import HEADINGS
from smarketing.facts.tables import TABLES

_NEAR = 85  # rapidfuzz points from which two headings are taken for the same
_WON = ("успеш", "оплач", "оплата получена", "won", "paid", "payment done", "продаж")
_LOST = ("провал", "отказ", "не реализ", "закрыто и не", "lost", "потер", "некачеств", "спам")


def matches(table: str, headings: Sequence[str]) -> dict[str, str]:
    """Fact column → heading of the file, the nearest pair first; a heading serves one column."""
    scored = [
        (_score(heading, words), -place, column, heading)
        for column, words in HEADINGS[table].items()
        for place, heading in enumerate(headings)
    ]
    found: dict[str, str] = {}
    for score, _, column, heading in sorted(scored, reverse=True):
        if score >= _NEAR and column not in found and heading not in found.values():
            found[column] = heading
    return found


def _score(heading: str, words: Sequence[str]) -> float:
    said = plain(heading)
    best = max(fuzz.ratio(said, plain(word)) for word in words)
    # The order of equal ratios is that of the vocabulary: its first word is the surest.
    exact = [place for place, word in enumerate(words) if plain(word) == said]
    return 200 - exact[0] if exact else best


def propose_table(headings: Sequence[str]) -> str:
    """The fact table that the headings speak of most."""

    def weight(table: str) -> tuple[float, int]:
        found = matches(table, headings)
        required = TABLES[table].required
        return sum(1 for name in required if name in found) / len(required), len(found)

    return max((table for table in HEADINGS if table != "stage_moves"), key=weight)


def propose_toml(sniffed: Sniffed, values: Mapping[str, Sequence[str]]) -> str:
    """A mapping to be edited. ``values``: what stands in the columns that have few different values."""
    table = propose_table(sniffed.headings)
    found = matches(table, sniffed.headings)
    lines = [
        "# Черновик: проверьте каждую строку. / A draft: check every line.",
        'name = "my_file"',
        f"title = {{ ru = {_text(sniffed.file)}, en = {_text(sniffed.file)} }}",
        f"headings = [{', '.join(_text(heading) for heading in found.values())}]",
        "",
        *_stage_words(sniffed, values),
        "[[table]]",
        f"table = {_text(table)}",
        "[table.columns]",
        *(_column(name, found) for name in TABLES[table].names if name in found or name in TABLES[table].required),
        *_custom(table, sniffed, found),
        *(_moves(sniffed, found) if table == "leads" else ()),
    ]
    return "\n".join(lines) + "\n"


def _column(name: str, found: Mapping[str, str]) -> str:
    if name in found:
        return f"{name} = {_text(found[name])}"
    return f'# {name} = "…"  # обязательное поле, столбец не найден / required, no column was found'


def _custom(table: str, sniffed: Sniffed, found: Mapping[str, str]) -> list[str]:
    if not TABLES[table].open:
        return []
    rest = [
        heading
        for heading in sniffed.headings
        if heading not in found.values() and heading not in matches("stage_moves", sniffed.headings).values()
    ]
    keys = {slug(heading): heading for heading in rest if not heading.startswith("№ ")}
    return ["[table.custom]", *(f"{key} = {_text(heading)}" for key, heading in keys.items())] if keys else []


def _stage_words(sniffed: Sniffed, values: Mapping[str, Sequence[str]]) -> list[str]:
    stage = matches("stage_moves", sniffed.headings).get("stage")
    if stage is None or stage not in values:
        return []
    lines = [
        "# Стадия в файле = ключ стадии в company.toml. / Stage in the file = key of a stage in company.toml."
    ]
    return [*lines, "[stages]", *(f"{_text(word)} = {_text(_stage_key(word))}" for word in values[stage]), ""]


def _stage_key(word: str) -> str:
    said = word.lower()
    if any(part in said for part in _LOST):
        return "lost"
    return "won" if any(part in said for part in _WON) else slug(word)


def _moves(sniffed: Sniffed, found: Mapping[str, str]) -> list[str]:
    moves = matches("stage_moves", sniffed.headings)
    if "stage" not in moves or "lead_id" not in found:
        return []
    lines = [
        "",
        "[[table]]",
        'table = "stage_moves"',
        f"when = [{{ column = {_text(moves['stage'])}, filled = true }}]",
    ]
    lines += ["[table.columns]", f"lead_id = {_text(found['lead_id'])}"]
    return lines + [f"{name} = {_text(heading)}" for name, heading in sorted(moves.items())]


def _text(text: str) -> str:
    """A TOML basic string; JSON escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)
