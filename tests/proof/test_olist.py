"""The marketplace's leads, deals and sales against the figures that came with them."""

from __future__ import annotations

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from tests.proof.accounting import account, idle_rows
from tests.proof.loaded import EMPTY, Loaded
from tests.proof.olist import FIGURES, Files
from tests.proof.shared import DATA, expected, keys, needs

pytestmark = needs("olist_funnel")


@pytest.fixture(scope="module")
def files(olist: Loaded) -> Files:
    return Files(olist, DATA / "olist_funnel")


@pytest.mark.parametrize("key", keys("olist_funnel"))
def test_every_published_figure_is_met_or_explained(olist: Loaded, files: Files, key: str) -> None:
    account("olist_funnel", key, FIGURES, olist, files)


def test_the_document_speaks_of_published_figures_only() -> None:
    assert idle_rows("olist_funnel") == []


def test_received_rows_are_accepted_and_a_slip_in_a_date_is_a_finding(olist: Loaded) -> None:
    counts = {table: (count.received, count.accepted) for table, count in olist.report.counts.items()}
    assert counts == {"leads": (8000, 8000), "stage_moves": (8842, 8842), "payments": (5044, 5044)}
    assert olist.finding("closing-before-creation").count == 1
    assert olist.report.quarantined == ()


def test_empty_and_unknown_origins_are_two_rows(olist: Loaded) -> None:
    """The text «unknown» is what somebody wrote; nothing is what nobody wrote."""
    leads = {origin: row["leads"].value for origin, row in olist.rows("lead_source", ("leads",)).items()}
    assert (leads["unknown"], leads[EMPTY], sum(int(count or 0) for count in leads.values())) == (1099, 60, 8000)


def test_every_cohort_carries_how_ripe_it_is(olist: Loaded) -> None:
    """Leads end in May 2018, signatures go on to November: a cohort's share carries how ripe it is."""
    asked = Question(by=("month",))
    rows = economics(olist.reader, asked, ("lead_to_sale_cr",)).rows
    last = rows[-1].figures["lead_to_sale_cr"]
    told = expected("olist_funnel")["cohort_by_first_contact_month"]["2018-05"]
    assert (last.numerator, last.denominator) == (told["deals"], told["mqls"])
    ripe = [row.figures["lead_to_sale_cr"].ripe or 0 for row in rows]
    assert min(ripe) > 0
    assert ripe == sorted(ripe, reverse=True)  # the younger, the less ripe
