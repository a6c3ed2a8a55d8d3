"""Does every text exist in both languages?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import SOURCE, Module, modules

CYRILLIC = re.compile("[А-Яа-яЁё]")
# What an English sentence may quote in Russian: names, words of the page, examples of input.
QUOTED = re.compile('«[^»]*»|“[^”]*”|"[^"]*"|`[^`]*`|\\{[^}]*\\}')
TAG = re.compile(r"{%\s*t\s+(\"[^\"]*\"|'[^']*'|\S+)\s+(\"[^\"]*\"|'[^']*'|\S+)")


def texts(module: Module) -> Iterator[tuple[int, str | None, str | None]]:
    """Line and both sides of every ``Text(…, …)`` and ``t(…, …)``; None for a side that is computed."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _called(node) in ("Text", "t") and len(node.args) == 2:
            ru, en = (_literal(argument) for argument in node.args)
            yield node.lineno, ru, en


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def test_no_text_stands_in_one_language_only():
    one_sided = [
        f"{module.name}:{line}" for module in modules() for line, ru, en in texts(module)
        if ru is not None and en is not None and bool(ru.strip()) != bool(en.strip())
    ]  # fmt: skip
    assert one_sided == []


def test_english_text_is_english():
    wrong = [
        f"{module.name}:{line} {en}" for module in modules() for line, ru, en in texts(module)
        if en and ru != en and CYRILLIC.search(QUOTED.sub("", en))
    ]  # fmt: skip
    assert wrong == []


def test_russian_sentence_is_russian():
    wrong = [
        f"{module.name}:{line} {ru}" for module in modules() for line, ru, en in texts(module)
        if ru and en and ru != en and len(re.findall("[A-Za-z]{2,}", en)) > 3 and not CYRILLIC.search(ru)
    ]  # fmt: skip
    assert wrong == []


def test_texts_of_the_pages_stand_in_both_languages():
    found = {
        f"{path.relative_to(SOURCE)} {ru} {en}": (ru, en)
        for path in SOURCE.rglob("*.html")
        for ru, en in TAG.findall(path.read_text("utf-8"))
    }
    assert found
    assert [where for where, (ru, en) in found.items() if len(ru) <= 2 or len(en) <= 2] == []


def test_pages_say_nothing_past_the_two_languages():
    # A Russian word outside of the tag would stand on the English page, too.
    loose = []
    for path in SOURCE.rglob("*.html"):
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", "", path.read_text("utf-8"), flags=re.DOTALL)
        found = set(re.findall("[А-Яа-яЁё]+", text)) - {"Русский"}  # each language calls itself by its own name
        loose += [f"{path.relative_to(SOURCE)}: {word}" for word in sorted(found)]
    assert loose == []


def test_no_text_raises_its_voice():
    loud = [
        f"{module.name}:{line}" for module in modules() for line, *sides in texts(module)
        if any(side and "!" in side.replace("!=", "") for side in sides)
    ]  # fmt: skip
    assert loud == []
