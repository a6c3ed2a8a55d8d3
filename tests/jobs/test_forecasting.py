"""Is the test on past months made once for a version of the facts, and never taken from another?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smarketing.analyses.question import Question
from smarketing.jobs.forecasting import forecast_of, forecast_table
from smarketing.jobs.workspace import Workspace
from tests.analyses import steady


@pytest.fixture(scope="module")
def reader():
    return steady.reader()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def kept(workspace: Workspace) -> list[Path]:
    return sorted((workspace.root / "cache").glob("backtest-*.json"))


def test_kept_test_gives_the_same_forecast(workspace, reader):
    first = forecast_of(workspace, reader)
    (path,) = kept(workspace)
    written = path.read_bytes()
    assert forecast_of(workspace, reader) == first
    assert path.read_bytes() == written


def test_what_is_kept_is_used_and_not_made_again(workspace, reader):
    """The kept outcomes are doubled by hand: the errors that are told double with them."""
    before = forecast_of(workspace, reader).tested[0].scores[0].error
    (path,) = kept(workspace)
    rows = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps([{**row, "actual": row["actual"] + 1_000_000} for row in rows]), encoding="utf-8")
    assert forecast_of(workspace, reader).tested[0].scores[0].error == pytest.approx(1_000_000 + before, rel=0.05)


def test_other_facts_settings_or_filters_are_tested_anew(workspace, reader):
    forecast_of(workspace, reader)
    renamed = steady.reader(company=steady.COMPANY.model_copy(update={"name": "Иначе"}))
    forecast_of(workspace, renamed)
    forecast_table(workspace, reader, Question(where={"segment": ("shops",)}))
    assert len(kept(workspace)) == 3
    reader.version = 2
    forecast_of(workspace, reader)
    reader.version = 1
    assert [path.name.split("-")[1] for path in kept(workspace)] == ["2"]  # the old version's are let go


def test_broken_or_unwritable_file_is_no_loss(workspace, reader):
    first = forecast_of(workspace, reader)
    (path,) = kept(workspace)
    path.write_text("[{}]", encoding="utf-8")
    assert forecast_of(workspace, reader) == first
    (workspace.root / "file").write_text("", encoding="utf-8")
    assert forecast_of(Workspace(workspace.root / "file"), reader) == first
