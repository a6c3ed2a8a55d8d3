"""The leads of the course seller against the figures that came with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.losses import losses
from smarketing.analyses.question import Question
from smarketing.analyses.verdict import VerdictState, verdict
from smarketing.connectors.files.mapping import Mapping, read_mapping
from smarketing.facts.period import Month
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from tests.proof.accounting import account, idle_rows
from tests.proof.education import FIGURES, FILE, MAPPING
from tests.proof.loaded import EMPTY, NOW, Loaded
from tests.proof.shared import DATA, keys, needs

pytestmark = needs("x_education")


@pytest.mark.parametrize("key", keys("x_education"))
def test_every_published_figure_is_met_or_explained(education: Loaded, key: str) -> None:
    account("x_education", key, FIGURES, education)


def test_the_document_speaks_of_published_figures_only() -> None:
    assert idle_rows("x_education") == []


def test_select_is_empty_and_spelling_is_kept(education: Loaded) -> None:
    """«Google» and «google» stay two sources: a value is never changed silently."""
    leads = {source: row["leads"].value for source, row in education.rows("lead_source", ("leads",)).items()}
    assert (leads["Google"], leads["google"], leads[EMPTY]) == (2868, 5, 36)
    assert education.written()["custom.how_did_you_hear_about_x_education"] == 1990


def test_a_dictionary_of_values_joins_two_spellings(tmp_path: Path) -> None:
    content = read_mapping(MAPPING).model_dump(by_alias=True)
    content["table"][0]["columns"]["lead_source"]["values"] = {"google": "Google"}
    workspace = Workspace.init(tmp_path / "w")
    load(workspace, [DATA / "x_education" / FILE], mapping=Mapping.model_validate(content), now=NOW)
    with workspace.lake.open() as reader:
        found = economics(reader, Question(by=("lead_source",)), ("leads",))
    leads = {row.keys[0]: row.figures["leads"].value for row in found.rows}
    assert leads["Google"] == 2873
    assert "google" not in leads


def test_a_headless_column_is_left_alone(education: Loaded) -> None:
    """The header ends with a comma: one nameless empty column, and no row is lost to it."""
    counts = education.report.counts
    assert {table: (count.received, count.accepted) for table, count in counts.items()} == {
        "leads": (9240, 9240),
        "stage_moves": (9240, 9240),
    }


def test_tags_are_the_reasons_of_the_lost(education: Loaded) -> None:
    found = losses(education.reader, Question())
    assert (found.lost, found.open) == (5679, 0)
    top = found.reasons[0]
    # The share is of the 3,162 losses that have a reason; 2,517 without one are a row of their own, the last.
    assert (top.key, top.leads, top.share.denominator) == ("Ringing", 1169, 3162)
    assert (found.reasons[-1].key, found.reasons[-1].leads) == (None, 2517)


def test_a_company_without_dates_has_one_cohort_and_no_verdict(education: Loaded) -> None:
    assert verdict(education.reader, Month(2020, 1)).state is VerdictState.NO_PLAN
