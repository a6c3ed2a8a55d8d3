"""Is every command and option documented, and does every command line in the documents parse?"""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from smarketing.analyses.question import DIMENSIONS
from smarketing.cli.asking import make_question
from smarketing.cli.main import app
from smarketing.jobs.answers import ANSWERS
from tests.docs.pages import blocks, headings, name_of, pages, read, section, words

CLI = typer.main.get_command(app)
REFERENCES = ("docs/reference/cli.md", "docs/reference/cli.ru.md")
COMMANDS = sorted(CLI.commands)


def command_lines():
    for page in pages():
        for block in blocks(page.read_text("utf-8")):
            if block.language in ("sh", "bash", "console", ""):
                for line in block.text.splitlines():
                    if re.match(r"(\$ )?smarketing\b", line):
                        yield name_of(page), line.removeprefix("$ ")


LINES = sorted(set(command_lines()))


@pytest.mark.parametrize("reference", REFERENCES)
def test_commands_of_the_reference_are_those_of_the_program(reference):
    found = [heading for heading in headings(read(reference)) if heading.startswith("`smarketing ")]
    assert sorted(heading.strip("`").removeprefix("smarketing ") for heading in found) == COMMANDS


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("command", COMMANDS)
def test_options_and_arguments_are_documented(command, reference):
    told = words(section(read(reference), f"`smarketing {command}`"))
    parameters = _parameters(CLI.commands[command])
    options = {name for one in parameters if one.param_type_name == "option" for name in one.opts}
    arguments = {one.name.upper() for one in parameters if one.param_type_name == "argument"}
    assert (options - {"--help"}) | arguments <= told
    assert {word for word in told if re.fullmatch(r"--[a-z-]+", word)} <= options | _mentioned(command)


def _parameters(command):
    """Of a command, or of all commands of a group: a group has one section."""
    inside = getattr(command, "commands", {}).values()
    return [*command.params, *(one for each in inside for one in each.params)]


def _mentioned(command: str) -> set[str]:
    """Options of other commands that a section may speak of."""
    return {"--from", "--to"} if command == "show" else set()


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_measurement_and_dimension_is_documented(reference):
    told = words(section(read(reference), "`smarketing show`"))
    assert {*ANSWERS, *DIMENSIONS} <= told


@pytest.mark.parametrize(("page", "line"), LINES, ids=lambda value: value)
def test_command_line_in_a_document_parses(page, line):
    name, *arguments = shlex.split(line, comments=True)[1:]
    if name == "--version":
        return
    command = CLI.commands[name]
    if hasattr(command, "commands"):
        command = command.commands[arguments[0]]
        arguments = arguments[1:]
    context = command.make_context(name, arguments)
    if name == "show":
        options = context.params
        assert options["what"] in ANSWERS
        make_question(
            options["by"], options["where"], options["start"], options["end"], options["month"],
            options["clock"], options["compare"], None,
        )  # fmt: skip


def test_the_documents_show_command_lines():
    assert {shlex.split(line, comments=True)[1] for _, line in LINES} >= {*COMMANDS} - {"bench"}
