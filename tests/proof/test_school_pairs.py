"""school_crm: the product finds the broken campaign name by itself and says what a client of it costs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation.pairs import preview, proposed_pairs
from smarketing.jobs.campaign_pairs import forget_pair, say_pair
from tests.proof.conftest import SCHOOL
from tests.proof.loaded import loaded

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SCHOOL.exists(), reason=f"{SCHOOL} is absent")]
BROKEN = ("Google Ads", "performancemax_eng_DE", "performancemax_digitalmarkt_ru_DE")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    files = [SCHOOL / "deals.csv", SCHOOL / "spend.csv"]
    with loaded(tmp_path_factory.mktemp("school_pairs") / "w", files) as found:
        yield found


def costs(reader, campaign):
    question = Question(by=("lead_source", "campaign"))
    rows = {row.keys: row.figures for row in economics(reader, question, ("spend", "sales", "cac_paid")).rows}
    figures = rows.get(("Google Ads", campaign), {})
    return {key: figure.value for key, figure in figures.items()}


def test_broken_name_is_found_and_costs_before_and_after_are_those_of_the_published_figures(own):
    published = json.loads((SCHOOL / "expected.json").read_text(encoding="utf-8"))
    paid = published["campaigns_top15"]["value"][BROKEN[2]]["paid"]
    found = proposed_pairs(own.reader)
    # The most money first; nobody named them beforehand.
    assert [one.key for one in found] == [BROKEN, ("Google Ads", "discovery_DE", "Dis_DE")]
    # 25 969.27 of spend.csv stands under this name; two days of it before the first lead are 0.02.
    assert (found[0].leads, found[0].covered, found[0].spend) == (2057, 1.0, Decimal("25969.25"))
    seen = preview(own.reader, found[0])
    assert [side["cac_paid"].value for side in (seen.report, seen.crm)] == [None, None]
    assert paid == 104
    assert seen.joined["sales"].value == paid
    # 25 969.27 ÷ 104
    assert round(seen.joined["cac_paid"].value, 2) == Decimal("249.70")


def test_unmatched_money_and_leads_of_the_published_figures_shrink_by_the_pair(own):
    before = own.rows("campaign", ("spend", "leads"))
    spent = {name: row["spend"].value for name, row in before.items() if row["leads"].value == 0}
    published = json.loads((SCHOOL / "expected.json").read_text(encoding="utf-8"))["campaign_reconciliation"][
        "value"
    ]
    assert float(sum(spent.values())) == published["spend_unmatched"] == 34988.62
    assert costs(own.reader, BROKEN[1]) == {"spend": Decimal("25969.27"), "sales": 0, "cac_paid": None}
    assert costs(own.reader, BROKEN[2]) == {"spend": None, "sales": 104, "cac_paid": None}

    say_pair(own.workspace, *BROKEN, same=True, who="founder", today=date(2026, 11, 20))
    with own.workspace.lake.open() as reader:
        joined = costs(reader, BROKEN[1])
        assert (joined["spend"], joined["sales"]) == (Decimal("25969.27"), 104)
        assert round(joined["cac_paid"], 2) == Decimal("249.70")
        assert costs(reader, BROKEN[2]) == {}
        assert [one.report for one in proposed_pairs(reader)] == ["discovery_DE"]
        # Nothing is lost on the way: the source as a whole stays as it was.
        whole = economics(reader, Question(by=("lead_source",)), ("spend", "leads", "sales"))
    before = economics(own.reader, Question(by=("lead_source",)), ("spend", "leads", "sales"))
    assert [(row.keys, row.figures) for row in whole.rows] == [(row.keys, row.figures) for row in before.rows]

    forget_pair(own.workspace, *BROKEN)
    with own.workspace.lake.open() as reader:
        assert costs(reader, BROKEN[2]) == {"spend": None, "sales": 104, "cac_paid": None}
