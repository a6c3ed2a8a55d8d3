"""What stands on a page: its tables with their files, its figures with their doors, its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "rect", "path", "line", "circle", "use"})
NUMBER = re.compile(r"^[−+-]?\d[\d\u00a0\u202f ]*(?:[.,]\d+)?$")


@dataclass
class Node:
    """One element; ``parts`` are texts and elements in their order."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: Node | None = None
    parts: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attrs.get("class", "").split())

    def all(self, *tags: str) -> Iterator[Node]:
        for part in self.parts:
            if isinstance(part, Node):
                if part.tag in tags:
                    yield part
                yield from part.all(*tags)

    def up(self, tag: str) -> Node | None:
        found = self.parent
        while found is not None and found.tag != tag:
            found = found.parent
        return found

    def text(self, *, without: frozenset[str] = frozenset({"small", "svg"})) -> str:
        """What a person reads first: without what stands small beneath and what is said to screen readers."""
        said = "".join(
            part if isinstance(part, str) else part.text(without=without)
            for part in self.parts
            if isinstance(part, str) or (part.tag not in without and "vh" not in part.classes)
        )
        return re.sub(r"\s+", " ", said.replace("\u00a0", " ").replace("\u202f", " ")).strip()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Node("root")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.parts.append(made)
        if tag not in VOID:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.parts.append(Node(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        closed: Node | None = self.here
        while closed is not None and closed.tag != tag:
            closed = closed.parent
        if closed is not None and closed.parent is not None:
            self.here = closed.parent

    def handle_data(self, data: str) -> None:
        self.here.parts.append(data)


def tree(html: str) -> Node:
    builder = _Builder()
    builder.feed(html)
    return builder.root


@dataclass(frozen=True)
class Cell:
    head: str
    text: str
    href: str
    is_figure: bool


@dataclass(frozen=True)
class Row:
    """``is_defined``: its head leads to a definition."""

    label: str
    cells: tuple[Cell, ...]
    is_defined: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its files: those of its section, and those atop the page that may be meant instead.

    ``defined`` are the heads that lead to a definition of their own.
    """

    caption: str
    rows: tuple[Row, ...]
    files: dict[str, str]
    page_files: dict[str, str]
    defined: frozenset[str]


def tables(page: Node) -> list[Table]:
    """The tables of a page that are no part of another one; a table's files stand in its section or atop."""
    main = next(page.all("main"))
    found = [one for one in main.all("table") if one.up("table") is None]
    whole = _files([link for link in main.all("a") if link.up("section") is None])
    made = []
    for one in found:
        section = one.up("section")
        own = _files(list(section.all("a"))) if section else {}
        made.append(_table(one, own or whole, whole))
    return made


def strips(page: Node) -> list[tuple[str, str, str]]:
    """The large figures at the head of a page: name, figure, address."""
    found = []
    for strip in (one for one in page.all("dl") if "strip" in one.classes):
        for stat in strip.all("div"):
            name = next((one.text() for one in stat.all("dt")), "")
            said = next(one for one in stat.all("dd") if "cap" not in one.classes)
            found.append((name, said.text(), next((a.attrs.get("href", "") for a in said.all("a")), "")))
    return found


def links(page: Node) -> list[str]:
    return [link.attrs["href"] for link in page.all("a") if link.attrs.get("href", "").startswith("/")]


def _files(links: list[Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for link in links:
        for kind in ("csv", "xlsx"):
            if f"format={kind}" in link.attrs.get("href", ""):
                found.setdefault(kind, link.attrs["href"])
    return found


def _table(one: Node, files: dict[str, str], page_files: dict[str, str]) -> Table:
    heads: list[str] = []
    defined = set()
    rows = []
    for line in one.all("tr"):
        if line.up("table") is not one:
            continue
        cells = [part for part in line.parts if isinstance(part, Node) and part.tag in ("td", "th")]
        if line.up("thead") is not None:
            if "grp" not in line.classes:
                heads = [cell.text() for cell in cells]
                defined |= {cell.text() for cell in cells if _defines(cell)}
            continue
        rows.append(_row(cells, heads))
    caption = next((part.text() for part in one.all("caption")), "")
    return Table(caption, tuple(rows), files, page_files, frozenset(defined))


def _defines(cell: Node) -> bool:
    return any("/metrics#" in link.attrs.get("href", "") for link in cell.all("a"))


def _row(cells: list[Node], heads: list[str]) -> Row:
    label = next((cell.text() for cell in cells if cell.tag == "th"), "")
    made = []
    for place, cell in enumerate(cells):
        if cell.tag == "th":
            continue
        text = cell.text()
        href = next((link.attrs.get("href", "") for link in cell.all("a")), "")
        is_shaded = any(re.fullmatch(r"n|h\d", name) for name in cell.classes)
        is_figure = any(letter.isdigit() for letter in text) and (is_shaded or bool(NUMBER.match(text)))
        made.append(Cell(heads[place] if place < len(heads) else "", text, href, is_figure))
    return Row(label, tuple(made), any(_defines(cell) for cell in cells if cell.tag == "th"))
