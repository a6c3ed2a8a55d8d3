"""Does the first page say what is true: the commands, the address, the sign-ins, the picture?"""

from __future__ import annotations

import re

import pytest

from smarketing.cli.work import DEMO_PASSWORD, DEMO_PEOPLE
from tests.docs.pages import ROOT, blocks, read, words

READMES = ("README.md", "README.ru.md")


@pytest.mark.parametrize("page", READMES)
@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_command_stands_in_a_block_of_its_own(page, command):
    assert [block.text.strip() for block in blocks(read(page))].count(command) == 1


def test_ci_runs_the_test_command_of_the_readme():
    assert re.search(r"^make test$", read(".ci/run"), re.MULTILINE)


@pytest.mark.parametrize("command", ["demo", "test", "check", "bench", "test-engines", "metrics-docs", "lock"])
def test_make_knows_the_command(command):
    assert re.search(rf"^{command}:.*## ", read("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md", "docs/developing/testing.md"])
def test_every_make_command_of_a_page_exists(page):
    told = {block for one in blocks(read(page)) for block in re.findall(r"^make (\S+)", one.text, re.MULTILINE)}
    told |= {word.split()[1] for word in words(read(page)) if word.startswith("make ")}
    known = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert told <= known


@pytest.mark.parametrize("page", READMES)
def test_sign_ins_are_those_of_the_demo(page):
    told = words(read(page))
    assert {username for username, *_ in DEMO_PEOPLE} | {DEMO_PASSWORD} <= told
    assert "http://127.0.0.1:8000" in read(page)


@pytest.mark.parametrize("page", READMES)
def test_screenshot_is_there(page):
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read(page))
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("page", READMES)
def test_first_words_say_what_it_is_in_five_lines(page):
    paragraph = read(page).split("\n\n")[2]
    assert len(paragraph.splitlines()) <= 5


def test_licence_is_apache():
    assert "Apache License" in read("LICENSE")
    assert "Version 2.0" in read("LICENSE")


@pytest.mark.parametrize(
    "page", ["CONTRIBUTING.md", "docs/developing/architecture.md", "docs/developing/testing.md"]
)
def test_paths_in_the_page_exist(page):
    named = {
        word for word in words(read(page))
        if re.match(r"(src|tests|docs|requirements)/", word) and not re.search(r"[<*…]", word)
    }  # fmt: skip
    assert sorted(word for word in named if not (ROOT / word).exists()) == []
