"""The documents as the tests read them: files, headings, fenced blocks, tables and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_WORD = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and its text."""

    language: str
    text: str


def pages() -> list[Path]:
    """Every Markdown file that is part of the project."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    return [Block(language, inside) for language, inside in _FENCE.findall(text)]


def without_blocks(text: str) -> str:
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    return [line.lstrip("#").strip() for line in without_blocks(text).splitlines() if line.startswith("#")]


def section(text: str, heading: str) -> str:
    """What stands under a heading until the next one of its level or above."""
    lines, found, level = text.splitlines(), [], 0
    for line in lines:
        depth = len(line) - len(line.lstrip("#")) if line.startswith("#") else 0
        if level and depth and depth <= level:
            break
        if level:
            found.append(line)
        elif depth and line.lstrip("#").strip() == heading:
            level = depth
    assert level, f"no heading “{heading}”"
    return "\n".join(found)


def links(text: str) -> list[str]:
    return _LINK.findall(without_blocks(text))


def words(text: str) -> set[str]:
    """Everything that stands in backticks."""
    return set(_WORD.findall(without_blocks(text)))


def anchor(heading: str) -> str:
    """The anchor that a code host makes of a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return plain.replace(" ", "-")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row, its head and rule left out."""
    previous = ""
    for line in text.splitlines():
        if line.startswith("|") and not re.match(r"^\|[\s:|-]+\|$", line):
            if previous.startswith("|"):
                yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            previous = line
        elif not line.startswith("|"):
            previous = ""


def first_words(text: str) -> list[str]:
    """The names in the first cell of every table row, in order."""
    return [word for cells in rows(text) for word in _WORD.findall(cells[0])]
