"""What does a founder learn in the first ten minutes, from two files that the CRM and the ad accounts gave?

The school's export (../shared/data/school_crm) is loaded as it is. Nobody has written a plan or segments yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from smarketing.analyses.economics import economics
from smarketing.analyses.funnel import funnel
from smarketing.analyses.losses import losses
from smarketing.analyses.qualification import qualification
from smarketing.analyses.question import Question
from smarketing.analyses.records import behind, records
from smarketing.analyses.response import response
from smarketing.analyses.verdict import Cause, VerdictState, verdict
from smarketing.cli.main import app
from smarketing.facts.company import Zone
from smarketing.facts.period import Clock, Month
from smarketing.jobs.quarantine import quarantine
from smarketing.jobs.workspace import Workspace
from smarketing.lake.reader import LakeReader
from smarketing.metrics.kinds import NoValue
from smarketing.stats.uncertainty import Label
from tests.proof.shared import DATA, needs

pytestmark = needs("school_crm")

SCHOOL = DATA / "school_crm"
FILES = [str(SCHOOL / "deals.csv"), str(SCHOOL / "spend.csv")]
FEBRUARY = Month(2024, 2)


class Founder:
    """Somebody at a terminal with an empty folder; the words are kept as they appeared."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "school"
        self.init = self.say("init", str(self.home))
        self.check = self.say("load", *FILES, "--check", "--home", str(self.home))
        self.untouched = Workspace(self.home).lake.versions() == []
        self.load = self.say("load", *FILES, "--home", str(self.home))
        self.again = self.say("load", *FILES, "--home", str(self.home))

    def say(self, *words: str) -> Result:
        return CliRunner().invoke(app, words, env={"SMARKETING_LANGUAGE": "en", "COLUMNS": "200"})

    def show(self, what: str, *words: str) -> dict[str, Any]:
        result = self.say("show", what, *words, "--format", "json", "--home", str(self.home))
        assert result.exit_code == 0, result.output
        shown: dict[str, Any] = json.loads(result.stdout)
        return shown

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.home)


@pytest.fixture(scope="module")
def founder(tmp_path_factory: pytest.TempPathFactory) -> Founder:
    return Founder(tmp_path_factory.mktemp("founder"))


@pytest.fixture(scope="module")
def reader(founder: Founder) -> Iterator[LakeReader]:
    with founder.workspace.lake.open() as opened:
        yield opened


# --- minute one: an empty folder and two files ---------------------------------------------------------


def test_a_check_recognises_the_files_and_writes_nothing(founder: Founder) -> None:
    assert founder.init.exit_code == 0
    said = founder.check.output
    assert re.search(r"deals\.csv: csv, utf-8, .* 14855 rows\s+mapping: zoho_deals", said)
    assert re.search(r"spend\.csv: csv, utf-8, .* 14145 rows\s+mapping: zoho_spend", said)
    # What the founder knows of the own company, to hold against it: in the currency of the files.
    assert "leads: 14853; created: 03.07.2023–31.03.2024; sales: 693; share won: 4.7%" in said
    assert "paid: €677,250.00; spend: €99,975.54." in said
    assert "Nothing was written: this was a check." in said
    assert founder.untouched


def test_the_load_takes_everything_but_two_rows_and_says_which(founder: Founder) -> None:
    assert founder.load.exit_code == 1  # done, and something waits to be looked at
    assert "Loaded: version 1." in founder.load.output
    assert "The required field “Id” is empty. 2 rows (deals.csv: 14855, 14856)" in founder.load.output
    assert len(quarantine(founder.workspace)) == 2
    company = founder.workspace.company
    assert (company.currency, company.zone, len(company.stages)) == ("EUR", "Europe/Berlin", 10)


def test_the_same_files_once_more_change_nothing(founder: Founder) -> None:
    assert "nothing has changed: version 1." in founder.again.output
    assert [version.number for version in founder.workspace.lake.versions()] == [1]


# --- minute two: the first figures ---------------------------------------------------------------------


