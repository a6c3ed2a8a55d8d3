"""How are settings changed in a file that a person wrote, so that the comments and the order stay?

The file is cut at its headers. Parts that did not change stay letter by letter; in a part that did, tomlkit
changes the pairs that differ; a part that goes takes the comment above it along. What comes out is read back: a
file that would not say exactly the new settings is not taken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import tomlkit
import tomlkit.exceptions

from smarketing.facts.company import Company, parse_company
from smarketing.facts.errors import SmarketingError
from smarketing.jobs.settings import comment_above, is_table, toml_pair, toml_pairs, toml_table

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)((?:\.[^\[\]]+)?)\s*\]\]?\s*(?:#.*)?\Z")
_IDS = ("key", "version", "metric", "since")


class _Unclear(Exception):
    """This file is laid out in a way that cannot be changed in part."""


@dataclass(frozen=True)
class _Block:
    """A header with its own. ``lead``: comments right above; ``tail``: what follows its last pair."""

    key: str
    is_item: bool  # [[key]], not [key]
    lead: tuple[str, ...]
    body: tuple[str, ...]
    tail: tuple[str, ...] = ()
    parts: int = 1  # headers inside: [key], [key.inner] …

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.lead, *self.body, *self.tail)


@dataclass
class _File:
    top: list[str]
    blocks: list[_Block] = field(default_factory=list)

    def text(self) -> str:
        lines = [*self.top, *(line for block in self.blocks for line in block.lines)]
        return "\n".join(lines).rstrip("\n") + "\n"


def rewritten(text: str, company: Company) -> str | None:
    """The file with these settings in it; None where it cannot be changed in part without losing its meaning."""
    try:
        before = _content(parse_company(tomllib.loads(text)))
        after = _content(company)
        file = _cut(text)
        for key, value in after.items():
            if value != before[key]:
                _change(file, key, before[key], value)
        made = file.text()
        return made if parse_company(tomllib.loads(made)) == company else None
    except (_Unclear, SmarketingError, tomllib.TOMLDecodeError, tomlkit.exceptions.TOMLKitError, ValueError):
        return None


def _content(company: Company) -> dict[str, Any]:
    return company.model_dump(mode="python")


def _cut(text: str) -> _File:
    """Parts by their headers; [key.inner] stays with the part of its key before it."""
    file = _File([])
    lines = file.top
    for line in text.splitlines():
        found = _HEADER.match(line)
        if found is None:
            lines.append(line)
            continue
        _close(file, lines)
        brackets, key, inner = found.groups()
        lead = _taken_lead(file)
        last = file.blocks[-1] if file.blocks else None
        if inner and last is not None and last.key == key:
            body = (*last.body, *last.tail, *lead, line)
            file.blocks[-1] = replace(last, body=body, tail=(), parts=last.parts + 1)
        elif inner:
            raise _Unclear
        else:
            file.blocks.append(_Block(key, brackets == "[[", lead, (line,)))
        lines = []
    _close(file, lines)
    return file


def _close(file: _File, lines: list[str]) -> None:
    """Give the lines since the last header to its part: what stands after its last pair is the tail."""
    if lines is file.top or not file.blocks:
        return
    said = (place for place, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#"))
    end = max(said, default=0)
    last = file.blocks[-1]
    file.blocks[-1] = replace(last, body=(*last.body, *lines[:end]), tail=tuple(lines[end:]))


def _taken_lead(file: _File) -> tuple[str, ...]:
    """The comments right above a header, taken away from what stands before it."""
    before = list(file.blocks[-1].tail) if file.blocks else file.top
    start = len(before)
    while start and before[start - 1].lstrip().startswith("#"):
        start -= 1
    lead = tuple(before[start:])
    if file.blocks:
        file.blocks[-1] = replace(file.blocks[-1], tail=tuple(before[:start]))
    else:
        del file.top[start:]
    return lead


def _change(file: _File, key: str, before: Any, after: Any) -> None:
    if isinstance(after, Mapping):
        _change_table(file, key, before, after)
    elif is_table(before) or is_table(after):
        _change_items(file, key, before, after)
    else:
        document = tomlkit.parse("\n".join(file.top) + "\n")
        _put(document, {key: before}, {key: after})
        file.top = tomlkit.dumps(document).splitlines()


def _change_table(file: _File, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    places = [place for place, block in enumerate(file.blocks) if block.key == key]
    if not places:
        _add(file, key, after)
    elif len(places) == 1:
        file.blocks[places[0]] = _changed(file.blocks[places[0]], before, after)
    else:
        raise _Unclear


def _change_items(file: _File, key: str, before: Sequence[Any], after: Sequence[Any]) -> None:
    """An array of tables: items are known by their key, else by all they say; new ones come where they belong."""
    places = [place for place, block in enumerate(file.blocks) if block.key == key]
    if len(places) != len(before) or places != list(range(places[0], places[0] + len(places)) if places else []):
        raise _Unclear
    if not places:
        _add(file, key, after)
        return
    known = {_id(item): (item, file.blocks[place]) for item, place in zip(before, places, strict=True)}
    if len(known) != len(before):
        raise _Unclear
    made = [_item(key, item, known.get(_id(item))) for item in after]
    gone = [block for item_id, (_, block) in known.items() if item_id not in {_id(item) for item in after}]
    left = tuple(line for block in gone for line in block.tail if line.strip())
    first = file.blocks[places[0]]
    if made and first in gone:
        made[0] = replace(made[0], lead=(*first.lead, *made[0].lead))
    elif not made:
        left = (*first.lead, *left)
    file.blocks[places[0] : places[-1] + 1] = made
    _leave(file, places[0] + len(made), left)


def _item(key: str, item: Mapping[str, Any], known: tuple[Mapping[str, Any], _Block] | None) -> _Block:
    if known is None:
        return _Block(key, True, (), (f"[[{key}]]", *toml_pairs(item).splitlines()), ("",))
    before, block = known
    return block if before == item else _changed(block, before, item)


def _changed(block: _Block, before: Mapping[str, Any], after: Mapping[str, Any]) -> _Block:
    if block.parts > 1:  # inner headers: written anew as a whole, the comments above it stay
        header = f"[[{block.key}]]" if block.is_item else f"[{block.key}]"
        return replace(block, body=(header, *toml_pairs(after).splitlines()), parts=1)
    document = tomlkit.parse("\n".join(block.body[1:]) + "\n")
    _put(document, before, after)
    return replace(block, body=(block.body[0], *tomlkit.dumps(document).splitlines()))


def _put(document: tomlkit.TOMLDocument, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Set what differs; a value is written as :mod:`smarketing.jobs.settings` writes it."""
    for key in before.keys() | after.keys():
        value = after.get(key)
        if value is None or (value == () and key not in document):
            document.pop(key, None)
        elif value != before.get(key):
            document[key] = tomlkit.parse(toml_pair(key, value) + "\n")[key]


