"""From which version is a page made, and does it read the cache once that is there?"""

from __future__ import annotations

from smarketing.analyses.question import Question
from smarketing.jobs.workspace import Workspace
from smarketing.lake.reader import LakeReader
from smarketing.web.reports import reading
from tests.lake.world import at, batch

COUNTED = "SELECT manager, COUNT(*) AS n FROM journeys GROUP BY manager"


def load(workspace: Workspace, lead_id: str) -> None:
    lead = {"lead_id": lead_id, "created_at": at("2026-11-02 10:00"), "manager": "Анна"}
    workspace.lake.load([batch("leads", lead)], workspace.company)


def reads_files(facts: reading.Facts) -> bool:
    assert isinstance(facts.reader, LakeReader)
    return "PARQUET" in facts.reader.explain(COUNTED).upper()


def test_pages_read_the_cache_once_it_is_made_and_keep_their_answers(workspace: Workspace) -> None:
    load(workspace, "1")
    facts = reading.Facts(workspace.lake.open())
    assert facts.answer("leads", Question(), lambda: 1) == 1
    assert reads_files(facts)
    reading.quicken(workspace, facts, beyond=0)
    assert not reads_files(facts)
    assert facts.reader.version == 1
    assert facts.reader.query(COUNTED).to_pylist() == [{"manager": "Анна", "n": 1}]
    assert facts.answer("leads", Question(), lambda: 2) == 1


def test_pages_of_few_leads_stay_with_the_files(workspace: Workspace) -> None:
    load(workspace, "1")
    facts = reading.Facts(workspace.lake.open())
    reading.quicken(workspace, facts, beyond=1)
    assert reads_files(facts)


def test_pages_of_a_version_stay_with_it_when_a_newer_one_is_loaded_meanwhile(workspace: Workspace) -> None:
    load(workspace, "1")
    facts = reading.Facts(workspace.lake.open())
    load(workspace, "2")
    reading.quicken(workspace, facts, beyond=0)
    assert facts.reader.version == 1
    assert facts.reader.query(COUNTED).to_pylist() == [{"manager": "Анна", "n": 1}]
    assert not reads_files(reading.newest())
    assert reading.newest().reader.query(COUNTED).to_pylist() == [{"manager": "Анна", "n": 2}]