def test_nine_months_in_one_line(founder: Founder) -> None:
    total = founder.show("economics")["total"]
    assert total["leads"]["value"] == 14853
    assert total["sales"]["value"] == 693
    assert Decimal(str(total["spend"]["value"])) == Decimal("99975.54")
    assert Decimal(str(total["revenue"]["value"])) == Decimal("677250.00")
    assert round(total["lead_to_sale_cr"]["value"], 6) == 0.046657
    low, high = (total["lead_to_sale_cr"]["interval"][side] for side in ("low", "high"))
    assert low < 0.046657 < high


def test_a_young_month_is_not_called_a_fall(reader: LakeReader) -> None:
    """Not all of March's sales have had time to come by June; the figure carries how many have."""
    found = economics(reader, Question(Month(2024, 3).period), ("sales", "lead_to_sale_cr"))
    ripe = found.total.figures["lead_to_sale_cr"].ripe
    assert ripe is not None
    assert 0.80 < ripe < 0.90
    first = economics(reader, Question(Month(2023, 8).period), ("sales",)).total.figures["sales"].ripe
    assert first is not None
    assert first > 0.99


# --- minute three: where the money goes ----------------------------------------------------------------


def test_which_sources_cost_five_times_as_much_per_customer(founder: Founder) -> None:
    rows = founder.show("economics", "--by", "lead_source")["rows"]
    cac = {row["keys"]["lead_source"]: row["figures"]["cac_paid"]["value"] for row in rows}
    dear = {source: round(float(value)) for source, value in cac.items() if value and float(value) > 250}
    assert dear == {"Bloggers": 297, "Google Ads": 262, "Youtube Ads": 258}
    assert round(float(cac["SMM"])) == 55
    spend = {row["keys"]["lead_source"]: Decimal(str(row["figures"]["spend"]["value"])) for row in rows}
    # Three of the sources took €58,568 of €99,976, and brought 219 of 693 sales.
    sales = {row["keys"]["lead_source"]: row["figures"]["sales"]["value"] for row in rows}
    assert sum(spend[source] for source in dear) == Decimal("58567.53")
    assert sum(sales[source] for source in dear) == 219


def test_a_source_without_spend_has_no_cost_per_customer(reader: LakeReader) -> None:
    rows = economics(reader, Question(by=("lead_source",)), ("cac_paid", "sales")).rows
    organic = next(row.figures for row in rows if row.keys == ("Organic",))
    assert organic["sales"].value == 112
    assert (organic["cac_paid"].value, organic["cac_paid"].reason) == (None, NoValue.EMPTY_DENOMINATOR)


def test_a_third_of_the_money_is_on_campaigns_that_no_lead_names(founder: Founder) -> None:
    said = founder.load.output
    assert "✗ Campaigns in spend that no lead names: 8, money on them €34,988.62." in said  # of 99,975.54: 35 %
    assert "✗ Leads with a campaign that spend lacks: 3,995 (such campaigns: 67)." in said
    assert "· Spend without a campaign: €19,244.69." in said


# --- minute four: the leads ----------------------------------------------------------------------------


def test_two_leads_of_three_are_not_the_right_ones(reader: LakeReader) -> None:
    total = qualification(reader, Question(by=("lead_source",))).total.figures
    share, unknown = total["non_target_share"], total["unknown_share"]
    assert (share.numerator, share.denominator) == (9378, 13750)  # 68.2 % of the judged …
    assert (unknown.numerator, unknown.denominator) == (1103, 14853)  # … and 7.4 % nobody could judge
    assert share.interval is not None
    assert share.interval.low < 9378 / 13750 < share.interval.high


def test_why_leads_are_lost(founder: Founder, reader: LakeReader) -> None:
    found = losses(reader, Question())
    assert [(reason.key, reason.leads) for reason in found.reasons[:3]] == [
        ("Doesn't Answer", 2956),
        ("Changed Decision", 1697),
        ("Duplicate", 1356),
    ]
    assert (found.reasons[-1].key, found.reasons[-1].leads) == (None, 25)
    assert sum(reason.leads for reason in found.reasons) == found.lost == 11615
    assert founder.show("losses")["total"]["lost_leads"]["value"] == 11615


# --- minute five: the answers, and what they go with ---------------------------------------------------