def _add(file: _File, key: str, value: Any) -> None:
    """A part the file does not have yet: where its commented header stands, else at the end."""
    header = f"[{key}]" if isinstance(value, Mapping) else f"[[{key}]]"
    for place, block in enumerate(file.blocks):
        if f"# {header}" in block.tail:
            at = block.tail.index(f"# {header}")
            made = _cut(toml_table(key, value)).blocks
            file.blocks[place] = replace(block, tail=block.tail[:at])
            made[-1] = replace(made[-1], tail=block.tail[at + 1 :])
            file.blocks[place + 1 : place + 1] = made
            return
    made = _cut(toml_table(key, value, comment_above(key))).blocks
    if file.blocks:
        last = file.blocks[-1]
        file.blocks[-1] = replace(last, tail=(*_without_blank_end(last.tail), ""))
    elif file.top:
        file.top.append("")
    file.blocks.extend(made)


def _leave(file: _File, place: int, lines: Sequence[str]) -> None:
    """Comments of parts that went stay behind the part before them."""
    if not lines:
        return
    if place:
        block = file.blocks[place - 1]
        file.blocks[place - 1] = replace(block, tail=(*_without_blank_end(block.tail), "", *lines, ""))
    else:
        file.top += [*lines, ""]


def _without_blank_end(lines: Sequence[str]) -> tuple[str, ...]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return tuple(lines[:end])


def _id(item: Mapping[str, Any]) -> tuple[str, ...]:
    if "crm" in item:  # a pair of campaign names
        return item["lead_source"], item["report"], item["crm"]
    return next(((key, str(item[key])) for key in _IDS if key in item), (repr(item),))
