"""Does every link between the documents lead somewhere?"""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import anchor, headings, links, name_of, pages


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_relative_links_lead_to_a_file_and_its_heading(page):
    broken = []
    for link in links(page.read_text(encoding="utf-8")):
        path, _, fragment = link.partition("#")
        if ":" in path:
            continue
        target = (page.parent / path) if path else page
        if not target.exists():
            broken.append(link)
        elif fragment and target.suffix == ".md":
            text = target.read_text(encoding="utf-8")
            known = {anchor(heading) for heading in headings(text)} | set(re.findall(r'<a id="([^"]+)">', text))
            if fragment not in known:
                broken.append(link)
    assert broken == []


def test_no_document_sends_the_reader_to_another_site():
    # A product that works with the network cut off explains itself without it.
    away = {name_of(page): link for page in pages() for link in links(page.read_text("utf-8")) if "://" in link}
    assert away == {}


def test_every_document_is_listed_in_the_index():
    index = next(page for page in pages() if name_of(page) == "docs/README.md")
    listed = {(index.parent / link.partition("#")[0]).resolve() for link in links(index.read_text("utf-8"))}
    docs = {page.resolve() for page in pages() if page.parent != index.parents[1]} - {index.resolve()}
    assert sorted(map(str, docs - listed)) == []