def test_a_client_waits_five_hours_and_a_quarter_was_never_answered(founder: Founder, reader: LakeReader) -> None:
    elapsed = response(reader, Question(), hours="elapsed").total.figures
    assert round(float(elapsed["elapsed_median"].value or 0) / 3600, 2) == 5.26
    assert round(float(elapsed["elapsed_within_1h"].value or 0), 3) == 0.245
    working = founder.show("response", "--by", "manager")["total"]
    assert (working["answered_leads"]["value"], working["waiting_leads"]["value"]) == (10891, 3962)
    # Those still waiting count: nine of ten have not been answered by now, so there is no such figure.
    assert working["response_p90"]["value"] is None


def test_who_was_answered_bought_and_who_was_not_did_not(reader: LakeReader) -> None:
    """It goes together; it does not prove that the answer is the cause, and the first three days differ little."""
    rows = reader.query(
        "SELECT is_answered, response_seconds <= 259200 AS in_three_days, COUNT(*) AS leads, "
        "COUNT(*) FILTER (WHERE is_won) AS won FROM journeys WHERE is_counted "
        "GROUP BY is_answered, response_seconds <= 259200 ORDER BY is_answered, in_three_days"
    ).to_pylist()
    found = {(row["is_answered"], row["in_three_days"]): (row["won"], row["leads"]) for row in rows}
    assert found == {
        (True, True): (646, 10186),  # 6.3 %
        (True, False): (29, 705),  # 4.1 %
        (False, None): (18, 3962),  # 0.5 %
    }


def test_which_managers_never_sell(founder: Founder) -> None:
    rows = founder.show("economics", "--by", "manager")["rows"]
    figures = {row["keys"]["manager"]: row["figures"] for row in rows}
    idle = {
        name: row["leads"]["value"]
        for name, row in figures.items()
        if row["leads"]["value"] >= 100 and not row["sales"]["value"]
    }
    assert idle == {"Rachel White": 430, "Bob Brown": 337}
    assert (figures["Diana Evans"]["sales"]["value"], figures["Diana Evans"]["leads"]["value"]) == (1, 1013)
    assert (figures["Ulysses Adams"]["sales"]["value"], figures["Ulysses Adams"]["leads"]["value"]) == (121, 1424)
    assert figures["Diana Evans"]["spend"]["reason"] == "cannot_split"  # ad accounts do not know managers


# --- minute seven: was the month lost, and where -------------------------------------------------------


def test_february_lies_below_the_months_before_it_and_lead_quality_is_why(reader: LakeReader) -> None:
    found = verdict(reader, FEBRUARY)
    assert found.state is VerdictState.JUDGED
    assert found.implied_from == (Month(2023, 11), Month(2023, 12), Month(2024, 1))
    assert (found.plan, found.fact, found.gap) == (Decimal("102292.31"), Decimal(84900), Decimal("-17392.31"))
    quality = found.part(Cause.QUALITY)
    assert quality is not None
    assert (quality.zone, quality.label) == (Zone.MARKETING, Label.CONFIRMED)
    assert quality.effect == Decimal("-22660.28")
    assert quality.interval is not None
    assert quality.interval.high < 0
    # 17.5 % of the leads are target; the three months before had 30.3 %.
    assert quality.reading.fact == pytest.approx(0.175, abs=5e-4)
    assert quality.reading.plan == pytest.approx(0.303, abs=5e-4)


def test_the_parts_sum_to_the_gap_to_the_kopeck(reader: LakeReader) -> None:
    found = verdict(reader, FEBRUARY)
    assert sum((part.effect for part in found.parts), Decimal(0)) == Decimal("-17392.31")
    # No other cause is more than chance, and neither is the gap as a whole: nobody is blamed for it.
    assert [part.cause for part in found.parts if part.is_confirmed] == [Cause.QUALITY]
    assert found.label is Label.WITHIN_CHANCE


def test_the_verdict_says_what_cannot_be_known(reader: LakeReader) -> None:
    found = verdict(reader, FEBRUARY)
    assert [note.code for note in found.notes] == ["plan-implied", "young", "undated-money", "undecided"]
    said = {note.code: note.text.en for note in found.notes}
    assert said["plan-implied"].startswith("No plan is given.")
    assert "unknown for 34.2% of the money" in said["undated-money"]
    assert found.clock is Clock.COHORT  # money without a day cannot be laid to a month, so the leads' money is
    assert said["undecided"].startswith("16.7% of leads are undecided")


