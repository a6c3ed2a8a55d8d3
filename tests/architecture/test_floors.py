"""Does everything import only from below?"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.tree import ROOT, SOURCE, imported, modules

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in SETTINGS["contracts"]}
FLOORS = CONTRACTS["The floors of the house"]["layers"]

# Who may hold an engine, Delta or Django in the hand.
HOLDERS = {
    "duckdb": ("lake/", "connectors/files/", "jobs/bench/"),
    "deltalake": ("lake/",),
    "django": ("web/",),
    "pydantic": ("facts/", "connectors/"),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "altair": ("charts/",),
    "vl_convert": ("charts/",),
}


def test_contracts_of_the_house_are_kept():
    # A process of its own: import-linter sets up logging anew, and every logger known by then falls silent.
    ask = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_package_stands_outside_the_floors():
    named = {name.strip().removeprefix("smarketing.") for floor in FLOORS for name in floor.split("|")}
    found = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert found == named
    assert sorted(path.name for path in SOURCE.glob("*.py")) == ["__init__.py", "__main__.py"]


def test_every_measurement_is_bound_not_to_know_the_others():
    from smarketing.jobs.answers import ANSWERS

    bound = {name.rpartition(".")[2] for name in CONTRACTS["Measurements do not know each other"]["modules"]}
    assert set(ANSWERS) - {"milestones"} == bound  # milestones are the funnel asked another way


@pytest.mark.parametrize("library", HOLDERS)
def test_library_is_imported_only_where_it_belongs(library):
    holders = HOLDERS[library]
    elsewhere = [
        module.name for module in modules()
        if any(name.split(".")[0] == library for name in imported(module)) and not module.name.startswith(holders)
    ]  # fmt: skip
    assert elsewhere == []


def test_nobody_hides_behind_a_name_that_says_nothing():
    nameless = ("utils", "util", "helpers", "common", "misc", "base")
    assert [module.name for module in modules() if module.path.stem in nameless] == []


def test_the_core_reads_no_clock():
    # The caller reads the clock; otherwise the same facts give other figures tomorrow.
    core = ("facts/", "stats/", "metrics/", "analyses/", "charts/")
    clocks = ("datetime.now(", "date.today(", "time.time(", "utcnow(")
    found = [
        module.name for module in modules()
        if module.name.startswith(core) and any(clock in module.text for clock in clocks)
    ]  # fmt: skip
    assert found == []
