"""The school's export from its files to the lake: the counts stay and a second load changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from smarketing.jobs.load import load
from smarketing.jobs.quarantine import quarantine
from smarketing.jobs.workspace import Workspace

SCHOOL = Path(__file__).parents[3] / "shared" / "data" / "school_crm"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SCHOOL.exists(), reason="../shared/data is absent: real data is not a part of the repository"
    ),
]
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def test_school_crm_is_loaded_once_and_for_all(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    csv = [SCHOOL / name for name in ("deals.csv", "spend.csv")]
    first = load(workspace, csv, now=NOW)
    assert (first.version, first.settings_from, first.exit_code) == (1, "zoho_deals", 1)
    # The export was taken on 21 June 2024; two closing days beyond it are plans.
    assert first.known_until == datetime(2024, 6, 20, 22, tzinfo=UTC)
    assert load(workspace, csv, now=NOW).unchanged
    xlsx = load(workspace, [SCHOOL / "deals.xlsx", SCHOOL / "spend.xlsx"], now=NOW)
    assert (xlsx.version, xlsx.unchanged) == (1, False)
    assert xlsx.change is not None
    assert xlsx.change.is_empty
    assert len(quarantine(workspace)) == 4  # the two rows of each file
    with workspace.lake.open() as reader:
        (row,) = reader.query(
            "SELECT COUNT(*) AS leads, COUNT(*) FILTER (WHERE is_won) AS won, SUM(revenue) AS revenue, "
            "COUNT(*) FILTER (WHERE target_verdict = 'non_target') AS non_target, "
            "COUNT(*) FILTER (WHERE target_verdict = 'unknown') AS unknown FROM journeys"
        ).to_pylist()
    assert row == {"leads": 14853, "won": 693, "revenue": Decimal(677250), "non_target": 9378, "unknown": 1103}
