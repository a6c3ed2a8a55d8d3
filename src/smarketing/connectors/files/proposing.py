"""Which mapping would read a file that no mapping knows? A draft in TOML for the person to finish."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from smarketing.connectors.files.mapping import plain
from smarketing.connectors.files.slugs import slug
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.vocabulary import HEADINGS
from smarketing.facts.tables import TABLES

_NEAR = 85  # rapidfuzz points from which two headings are taken for the same
_WON = ("успеш", "оплач", "оплатил", "оплата получена", "купил", "won", "paid", "payment done", "продаж")
_NEW = ("нов", "new", "не обработан", "необработан")
_UNIT = re.compile(r"[\s,]*\(?(?:руб\.?|₽|р\.|rub|eur|€|usd|\$)\)?$", re.IGNORECASE)  # «Сумма, руб.»
_CALLS = {"activities": ("direction", "minutes")}  # without either it is no journal of calls
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
    if table == "leads" and "lead_source" not in found and plain(found.get("medium", "")) == "канал":
        found["lead_source"] = found.pop("medium")  # people call by it where a client came from
    return found


def _score(heading: str, words: Sequence[str]) -> float:
    said = plain(heading)
    if all(plain(word) != said for word in words):
        said = plain(_UNIT.sub("", heading)) or said
    # «Заявки» are a number of enquiries and no «№ заявки»: a number of a record is taken only as it is.
    best = max((fuzz.ratio(said, plain(word)) for word in words if not word.startswith("№")), default=0.0)
    # The order of equal ratios is that of the vocabulary: its first word is the surest.
    exact = [place for place, word in enumerate(words) if plain(word) == said]
    return 200 - exact[0] if exact else best


def propose_table(headings: Sequence[str]) -> str:
    """The fact table that the headings speak of most."""

    def weight(table: str) -> tuple[float, int]:
        found = matches(table, headings)
        if any(name not in found for name in _CALLS.get(table, ())):
            return 0.0, 0
        required = [name for name in TABLES[table].required if name not in _made(table, headings)]
        return sum(1 for name in required if name in found) / len(required), len(found)

    return max((table for table in HEADINGS if table != "stage_moves"), key=weight)


def _made(table: str, headings: Sequence[str]) -> dict[str, str]:
    """Required columns that a journal of calls seldom has: what is proposed in their place."""
    if table != "activities":
        return {}
    listed = ", ".join(map(_text, headings))
    return {"activity_id": f'{{ digest = [{listed}], prefix = "call:" }}', "kind": '{ constant = "call" }'}


def propose_toml(sniffed: Sniffed, values: Mapping[str, Sequence[str]], *, empty: bool = False) -> str:
    """A mapping to be edited. ``values``: what stands in the columns that have few different values.

    ``empty``: the company has no stages yet, and those of the file are proposed.
    """
    table = propose_table(sniffed.headings)
    found = matches(table, sniffed.headings)
    known = list(found.values()) or list(sniffed.headings[:5])  # with none it would fit every file
    lines = [
        "# Черновик: проверьте каждую строку. / A draft: check every line.",
        f"name = {_text(_name(sniffed.file))}",
        f"title = {{ ru = {_text(sniffed.file)}, en = {_text(sniffed.file)} }}",
        f"headings = [{', '.join(_text(heading) for heading in known)}]",
        "",
        *(_stage_words(sniffed, values) if table == "leads" else ()),
        "[[table]]",
        f"table = {_text(table)}",
        "[table.columns]",
        *(
            _column(table, name, found, sniffed.headings)
            for name in TABLES[table].names
            if name in found or name in TABLES[table].required
        ),
        *_custom(table, sniffed, found),
        *(_moves(sniffed, found) if table == "leads" else ()),
        *(_stages(sniffed, values) if empty and table == "leads" else ()),
    ]
    return "\n".join(lines) + "\n"


def _name(file: str) -> str:
    """A key of its own for each file: a second draft must not take the place of the first."""
    return slug(file.partition(".")[0])[:40].strip("_") or "my_file"


def _column(table: str, name: str, found: Mapping[str, str], headings: Sequence[str]) -> str:
    if name in found and table == "activities" and name == "minutes":
        return f"minutes = {{ minutes_of = {_text(found[name])} }}"
    if name in found and table == "activities" and name == "direction":
        words = '"Входящий" = "in", "Исходящий" = "out", "Пропущенный" = "missed"'
        return f"direction = {{ column = {_text(found[name])}, values = {{ {words} }} }}"
    if name in _made(table, headings):
        return f"{name} = {_made(table, headings)[name]}"
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


def _stages(sniffed: Sniffed, values: Mapping[str, Sequence[str]]) -> list[str]:
    """The stages of the file as the company's own, won and lost at the end."""
    stage = matches("stage_moves", sniffed.headings).get("stage", "")
    keys: dict[str, str] = {}
    for word in values.get(stage, ()):
        keys.setdefault(_stage_key(word), word)
    if not keys:
        return []
    ends = {key: keys.pop(key) for key in ("won", "lost") if key in keys}
    lines = [
        "",
        "# Стадии компании: поставьте их по порядку; вехи — accepted, deal, won, lost. / Put them in order.",
        "[company]",
        "stages = [",
    ]
    first = dict(sorted(keys.items(), key=lambda pair: not pair[1].lower().startswith(_NEW)))
    for key, word in (first | ends).items():
        milestone = f", milestone = {_text(key)}" if key in ends else ""
        named = f"{{ ru = {_text(word)}, en = {_text(word)} }}"
        lines.append(f"  {{ key = {_text(key)}, name = {named}{milestone} }},")
    return [*lines, "]"]


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
