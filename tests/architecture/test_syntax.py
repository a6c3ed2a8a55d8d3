"""Does every file read on the oldest Python that we promise?"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.tree import ROOT, SOURCE

FILES = sorted([*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")])


def test_promise_is_python_3_11():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"


@pytest.mark.parametrize("folder", ["src", "tests"])
def test_files_parse_as_python_3_11(folder):
    wrong = []
    for path in FILES:
        if path.is_relative_to(ROOT / folder):
            try:
                ast.parse(path.read_text("utf-8"), filename=str(path), feature_version=(3, 11))
            except SyntaxError as error:
                wrong.append(f"{path.relative_to(ROOT)}:{error.lineno} {error.msg}")
    assert wrong == []


def test_no_file_uses_the_strings_of_a_later_python():
    # ast knows nothing of quotes reused inside f-strings, which came with 3.12; ruff does.
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--target-version", "py311", "--select", "F7"]
    found = subprocess.run([*command, "src", "tests"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_annotations_are_read_late_everywhere():
    missing = [
        str(path.relative_to(ROOT)) for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and _has_code(path.read_text("utf-8"))
        and "from __future__ import annotations" not in path.read_text("utf-8")
    ]  # fmt: skip
    assert missing == []


def _has_code(text: str) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AnnAssign) for node in ast.walk(ast.parse(text))
    )
