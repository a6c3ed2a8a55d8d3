"""No word stands in a template outside ``{% t %}``, and nothing in it needs a looser policy of content."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import smarketing.web

FOLDER = Path(smarketing.web.__file__).parent / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
# Names that are the same in every language, and codes.
SAME = re.compile(r"smarketing|English|Русский")
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_SPOKEN = re.compile(r'(?:title|aria-label|placeholder|alt)="([^"]*)"')


def test_templates_are_found() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_template_says_nothing_in_one_language_only(path: Path) -> None:
    text = _TAG.sub("", path.read_text(encoding="utf-8"))
    spoken = _SPOKEN.findall(text)
    shown = re.sub(r"<[^>]*>", " ", text)
    bare = [word for part in (shown, *spoken) for word in re.findall(r"[A-Za-zА-Яа-яЁё]{2,}", SAME.sub("", part))]
    assert [word for word in bare if word not in ("amp", "nbsp")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_both_texts_of_a_template_are_written(path: Path) -> None:
    for ru, en in re.findall(r"""\{% t ["'](.*?)["'] ["'](.*?)["'](?: |%)""", path.read_text(encoding="utf-8")):
        assert re.search(r"[А-Яа-яЁё]", ru), ru
        assert en, ru
        assert not re.search(r"[А-Яа-яЁё]", en), en
        assert set(re.findall(r"\{\w+\}", ru)) == set(re.findall(r"\{\w+\}", en))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_template_has_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
