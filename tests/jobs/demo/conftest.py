"""The demo company's facts, made once, and a workspace into which they were loaded."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smarketing.jobs.demo import make_demo
from smarketing.jobs.demo.generate import generate
from smarketing.jobs.workspace import Workspace
from tests.jobs.demo.reading import Fact


@pytest.fixture(scope="session")
def facts() -> dict[str, pa.Table]:
    return generate()


@pytest.fixture(scope="session")
def leads(facts: dict[str, pa.Table]) -> list[Fact]:
    """Counted leads: neither tests nor duplicates."""
    return [lead for lead in facts["leads"].to_pylist() if not lead["is_test"] and lead["duplicate_of"] is None]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("demo") / "workspace"
    make_demo(root)
    return Workspace(root)
