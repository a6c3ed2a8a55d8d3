"""Is nothing in the repository that belongs to one machine, one registry or one company?"""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, tracked

HERE = "tests/architecture/test_tracked.py"  # names what it looks for
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted|artifactory|nexus\.|npmjs|registry\.|^\s*--(extra-)?index-url|--trusted-host",
    re.MULTILINE,
)
MACHINES = re.compile(r"(?<![\w.:/])/(home|Users|root|work|farm|mnt|private/tmp)/[\w.]")
LARGEST = 2_000_000


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if name == HERE:
            continue
        try:
            found.append((name, path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


@pytest.fixture(scope="module")
def files():
    found = texts()
    if not found:
        pytest.skip("no git here: nothing says what is tracked")
    return found


def test_no_file_names_a_registry(files):
    assert [name for name, text in files if REGISTRIES.search(text)] == []


def test_no_file_names_a_folder_of_one_machine(files):
    found = [(name, match.group()) for name, text in files if (match := MACHINES.search(text))]
    assert found == []


def test_no_file_is_large(files):
    assert [str(path) for path in tracked() if path.stat().st_size > LARGEST] == []


def test_locks_hold_hashes_of_everything(files):
    locks = {name: text for name, text in files if re.fullmatch(r"requirements/\w+\.txt", name)}
    assert len(locks) == 4
    for name, text in locks.items():
        pins = re.findall(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==", text, re.MULTILINE)
        unpinned = [
            line for line in re.findall(r"^\S+", text, re.MULTILINE) if "==" not in line and line[0] not in "#-"
        ]
        assert pins, name
        assert unpinned == [], name
        assert text.count("--hash=sha256:") >= len(pins), name


def test_no_file_is_left_unfinished(files):
    unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert [
        name for name, text in files if name.endswith((".py", ".html", ".toml")) and unfinished.search(text)
    ] == []
