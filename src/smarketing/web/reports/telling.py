"""How does a document that tells how a figure comes about look as a page? The page shows the very file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from smarketing.facts.language import Language
from smarketing.web.accounts.rights import Right, needs
from smarketing.web.documents import DOCS, pages
from smarketing.web.shell import language_of


@needs(Right.SEE_FIGURES)
def how(request: HttpRequest, page: str) -> HttpResponse:
    folder = pages().get(page)
    if folder is None:
        raise Http404
    language = language_of(request)
    path = DOCS / folder / (f"{page}.ru.md" if language == "ru" else f"{page}.md")
    title, body = told(path.read_text(encoding="utf-8"), language)
    return render(request, "reports/how.html", {"title": title, "body": body})


def told(text: str, language: Language) -> tuple[str, str]:
    """Title and body of a document as HTML. Links lead to pages of the product; others are plain words."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    title = tokens[1].content if tokens and tokens[0].type == "heading_open" else ""
    body = tokens[3:] if title else tokens
    for token in body:
        token.children = list(_linked(token.children or ())) or None
    label = "Таблица" if language == "ru" else "Table"
    made = str(reader.renderer.render(list(body), reader.options, {}))
    opened = f'<div class="scroll" tabindex="0" role="group" aria-label="{label}"><table>'
    return title, made.replace("<table>", opened).replace("</table>", "</table></div>")


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    shown = True
    for token in tokens:
        if token.type == "link_open":
            address = _address(str(token.attrs["href"]))
            shown = address is not None
            if address is None:
                continue
            token.attrs["href"] = address
        if token.type == "link_close" and not shown:
            shown = True
            continue
        yield token


def _address(href: str) -> str | None:
    """The page of the product that a link of a document means."""
    path, _, place = href.partition("#")
    name = PurePosixPath(path).name.removesuffix(".md").removesuffix(".ru")
    if "metrics/" in path:
        return reverse("metrics") + (f"#{place}" if place else "")
    return reverse("how", args=[name]) if name in pages() else None
