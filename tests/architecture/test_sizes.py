"""Does the house stay small? Lists of exceptions only shrink: a line that is no longer true is an error, too."""

from __future__ import annotations

import ast
from statistics import median

from tests.architecture.tree import functions, length, modules

LONGEST_FUNCTION = 45
LONGEST_FILE = 400

LONG_FUNCTIONS: set[str] = {
    "jobs/demo/generate.py:_leads",  # one lead of the demo, drawn step by step in the order of its life
}
LONG_FILES: set[str] = set()  # nothing but lists and tables may come here


def test_long_functions_are_those_of_the_list():
    found = {
        f"{module.name}:{name}" for module in modules() for name, function in functions(module)
        if length(function) > LONGEST_FUNCTION
    }  # fmt: skip
    assert found == LONG_FUNCTIONS


def test_long_files_are_those_of_the_list():
    found = {module.name for module in modules() if len(module.text.splitlines()) > LONGEST_FILE}
    assert found == LONG_FILES


def test_usual_function_is_short():
    lengths = sorted(length(function) for module in modules() for _, function in functions(module))
    assert median(lengths) < 10
    assert lengths[int(len(lengths) * 0.95)] < LONGEST_FUNCTION


def test_every_function_says_its_types():
    bare = [
        f"{module.name}:{name}" for module in modules() for name, function in functions(module)
        if function.returns is None or any(one.annotation is None for one in _arguments(function, name))
    ]  # fmt: skip
    assert bare == []


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> list[ast.arg]:
    arguments = function.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [one for one in listed if not (one.arg in ("self", "cls", "mcs") and "." in name)]


def test_every_module_says_which_question_it_answers():
    # Addresses, the server's entry and empty packages answer none.
    silent = [
        module.name for module in modules()
        if module.tree.body and ast.get_docstring(module.tree) is None
        and module.path.stem not in ("urls", "wsgi", "apps")
    ]  # fmt: skip
    assert silent == []