def test_the_terminal_tells_the_same_verdict(founder: Founder, reader: LakeReader) -> None:
    told = founder.say("verdict", "--month", "2024-02", "--format", "json", "--home", str(founder.home))
    shown = json.loads(told.stdout)
    assert Decimal(shown["gap"]) == sum(Decimal(part["effect"]) for part in shown["parts"]) == Decimal("-17392.31")
    assert (
        shown["headline"] == "February 2024: revenue €17,392 below plan. The main cause is lead quality, −€22,660."
    )
    printed = founder.say("verdict", "--month", "2024-02", "--home", str(founder.home)).output
    assert shown["headline"] in printed
    assert "Which criterion fails most often" in printed


def test_the_first_month_has_no_verdict_and_says_why(founder: Founder) -> None:
    told = founder.say("verdict", "--month", "2023-07", "--format", "json", "--home", str(founder.home))
    shown = json.loads(told.stdout)
    assert (shown["state"], shown["notes"][0]["code"]) == ("no_plan", "no-plan")


def test_the_export_knows_only_todays_stage_and_the_funnel_does_not_pretend(reader: LakeReader) -> None:
    """Every sale went past the stages between; times in them and where leads were lost from cannot be told."""
    found = funnel(reader, Question())
    between = [step for step in found.steps if step.key not in ("new", "paid")]
    assert all(step.median_seconds.reason is NoValue.TOO_FEW for step in between)
    assert found.step("waiting_for_payment").counts.skipped == 693
    assert {step.key: step.counts.lost for step in found.steps if step.counts.lost} == {"new": 11615}
    assert "undated-sales" in [note.code for note in found.notes]


def test_money_without_a_day_is_in_no_month_and_is_not_lost(reader: LakeReader) -> None:
    nine_months = Question(clock=Clock.PERIOD, by=("month",))
    rows = economics(reader, nine_months, ("sales", "revenue"))
    undated = next(row.figures for row in rows.rows if row.keys == (None,))
    assert (undated["sales"].value, undated["revenue"].value) == (263, Decimal(277000))
    march = economics(reader, Question(Month(2024, 3).period, Clock.PERIOD), ("sales", "revenue"))
    assert march.total.figures["revenue"].value == Decimal(61900)
    assert {"undated-sales", "undated-revenue"} <= {note.code for note in march.notes}


# --- minute nine: do I believe it? ---------------------------------------------------------------------


@pytest.mark.parametrize("metric", ["leads", "sales", "non_target_leads"])
def test_every_figure_opens_its_records_and_their_number_is_the_figure(reader: LakeReader, metric: str) -> None:
    question = Question(by=("lead_source",))
    table = economics(reader, question, (metric,))
    for row in table.rows:
        found = records(reader, metric, behind(question, row.keys), limit=5)
        assert found.count == row.figures[metric].value, row.keys
        assert len(found.rows) == min(5, found.count)
    assert records(reader, metric, Question()).count == table.total.figures[metric].value


def test_a_share_has_two_doors(reader: LakeReader) -> None:
    whole = Question(FEBRUARY.period)
    share = qualification(reader, whole).total.figures["non_target_share"]
    turned_down = records(reader, "non_target_share", whole)
    judged = records(reader, "non_target_share", whole, side="denominator")
    assert (turned_down.count, judged.count) == (share.numerator, share.denominator)


def test_the_money_of_a_source_is_its_payments(reader: LakeReader) -> None:
    source = Question().only("lead_source", "SMM")
    found = records(reader, "revenue", source, limit=1000)
    amount = found.columns.index("amount")
    assert sum((row[amount] for row in found.rows), Decimal(0)) == Decimal(65650)
    assert economics(reader, source, ("revenue",)).total.figures["revenue"].value == Decimal(65650)


def test_the_questions_behind_the_figures_can_be_read(founder: Founder) -> None:
    told = founder.say("show", "economics", "--explain", "--home", str(founder.home))
    assert "FROM journeys" in told.stdout
    assert "FROM spend" in told.stdout
    assert " JOIN " not in told.stdout  # spend and leads are summed apart: a join would multiply the money
